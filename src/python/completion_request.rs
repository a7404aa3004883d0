use ferrule::types::Request;
use pyo3::prelude::*;

use crate::{
    constraint::{Pattern, constraint},
    field::{Int, LogitBias, PromptText, ResponseFormat, Texts, Tools},
    inert::refuse,
    request::{request_class, sampling},
};

request_class! {
    /// A text to be continued, and how. A dict with the keys of the completions API does as well.
    // The order is the mirrored class's own, and programs rely on it; ours come last.
    CompletionRequest {
        prompt: PromptText,
        model: String,
        best_of: i64 = 1,
        echo_prompt: bool = false,
        presence_penalty: Option<f64> = None,
        frequency_penalty: Option<f64> = None,
        repetition_penalty: Option<f64> = None,
        logit_bias: Option<LogitBias> = None,
        max_tokens: Option<Int> = None,
        n_choices: i64 = 1,
        stop_seqs: Option<Texts> = None,
        temperature: Option<f64> = None,
        top_p: Option<f64> = None,
        suffix: Option<String> = None,
        top_k: Option<Int> = None,
        grammar: Option<Pattern> = None,
        grammar_type: Option<String> = None,
        min_p: Option<f64> = None,
        tool_schemas: Option<Tools> = None,
        tool_choice: Option<String> = None,
        dry_multiplier: Option<f64> = None,
        dry_base: Option<f64> = None,
        dry_allowed_length: Option<Int> = None,
        dry_sequence_breakers: Option<Vec<String>> = None,
        truncate_sequence: bool = false,
        ignore_eos: bool = false,
        ;
        adapter: Option<String> = None,
        seed: Option<Int> = None,
        min_tokens: Option<Int> = None,
        stop_token_ids: Option<Vec<u32>> = None,
        logprobs: bool = false,
        top_logprobs: Option<Int> = None,
        response_format: Option<ResponseFormat> = None,
        stream: bool = false,
    }
}

impl CompletionRequest {
    fn check(&self, _: Python<'_>) -> PyResult<()> {
        refuse(
            "CompletionRequest",
            &[
                ("best_of", self.best_of != 1),
                ("suffix", self.suffix.is_some()),
                ("tool_schemas", self.tool_schemas.is_some()),
                ("tool_choice", self.tool_choice.is_some()),
                ("stream", self.stream),
            ],
        )
    }

    /// What stands before the continuation: the prompt, if it was asked for.
    pub fn echo(&self) -> Option<PromptText> {
        self.echo_prompt.then(|| self.prompt.clone())
    }

    /// The request as the core knows it; `seed` is for those that bring none.
    pub fn to_request(&self, seed: Option<u64>) -> PyResult<Request> {
        let mut sampling = sampling!(self);
        sampling.seed = sampling.seed.or(seed);
        Ok(Request {
            sampling,
            constraint: constraint(
                self.grammar.as_ref(),
                self.grammar_type.as_deref(),
                self.response_format.as_ref().map(|format| &format.0),
            )?,
            adapter: self.adapter.clone(),
            ..Request::new(self.prompt.prompt())
        })
    }
}
