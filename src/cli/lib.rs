//! The `ferrule` command.
//!
//! Arguments come in, an exit status goes out: 0 when it worked, 1 when it did not (one line on
//! standard error says why), 2 when the arguments were wrong. Results go to standard output, all
//! else to standard error. The binary and the wheel's console script both call [`main_from`].
//!
//! It does not know how anything is done: each command is a few lines over the façade.

mod args;
mod audit;
mod chat;
mod completions;
mod doctor;
mod models;
mod output;
mod pin;
mod progress;
mod tools;

use std::{ffi::OsString, process::ExitCode};

use clap::Parser as _;

pub use args::Args;

/// Runs the command line and tells the exit status.
pub fn main_from<I, T>(arguments: I) -> u8
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let args = match Args::try_parse_from(arguments) {
        Ok(args) => args,
        Err(e) => {
            // Help and version are no errors; clap knows which is which and where each goes.
            let _ = e.print();
            return u8::try_from(e.exit_code()).unwrap_or(2);
        }
    };
    ferrule::logging::to_terminal(args.log_format.into());
    match args.command.run() {
        Ok(()) => 0,
        Err(e) if output::is_closed(&e) => 0,
        Err(e) => {
            output::complain(&e);
            1
        }
    }
}

/// The same for a binary.
pub fn main() -> ExitCode {
    ExitCode::from(main_from(std::env::args_os()))
}
