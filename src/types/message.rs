use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;

use crate::{Error, Json, Part};

/// One message of a conversation, in the shape of the chat completions API.
///
/// Its JSON goes straight into a chat template, so it says what the caller said: absent content
/// stays absent and `null` stays `null` (templates tell them apart), and keys that we do not know
/// stay in `extra`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub role: Role,

    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub content: Option<MessageContent>,

    /// What the model thought before it spoke, kept apart from what it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<String>,

    /// What an assistant asked for. An empty list and `null` are the same as no list.
    #[serde(
        default,
        deserialize_with = "null_is_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tool_calls: Vec<ToolCall>,

    /// Which call a tool's message answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,

    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    #[serde(flatten)]
    pub extra: Json,
}

impl Message {
    pub fn new(role: Role, content: impl Into<MessageContent>) -> Self {
        Message {
            role,
            content: Some(content.into()),
            reasoning_content: None,
            tool_calls: Vec::new(),
            tool_call_id: None,
            name: None,
            extra: Json::new(),
        }
    }

    pub fn system(content: impl Into<MessageContent>) -> Self {
        Message::new(Role::System, content)
    }

    pub fn user(content: impl Into<MessageContent>) -> Self {
        Message::new(Role::User, content)
    }

    pub fn assistant(content: impl Into<MessageContent>) -> Self {
        Message::new(Role::Assistant, content)
    }

    /// An assistant's message that only asks for tools.
    pub fn calling(calls: Vec<ToolCall>) -> Self {
        Message {
            tool_calls: calls,
            ..Message::new(Role::Assistant, MessageContent::Null)
        }
    }

    /// A tool's answer to one call.
    pub fn tool(call_id: impl Into<String>, content: impl Into<MessageContent>) -> Self {
        Message {
            tool_call_id: Some(call_id.into()),
            ..Message::new(Role::Tool, content)
        }
    }

    /// Fails for a message that says nothing and asks for nothing; `at` is its place in the conversation.
    pub fn check(&self, at: usize) -> Result<(), Error> {
        let silent = matches!(self.content, None | Some(MessageContent::Null));
        let asks = !self.tool_calls.is_empty();
        if silent && !asks && self.reasoning_content.is_none() && self.extra.is_empty() {
            let field = format!("messages[{at}].content");
            let allowed = "given, unless the message has `tool_calls`";
            return Err(Error::invalid(field, allowed, "nothing"));
        }
        Ok(())
    }

    /// What the message says in words: its text, or its text parts joined by line ends; never its
    /// reasoning.
    pub fn text(&self) -> Cow<'_, str> {
        self.content
            .as_ref()
            .map_or(Cow::Borrowed(""), MessageContent::text)
    }
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    System,
    /// What newer clients say for `system`. Kept apart, because some templates know both.
    Developer,
    User,
    Assistant,
    /// Also read from `function`, the name that it had before there were several calls.
    Tool,
}

impl Role {
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::System => "system",
            Role::Developer => "developer",
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::Tool => "tool",
        }
    }

    fn named(name: &str) -> Option<Role> {
        Some(match name {
            "system" => Role::System,
            "developer" => Role::Developer,
            "user" => Role::User,
            "assistant" => Role::Assistant,
            "tool" | "function" => Role::Tool,
            _ => return None,
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(from)?;
        Role::named(&name).ok_or_else(|| {
            D::Error::custom(format_args!(
                "role must be system, developer, user, assistant or tool, got `{name}`"
            ))
        })
    }
}

/// What a message holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum MessageContent {
    /// An explicit `null`, as assistants send beside their calls.
    Null,
    Text(String),
    Parts(Vec<Part>),
}

impl MessageContent {
    /// The text, or the text parts joined by line ends.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            MessageContent::Null => Cow::Borrowed(""),
            MessageContent::Text(text) => Cow::Borrowed(text),
            MessageContent::Parts(parts) => {
                let texts: Vec<&str> = parts.iter().filter_map(Part::as_text).collect();
                match texts[..] {
                    [only] => Cow::Borrowed(only),
                    _ => Cow::Owned(texts.join("\n")),
                }
            }
        }
    }
}

impl From<&str> for MessageContent {
    fn from(text: &str) -> Self {
        MessageContent::Text(text.to_owned())
    }
}

impl From<String> for MessageContent {
    fn from(text: String) -> Self {
        MessageContent::Text(text)
    }
}

impl From<Vec<Part>> for MessageContent {
    fn from(parts: Vec<Part>) -> Self {
        MessageContent::Parts(parts)
    }
}

// By hand, because serde's untagged enums answer "did not match any variant" and nothing more.
impl<'de> Deserialize<'de> for MessageContent {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::Null => Ok(MessageContent::Null),
            Value::String(text) => Ok(MessageContent::Text(text)),
            Value::Array(parts) => {
                let parts = parts.into_iter().enumerate().map(|(at, part)| {
                    serde_json::from_value(part).map_err(|problem| {
                        D::Error::custom(format_args!("content part {at}: {problem}"))
                    })
                });
                Ok(MessageContent::Parts(parts.collect::<Result<_, _>>()?))
            }
            other => Err(D::Error::custom(format_args!(
                "content must be a string, a list of parts or null, got `{other}`"
            ))),
        }
    }
}

/// A call as it stands in a conversation: the wire's shape, arguments still text. See
/// [`Call`](crate::Call).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,

    /// `function` is the only type that we act on.
    #[serde(rename = "type", default = "function")]
    pub kind: String,

    pub function: FunctionCall,

    #[serde(flatten)]
    pub extra: Json,
}

impl ToolCall {
    /// A call of the function `name`, whose arguments are the text of a JSON object.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        arguments: impl Into<String>,
    ) -> Self {
        let function = FunctionCall {
            name: name.into(),
            arguments: arguments.into(),
            extra: Json::new(),
        };
        ToolCall {
            id: id.into(),
            kind: "function".to_owned(),
            function,
            extra: Json::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionCall {
    pub name: String,

    /// The text of a JSON object, as the model wrote it. An object is read too, as some templates'
    /// users write it.
    #[serde(default, deserialize_with = "text_or_object")]
    pub arguments: String,

    #[serde(flatten)]
    pub extra: Json,
}

fn function() -> String {
    "function".to_owned()
}

/// Keeps an explicit `null`, which serde would read as an absent value.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<MessageContent>, D::Error> {
    MessageContent::deserialize(from).map(Some)
}

fn null_is_empty<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<ToolCall>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

fn text_or_object<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) => Ok(text),
        Value::Null => Ok(String::new()),
        object @ Value::Object(_) => Ok(object.to_string()),
        other => Err(D::Error::custom(format_args!(
            "arguments must be the text of a JSON object, or an object, got `{other}`"
        ))),
    }
}
