//! Secrets out of what is kept: names of fields by their words, values by their shape.
//!
//! *In*: the arguments of a call, an error's text, a result. *Out*: the same with every secret that was recognised as
//! [`REDACTED`], and with long strings cut. `words` is the table of names, `shape` that of values, `scan` walks a text.
//! All of it takes linear time, fails on no input, and doing it twice changes nothing.
//!
//! **Protected**: what stands under a telling name (`authToken`, `x-api-key`, `--password x`, a header, a pair of name
//! and value), and what tells itself (`Bearer …`, the user part of a URL, keys with a known beginning, PEM blocks).
//! **Not protected**: a secret that looks like any other word under a name like any other, and one that is encoded.
//!
//! It does not know: where the text goes, and whether a secret is still good.

mod json;
mod scan;
mod shape;
mod words;

#[cfg(test)]
mod tests;
#[cfg(test)]
#[path = "../tests/redact_time.rs"]
mod time;

pub use json::redact_json;
pub use scan::redact_text;
pub use words::is_secret;

/// What stands where a secret stood.
pub const REDACTED: &str = "[REDACTED]";

/// A string with more characters is cut in [`redact_json`].
pub const LONGEST: usize = 1000;

/// What is left of it, before the note of how long it was.
pub const KEPT: usize = 100;
