use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    Ask, Call, Finish, Message, Outcome, Progress, TokenLogprob, ToolKey, Usage, Verdict, seconds,
};

/// What a turn tells as it goes. Every dialect of the HTTP edge and every stream in Python is made
/// from this.
///
/// A turn is: text and calls as the model writes them; then for each call its verdict, its progress
/// and its outcome; then the model again. It ends in exactly one `Ended`. `choice` tells answers
/// apart where several were wished for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The model speaks.
    Text {
        #[serde(default)]
        choice: u32,
        text: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        logprobs: Vec<TokenLogprob>,
    },
    /// The model thinks.
    Reasoning {
        #[serde(default)]
        choice: u32,
        text: String,
    },
    /// The model begins to ask for a tool. `name` is what it wrote; nobody has looked it up yet.
    CallStarted {
        #[serde(default)]
        choice: u32,
        /// Counts the calls of one answer from 0.
        index: u32,
        id: String,
        name: String,
    },
    /// More of a call's arguments, as written.
    CallArguments {
        #[serde(default)]
        choice: u32,
        index: u32,
        id: String,
        fragment: String,
    },
    /// A call is complete and its tool is known.
    Called {
        #[serde(default)]
        choice: u32,
        call: Call,
    },
    /// The guard has spoken.
    Judged {
        id: String,
        key: ToolKey,
        verdict: Verdict,
    },
    /// The tool tells how far it is.
    Progressed { id: String, progress: Progress },
    /// The tool has answered, or could not.
    Answered {
        id: String,
        key: ToolKey,
        outcome: Outcome,
        #[serde(rename = "took_seconds", with = "seconds")]
        took: Duration,
    },
    /// Somebody must answer before the turn goes on. The turn is suspended under `state` unless a
    /// callback answers at once.
    Asked { asks: Vec<Ask>, state: String },
    /// The model's answer is complete and its tools have answered; it is given the outcomes next.
    RoundEnded { round: u32, usage: Usage },
    /// Nothing follows for this choice.
    Ended {
        #[serde(default)]
        choice: u32,
        end: TurnEnd,
        /// Why the last answer of the model ended.
        finish: Finish,
        /// The last message of the assistant, whole.
        message: Message,
        /// Of all rounds together.
        usage: Usage,
    },
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnEnd {
    /// The model has answered.
    Answer,
    /// The model asks for tools that are the caller's to run.
    Calls,
    /// Somebody must answer an ask first; the turn can be resumed.
    Suspended,
    /// As many rounds as were allowed.
    RoundLimit,
    /// The answer was cut off by its length.
    Length,
    Cancelled,
    TimedOut,
}
