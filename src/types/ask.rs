use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Call, Json, Ruling};

/// Something that must be answered before a call can go on.
///
/// Asks travel outwards through every wrapper and only the outermost caller answers: the agent, the
/// HTTP edge, or the MCP client behind `expose`. It answers by making the same call again with a
/// [`Resume`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// Tells the asks of one reply apart; the answer carries it back.
    pub id: String,

    /// The server that asks; empty where it is ourselves.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub server: String,

    #[serde(flatten)]
    pub question: Question,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Question {
    /// May this call be made?
    Approval(Box<Approval>),
    /// Elicitation: fill in a form.
    Form {
        message: String,
        /// The JSON Schema of the answer: an object of plain values.
        schema: Value,
    },
    /// Elicitation: go to an address and do something there.
    Link {
        message: String,
        url: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        elicitation_id: Option<String>,
    },
    /// A server wants the model to write something: the parameters of MCP's
    /// `sampling/createMessage`.
    Sampling { params: Json },
    /// Which folders may the server work in?
    Roots,
}

/// A call that the guard will not let pass by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    pub call: Call,
    pub because: Ruling,
    /// A hash over the tool's definition and the arguments. An approval is good for exactly this
    /// and no more.
    pub digest: String,
}

/// An answer to one [`Ask`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    Approve {
        /// Also the later calls of this tool, in this session, while its definition stays the same.
        #[serde(default)]
        remember: bool,
    },
    Deny {
        /// Shown to the model.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The form as filled in; nothing for a link that was followed.
    Accept {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<Value>,
    },
    /// No, knowingly.
    Decline,
    /// No answer: the form was closed.
    Cancel,
    /// What the model wrote: MCP's result of `sampling/createMessage`.
    Sample {
        result: Json,
    },
    Roots {
        roots: Vec<Root>,
    },
}

/// A folder that a server may work in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Root {
    pub uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(flatten)]
    pub extra: Json,
}

/// What goes along when a call that asked is made again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Resume {
    /// The state of the reply that asked, untouched. Whoever made it must not trust it blindly: it
    /// was outside.
    pub state: String,

    /// By the asks' ids.
    pub answers: BTreeMap<String, Answer>,
}
