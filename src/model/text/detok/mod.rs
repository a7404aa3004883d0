//! Token ids → text, one at a time, as a model produces them.
//!
//! A token may end in the middle of a character, and what a token reads as may depend on the one before it (the
//! space that sentencepiece leaves out at the start). So a few tokens back are decoded along, and text is given out
//! only once it is whole.
//!
//! Ids enter one by one, pieces of text leave; joined, they are what [`Tokenizer::decode`] makes of all ids at once,
//! wherever the ids spell valid text.
//!
//! It does not know: what a token means, or when to stop.

#[cfg(test)]
mod tests;

use super::Tokenizer;

/// No character has more than four bytes. Past this, held tokens are broken beyond repair, and are given out as
/// they are, so that the work per token stays bounded.
const HELD: usize = 8;

/// What a decoder prints for bytes that are no character, or not yet.
const BROKEN: char = '\u{fffd}';

/// See the [module](self).
#[derive(Debug, Clone)]
pub struct Detok {
    tokenizer: Tokenizer,
    skip_special: bool,
    /// The tokens from which the next piece is told: first those already given out, for context.
    window: Vec<u32>,
    /// How many tokens at the start of the window have been given out.
    given: usize,
    /// What those read as.
    context: String,
}

impl Detok {
    pub fn new(tokenizer: &Tokenizer, skip_special: bool) -> Self {
        Self {
            tokenizer: tokenizer.clone(),
            skip_special,
            window: Vec::new(),
            given: 0,
            context: String::new(),
        }
    }

    /// The text that `id` completes, if it completes any.
    pub fn push(&mut self, id: u32) -> Option<String> {
        // Left-out tokens are no context either: before the first word a space would be taken for the first one.
        if self.skip_special && self.tokenizer.is_special(id) {
            return None;
        }
        self.window.push(id);
        let text = self.decode(&self.window);
        let is_open =
            text.ends_with(BROKEN) && self.window.len() - self.given <= HELD && self.is_open();
        if is_open || text.len() <= self.context.len() {
            return None;
        }
        let piece = self.since(&text);
        self.window.drain(..self.given);
        self.given = self.window.len();
        self.context = self.decode(&self.window);
        (!piece.is_empty()).then_some(piece)
    }

    /// What is left at the end: half a character reads as the replacement character.
    pub fn finish(&mut self) -> Option<String> {
        let text = self.decode(&self.window);
        let piece = self.since(&text);
        self.window.clear();
        self.given = 0;
        self.context.clear();
        (!piece.is_empty()).then_some(piece)
    }

    /// Whether the tokens held back end inside a character. The text alone does not tell: a model may also write the
    /// replacement character itself.
    fn is_open(&self) -> bool {
        let held = self.window[self.given..].iter();
        let bytes: Vec<u8> = held
            .flat_map(|id| self.tokenizer.token_bytes(*id).unwrap_or_default())
            .collect();
        bytes.utf8_chunks().last().is_some_and(|chunk| {
            std::str::from_utf8(chunk.invalid()).is_err_and(|e| e.error_len().is_none())
        })
    }

    fn since(&self, text: &str) -> String {
        // The context may have ended in a broken character that more tokens have mended since.
        let same = text
            .char_indices()
            .zip(self.context.chars())
            .take_while(|((_, a), b)| a == b)
            .map(|((at, a), _)| at + a.len_utf8())
            .last();
        text[same.unwrap_or(0)..].to_string()
    }

    fn decode(&self, ids: &[u32]) -> String {
        self.tokenizer.decode(ids, false).unwrap_or_default()
    }
}
