use std::fmt;

use serde::{Deserialize, Serialize};

/// One kind of oddity in one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub what: Oddity,
    /// Where: `description`, `inputSchema.properties.path.description`. Empty for a text by itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub part: String,
    /// How often.
    pub count: usize,
    /// What it was, in words and in characters that show.
    pub note: String,
    /// It is still there, because calls depend on the text: a name, an allowed value.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub kept: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Oddity {
    /// Characters that change the direction of text.
    Direction,
    /// Characters without a shape.
    Invisible,
    /// Letters of the tags block: a text that only machines see.
    HiddenText,
    /// Sequences that a terminal obeys.
    Escape,
    /// Other control characters.
    Control,
    /// A heap of marks on one letter.
    Marks,
    /// A comment of HTML, which a person who sees the rendered text does not see.
    Comment,
    TooLong,
    /// A sentence that tells the model what to do.
    Instruction,
    /// Markup that hides what it holds, or that sends it away.
    HiddenMarkup,
}

impl Finding {
    pub(super) fn new(what: Oddity, count: usize, note: impl Into<String>) -> Self {
        Finding {
            what,
            part: String::new(),
            count,
            note: note.into(),
            kept: false,
        }
    }

    pub(super) fn at(self, part: &str) -> Self {
        Finding {
            part: part.to_owned(),
            ..self
        }
    }

    pub(super) fn kept(self) -> Self {
        Finding { kept: true, ..self }
    }

    /// Whether a person should look before a model does. A stray zero-width space does not alarm, a hidden sentence
    /// does.
    pub fn alarms(&self) -> bool {
        self.kept
            || matches!(
                self.what,
                Oddity::HiddenText | Oddity::Instruction | Oddity::HiddenMarkup
            )
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.part.is_empty() {
            write!(f, "{}: ", self.part)?;
        }
        write!(f, "{}", self.note)?;
        if self.count > 1 {
            write!(f, " ({} times)", self.count)?;
        }
        Ok(())
    }
}
