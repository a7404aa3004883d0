//! The chain of lines: each holds the digest of the line before, and its own.
//!
//! A line is `{"seq":1,"previous":"…","entry":{…},"sha256":"…"}`, and the last digest is that of the bytes before it.
//! So a reader needs no rules for spelling JSON, and one changed byte is found.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Entry;

/// Where a chain ends: kept elsewhere, it tells whether the end was cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of the last line; 0 before the first.
    pub seq: u64,
    /// Its digest; zeros before the first.
    pub sha256: String,
}

/// Writes lines. Who writes them into a file sees to it that one chain is written by one hand at a time.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    head: Head,
}

/// Where a chain breaks, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Counted from 1.
    pub line: usize,
    pub fault: Fault,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is no line of a chain: cut off, or foreign.
    Unreadable,
    /// Its bytes are not those that were written.
    Edited,
    /// Lines are missing before it, or it stands elsewhere.
    Misplaced { expected: u64, got: u64 },
    /// It is whole, and belongs to another chain than the line before it.
    Unlinked,
    /// The chain is whole as far as it goes, and ends before the head that was kept.
    Short { expected: u64, got: u64 },
    /// It has the kept head's number and is another line.
    OtherHead,
}

const BEFORE_DIGEST: &str = ",\"sha256\":\"";
const AFTER_DIGEST: &str = "\"}";
const DIGITS: usize = 64;

impl Default for Head {
    fn default() -> Self {
        Head {
            seq: 0,
            sha256: "0".repeat(DIGITS),
        }
    }
}

impl Head {
    /// Reads the head off the last line of a chain, whose own digest must be right.
    pub fn of(line: &str) -> Result<Head, Fault> {
        let (body, sha256) = part(line)?;
        let seen: Linked = read(line)?;
        if digest(body) != sha256 {
            return Err(Fault::Edited);
        }
        Ok(Head {
            seq: seen.seq,
            sha256: sha256.to_owned(),
        })
    }

    /// The head after this line, if it is the next one: so a file is checked without holding all of it.
    pub fn follow(&self, line: &str) -> Result<Head, Fault> {
        let next = Head::of(line)?;
        let Linked { seq, previous } = read(line)?;
        let expected = self.seq.saturating_add(1);
        if seq != expected {
            return Err(Fault::Misplaced { expected, got: seq });
        }
        if previous != self.sha256 {
            return Err(Fault::Unlinked);
        }
        Ok(next)
    }
}

impl Chain {
    /// Goes on behind a chain that ends so.
    pub fn behind(head: Head) -> Self {
        Chain { head }
    }

    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The entry's line, without a line end; the chain goes on behind it.
    pub fn line(&mut self, entry: &Entry) -> Result<String, serde_json::Error> {
        let seq = self.head.seq.saturating_add(1);
        let entry = serde_json::to_string(entry)?;
        let mut line = format!(
            "{{\"seq\":{seq},\"previous\":\"{}\",\"entry\":{entry}",
            self.head.sha256
        );
        let sha256 = digest(&line);
        line.push_str(BEFORE_DIGEST);
        line.push_str(&sha256);
        line.push_str(AFTER_DIGEST);
        self.head = Head { seq, sha256 };
        Ok(line)
    }
}

/// Checks a chain from its start; the answer is its head.
pub fn verify<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Head, Broken> {
    verify_from(Head::default(), lines)
}

/// Checks a chain that goes on behind a head, as a file does whose predecessor was put away.
pub fn verify_from<'a>(
    start: Head,
    lines: impl IntoIterator<Item = &'a str>,
) -> Result<Head, Broken> {
    let mut head = start;
    for (at, line) in lines.into_iter().enumerate() {
        head = head.follow(line).map_err(|fault| Broken {
            line: at + 1,
            fault,
        })?;
    }
    Ok(head)
}

/// Checks a chain from its start that must hold `kept`, so that a cut-off end is found too. It may have grown.
pub fn verify_until<'a>(
    kept: &Head,
    lines: impl IntoIterator<Item = &'a str>,
) -> Result<Head, Broken> {
    let mut head = Head::default();
    let mut line_number = 0;
    for line in lines {
        line_number += 1;
        let broken = |fault| Broken {
            line: line_number,
            fault,
        };
        head = head.follow(line).map_err(broken)?;
        if head.seq == kept.seq && head.sha256 != kept.sha256 {
            return Err(broken(Fault::OtherHead));
        }
    }
    if head.seq < kept.seq {
        let fault = Fault::Short {
            expected: kept.seq,
            got: head.seq,
        };
        return Err(Broken {
            line: line_number,
            fault,
        });
    }
    Ok(head)
}

#[derive(Deserialize)]
struct Linked {
    seq: u64,
    previous: String,
}

fn read(line: &str) -> Result<Linked, Fault> {
    serde_json::from_str(line).map_err(|_| Fault::Unreadable)
}

/// A line's body and the digest that it names.
fn part(line: &str) -> Result<(&str, &str), Fault> {
    let rest = line.strip_suffix(AFTER_DIGEST).ok_or(Fault::Unreadable)?;
    let at = rest
        .len()
        .checked_sub(DIGITS)
        .filter(|at| rest.is_char_boundary(*at))
        .ok_or(Fault::Unreadable)?;
    let (body, sha256) = rest.split_at(at);
    let body = body.strip_suffix(BEFORE_DIGEST).ok_or(Fault::Unreadable)?;
    Ok((body, sha256))
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::with_capacity(DIGITS), |mut hex, byte| {
            // Writing into a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.fault)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Unreadable => f.write_str(
                "expected a line of the audit chain, got something else or a part of one",
            ),
            Fault::Edited => {
                f.write_str("the line is not the one that was written: its digest differs")
            }
            Fault::Misplaced { expected, got } => {
                write!(
                    f,
                    "expected entry {expected}, got {got}: lines are missing or stand elsewhere"
                )
            }
            Fault::Unlinked => {
                f.write_str("the line does not follow the one before it: a line was replaced")
            }
            Fault::Short { expected, got } => {
                write!(
                    f,
                    "expected entries up to {expected}, got {got}: the end was cut off"
                )
            }
            Fault::OtherHead => f.write_str(
                "the line is not the one whose digest was kept: the file was written anew",
            ),
        }
    }
}

impl std::error::Error for Broken {}

impl std::error::Error for Fault {}
