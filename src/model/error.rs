//! What can go wrong between a path and a logit; every variant holds the values that explain it.

use std::path::PathBuf;

use ferrule_types::{Fault, Kind};

use crate::text;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("cannot read {}: {source}", path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{} is not a model: expected {expected}, found {found}", path.display())]
    NotAModel {
        path: PathBuf,
        expected: &'static str,
        found: String,
    },
    #[error("{} is cut short: {what} needs {expected} bytes, the file has {got}; fetch it again", path.display())]
    Truncated {
        path: PathBuf,
        what: String,
        expected: u64,
        got: u64,
    },
    #[error("{}: {what} is malformed: expected {expected}, got {got}", path.display())]
    Header {
        path: PathBuf,
        what: String,
        expected: String,
        got: String,
    },
    #[error("{} has no tensor `{name}`{}", path.display(), hint(near.as_ref()))]
    MissingTensor {
        path: PathBuf,
        name: String,
        near: Option<String>,
    },
    #[error("{}: tensor `{name}` has shape {got:?}, the configuration calls for {expected:?}", path.display())]
    Shape {
        path: PathBuf,
        name: String,
        expected: Vec<usize>,
        got: Vec<usize>,
    },
    #[error("{} names the shard `{shard}`, which is not in the folder; fetch the model again", path.display())]
    MissingShard { path: PathBuf, shard: String },
    #[error("{}: key `{key}`: expected {expected}, got {got}", path.display())]
    Config {
        path: PathBuf,
        key: String,
        expected: String,
        got: String,
    },
    #[error("{}: architecture `{name}` is not supported; known: {known}", path.display())]
    UnknownArch {
        path: PathBuf,
        name: String,
        known: String,
    },
    #[error("{}: tensor `{name}` is stored as {dtype}; readable: {known}", path.display())]
    UnsupportedDtype {
        path: PathBuf,
        name: String,
        dtype: String,
        known: &'static str,
    },
    #[error("in-place quantisation to `{name}` is not supported; supported: {known}")]
    UnsupportedQuant {
        name: String,
        known: String,
        /// Whether another program has such a format; else the name is a mistake.
        elsewhere: bool,
    },
    #[error("dtype must be one of {known}, got `{name}`")]
    UnsupportedDtypeName { name: String, known: String },
    #[error(
        "{}: the tokenizer has {tokenizer} tokens, the embedding {embedding} rows; they belong to different models",
        path.display()
    )]
    Vocabulary {
        path: PathBuf,
        tokenizer: usize,
        embedding: usize,
    },
    #[error(
        "{} needs about {needed_mb} MB, {available_mb} MB are free; choose a smaller or quantised model, or free memory",
        path.display()
    )]
    OutOfMemory {
        path: PathBuf,
        needed_mb: u64,
        available_mb: u64,
    },
    #[error("malformed batch: {what}: expected {expected}, got {got}")]
    Batch {
        what: &'static str,
        expected: String,
        got: String,
    },
    #[error(transparent)]
    Text(#[from] text::Error),
    #[error("computing {what} failed: {source}")]
    Compute {
        what: String,
        #[source]
        source: candle_core::Error,
    },
}

fn hint(near: Option<&String>) -> String {
    near.map(|n| format!("; the nearest name is `{n}`"))
        .unwrap_or_default()
}

impl Error {
    pub(crate) fn compute(what: impl Into<String>) -> impl FnOnce(candle_core::Error) -> Self {
        let what = what.into();
        move |source| Self::Compute { what, source }
    }
}

impl From<candle_core::Error> for Error {
    fn from(source: candle_core::Error) -> Self {
        Self::Compute {
            what: "a tensor operation".into(),
            source,
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
            Self::NotAModel { .. }
            | Self::Truncated { .. }
            | Self::Header { .. }
            | Self::Shape { .. }
            | Self::Config { .. }
            | Self::Vocabulary { .. }
            | Self::UnsupportedDtypeName { .. }
            | Self::UnsupportedQuant {
                elsewhere: false, ..
            }
            | Self::Batch { .. } => Kind::InvalidInput,
            Self::MissingTensor { .. } | Self::MissingShard { .. } => Kind::NotFound,
            Self::UnknownArch { .. }
            | Self::UnsupportedDtype { .. }
            | Self::UnsupportedQuant { .. } => Kind::Unsupported,
            Self::OutOfMemory { .. } => Kind::Limit,
            Self::Text(e) => e.kind(),
            Self::Compute { .. } => Kind::Internal,
        }
    }
}
