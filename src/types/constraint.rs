use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the model may write. Its text is made where syntaxes are known; it is compiled where tokens
/// are known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Constraint {
    pub grammar: Grammar,

    #[serde(default)]
    pub start: Start,

    /// After a match the model is free again, and the grammar may start anew; one that starts at
    /// once starts again at once, so that matches stand side by side. Otherwise a match ends the
    /// answer.
    #[serde(default)]
    pub many: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "grammar", rename_all = "snake_case")]
pub enum Grammar {
    /// One of these texts.
    Choice(Vec<String>),
    Regex(String),
    /// JSON that this schema accepts.
    JsonSchema(Value),
    /// A context-free grammar in Lark's notation.
    Lark(String),
    /// llguidance's own form, for those who have it already.
    Llguidance(Value),
}

/// When a grammar begins to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// With the first token.
    #[default]
    Now,
    /// When the model has written one of these; until then it is free.
    After(Vec<String>),
}

impl Constraint {
    /// The whole answer is one match.
    pub fn whole(grammar: Grammar) -> Self {
        Constraint {
            grammar,
            start: Start::Now,
            many: false,
        }
    }

    /// Each time the model writes one of the marks, a match follows.
    pub fn after(marks: impl IntoIterator<Item = impl Into<String>>, grammar: Grammar) -> Self {
        let marks = marks.into_iter().map(Into::into).collect();
        Constraint {
            grammar,
            start: Start::After(marks),
            many: true,
        }
    }
}
