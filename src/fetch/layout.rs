//! The cache folder: where things lie, and how a finished file gets its place. The layout is the hub tools' own.

use std::io;
use std::path::{Path, PathBuf};

use crate::id::is_commit;
use crate::{Error, ModelId, Result};

#[derive(Clone, Debug)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub(crate) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn repository(&self, id: &ModelId) -> PathBuf {
        self.root.join(id.folder())
    }

    pub(crate) fn references(&self, id: &ModelId) -> PathBuf {
        self.repository(id).join("refs")
    }

    pub(crate) fn snapshots(&self, id: &ModelId) -> PathBuf {
        self.repository(id).join("snapshots")
    }

    pub(crate) fn snapshot(&self, id: &ModelId, commit: &str) -> PathBuf {
        self.snapshots(id).join(commit)
    }

    pub(crate) fn blob(&self, id: &ModelId, etag: &str) -> PathBuf {
        self.repository(id).join("blobs").join(etag)
    }

    /// The lock that the hub's own tools take for the same blob.
    pub(crate) fn lock(&self, id: &ModelId, etag: &str) -> PathBuf {
        self.root
            .join(".locks")
            .join(id.folder())
            .join(format!("{etag}.lock"))
    }

    /// The commit that the id's revision stands for, as far as the cache knows.
    pub(crate) fn commit(&self, id: &ModelId) -> Option<String> {
        if is_commit(id.revision()) {
            return Some(id.revision().to_owned());
        }
        let text = std::fs::read_to_string(self.references(id).join(id.revision())).ok()?;
        Some(text.trim().to_owned()).filter(|commit| is_commit(commit))
    }

    /// Remembers what the id's revision stands for. This is the last step of a pull: who finds the reference
    /// finds the whole snapshot.
    pub(crate) fn set_commit(&self, id: &ModelId, commit: &str) -> Result<()> {
        if id.revision() == commit {
            return Ok(());
        }
        let path = self.references(id).join(id.revision());
        make_parent(&path)?;
        let fresh = beside(&path);
        std::fs::write(&fresh, commit)
            .and_then(|()| std::fs::rename(&fresh, &path))
            .map_err(|source| Error::io("write", &path, source))
    }

    /// Puts a blob into a snapshot: as a link, or where links cannot be made as the file itself.
    pub(crate) fn place(&self, id: &ModelId, commit: &str, file: &str, blob: &Path) -> Result<()> {
        let pointer = self.snapshot(id, commit).join(file);
        make_parent(&pointer)?;
        place(file, blob, &pointer, symlink)
    }
}

/// A link is tried first; `link` is a parameter so that a filesystem without links can be tested on one with them.
fn place(
    file: &str,
    blob: &Path,
    pointer: &Path,
    link: fn(&Path, &Path) -> io::Result<()>,
) -> Result<()> {
    let fail = |doing| move |source| Error::io(doing, pointer, source);
    let fresh = beside(pointer);
    let up = "../".repeat(file.matches('/').count() + 2);
    let name = blob.file_name().unwrap_or_default();
    if link(&Path::new(&up).join("blobs").join(name), &fresh).is_ok() {
        // Some filesystems make a link and cannot follow it.
        if fresh.exists() {
            return std::fs::rename(&fresh, pointer).map_err(fail("put a link at"));
        }
        let _ = std::fs::remove_file(&fresh);
    }
    // Without links the snapshot holds the file itself and the blob is gone. Another snapshot that needs the same
    // blob fetches it again: half the disk is worth more than that.
    std::fs::rename(blob, pointer).map_err(fail("put a file at"))
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(target, link)
}

#[cfg(not(any(unix, windows)))]
fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A name in the same folder that no other process uses.
fn beside(path: &Path) -> PathBuf {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}-{count}", std::process::id()));
    path.with_file_name(name)
}

pub(crate) fn make_parent(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(|source| Error::io("make the folder", folder, source))
}

/// Whether a file name from a hub stays inside its folder, on every system that we may run on.
pub(crate) fn is_safe_file(name: &str) -> bool {
    name.len() <= 1024
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !name
            .chars()
            .any(|c| c.is_control() || matches!(c, '\\' | ':'))
}

