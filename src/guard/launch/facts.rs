use std::{
    collections::BTreeMap,
    net::IpAddr,
    path::{Path, PathBuf},
};

use ferrule_types::AskedBy;
use serde::{Deserialize, Serialize};

/// What somebody wishes to start, or to connect to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Launch {
    /// The server's name in the configuration.
    pub server: String,
    pub command: Option<String>,
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub cwd: Option<PathBuf>,
    pub url: Option<String>,
    pub asked_by: AskedBy,
    /// The operator vouches for this server. Nobody else can: from a request it is refused.
    pub skip_security_validation: bool,
}

/// What was found out about a launch. Absent facts are never taken for good ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// The program that the command stands for; none if there is none, or if nobody looked.
    pub program: Option<Program>,
    /// Every address of the URL's host; none if nobody asked, empty if it has none.
    pub addresses: Option<Vec<IpAddr>>,
}

/// A program as it was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Program {
    /// The command that was looked up, as the launch has it.
    pub named: String,
    /// The file behind it, every link followed.
    pub real: PathBuf,
    /// The numeric id of the file's owner, where files have one.
    pub owner: Option<u32>,
    /// The file or a folder above it belongs to somebody who is neither the system nor the user that runs us.
    pub owned_by_stranger: bool,
    /// Somebody else may write to the file or put another in its place.
    pub writable_by_others: bool,
}

impl Default for Launch {
    /// Of a request: whoever has more authority says so.
    fn default() -> Self {
        Launch {
            server: String::new(),
            command: None,
            args: Vec::new(),
            env: BTreeMap::new(),
            cwd: None,
            url: None,
            asked_by: AskedBy::Request,
            skip_security_validation: false,
        }
    }
}

/// Arguments, values and URLs may hold secrets, so only their number is shown.
impl std::fmt::Debug for Launch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Launch")
            .field("server", &self.server)
            .field("command", &self.command)
            .field("args", &self.args.len())
            .field("env", &self.env.keys().collect::<Vec<_>>())
            .field("cwd", &self.cwd)
            .field("url", &self.url.is_some())
            .field("asked_by", &self.asked_by)
            .field("skip_security_validation", &self.skip_security_validation)
            .finish()
    }
}

impl Launch {
    /// A server that is a child process.
    pub fn stdio<S: Into<String>>(
        server: impl Into<String>,
        command: impl Into<String>,
        args: impl IntoIterator<Item = S>,
        asked_by: AskedBy,
    ) -> Self {
        Launch {
            server: server.into(),
            command: Some(command.into()),
            args: args.into_iter().map(Into::into).collect(),
            asked_by,
            ..Launch::default()
        }
    }

    /// A server that listens somewhere.
    pub fn remote(server: impl Into<String>, url: impl Into<String>, asked_by: AskedBy) -> Self {
        Launch {
            server: server.into(),
            url: Some(url.into()),
            asked_by,
            ..Launch::default()
        }
    }
}

impl Program {
    /// A program that nobody but its owner can change.
    pub fn at(named: impl Into<String>, real: impl AsRef<Path>) -> Self {
        Program {
            named: named.into(),
            real: real.as_ref().to_owned(),
            ..Program::default()
        }
    }
}
