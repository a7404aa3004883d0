use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Error, Json, ToolCall, ToolKey};

/// One wish for a tool to be called: the tool under its canonical key, and the arguments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Tells the calls of a conversation apart; the outcome carries it back.
    pub id: String,

    pub key: ToolKey,

    /// Always an object.
    pub arguments: Json,

    /// The arguments as the model wrote them, where a model did. History shows the model its own
    /// words; policy and the tool see `arguments`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,

    /// MCP's `_meta` of the request that asked for this call, if one did.
    #[serde(rename = "_meta", default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Json>,
}

impl Call {
    pub fn new(id: impl Into<String>, key: ToolKey, arguments: Json) -> Self {
        Call {
            id: id.into(),
            key,
            arguments,
            raw: None,
            meta: None,
        }
    }

    /// A call whose arguments a model wrote. No text at all means no arguments; text that is not
    /// one JSON object is refused, because guessing what was meant would run a tool with arguments
    /// that nobody wrote.
    pub fn written(
        id: impl Into<String>,
        key: ToolKey,
        raw: impl Into<String>,
    ) -> Result<Self, Error> {
        let raw = raw.into();
        let arguments = match raw.trim() {
            "" => Json::new(),
            text => serde_json::from_str(text)
                .map_err(|e| Error::json(format!("arguments of `{key}`"), e))?,
        };
        Ok(Call {
            id: id.into(),
            key,
            arguments,
            raw: Some(raw),
            meta: None,
        })
    }

    /// The call as it stands in a conversation, under the name that the model saw.
    pub fn to_message(&self) -> ToolCall {
        let arguments = match &self.raw {
            Some(raw) => raw.clone(),
            None => Value::Object(self.arguments.clone()).to_string(),
        };
        ToolCall::new(&self.id, self.key.shown(), arguments)
    }
}
