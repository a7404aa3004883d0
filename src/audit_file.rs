//! The audit in a file: JSON lines that are chained by their digests, appended and never rewritten.
//!
//! Entries go in as to any sink of the guard's audit; `ferrule tools audit --verify` reads the file with [`verify`].
//! The file is for its owner alone (0600), and several processes may write it: an advisory lock is held for each line,
//! and a process that finds lines of another goes on behind them. It does not know what an entry means.
//!
//! A line that a crash left unfinished is taken off before the next is written. What a machine's crash may lose is said
//! by [`Durability`].

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use ferrule_guard::audit::{Broken, Chain, Entry, Failure, Fault, Head, Sink};

/// When a line is on the disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Durability {
    /// When the kernel writes it, within seconds: a crash of the process loses nothing, one of the machine may.
    #[default]
    Kernel,
    /// Before the call goes on. It costs a write of the disk for every call.
    Disk,
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("{}: the audit file cannot be {doing}: {source}", path.display())]
    Io {
        path: PathBuf,
        doing: &'static str,
        source: io::Error,
    },

    #[error("{}: expected an audit file, and its last line is none ({fault}); name another file", path.display())]
    Foreign { path: PathBuf, fault: Fault },

    #[error("{}: another process has held the audit file for {waited:?}; look which one stands still", path.display())]
    Busy { path: PathBuf, waited: Duration },

    #[error("{}: {broken}", path.display())]
    Broken { path: PathBuf, broken: Broken },
}

/// How long a call waits for another process that writes its line.
const PATIENCE: Duration = Duration::from_millis(500);

/// The end of the file is read in pieces of this size; nearly every line fits.
const PIECE: u64 = 64 * 1024;

/// A file that takes entries.
#[derive(Debug)]
pub struct AuditFile {
    path: PathBuf,
    durability: Durability,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    chain: Chain,
    /// The file's length behind the chain's last line. Another length means that somebody else wrote.
    length: Option<u64>,
}

impl AuditFile {
    /// Opens the file, or makes it. One that is no audit file is refused.
    pub fn open(path: impl Into<PathBuf>, durability: Durability) -> Result<Self, Error> {
        let path = path.into();
        let open = Mutex::new(Open::new(&path)?);
        let file = AuditFile {
            path,
            durability,
            open,
        };
        file.locked(|_| Ok(()))?;
        Ok(file)
    }

    /// Where the chain ends: kept elsewhere, it tells later whether the end of the file was cut off.
    pub fn head(&self) -> Result<Head, Error> {
        self.locked(|open| Ok(open.chain.head().clone()))
    }

    pub fn append(&self, entry: &Entry) -> Result<(), Error> {
        self.locked(|open| {
            open.append(entry, self.durability)
                .map_err(self.failed("written"))
        })
    }

    /// Does something while nobody else writes, and after the chain is where the file is.
    fn locked<T>(&self, act: impl FnOnce(&mut Open) -> Result<T, Error>) -> Result<T, Error> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.is_lost(&self.path) {
            // Somebody put the file away: a new one begins.
            *open = Open::new(&self.path)?;
        }
        wait_for(&open.file, &self.path)?;
        let done = open.catch_up(&self.path).and_then(|()| act(&mut open));
        // A lock that cannot be given back goes with the file.
        let _ = open.file.unlock();
        done
    }

    fn failed(&self, doing: &'static str) -> impl Fn(io::Error) -> Error + '_ {
        failed(&self.path, doing)
    }
}

impl Sink for AuditFile {
    fn record(&self, entry: &Entry) -> Result<(), Failure> {
        Ok(self.append(entry)?)
    }
}

/// Checks a file from its first line to its last; with a head that was kept, also that its end was not cut off. The
/// answer is the head now.
pub fn verify(path: &Path, kept: Option<&Head>) -> Result<Head, Error> {
    let file = File::open(path).map_err(failed(path, "opened"))?;
    let mut head = Head::default();
    let mut number = 0;
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(failed(path, "read"))?;
        number += 1;
        let broken = |fault| Error::Broken {
            path: path.to_owned(),
            broken: Broken {
                line: number,
                fault,
            },
        };
        let text = str::from_utf8(&line).map_err(|_| broken(Fault::Unreadable))?;
        head = head.follow(text).map_err(broken)?;
        if kept.is_some_and(|kept| kept.seq == head.seq && kept.sha256 != head.sha256) {
            return Err(broken(Fault::OtherHead));
        }
    }
    match kept {
        Some(kept) if kept.seq > head.seq => {
            let fault = Fault::Short {
                expected: kept.seq,
                got: head.seq,
            };
            Err(Error::Broken {
                path: path.to_owned(),
                broken: Broken {
                    line: number,
                    fault,
                },
            })
        }
        _ => Ok(head),
    }
}

