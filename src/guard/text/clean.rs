use serde::{Deserialize, Serialize};

use super::{Finding, Oddity, chars, comment, suspicion};

/// How texts are made plain. [`Hygiene::descriptions`] and [`Hygiene::results`] are what is used unless somebody says
/// otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hygiene {
    /// A text of more characters is cut, and says so at its end.
    pub longest_chars: usize,
    pub comments: Comments,
    /// Whether sentences are looked at that tell the model what to do.
    pub suspicious: bool,
    /// Whether the text is a description. Markup that hides is a sign there, and everyday in a web page.
    pub describes: bool,
}

/// What is done with HTML comments. They are told in any case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comments {
    /// A note stands in the comment's place.
    #[default]
    Remove,
    /// They stay. A model that reads a file in order to edit it needs the file as it is.
    Keep,
}

/// A text made plain, and what was odd in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleaned {
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<Finding>,
}

impl Default for Hygiene {
    fn default() -> Self {
        Hygiene::descriptions()
    }
}

impl Hygiene {
    pub fn descriptions() -> Self {
        Hygiene {
            longest_chars: 8192,
            comments: Comments::Remove,
            suspicious: true,
            describes: true,
        }
    }

    pub fn results() -> Self {
        Hygiene {
            longest_chars: 1_000_000,
            comments: Comments::Keep,
            suspicious: true,
            describes: false,
        }
    }

    pub fn clean(&self, text: &str) -> Cleaned {
        let mut found = Vec::new();
        let plain = chars::plain(text, &mut found);
        let plain = comment::remove(plain, self.comments, &mut found);
        let text = self.cut(plain.into_owned(), &mut found);
        if self.suspicious {
            suspicion::look(&text, self.describes, &mut found);
        }
        Cleaned { text, found }
    }

    /// The cut text with its note is no longer than allowed: cleaned again it stays.
    fn cut(&self, text: String, found: &mut Vec<Finding>) -> String {
        if text.len() <= self.longest_chars {
            return text;
        }
        let count = text.chars().count();
        if count <= self.longest_chars {
            return text;
        }
        let note = format!("... [cut, {count} chars in all]");
        let kept = text
            .chars()
            .take(self.longest_chars.saturating_sub(note.len()));
        found.push(Finding::new(
            Oddity::TooLong,
            1,
            format!("{count} characters, {} are allowed", self.longest_chars),
        ));
        kept.chain(note.chars()).take(self.longest_chars).collect()
    }
}
