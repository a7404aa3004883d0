//! The record of one call. It is written however the call ends: also when its future is dropped or panics.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use ferrule_types::{Call, Context, Error, Outcome, Reply, ToolKey, Verdict};
use serde_json::{Value, json};

use super::{admit::Decision, guard::Guard};
use crate::audit::Entry;

pub(super) struct Record {
    guard: Arc<Guard>,
    context: Context,
    key: ToolKey,
    at: SystemTime,
    began: Duration,
    // Nothing once it is written.
    entry: Option<Entry>,
}

impl Record {
    /// Begins a record. The arguments come later, when it is known that they are not too much.
    pub(super) fn begin(
        guard: &Arc<Guard>,
        context: &Context,
        key: &ToolKey,
        at: SystemTime,
    ) -> Self {
        Record {
            entry: Some(Entry::new(at, context, key, &json!({}))),
            guard: guard.clone(),
            context: context.clone(),
            key: key.clone(),
            began: guard.now(),
            at,
        }
    }

    /// Keeps what was decided.
    pub(super) fn decided(&mut self, call: &Call, decision: &Decision) {
        let arguments = if decision.unbounded {
            json!({"[not kept]": "too many, too long or too deep"})
        } else {
            Value::Object(call.arguments.clone())
        };
        let entry = Entry::new(self.at, &self.context, &self.key, &arguments);
        let entry = entry.judged(&decision.verdict);
        self.entry = Some(match decision.answered_by {
            Some(who) => entry.answered_by(who),
            None => entry,
        });
    }

    /// Keeps a verdict that came before the arguments were looked at; they are not kept.
    pub(super) fn refused(&mut self, verdict: &Verdict) {
        self.entry = self.entry.take().map(|entry| entry.judged(verdict));
    }

    /// Ends the record with what came back.
    pub(super) fn end<T: Ended>(self, reply: &Result<T, Error>) {
        match reply {
            Err(error) => self.end_with(Some(&error.to_string())),
            Ok(reply) => self.end_with(reply.failure().as_deref()),
        }
    }

    /// Ends it with what went wrong, if anything did.
    pub(super) fn end_with(mut self, failure: Option<&str>) {
        self.write(failure);
    }

    fn write(&mut self, failure: Option<&str>) {
        let Some(entry) = self.entry.take() else {
            return;
        };
        let entry = entry.took(self.guard.now().saturating_sub(self.began));
        let entry = match failure {
            Some(why) => entry.failed(why),
            None => entry,
        };
        self.guard.audit().record(&entry);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.write(Some("given up before it ended"));
    }
}

/// What a record says of a reply.
pub(super) trait Ended {
    fn failure(&self) -> Option<String>;
}

impl Ended for Reply {
    fn failure(&self) -> Option<String> {
        match self {
            Reply::Done(outcome) => outcome.failure(),
            // Nothing happened yet.
            Reply::Asks { .. } => Some("waits for an answer".to_owned()),
            Reply::Task(_) => None,
        }
    }
}

impl Ended for Outcome {
    fn failure(&self) -> Option<String> {
        match self {
            Outcome::Done(_) => None,
            Outcome::Failed(output) => Some(output.in_words()),
            Outcome::Denied(ruling) => Some(ruling.reason.clone()),
        }
    }
}
