//! A step's work: tokens of several sequences, laid end to end without padding.

use std::ops::Range;

use crate::{Block, Error, Result};

/// The part of a batch that belongs to one sequence.
#[derive(Clone, Debug)]
pub struct Span {
    /// Which of the batch's blocks are its own.
    blocks: Range<usize>,
    /// Where its tokens start in the batch, and how many there are.
    pub start: usize,
    pub len: usize,
    /// How many positions of the sequence are in the cache already.
    pub past: usize,
    /// The longest the sequence may become. Only long-context rope scaling looks at it: the choice
    /// between its short and long factors must not change while keys are cached.
    pub reach: usize,
}

/// What a span's tokens are computed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// The logits behind the last token.
    Last,
    /// The logits behind every token.
    All,
    /// The last hidden state of every token, normed.
    States,
    /// Only what they leave in the cache.
    None,
}

/// A row of the batch that is wanted, and whether as a state instead of logits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub row: usize,
    pub state: bool,
}

/// Tokens of several sequences, and the rows whose logits are wanted.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    tokens: Vec<u32>,
    spans: Vec<Span>,
    wanted: Vec<Wanted>,
    table: Vec<Block>,
}

impl Batch {
    pub fn new() -> Self {
        Self::default()
    }

    /// One sequence alone.
    pub fn single(
        blocks: &[Block],
        tokens: &[u32],
        past: usize,
        reach: usize,
        want: Want,
    ) -> Result<Self> {
        let mut batch = Self::new();
        batch.push(blocks, tokens, past, reach, want)?;
        Ok(batch)
    }

    /// Adds a sequence's next tokens. `blocks` are all of the sequence's, from its first position on.
    pub fn push(
        &mut self,
        blocks: &[Block],
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
        let start = self.tokens.len();
        self.tokens.extend_from_slice(tokens);
        let end = self.tokens.len();
        let first = self.table.len();
        self.table.extend_from_slice(blocks);
        self.spans.push(Span {
            blocks: first..self.table.len(),
            start,
            len: tokens.len(),
            past,
            reach: reach.max(past + tokens.len()),
        });
        let rows = match want {
            Want::Last => end - 1..end,
            Want::All | Want::States => start..end,
            Want::None => end..end,
        };
        let state = want == Want::States;
        self.wanted.extend(rows.map(|row| Wanted { row, state }));
        Ok(())
    }

    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The blocks of a span.
    pub(crate) fn table(&self, span: &Span) -> &[Block] {
        &self.table[span.blocks.clone()]
    }

    /// Rows of the batch that are wanted, in order.
    pub(crate) fn wanted(&self) -> &[Wanted] {
        &self.wanted
    }

    /// The position of every token within its own sequence.
    pub fn positions(&self) -> impl Iterator<Item = usize> + '_ {
        self.spans.iter().flat_map(|s| s.past..s.past + s.len)
    }
}
