//! Where a path leads, read as text, and whether that is a place for a tool.
//!
//! *In*: the text of an argument and the folders that tools may use. *Out*: what is wrong with it, if anything. A text
//! is read in every spelling that some program further on may undo: percent signs, full-width letters, backslashes,
//! `file:` addresses. One bad spelling is enough.
//!
//! **Protected**: paths that leave the roots, and places that hold secrets or the system itself, as they are written.
//! **Not protected**: a link on the disk that leads elsewhere, a path that the server puts together by itself, wildcards.
//! For those the jail holds.
//!
//! It does not know: the disk, which folder the server works in, or what the tool does with the path.

mod places;
mod spelling;

use serde::{Deserialize, Serialize};

pub use places::Severity;
pub(crate) use spelling::looks_like_a_separator;

/// Which folders tools may use, and how this system writes paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Paths {
    /// Absolute paths must lie in one of these. Empty: anywhere that is not protected.
    pub roots: Vec<String>,
    /// What `~` means; unknown, it lies in no root.
    pub home: Option<String>,
    /// Whether `/ETC` is `/etc` here. Protected places are told without regard to case everywhere.
    pub ignore_case: bool,
}

// Only on this system does it look as if it could be derived.
#[allow(clippy::derivable_impls)]
impl Default for Paths {
    fn default() -> Self {
        Paths {
            roots: Vec::new(),
            home: None,
            ignore_case: cfg!(any(windows, target_os = "macos")),
        }
    }
}

/// What is wrong with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It names a protected place, as the table writes it.
    Protected {
        place: &'static str,
        severity: Severity,
    },
    /// It climbs out of the folder that it starts in.
    Escapes,
    /// It lies in no root.
    Outside,
    /// It holds a character that no path holds.
    Malformed,
}

/// Where a path starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Absolute,
    /// In some home folder.
    Home,
    /// Wherever the server works.
    Here,
}

/// A path without detours.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place<'a> {
    start: Start,
    parts: Vec<&'a str>,
    escapes: bool,
}

/// The roots, read once.
#[derive(Debug, Clone, Default)]
pub struct Roots {
    roots: Vec<Vec<String>>,
    home: Option<Vec<String>>,
    ignore_case: bool,
}

impl Roots {
    pub fn new(paths: &Paths) -> Self {
        let read = |text: &String| {
            let slashed = text.replace('\\', "/");
            place(&slashed)
                .parts
                .iter()
                .map(|part| (*part).to_owned())
                .collect::<Vec<_>>()
        };
        Roots {
            roots: paths.roots.iter().map(read).collect(),
            home: paths.home.as_ref().map(read),
            ignore_case: paths.ignore_case,
        }
    }

    /// Judges a path as it was written.
    pub fn judge(&self, text: &str) -> Option<Wrong> {
        self.worst(text, true)
    }

    /// Judges only whether a protected place is named: for texts that may be a path and may be none.
    pub fn judge_place(&self, text: &str) -> Option<Wrong> {
        self.worst(text, false)
    }

    fn worst(&self, text: &str, is_path: bool) -> Option<Wrong> {
        if text.chars().any(|c| c == '\0' || c == '\u{fffe}') {
            return Some(Wrong::Malformed);
        }
        spelling::all(text)
            .iter()
            .find_map(|spelled| self.judge_spelled(spelled, is_path))
    }

    fn judge_spelled(&self, text: &str, is_path: bool) -> Option<Wrong> {
        if text.contains('\0') {
            return Some(Wrong::Malformed);
        }
        let place = place(text);
        let inside = self.holds(&place);
        match places::find(&place) {
            Some((_, Severity::System)) if inside => {}
            Some((place, severity)) => return Some(Wrong::Protected { place, severity }),
            None => {}
        }
        if !is_path {
            return None;
        }
        if place.escapes {
            return Some(Wrong::Escapes);
        }
        let outside = place.start != Start::Here && !self.roots.is_empty() && !inside;
        outside.then_some(Wrong::Outside)
    }

    /// Whether a place lies in a root that somebody named.
    fn holds(&self, place: &Place<'_>) -> bool {
        if place.escapes {
            return false;
        }
        let home = match (place.start, &self.home) {
            (Start::Absolute, _) => &[][..],
            (Start::Home, Some(home)) => home,
            _ => return false,
        };
        self.roots.iter().any(|root| {
            let mut parts = home
                .iter()
                .map(String::as_str)
                .chain(place.parts.iter().copied());
            root.iter()
                .all(|wanted| parts.next().is_some_and(|part| self.same(part, wanted)))
        })
    }

    fn same(&self, a: &str, b: &str) -> bool {
        a == b || (self.ignore_case && a.to_lowercase() == b.to_lowercase())
    }
}

/// Reads a path with forward slashes.
fn place(text: &str) -> Place<'_> {
    let (start, rest) = start(text);
    let mut place = Place {
        start,
        parts: Vec::new(),
        escapes: false,
    };
    for part in rest.split('/') {
        // Some systems drop blanks and dots at the end of a name; `..` with them is still `..`.
        let trimmed = part.trim();
        match trimmed {
            "" | "." => {}
            ".." => climb(&mut place),
            _ => place.parts.push(part),
        }
    }
    place
}

fn climb(place: &mut Place<'_>) {
    // Above `/` there is only `/`; above everything else is somebody else's.
    if place.parts.pop().is_none() && place.start != Start::Absolute {
        place.escapes = true;
    }
}

fn start(text: &str) -> (Start, &str) {
    if text.starts_with('/') {
        return (Start::Absolute, text);
    }
    let bytes = text.as_bytes();
    if bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' {
        return (Start::Absolute, text);
    }
    let (first, rest) = text.split_once('/').unwrap_or((text, ""));
    match first.to_ascii_lowercase().as_str() {
        // That is no home like others: the place of the administrator.
        "~root" => (Start::Absolute, text),
        "$home" | "${home}" | "%userprofile%" | "$env:userprofile" => (Start::Home, rest),
        home if home.starts_with('~') => (Start::Home, rest),
        _ => (Start::Here, text),
    }
}
