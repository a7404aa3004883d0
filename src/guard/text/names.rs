use std::{collections::BTreeMap, fmt};

use ferrule_types::{Listed, ToolKey};
use serde::{Deserialize, Serialize};

use super::{Hygiene, chars, confusable};

/// Names of a listing that should not stand beside each other, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clashing {
    pub clash: Clash,
    /// In the order of the listing.
    pub keys: Vec<ToolKey>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clash {
    /// One key twice: nobody can say which of them would be called.
    Duplicate,
    /// Different keys under one shown name.
    SameShown,
    /// Names that look the same: other letters, another case, another separator.
    LooksAlike,
    /// Servers whose names look the same.
    ServersLookAlike,
    /// A name with characters that cannot be seen, or letters of several scripts.
    Odd,
    /// Several servers have a tool of this name. It is common (`search`), and told, because one may pose as the other.
    SameName,
}

impl Clash {
    /// Whether the tools should be withheld until a person has looked.
    pub fn alarms(self) -> bool {
        self != Clash::SameName
    }
}

/// Compares the names of a listing with each other.
pub fn clashes(listing: &[Listed]) -> Vec<Clashing> {
    let mut found = Vec::new();
    let keys: Vec<&ToolKey> = listing.iter().map(|listed| &listed.key).collect();
    group(
        &keys,
        Clash::Duplicate,
        |key| key.name().into_owned(),
        |_, _| true,
        &mut found,
    );
    group(
        &keys,
        Clash::SameShown,
        |key| key.shown().into_owned(),
        |a, b| a != b,
        &mut found,
    );
    group(
        &keys,
        Clash::LooksAlike,
        |key| confusable::skeleton(key.tool()),
        |a, b| a.tool() != b.tool(),
        &mut found,
    );
    group(
        &keys,
        Clash::ServersLookAlike,
        |key| confusable::skeleton(key.server()),
        |a, b| a.server() != b.server(),
        &mut found,
    );
    group(
        &keys,
        Clash::SameName,
        |key| key.tool().to_owned(),
        |a, b| a.server() != b.server(),
        &mut found,
    );
    for key in keys {
        if odd(key.tool()) || odd(key.server()) {
            found.push(Clashing {
                clash: Clash::Odd,
                keys: vec![key.clone()],
            });
        }
    }
    found
}

/// Keys that are alike by `by` and differ by `differ` in at least one pair.
fn group(
    keys: &[&ToolKey],
    clash: Clash,
    by: impl Fn(&ToolKey) -> String,
    differ: impl Fn(&ToolKey, &ToolKey) -> bool,
    found: &mut Vec<Clashing>,
) {
    let mut groups: BTreeMap<String, Vec<&ToolKey>> = BTreeMap::new();
    for key in keys {
        groups.entry(by(key)).or_default().push(key);
    }
    for (alike, group) in groups {
        // A tool of no server has no server to be mistaken for.
        if !alike.is_empty()
            && group.len() > 1
            && group[1..].iter().any(|key| differ(group[0], key))
        {
            found.push(Clashing {
                clash,
                keys: group.into_iter().cloned().collect(),
            });
        }
    }
}

fn odd(name: &str) -> bool {
    if name.is_ascii() {
        return name.bytes().any(|byte| byte.is_ascii_control());
    }
    let hidden = !Hygiene::descriptions().clean(name).found.is_empty();
    hidden || scripts(name) > 1
}

/// How many of the scripts that are mistaken for each other a name mixes.
fn scripts(name: &str) -> usize {
    let of = |is: fn(char) -> bool| usize::from(name.chars().any(is));
    of(|c| c.is_ascii_alphabetic() || matches!(c, '\u{C0}'..='\u{2AF}'))
        + of(|c| matches!(c, '\u{370}'..='\u{3FF}'))
        + of(|c| matches!(c, '\u{400}'..='\u{52F}'))
        + of(|c| matches!(c, '\u{530}'..='\u{58F}'))
}

impl fmt::Display for Clashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self
            .keys
            .iter()
            .map(|key| format!("`{}`", chars::reveal(&key.name())))
            .collect();
        let says = match self.clash {
            Clash::Duplicate => "are offered under one name",
            Clash::SameShown => "would be shown under one name",
            Clash::LooksAlike => "have names that look alike",
            Clash::ServersLookAlike => "come from servers whose names look alike",
            Clash::Odd => "has a name with hidden characters or mixed scripts",
            Clash::SameName => "have one name on different servers",
        };
        write!(f, "{} {says}", names.join(", "))
    }
}
