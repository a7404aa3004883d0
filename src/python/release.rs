//! The one door out of the GIL.
//!
//! Work that takes time goes in as a closure, is done on a thread of the façade's runtime while the
//! GIL is free, and its answer comes out. The caller wakes every 50 ms to hand the logs to Python
//! and to see signals: on Ctrl-C, or when `timeout` seconds have passed, the work's [`Context`] is
//! cancelled and the caller returns at once, without waiting for the work to notice.
//!
//! It does not know what the work is. Nothing else in this crate may release the GIL.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use ferrule::{
    runtime,
    types::{self, AskedBy, Context, Fault},
};
use pyo3::prelude::*;

use crate::{
    fault::{panicked, raise, timed_out},
    log,
};

/// How long a signal or a log record may wait. Short enough to feel immediate, long enough that
/// an idle wait costs nothing.
const TICK: Duration = Duration::from_millis(50);

pub trait Release<'py> {
    /// Does `work` without the GIL. The work must not touch Python, and should end soon after its
    /// context is cancelled: nobody reads its answer then.
    fn release<T, E, W>(self, timeout: Option<f64>, work: W) -> PyResult<T>
    where
        T: Send + 'static,
        E: Fault + Send + 'static,
        W: FnOnce(&Context) -> Result<T, E> + Send + 'static;

    /// Runs a program that does everything itself, signals included, on this very thread.
    fn hand_over<T: Send>(self, program: impl FnOnce() -> T + Send) -> T;
}

impl<'py> Release<'py> for Python<'py> {
    fn release<T, E, W>(self, timeout: Option<f64>, work: W) -> PyResult<T>
    where
        T: Send + 'static,
        E: Fault + Send + 'static,
        W: FnOnce(&Context) -> Result<T, E> + Send + 'static,
    {
        log::follow(self)?;
        let patience = timeout.map(seconds).transpose()?;
        let context = context();
        let (tell, answer) = channel();
        let runtime = runtime::handle().map_err(|e| raise(ferrule::Error::from(e)))?;
        let theirs = context.clone();
        runtime.spawn_blocking(move || {
            // A panic must reach the caller as an error and not as silence. The closure is gone
            // after it, so there is nothing half-changed to see.
            let done = catch_unwind(AssertUnwindSafe(|| work(&theirs)));
            // Nobody listens after Ctrl-C.
            let _ = tell.send(done);
        });
        // Cancels on every way out; after an answer that means nothing any more.
        let _given_up = GivesUp(context);
        match wait(self, answer, patience)? {
            Ok(done) => done.map_err(raise),
            Err(panic) => Err(panicked(panic.as_ref())),
        }
    }

    fn hand_over<T: Send>(self, program: impl FnOnce() -> T + Send) -> T {
        self.detach(program)
    }
}

/// The context of whatever Python asks for: a program is its own operator.
pub fn context() -> Context {
    Context::new(AskedBy::Operator)
}

struct GivesUp(Context);

impl Drop for GivesUp {
    fn drop(&mut self) {
        self.0.cancel.cancel();
    }
}

fn wait<T: Send>(py: Python<'_>, answer: Receiver<T>, patience: Option<Duration>) -> PyResult<T> {
    let started = Instant::now();
    let mut answer = answer;
    loop {
        let left = patience.map(|all| all.saturating_sub(started.elapsed()));
        let nap = left.unwrap_or(TICK).min(TICK);
        // The receiver goes in and comes back: it may not be shared with a detached thread.
        let got;
        (answer, got) = py.detach(move || {
            let got = answer.recv_timeout(nap);
            (answer, got)
        });
        // Python's handlers may do anything here: nothing is locked, and nothing is half done.
        log::hand_over(py)?;
        match got {
            Ok(done) => return Ok(done),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(panicked(&"the work ended without an answer"));
            }
            Err(RecvTimeoutError::Timeout) => {
                py.check_signals()?;
                if left.is_some_and(|left| left.is_zero()) {
                    return Err(timed_out(patience.unwrap_or_default()));
                }
            }
        }
    }
}

fn seconds(timeout: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(timeout).map_err(|_| {
        raise(types::Error::invalid(
            "timeout",
            "0 or more seconds, or None",
            timeout,
        ))
    })
}
