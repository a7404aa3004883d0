//! The one tokio runtime of the process. Crates take a handle or are handed futures; none makes its own.

use std::{future::Future, io, sync::OnceLock};

use tokio::runtime::{Builder, Handle, Runtime};

struct Ours {
    runtime: Runtime,
    /// A forked child inherits the memory of the runtime but none of its threads.
    process: u32,
}

static OURS: OnceLock<Ours> = OnceLock::new();

/// A handle to the runtime, which is made at first use.
pub fn handle() -> Result<Handle, io::Error> {
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

fn checked(ours: &Ours) -> Result<Handle, io::Error> {
    if ours.process == std::process::id() {
        return Ok(ours.runtime.handle().clone());
    }
    Err(io::Error::other(
        "this process was forked after ferrule had started its threads; load the model after the fork, or use multiprocessing's `spawn`",
    ))
}

/// Runs a future to its end on the calling thread. Not for use inside the runtime itself.
pub fn block_on<F: Future>(future: F) -> Result<F::Output, io::Error> {
    Ok(handle()?.block_on(future))
}
