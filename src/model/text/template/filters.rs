//! Jinja2's filters and tests where minijinja has none or another result.

use std::fmt::Write as _;

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment, Error, Value};
use minijinja_contrib::globals;

use super::args::Args;
use super::methods::{self, split_lines};
use super::{clock, json};

/// Wide enough for any table, too narrow to exhaust memory.
pub(super) const WIDEST: usize = 65_536;

pub(super) fn add(env: &mut Environment) {
    minijinja_contrib::add_to_environment(env);
    env.add_filter("tojson", json::tojson);
    env.add_filter("int", int);
    env.add_filter("float", float);
    env.add_filter("default", default);
    env.add_filter("d", default);
    env.add_filter("title", |text: &Value| methods::title(&text.to_string()));
    env.add_filter("replace", replace);
    env.add_filter("indent", indent);
    env.add_filter("truncate", truncate);
    env.add_filter("center", center);
    env.add_filter("e", escape);
    env.add_filter("escape", escape);
    env.add_filter("forceescape", escape);
    env.add_filter("urlencode", urlencode);
    env.add_filter("wordcount", |text: &str| text.split_whitespace().count());
    // Strings and dicts have a length and items, which is all that Jinja2 asks; so do undefined values, but not None.
    env.add_test("sequence", is_iterable);
    env.add_test("iterable", is_iterable);
    env.add_test("callable", |value: &Value| value.kind() == ValueKind::Plain);
    env.add_function("cycler", |items: Rest<Value>| globals::cycler(items.0));
    env.add_function("strftime_now", clock::strftime_now);
}

fn is_iterable(value: &Value) -> bool {
    matches!(
        value.kind(),
        ValueKind::Seq
            | ValueKind::Iterable
            | ValueKind::String
            | ValueKind::Map
            | ValueKind::Undefined
    )
}

fn int(value: &Value, args: Rest<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    let args = Args::new(args, kwargs);
    let default = args.get(0, "default")?.unwrap_or(Value::from(0));
    let base = args.usize(1, "base", 10)?.clamp(2, 36);
    args.finish()?;
    if value.is_integer() {
        return Ok(value.clone());
    }
    if value.kind() == ValueKind::Bool {
        return Ok(Value::from(i64::from(value.is_true())));
    }
    let truncated = |x: f64| {
        if x.is_finite() {
            Value::from(x.trunc() as i128)
        } else {
            default.clone()
        }
    };
    Ok(match value.as_str().map(str::trim) {
        Some(text) => {
            let digits = text.trim_start_matches("0x").replace('_', "");
            i128::from_str_radix(&digits, base as u32).map_or_else(
                |_| text.parse().map_or(default.clone(), truncated),
                Value::from,
            )
        }
        None => f64::try_from(value.clone()).map_or(default.clone(), truncated),
    })
}

fn float(value: &Value, default: Option<f64>) -> f64 {
    let read = match value.as_str() {
        Some(text) => text.trim().parse().ok(),
        None if value.kind() == ValueKind::Bool => Some(f64::from(u8::from(value.is_true()))),
        None => f64::try_from(value.clone()).ok(),
    };
    read.unwrap_or(default.unwrap_or(0.0))
}

/// `default(default_value='', boolean=False)`: also for a false value, if `boolean`.
fn default(value: &Value, args: Rest<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    let other = args.first().cloned();
    let args = Args::new(args, kwargs);
    let other = other.or(args.get(0, "default_value")?);
    let boolean = args.flag(1, "boolean")?;
    args.finish()?;
    if value.is_undefined() || (boolean && !value.is_true()) {
        return Ok(other.unwrap_or(Value::from("")));
    }
    Ok(value.clone())
}

fn replace(text: &Value, from: &str, to: &str, count: Option<usize>) -> String {
    let text = text.to_string();
    match count {
        Some(count) => text.replacen(from, to, count),
        None => text.replace(from, to),
    }
}

fn indent(text: &Value, args: Rest<Value>, kwargs: Kwargs) -> Result<String, Error> {
    let args = Args::new(args, kwargs);
    let width = args.get(0, "width")?;
    let (first, blank) = (args.flag(1, "first")?, args.flag(2, "blank")?);
    args.finish()?;
    let indention = match width {
        Some(width) if width.as_str().is_some() => width.to_string(),
        Some(width) => " ".repeat(usize::try_from(width)?.min(WIDEST)),
        None => " ".repeat(4),
    };
    let text = text.to_string() + "\n";
    let mut out = String::new();
    for (i, line) in split_lines(&text, false).into_iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let is_indented = if i == 0 {
            first
        } else {
            blank || !line.is_empty()
        };
        if is_indented {
            out.push_str(&indention);
        }
        out.push_str(line);
    }
    Ok(out)
}

/// Jinja2 lets five characters more pass before it cuts.
fn truncate(text: &Value, args: Rest<Value>, kwargs: Kwargs) -> Result<String, Error> {
    let args = Args::new(args, kwargs);
    let length = args.usize(0, "length", 255)?;
    let kill = args.flag(1, "killwords")?;
    let end = args.get(2, "end")?.map_or("...".into(), |v| v.to_string());
    let leeway = args.usize(3, "leeway", 5)?;
    args.finish()?;
    let text = text.to_string();
    if text.chars().count() <= length.saturating_add(leeway) {
        return Ok(text);
    }
    let kept = length.saturating_sub(end.chars().count());
    let cut = text.char_indices().nth(kept).map_or(text.len(), |(i, _)| i);
    let cut = &text[..cut];
    let cut = if kill {
        cut
    } else {
        cut.rsplit_once(' ').map_or(cut, |(words, _)| words)
    };
    Ok(format!("{cut}{end}"))
}

fn center(text: &Value, width: Option<usize>) -> Value {
    methods::center(&text.to_string(), width.unwrap_or(80), ' ')
}

fn escape(value: &Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn urlencode(value: &Value) -> String {
    let mut out = String::new();
    for byte in value.to_string().bytes() {
        if byte.is_ascii_alphanumeric() || b"_.-~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
