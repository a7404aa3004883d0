//! What a native call asks for, on its way to the core's [`Request`], with how its answer is read.
//!
//! The keywords of `Model.generate` and its sisters go in, the request comes out. It does not know
//! which values are good: the core checks them.

use ferrule::{
    reading::Wanted,
    types::{Chat, Prompt, Request, Sampling},
};
use pyo3::{
    inspect::PyStaticExpr,
    prelude::*,
    types::{PyBytes, PyString},
};

use crate::{
    answer,
    choice::{ToolChoice, choice},
    constraint::{Pattern, one_kind},
    convert::to_json,
    field::{Int, LogitBias, Text, Texts, Tools},
    hint,
    request::{messages, tools, whole, whole_if},
};

/// A conversation, one user message as a string, or tokens as they are.
pub enum Asked {
    Tokens(Vec<u32>),
    Said(String),
    Messages(serde_json::Value),
}

impl<'py> FromPyObject<'_, 'py> for Asked {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::ASKED_IN;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
            return object.extract().map(|Text(text)| Asked::Said(text));
        }
        match object.extract::<Vec<u32>>() {
            // An empty list is a conversation without messages.
            Ok(tokens) if !tokens.is_empty() => Ok(Asked::Tokens(tokens)),
            _ => to_json("prompt", &object).map(Asked::Messages),
        }
    }
}

/// The keywords of a call; `Model` lists them with their defaults.
pub struct Wish {
    pub max_tokens: Option<Int>,
    pub temperature: Option<f64>,
    pub top_p: Option<f64>,
    pub top_k: Option<Int>,
    pub min_p: Option<f64>,
    pub repetition_penalty: Option<f64>,
    pub presence_penalty: Option<f64>,
    pub frequency_penalty: Option<f64>,
    pub logit_bias: Option<LogitBias>,
    pub seed: Option<Int>,
    pub n: i64,
    pub stop: Option<Texts>,
    pub stop_token_ids: Option<Vec<u32>>,
    pub min_tokens: i64,
    pub ignore_eos: bool,
    pub logprobs: bool,
    pub top_logprobs: i64,
    pub truncate: bool,
    pub raw: bool,
    pub tools: Option<Tools>,
    pub tool_choice: Option<ToolChoice>,
    pub parallel_tool_calls: Option<bool>,
    pub copy_arguments: Option<bool>,
    pub syntax: Option<String>,
    pub reasoning: Option<String>,
    pub enable_thinking: Option<bool>,
    pub grammar: Option<String>,
    pub schema: Option<Pattern>,
    pub choices: Option<Texts>,
    pub regex: Option<String>,
    pub timeout: Option<f64>,
}

impl Wish {
    pub fn to_asked(&self, asked: Asked) -> PyResult<answer::Asked> {
        Ok(answer::Asked {
            request: self.to_request(asked)?,
            wanted: Wanted {
                choice: choice(self.tool_choice.as_ref())?,
                parallel: self.parallel_tool_calls,
                copies: self.copy_arguments,
                syntax: self.syntax.clone(),
                reasoning: self.reasoning.clone(),
                ..Wanted::default()
            },
        })
    }

    fn to_request(&self, asked: Asked) -> PyResult<Request> {
        Ok(Request {
            sampling: self.sampling()?,
            constraint: one_kind(
                self.grammar.as_deref(),
                self.schema.as_ref(),
                self.choices.as_ref().map(|texts| &texts.0),
                self.regex.as_deref(),
            )?,
            ..Request::new(self.prompt(asked)?)
        })
    }

    fn prompt(&self, asked: Asked) -> PyResult<Prompt> {
        let asked = match asked {
            Asked::Tokens(tokens) => return Ok(Prompt::Tokens(tokens)),
            Asked::Said(text) if self.raw => return Ok(Prompt::Text(text)),
            Asked::Said(text) => text.into(),
            Asked::Messages(messages) => messages,
        };
        Ok(Prompt::Chat(Chat {
            tools: tools(self.tools.as_ref())?,
            enable_thinking: self.enable_thinking,
            ..chat(&asked)?
        }))
    }

    fn sampling(&self) -> PyResult<Sampling> {
        Ok(Sampling {
            temperature: self.temperature,
            top_k: whole_if("top_k", self.top_k)?,
            top_p: self.top_p,
            min_p: self.min_p,
            repetition_penalty: self.repetition_penalty,
            presence_penalty: self.presence_penalty,
            frequency_penalty: self.frequency_penalty,
            dry: None,
            logit_bias: self.logit_bias.clone().unwrap_or_default().0,
            seed: whole_if("seed", self.seed)?,
            n: whole("n", self.n)?,
            logprobs: self.logprobs || self.top_logprobs > 0,
            top_logprobs: whole("top_logprobs", self.top_logprobs)?,
            stop: self.stop.clone().unwrap_or_default().0,
            stop_token_ids: self.stop_token_ids.clone().unwrap_or_default(),
            max_tokens: whole_if("max_tokens", self.max_tokens)?,
            min_tokens: whole("min_tokens", self.min_tokens)?,
            ignore_eos: self.ignore_eos,
            truncate_sequence: self.truncate,
        })
    }
}

pub fn chat(asked: &serde_json::Value) -> PyResult<Chat> {
    Ok(messages(asked)?.into())
}
