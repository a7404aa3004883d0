//! Which sequence runs next, and how its tokens are chosen.
//!
//! A [`Request`](ferrule_types::Request) comes in; a stream of pieces goes out. Each answer runs on a thread of
//! its own with a cache of its own over the one shared set of weights, so that callers do not wait
//! for each other; dropping the stream stops it within a step.
//!
//! It does not know where a model came from, what a tool call looks like, HTTP or Python. Only `text`,
//! `stop`, `constraint` and the sampler's table of breakers meet strings: the rest sees token ids.

// The engine does not use it yet.
#[allow(dead_code, unused_imports)]
mod constraint;
#[allow(dead_code)]
mod draft;
mod engine;
mod error;
#[allow(dead_code, unused_imports)]
mod sample;
mod sequence;
mod stop;
mod text;

#[cfg(test)]
mod engine_tests;

pub use engine::Engine;
pub use error::{Error, Result};
