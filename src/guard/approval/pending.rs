use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use ferrule_types::Context;

/// A call that waits for an answer, ours or one that its toolbox asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspended {
    /// Of the call; an answer is good for no other.
    pub digest: String,
    /// Whether the guard has let the call pass already; then it is the toolbox that asks.
    pub admitted: bool,
    /// The toolbox's own state, which goes back to it untouched.
    pub inner: Option<String>,
}

/// Calls wait here for so long.
const KEPT: Duration = Duration::from_hours(1);

/// More do not wait: the oldest is forgotten, and asked about again if it comes back.
const MOST: usize = 4096;

/// The calls that wait. What goes outside is a number; what it stands for stays here, so that nobody outside can write
/// himself an approval.
#[derive(Debug, Default)]
pub struct Pending {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    last: u64,
    by_state: HashMap<String, Entry>,
    order: VecDeque<String>,
}

#[derive(Debug)]
struct Entry {
    suspended: Suspended,
    principal: String,
    session: Option<String>,
    since: Duration,
}

impl Pending {
    /// Suspends a call and answers its state.
    pub fn suspend(&self, context: &Context, suspended: Suspended, now: Duration) -> String {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.last += 1;
        let state = format!("guard:{}", waiting.last);
        let entry = Entry {
            suspended,
            principal: context.principal.to_string(),
            session: context.session.as_deref().map(str::to_owned),
            since: now,
        };
        waiting.by_state.insert(state.clone(), entry);
        waiting.order.push_back(state.clone());
        if waiting.order.len() > MOST
            && let Some(oldest) = waiting.order.pop_front()
        {
            waiting.by_state.remove(&oldest);
        }
        state
    }

    /// Takes the call that waits under `state`, if it is this caller's and this call. It is taken once.
    pub fn take(
        &self,
        context: &Context,
        state: &str,
        digest: &str,
        now: Duration,
    ) -> Option<Suspended> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = waiting.by_state.get(state)?;
        let theirs = entry.principal == *context.principal
            && entry.session.as_deref() == context.session.as_deref();
        let fits =
            theirs && entry.suspended.digest == digest && now.saturating_sub(entry.since) < KEPT;
        if !fits {
            return None;
        }
        waiting.order.retain(|each| each != state);
        waiting.by_state.remove(state).map(|entry| entry.suspended)
    }
}
