use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Json, Resource, ResourceContents};

/// One block of what a tool, a resource or a prompt gives, in MCP's shape.
///
/// Whatever we do not know passes word for word: a block of an unknown type, or one that lacks what
/// its type promises, is `Other`; unknown keys of a known type stay in `extra`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    Text(Text),
    Image(Image),
    Audio(Audio),
    /// A pointer to something that can be read from the server.
    ResourceLink(Resource),
    /// The thing itself.
    Resource(Embedded),
    #[serde(untagged)]
    Other(Value),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Text {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Json>,
    #[serde(rename = "_meta", default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Json>,
    #[serde(flatten)]
    pub extra: Json,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// Base64, as it came.
    pub data: String,
    pub mime_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Json>,
    #[serde(rename = "_meta", default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Json>,
    #[serde(flatten)]
    pub extra: Json,
}

/// Sound has exactly the fields of a picture.
pub type Audio = Image;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Embedded {
    pub resource: ResourceContents,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Json>,
    #[serde(rename = "_meta", default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Json>,
    #[serde(flatten)]
    pub extra: Json,
}

impl Content {
    pub fn text(text: impl Into<String>) -> Self {
        Content::Text(Text {
            text: text.into(),
            annotations: None,
            meta: None,
            extra: Json::new(),
        })
    }

    /// A picture; `data` is base64.
    pub fn image(data: impl Into<String>, mime_type: impl Into<String>) -> Self {
        Content::Image(Image {
            data: data.into(),
            mime_type: mime_type.into(),
            annotations: None,
            meta: None,
            extra: Json::new(),
        })
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Content::Text(block) => Some(&block.text),
            Content::Resource(block) => block.resource.text.as_deref(),
            _ => None,
        }
    }

    /// The block as a model that reads only text sees it: its words, or a short note of what is
    /// there.
    pub fn in_words(&self) -> String {
        match self {
            Content::Text(block) => block.text.clone(),
            Content::Image(block) => format!("[image: {}]", block.mime_type),
            Content::Audio(block) => format!("[audio: {}]", block.mime_type),
            Content::ResourceLink(link) => format!("[resource: {}]", link.uri),
            Content::Resource(block) => match &block.resource.text {
                Some(text) => text.clone(),
                None => format!("[resource: {}]", block.resource.uri),
            },
            Content::Other(value) => value.to_string(),
        }
    }
}
