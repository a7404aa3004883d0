use std::fmt;

use serde::{Deserialize, Serialize};

/// What sort of thing went wrong, for those who need to act on it and not to read about it.
///
/// Every crate's error answers with one of these; the HTTP edge and the Python edge each own one
/// table from here to a status and to an exception class. Adding a word is a decision about the
/// whole design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The caller's request cannot be carried out as written, now or later.
    InvalidInput,
    /// What was asked for by name is not there.
    NotFound,
    /// Understood, but this build, model or server cannot do it.
    Unsupported,
    /// Policy or missing authority forbids it.
    Denied,
    /// A quota, a size or a rate was exceeded; less, or later, may work.
    Limit,
    /// The time allowed ran out.
    Timeout,
    /// The caller gave up.
    Cancelled,
    /// Another system (a hub, an MCP server, a disk) failed.
    Upstream,
    /// Our own mistake.
    Internal,
}

impl Kind {
    /// Every kind, in the order above; edges walk it to prove that their table is complete.
    pub const ALL: [Kind; 9] = [
        Kind::InvalidInput,
        Kind::NotFound,
        Kind::Unsupported,
        Kind::Denied,
        Kind::Limit,
        Kind::Timeout,
        Kind::Cancelled,
        Kind::Upstream,
        Kind::Internal,
    ];

    /// The kind as it is spelled in JSON and in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::InvalidInput => "invalid_input",
            Kind::NotFound => "not_found",
            Kind::Unsupported => "unsupported",
            Kind::Denied => "denied",
            Kind::Limit => "limit",
            Kind::Timeout => "timeout",
            Kind::Cancelled => "cancelled",
            Kind::Upstream => "upstream",
            Kind::Internal => "internal",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error that can say its [`Kind`]. Each crate's `Error` implements it, which is all an edge
/// needs to know.
pub trait Fault: std::error::Error {
    fn kind(&self) -> Kind;
}
