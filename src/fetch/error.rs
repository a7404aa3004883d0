//! What can go wrong between a hub and a folder.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ferrule_types::{Fault, Kind};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// No variant holds a token, and addresses are kept without their query, which may be a signature.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("{given:?} is no model id: expected {expected}")]
    BadId {
        given: String,
        expected: &'static str,
    },
    #[error("{given:?} is no revision: expected a branch, a tag, a commit or refs/pr/<number>")]
    BadRevision { given: String },
    #[error("{name}={given:?}: expected {expected}")]
    BadSetting {
        name: &'static str,
        given: String,
        expected: &'static str,
    },
    #[error(
        "no folder for the model cache: expected one of HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME or HOME to be set"
    )]
    NoCacheFolder,
    #[error("{name} is not UTF-8")]
    NotUtf8 { name: String },

    #[error(
        "unknown token source: expected literal:<token>, env:<variable>, path:<file>, cache or none"
    )]
    BadTokenSource,
    #[error("the token source env:{name} was asked for, and {name} is not set")]
    TokenAbsent { name: String },
    #[error(
        "could not read the token file {}: expected a readable one; set HF_TOKEN, or use the token source none",
        path.display()
    )]
    TokenUnreadable { path: PathBuf, source: io::Error },
    #[error(
        "the token holds characters that cannot be sent: expected one word of ASCII letters, digits and signs"
    )]
    TokenMalformed,

    #[error("{id} was not found at {endpoint}: {}", reasons_not_found(*with_token))]
    NoRepository {
        id: String,
        endpoint: String,
        with_token: bool,
    },
    #[error("{id} has no revision {revision:?}: expected a branch, a tag or a commit of {page}")]
    NoRevision {
        id: String,
        revision: String,
        page: String,
    },
    #[error("{id} at {revision} has no file {file:?}")]
    NoFile {
        id: String,
        revision: String,
        file: String,
    },
    #[error("{id} is gated: accept its terms at {page} and {}", token_advice(*with_token))]
    Gated {
        id: String,
        page: String,
        with_token: bool,
    },
    #[error(
        "{endpoint} refused the token: expected a valid one; make another, or unset HF_TOKEN for a public model"
    )]
    TokenRefused { endpoint: String },
    #[error("{endpoint} forbids access to {id}{}: {}", said(detail.as_ref()), token_advice(*with_token))]
    Forbidden {
        id: String,
        endpoint: String,
        detail: Option<String>,
        with_token: bool,
    },

    #[error(
        "{id} has no weights that can be used: expected *.safetensors or *.gguf, found {}; pickled weights are not \
         loaded because reading them runs code: use a converted copy of the model",
        listed(found)
    )]
    OnlyPickled { id: String, found: Vec<String> },
    #[error("{id} has no weights: expected {expected}, found {}", listed(found))]
    NoWeights {
        id: String,
        expected: &'static str,
        found: Vec<String>,
    },
    #[error("{id} has several GGUF files: name one of {}", listed(candidates))]
    AmbiguousGguf { id: String, candidates: Vec<String> },
    #[error(
        "{id} has no GGUF file {wanted:?}: expected one of {}",
        listed(candidates)
    )]
    NoGguf {
        id: String,
        wanted: String,
        candidates: Vec<String>,
    },

    #[error(
        "{id} is not complete in {} (missing: {missing}) and the network may not be used: unset HF_HUB_OFFLINE and \
         TRANSFORMERS_OFFLINE, or pull the model first where there is a network",
        cache.display()
    )]
    Offline {
        id: String,
        missing: String,
        cache: PathBuf,
    },

    #[error("no connection to {place}: check the network, HF_ENDPOINT and the proxy settings")]
    Connect {
        place: String,
        source: reqwest::Error,
    },
    #[error("the connection to {place} broke")]
    Cut {
        place: String,
        source: Option<reqwest::Error>,
    },
    #[error("{place} was silent for {after:?}")]
    Timeout { place: String, after: Duration },
    #[error("{place} has had too many requests: {}", wait_advice(*wait))]
    RateLimited {
        place: String,
        wait: Option<Duration>,
    },
    #[error("{place} answered with status {status}{}", said(detail.as_ref()))]
    Server {
        place: String,
        status: u16,
        wait: Option<Duration>,
        detail: Option<String>,
    },
    #[error("{place} answered with {got}: expected {expected}")]
    Protocol {
        place: String,
        expected: &'static str,
        got: String,
    },
    #[error("{place} sends us to {target}: expected to stay on https")]
    Downgrade { place: String, target: String },
    #[error("no HTTP client could be made: check the certificates of this machine")]
    Client { source: reqwest::Error },

    #[error(
        "{file} could not be fetched in {tries} tries: {received} bytes{} are here; the next pull goes on from there",
        of(*total)
    )]
    Broken {
        file: String,
        tries: u32,
        received: u64,
        total: Option<u64>,
        source: Box<Error>,
    },
    #[error("{file} has the wrong size: expected {expected} bytes, got {got}")]
    Size {
        file: String,
        expected: u64,
        got: u64,
    },
    #[error(
        "{file} has the wrong content: expected SHA-256 {expected}, got {got}; it was thrown away"
    )]
    Hash {
        file: String,
        expected: String,
        got: String,
    },
    #[error("{file} changed on the hub while it was fetched: expected {expected}, got {got}")]
    Changed {
        file: String,
        expected: String,
        got: String,
    },
    #[error("the hub names {name:?}: expected a name that stays inside its folder")]
    UnsafeName { name: String },

    #[error("could not {doing} {}{}", path.display(), io_advice(source))]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    /// Which of the nine kinds this is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::BadId { .. }
            | Self::BadRevision { .. }
            | Self::BadSetting { .. }
            | Self::NoCacheFolder
            | Self::NotUtf8 { .. }
            | Self::BadTokenSource
            | Self::TokenAbsent { .. }
            | Self::TokenMalformed
            | Self::AmbiguousGguf { .. } => Kind::InvalidInput,
            Self::NoRepository { .. }
            | Self::NoRevision { .. }
            | Self::NoFile { .. }
            | Self::NoWeights { .. }
            | Self::NoGguf { .. }
            | Self::Offline { .. } => Kind::NotFound,
            Self::OnlyPickled { .. } => Kind::Unsupported,
            Self::Gated { .. } | Self::TokenRefused { .. } | Self::Forbidden { .. } => Kind::Denied,
            Self::Timeout { .. } => Kind::Timeout,
            Self::RateLimited { .. } => Kind::Limit,
            Self::Connect { .. }
            | Self::Cut { .. }
            | Self::Server { .. }
            | Self::Protocol { .. }
            | Self::Downgrade { .. }
            | Self::Size { .. }
            | Self::Hash { .. }
            | Self::Changed { .. }
            | Self::UnsafeName { .. } => Kind::Upstream,
            Self::Broken { source, .. } => source.kind(),
            Self::Client { .. } => Kind::Internal,
            Self::Io { source, .. } | Self::TokenUnreadable { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Kind::Denied,
                io::ErrorKind::StorageFull
                | io::ErrorKind::QuotaExceeded
                | io::ErrorKind::FileTooLarge => Kind::Limit,
                io::ErrorKind::NotFound => Kind::NotFound,
                io::ErrorKind::NotADirectory
                | io::ErrorKind::IsADirectory
                | io::ErrorKind::InvalidFilename => Kind::InvalidInput,
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

fn reasons_not_found(with_token: bool) -> &'static str {
    if with_token {
        "expected a model that exists and that the token may read; check the name"
    } else {
        "it does not exist, or it is private (the hub gives one answer for both); check the name, or set HF_TOKEN"
    }
}

