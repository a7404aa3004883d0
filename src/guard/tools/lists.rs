//! Lists of tools: which are allowed, blocked, or granted in spite of their risk.
//!
//! An entry is `server__tool`, `server__*`, or a bare name, which means that tool of any server. A list that blocks
//! reads names generously (case, separators, lookalikes), one that allows reads them to the letter.

use std::collections::BTreeSet;

use ferrule_types::ToolKey;

use super::words::squashed;

const ANY: &str = "*";

/// A list that gives something.
#[derive(Debug, Clone, Default)]
pub struct Allowing(Vec<Entry>);

/// A list that takes something away.
#[derive(Debug, Clone, Default)]
pub struct Blocking(Vec<Entry>);

#[derive(Debug, Clone)]
struct Entry {
    /// Empty: of any server.
    server: String,
    tool: String,
    /// The same as one name: a tool may have the separator in its own.
    whole: String,
}

impl Allowing {
    pub fn new(entries: &BTreeSet<String>) -> Self {
        Allowing(
            entries
                .iter()
                .map(|entry| split(entry, str::to_owned))
                .collect(),
        )
    }

    /// With the exact server where the entry names one: another server's tool of the same written name is another tool.
    pub fn has(&self, key: &ToolKey) -> bool {
        self.0.iter().any(|entry| {
            (entry.server.is_empty() || entry.server == key.server())
                && (entry.tool == ANY || entry.tool == key.tool())
        })
    }

    /// The same without regard to case, as grants for high-risk tools are compared.
    pub fn has_in_any_case(&self, key: &ToolKey) -> bool {
        self.0.iter().any(|entry| {
            (entry.server.is_empty() || entry.server.eq_ignore_ascii_case(key.server()))
                && (entry.tool == ANY || entry.tool.eq_ignore_ascii_case(key.tool()))
        })
    }
}

impl Blocking {
    pub fn new(entries: &BTreeSet<String>) -> Self {
        Blocking(entries.iter().map(|entry| split(entry, squashed)).collect())
    }

    pub fn has(&self, key: &ToolKey) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let (server, tool) = (squashed(key.server()), squashed(key.tool()));
        self.0.iter().any(|entry| {
            let here = entry.server.is_empty() || entry.server == server;
            (here && (entry.tool == ANY || entry.tool == tool)) || entry.whole == tool
        })
    }
}

fn split(entry: &str, spell: impl Fn(&str) -> String) -> Entry {
    let key = ToolKey::split(entry.trim());
    let tool = if key.tool() == ANY {
        ANY.to_owned()
    } else {
        spell(key.tool())
    };
    Entry {
        server: spell(key.server()),
        whole: spell(entry),
        tool,
    }
}
