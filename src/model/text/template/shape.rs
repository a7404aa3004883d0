//! Messages in OpenAI's shape → messages as a template takes them.
//!
//! What is checked here is what would otherwise fail in the middle of a template, with a worse message; what is
//! changed is listed at each function. Nothing here protects anything: see `protect`.

use serde_json::{Map, Value, json};

use super::fold::fold_system;
use super::json as python;
use super::takes::Takes;
use crate::text::{Error, Result};

/// The roles a message may have. Roles are not protected, since templates build markers from them: hence a closed list.
pub const ROLES: [&str; 6] = [
    "system",
    "developer",
    "user",
    "assistant",
    "tool",
    "function",
];

/// Other names under which clients send an assistant's reasoning; the first is what most templates read.
const REASONING: [&str; 3] = ["reasoning_content", "thinking", "reasoning"];

/// How a template wants an assistant's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CallForm {
    /// Arguments as an object (transformers) or as a JSON string (OpenAI).
    pub object: bool,
    /// What stands for the content of a message that only calls.
    pub content: NoContent,
}

impl Default for CallForm {
    fn default() -> Self {
        Self {
            object: true,
            content: NoContent::Empty,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoContent {
    Absent,
    Empty,
    Null,
}

pub(super) fn messages(messages: &[Value], takes: &Takes) -> Result<Vec<Value>> {
    if messages.is_empty() {
        return Err(Error::NoMessages);
    }
    let mut shaped = Vec::with_capacity(messages.len());
    for (index, message) in messages.iter().enumerate() {
        let Value::Object(message) = message else {
            return Err(wrong(index, "an object", message));
        };
        shaped.push(one(index, message, takes)?);
    }
    if !takes.system {
        fold_system(&mut shaped);
    }
    Ok(shaped.into_iter().map(Value::Object).collect())
}

fn one(index: usize, message: &Map<String, Value>, takes: &Takes) -> Result<Map<String, Value>> {
    // A null is an absent key: many templates would print it as `None`.
    let mut shaped: Map<String, Value> = message
        .iter()
        .filter(|(_, v)| !v.is_null())
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let role = match shaped.get("role") {
        Some(Value::String(role)) if ROLES.contains(&role.as_str()) => role.clone(),
        Some(Value::String(role)) => {
            return Err(Error::Role {
                index,
                got: role.clone(),
                known: ROLES.join(", "),
            });
        }
        other => return Err(wrong(index, "a role", other.unwrap_or(&Value::Null))),
    };
    let role = match role.as_str() {
        "developer" if !takes.developer => "system",
        // The name that the role `tool` had before there were parallel calls.
        "function" => "tool",
        role => role,
    };
    shaped.insert("role".into(), json!(role));
    if role == "assistant" {
        reasoning(&mut shaped);
        calls(index, &mut shaped, takes)?;
    } else {
        shaped.remove("tool_calls");
    }
    if takes.short_ids
        && let Some(id) = shaped.get("tool_call_id").and_then(Value::as_str)
    {
        let id = short_id(id);
        shaped.insert("tool_call_id".into(), json!(id));
    }
    content(index, role, &mut shaped, takes)?;
    Ok(shaped)
}

/// Every name a template may read the reasoning under gets it.
fn reasoning(message: &mut Map<String, Value>) {
    let text = REASONING.iter().find_map(|key| message.get(*key)).cloned();
    if let Some(text) = text {
        for key in &REASONING[..2] {
            message.entry(*key).or_insert_with(|| text.clone());
        }
    }
}

/// Text parts become one string, one part per line, unless the template reads parts itself.
fn content(
    index: usize,
    role: &str,
    message: &mut Map<String, Value>,
    takes: &Takes,
) -> Result<()> {
    let calls = message.contains_key("tool_calls");
    let content = match message.get("content") {
        None if calls => match takes.form.content {
            NoContent::Absent => return Ok(()),
            NoContent::Empty => json!(""),
            NoContent::Null => Value::Null,
        },
        Some(Value::String(s))
            if s.is_empty() && calls && takes.form.content == NoContent::Null =>
        {
            Value::Null
        }
        None => json!(""),
        Some(Value::String(text)) => json!(text),
        Some(Value::Array(parts))
            if role != "tool" || parts.iter().all(|p| text_of(p).is_some()) =>
        {
            let texts = parts
                .iter()
                .map(|part| text_of(part).ok_or_else(|| wrong(index, "a text part", part)))
                .collect::<Result<Vec<_>>>()?;
            // Templates that read parts do so for the user; other roles they often print as they stand.
            if takes.parts && (role == "user" || !takes.string) {
                texts
                    .iter()
                    .map(|text| json!({"type": "text", "text": text}))
                    .collect()
            } else {
                json!(texts.join("\n"))
            }
        }
        // Some clients send a tool's answer as the JSON that it is, and templates have a form for that.
        Some(other) if role == "tool" => other.clone(),
        Some(other) => {
            return Err(wrong(
                index,
                "content as a string or a list of parts",
                other,
            ));
        }
    };
    let content = match content {
        Value::String(text) if !takes.string => json!([{"type": "text", "text": text}]),
        content => content,
    };
    message.insert("content".into(), content);
    Ok(())
}

pub(super) fn text_of(part: &Value) -> Option<&str> {
    match part {
        Value::String(text) => Some(text),
        Value::Object(part) => match part.get("type").and_then(Value::as_str) {
            None | Some("text" | "input_text" | "output_text") => part.get("text")?.as_str(),
            Some("refusal") => part.get("refusal")?.as_str(),
            Some(_) => None,
        },
        _ => None,
    }
}

/// Arguments take the form that the template reads; a string that is no JSON object is left alone.
fn calls(index: usize, message: &mut Map<String, Value>, takes: &Takes) -> Result<()> {
    let calls = match message.get_mut("tool_calls") {
        None => return Ok(()),
        Some(Value::Array(calls)) => calls,
        Some(other) => return Err(wrong(index, "tool_calls as a list", &other.clone())),
    };
    for call in calls.iter_mut() {
        if takes.short_ids
            && let Some(id) = call.get("id").and_then(Value::as_str)
        {
            call["id"] = json!(short_id(id));
        }
        let function = if call.get("function").is_some_and(Value::is_object) {
            &mut call["function"]
        } else {
            call
        };
        let Value::Object(function) = function else {
            return Err(wrong(
                index,
                "each tool call as an object",
                &function.clone(),
            ));
        };
        let arguments = function.get("arguments").cloned().unwrap_or_default();
        let arguments = match arguments {
            Value::Null => json!({}),
            Value::String(text) if takes.form.object => {
                if text.trim().is_empty() {
                    json!({})
                } else {
                    serde_json::from_str::<Map<String, Value>>(&text)
                        .map_or(Value::String(text), Value::Object)
                }
            }
            other if !takes.form.object && !other.is_string() => json!(python::dumps(&other)),
            other => other,
        };
        function.insert("arguments".into(), arguments);
    }
    if calls.is_empty() {
        message.remove("tool_calls");
    }
    Ok(())
}

/// The same nine letters and digits for the same id, whatever came before it in the conversation.
fn short_id(id: &str) -> String {
    if id.len() == 9 && id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return id.into();
    }
    // FNV-1a, in base 36.
    let mut hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (0..9)
        .map(|_| {
            let digit = (hash % 36) as u32;
            hash /= 36;
            char::from_digit(digit, 36).unwrap_or('0')
        })
        .collect()
}

fn wrong(index: usize, expected: &'static str, got: &Value) -> Error {
    let mut got = got.to_string();
    if let Some((cut, _)) = got.char_indices().nth(80) {
        got.truncate(cut);
        got.push('…');
    }
    Error::Message {
        index,
        expected,
        got,
    }
}
