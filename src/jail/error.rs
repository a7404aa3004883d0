use std::{io, path::PathBuf};

use ferrule_types::{Fault, Kind};
use thiserror::Error;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why no child was started, or none could be ended.
#[derive(Debug, Error)]
pub enum Error {
    #[error("expected a program to run, got an empty name; name one")]
    NoProgram,
    #[error(
        "expected the program {name:?} in {searched}, got none; install it, or write its whole path"
    )]
    ProgramNotFound { name: String, searched: String },
    #[error("expected {} to be a program that may be run; make it executable, or name another", path.display())]
    NotExecutable { path: PathBuf },
    #[error("expected {what} without a zero byte; take it out")]
    ZeroByte { what: String },
    #[error("expected the folder {}, got none; make it, or name another", path.display())]
    NoFolder { path: PathBuf },
    #[error("expected a folder for this server, got {}, which holds everybody's; name one below it", path.display())]
    TooWide { path: PathBuf },
    #[error(
        "expected `host` or `host:port` in the network's hosts, got {got:?}; write for example `api.github.com:443`"
    )]
    BadHost { got: String },

    /// Strict mode, and this layer cannot be had.
    #[error(
        "expected {layer} in strict mode, got none: {why}; allow it on this system, or use best-effort"
    )]
    Missing { layer: String, why: String },
    #[error("could not {doing}: {source}")]
    Start { doing: String, source: io::Error },
    #[error("could not {doing} {}: {source}", path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error(
        "expected a command of a package runner with one package, got {got:?}; write for example `npx -y package`"
    )]
    NoPackage { got: String },
    #[error("the package {package} could not be installed{}: {said}", ended(*code))]
    Install {
        package: String,
        code: Option<i32>,
        /// The end of what the package manager wrote.
        said: String,
    },
    #[error("the package {package} has no program to run; name another package, or its program")]
    NoPackageProgram { package: String },
    #[error("expected the installation of {package} within {} s; try again, or raise the limit", limit.as_secs())]
    InstallTimeout {
        package: String,
        limit: std::time::Duration,
    },
}

impl Error {
    pub(crate) fn start(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Error::Start { doing, source }
    }

    pub(crate) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Error::Io {
            doing,
            path,
            source,
        }
    }

    /// Which of the nine kinds this is.
    pub fn kind(&self) -> Kind {
        match self {
            Error::NoProgram
            | Error::ZeroByte { .. }
            | Error::TooWide { .. }
            | Error::BadHost { .. }
            | Error::NoPackage { .. } => Kind::InvalidInput,
            Error::ProgramNotFound { .. } | Error::NoFolder { .. } => Kind::NotFound,
            Error::NotExecutable { .. } => Kind::Denied,
            Error::Missing { .. } => Kind::Unsupported,
            Error::Install { .. } | Error::NoPackageProgram { .. } => Kind::Upstream,
            Error::InstallTimeout { .. } => Kind::Timeout,
            Error::Start { source, .. } | Error::Io { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => Kind::NotFound,
                io::ErrorKind::PermissionDenied => Kind::Denied,
                io::ErrorKind::OutOfMemory | io::ErrorKind::StorageFull => Kind::Limit,
                _ => Kind::Upstream,
            },
        }
    }
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        Error::kind(self)
    }
}

fn ended(code: Option<i32>) -> String {
    code.map(|code| format!(" (it ended with status {code})"))
        .unwrap_or_default()
}
