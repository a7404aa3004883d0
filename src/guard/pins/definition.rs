//! What of a definition is pinned: all of it that a model or a policy reads.

use ferrule_types::{Json, PromptTemplate, ResourceTemplate, Tool};
use serde::Serialize;
use serde_json::{Value, json};

use super::canonical::{canonical_json, digest_json};

/// Pictures for people, and data for programs that differs from one listing to the next.
const LEFT_OUT: [&str; 2] = ["icons", "_meta"];

/// The canonical spelling of what is pinned of a tool: name, title, description, schemas, annotations, and the further
/// keys that reach a model.
pub fn canonical(tool: &Tool) -> String {
    canonical_json(&of_tool(tool))
}

/// The tool's pin: SHA-256 over [`canonical`], in hexadecimal digits.
pub fn digest(tool: &Tool) -> String {
    digest_json(&of_tool(tool))
}

pub(super) fn of_tool(tool: &Tool) -> Value {
    of(tool)
}

pub(super) fn of_prompt(prompt: &PromptTemplate) -> Value {
    of(prompt)
}

pub(super) fn of_template(template: &ResourceTemplate) -> Value {
    of(template)
}

pub(super) fn of_instructions(text: &str) -> Value {
    json!({"text": text})
}

fn of(definition: &impl Serialize) -> Value {
    let mut fields = match serde_json::to_value(definition) {
        Ok(Value::Object(fields)) => fields,
        // A struct with string keys always becomes an object; were it none, nothing would match a pin.
        _ => Json::new(),
    };
    fields.retain(|key, _| !LEFT_OUT.contains(&key.as_str()));
    Value::Object(fields)
}
