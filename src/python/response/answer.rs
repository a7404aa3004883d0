use ferrule::{Held, types::Model as _};
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Logprobs, Usage, answer_class};
use crate::answer::{self, Answers, finish_reason, stop_sequence};

/// An answer: `str(answer)` is its text. Where several were asked for, it is the first, and all are in `choices`.
#[pyclass(module = "ferrule", frozen, get_all)]
#[derive(Clone, Serialize, Deserialize)]
pub struct Answer {
    text: String,
    finish_reason: String,
    stop_sequence: Option<String>,
    tokens: Vec<u32>,
    logprobs: Option<Logprobs>,
    choices: Vec<AnswerChoice>,
    usage: Usage,
    model: String,
}

answer_class!(
    Answer,
    fn __str__(&self) -> &str {
        &self.text
    }
);

/// One of the answers that were asked for.
#[pyclass(module = "ferrule", frozen, get_all)]
#[derive(Clone, Serialize, Deserialize)]
pub struct AnswerChoice {
    text: String,
    finish_reason: String,
    stop_sequence: Option<String>,
    tokens: Vec<u32>,
    logprobs: Option<Logprobs>,
}

answer_class!(
    AnswerChoice,
    fn __str__(&self) -> &str {
        &self.text
    }
);

impl Answer {
    pub fn new(model: &Held, answers: Answers) -> Self {
        let usage = Usage::new(&answers.usage, answers.took);
        let choices: Vec<_> = answers.choices.into_iter().map(AnswerChoice::new).collect();
        // A request for no answer at all is refused before.
        let first = choices
            .first()
            .cloned()
            .unwrap_or_else(|| AnswerChoice::new(answer::Answer::default()));
        Answer {
            text: first.text,
            finish_reason: first.finish_reason,
            stop_sequence: first.stop_sequence,
            tokens: first.tokens,
            logprobs: first.logprobs,
            choices,
            usage,
            model: model.card().name.clone(),
        }
    }
}

impl AnswerChoice {
    fn new(answer: answer::Answer) -> Self {
        let finish = answer.finish.as_ref();
        AnswerChoice {
            finish_reason: finish.map_or("stop", finish_reason).to_owned(),
            stop_sequence: finish.and_then(stop_sequence),
            logprobs: Logprobs::new(&answer.logprobs),
            text: answer.text,
            tokens: answer.tokens,
        }
    }
}
