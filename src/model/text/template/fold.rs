//! System text for templates that take no system message.

use serde_json::{Map, Value, json};

use super::shape::text_of;

/// Puts system text before the first user message, an empty line between.
pub(super) fn fold_system(messages: &mut Vec<Map<String, Value>>) {
    let is = |m: &Map<String, Value>, role: &str| m.get("role").is_some_and(|r| r == role);
    let mut system = Vec::new();
    messages.retain(|m| {
        let keep = !is(m, "system");
        if !keep {
            system.push(m.get("content").cloned().unwrap_or_default());
        }
        keep
    });
    let system: Vec<String> = system.iter().filter_map(as_text).collect();
    if system.is_empty() {
        return;
    }
    let system = system.join("\n\n");
    match messages.iter_mut().find(|m| is(m, "user")) {
        Some(user) => match user.get_mut("content") {
            Some(Value::Array(parts)) => {
                parts.insert(0, json!({"type": "text", "text": format!("{system}\n\n")}));
            }
            content => {
                let text = content
                    .as_ref()
                    .and_then(|c| as_text(c))
                    .unwrap_or_default();
                user.insert("content".into(), json!(format!("{system}\n\n{text}")));
            }
        },
        None => messages.insert(
            0,
            Map::from_iter([
                ("role".into(), json!("user")),
                ("content".into(), json!(system)),
            ]),
        ),
    }
}

fn as_text(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            let texts: Vec<_> = parts.iter().filter_map(text_of).collect();
            Some(texts.join("\n"))
        }
        _ => None,
    }
}
