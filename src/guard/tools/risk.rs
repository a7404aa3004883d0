//! What a tool may do, told by the words of its name, by the roles of its parameters and by what it claims.
//!
//! A class that words or roles give is never taken away by a claim: claims only add.

use std::{collections::HashMap, fmt, sync::LazyLock};

use ferrule_types::Tool;
use serde::{Deserialize, Serialize};

use super::words::{other_spellings, words};

/// No word of the table is longer.
const LONGEST_WORD: usize = 16;

/// What calling a tool may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Reads,
    Writes,
    Deletes,
    RunsCode,
    /// Something leaves the machine: a request, a message.
    SendsOut,
    Spends,
    /// Nothing tells what it does.
    Unknown,
}

impl Class {
    pub const ALL: [Class; 7] = [
        Class::Reads,
        Class::Writes,
        Class::Deletes,
        Class::RunsCode,
        Class::SendsOut,
        Class::Spends,
        Class::Unknown,
    ];

    /// What to tell a person who is asked.
    pub const fn in_words(self) -> &'static str {
        match self {
            Class::Reads => "reads",
            Class::Writes => "writes",
            Class::Deletes => "deletes",
            Class::RunsCode => "runs code",
            Class::SendsOut => "sends data out",
            Class::Spends => "spends money",
            Class::Unknown => "does something unknown",
        }
    }
}

/// A set of classes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Class>", into = "Vec<Class>")]
pub struct Risk(u8);

impl Risk {
    pub const fn of(classes: &[Class]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < classes.len() {
            bits |= 1 << classes[at] as u8;
            at += 1;
        }
        Risk(bits)
    }

    pub const fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u8) != 0
    }

    pub const fn and(self, other: Risk) -> Risk {
        Risk(self.0 | other.0)
    }

    pub const fn without(self, class: Class) -> Risk {
        Risk(self.0 & !(1 << class as u8))
    }

    pub const fn shared(self, other: Risk) -> Risk {
        Risk(self.0 & other.0)
    }

    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    pub fn classes(self) -> impl Iterator<Item = Class> {
        Class::ALL.into_iter().filter(move |class| self.has(*class))
    }
}

impl From<Vec<Class>> for Risk {
    fn from(classes: Vec<Class>) -> Self {
        Risk::of(&classes)
    }
}

impl From<Risk> for Vec<Class> {
    fn from(risk: Risk) -> Self {
        risk.classes().collect()
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.classes().map(Class::in_words).collect();
        f.write_str(&words.join(", "))
    }
}

/// How much a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Whatever stands beside it.
    Always,
    /// Unless its object is harmless: `execute_sql`, `run_report`.
    Verb,
    /// Unless the tool only tells about it: `search_python_docs`, `list_scripts`.
    Noun,
    /// Only if the name has no other word: `system`.
    Alone,
}

/// One word of the table.
pub(super) struct Row {
    pub(super) word: &'static str,
    pub(super) class: Class,
    pub(super) weight: Weight,
}

/// What a name says: the classes, and the word that told each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub risk: Risk,
    /// The word that told the gravest class.
    pub by: Option<String>,
}

/// Reads the words of a tool's name.
pub fn of_name(name: &str) -> Told {
    let words = words(name);
    let mut told = Told::default();
    for word in &words {
        for row in rows_of(word)
            .into_iter()
            .filter(|row| counts(row, word, &words))
        {
            let gravest = row.class != Class::Reads && row.class != Class::Writes;
            if told.by.is_none() || (gravest && !told.risk.has(row.class)) {
                told.by = Some(word.clone());
            }
            told.risk = told.risk.and(Risk::of(&[row.class]));
        }
    }
    told
}

/// What the tool claims of itself, as far as it is a warning.
pub fn of_claims(tool: &Tool) -> Risk {
    let claims = |hint: &str| {
        let annotations = tool.annotations.as_ref();
        annotations
            .and_then(|claims| claims.get(hint))
            .and_then(serde_json::Value::as_bool)
            == Some(true)
    };
    let reads = claims("readOnlyHint");
    let mut risk = Risk::default();
    if claims("destructiveHint") && !reads {
        risk = risk.and(Risk::of(&[Class::Deletes]));
    }
    if claims("openWorldHint") && !reads {
        risk = risk.and(Risk::of(&[Class::SendsOut]));
    }
    risk
}

/// The table by its words: it is looked at several times for every call.
static BY_WORD: LazyLock<HashMap<&'static str, &'static Row>> = LazyLock::new(|| {
    super::table::ROWS
        .iter()
        .map(|row| (row.word, row))
        .collect()
});

fn rows_of(word: &str) -> Vec<&'static Row> {
    if let Some(row) = find(word) {
        return vec![row];
    }
    let respelled: Vec<_> = other_spellings(word)
        .iter()
        .flatten()
        .filter_map(|word| find(word))
        .collect();
    if respelled.is_empty() {
        run_together(word)
    } else {
        respelled
    }
}

fn find(word: &str) -> Option<&'static Row> {
    BY_WORD.get(word).copied()
}

/// `deletefile` and `shellexec`: two words that nobody set apart. Both must be known, or every word that begins like a
/// verb would be one.
fn run_together(word: &str) -> Vec<&'static Row> {
    let known = |part: &str| find(part).is_some() || super::table::OBJECTS.contains(&part);
    let cuts = word
        .char_indices()
        .map(|(at, _)| at)
        .skip(2)
        .take(LONGEST_WORD);
    let mut halves = cuts.map(|at| word.split_at(at));
    let Some((first, second)) = halves.find(|(first, second)| {
        find(first).or(find(second)).is_some() && known(first) && known(second)
    }) else {
        return Vec::new();
    };
    find(first).into_iter().chain(find(second)).collect()
}

fn counts(row: &Row, word: &str, words: &[String]) -> bool {
    let any = |table: &[&str]| {
        words
            .iter()
            .any(|each| each != word && table.contains(&each.as_str()))
    };
    match row.weight {
        Weight::Always => !only_looks(row.class, words),
        Weight::Verb => !any(super::table::HARMLESS) && !only_looks(row.class, words),
        Weight::Noun => !any(super::table::ABOUT),
        Weight::Alone => words.len() == 1,
    }
}

/// `get_delete_status` deletes nothing; `get_and_delete` does, and so does whatever runs code.
fn only_looks(class: Class, words: &[String]) -> bool {
    let changes = matches!(class, Class::Writes | Class::Deletes | Class::Spends);
    let looks = words
        .first()
        .is_some_and(|first| super::table::LOOKS.contains(&first.as_str()));
    let also = words
        .iter()
        .any(|word| ["and", "or", "then"].contains(&word.as_str()));
    changes && looks && !also
}
