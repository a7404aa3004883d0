use std::time::Duration;

use ferrule::types;
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use super::answer_class;

/// What an answer cost.
#[pyclass(module = "ferrule", frozen, get_all)]
#[derive(Clone, Serialize, Deserialize)]
pub struct Usage {
    completion_tokens: u64,
    prompt_tokens: u64,
    total_tokens: u64,
    prompt_tokens_details: PromptTokensDetails,
    avg_tok_per_sec: f64,
    avg_prompt_tok_per_sec: f64,
    avg_compl_tok_per_sec: f64,
    total_time_sec: f64,
    total_prompt_time_sec: f64,
    total_completion_time_sec: f64,
}

answer_class!(Usage);

/// Where the prompt's tokens came from.
#[pyclass(module = "ferrule", frozen, get_all)]
#[derive(Clone, Serialize, Deserialize)]
pub struct PromptTokensDetails {
    /// Those that were there from an earlier request.
    cached_tokens: u64,
}

answer_class!(PromptTokensDetails);

impl Usage {
    pub fn new(usage: &types::Usage, took: Duration) -> Self {
        Usage {
            completion_tokens: usage.completion_tokens,
            prompt_tokens: usage.prompt_tokens,
            total_tokens: usage.total_tokens(),
            prompt_tokens_details: PromptTokensDetails {
                cached_tokens: usage.cached_tokens,
            },
            avg_tok_per_sec: rate(usage.total_tokens(), took),
            avg_prompt_tok_per_sec: rate(usage.prompt_tokens, usage.prompt),
            avg_compl_tok_per_sec: rate(usage.completion_tokens, usage.completion),
            total_time_sec: took.as_secs_f64(),
            total_prompt_time_sec: usage.prompt.as_secs_f64(),
            total_completion_time_sec: usage.completion.as_secs_f64(),
        }
    }
}

/// Nothing in no time is nothing, and not NaN.
fn rate(tokens: u64, time: Duration) -> f64 {
    let rate = tokens as f64 / time.as_secs_f64();
    if rate.is_finite() { rate } else { 0.0 }
}
