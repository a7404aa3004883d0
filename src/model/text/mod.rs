//! Everything between strings and token ids: tokenizers, chat templates, and text from tokens as they come.
//!
//! A conversation enters as JSON in OpenAI's shape and leaves as token ids: [`ChatTemplate::render`] makes a
//! [`Rendered`] prompt of it, [`Tokenizer::encode_prompt`] the ids. The model's ids enter a [`Detok`] one by one and
//! leave as text that never ends in half a character. Vocabularies come from `tokenizer.json`, from GPT-2's two
//! files, or from GGUF metadata; templates from the same places.
//!
//! It does not know: weights, logits, sampling, tool-call syntaxes, or who sent a message.
//!
//! **Protected:** text from messages, tools and documents never becomes a special token, not even in part; see
//! `protect`, which also lists what is **not protected** (models whose role markers are plain text).

mod detok;
mod error;
#[cfg(test)]
mod fixtures;
mod protect;
mod template;
mod tokenizer;
mod trie;

pub use detok::Detok;
pub use error::{Cause, Error, Result};
pub use protect::{Guard, Rendered};
pub use template::{ChatTemplate, Inputs, ROLES, Takes};
pub use tokenizer::{GgufVocab, SpecialToken, Tokenizer};
pub use trie::TokenTrie;
