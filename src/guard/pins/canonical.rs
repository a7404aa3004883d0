//! One spelling for a JSON value, after RFC 8785: keys sorted by their UTF-16 units, numbers as ECMAScript writes them,
//! no white space. One deviation, on purpose: whole numbers past 2^53 keep their digits, so that two schemas with
//! different limits never have one digest.

use std::{cmp::Ordering, fmt::Write as _};

use serde_json::{Number, Value};
use sha2::{Digest as _, Sha256};

/// What is still to be written. A list of our own and not the stack: values may be nested deeply.
enum Next<'a> {
    Value(&'a Value),
    Key(&'a str),
    Text(&'static str),
}

pub fn canonical_json(value: &Value) -> String {
    let mut out = String::new();
    let mut todo = vec![Next::Value(value)];
    while let Some(next) = todo.pop() {
        match next {
            Next::Text(text) => out.push_str(text),
            Next::Key(key) => {
                string(key, &mut out);
                out.push(':');
            }
            Next::Value(Value::Null) => out.push_str("null"),
            Next::Value(Value::Bool(yes)) => out.push_str(if *yes { "true" } else { "false" }),
            Next::Value(Value::Number(it)) => number(it, &mut out),
            Next::Value(Value::String(text)) => string(text, &mut out),
            Next::Value(Value::Array(items)) => {
                out.push('[');
                todo.push(Next::Text("]"));
                for (at, item) in items.iter().enumerate().rev() {
                    todo.push(Next::Value(item));
                    todo.push(Next::Text(if at > 0 { "," } else { "" }));
                }
            }
            Next::Value(Value::Object(fields)) => {
                out.push('{');
                todo.push(Next::Text("}"));
                let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
                sorted.sort_by(|(a, _), (b, _)| by_units(a, b));
                for (at, (key, value)) in sorted.into_iter().enumerate().rev() {
                    todo.push(Next::Value(value));
                    todo.push(Next::Key(key));
                    todo.push(Next::Text(if at > 0 { "," } else { "" }));
                }
            }
        }
    }
    out
}

/// SHA-256 over the canonical spelling, in hexadecimal digits.
pub fn digest_json(value: &Value) -> String {
    Sha256::digest(canonical_json(value).as_bytes())
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing into a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

fn by_units(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{C}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1F}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

fn number(number: &Number, out: &mut String) {
    // Only what was written with a point or an exponent is none of these.
    let _ = match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(whole), _, _) => write!(out, "{whole}"),
        (_, Some(whole), _) => write!(out, "{whole}"),
        (_, _, Some(real)) => write!(out, "{}", ecmascript(real)),
        _ => write!(out, "{number}"),
    };
}

/// Rust finds the same shortest digits; where the point goes is ECMAScript's `Number::toString`.
fn ecmascript(real: f64) -> String {
    if real == 0.0 {
        return "0".to_owned();
    }
    let written = format!("{:e}", real.abs());
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    // The number is 0.digits times ten to the power of `point`.
    let point = exponent + 1;
    let count = digits.len() as i32;
    let sign = if real < 0.0 { "-" } else { "" };
    let zeros = |many: i32| "0".repeat(many.max(0) as usize);
    if (count..=21).contains(&point) {
        format!("{sign}{digits}{}", zeros(point - count))
    } else if (1..=21).contains(&point) {
        let (whole, rest) = digits.split_at(point as usize);
        format!("{sign}{whole}.{rest}")
    } else if (-5..=0).contains(&point) {
        format!("{sign}0.{}{digits}", zeros(-point))
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let plus = if exponent > 0 { "+" } else { "" };
        format!("{sign}{first}{dot}{rest}e{plus}{exponent}")
    }
}
