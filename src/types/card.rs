use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Sampling;

/// What is known of a model without running it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelCard {
    /// The name under which it was asked for.
    pub name: String,
    /// The architecture, as our table of architectures calls it.
    pub arch: String,

    pub context_length: usize,
    pub vocab_size: usize,
    pub parameters: u64,
    /// The size of the weights by their type (`bf16`, `q4_k`).
    pub bytes_by_dtype: BTreeMap<String, u64>,
    /// How the weights are packed, where they are: `q4_k_m`, `gptq-4bit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantization: Option<String>,
    /// An estimate, in bytes, of what one sequence of full length needs, weights included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_needed: Option<u64>,

    /// The chat template; a model without one only continues text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The further templates that some models bring (`tool_use`, `rag`), by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub templates: BTreeMap<String, String>,

    pub special_tokens: Vec<SpecialToken>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bos: Option<u32>,
    /// The tokens that end an answer.
    pub eos: Vec<u32>,

    /// What the model's makers recommend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
}

/// A token that was added to the vocabulary by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialToken {
    pub content: String,
    pub id: u32,
    /// Whether it is left out of readable text. Some models mark theirs for tools so, and some do
    /// not.
    pub special: bool,
}

impl ModelCard {
    /// The id of the added token that is written so.
    pub fn special_token(&self, content: &str) -> Option<u32> {
        self.special_tokens
            .iter()
            .find(|token| token.content == content)
            .map(|token| token.id)
    }
}
