//! What can go wrong between a model's name and a model that answers.

use std::path::PathBuf;

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
    #[error("cannot start the input and output threads: {source}")]
    Runtime {
        #[from]
        source: std::io::Error,
    },
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
            Self::Option { .. } => Kind::InvalidInput,
            Self::Runtime { .. } => Kind::Internal,
            Self::Fetch(e) => e.kind(),
            Self::Model(e) => e.kind(),
            Self::Engine(e) => e.kind(),
            Self::Seam(e) => e.kind(),
        }
    }
}
