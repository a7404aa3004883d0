//! What an approval is good for, as a hash.

use ferrule_types::{Json, ToolKey};
use serde_json::json;

use crate::pins::digest_json;

/// The hash of one call: the tool's name, its definition by its pin, and the arguments, in canonical form. The policy's
/// bound on depth has passed before.
pub fn of_call(key: &ToolKey, pin: &str, arguments: &Json) -> String {
    digest_json(&json!({
        "server": key.server(),
        "tool": key.tool(),
        "definition": pin,
        "arguments": arguments,
    }))
}
