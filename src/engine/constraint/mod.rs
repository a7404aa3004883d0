//! Constrained decoding: a grammar comes in, and masks of tokens go out.
//!
//! [`Grammars`] belongs to a model and compiles; a [`Guide`] belongs to a sequence: it tells the [`Mask`] at each
//! place, and is told each token that was chosen. `llguidance` does the parsing; it lives only here.
//!
//! It does not know scores, how a token is chosen, what a tool call looks like, or who wrote the grammar: a grammar is
//! taken for hostile, and bounded in size, in time and in memory.

mod bounds;
mod compile;
mod guide;
mod mask;
mod watch;

#[cfg(test)]
pub(crate) mod tests;

pub use compile::Grammars;
pub use guide::Guide;
pub use mask::Mask;
