//! What can go wrong between a string and a token id; every variant holds the values that explain it.

use std::path::PathBuf;

use ferrule_types::{Fault, Kind};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of another library whose own type would tie our callers to it.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("cannot read {}: {source}", path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{}:{line}:{column}: expected {expected}, got {got}", path.display())]
    Json {
        path: PathBuf,
        line: usize,
        column: usize,
        expected: &'static str,
        got: String,
    },
    #[error("{} has no tokenizer: looked for {looked}", path.display())]
    NoTokenizer { path: PathBuf, looked: String },
    #[error("{what} is not supported; {instead}")]
    Unsupported { what: String, instead: String },
    #[error("malformed vocabulary: {what}: expected {expected}, got {got}")]
    Vocabulary {
        what: &'static str,
        expected: String,
        got: String,
    },
    #[error("the tokenizer failed while {doing}: {source}")]
    Tokenizer {
        doing: &'static str,
        #[source]
        source: Cause,
    },
    #[error("{name}:{line}:{column}: the chat template has a syntax error: {problem}")]
    Syntax {
        name: String,
        line: usize,
        column: usize,
        problem: String,
    },
    #[error("{name}:{line}:{column}: the chat template failed: {problem}")]
    Render {
        name: String,
        line: usize,
        column: usize,
        problem: String,
        /// True when the template asks for a filter, test, function or method that we do not have.
        unknown: bool,
    },
    /// The template itself called `raise_exception`.
    #[error("the chat template {name} refused the conversation: {text}")]
    Refused { name: String, text: String },
    #[error("the prompt is longer than {limit} bytes; send fewer or shorter messages")]
    TooLong { limit: usize },
    #[error("a conversation needs at least one message, got none")]
    NoMessages,
    #[error("message {index}: expected {expected}, got {got}")]
    Message {
        index: usize,
        expected: &'static str,
        got: String,
    },
    #[error("message {index} has the role `{got}`; known roles: {known}")]
    Role {
        index: usize,
        got: String,
        known: String,
    },
    #[error(
        "the text `{text}` would become the special token `{marker}` (id {id}), and cannot be written otherwise"
    )]
    Forged {
        text: String,
        marker: String,
        id: u32,
    },
    #[error("the prompt holds {got} special tokens where the template wrote {expected}")]
    Markers { expected: usize, got: usize },
    #[error("the input uses every private-use character, so none is left to protect it with")]
    NoStandIn,
    #[error("the prompt was rendered for another tokenizer; render it again for this one")]
    OtherTokenizer,
}

impl Error {
    pub(crate) fn tokenizer(doing: &'static str) -> impl FnOnce(Cause) -> Self {
        move |source| Self::Tokenizer { doing, source }
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn json(
        path: impl Into<PathBuf>,
        expected: &'static str,
    ) -> impl FnOnce(serde_json::Error) -> Self {
        let path = path.into();
        move |source| Self::Json {
            path,
            line: source.line(),
            column: source.column(),
            expected,
            got: source.to_string(),
        }
    }
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                Kind::NotFound
            }
            Self::Io { .. } => Kind::Upstream,
            Self::NoTokenizer { .. } => Kind::NotFound,
            Self::Unsupported { .. } | Self::Render { unknown: true, .. } => Kind::Unsupported,
            Self::TooLong { .. } => Kind::Limit,
            Self::Json { .. }
            | Self::Vocabulary { .. }
            | Self::Tokenizer { .. }
            | Self::Syntax { .. }
            | Self::Render { .. }
            | Self::Refused { .. }
            | Self::NoMessages
            | Self::Message { .. }
            | Self::Role { .. }
            | Self::Forged { .. }
            | Self::NoStandIn => Kind::InvalidInput,
            Self::Markers { .. } | Self::OtherTokenizer => Kind::Internal,
        }
    }
}
