//! The two streams: results to standard output, complaints to standard error.

use std::io::{self, Write as _};

use anyhow::Result;
use ferrule::guard::text::Hygiene;

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

/// One line without what a terminal would obey or hide: names and errors are other people's.
pub fn plain(text: &str) -> String {
    let cleaned = Hygiene::results().clean(text).text;
    cleaned.replace(['\n', '\r', '\t'], " ")
}

/// Seconds since 1970 as a date and a time of UTC.
pub fn time(seconds: f64) -> String {
    const DAY: i64 = 86_400;
    let seconds = seconds as i64;
    let (days, of_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = date(days);
    let (hours, minutes, seconds) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02} {hours:02}:{minutes:02}:{seconds:02}Z")
}

/// The date so many days after 1970 began. Years begin in March, so that the leap day is their last.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_dates() {
        assert_eq!(time(0.0), "1970-01-01 00:00:00Z");
        assert_eq!(time(951_827_696.9), "2000-02-29 12:34:56Z");
        assert_eq!(time(1_798_761_599.0), "2026-12-31 23:59:59Z");
    }

    #[test]
    fn what_a_terminal_would_obey_is_not_printed() {
        assert_eq!(plain("a\u{1b}[2Jb\nc\u{202e}d"), "ab cd");
    }
}
