//! A prompt between template and tokenizer.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::Guard;

/// A rendered prompt in which what users wrote cannot be taken for what the template wrote.
#[derive(Clone)]
pub struct Rendered {
    hidden: String,
    originals: HashMap<char, char>,
    guard: Arc<Guard>,
    bare: bool,
}

impl Rendered {
    pub(in super::super) fn new(
        hidden: String,
        originals: HashMap<char, char>,
        guard: Arc<Guard>,
        bare: bool,
    ) -> Self {
        Self {
            hidden,
            originals,
            guard,
            bare,
        }
    }

    /// The prompt as a human reads it. It must not be encoded with special tokens: that would undo the protection.
    pub fn text(&self) -> String {
        self.restore(&self.hidden)
    }

    /// The prompt with stand-ins; markers in it are the template's.
    pub(in super::super) fn hidden(&self) -> &str {
        &self.hidden
    }

    pub(in super::super) fn restore(&self, piece: &str) -> String {
        restore(piece, &self.originals)
    }

    pub(in super::super) fn is_for(&self, guard: &Arc<Guard>) -> bool {
        Arc::ptr_eq(&self.guard, guard)
    }

    /// Whether no template had a say, so that begin and end tokens are up to the tokenizer.
    pub(in super::super) fn is_bare(&self) -> bool {
        self.bare
    }
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rendered").field(&self.text()).finish()
    }
}

pub(in super::super) fn restore(text: &str, originals: &HashMap<char, char>) -> String {
    if originals.is_empty() {
        return text.into();
    }
    text.chars()
        .map(|c| originals.get(&c).copied().unwrap_or(c))
        .collect()
}
