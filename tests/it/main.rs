//! The façade's integration tests: one binary, one module for each question.

mod builds;
mod builtin;
mod calls;
mod examples;
mod layers;
mod mlx_memory;
mod shape;
