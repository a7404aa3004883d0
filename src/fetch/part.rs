//! A blob on its way: `<etag>.incomplete`, its lock and its running hash.
//!
//! File and lock move together into each blocking write and back. If the pull is dropped in the middle of one,
//! the write ends in peace and only then gives up the lock: no second writer can meet the first.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::layout::make_parent;
use crate::{Error, Progress, Result};

/// How often a lock that another process holds is tried. There is no call that waits and can be cancelled.
const LOCK_POLL: Duration = Duration::from_millis(100);

/// How much is read at once of what an earlier pull left.
const SLICE: usize = 4 << 20;

/// The right to write one blob; given up when dropped, also by the death of the process.
pub(crate) struct Lock {
    /// None where the filesystem has no locks.
    file: Option<File>,
}

impl Lock {
    /// Waits until no other process, and no other pull in this one, writes the blob.
    pub(crate) async fn take(path: &Path, file: &str, progress: &dyn Progress) -> Result<Self> {
        make_parent(path)?;
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path);
        let lock = lock.map_err(|source| Error::io("open the lock", path, source))?;
        let mut said = false;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Self { file: Some(lock) }),
                Err(TryLockError::WouldBlock) => {
                    if !said {
                        progress.note(&format!(
                            "{file} is being fetched elsewhere; waiting for it"
                        ));
                        said = true;
                    }
                    tokio::time::sleep(LOCK_POLL).await;
                }
                Err(TryLockError::Error(error)) => {
                    tracing::warn!(%error, path = %path.display(), "this filesystem has no locks");
                    return Ok(Self { file: None });
                }
            }
        }
    }

    /// Where the blob grows. Without a lock each process writes a file of its own, and none can go on with another's.
    fn incomplete(&self, blob: &Path) -> PathBuf {
        let mut name = OsString::from(blob.file_name().unwrap_or_default());
        if self.file.is_none() {
            name.push(format!(".{}", std::process::id()));
        }
        name.push(".incomplete");
        blob.with_file_name(name)
    }
}

/// What moves into the blocking pool and back.
struct Inner {
    file: File,
    hasher: Option<Sha256>,
    _lock: Lock,
}

pub(crate) struct Part {
    /// Absent only while a write is under way.
    inner: Option<Inner>,
    path: PathBuf,
    len: u64,
}

impl Part {
    /// Opens what an earlier pull left, or a new file. `hashed` says that the content has a SHA-256 to be compared:
    /// then what is there has to be taken in by [`Part::recall`] before anything is added.
    pub(crate) async fn open(blob: &Path, hashed: bool, lock: Lock) -> Result<Self> {
        make_parent(blob)?;
        let path = lock.incomplete(blob);
        let opened = path.clone();
        let work = move || -> io::Result<(Inner, u64)> {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(opened)?;
            let len = file.seek(SeekFrom::End(0))?;
            if hashed {
                file.rewind()?;
            }
            Ok((
                Inner {
                    file,
                    hasher: hashed.then(Sha256::new),
                    _lock: lock,
                },
                len,
            ))
        };
        let (inner, len) = blocking(work)
            .await
            .map_err(|source| Error::io("open", &path, source))?;
        Ok(Self {
            inner: Some(inner),
            path,
            len,
        })
    }

    /// Takes the next of the bytes that were already there into the hash, and says how many; 0 at their end. Half a
    /// large model is read for several seconds: in slices, so that a pull can be dropped in between.
    pub(crate) async fn recall(&mut self) -> Result<u64> {
        self.change("read", |inner| {
            let Some(hasher) = &mut inner.hasher else {
                return Ok(0);
            };
            let mut buffer = vec![0; SLICE];
            let count = inner.file.read(&mut buffer)?;
            hasher.update(&buffer[..count]);
            Ok(count as u64)
        })
        .await
    }

    /// How many bytes are on the disk.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Adds bytes at the end.
    pub(crate) async fn write(&mut self, bytes: Vec<u8>) -> Result<()> {
        let count = bytes.len() as u64;
        self.change("write", move |inner| {
            inner.file.write_all(&bytes)?;
            if let Some(hasher) = &mut inner.hasher {
                hasher.update(&bytes);
            }
            Ok(())
        })
        .await?;
        self.len += count;
        Ok(())
    }

    /// Throws away what is there.
    pub(crate) async fn restart(&mut self) -> Result<()> {
        self.change("empty", |inner| {
            inner.file.set_len(0)?;
            inner.file.rewind()?;
            inner.hasher = inner.hasher.take().map(|_| Sha256::new());
            Ok(())
        })
        .await?;
        self.len = 0;
        Ok(())
    }

    /// Writes everything down for good; the SHA-256 of the content, if it is kept.
    pub(crate) async fn settle(&mut self) -> Result<Option<String>> {
        self.change("write", |inner| {
            inner.file.sync_all()?;
            Ok(inner
                .hasher
                .as_ref()
                .map(|hasher| hexadecimal(&hasher.clone().finalize())))
        })
        .await
    }

    /// Gives the blob its name. The lock is held until then.
    pub(crate) fn keep(self, blob: &Path) -> Result<()> {
        std::fs::rename(&self.path, blob).map_err(|source| Error::io("rename to", blob, source))
    }

    /// Removes what is there.
    pub(crate) fn discard(self) -> Result<()> {
        std::fs::remove_file(&self.path).map_err(|source| Error::io("remove", &self.path, source))
    }

    async fn change<T: Send + 'static>(
        &mut self,
        doing: &'static str,
        change: impl FnOnce(&mut Inner) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut inner = self
            .inner
            .take()
            .expect("a part is changed by one caller at a time, and comes back each time");
        let (inner, done) = blocking(move || {
            let done = change(&mut inner);
            (inner, done)
        })
        .await;
        self.inner = Some(inner);
        done.map_err(|source| Error::io(doing, &self.path, source))
    }
}

/// Runs file work where it may block. A panic in it goes on here.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is going away: whoever waits for this future is going away too.
            Err(_) => std::future::pending().await,
        },
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