/// Whether an etag from a hub may be the name of a blob.
pub(crate) fn is_safe_etag(etag: &str) -> bool {
    (1..=128).contains(&etag.len())
        && !etag.starts_with('.')
        && !etag.ends_with(".incomplete")
        && etag
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// The files below a snapshot that are really there, as names relative to it, with `/` and in order.
pub(crate) fn files_below(snapshot: &Path) -> Vec<String> {
    let mut names = Vec::new();
    collect(snapshot, "", 0, &mut names);
    names.sort_unstable();
    names
}

fn collect(folder: &Path, prefix: &str, depth: usize, names: &mut Vec<String>) {
    // A link that leads in a circle ends here.
    const DEEPEST: usize = 16;
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        // Follows links: one whose blob was deleted is not there.
        let Ok(about) = std::fs::metadata(entry.path()) else {
            continue;
        };
        if about.is_file() {
            names.push(format!("{prefix}{name}"));
        } else if depth < DEEPEST {
            collect(&entry.path(), &format!("{prefix}{name}/"), depth + 1, names);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789012345678901234567890123456789";

    #[test]
    fn a_placed_file_is_a_relative_link_so_that_the_cache_can_be_moved() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout::new(&root.path().join("before"));
        let id = ModelId::parse("org/name@refs/pr/1").unwrap();
        let blob = layout.blob(&id, "abc");
        make_parent(&blob).unwrap();
        std::fs::write(&blob, "bytes").unwrap();
        layout.place(&id, COMMIT, "a.json", &blob).unwrap();
        layout.place(&id, COMMIT, "a.json", &blob).unwrap();
        layout.place(&id, COMMIT, "deep/er/b.json", &blob).unwrap();
        layout.set_commit(&id, COMMIT).unwrap();

        std::fs::rename(root.path().join("before"), root.path().join("after")).unwrap();
        let layout = Layout::new(&root.path().join("after"));
        assert_eq!(layout.commit(&id).as_deref(), Some(COMMIT));
        let snapshot = layout.snapshot(&id, COMMIT);
        assert_eq!(files_below(&snapshot), ["a.json", "deep/er/b.json"]);
        assert_eq!(
            std::fs::read_to_string(snapshot.join("deep/er/b.json")).unwrap(),
            "bytes"
        );
        #[cfg(unix)]
        assert_eq!(
            std::fs::read_link(snapshot.join("a.json")).unwrap(),
            Path::new("../../blobs/abc")
        );
    }

    #[test]
    fn without_links_the_file_itself_is_placed() {
        let root = tempfile::tempdir().unwrap();
        for (n, link) in [
            (|_: &Path, _: &Path| Err(io::ErrorKind::Unsupported.into())) as fn(&Path, &Path) -> _,
            |_, _| Ok(()),
        ]
        .into_iter()
        .enumerate()
        {
            let (blob, pointer) = (root.path().join("blob"), root.path().join(n.to_string()));
            std::fs::write(&blob, "bytes").unwrap();
            place("a", &blob, &pointer, link).unwrap();
            assert!(pointer.symlink_metadata().unwrap().is_file());
            assert!(!blob.exists());
        }
    }

    #[test]
    fn a_file_whose_blob_is_gone_is_not_there() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("whole"), "").unwrap();
        let _ = symlink(Path::new("../nowhere"), &root.path().join("broken"));
        let _ = symlink(Path::new("."), &root.path().join("circle"));
        let files = files_below(root.path());
        assert!(files.contains(&"whole".to_owned()) && !files.contains(&"broken".to_owned()));
    }

    #[test]
    fn names_that_leave_their_folder_are_not_safe() {
        for name in ["a", "a.json", "a/b/c-00001-of-00002.gguf", "..a", "a b"] {
            assert!(is_safe_file(name), "{name}");
        }
        for name in [
            "", "/a", "a/", "a//b", "..", "../a", "a/../b", "./a", "a\\b", "C:a", "a\0", "a\n",
        ] {
            assert!(!is_safe_file(name), "{name:?}");
        }
        assert!(is_safe_etag("0123abc") && is_safe_etag("d41d8-12"));
        for etag in [
            "",
            ".",
            "..",
            "../a",
            "a/b",
            "a\\b",
            "a b",
            ".hidden",
            "x.incomplete",
            &"a".repeat(129),
        ] {
            assert!(!is_safe_etag(etag), "{etag:?}");
        }
    }

    #[test]
    fn a_reference_that_holds_no_commit_is_no_reference() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout::new(root.path());
        let id = ModelId::parse("org/name").unwrap();
        let path = layout.references(&id).join("main");
        make_parent(&path).unwrap();
        for text in ["", "../../../etc", "0123"] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(layout.commit(&id), None, "{text}");
        }
        std::fs::write(&path, format!("{COMMIT}\n")).unwrap();
        assert_eq!(layout.commit(&id).as_deref(), Some(COMMIT));
    }
}
