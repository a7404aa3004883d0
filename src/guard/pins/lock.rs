//! `mcp.lock`: one line of JSON for each definition, sorted, so that people can read it and version control can merge
//! it. A line holds the definition beside its digest: without it nobody could say what changed.

use std::collections::{BTreeMap, BTreeSet};

use ferrule_types::{Fault, Kind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::text::json_escaped;

use super::{
    Changed, Changes, Gone, Item, Offered, Section,
    canonical::{canonical_json, digest_json},
    diff::differences,
};

/// The version of the format, in the first line.
const VERSION: u64 = 1;

/// The pins of all servers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lock {
    servers: BTreeMap<String, Pinned>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Pinned {
    /// Those that were looked at, also if they were empty: what comes later in them is new.
    sections: BTreeSet<Section>,
    items: BTreeMap<Item, Pin>,
}

#[derive(Debug, Clone, PartialEq)]
struct Pin {
    sha256: String,
    definition: Value,
    trust: Trust,
}

/// How a definition came to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// It was there when the server was first seen.
    FirstUse,
    /// Somebody pinned it.
    Pinned,
}

/// Why a lock cannot be read. It is then no lock at all: nothing is trusted by half of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error(
        "mcp.lock, line {line}: expected a line of the lock, got something else ({problem}); mend it or pin again"
    )]
    Line { line: usize, problem: String },

    #[error(
        "mcp.lock: expected version {VERSION} in the first line, got {got}; pin again with this version"
    )]
    Version { got: String },

    #[error(
        "mcp.lock, line {line}: the definition of {item} does not have the digest beside it; pin it again"
    )]
    Digest { line: usize, item: Item },

    #[error(
        "mcp.lock, line {line}: {item} of server '{server}' is pinned twice and differently; keep one of the lines"
    )]
    Twice {
        line: usize,
        server: String,
        item: Item,
    },
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        Kind::InvalidInput
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    mcp_lock: u64,
}

/// The line of a server.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServerLine {
    server: String,
    sections: BTreeSet<Section>,
}

/// The line of a definition.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PinLine {
    server: String,
    section: Section,
    name: String,
    trust: Trust,
    sha256: String,
    definition: Value,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Pin(PinLine),
    Server(ServerLine),
}

