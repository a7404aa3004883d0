//! The two streams: results to standard output, complaints to standard error.

use std::io::{self, Write as _};

use anyhow::Result;

/// Writes a result at once, so that a stream of pieces appears as it comes.
pub fn text(text: &str) -> Result<()> {
    bytes(text.as_bytes())
}

pub fn line(line: &str) -> Result<()> {
    bytes(format!("{line}\n").as_bytes())
}

pub fn json(value: &impl serde::Serialize) -> Result<()> {
    line(&serde_json::to_string_pretty(value)?)
}

pub fn bytes(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(())
}

/// Whether the reader of our output went away, as `head` does: no reason to complain.
pub fn is_closed(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

/// A remark beside the result.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// One line: the error, and those of its causes that say something new.
pub fn complain(error: &anyhow::Error) {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !said.contains(&cause) {
            if !said.is_empty() {
                said.push_str(": ");
            }
            said.push_str(&cause);
        }
    }
    let _ = writeln!(io::stderr(), "error: {said}");
}

/// Bytes as people write them.
pub fn size(bytes: u64) -> String {
    scaled(bytes, 1024, &["B", "KiB", "MiB", "GiB", "TiB"])
}

/// A count as people write it.
pub fn count(n: u64) -> String {
    scaled(n, 1000, &["", "K", "M", "B", "T"])
}

fn scaled(n: u64, step: u64, units: &[&str]) -> String {
    let mut value = n as f64;
    let mut unit = 0;
    while value >= step as f64 && unit + 1 < units.len() {
        value /= step as f64;
        unit += 1;
    }
    let number = if unit == 0 {
        n.to_string()
    } else {
        format!("{value:.1}")
    };
    format!("{number} {}", units[unit]).trim_end().to_owned()
}
