use std::{
    error::Error,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{Entry, Ring};

/// Why a sink could not take an entry.
pub type Failure = Box<dyn Error + Send + Sync>;

/// Where entries go: a file, a callback. Called in the middle of a call, so it must not wait long.
pub trait Sink: Send + Sync {
    fn record(&self, entry: &Entry) -> Result<(), Failure>;
}

impl<F: Fn(&Entry) -> Result<(), Failure> + Send + Sync> Sink for F {
    fn record(&self, entry: &Entry) -> Result<(), Failure> {
        self(entry)
    }
}

/// The ring and the sinks. No sink's failure reaches the caller of a tool.
#[derive(Default)]
pub struct Audit {
    ring: Ring,
    sinks: Vec<Arc<dyn Sink>>,
    failures: AtomicU64,
}

impl Audit {
    pub fn new(sinks: Vec<Arc<dyn Sink>>) -> Self {
        Audit {
            sinks,
            ..Audit::default()
        }
    }

    pub fn record(&self, entry: &Entry) {
        self.ring.record(entry);
        for sink in &self.sinks {
            self.hand(sink.as_ref(), entry);
        }
    }

    pub fn ring(&self) -> &Ring {
        &self.ring
    }

    /// How many entries a sink did not take since the start.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    fn hand(&self, sink: &dyn Sink, entry: &Entry) {
        // A callback is foreign code. It holds nothing of ours, so its panic leaves nothing half done.
        let taken = catch_unwind(AssertUnwindSafe(|| sink.record(entry)));
        let problem = match taken {
            Ok(Ok(())) => return,
            Ok(Err(problem)) => problem.to_string(),
            Err(_) => "it panicked".to_owned(),
        };
        self.failures.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(tool = %entry.tool_name, server = %entry.server_name, %problem, "an audit sink took no entry");
    }
}
