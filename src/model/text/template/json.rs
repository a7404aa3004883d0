//! `tojson` with the very bytes of Python's `json.dumps`, and Python's spelling of floats.
//!
//! Models were trained on what `json.dumps` prints, so one space more or less is another prompt.

use minijinja::value::{Kwargs, Rest, Serde, ValueKind};
use minijinja::{Error, ErrorKind, Value};
use std::fmt::Write as _;

use super::args::Args;

/// How deep values may nest: beyond this a hostile tool definition would exhaust the stack.
const DEPTH: usize = 128;

struct Style {
    ascii: bool,
    /// `None` prints everything on one line, as does Python.
    indent: Option<String>,
    item: String,
    key: String,
    sort: bool,
}

/// `tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False)`, as transformers defines it.
pub(super) fn tojson(value: &Value, args: Rest<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    let args = Args::new(args, kwargs);
    let indent = match args.get(1, "indent")? {
        None => None,
        Some(v) if v.as_str().is_some() => v.as_str().map(String::from),
        Some(v) => Some(" ".repeat(usize::try_from(v)?.min(64))),
    };
    // Python drops the space after the comma when it indents.
    let mut item = if indent.is_some() { "," } else { ", " }.to_string();
    let mut key = ": ".to_string();
    if let Some(pair) = args.get(2, "separators")? {
        let at = |i| pair.get_item_by_index(i).map(|v| v.to_string());
        (item, key) = (at(0)?, at(1)?);
    }
    let style = Style {
        ascii: args.flag(0, "ensure_ascii")?,
        indent,
        item,
        key,
        sort: args.flag(3, "sort_keys")?,
    };
    args.finish()?;
    let mut out = String::new();
    write(&mut out, value, &style, 0)?;
    Ok(Value::from(out))
}

fn write(out: &mut String, value: &Value, style: &Style, depth: usize) -> Result<(), Error> {
    if depth > DEPTH {
        return Err(Error::new(
            ErrorKind::BadSerialization,
            format!("values nest deeper than {DEPTH}"),
        ));
    }
    match value.kind() {
        ValueKind::None => out.push_str("null"),
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::Number => out.push_str(&number(value)),
        ValueKind::String => quote(out, value.as_str().unwrap_or_default(), style.ascii),
        ValueKind::Seq | ValueKind::Iterable => {
            let mut items = Vec::new();
            for item in value.try_iter()? {
                items.push((None, item));
            }
            enclose(out, ['[', ']'], items, style, depth)?;
        }
        ValueKind::Map => {
            let mut pairs = Vec::new();
            for key in value.try_iter()? {
                let item = value.get_item(&key)?;
                pairs.push((Some(name(&key)), item));
            }
            if style.sort {
                pairs.sort_by(|a, b| a.0.cmp(&b.0));
            }
            enclose(out, ['{', '}'], pairs, style, depth)?;
        }
        kind => {
            return Err(Error::new(
                ErrorKind::BadSerialization,
                format!("a value of type {kind} is not JSON serializable"),
            ));
        }
    }
    Ok(())
}

fn enclose(
    out: &mut String,
    [open, close]: [char; 2],
    items: Vec<(Option<String>, Value)>,
    style: &Style,
    depth: usize,
) -> Result<(), Error> {
    out.push(open);
    let empty = items.is_empty();
    for (i, (key, item)) in items.into_iter().enumerate() {
        if i > 0 {
            out.push_str(&style.item);
        }
        newline(out, style, depth + 1);
        if let Some(key) = key {
            quote(out, &key, style.ascii);
            out.push_str(&style.key);
        }
        write(out, &item, style, depth + 1)?;
    }
    if !empty {
        newline(out, style, depth);
    }
    out.push(close);
    Ok(())
}

fn newline(out: &mut String, style: &Style, depth: usize) {
    if let Some(indent) = &style.indent {
        out.push('\n');
        for _ in 0..depth {
            out.push_str(indent);
        }
    }
}

/// A key as Python writes it: every key becomes a string.
fn name(key: &Value) -> String {
    match key.kind() {
        ValueKind::None => "null".into(),
        ValueKind::Bool => if key.is_true() { "true" } else { "false" }.into(),
        ValueKind::Number => number(key),
        _ => key.to_string(),
    }
}

fn number(value: &Value) -> String {
    if value.is_integer() {
        return value.to_string();
    }
    match f64::try_from(value.clone()) {
        Ok(x) if x.is_nan() => "NaN".into(),
        Ok(x) if x.is_infinite() => if x > 0.0 { "Infinity" } else { "-Infinity" }.into(),
        Ok(x) => float(x),
        Err(_) => value.to_string(),
    }
}

/// `repr(float)`: the shortest digits that read back, in exponent form outside 1e-4..1e16.
pub(super) fn float(x: f64) -> String {
    if x.is_nan() {
        return "nan".into();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf" } else { "-inf" }.into();
    }
    let scientific = format!("{x:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if x != 0.0 && !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    let plain = x.to_string();
    if plain.contains('.') {
        plain
    } else {
        plain + ".0"
    }
}

fn quote(out: &mut String, text: &str, ascii: bool) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if (c as u32) < 0x20 => push_escape(out, c as u16),
            // A private-use character stands in for another one (see `protect`): escaped, it could not be put back.
            c if ascii && !c.is_ascii() && !('\u{e000}'..='\u{f8ff}').contains(&c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    push_escape(out, *unit);
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn push_escape(out: &mut String, unit: u16) {
    // Writing to a String cannot fail.
    let _ = write!(out, "\\u{unit:04x}");
}

/// `json.dumps(value, ensure_ascii=False)`.
pub(super) fn dumps(value: &serde_json::Value) -> String {
    let style = Style {
        ascii: false,
        indent: None,
        item: ", ".into(),
        key: ": ".into(),
        sort: false,
    };
    let mut out = String::new();
    // Fails only for values deeper than DEPTH; serde_json's own print of those differs by spaces alone.
    match write(&mut out, &Value::from(Serde(value)), &style, 0) {
        Ok(()) => out,
        Err(_) => value.to_string(),
    }
}
