//! What can go wrong between a request and its last token.

use ferrule_types::{Fault, Kind};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error(
        "the prompt has {prompt} tokens, the model's context holds {context}; shorten it, or set truncate_sequence to cut its start"
    )]
    TooLong { prompt: usize, context: usize },
    #[error("the prompt is empty: expected at least one token")]
    EmptyPrompt,
    #[error("the conversation is empty: expected at least one message")]
    NoMessages,
    #[error("token id {id} is not in the vocabulary of {vocab}")]
    UnknownToken { id: u32, vocab: usize },
    #[error("{what} is not supported yet")]
    Unsupported { what: &'static str },
    #[error(
        "the model computed no finite score at position {position}; its weights are damaged or overflow"
    )]
    NotFinite { position: usize },
    #[error(
        "the prompt has {prompt} tokens, the memory for keys and values holds {cache}; shorten it, raise the cache's size, or set truncate_sequence to cut its start"
    )]
    BeyondCache { prompt: usize, cache: usize },
    #[error(
        "a cache of {mib} MiB holds not one block of this model: expected at least {least} MiB"
    )]
    TinyCache { mib: u64, least: u64 },
    #[error("{waiting} requests wait already, the queue holds {queue}; try again later")]
    Full { waiting: usize, queue: usize },
    #[error("the model is closed; load it again")]
    Closed,
    #[error(
        "this process was forked after the model was loaded, and the thread that computes stayed behind; load the model after the fork, or use multiprocessing's `spawn`"
    )]
    Forked,
    #[error("the step that computed this answer failed")]
    Step(#[source] std::sync::Arc<ferrule_types::Error>),
    #[error("the constraint is no usable {form}: {problem}")]
    Constraint { form: &'static str, problem: String },
    #[error(
        "the constraint was not compiled within {limit:?}, or too many others are being compiled; make it smaller, or try again later"
    )]
    SlowConstraint { limit: std::time::Duration },
    #[error("the constraint cannot be followed any further: {problem}")]
    Stuck { problem: String },
    #[error("at position {position} no token is both allowed by the constraint and possible")]
    NothingAllowed { position: usize },
    #[error("cannot start a thread for the engine: {source}")]
    Thread {
        #[source]
        source: std::io::Error,
    },
    #[error("computing an answer ended in a mistake of ours; the log has its place")]
    Panicked,
    #[error(transparent)]
    Model(#[from] ferrule_model::Error),
    #[error(transparent)]
    Request(#[from] ferrule_types::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::TooLong { .. }
            | Self::BeyondCache { .. }
            | Self::Full { .. }
            | Self::SlowConstraint { .. }
            | Self::Stuck { .. }
            | Self::NothingAllowed { .. } => Kind::Limit,
            Self::Step(e) => e.kind(),
            Self::EmptyPrompt
            | Self::NoMessages
            | Self::UnknownToken { .. }
            | Self::TinyCache { .. }
            | Self::Constraint { .. } => Kind::InvalidInput,
            Self::Unsupported { .. } | Self::Closed | Self::Forked => Kind::Unsupported,
            Self::NotFinite { .. } | Self::Thread { .. } | Self::Panicked => Kind::Internal,
            Self::Model(e) => e.kind(),
            Self::Request(e) => e.kind(),
        }
    }
}

impl From<Error> for ferrule_types::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Request(e) => e,
            other => Self::behind(other),
        }
    }
}
