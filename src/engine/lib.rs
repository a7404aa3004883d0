//! Which sequence runs next, and how its tokens are chosen.
//!
//! A [`Request`](ferrule_types::Request) comes in; a stream of pieces goes out. One thread owns the cache and takes
//! steps over all requests at once: prompts in chunks, answers a token at a time. Dropping the stream ends an answer
//! within a step.
//!
//! It does not know where a model came from, what a tool call looks like, HTTP or Python. Only `text`,
//! `stop`, `constraint` and the sampler's table of breakers meet strings: the rest sees token ids.

mod engine;
mod error;
mod settings;

mod blocks;
mod constraint;
mod door;
mod draft;
mod measure;
mod meter;
mod pace;
mod runner;
mod sample;
mod scheduler;
mod sequence;
mod stop;
mod text;
mod writer;

#[cfg(test)]
mod tests;

pub use draft::{Drafter, Drafters};
pub use engine::Engine;
pub use error::{Error, Result};
pub use settings::Settings;
