use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Content, Context, Error, Json, Reply, Resource, ResourceContents, ResourceTemplate, Resume,
    Role, Soon, ToolKey,
};

/// What an MCP server offers beside tools. Every method has the answer of a server that has nothing
/// of the kind.
///
/// A `server` is the one that the listing named. Where the caller cannot know it, it is empty, and
/// the shelf decides by the address whose it is.
pub trait Shelf: Send + Sync {
    fn resources<'a>(
        &'a self,
        context: &'a Context,
    ) -> Soon<'a, Result<Vec<Shelved<Resource>>, Error>> {
        let _ = context;
        Box::pin(async { Ok(Vec::new()) })
    }

    fn templates<'a>(
        &'a self,
        context: &'a Context,
    ) -> Soon<'a, Result<Vec<Shelved<ResourceTemplate>>, Error>> {
        let _ = context;
        Box::pin(async { Ok(Vec::new()) })
    }

    fn read<'a>(
        &'a self,
        context: &'a Context,
        server: &'a str,
        uri: &'a str,
        resume: Option<Resume>,
    ) -> Soon<'a, Result<Reply<Reading>, Error>> {
        let _ = (context, server, resume);
        Box::pin(async move { Err(Error::not_found("resource", uri)) })
    }

    /// Asks for a [`Changed::Resource`](crate::Changed::Resource) whenever this resource changes.
    fn subscribe<'a>(
        &'a self,
        context: &'a Context,
        server: &'a str,
        uri: &'a str,
    ) -> Soon<'a, Result<(), Error>> {
        let _ = (context, server);
        Box::pin(async move { Err(Error::not_found("resource", uri)) })
    }

    fn unsubscribe<'a>(
        &'a self,
        context: &'a Context,
        server: &'a str,
        uri: &'a str,
    ) -> Soon<'a, Result<(), Error>> {
        let _ = (context, server);
        Box::pin(async move { Err(Error::not_found("subscription", uri)) })
    }

    fn prompts<'a>(
        &'a self,
        context: &'a Context,
    ) -> Soon<'a, Result<Vec<Shelved<PromptTemplate>>, Error>> {
        let _ = context;
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Fills in a prompt. Prompts are named like tools, so their key is one as well.
    fn prompt<'a>(
        &'a self,
        context: &'a Context,
        key: &'a ToolKey,
        arguments: BTreeMap<String, String>,
        resume: Option<Resume>,
    ) -> Soon<'a, Result<Reply<Rendered>, Error>> {
        let _ = (context, arguments, resume);
        Box::pin(async move { Err(Error::not_found("prompt", key.name())) })
    }

    /// Suggests values for an argument that somebody is typing.
    fn complete<'a>(
        &'a self,
        context: &'a Context,
        request: CompletionRequest,
    ) -> Soon<'a, Result<Completion, Error>> {
        let _ = (context, request);
        Box::pin(async { Ok(Completion::default()) })
    }

    /// From which level on the servers shall send [`Changed::Log`](crate::Changed::Log).
    fn log_level<'a>(
        &'a self,
        context: &'a Context,
        level: LogLevel,
    ) -> Soon<'a, Result<(), Error>> {
        let _ = (context, level);
        Box::pin(async { Ok(()) })
    }
}

/// Something on a shelf, and whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shelved<T> {
    pub server: String,
    pub item: T,
}

/// What reading a resource gave.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub contents: Vec<ResourceContents>,
    #[serde(rename = "_meta", default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Json>,
    #[serde(flatten)]
    pub extra: Json,
}

/// A prompt that a server offers, in MCP's shape. (What a model is given is a
/// [`Prompt`](crate::Prompt).)
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromptTemplate {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<PromptArgument>,
    #[serde(rename = "_meta", default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Json>,
    #[serde(flatten)]
    pub extra: Json,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromptArgument {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    #[serde(flatten)]
    pub extra: Json,
}

/// A prompt filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rendered {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub messages: Vec<PromptMessage>,
    #[serde(rename = "_meta", default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Json>,
    #[serde(flatten)]
    pub extra: Json,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromptMessage {
    pub role: Role,
    pub content: Content,
    #[serde(flatten)]
    pub extra: Json,
}

/// A wish for suggestions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompletionRequest {
    pub target: CompletionTarget,
    /// The argument being typed, and what is typed so far.
    pub argument: String,
    pub value: String,
    /// The arguments that are settled.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settled: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum CompletionTarget {
    Prompt {
        key: ToolKey,
    },
    Template {
        server: String,
        uri_template: String,
    },
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    pub values: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_more: Option<bool>,
}

/// How loud a server's log message is (RFC 5424), from the quietest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    Debug,
    Info,
    Notice,
    Warning,
    Error,
    Critical,
    Alert,
    Emergency,
}
