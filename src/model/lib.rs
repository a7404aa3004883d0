//! Weights in, logits out.
//!
//! A folder or a `.gguf` file comes in, on disk or within the program; a [`Decoder`] that runs ragged batches
//! against a cache, a tokenizer and a chat template go out. candle and tokenizers live only here.
//!
//! It does not know which sequence runs next, how a token is chosen, what a tool call looks like, or
//! that there is a network: the cache is passed in, sampling and scheduling are `engine`'s, files come from `fetch`.

mod arch;
mod batch;
mod cache;
mod card;
mod config;
mod error;
mod gguf_config;
mod gguf_vocab;
mod kernel;
mod layer;
mod load;
mod memory;
mod mlx;
mod opened;
mod quant;
pub mod source;
pub mod text;
mod weight;

#[cfg(test)]
mod bad_input_tests;
#[cfg(test)]
mod bits_tests;
#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod golden_tests;

pub use arch::{ARCHS, Arch};
pub use batch::{Batch, Span, Want};
pub use cache::{Block, Cache, CacheType, Geometry, HeadShape};
pub use config::Config;
pub use error::{Error, Result};
pub use layer::{Decoder, Form};
pub use load::{LoadOptions, Loaded, Place, Prepared, TemplateSource, inspect, load, prepare};
pub use memory::available as available_memory;
pub use opened::{Opened, ggufs_in, is_gguf};
pub use quant::form;
