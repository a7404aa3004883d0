use serde::{Deserialize, Serialize};

use crate::{Prompt, TokenLogprob, Usage};

/// A wish for vectors that stand for texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Embed {
    pub inputs: Vec<Prompt>,
    #[serde(default)]
    pub pooling: Pooling,
    /// Every vector is brought to length 1.
    #[serde(default)]
    pub normalise: bool,
    /// Cuts the start off an input that is too long instead of refusing it.
    #[serde(default)]
    pub truncate_sequence: bool,
}

/// How the states of an input's tokens become one vector.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// The last token's: the only one that has seen all others.
    #[default]
    Last,
    Mean,
    First,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Embeddings {
    pub vectors: Vec<Vec<f32>>,
    pub usage: Usage,
}

/// How likely a model finds a text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// One for each token but the first, before which there is nothing to judge it by.
    pub tokens: Vec<TokenLogprob>,
    pub first: Option<u32>,
    pub usage: Usage,
}
