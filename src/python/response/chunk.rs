use ferrule::types::{Finish, Piece};
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use super::{FINGERPRINT, ResponseLogprob, Stamp, ToolCallResponse, Usage, answer_class};
use crate::answer::{finish_reason, readable, stop_sequence};

/// A bit of an answer that is being written.
#[pyclass(module = "ferrule", frozen, get_all)]
#[derive(Clone, Serialize, Deserialize)]
pub struct ChatCompletionChunkResponse {
    id: String,
    choices: Vec<ChunkChoice>,
    created: u64,
    model: String,
    system_fingerprint: String,
    object: String,
    /// In the last chunk only.
    usage: Option<Usage>,
    adapter_generation: Option<u64>,
    session_id: Option<String>,
}

answer_class!(ChatCompletionChunkResponse);

/// The bit of one of the answers.
#[pyclass(module = "ferrule", frozen, get_all)]
#[derive(Clone, Serialize, Deserialize)]
pub struct ChunkChoice {
    /// In the choice's last chunk only.
    finish_reason: Option<String>,
    index: u32,
    delta: Delta,
    logprobs: Option<ResponseLogprob>,
    stop_sequence: Option<String>,
}

answer_class!(ChunkChoice);

/// What is to be appended.
#[pyclass(module = "ferrule", frozen, get_all)]
#[derive(Clone, Serialize, Deserialize)]
pub struct Delta {
    content: Option<String>,
    role: String,
    tool_calls: Option<Vec<ToolCallResponse>>,
    reasoning_content: Option<String>,
}

answer_class!(Delta);

impl ChatCompletionChunkResponse {
    pub fn piece(stamp: &Stamp, piece: &Piece) -> Self {
        let choice = ChunkChoice {
            finish_reason: None,
            index: piece.choice,
            delta: Delta::saying(Some(readable(piece).to_owned())),
            logprobs: piece.logprob.as_ref().map(ResponseLogprob::new),
            stop_sequence: None,
        };
        Self::new(stamp, choice, None)
    }

    /// The last chunk of a choice; that of the last choice has the usage.
    pub fn end(stamp: &Stamp, index: u32, finish: &Finish, usage: Option<Usage>) -> Self {
        let choice = ChunkChoice {
            finish_reason: Some(finish_reason(finish).to_owned()),
            index,
            delta: Delta::saying(None),
            logprobs: None,
            stop_sequence: stop_sequence(finish),
        };
        Self::new(stamp, choice, usage)
    }

    fn new(stamp: &Stamp, choice: ChunkChoice, usage: Option<Usage>) -> Self {
        ChatCompletionChunkResponse {
            id: stamp.id.clone(),
            choices: vec![choice],
            created: stamp.created,
            model: stamp.model.clone(),
            system_fingerprint: FINGERPRINT.to_owned(),
            object: "chat.completion.chunk".to_owned(),
            usage,
            adapter_generation: None,
            session_id: None,
        }
    }
}

impl Delta {
    fn saying(content: Option<String>) -> Self {
        Delta {
            content,
            role: "assistant".to_owned(),
            tool_calls: None,
            reasoning_content: None,
        }
    }
}
