//! Whose a task is: its number is short, and another caller could guess it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use ferrule_types::{Context, ToolKey};

/// Tasks that are remembered; beyond, the oldest is nobody's any more.
const MOST: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Tasks(Mutex<Begun>);

#[derive(Debug, Default)]
struct Begun {
    tasks: HashMap<Name, Owner>,
    order: VecDeque<Name>,
}

/// The server, and the number there.
type Name = (String, String);

#[derive(Debug)]
struct Owner {
    principal: String,
    session: Option<String>,
    key: ToolKey,
    ended: bool,
}

impl Tasks {
    pub(super) fn begin(&self, context: &Context, key: &ToolKey, id: &str) {
        let name = (key.server().to_owned(), id.to_owned());
        let owner = Owner {
            principal: context.principal.to_string(),
            session: context.session.as_deref().map(str::to_owned),
            key: key.clone(),
            ended: false,
        };
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if begun.tasks.insert(name.clone(), owner).is_none() {
            begun.order.push_back(name);
        }
        if begun.order.len() > MOST
            && let Some(oldest) = begun.order.pop_front()
        {
            begun.tasks.remove(&oldest);
        }
    }

    /// The tool that this caller's task is a call of.
    pub(super) fn key(&self, context: &Context, server: &str, id: &str) -> Option<ToolKey> {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let owner = begun.tasks.get(&(server.to_owned(), id.to_owned()))?;
        let theirs = owner.principal == *context.principal
            && owner.session.as_deref() == context.session.as_deref();
        theirs.then(|| owner.key.clone())
    }

    /// Says, once, that a task has ended.
    pub(super) fn end(&self, server: &str, id: &str) -> bool {
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match begun.tasks.get_mut(&(server.to_owned(), id.to_owned())) {
            Some(owner) => !std::mem::replace(&mut owner.ended, true),
            None => false,
        }
    }
}
