//! Python's string, list and dict methods beyond those of `minijinja_contrib::pycompat`.
//!
//! Templates are written against Python: `content.split('</think>', maxsplit=1)`, `name.removeprefix('x')`.
//! Methods that change a list or a dict are missing on purpose: transformers renders in an immutable sandbox.

use minijinja::value::{Tuple, ValueKind, from_args};
use minijinja::{Error, ErrorKind, State, Value};
use minijinja_contrib::pycompat;

use super::args::Args;
use super::filters::WIDEST;

/// Called for every method that minijinja itself does not know.
pub(super) fn call(
    state: &mut State,
    value: &Value,
    method: &str,
    args: &[Value],
) -> Result<Value, Error> {
    let own = match value.kind() {
        ValueKind::String => string(value.as_str().unwrap_or_default(), method, args)?,
        ValueKind::Seq | ValueKind::Iterable => sequence(value, method, args)?,
        ValueKind::Map if method == "copy" => Some(value.clone()),
        _ => None,
    };
    match own {
        Some(value) => Ok(value),
        None => pycompat::unknown_method_callback(state, value, method, args),
    }
}

fn string(s: &str, method: &str, args: &[Value]) -> Result<Option<Value>, Error> {
    Ok(Some(match method {
        "split" | "rsplit" => split(s, method == "rsplit", args)?,
        "partition" | "rpartition" => {
            let (sep,): (&str,) = from_args(args)?;
            if sep.is_empty() {
                return Err(invalid("partition: empty separator"));
            }
            let parts = if method == "partition" {
                s.split_once(sep).map_or([s, "", ""], |(a, b)| [a, sep, b])
            } else {
                s.rsplit_once(sep).map_or(["", "", s], |(a, b)| [a, sep, b])
            };
            Value::from(Tuple::from(parts.map(Value::from)))
        }
        "removeprefix" => {
            let (prefix,): (&str,) = from_args(args)?;
            Value::from(s.strip_prefix(prefix).unwrap_or(s))
        }
        "removesuffix" => {
            let (suffix,): (&str,) = from_args(args)?;
            Value::from(s.strip_suffix(suffix).unwrap_or(s))
        }
        "index" | "rindex" => {
            let (what,): (&str,) = from_args(args)?;
            let at = if method == "index" {
                s.find(what)
            } else {
                s.rfind(what)
            };
            let at =
                at.ok_or_else(|| invalid(format!("{method}: substring `{what}` not found")))?;
            Value::from(s[..at].chars().count())
        }
        "ljust" | "rjust" | "center" | "zfill" => pad(s, method, args)?,
        "title" => Value::from(title(s)),
        "casefold" => Value::from(s.to_lowercase()),
        "swapcase" => s
            .chars()
            .flat_map(|c| -> Vec<char> {
                if c.is_uppercase() {
                    c.to_lowercase().collect()
                } else {
                    c.to_uppercase().collect()
                }
            })
            .collect::<String>()
            .into(),
        "isdecimal" => Value::from(!s.is_empty() && s.chars().all(char::is_numeric)),
        "splitlines" => {
            let (keep,): (Option<bool>,) = from_args(args)?;
            Value::from_iter(split_lines(s, keep.unwrap_or(false)))
        }
        _ => return Ok(None),
    }))
}

fn sequence(value: &Value, method: &str, args: &[Value]) -> Result<Option<Value>, Error> {
    Ok(match method {
        "copy" => Some(value.clone()),
        "index" => {
            let (what,): (&Value,) = from_args(args)?;
            let mut at = None;
            for (i, item) in value.try_iter()?.enumerate() {
                if item == *what {
                    at = Some(Value::from(i));
                    break;
                }
            }
            Some(at.ok_or_else(|| invalid(format!("index: {what} is not in the list")))?)
        }
        _ => None,
    })
}

