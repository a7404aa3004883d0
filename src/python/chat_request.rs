use ferrule::{
    reading::Wanted,
    types::{Chat, Error, Request},
};
use pyo3::prelude::*;
use serde_json::{Map, Value};

use crate::{
    answer::Asked,
    choice::{ToolChoice, choice},
    constraint::{Pattern, constraint},
    fault::raise,
    field::{Documents, Int, LogitBias, Messages, ResponseFormat, TemplateArgs, Texts, Tools},
    inert::{ignore, refuse},
    request::{messages, request_class, sampling, tools},
};

request_class! {
    /// A conversation to be answered, and how. A dict with the keys of the chat completions API
    /// does as well.
    // The order is the mirrored class's own, and programs rely on it; ours come last.
    ChatCompletionRequest {
        messages: Messages,
        model: String,
        logprobs: bool = false,
        n_choices: i64 = 1,
        logit_bias: Option<LogitBias> = None,
        top_logprobs: Option<Int> = None,
        max_tokens: Option<Int> = None,
        presence_penalty: Option<f64> = None,
        frequency_penalty: Option<f64> = None,
        repetition_penalty: Option<f64> = None,
        stop_seqs: Option<Texts> = None,
        temperature: Option<f64> = None,
        top_p: Option<f64> = None,
        top_k: Option<Int> = None,
        stream: bool = false,
        grammar: Option<Pattern> = None,
        grammar_type: Option<String> = None,
        min_p: Option<f64> = None,
        tool_schemas: Option<Tools> = None,
        tool_choice: Option<ToolChoice> = None,
        dry_multiplier: Option<f64> = None,
        dry_base: Option<f64> = None,
        dry_allowed_length: Option<Int> = None,
        dry_sequence_breakers: Option<Vec<String>> = None,
        web_search_options: Option<Py<PyAny>> = None,
        enable_thinking: Option<bool> = None,
        truncate_sequence: bool = false,
        reasoning_effort: Option<String> = None,
        max_tool_rounds: Option<i64> = None,
        tool_dispatch_url: Option<String> = None,
        enable_code_execution: bool = false,
        enable_shell: bool = false,
        shell_skills: Option<Py<PyAny>> = None,
        agent_permission: Option<Py<PyAny>> = None,
        agent_approval_callback: Option<Py<PyAny>> = None,
        code_execution_permission: Option<Py<PyAny>> = None,
        session_id: Option<String> = None,
        files: Option<Py<PyAny>> = None,
        input_files: Option<Py<PyAny>> = None,
        ignore_eos: bool = false,
        ;
        adapter: Option<String> = None,
        seed: Option<Int> = None,
        min_tokens: Option<Int> = None,
        stop_token_ids: Option<Vec<u32>> = None,
        documents: Option<Documents> = None,
        chat_template_kwargs: Option<TemplateArgs> = None,
        response_format: Option<ResponseFormat> = None,
        parallel_tool_calls: Option<bool> = None,
        copy_arguments: Option<bool> = None,
        syntax: Option<String> = None,
        reasoning: Option<String> = None,
    }
}

impl ChatCompletionRequest {
    fn check(&self, py: Python<'_>) -> PyResult<()> {
        let owner = "ChatCompletionRequest";
        refuse(
            owner,
            &[
                ("web_search_options", self.web_search_options.is_some()),
                ("tool_dispatch_url", self.tool_dispatch_url.is_some()),
                ("enable_code_execution", self.enable_code_execution),
                ("enable_shell", self.enable_shell),
                ("shell_skills", self.shell_skills.is_some()),
                (
                    "agent_approval_callback",
                    self.agent_approval_callback.is_some(),
                ),
                ("session_id", self.session_id.is_some()),
                ("files", self.files.is_some()),
                ("input_files", self.input_files.is_some()),
            ],
        )?;
        // They bound calls of tools, and nothing here calls one.
        let idle = [
            ("max_tool_rounds", self.max_tool_rounds.is_some()),
            ("agent_permission", self.agent_permission.is_some()),
            (
                "code_execution_permission",
                self.code_execution_permission.is_some(),
            ),
        ];
        ignore(py, owner, &idle)
    }

    /// The request as the core knows it, and how its answer is read; `seed` is for those that bring none.
    pub fn to_asked(&self, seed: Option<u64>) -> PyResult<Asked> {
        Ok(Asked {
            request: self.to_request(seed)?,
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

    fn to_request(&self, seed: Option<u64>) -> PyResult<Request> {
        let (enable_thinking, template_args) = self.thinking()?;
        let chat = Chat {
            messages: messages(&self.messages.0)?,
            tools: tools(self.tool_schemas.as_ref())?,
            documents: self.documents()?,
            enable_thinking,
            template_args,
            ..Chat::default()
        };
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
            ..Request::new(chat)
        })
    }

    fn documents(&self) -> PyResult<Vec<Value>> {
        match &self.documents {
            None => Ok(Vec::new()),
            Some(Documents(Value::Array(documents))) => Ok(documents.clone()),
            Some(Documents(other)) => Err(raise(Error::invalid("documents", "a list", other))),
        }
    }

    /// The two spellings of "think first" as a template takes them.
    fn thinking(&self) -> PyResult<(Option<bool>, Map<String, Value>)> {
        let mut args = match &self.chat_template_kwargs {
            None => Map::new(),
            Some(TemplateArgs(Value::Object(args))) => args.clone(),
            Some(TemplateArgs(other)) => {
                return Err(raise(Error::invalid(
                    "chat_template_kwargs",
                    "an object",
                    other,
                )));
            }
        };
        let thinks = match self.reasoning_effort.as_deref() {
            None => return Ok((self.enable_thinking, args)),
            Some("off" | "none") => false,
            Some(effort @ ("low" | "medium" | "high" | "xhigh")) => {
                args.insert("reasoning_effort".to_owned(), effort.into());
                true
            }
            Some(other) => {
                let allowed = "off, none, low, medium, high or xhigh";
                return Err(raise(Error::invalid("reasoning_effort", allowed, other)));
            }
        };
        match self.enable_thinking {
            Some(asked) if asked != thinks => {
                let allowed = format!("{thinks} beside this `reasoning_effort`, or absent");
                Err(raise(Error::invalid("enable_thinking", allowed, asked)))
            }
            _ => Ok((Some(thinks), args)),
        }
    }
}
