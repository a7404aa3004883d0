use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::Error;

/// What travels with every call through a seam: for whom, until when, and who first wanted it.
///
/// Cloning is cheap. A callee that starts work of its own takes a [`child`](Context::child), so
/// that ending the child does not end the caller.
#[derive(Debug, Clone)]
pub struct Context {
    /// On whose behalf. Stores, caches, rates and approvals are kept apart by it.
    pub principal: Arc<str>,
    /// The conversation or client session, where there is one.
    pub session: Option<Arc<str>>,
    /// When the answer stops being useful.
    pub deadline: Option<Instant>,
    /// Tripped when the caller gives up; whoever waits, waits on this too.
    pub cancel: CancellationToken,
    /// Where to tell how far the work is.
    pub progress: ProgressSink,
    pub trace: Trace,
    // Private: it can be lowered and never raised.
    asked_by: AskedBy,
}

/// Who first wanted this, from the most to the least authority. What an operator wrote into a
/// configuration may do what a request may not, and a model's wish may do the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskedBy {
    Operator,
    Request,
    Model,
}

/// The caller's place in a distributed trace (W3C Trace Context), passed on as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracestate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baggage: Option<String>,
}

impl Context {
    /// The principal of a process that serves nobody but its user.
    pub const LOCAL: &str = "local";

    pub fn new(asked_by: AskedBy) -> Self {
        Context {
            principal: Arc::from(Context::LOCAL),
            session: None,
            deadline: None,
            cancel: CancellationToken::new(),
            progress: ProgressSink::default(),
            trace: Trace::default(),
            asked_by,
        }
    }

    pub fn asked_by(&self) -> AskedBy {
        self.asked_by
    }

    pub fn on_behalf_of(self, principal: impl Into<Arc<str>>) -> Self {
        Context {
            principal: principal.into(),
            ..self
        }
    }

    pub fn in_session(self, session: impl Into<Arc<str>>) -> Self {
        Context {
            session: Some(session.into()),
            ..self
        }
    }

    pub fn reporting(self, progress: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Context {
            progress: ProgressSink::new(progress),
            ..self
        }
    }

    /// The same context with no more authority than `at_most` has.
    pub fn narrowed(self, at_most: AskedBy) -> Self {
        Context {
            asked_by: self.asked_by.max(at_most),
            ..self
        }
    }

    /// The same context, which ends after `time` if it does not end earlier.
    pub fn within(self, time: Duration) -> Self {
        // A time too long for the clock is no limit.
        let ours = Instant::now().checked_add(time);
        let deadline = match (self.deadline, ours) {
            (Some(theirs), Some(ours)) => Some(theirs.min(ours)),
            (theirs, ours) => theirs.or(ours),
        };
        Context { deadline, ..self }
    }

    /// A context for a piece of this work: cancelled with it, and alone.
    pub fn child(&self) -> Self {
        Context {
            cancel: self.cancel.child_token(),
            ..self.clone()
        }
    }

    /// The time left; `None` where there is no deadline.
    pub fn remaining(&self) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Fails if there is no use in going on. Loops that never wait ask it each time round.
    pub fn check(&self) -> Result<(), Error> {
        if self.cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let now = Instant::now();
        match self.deadline {
            Some(deadline) if deadline <= now => Err(Error::TimedOut {
                late: now - deadline,
            }),
            _ => Ok(()),
        }
    }
}

/// How far a piece of work is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Grows; in whatever unit the worker counts.
    pub done: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Where progress goes: nowhere by default. The function is called on the worker's thread and must
/// return at once.
#[derive(Clone, Default)]
pub struct ProgressSink(Option<Arc<dyn Fn(Progress) + Send + Sync>>);

impl ProgressSink {
    pub fn new(tell: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        ProgressSink(Some(Arc::new(tell)))
    }

    pub fn tell(&self, progress: Progress) {
        if let Some(tell) = &self.0 {
            tell(progress);
        }
    }

    /// Whether anybody listens; a remote server is asked for progress only then.
    pub fn listens(&self) -> bool {
        self.0.is_some()
    }
}

impl fmt::Debug for ProgressSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.listens() {
            "ProgressSink(listening)"
        } else {
            "ProgressSink(silent)"
        })
    }
}