fn token_advice(with_token: bool) -> &'static str {
    if with_token {
        "use a token of an account that may read it"
    } else {
        "set HF_TOKEN"
    }
}

fn wait_advice(wait: Option<Duration>) -> String {
    match wait {
        Some(wait) => format!("wait {} s", wait.as_secs()),
        None => "wait a while".to_owned(),
    }
}

fn said(detail: Option<&String>) -> String {
    detail
        .map(|detail| format!(" ({detail})"))
        .unwrap_or_default()
}

fn of(total: Option<u64>) -> String {
    total
        .map(|total| format!(" of {total}"))
        .unwrap_or_default()
}

fn listed(names: &[String]) -> String {
    const SHOWN: usize = 24;
    match names.len() {
        0 => "none".to_owned(),
        n if n > SHOWN => format!("{} and {} more", names[..SHOWN].join(", "), n - SHOWN),
        _ => names.join(", "),
    }
}

fn io_advice(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ": the disk is full; make room, or set HF_HUB_CACHE to a folder on another disk"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ": not permitted; set HF_HUB_CACHE to a folder that may be written"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            ": a file stands where a folder is expected"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn io(kind: io::ErrorKind) -> Error {
        Error::io(
            "write",
            Path::new("/models/blobs/abc.incomplete"),
            io::Error::from(kind),
        )
    }

    #[test]
    fn a_full_disk_and_a_forbidden_folder_name_the_path_and_the_way_out() {
        for (kind, expected) in [
            (io::ErrorKind::StorageFull, Kind::Limit),
            (io::ErrorKind::QuotaExceeded, Kind::Limit),
            (io::ErrorKind::PermissionDenied, Kind::Denied),
            (io::ErrorKind::ReadOnlyFilesystem, Kind::Denied),
        ] {
            let error = io(kind);
            let text = error.to_string();
            assert!(
                text.contains("/models/blobs/abc.incomplete") && text.contains("HF_HUB_CACHE"),
                "{text}"
            );
            assert!(error.kind() == expected, "{text}");
        }
    }

    #[test]
    fn a_long_list_of_names_is_cut() {
        let candidates: Vec<_> = (0..100).map(|n| format!("{n}.gguf")).collect();
        let text = Error::AmbiguousGguf {
            id: "a/b".into(),
            candidates,
        }
        .to_string();
        assert!(text.contains("23.gguf and 76 more"), "{text}");
    }

    #[test]
    fn an_error_is_small_enough_to_return() {
        assert!(size_of::<Error>() <= 128, "{}", size_of::<Error>());
    }
}
