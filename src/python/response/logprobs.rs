use ferrule::types;
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use super::{answer_class, shared::Shared};

/// How likely each token of an answer was.
#[pyclass(module = "ferrule", frozen, get_all)]
#[derive(Clone, Serialize, Deserialize)]
pub struct Logprobs {
    content: Shared<ResponseLogprob>,
}

answer_class!(Logprobs);

/// A chosen token.
#[pyclass(module = "ferrule", frozen, get_all)]
#[derive(Clone, Serialize, Deserialize)]
pub struct ResponseLogprob {
    token: String,
    logprob: f64,
    /// The token's own bytes, which need not be whole characters.
    bytes: Bytes,
    top_logprobs: Shared<TopLogprob>,
}

answer_class!(ResponseLogprob);

/// A token that could have been chosen.
#[pyclass(module = "ferrule", frozen, get_all)]
#[derive(Clone, Serialize, Deserialize)]
pub struct TopLogprob {
    token: String,
    logprob: f64,
    bytes: Bytes,
}

answer_class!(TopLogprob);

/// A list of numbers, as in the chat completions API; a `Vec<u8>` would be Python's `bytes`.
type Bytes = Vec<u16>;

impl Logprobs {
    /// Nothing where nothing was asked for.
    pub fn new(tokens: &[types::TokenLogprob]) -> Option<Self> {
        let content = || tokens.iter().map(ResponseLogprob::new).collect();
        (!tokens.is_empty()).then(|| Logprobs { content: content() })
    }
}

impl ResponseLogprob {
    pub fn new(token: &types::TokenLogprob) -> Self {
        ResponseLogprob {
            token: token.text.clone(),
            logprob: f64::from(token.logprob),
            bytes: token.bytes.iter().copied().map(u16::from).collect(),
            top_logprobs: token.top.iter().map(TopLogprob::new).collect(),
        }
    }
}

impl TopLogprob {
    fn new(token: &types::TopLogprob) -> Self {
        TopLogprob {
            token: token.text.clone(),
            logprob: f64::from(token.logprob),
            bytes: token.bytes.iter().copied().map(u16::from).collect(),
        }
    }
}
