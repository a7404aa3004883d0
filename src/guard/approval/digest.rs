//! What an approval is good for, as a hash.

use ferrule_types::{Json, Tool, ToolKey};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The hash of a tool's definition.
pub fn of_tool(tool: &Tool) -> String {
    crate::pins::digest(tool)
}

/// The hash of one call: the tool's name, its definition, and the arguments without regard to the order of their keys.
///
/// Each part is preceded by its length, so that no two calls are written alike.
pub fn of_call(key: &ToolKey, tool_digest: &str, arguments: &Json) -> String {
    let mut hash = Sha256::new();
    for part in [key.server(), key.tool(), tool_digest] {
        feed(&mut hash, part.as_bytes());
    }
    object(&mut hash, arguments);
    hex(&hash.finalize())
}

fn feed(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

fn object(hash: &mut Sha256, object: &Json) {
    let mut keys: Vec<_> = object.iter().collect();
    keys.sort_by_key(|(key, _)| *key);
    hash.update(b"{");
    feed(hash, &keys.len().to_le_bytes());
    for (key, inner) in keys {
        feed(hash, key.as_bytes());
        value(hash, inner);
    }
}

// It recurses no deeper than the policy's bound on depth, which every call passes before it is asked about.
fn value(hash: &mut Sha256, of: &Value) {
    match of {
        Value::Object(inner) => object(hash, inner),
        Value::Array(items) => {
            hash.update(b"[");
            feed(hash, &items.len().to_le_bytes());
            items.iter().for_each(|item| value(hash, item));
        }
        Value::String(text) => {
            hash.update(b"s");
            feed(hash, text.as_bytes());
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            hash.update(b"p");
            feed(hash, of.to_string().as_bytes());
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