/// `split(sep=None, maxsplit=-1)`, from the left or from the right.
fn split(s: &str, from_right: bool, args: &[Value]) -> Result<Value, Error> {
    let args = Args::of(args)?;
    let sep = args.get(0, "sep")?;
    let max = args.get(1, "maxsplit")?.map_or(Ok(-1), i64::try_from)?;
    args.finish()?;
    let max = usize::try_from(max).ok();
    let mut parts: Vec<&str> = match &sep {
        Some(sep) => {
            let sep = sep
                .as_str()
                .ok_or_else(|| invalid("split: the separator must be a string"))?;
            if sep.is_empty() {
                return Err(invalid("split: empty separator"));
            }
            match (from_right, max) {
                (false, Some(n)) => s.splitn(n.saturating_add(1), sep).collect(),
                (false, None) => s.split(sep).collect(),
                (true, Some(n)) => s.rsplitn(n.saturating_add(1), sep).collect(),
                (true, None) => s.rsplit(sep).collect(),
            }
        }
        None => words(s, from_right, max.unwrap_or(usize::MAX)),
    };
    if from_right {
        parts.reverse();
    }
    Ok(Value::from_iter(parts))
}

/// Splits at runs of whitespace, at most `max` times; from the right the last part comes first.
fn words(s: &str, from_right: bool, max: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = s.trim();
    while !rest.is_empty() {
        let cut = if from_right {
            rest.rfind(char::is_whitespace)
        } else {
            rest.find(char::is_whitespace)
        };
        match cut {
            Some(at) if parts.len() < max && from_right => {
                let after = at + rest[at..].chars().next().map_or(1, char::len_utf8);
                parts.push(&rest[after..]);
                rest = rest[..at].trim_end();
            }
            Some(at) if parts.len() < max => {
                parts.push(&rest[..at]);
                rest = rest[at..].trim_start();
            }
            _ => {
                parts.push(rest);
                rest = "";
            }
        }
    }
    parts
}

fn pad(s: &str, method: &str, args: &[Value]) -> Result<Value, Error> {
    let (width, fill): (usize, Option<char>) = from_args(args)?;
    let fill = fill.unwrap_or(' ');
    let missing = width.min(WIDEST).saturating_sub(s.chars().count());
    Ok(match method {
        "ljust" => surround("", s, fill, 0, missing),
        "rjust" => surround("", s, fill, missing, 0),
        "zfill" => {
            let digits = s.strip_prefix(['+', '-']).unwrap_or(s);
            surround(&s[..s.len() - digits.len()], digits, '0', missing, 0)
        }
        _ => center(s, width, fill),
    })
}

/// Python puts the odd space on the left when the width is odd.
pub(super) fn center(s: &str, width: usize, fill: char) -> Value {
    let width = width.min(WIDEST);
    let missing = width.saturating_sub(s.chars().count());
    let left = missing / 2 + (missing & width & 1);
    surround("", s, fill, left, missing - left)
}

fn surround(sign: &str, s: &str, fill: char, left: usize, right: usize) -> Value {
    let fill = |n| std::iter::repeat_n(fill, n);
    let chars = sign.chars().chain(fill(left)).chain(s.chars());
    chars.chain(fill(right)).collect::<String>().into()
}

/// A letter after anything else begins a word.
pub(super) fn title(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    let mut in_word = false;
    for c in s.chars() {
        if in_word {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        in_word = c.is_alphabetic();
    }
    out
}

/// `str.splitlines`.
pub(super) fn split_lines(s: &str, keep: bool) -> Vec<&str> {
    const ENDS: [char; 10] = [
        '\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}',
        '\u{2029}',
    ];
    let mut parts = Vec::new();
    let mut rest = s;
    while let Some(at) = rest.find(ENDS) {
        let ending = if rest[at..].starts_with("\r\n") {
            2
        } else {
            rest[at..].chars().next().map_or(1, char::len_utf8)
        };
        parts.push(&rest[..if keep { at + ending } else { at }]);
        rest = &rest[at + ending..];
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

fn invalid(problem: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, problem)
}
