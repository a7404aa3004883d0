use serde_json::{Map, Value};

use super::{KEPT, LONGEST, REDACTED, scan::redact_text, words};

/// A value nested deeper is replaced by a note: nobody reads so far, and the stack has an end.
const DEEPEST: usize = 128;

/// The keys under which pairs of a name and a value keep their name, and those for the value.
const NAME_KEYS: &[&str] = &["name", "key", "header", "field", "variable", "option"];
const VALUE_KEYS: &[&str] = &["value", "values", "val"];

/// The same value with its secrets redacted and its long strings cut.
pub fn redact_json(value: &Value) -> Value {
    redact(value, 0)
}

fn redact(value: &Value, depth: usize) -> Value {
    match value {
        Value::Array(_) | Value::Object(_) if depth >= DEEPEST => {
            Value::from("[nested too deeply]")
        }
        Value::Array(items) => redact_list(items, depth),
        Value::Object(fields) => redact_fields(fields, depth),
        Value::String(text) => Value::String(redact_string(text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn redact_fields(fields: &Map<String, Value>, depth: usize) -> Value {
    let names_secret = |value: &Value| {
        value
            .as_str()
            .is_some_and(|name| is_name(name) && words::is_secret(name))
    };
    let is_pair = fields
        .iter()
        .any(|(key, value)| is_one_of(NAME_KEYS, key) && names_secret(value));
    let redacted = fields.iter().map(|(key, value)| {
        let secret = words::is_secret(key) || (is_pair && is_one_of(VALUE_KEYS, key));
        let value = if secret {
            hide(value)
        } else {
            redact(value, depth + 1)
        };
        (redact_text(key), value)
    });
    Value::Object(redacted.collect())
}

/// Also `["Authorization", "abc"]` and `["--token", "abc"]`: the secret stands behind its name.
fn redact_list(items: &[Value], depth: usize) -> Value {
    let behind_name = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| items[before].as_str());
        before.is_some_and(|name| {
            is_flag(name) || (items.len() == 2 && words::is_secret(name) && is_name(name))
        })
    };
    let redacted = items.iter().enumerate().map(|(at, item)| match item {
        Value::String(_) | Value::Number(_) if behind_name(at) => hide(item),
        _ => redact(item, depth + 1),
    });
    Value::Array(redacted.collect())
}

fn is_one_of(keys: &[&str], key: &str) -> bool {
    keys.iter().any(|each| each.eq_ignore_ascii_case(key))
}

fn is_flag(text: &str) -> bool {
    text.strip_prefix('-')
        .is_some_and(|name| is_name(name) && words::is_secret(name))
}

fn is_name(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

/// What says nothing stays, so that a reader sees whether there was a secret at all.
fn hide(value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        _ => Value::from(REDACTED),
    }
}

fn redact_string(text: &str) -> String {
    let redacted = redact_text(text);
    // Cheap for the many short ones: there are no more characters than bytes.
    if text.len() <= LONGEST {
        return redacted;
    }
    let count = text.chars().count();
    if count <= LONGEST {
        return redacted;
    }
    let kept: String = redacted.chars().take(KEPT).collect();
    format!("{kept}... [truncated, {count} chars total]")
}
