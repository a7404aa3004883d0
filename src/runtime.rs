//! The one tokio runtime of the process. Crates take a handle or are handed futures; none makes its own.

use std::{future::Future, sync::OnceLock};

use tokio::runtime::{Builder, Handle, Runtime};

use crate::{Error, Result};

struct Ours {
    runtime: Runtime,
    /// A forked child inherits the memory of the runtime but none of its threads.
    process: u32,
}

static OURS: OnceLock<Ours> = OnceLock::new();

/// A handle to the runtime, which is made at first use.
pub fn handle() -> Result<Handle> {
    if let Some(ours) = OURS.get() {
        return checked(ours);
    }
    let runtime = Builder::new_multi_thread()
        .thread_name("ferrule-io")
        .worker_threads(2)
        .enable_all()
        .build()?;
    let ours = OURS.get_or_init(|| Ours {
        runtime,
        process: std::process::id(),
    });
    checked(ours)
}

/// Whether this process is a fork of the one that started the threads. What they worked on is lost
/// here, and a lock that one of them held is held for ever.
pub fn is_forked() -> bool {
    OURS.get()
        .is_some_and(|ours| ours.process != std::process::id())
}

/// Drops what may have to wait for a thread of its own to end, on a thread that may. In a forked process, where that
/// thread is missing, it is not dropped at all.
pub(crate) fn drop_elsewhere<T: Send + 'static>(value: T) {
    match handle() {
        Ok(runtime) => drop(runtime.spawn_blocking(move || drop(value))),
        Err(_) => std::mem::forget(value),
    }
}

fn checked(ours: &Ours) -> Result<Handle> {
    if ours.process == std::process::id() {
        return Ok(ours.runtime.handle().clone());
    }
    Err(Error::Forked)
}

/// Runs a future to its end on the calling thread. Not for use inside the runtime itself.
pub fn block_on<F: Future>(future: F) -> Result<F::Output> {
    Ok(handle()?.block_on(future))
}
