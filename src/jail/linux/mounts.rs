//! The tree of files that a child sees: an empty one in memory, into which what it may see is mounted.
//!
//! The parent writes the steps, with every string; the child takes them, between fork and exec (see the
//! invariant in `raw`).

use std::{
    collections::BTreeSet,
    ffi::{CStr, CString},
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use super::{
    raw::{self, Answer},
    stage::{Failed, Stage},
};
use crate::{
    Access,
    view::{DEVICES, View},
};

/// Where the old root stands until all is taken from it.
const OLD: &str = "/.old";

enum Step {
    Folder(CString),
    File(CString),
    Link {
        at: CString,
        to: CString,
    },
    Bind {
        from: CString,
        at: CString,
        set: u64,
    },
    Memory {
        at: CString,
        options: CString,
        set: u64,
    },
}

pub(super) struct Tree {
    steps: Vec<Step>,
}

/// Where a program's own, private, forgotten folder is.
#[derive(Debug, Clone)]
pub(super) struct Private {
    pub(super) temporary: PathBuf,
    pub(super) home: PathBuf,
}

impl Private {
    /// `/tmp`, unless a root stands there.
    pub(super) fn within(view: &View) -> Self {
        let taken = view
            .grants
            .iter()
            .any(|grant| grant.at == Path::new("/tmp"));
        let temporary = PathBuf::from(if taken { "/.private" } else { "/tmp" });
        Private {
            home: temporary.join("home"),
            temporary,
        }
    }
}

impl Tree {
    pub(super) fn of(view: &View, private: &Private, temporary: u64) -> Self {
        let mut tree = Tree { steps: Vec::new() };
        let mut made = BTreeSet::new();
        for (at, to) in &view.links {
            let (at, to) = (text(at), text(to));
            tree.steps.push(Step::Link { at, to });
        }
        tree.folder(Path::new("/proc"), &mut made);
        tree.devices(&mut made);
        tree.memory(&private.temporary, temporary, &mut made);
        tree.folder(&private.home, &mut made);
        for grant in &view.grants {
            let parent = grant.at.parent().unwrap_or(Path::new("/"));
            tree.folder(if grant.folder { &grant.at } else { parent }, &mut made);
            if !grant.folder {
                tree.steps.push(Step::File(text(&grant.at)));
            }
            let read_only = match grant.access {
                Access::Read => raw::READ_ONLY,
                Access::Write => 0,
            };
            tree.bind(
                &grant.from,
                &grant.at,
                raw::NO_SUID | raw::NO_DEVICES | read_only,
            );
        }
        for secret in &view.secrets {
            tree.hide(secret);
        }
        tree
    }

    /// Enters the tree. What it needs: a mount namespace of its own, and power over it.
    pub(super) fn enter(&self) -> Result<(), Failed> {
        let failed = |errno| (Stage::Mounts, errno);
        begin().map_err(failed)?;
        for step in &self.steps {
            step.take().map_err(failed)?;
        }
        Ok(())
    }

    /// Leaves the old root behind, and closes the new one. Apart, since `/proc` is mounted in between.
    pub(super) fn close() -> Result<(), Failed> {
        let all = || {
            raw::unmount(c"/.old")?;
            raw::remove_folder(c"/.old")?;
            close_root()
        };
        all().map_err(|errno| (Stage::Mounts, errno))
    }

    /// A `/proc` of the new process namespace: its own processes and nothing of the machine. Not every system
    /// permits one; then there is none, since the machine's own shows too much.
    pub(super) fn proc() -> bool {
        let flags = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC | libc::MS_RDONLY;
        let options = c"subset=pid,hidepid=invisible";
        raw::mount(c"proc", c"/proc", c"proc", flags, options).is_ok()
    }

    fn folder(&mut self, path: &Path, made: &mut BTreeSet<PathBuf>) {
        let mut above: Vec<&Path> = path
            .ancestors()
            .filter(|at| at.parent().is_some())
            .collect();
        above.reverse();
        for at in above {
            if made.insert(at.to_owned()) {
                self.steps.push(Step::Folder(text(at)));
            }
        }
    }

    fn bind(&mut self, from: &Path, at: &Path, set: u64) {
        let from = text(&old(from));
        let at = text(at);
        self.steps.push(Step::Bind { from, at, set });
    }

    fn memory(&mut self, at: &Path, bytes: u64, made: &mut BTreeSet<PathBuf>) {
        self.folder(at, made);
        let options = CString::new(format!("mode=1777,nr_inodes=100k,size={bytes}"));
        self.steps.push(Step::Memory {
            at: text(at),
            options: options.unwrap_or_default(),
            set: raw::NO_SUID | raw::NO_DEVICES,
        });
    }

    /// The few devices that hold nothing, and shared memory of its own.
    fn devices(&mut self, made: &mut BTreeSet<PathBuf>) {
        const SHARED: u64 = 64 << 20;
        let dev = Path::new("/dev");
        self.folder(dev, made);
        for name in DEVICES {
            let at = dev.join(name);
            self.steps.push(Step::File(text(&at)));
            // What a device takes it takes all the same; its mode is the machine's, and root's to change.
            self.bind(&at, &at, raw::NO_SUID | raw::NO_EXEC | raw::READ_ONLY);
        }
        for (name, to) in [
            ("fd", "/proc/self/fd"),
            ("stdin", "/proc/self/fd/0"),
            ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"),
        ] {
            let (at, to) = (text(&dev.join(name)), text(Path::new(to)));
            self.steps.push(Step::Link { at, to });
        }
        self.memory(&dev.join("shm"), SHARED, made);
    }

    /// An empty folder or file over a secret.
    fn hide(&mut self, secret: &Path) {
        if secret.is_dir() {
            self.steps.push(Step::Memory {
                at: text(secret),
                options: c"mode=0,size=4k,nr_inodes=2".to_owned(),
                set: raw::NO_SUID | raw::NO_DEVICES | raw::READ_ONLY,
            });
        } else {
            let set = raw::NO_SUID | raw::NO_EXEC | raw::READ_ONLY;
            self.bind(Path::new("/dev/null"), secret, set);
        }
    }
}

/// A new root in memory, with the old one inside it. It is made over `/proc`: every system has it, and what a
/// mount covers cannot be taken from the old root any more, where nothing of `/proc` is wanted.
fn begin() -> Answer {
    let private = libc::MS_REC | libc::MS_PRIVATE;
    raw::mount(c"none", c"/", c"", private, c"")?;
    raw::mount(
        c"jail",
        c"/proc",
        c"tmpfs",
        libc::MS_NOSUID | libc::MS_NODEV,
        c"mode=755,size=1m,nr_inodes=4k",
    )?;
    raw::go_to(c"/proc")?;
    raw::folder(c".old")?;
    raw::change_root(c".", c".old")?;
    raw::go_to(c"/")
}

fn close_root() -> Answer {
    // The root's own mount alone: what is mounted in it has its own rights.
    let flags =
        libc::MS_REMOUNT | libc::MS_BIND | libc::MS_RDONLY | libc::MS_NOSUID | libc::MS_NODEV;
    raw::mount(c"none", c"/", c"", flags, c"")
}

impl Step {
    fn take(&self) -> Answer {
        match self {
            // What cannot be made is missed by the mount that needs it.
            Step::Folder(at) => {
                let _ = raw::folder(at);
                Ok(())
            }
            Step::File(at) => {
                let _ = raw::file(at);
                Ok(())
            }
            Step::Link { at, to } => raw::link(at, to),
            Step::Bind { from, at, set } => {
                raw::mount(from, at, c"", libc::MS_BIND | libc::MS_REC, c"")?;
                raw::restrict_mount(at, *set)
            }
            Step::Memory { at, options, set } => {
                raw::mount(
                    c"jail",
                    at,
                    c"tmpfs",
                    libc::MS_NOSUID | libc::MS_NODEV,
                    options,
                )?;
                raw::restrict_mount(at, *set)
            }
        }
    }
}

fn old(path: &Path) -> PathBuf {
    Path::new(OLD).join(path.strip_prefix("/").unwrap_or(path))
}

/// A path for the kernel. One with a zero byte cannot have come from a file system.
pub(super) fn text(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).unwrap_or_else(|_| <&CStr>::default().to_owned())
}
