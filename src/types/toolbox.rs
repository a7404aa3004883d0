use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Ask, Call, Context, Error, Flow, Kind, LogLevel, Outcome, Resume, Shelf, Soon, Task, TaskAct,
    Tool, ToolKey, seconds, soon,
};

/// Anything that offers tools: an MCP server, a Python function, the code sandbox, the model
/// itself, and each of these behind a guard.
pub trait Toolbox: Send + Sync {
    /// What is offered to this caller now. A server that cannot be reached is named in the listing
    /// and does not hide the others.
    fn list<'a>(&'a self, context: &'a Context) -> Soon<'a, Result<Listing, Error>>;

    /// Makes one call. Dropping the future gives it up; the toolbox tells whoever works on it.
    ///
    /// A call that asked is made again, word for word, with the answers in `resume`.
    fn call<'a>(
        &'a self,
        context: &'a Context,
        call: Call,
        resume: Option<Resume>,
    ) -> Soon<'a, Result<Reply, Error>>;

    /// Looks at, answers or cancels a call that became a task. `server` is that of the call's key.
    fn task<'a>(
        &'a self,
        context: &'a Context,
        server: &'a str,
        id: &'a str,
        act: TaskAct,
    ) -> Soon<'a, Result<Task, Error>> {
        let _ = (context, server, act);
        Box::pin(async move { Err(Error::not_found("task", id)) })
    }

    /// What changes from now on. Each caller gets a flow of its own; one that never changes ends at
    /// once.
    fn changes(&self) -> Flow<Change> {
        soon::nothing()
    }

    /// What else is offered, for toolboxes that have more than tools.
    fn shelf(&self) -> Option<&dyn Shelf> {
        None
    }
}

/// The answer to a call, or to whatever else can ask back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", content = "with", rename_all = "snake_case")]
pub enum Reply<T = Outcome> {
    Done(T),
    /// Nothing happened yet: answer these, and call again with the same `state`.
    Asks {
        requests: Vec<Ask>,
        state: String,
    },
    /// It goes on by itself; see [`Toolbox::task`].
    Task(String),
}

/// The tools of a toolbox, in an order that does not change between calls: the order is part of the
/// model's prompt, and a prompt that stays the same is not computed again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    pub tools: Vec<Listed>,

    /// What each server says about how to use it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub instructions: BTreeMap<String, String>,

    /// The servers that should be here and are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<Absent>,

    /// For how long the listing may be kept.
    #[serde(
        rename = "ttl_seconds",
        with = "seconds::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub ttl: Option<Duration>,

    #[serde(default)]
    pub scope: Scope,
}

/// One tool of a listing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    pub key: ToolKey,
    pub tool: Tool,
}

/// A server whose tools are missing from a listing, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absent {
    pub server: String,
    pub kind: Kind,
    pub reason: String,
}

/// Who may be served a kept listing. Private unless somebody knows better: lists are filtered by
/// principal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    #[default]
    Private,
    Public,
}

impl Listed {
    /// Lists a tool of a server under its own name.
    pub fn new(server: impl Into<String>, tool: Tool) -> Result<Self, Error> {
        Ok(Listed {
            key: ToolKey::new(server, &tool.name)?,
            tool,
        })
    }

    /// The tool as the model is shown it: under the name that leads back to its key.
    pub fn shown(&self) -> Tool {
        Tool {
            name: self.key.shown().into_owned(),
            ..self.tool.clone()
        }
    }
}

impl Listing {
    /// The tool that a model or a client means by `name`: the shown name or the written key, else
    /// the bare name of a tool that only one server has. A name that means several is refused and
    /// never guessed.
    pub fn find(&self, name: &str) -> Result<&Listed, Error> {
        self.only(name, |key| key.shown() == name || key.name() == name)
            .or_else(|| self.only(name, |key| key.tool() == name))
            .unwrap_or_else(|| Err(Error::not_found("tool", name)))
    }

    /// The tool under exactly this key.
    pub fn get(&self, key: &ToolKey) -> Option<&Listed> {
        self.tools.iter().find(|listed| listed.key == *key)
    }

    fn only(&self, name: &str, means: impl Fn(&ToolKey) -> bool) -> Option<Result<&Listed, Error>> {
        let mut found = self.tools.iter().filter(|listed| means(&listed.key));
        let first = found.next()?;
        let others: Vec<String> = found
            .map(|listed| listed.key.name())
            .map(Cow::into_owned)
            .collect();
        if others.is_empty() {
            return Some(Ok(first));
        }
        let candidates = std::iter::once(first.key.name().into_owned())
            .chain(others)
            .collect();
        Some(Err(Error::Ambiguous {
            what: "tool",
            name: name.to_owned(),
            candidates,
        }))
    }
}

/// Something changed at a server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Empty where the toolbox has no servers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub server: String,

    #[serde(flatten)]
    pub what: Changed,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "changed", rename_all = "snake_case")]
pub enum Changed {
    Tools,
    Prompts,
    Resources,
    /// One resource that somebody subscribed to.
    Resource {
        uri: String,
    },
    /// The server came or went; `reason` says why it went.
    Connection {
        up: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The server has something to say.
    Log {
        level: LogLevel,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        logger: Option<String>,
        data: Value,
    },
}
