//! What can go wrong between a model's name and a model that answers.

use std::{fmt, path::PathBuf, sync::Arc};

use ferrule_types::{Fault, Kind};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("{}: no such file or folder; give a folder, a .gguf file, or a hub id such as `org/name`", path.display())]
    NoSuchPath { path: PathBuf },
    #[error("{what} must be {expected}, got `{got}`")]
    Option {
        what: &'static str,
        expected: String,
        got: String,
    },
    #[error(
        "{name} needs about {needed_mb} MiB; {used_mb} of the {budget_mb} MiB for models are taken by models that are in use: unload one, or raise the budget"
    )]
    NoRoom {
        name: String,
        needed_mb: u64,
        used_mb: u64,
        budget_mb: u64,
    },
    #[error("the models of this process were closed while or before they were asked; load anew")]
    Closed,
    #[error(
        "this process was forked after ferrule had started its threads, which a fork does not copy; load the model after the fork, or use multiprocessing's `spawn`"
    )]
    Forked,
    #[error("cannot start the input and output threads: {source}")]
    Runtime {
        #[from]
        source: std::io::Error,
    },
    /// One load failed for all who waited for it.
    #[error(transparent)]
    Shared(Shared),
    #[error(transparent)]
    Fetch(#[from] ferrule_fetch::Error),
    #[error(transparent)]
    Model(#[from] ferrule_model::Error),
    #[error(transparent)]
    Engine(#[from] ferrule_engine::Error),
    #[error(transparent)]
    Seam(#[from] ferrule_types::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NoSuchPath { .. } => Kind::NotFound,
            Self::Option { .. } | Self::Closed => Kind::InvalidInput,
            Self::NoRoom { .. } => Kind::Limit,
            Self::Forked => Kind::Unsupported,
            Self::Runtime { .. } => Kind::Internal,
            Self::Shared(e) => e.0.kind(),
            Self::Fetch(e) => e.kind(),
            Self::Model(e) => e.kind(),
            Self::Engine(e) => e.kind(),
            Self::Seam(e) => e.kind(),
        }
    }
}

impl From<Error> for ferrule_types::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Seam(e) => e,
            other => Self::behind(other),
        }
    }
}

/// An error that several callers get. It reads exactly like the error inside it.
#[derive(Clone, Debug)]
pub struct Shared(pub(crate) Arc<Error>);

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Shared {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}
