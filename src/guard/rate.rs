//! How often.
//!
//! *In*: who calls what, and the time. *Out*: yes, or which limit was reached and when there is room again. A window of
//! one minute slides over the calls that were admitted; a call that was refused costs nothing.
//!
//! It does not know: the clock, which the door reads, and what a call does.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use ferrule_types::{Ruling, ToolKey};
use serde::{Deserialize, Serialize};

const WINDOW: Duration = Duration::from_mins(1);

/// More callers than this in one minute are one caller who changes names.
const MOST_BUCKETS: usize = 50_000;

/// Calls per minute; 0 is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    pub per_tool: u32,
    pub per_server: u32,
    pub per_session: u32,
    pub per_principal: u32,
    pub all: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            per_tool: 60,
            per_server: 0,
            per_session: 0,
            per_principal: 0,
            all: 0,
        }
    }
}

/// Who calls what.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    pub key: &'a ToolKey,
    pub principal: &'a str,
    pub session: Option<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Bucket {
    Tool(ToolKey),
    Server(String),
    Session(String, String),
    Principal(String),
    All,
}

/// The calls of the last minute.
#[derive(Debug, Default)]
pub struct Rates {
    calls: Mutex<HashMap<Bucket, VecDeque<Duration>>>,
}

impl Rates {
    /// Whether there is room, without taking it.
    pub fn check(&self, limits: &Limits, caller: &Caller<'_>, now: Duration) -> Result<(), Ruling> {
        self.look(limits, caller, now, false)
    }

    /// Takes the room for one call; from all limits, or from none.
    pub fn admit(&self, limits: &Limits, caller: &Caller<'_>, now: Duration) -> Result<(), Ruling> {
        self.look(limits, caller, now, true)
    }

    fn look(
        &self,
        limits: &Limits,
        caller: &Caller<'_>,
        now: Duration,
        take: bool,
    ) -> Result<(), Ruling> {
        let buckets = buckets(limits, caller);
        if buckets.is_empty() {
            return Ok(());
        }
        // A count that somebody left while panicking is still a count.
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        for (bucket, limit) in &buckets {
            if let Some(times) = calls.get_mut(bucket) {
                forget(times, now);
                if times.len() >= *limit as usize {
                    return Err(exceeded(bucket, *limit, times.front().copied(), now));
                }
            }
        }
        if !take {
            return Ok(());
        }
        make_room(&mut calls, now)?;
        for (bucket, _) in buckets {
            calls.entry(bucket).or_default().push_back(now);
        }
        Ok(())
    }
}

fn buckets(limits: &Limits, caller: &Caller<'_>) -> Vec<(Bucket, u32)> {
    let Caller {
        key,
        principal,
        session,
    } = *caller;
    let mut buckets = vec![(Bucket::Tool(key.clone()), limits.per_tool)];
    if limits.per_server > 0 {
        buckets.push((Bucket::Server(key.server().to_owned()), limits.per_server));
    }
    if let Some(session) = session.filter(|_| limits.per_session > 0) {
        buckets.push((
            Bucket::Session(principal.to_owned(), session.to_owned()),
            limits.per_session,
        ));
    }
    if limits.per_principal > 0 {
        buckets.push((
            Bucket::Principal(principal.to_owned()),
            limits.per_principal,
        ));
    }
    buckets.push((Bucket::All, limits.all));
    buckets.retain(|(_, limit)| *limit > 0);
    buckets
}

fn forget(times: &mut VecDeque<Duration>, now: Duration) {
    while times
        .front()
        .is_some_and(|&time| now.saturating_sub(time) >= WINDOW)
    {
        times.pop_front();
    }
}

/// Fails closed: nobody gets a fresh count by taking a new name often enough.
fn make_room(calls: &mut HashMap<Bucket, VecDeque<Duration>>, now: Duration) -> Result<(), Ruling> {
    if calls.len() < MOST_BUCKETS {
        return Ok(());
    }
    calls.retain(|_, times| {
        forget(times, now);
        !times.is_empty()
    });
    if calls.len() < MOST_BUCKETS {
        return Ok(());
    }
    let text =
        format!("more than {MOST_BUCKETS} callers and tools within a minute: try again later");
    Err(Ruling::new("rate.callers", text))
}

fn exceeded(bucket: &Bucket, limit: u32, first: Option<Duration>, now: Duration) -> Ruling {
    let (rule, who) = match bucket {
        Bucket::Tool(key) => ("rate.tool", format!("tool '{}'", key.name())),
        Bucket::Server(server) => ("rate.server", format!("server '{server}'")),
        Bucket::Session(_, _) => ("rate.session", "this session".to_owned()),
        Bucket::Principal(_) => ("rate.principal", "this principal".to_owned()),
        Bucket::All => ("rate.all", "all tools".to_owned()),
    };
    let free = first.map_or(WINDOW, |first| (first + WINDOW).saturating_sub(now));
    let wait = free.as_secs() + 1;
    Ruling::new(
        rule,
        format!(
            "Rate limit exceeded for {who}: max {limit} calls per minute; try again in {wait} s"
        ),
    )
}

#[cfg(test)]
#[path = "tests/rate.rs"]
mod tests;
