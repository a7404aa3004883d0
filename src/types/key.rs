use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use crate::Error;

/// The canonical name of a tool: the server that offers it, and its name there.
///
/// A call is judged, pinned, audited and made under one key, so a name in text form is split in
/// exactly one place, [`ToolKey::split`]. Written together the two halves are `server__tool`; a
/// tool of no server (a Python function, a tool of the request) has an empty server and is written
/// as its bare name.
///
/// The separator may occur in a tool's name and never in a server's: the *first* `__` that has
/// something on both sides splits. So `files__shell__ls` is `shell__ls` of `files` for everybody,
/// the policy as well as the caller. [`ToolKey::new`] refuses the few pairs that this rule would
/// read back differently; thereby the text form and the key stand for each other, one to one, for
/// every string.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Halves")]
pub struct ToolKey {
    // Private, because `split(name(key)) == key` is what the guard relies on.
    server: String,
    tool: String,
}

const SEPARATOR: &str = "__";

/// The longest function name that chat completions clients accept.
const LONGEST: usize = 64;

impl ToolKey {
    /// The key of `tool` as offered by `server`.
    pub fn new(server: impl Into<String>, tool: impl Into<String>) -> Result<Self, Error> {
        let key = ToolKey {
            server: server.into(),
            tool: tool.into(),
        };
        if key.tool.is_empty() {
            return Err(Error::invalid("tool", "a name", "an empty one"));
        }
        if ToolKey::split(&key.name()) == key {
            return Ok(key);
        }
        Err(if key.server.is_empty() {
            Error::invalid(
                "tool",
                "a name without `__`, which separates a server from its tool",
                &key.tool,
            )
        } else {
            Error::invalid(
                "server",
                "a name without `__` in it or `_` at its end",
                &key.server,
            )
        })
    }

    /// The key of a tool that belongs to no server.
    pub fn local(tool: impl Into<String>) -> Result<Self, Error> {
        ToolKey::new("", tool)
    }

    /// Splits a written name; the only function that does. Every string is some key: one that holds
    /// no separator, or nothing on one side of it, is the bare name of a local tool.
    pub fn split(name: &str) -> Self {
        match name.split_once(SEPARATOR) {
            Some((server, tool)) if !server.is_empty() && !tool.is_empty() => ToolKey {
                server: server.to_owned(),
                tool: tool.to_owned(),
            },
            _ => ToolKey {
                server: String::new(),
                tool: name.to_owned(),
            },
        }
    }

    /// The server; empty for a local tool.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The tool's name on its server, as the server spells it.
    pub fn tool(&self) -> &str {
        &self.tool
    }

    /// The written name, the inverse of [`ToolKey::split`].
    pub fn name(&self) -> Cow<'_, str> {
        if self.server.is_empty() {
            Cow::Borrowed(&self.tool)
        } else {
            Cow::Owned(format!("{}{SEPARATOR}{}", self.server, self.tool))
        }
    }

    /// The name that a model and a chat client see: the written name where it has at most 64 of
    /// the characters `A-Z a-z 0-9 _ -`, else a legal spelling of it that ends in a hash of the
    /// whole.
    ///
    /// It is not split to get the key back, it is looked up:
    /// [`Listing::find`](crate::Listing::find).
    pub fn shown(&self) -> Cow<'_, str> {
        let name = self.name();
        if name.len() <= LONGEST && name.chars().all(may_be_shown) {
            return name;
        }
        let hash = format!("_{:08x}", hash(&name));
        let legal = name.chars().map(|c| if may_be_shown(c) { c } else { '_' });
        Cow::Owned(
            legal
                .take(LONGEST - hash.len())
                .chain(hash.chars())
                .collect(),
        )
    }
}

impl fmt::Display for ToolKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

fn may_be_shown(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// FNV-1a. It tells apart the names that one server abbreviates alike; a server that forges a
/// collision with its own tool makes that name ambiguous, which `Listing::find` refuses.
fn hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[derive(Deserialize)]
struct Halves {
    #[serde(default)]
    server: String,
    tool: String,
}

impl TryFrom<Halves> for ToolKey {
    type Error = Error;

    fn try_from(halves: Halves) -> Result<Self, Error> {
        ToolKey::new(halves.server, halves.tool)
    }
}
