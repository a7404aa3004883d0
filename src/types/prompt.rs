use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Json, Message, Tool};

/// What the model is given to go on from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// A conversation, to be written out by the model's chat template. Special tokens spelled out
    /// in a message are text like any other; only the template makes marks.
    Chat(Chat),
    /// Text as it is; nothing is added but the model's start token. Its writer is trusted: special
    /// tokens spelled out in it are marks.
    Text(String),
    /// Tokens as they are.
    Tokens(Vec<u32>),
}

/// A conversation and what a chat template may want to know beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Chat {
    pub messages: Vec<Message>,

    /// Under the names that the model is to see: [`Listed::shown`](crate::Listed::shown).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,

    /// Texts to answer from, for templates that know them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Value>,

    /// Opens the assistant's turn. Off, the last message is left as it is.
    pub add_generation_prompt: bool,

    /// Goes on with the last message instead of answering it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub continue_final_message: bool,

    /// Absent: as the template decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_thinking: Option<bool>,

    /// Further variables for the template.
    #[serde(skip_serializing_if = "Json::is_empty")]
    pub template_args: Json,
}

impl Default for Chat {
    fn default() -> Self {
        Chat {
            messages: Vec::new(),
            tools: Vec::new(),
            documents: Vec::new(),
            add_generation_prompt: true,
            continue_final_message: false,
            enable_thinking: None,
            template_args: Json::new(),
        }
    }
}

impl From<Vec<Message>> for Chat {
    fn from(messages: Vec<Message>) -> Self {
        Chat {
            messages,
            ..Chat::default()
        }
    }
}

impl From<Chat> for Prompt {
    fn from(chat: Chat) -> Self {
        Prompt::Chat(chat)
    }
}

impl From<&str> for Prompt {
    fn from(text: &str) -> Self {
        Prompt::Text(text.to_owned())
    }
}

impl From<Vec<u32>> for Prompt {
    fn from(tokens: Vec<u32>) -> Self {
        Prompt::Tokens(tokens)
    }
}