impl Lock {
    /// Reads a lock. Empty text is a lock that knows nobody.
    pub fn read(text: &str) -> Result<Lock, Error> {
        let mut lock = Lock::default();
        let mut lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty());
        let Some((_, head)) = lines.next() else {
            return Ok(lock);
        };
        let version = serde_json::from_str::<Head>(head).map(|head| head.mcp_lock);
        if version.as_ref().ok() != Some(&VERSION) {
            let got =
                version.map_or_else(|_| "another line".to_owned(), |version| version.to_string());
            return Err(Error::Version { got });
        }
        for (at, line) in lines {
            lock.take(at + 1, line)?;
        }
        Ok(lock)
    }

    /// The lock's text. The same pins give the same text.
    pub fn text(&self) -> String {
        let mut text = spelled(&Head { mcp_lock: VERSION });
        for (server, pinned) in &self.servers {
            text += &spelled(&ServerLine {
                server: server.clone(),
                sections: pinned.sections.clone(),
            });
            for (item, pin) in &pinned.items {
                text += &pin_line(server, item, pin);
            }
        }
        text
    }

    pub fn servers(&self) -> impl Iterator<Item = &str> {
        self.servers.keys().map(String::as_str)
    }

    /// What is pinned of a server, and how it came to be trusted.
    pub fn pins(&self, server: &str) -> impl Iterator<Item = (&Item, &str, Trust)> {
        let items = self
            .servers
            .get(server)
            .into_iter()
            .flat_map(|pinned| &pinned.items);
        items.map(|(item, pin)| (item, pin.sha256.as_str(), pin.trust))
    }

    /// How what a server offers differs from what is pinned.
    pub fn compare(&self, server: &str, offered: &Offered) -> Changes {
        let nothing = Pinned::default();
        let pinned = self.servers.get(server).unwrap_or(&nothing);
        let mut changes = Changes {
            server: server.to_owned(),
            ..Changes::default()
        };
        for (item, definition) in &offered.items {
            match pinned.items.get(item) {
                Some(pin) => changes.changed.extend(changed(item, pin, definition)),
                None if pinned.sections.contains(&item.section) => changes.new.push(item.clone()),
                None => changes.first.push(item.clone()),
            }
        }
        let looked_at = pinned
            .items
            .keys()
            .filter(|item| offered.sections.contains(&item.section));
        let gone = looked_at.filter(|item| !offered.items.contains_key(item));
        changes.gone = gone.map(|item| Gone { item: item.clone() }).collect();
        changes
    }

    /// Records the sections of a server that the lock does not know, as they are. What it knows stays. Says whether
    /// there is something to write.
    pub fn trust(&mut self, server: &str, offered: &Offered) -> bool {
        let pinned = self.servers.entry(server.to_owned()).or_default();
        let first: Vec<Section> = offered
            .sections
            .difference(&pinned.sections)
            .copied()
            .collect();
        for section in &first {
            pinned.replace(*section, offered, Trust::FirstUse);
        }
        !first.is_empty()
    }

    /// Pins what a server offers now, in the sections that were looked at: what changed or is new is trusted, what is
    /// gone is forgotten.
    pub fn pin(&mut self, server: &str, offered: &Offered) {
        let pinned = self.servers.entry(server.to_owned()).or_default();
        for section in &offered.sections {
            pinned.replace(*section, offered, Trust::Pinned);
        }
    }

    /// Pins one definition as it is offered now; one that is no longer offered is forgotten. Nothing happens to one of
    /// a section that nobody looked at.
    pub fn pin_one(&mut self, server: &str, item: &Item, offered: &Offered) {
        if !offered.sections.contains(&item.section) {
            return;
        }
        let pinned = self.servers.entry(server.to_owned()).or_default();
        pinned.sections.insert(item.section);
        match offered.items.get(item) {
            Some(definition) => pinned
                .items
                .insert(item.clone(), Pin::new(definition, Trust::Pinned)),
            None => pinned.items.remove(item),
        };
    }

    /// Forgets a server: the next time it is seen for the first time.
    pub fn forget(&mut self, server: &str) -> bool {
        self.servers.remove(server).is_some()
    }

    fn take(&mut self, line: usize, text: &str) -> Result<(), Error> {
        let unreadable = |problem: serde_json::Error| Error::Line {
            line,
            problem: problem.to_string(),
        };
        match serde_json::from_str(text).map_err(unreadable)? {
            // Two lines of one server come from a merge. To know more sections is to trust less.
            Line::Server(read) => self
                .servers
                .entry(read.server)
                .or_default()
                .sections
                .extend(read.sections),
            Line::Pin(read) => self.take_pin(line, read)?,
        }
        Ok(())
    }

    fn take_pin(&mut self, line: usize, read: PinLine) -> Result<(), Error> {
        let item = Item::new(read.section, read.name);
        let pin = Pin {
            sha256: read.sha256,
            definition: read.definition,
            trust: read.trust,
        };
        if digest_json(&pin.definition) != pin.sha256 {
            return Err(Error::Digest { line, item });
        }
        let pinned = self.servers.entry(read.server.clone()).or_default();
        // A section with a pin was looked at, whatever its server's line says.
        pinned.sections.insert(item.section);
        match pinned.items.get_mut(&item) {
            Some(earlier) if earlier.sha256 != pin.sha256 => Err(Error::Twice {
                line,
                server: read.server,
                item,
            }),
            Some(earlier) => {
                earlier.trust = earlier.trust.max(pin.trust);
                Ok(())
            }
            None => {
                pinned.items.insert(item, pin);
                Ok(())
            }
        }
    }
}

impl Pinned {
    fn replace(&mut self, section: Section, offered: &Offered, trust: Trust) {
        self.sections.insert(section);
        self.items.retain(|item, _| item.section != section);
        let now = offered
            .items
            .iter()
            .filter(|(item, _)| item.section == section);
        self.items
            .extend(now.map(|(item, definition)| (item.clone(), Pin::new(definition, trust))));
    }
}

impl Pin {
    fn new(definition: &Value, trust: Trust) -> Self {
        Pin {
            sha256: digest_json(definition),
            definition: definition.clone(),
            trust,
        }
    }
}

fn changed(item: &Item, pin: &Pin, definition: &Value) -> Option<Changed> {
    let is_sha256 = digest_json(definition);
    (is_sha256 != pin.sha256).then(|| Changed {
        item: item.clone(),
        was_sha256: pin.sha256.clone(),
        is_sha256,
        fields: differences(&pin.definition, definition),
    })
}

/// A definition's line: who it is comes first, the definition in its canonical spelling last. What cannot be seen is
/// spelled out, so that whoever reads the file sees it.
fn pin_line(server: &str, item: &Item, pin: &Pin) -> String {
    let Pin {
        sha256,
        definition,
        trust,
    } = pin;
    let definition = canonical_json(definition);
    let [server, section, name, trust, sha256] = [
        json!(server),
        json!(item.section),
        json!(item.name),
        json!(trust),
        json!(sha256),
    ];
    let line = format!(
        "{{\"server\":{server},\"section\":{section},\"name\":{name},\"trust\":{trust},\"sha256\":{sha256},\"definition\":{definition}}}\n"
    );
    json_escaped(&line)
}

fn spelled(line: &impl Serialize) -> String {
    // A struct of strings and numbers always has a spelling.
    json_escaped(&serde_json::to_string(line).unwrap_or_default()) + "\n"
}
