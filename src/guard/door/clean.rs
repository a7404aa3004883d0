//! What comes back, made safe to read: not too large, without what nobody can see.

use ferrule_types::{Ask, Change, Changed, Outcome, Question, Reply};
use serde::{Serialize, de::DeserializeOwned};

use super::guard::Rules;
use crate::{
    text::{Finding, Hygiene},
    tools,
};

impl Rules {
    /// Cuts and cleans an outcome.
    pub(super) fn clean(&self, from: &str, outcome: &mut Outcome) {
        let most = self.policy.settings().max_result_bytes;
        if let Some(bytes) = tools::limit(outcome, most) {
            tracing::warn!(tool = from, bytes, "a result was cut");
        }
        let (Outcome::Done(output) | Outcome::Failed(output)) = outcome else {
            return;
        };
        let (clean, found) = self.results.clean_output(output);
        *output = clean;
        if found.iter().any(Finding::alarms) {
            tracing::warn!(tool = from, ?found, "a result is suspicious");
        }
    }

    /// Cleans what a server wants to have answered: a person or a model reads it.
    pub(super) fn clean_asks(&self, asks: &mut [Ask]) {
        for ask in asks {
            self.clean_ask(ask);
        }
    }

    /// Cleans what was read, or what must be answered before.
    pub(super) fn clean_reply<R>(&self, reply: Reply<R>) -> Reply<R>
    where
        R: Serialize + DeserializeOwned + Clone,
    {
        match reply {
            Reply::Done(read) => Reply::Done(scrub(&self.results, &read)),
            Reply::Asks {
                mut requests,
                state,
            } => {
                self.clean_asks(&mut requests);
                Reply::Asks { requests, state }
            }
            Reply::Task(id) => Reply::Task(id),
        }
    }

    fn clean_ask(&self, ask: &mut Ask) {
        match &mut ask.question {
            Question::Form { message, schema } => {
                self.clean_text(message);
                *schema = self.descriptions.clean_definition(schema).0;
            }
            Question::Link { message, .. } => self.clean_text(message),
            Question::Sampling { params } => *params = scrub(&self.results, params),
            // The guard of a toolbox further in made its own question; roots have no text.
            Question::Approval(_) | Question::Roots => {}
        }
    }

    /// Cleans the news of a server.
    pub(super) fn clean_change(&self, mut change: Change) -> Change {
        match &mut change.what {
            Changed::Log { data, .. } => *data = self.results.clean_json(data).0,
            Changed::Connection {
                reason: Some(reason),
                ..
            } => self.clean_text(reason),
            _ => {}
        }
        change
    }

    fn clean_text(&self, text: &mut String) {
        *text = self.descriptions.clean(text).text;
    }
}

/// Cleans every text of a value. What would not be read back stays as it was.
pub(super) fn scrub<T: Serialize + DeserializeOwned + Clone>(hygiene: &Hygiene, value: &T) -> T {
    let clean = serde_json::to_value(value).map(|value| hygiene.clean_json(&value).0);
    clean
        .and_then(serde_json::from_value)
        .unwrap_or_else(|_| value.clone())
}

/// Cleans every text of a definition, and leaves what calls depend on.
pub(super) fn scrub_definition<T: Serialize + DeserializeOwned + Clone>(
    hygiene: &Hygiene,
    value: &T,
) -> T {
    let clean = serde_json::to_value(value).map(|value| hygiene.clean_definition(&value).0);
    clean
        .and_then(serde_json::from_value)
        .unwrap_or_else(|_| value.clone())
}
