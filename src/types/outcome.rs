use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Content, Error, Json, Ruling};

/// What came back from a call.
///
/// None of these is an error: a tool that failed and a call that was denied are shown to the model,
/// which may try something else. An [`Error`] means that there is no outcome at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Outcome {
    /// The tool ran and answered.
    Done(Output),
    /// The tool ran, or could not be reached, and says what went wrong.
    Failed(Output),
    /// The call was never made: the guard, or whoever was asked, said no.
    Denied(Ruling),
}

/// What a tool gives, in the shape of MCP's tool result less `isError`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    #[serde(default)]
    pub content: Vec<Content>,
    /// What a program reads, where the tool declares an output schema. Any JSON value.
    #[serde(
        rename = "structuredContent",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub structured: Option<Value>,
    #[serde(rename = "_meta", default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Json>,
    #[serde(flatten)]
    pub extra: Json,
}

impl Output {
    /// The output as a model that reads only text sees it. Structured content speaks only where
    /// there is no other, since a tool that gives it is told to give the same as text.
    pub fn in_words(&self) -> String {
        match (&self.structured, self.content.is_empty()) {
            (Some(value), true) => value.to_string(),
            _ => self
                .content
                .iter()
                .map(Content::in_words)
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }
}

impl From<Vec<Content>> for Output {
    fn from(content: Vec<Content>) -> Self {
        Output {
            content,
            ..Output::default()
        }
    }
}

impl From<&str> for Output {
    fn from(text: &str) -> Self {
        Output::from(vec![Content::text(text)])
    }
}

impl From<String> for Output {
    fn from(text: String) -> Self {
        Output::from(vec![Content::text(text)])
    }
}

impl Outcome {
    pub fn done(output: impl Into<Output>) -> Self {
        Outcome::Done(output.into())
    }

    pub fn failed(output: impl Into<Output>) -> Self {
        Outcome::Failed(output.into())
    }

    pub fn is_done(&self) -> bool {
        matches!(self, Outcome::Done(_))
    }

    pub fn output(&self) -> Option<&Output> {
        match self {
            Outcome::Done(output) | Outcome::Failed(output) => Some(output),
            Outcome::Denied(_) => None,
        }
    }

    /// What the model is told.
    pub fn in_words(&self) -> String {
        match self {
            Outcome::Done(output) => output.in_words(),
            Outcome::Failed(output) => format!("error: {}", output.in_words()),
            Outcome::Denied(ruling) => format!("denied: {ruling}"),
        }
    }

    /// Reads MCP's tool result. Keys that we do not know stay, also an explicit `isError: false`.
    pub fn from_mcp(mut result: Json) -> Result<Outcome, Error> {
        let failed = result.get("isError") == Some(&Value::Bool(true));
        if failed {
            result.shift_remove("isError");
        }
        let output = serde_json::from_value(Value::Object(result))
            .map_err(|e| Error::json("tool result", e))?;
        Ok(if failed {
            Outcome::Failed(output)
        } else {
            Outcome::Done(output)
        })
    }

    /// Writes MCP's tool result. MCP has no word for a denial: it becomes an error that says which
    /// rule spoke.
    pub fn to_mcp(&self) -> Json {
        let (output, failed) = match self {
            Outcome::Done(output) => (output, false),
            Outcome::Failed(output) => (output, true),
            Outcome::Denied(_) => (&Output::from(self.in_words()), true),
        };
        let mut result = match serde_json::to_value(output) {
            Ok(Value::Object(result)) => result,
            // A struct with string keys always becomes an object.
            _ => Json::new(),
        };
        if failed {
            result.insert("isError".to_owned(), Value::Bool(true));
        }
        result
    }
}

/// Keeps an explicit `null`: in structured content it is a value.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}
