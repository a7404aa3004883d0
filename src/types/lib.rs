//! The words that every other crate speaks, and the seams between them.
//!
//! Two sorts of thing live here. *Words* are plain values with a JSON form: a [`Message`], a
//! [`Tool`], a [`Call`], an [`Outcome`], a [`Verdict`], an [`Event`]. *Seams* are the few traits
//! behind which whole crates stand: [`Toolbox`] (whatever offers tools), [`Shelf`] (what else an
//! MCP server offers), [`Model`] and [`Models`] (whatever generates), [`Store`] (whatever outlives
//! a process).
//!
//! Data enters as JSON from a client, a server or a file, and leaves as JSON; what this crate does
//! not understand it keeps, so that a gateway built on these words does not change what passes. A
//! [`Context`] travels with every call through a seam, and every crate's error can say its
//! [`Kind`].
//!
//! It does not know: any runtime, any transport, how a model computes, how text becomes a call,
//! what a policy says, HTTP statuses, or Python.
//!
//! ```
//! use ferrule_types::{Message, ToolKey};
//!
//! let message: Message = serde_json::from_str(r#"{"role": "user", "content": "hello"}"#)?;
//! assert_eq!(message.text(), "hello");
//!
//! let key = ToolKey::split("files__read");
//! assert_eq!((key.server(), key.tool()), ("files", "read"));
//! # Ok::<(), serde_json::Error>(())
//! ```

// Errors: what kind of thing went wrong.
mod error;
mod kind;

// Words of the conversation.
mod message;
mod part;

// Words of the tools.
mod ask;
mod call;
mod content;
mod key;
mod outcome;
mod resource;
mod task;
mod tool;
mod verdict;

// Words of generation.
mod card;
mod constraint;
mod embed;
mod generate;
mod prompt;
mod sampling;
mod stats;
mod usage;

// What a turn tells as it goes.
mod event;

// The seams.
mod context;
mod model;
mod shelf;
mod soon;
mod store;
mod toolbox;

mod seconds;

pub use ask::{Answer, Approval, Ask, Question, Resume, Root};
pub use call::Call;
pub use card::{ModelCard, SpecialToken};
pub use constraint::{Constraint, Grammar, Start};
pub use content::{Audio, Content, Embedded, Image, Text};
pub use context::{AskedBy, Context, Progress, ProgressSink, Trace};
pub use embed::{Embed, Embeddings, Pooling, Scores};
pub use error::{AnyFault, Error};
pub use event::{Event, TurnEnd};
pub use generate::{Finish, Generated, Generation, Piece, Request, TokenLogprob, TopLogprob};
pub use key::ToolKey;
pub use kind::{Fault, Kind};
pub use message::{FunctionCall, Message, MessageContent, Role, ToolCall};
pub use model::{LoadSpec, Model, ModelStatus, Models, Residence};
pub use outcome::{Outcome, Output};
pub use part::{AudioPart, ImagePart, ImageUrl, InputAudio, Part, TextPart};
pub use prompt::{Chat, Prompt};
pub use resource::{Resource, ResourceContents, ResourceTemplate};
pub use sampling::{Dry, Sampling};
pub use shelf::{
    Completion, CompletionRequest, CompletionTarget, LogLevel, PromptArgument, PromptMessage,
    PromptTemplate, Reading, Rendered, Shelf, Shelved,
};
pub use soon::{Flow, Soon};
pub use stats::{Histogram, Stats};
pub use store::{Slot, Store};
pub use task::{Task, TaskAct, TaskStatus};
pub use tool::Tool;
pub use toolbox::{Absent, Change, Changed, Listed, Listing, Reply, Scope, Toolbox};
pub use usage::Usage;
pub use verdict::{Enforced, Place, Ruling, Verdict};

/// A JSON object: keys keep the order in which they came.
pub type Json = serde_json::Map<String, serde_json::Value>;

#[cfg(test)]
mod tests;
