//! The Python edge: `ferrule._ferrule`, which `import ferrule` re-exports.
//!
//! Python objects come in, become the façade's words, go through the one door out of the GIL
//! ([`release`]), and what comes back is wrapped as Python objects again; an error becomes an
//! exception by one table ([`fault`]). One file for each class: hold, convert, release, wrap.
//!
//! It does not know how a model is found, loaded or run, nor what any value means: where a value
//! has to be judged, the core lacks a function. It never makes a thread or a runtime of its own.

#![allow(
    clippy::needless_pass_by_value,
    reason = "PyO3 hands arguments over by value"
)]
#![allow(
    clippy::result_large_err,
    reason = "an error crosses this edge once, on its way to an exception"
)]

// The door and what stands beside it.
mod deliver;
mod fault;
mod log;
mod release;

// What crosses the edge.
mod choice;
mod constraint;
mod convert;
mod field;
mod hint;
mod html;
mod inert;
mod keeping;
mod request;
mod which;
mod wish;

// The classes.
mod chat_request;
mod completion_request;
mod embedding_request;
mod guard;
mod model;
mod parse;
mod response;
mod runner;
mod stream;
mod streamer;

// What they stand on.
mod answer;
mod command;
mod reader;
mod tokens;
mod turn;

use pyo3::prelude::*;

/// Local language models that use tools, safely: the compiled part. Import `ferrule` instead.
#[pymodule(gil_used = false)]
mod _ferrule {
    #[pymodule_export]
    use super::{
        chat_request::ChatCompletionRequest,
        command::main,
        completion_request::CompletionRequest,
        embedding_request::EmbeddingRequest,
        guard::{
            sandbox::{ToolSandbox, get_sandbox, set_sandbox},
            tables::{blocked_command_args, guard_lists},
            validator::{
                MCPCommandValidator, get_validator, set_validator, validate_mcp_server_config,
            },
        },
        model::{Model, load},
        parse::{
            Arguments, CallFinished, CallStarted, Coercion, Parsed, ParsedCall, Problem, Reasoning,
            Text,
            parser::{Parser, parse, reasoning_parser, tool_parser},
            rows::{Row, reasonings, syntaxes},
            selection::{Selection, select},
        },
        response::{
            Answer, AnswerChoice, CalledFunction, ChatCompletionChunkResponse,
            ChatCompletionResponse, Choice, ChunkChoice, CompletionChoice, CompletionResponse,
            Delta, Logprobs, PromptTokensDetails, ResponseLogprob, ResponseMessage,
            ToolCallResponse, TopLogprob, Usage,
        },
        runner::Runner,
        stream::Stream,
        streamer::ChatCompletionStreamer,
    };

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    pub const __version__: &str = ferrule::VERSION;
}
