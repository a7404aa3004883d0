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
    #[error("cannot start a thread for the answer: {source}")]
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
            Self::TooLong { .. } => Kind::Limit,
            Self::EmptyPrompt
            | Self::NoMessages
            | Self::UnknownToken { .. }
            | Self::Constraint { .. } => Kind::InvalidInput,
            Self::SlowConstraint { .. } | Self::Stuck { .. } | Self::NothingAllowed { .. } => {
                Kind::Limit
            }
            Self::Unsupported { .. } => Kind::Unsupported,
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
