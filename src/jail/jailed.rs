use std::{
    collections::VecDeque,
    io,
    process::ExitStatus,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ferrule_types::Enforced;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::{Child, ChildStdin, ChildStdout},
    time::timeout,
};

use crate::{
    Plan, Result,
    system::{self, Attached, Started},
    view::Grant,
};

/// A child in its jail. Dropped, its whole tree is ended.
#[derive(Debug)]
pub struct Jailed {
    /// To the program. Taken by whoever talks to it.
    pub stdin: Option<ChildStdin>,
    /// From the program.
    pub stdout: Option<ChildStdout>,
    report: Vec<Enforced>,
    // Our own child: on Linux the keeper, which ends with the program and with its status.
    child: Option<Child>,
    attached: Attached,
    words: Arc<Mutex<VecDeque<u8>>>,
}

/// What is kept of a program's error stream: the newest bytes. It is read all the time, so that nobody who
/// writes much there stands still.
const KEPT: usize = 64 << 10;

/// How long a tree may take to be gone once it was killed.
const LAST: Duration = Duration::from_secs(4);

impl Plan {
    /// Starts the program. Needs a tokio runtime around it; takes milliseconds, in which it blocks.
    pub fn spawn(&self) -> Result<Jailed> {
        self.spawn_with(&[], false)
    }

    pub(crate) fn spawn_with(&self, extra: &[Grant], installs: bool) -> Result<Jailed> {
        self.check()?;
        let Started {
            mut child,
            report,
            attached,
        } = system::spawn(self, extra, installs)?;
        let words = Arc::default();
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(keep_newest(stderr, Arc::clone(&words)));
        }
        Ok(Jailed {
            stdin: child.stdin.take(),
            stdout: child.stdout.take(),
            report,
            child: Some(child),
            attached,
            words,
        })
    }
}

impl Jailed {
    /// What is enforced and by which mechanism, and what is not and why.
    pub fn report(&self) -> &[Enforced] {
        &self.report
    }

    /// The number of the process that ends when the program does; `None` once it has been waited for.
    pub fn id(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// The newest of what the program wrote to its error stream.
    pub fn stderr(&self) -> String {
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let (front, back) = words.as_slices();
        String::from_utf8_lossy(&[front, back].concat()).into_owned()
    }

    /// Waits for the program. A signal that ended it is told as a shell does, 128 and its number.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        match &mut self.child {
            Some(child) => child.wait().await,
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Ends the program: it is told by the end of its input, then by a signal, and after `grace` it and all that
    /// it started are killed. When this returns they are gone.
    pub async fn kill(mut self, grace: Duration) -> io::Result<ExitStatus> {
        drop(self.stdin.take());
        if let Ok(status) = timeout(grace / 2, self.wait()).await {
            return status;
        }
        self.signal(system::TERMINATE);
        if let Ok(status) = timeout(grace / 2, self.wait()).await {
            return status;
        }
        self.signal(system::END);
        if let Ok(status) = timeout(LAST, self.wait()).await {
            return status;
        }
        // A keeper that does not answer was stopped or worse; whatever holds besides it does the rest.
        self.attached.end();
        if let Some(child) = &mut self.child {
            child.start_kill()?;
        }
        self.wait().await
    }

    fn signal(&self, signal: system::Signal) {
        if let Some(id) = self.id() {
            system::send(id, signal);
        }
    }
}

impl Drop for Jailed {
    fn drop(&mut self) {
        self.signal(system::END);
        let Some(mut child) = self.child.take().filter(|child| child.id().is_some()) else {
            return;
        };
        // What the tree still uses (its private folder, its cgroup) goes after it.
        let attached = std::mem::take(&mut self.attached);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let _ = timeout(LAST, child.wait()).await;
                attached.end();
                drop(attached);
            });
        }
    }
}

async fn keep_newest(mut stream: impl AsyncRead + Unpin, words: Arc<Mutex<VecDeque<u8>>>) {
    let mut buffer = vec![0; 8 << 10];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
        words.extend(buffer.iter().take(length));
        let too_many = words.len().saturating_sub(KEPT);
        words.drain(..too_many);
    }
}
