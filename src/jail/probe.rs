//! Facts about a command, for those who judge it without looking.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    net::IpAddr,
    path::{Path, PathBuf},
};

use crate::{Error, Result};

/// A program as it stands on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The whole path under which the name was found.
    pub named: PathBuf,
    /// Every path on the way from the name to the file, symlink by symlink; the last is the file.
    pub hops: Vec<PathBuf>,
    /// The file.
    pub real: PathBuf,
    /// Its owner; `None` where files have none.
    pub owner: Option<u32>,
    pub mode: Option<u32>,
    /// Whether somebody other than its owner or root may replace it: the file or a folder above it is writable
    /// by group or others, or belongs to a third.
    pub writable_by_others: bool,
    /// What a script's first line says runs it, where it does.
    pub interpreter: Option<Box<Found>>,
}

/// More links than this is a ring.
const MOST_HOPS: usize = 40;

/// Finds `command` as a jail for `cwd` would: in the search path, or by its path.
pub fn probe(command: &str, cwd: Option<&Path>) -> Result<Found> {
    find(command, cwd, &search_path(), 0)
}

/// The addresses of a host, as the system resolves it now.
pub async fn addresses(host: &str, port: u16) -> io::Result<Vec<IpAddr>> {
    let found = tokio::net::lookup_host((host, port)).await?;
    Ok(found.map(|address| address.ip()).collect())
}

/// The folders of our own search path; those that are no whole path are nobody's.
pub(crate) fn search_path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path);
    folders.filter(|folder| folder.is_absolute()).collect()
}

fn find(command: &str, cwd: Option<&Path>, search: &[PathBuf], depth: usize) -> Result<Found> {
    let not_found = |searched: String| Error::ProgramNotFound {
        name: command.to_owned(),
        searched,
    };
    if command.is_empty() {
        return Err(Error::NoProgram);
    }
    let named = if Path::new(command).is_absolute() {
        PathBuf::from(command)
    } else if command.contains('/') {
        let base = cwd
            .map(Path::to_path_buf)
            .or_else(|| std::env::current_dir().ok());
        base.unwrap_or_default().join(command)
    } else {
        let found = search.iter().map(|folder| folder.join(command));
        let mut found = found.filter(|path| is_executable(path));
        found
            .next()
            .ok_or_else(|| not_found("the search path".to_owned()))?
    };
    if !named.is_file() {
        return Err(not_found(named.display().to_string()));
    }
    if !is_executable(&named) {
        return Err(Error::NotExecutable { path: named });
    }
    let hops = hops(&named);
    let real = named.canonicalize().map_err(Error::io("look at", &named))?;
    let (owner, mode) = owner_and_mode(&real);
    let interpreter = interpreter(&real)
        .filter(|_| depth < 3)
        .and_then(|name| find(&name, None, search, depth + 1).ok())
        .map(Box::new);
    Ok(Found {
        writable_by_others: hops.iter().any(|hop| is_writable_by_others(hop)),
        named,
        hops,
        real,
        owner,
        mode,
        interpreter,
    })
}

fn hops(named: &Path) -> Vec<PathBuf> {
    let mut hops = vec![named.to_owned()];
    let mut at = named.to_owned();
    for _ in 0..MOST_HOPS {
        let Ok(next) = fs::read_link(&at) else { break };
        at = at.parent().unwrap_or(Path::new("/")).join(next);
        // `bin/../lib/x` → `lib/x`, as long as the folder is no link itself.
        if let (Some(Ok(folder)), Some(name)) =
            (at.parent().map(Path::canonicalize), at.file_name())
        {
            at = folder.join(name);
        }
        hops.push(at.clone());
    }
    hops
}

/// What `#!` names; `env` is looked through.
fn interpreter(file: &Path) -> Option<String> {
    let mut start = Vec::new();
    File::open(file)
        .ok()?
        .take(256)
        .read_to_end(&mut start)
        .ok()?;
    let line = start
        .strip_prefix(b"#!")?
        .split(|byte| *byte == b'\n')
        .next()?;
    let line = String::from_utf8_lossy(line).into_owned();
    let mut words = line.split_whitespace();
    let first = words.next()?;
    if Path::new(first).file_name()? != "env" {
        return Some(first.to_owned());
    }
    words
        .find(|word| !word.starts_with('-') && !word.contains('='))
        .map(str::to_owned)
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(unix)]
fn owner_and_mode(path: &Path) -> (Option<u32>, Option<u32>) {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).map_or((None, None), |data| {
        (Some(data.uid()), Some(data.mode() & 0o7777))
    })
}

#[cfg(not(unix))]
fn owner_and_mode(_path: &Path) -> (Option<u32>, Option<u32>) {
    (None, None)
}

/// A folder with the sticky bit (`/tmp`) lets others add, but not replace.
#[cfg(unix)]
fn is_writable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    const STICKY: u32 = 0o1000;
    // SAFETY: it only answers.
    let us = unsafe { libc::geteuid() };
    path.ancestors().any(|at| {
        let Ok(data) = fs::symlink_metadata(at) else {
            return false;
        };
        let others = data.mode() & 0o022 != 0 && (data.is_file() || data.mode() & STICKY == 0);
        !data.is_symlink() && (others || ![0, us].contains(&data.uid()))
    })
}

#[cfg(not(unix))]
fn is_writable_by_others(_path: &Path) -> bool {
    false
}
