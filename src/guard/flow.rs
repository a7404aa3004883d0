//! The flow rule: once a session has read what strangers wrote, what can do harm needs approval.
//!
//! *In*: each call that was made, with what is known of its tool; each call that is about to be made. *Out*: a ruling
//! that asks, or nothing. Text from outside may be written to make a model act; so after it, calls that destroy, run
//! code, spend, or leave the machine are a person's business.
//!
//! **Protected**: within a session, and for callers without one within their principal, also when the text came through
//! a resource. **Not protected**: text that comes in by the user's own hand, or through a store that another session
//! filled.
//!
//! It does not know: what the text says.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use ferrule_types::{Context, Ruling, Tool, ToolKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::tools::risk::{Class, Risk};

/// Sessions that are remembered; beyond, every session counts as one that has read.
const MOST_SESSIONS: usize = 10_000;

/// Calls that are named to the person who is asked.
const NAMED: usize = 3;

/// When the rule speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    Off,
    /// Where somebody is there to be asked. Elsewhere a question is a denial, and half of all programs would stop at
    /// their second call.
    #[default]
    WithApprover,
    Always,
}

/// What the rule looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub when: When,
    /// Servers whose word is taken for whether they reach beyond themselves or do harm. Tools of no server are the
    /// program's own, and are trusted so far without being named.
    pub trusted_servers: BTreeSet<String>,
    /// The classes that need approval afterwards.
    pub ask: Risk,
}

impl Default for Settings {
    fn default() -> Self {
        let ask = [
            Class::Deletes,
            Class::RunsCode,
            Class::SendsOut,
            Class::Spends,
            Class::Unknown,
        ];
        Settings {
            when: When::default(),
            trusted_servers: BTreeSet::new(),
            ask: Risk::of(&ask),
        }
    }
}

/// What is known of a call's tool.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub key: &'a ToolKey,
    pub tool: &'a Tool,
    pub risk: Risk,
}

/// Which calls brought foreign text into which session.
#[derive(Debug, Default)]
pub struct Flow {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    sessions: HashMap<Session, VecDeque<String>>,
    // Set when there were too many to remember.
    everyone: bool,
}

type Session = (String, Option<String>);

impl Flow {
    /// Notes that a call was made. It is noted before the call, so that a call running beside it is judged by it.
    pub fn note(&self, settings: &Settings, context: &Context, source: &Source<'_>) {
        if settings.when != When::Off && is_foreign(settings, source) {
            self.note_text(context, &source.key.name());
        }
    }

    /// Notes that text from elsewhere came in: a resource, a prompt.
    pub fn note_text(&self, context: &Context, from: &str) {
        let mut seen = self.lock();
        if seen.sessions.len() >= MOST_SESSIONS && !seen.sessions.contains_key(&session(context)) {
            seen.everyone = true;
            return;
        }
        let calls = seen.sessions.entry(session(context)).or_default();
        if !calls.iter().any(|call| call == from) {
            calls.push_back(from.to_owned());
            calls.truncate(NAMED);
        }
    }

    /// What speaks against making this call unasked.
    pub fn judge(
        &self,
        settings: &Settings,
        context: &Context,
        source: &Source<'_>,
    ) -> Option<Ruling> {
        let asked = settings.ask.shared(source.risk);
        if settings.when == When::Off || asked.is_none() || is_harmless(settings, source, asked) {
            return None;
        }
        let from = self.brought_in(context)?;
        let text = format!(
            "tool '{}' needs approval: it {asked}, and this session has read text from outside through {from}",
            source.key.tool()
        );
        Some(Ruling::new("flow.after_foreign_text", text))
    }

    /// Forgets a session that has ended.
    pub fn end(&self, context: &Context) {
        self.lock().sessions.remove(&session(context));
    }

    fn brought_in(&self, context: &Context) -> Option<String> {
        let seen = self.lock();
        match seen.sessions.get(&session(context)) {
            Some(calls) => Some(
                calls
                    .iter()
                    .map(|call| format!("'{call}'"))
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            None => seen.everyone.then(|| "some tool".to_owned()),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn session(context: &Context) -> Session {
    (
        context.principal.to_string(),
        context.session.as_deref().map(str::to_owned),
    )
}

/// Whether the tool may bring in text of strangers. Who is not trusted does so always; who is, when the tool's words or
/// its own claim say that it reaches out.
fn is_foreign(settings: &Settings, source: &Source<'_>) -> bool {
    let claimed = source
        .tool
        .annotations
        .as_ref()
        .and_then(|claims| claims.get("openWorldHint"));
    !is_trusted(settings, source.key)
        || source.risk.has(Class::SendsOut)
        || claimed == Some(&Value::Bool(true))
}

/// No word tells what the tool does, and it is trusted to have said if it did harm.
fn is_harmless(settings: &Settings, source: &Source<'_>, asked: Risk) -> bool {
    asked == Risk::of(&[Class::Unknown]) && is_trusted(settings, source.key)
}

fn is_trusted(settings: &Settings, key: &ToolKey) -> bool {
    key.server().is_empty() || settings.trusted_servers.contains(key.server())
}

#[cfg(test)]
#[path = "tests/flow.rs"]
mod tests;
