//! A child process with less authority.
