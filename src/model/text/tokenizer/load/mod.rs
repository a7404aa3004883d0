//! Where a tokenizer comes from: one file per format, each ending in `Parts`.
//!
//! It does not know how text is encoded, nor what a template does with the tokens.

mod config;
mod dir;
mod entries;
mod file;
mod gguf;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::text::{Error, Result};

pub(super) use dir::dir;
pub(super) use file::file;
pub use gguf::GgufVocab;
pub(super) use gguf::gguf;

/// Runs code of the `tokenizers` crate that panics on some malformed vocabularies (a merge longer than any entry).
fn guarded<T>(what: &'static str, load: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(load)).unwrap_or_else(|_| {
        Err(Error::Vocabulary {
            what,
            expected: "merges that make entries of the vocabulary".into(),
            got: "a merge that does not".into(),
        })
    })
}
