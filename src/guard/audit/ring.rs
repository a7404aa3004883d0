use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::Entry;

/// The newest entries, for looking at. Shared: every method takes `&self`.
#[derive(Debug)]
pub struct Ring {
    room: usize,
    entries: Mutex<VecDeque<Entry>>,
}

/// Which entries are wanted; texts that are found anywhere in the name, in the spelling given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// At most so many, the newest. None at all for 0.
    pub limit: usize,
    pub tool: Option<String>,
    pub server: Option<String>,
    pub errors_only: bool,
    /// Only what was called on this principal's behalf: one principal never sees another's calls.
    pub principal: Option<String>,
}

impl Default for Filter {
    fn default() -> Self {
        Filter {
            limit: 100,
            tool: None,
            server: None,
            errors_only: false,
            principal: None,
        }
    }
}

impl Default for Ring {
    fn default() -> Self {
        Ring::new(Ring::ROOM)
    }
}

impl Ring {
    /// As many as the mirrored log holds.
    pub const ROOM: usize = 1000;

    pub fn new(room: usize) -> Self {
        Ring {
            room,
            entries: Mutex::new(VecDeque::new()),
        }
    }

    pub fn record(&self, entry: &Entry) {
        let mut entries = self.held();
        entries.push_back(entry.clone());
        while entries.len() > self.room {
            entries.pop_front();
        }
    }

    /// The newest entries that the filter lets through, the oldest of them first.
    pub fn entries(&self, filter: &Filter) -> Vec<Entry> {
        let entries = self.held();
        let mut found: Vec<Entry> = entries
            .iter()
            .rev()
            .filter(|entry| filter.lets(entry))
            .take(filter.limit)
            .cloned()
            .collect();
        found.reverse();
        found
    }

    /// Forgets all, and says how many they were.
    pub fn clear(&self) -> usize {
        std::mem::take(&mut *self.held()).len()
    }

    // A panic elsewhere leaves whole entries: there is nothing to give up.
    fn held(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Filter {
    fn lets(&self, entry: &Entry) -> bool {
        let holds = |wanted: &Option<String>, name: &str| {
            wanted.as_ref().is_none_or(|wanted| name.contains(wanted))
        };
        holds(&self.tool, &entry.tool_name)
            && holds(&self.server, &entry.server_name)
            && self
                .principal
                .as_ref()
                .is_none_or(|principal| *principal == entry.principal)
            && !(self.errors_only && entry.success)
    }
}
