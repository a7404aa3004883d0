//! A step's work: tokens of several sequences, laid end to end without padding.

use crate::{Error, Result, cache::Slot};

/// The part of a batch that belongs to one sequence.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub slot: Slot,
    /// Where its tokens start in the batch, and how many there are.
    pub start: usize,
    pub len: usize,
    /// How many positions of the sequence are in the cache already.
    pub past: usize,
    /// The longest the sequence may become. Only long-context rope scaling looks at it: the choice
    /// between its short and long factors must not change while keys are cached.
    pub reach: usize,
}

/// Which of a span's tokens get logits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    Last,
    All,
    None,
}

/// Tokens of several sequences, and the rows whose logits are wanted.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    tokens: Vec<u32>,
    spans: Vec<Span>,
    wanted: Vec<usize>,
}

impl Batch {
    pub fn new() -> Self {
        Self::default()
    }

    /// One sequence alone.
    pub fn single(
        slot: Slot,
        tokens: &[u32],
        past: usize,
        reach: usize,
        want: Want,
    ) -> Result<Self> {
        let mut batch = Self::new();
        batch.push(slot, tokens, past, reach, want)?;
        Ok(batch)
    }

    pub fn push(
        &mut self,
        slot: Slot,
        tokens: &[u32],
        past: usize,
        reach: usize,
        want: Want,
    ) -> Result<()> {
        if tokens.is_empty() {
            return Err(Error::Batch {
                what: "a sequence's tokens",
                expected: "at least one".into(),
                got: "none".into(),
            });
        }
        if self.spans.iter().any(|s| s.slot == slot) {
            return Err(Error::Batch {
                what: "the sequences",
                expected: "each once".into(),
                got: format!("{slot:?} twice"),
            });
        }
        let start = self.tokens.len();
        self.tokens.extend_from_slice(tokens);
        let end = self.tokens.len();
        self.spans.push(Span {
            slot,
            start,
            len: tokens.len(),
            past,
            reach: reach.max(past + tokens.len()),
        });
        match want {
            Want::Last => self.wanted.push(end - 1),
            Want::All => self.wanted.extend(start..end),
            Want::None => {}
        }
        Ok(())
    }

    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Rows of the batch with logits, in order.
    pub fn wanted(&self) -> &[usize] {
        &self.wanted
    }

    /// The position of every token within its own sequence.
    pub fn positions(&self) -> impl Iterator<Item = usize> + '_ {
        self.spans.iter().flat_map(|s| s.past..s.past + s.len)
    }
}