impl Open {
    fn new(path: &Path) -> Result<Self, Error> {
        let file = private(OpenOptions::new().read(true).append(true).create(true)).open(path);
        let file = file.map_err(failed(path, "opened"))?;
        keep_private(&file).map_err(failed(path, "made private"))?;
        Ok(Open {
            file,
            chain: Chain::default(),
            length: None,
        })
    }

    fn catch_up(&mut self, path: &Path) -> Result<(), Error> {
        let length = self.file.metadata().map_err(failed(path, "read"))?.len();
        if self.length == Some(length) {
            return Ok(());
        }
        let (line, end) = self.last_line(length).map_err(failed(path, "read"))?;
        let head = match line {
            Some(line) => str::from_utf8(&line)
                .map_err(|_| Fault::Unreadable)
                .and_then(Head::of),
            None => Ok(Head::default()),
        };
        let head = head.map_err(|fault| Error::Foreign {
            path: path.to_owned(),
            fault,
        })?;
        if end < length {
            tracing::warn!(path = %path.display(), bytes = length - end, "took an unfinished line off the audit file");
            self.file.set_len(end).map_err(failed(path, "mended"))?;
        }
        self.chain = Chain::behind(head);
        self.length = Some(end);
        Ok(())
    }

    /// The last line that is finished, and where it ends.
    fn last_line(&mut self, length: u64) -> io::Result<(Option<Vec<u8>>, u64)> {
        let mut size = PIECE;
        loop {
            let from = length.saturating_sub(size);
            self.file.seek(SeekFrom::Start(from))?;
            let mut piece = Vec::new();
            (&self.file).take(length - from).read_to_end(&mut piece)?;
            let last = piece.iter().rposition(|byte| *byte == b'\n');
            let before =
                last.and_then(|last| piece[..last].iter().rposition(|byte| *byte == b'\n'));
            match (before, last) {
                (Some(before), Some(last)) => {
                    return Ok((
                        Some(piece[before + 1..last].to_vec()),
                        from + last as u64 + 1,
                    ));
                }
                (None, Some(last)) if from == 0 => {
                    return Ok((Some(piece[..last].to_vec()), last as u64 + 1));
                }
                // Nothing but one unfinished line: of ours only if it begins as ours do.
                (None, None)
                    if from == 0 && (piece.is_empty() || piece.starts_with(b"{\"seq\":")) =>
                {
                    return Ok((None, 0));
                }
                (None, None) if from == 0 => return Ok((Some(piece), length)),
                _ => size *= 2,
            }
        }
    }

    fn append(&mut self, entry: &Entry, durability: Durability) -> io::Result<()> {
        // Until the line is whole, nobody knows where the chain ends; the next call looks.
        let before = self.length.take();
        let mut line = self.chain.line(entry)?;
        line.push('\n');
        // One write: a reader sees the line or does not.
        self.file.write_all(line.as_bytes())?;
        if durability == Durability::Disk {
            self.file.sync_data()?;
        }
        self.length = before.map(|before| before + line.len() as u64);
        Ok(())
    }

    #[cfg(unix)]
    fn is_lost(&self, path: &Path) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        match (self.file.metadata(), path.metadata()) {
            (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) != (there.dev(), there.ino()),
            _ => true,
        }
    }

    #[cfg(not(unix))]
    fn is_lost(&self, path: &Path) -> bool {
        !path.exists()
    }
}

fn wait_for(file: &File, path: &Path) -> Result<(), Error> {
    let since = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if since.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_micros(200));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Busy {
                    path: path.to_owned(),
                    waited: since.elapsed(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(path, "locked")(source)),
        }
    }
}

fn failed<'a>(path: &'a Path, doing: &'static str) -> impl Fn(io::Error) -> Error + 'a {
    move |source| Error::Io {
        path: path.to_owned(),
        doing,
        source,
    }
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// A file that was there before may be open to others.
#[cfg(unix)]
fn keep_private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o077 != 0 {
        permissions.set_mode(0o600);
        file.set_permissions(permissions)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_private(_: &File) -> io::Result<()> {
    Ok(())
}
