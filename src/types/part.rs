use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;

use crate::Json;

/// One part of a message that is more than a string, in the chat completions API's shape.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part {
    Text(TextPart),
    ImageUrl(ImagePart),
    InputAudio(AudioPart),
    /// A part of a type that we do not know, word for word.
    #[serde(untagged)]
    Other(Value),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextPart {
    pub text: String,
    #[serde(flatten)]
    pub extra: Json,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImagePart {
    pub image_url: ImageUrl,
    #[serde(flatten)]
    pub extra: Json,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageUrl {
    /// An address, or the picture itself as a `data:` URL.
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(flatten)]
    pub extra: Json,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AudioPart {
    pub input_audio: InputAudio,
    #[serde(flatten)]
    pub extra: Json,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputAudio {
    /// Base64.
    pub data: String,
    pub format: String,
    #[serde(flatten)]
    pub extra: Json,
}

impl Part {
    pub fn text(text: impl Into<String>) -> Self {
        Part::Text(TextPart {
            text: text.into(),
            extra: Json::new(),
        })
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Part::Text(part) => Some(&part.text),
            _ => None,
        }
    }
}

// A known type that lacks its value is the caller's mistake and is told as one; derived code would
// file it under `Other`.
impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut part = Json::deserialize(from)?;
        let part = match part.get("type").and_then(Value::as_str) {
            Some("text") => untyped(&mut part).map(Part::Text),
            Some("image_url") => untyped(&mut part).map(Part::ImageUrl),
            Some("input_audio") => untyped(&mut part).map(Part::InputAudio),
            Some(_) => return Ok(Part::Other(Value::Object(part))),
            None => return Err(D::Error::missing_field("type")),
        };
        part.map_err(D::Error::custom)
    }
}

/// Reads the fields beside `type`.
fn untyped<T: for<'de> Deserialize<'de>>(part: &mut Json) -> serde_json::Result<T> {
    // Not `swap_remove`, which is what `remove` does: the order of the other keys is the caller's.
    part.shift_remove("type");
    serde_json::from_value(Value::Object(std::mem::take(part)))
}
