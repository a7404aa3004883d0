//! A cgroup for one jail: the one thing that counts the processes of a tree whoever owns them, and its memory.
//!
//! A group can be made where the system lets us: below our own group or beside it, in the unified hierarchy
//! (v2) if it was delegated with the controllers, else among the processes of the old one (v1). Files come in
//! through a root folder, `/sys/fs/cgroup`, and a text, `/proc/self/cgroup`.

use std::{
    fs, io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::Limits;

#[derive(Debug)]
pub(super) struct Group {
    folder: PathBuf,
    pub(super) unified: bool,
    /// Whether it bounds memory too.
    pub(super) memory: bool,
}

/// The keeper and the init count as well.
const OURS: u64 = 2;

static COUNT: AtomicU64 = AtomicU64::new(0);

impl Group {
    /// A group with these limits; else why there is none.
    pub(super) fn make(limits: &Limits) -> Result<Self, String> {
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        Group::make_in(Path::new("/sys/fs/cgroup"), &own, limits)
    }

    fn make_in(root: &Path, own: &str, limits: &Limits) -> Result<Self, String> {
        let name = format!(
            "ferrule-jail-{}-{}",
            process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let mut why = "there is no cgroup with a limit on processes".to_owned();
        for (outer, unified) in places(root, own) {
            let folder = outer.join(&name);
            if let Err(error) = fs::create_dir(&folder) {
                why = format!("no cgroup can be made ({})", error.kind());
                continue;
            }
            let mut group = Group {
                folder,
                unified,
                memory: false,
            };
            match group.limit(limits) {
                Ok(()) => return Ok(group),
                // Dropped: taken away again.
                Err(error) => why = format!("the cgroup takes no limit ({})", error.kind()),
            }
        }
        Err(why)
    }

    fn limit(&mut self, limits: &Limits) -> io::Result<()> {
        // Never make a file: in a folder that is no cgroup it would be one that nobody reads.
        let put = |name: &str, value: u64| {
            let path = self.folder.join(name);
            if !path.exists() {
                return Err(io::ErrorKind::NotFound.into());
            }
            fs::write(path, value.to_string())
        };
        if let Some(processes) = limits.processes {
            put("pids.max", processes.saturating_add(OURS))?;
        }
        if let Some(memory) = limits.memory.filter(|_| self.unified) {
            self.memory = put("memory.max", memory).is_ok();
            let _ = put("memory.swap.max", 0);
        }
        Ok(())
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn outer_processes(&self) -> PathBuf {
        let outer = self.folder.parent().unwrap_or(&self.folder);
        outer.join("cgroup.procs")
    }

    pub(super) fn kill_file(&self) -> PathBuf {
        self.folder.join("cgroup.kill")
    }

    pub(super) fn open_processes(&self) -> io::Result<OwnedFd> {
        let file = fs::OpenOptions::new()
            .write(true)
            .open(self.folder.join("cgroup.procs"))?;
        Ok(file.into())
    }

    /// Kills whoever is left inside.
    pub(super) fn end(&self) {
        if self.kill_file().exists() && fs::write(self.kill_file(), "1").is_ok() {
            return;
        }
        let inside = fs::read_to_string(self.folder.join("cgroup.procs")).unwrap_or_default();
        for pid in inside.lines().filter_map(|line| line.parse().ok()) {
            let _ = super::raw::kill(pid, libc::SIGKILL);
        }
    }
}

impl Drop for Group {
    /// A group can be taken away once its last process is gone, which may be a moment from now.
    fn drop(&mut self) {
        const TRIES: u32 = 20;
        for _ in 0..TRIES {
            match fs::remove_dir(&self.folder) {
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                    self.end();
                    std::thread::sleep(Duration::from_millis(2));
                }
                _ => return,
            }
        }
    }
}

/// Where a group may be made, best first, and whether that is in the unified hierarchy.
fn places(root: &Path, own: &str) -> Vec<(PathBuf, bool)> {
    let mut unified = Vec::new();
    let mut old = Vec::new();
    for line in own.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let path = path.trim_start_matches('/');
        if controllers.is_empty() {
            let at = [root.to_owned(), root.join("unified")];
            let at = at
                .into_iter()
                .find(|at| at.join("cgroup.controllers").exists());
            let Some(own) = at.map(|at| at.join(path)) else {
                continue;
            };
            // A group with processes of its own cannot hand controllers down; the one above it does.
            let outer = own
                .parent()
                .map(Path::to_path_buf)
                .filter(|outer| outer.starts_with(root));
            unified.extend(
                std::iter::once(own)
                    .chain(outer)
                    .filter(|place| hands_down(place)),
            );
        } else if controllers
            .split(',')
            .any(|controller| controller == "pids")
        {
            old.push(root.join("pids").join(path));
        }
    }
    let old = old
        .into_iter()
        .filter(|place| place.join("cgroup.procs").exists());
    let unified = unified.into_iter().map(|place| (place, true));
    unified.chain(old.map(|place| (place, false))).collect()
}

fn hands_down(place: &Path) -> bool {
    let handed = fs::read_to_string(place.join("cgroup.subtree_control")).unwrap_or_default();
    handed
        .split_whitespace()
        .any(|controller| controller == "pids")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(root: &Path, path: &str, files: &[(&str, &str)]) {
        fs::create_dir_all(root.join(path)).unwrap();
        for (name, content) in files {
            fs::write(root.join(path).join(name), content).unwrap();
        }
    }

    #[test]
    fn a_group_stands_where_the_controllers_are_handed_down() {
        let root = tempfile::tempdir().unwrap();
        folder(root.path(), "", &[("cgroup.controllers", "pids")]);
        folder(
            root.path(),
            "user/app",
            &[("cgroup.subtree_control", "memory pids\n")],
        );
        folder(
            root.path(),
            "user/app/we",
            &[("cgroup.subtree_control", "")],
        );
        assert_eq!(
            places(root.path(), "0::/user/app/we\n"),
            [(root.path().join("user/app"), true)]
        );
    }

    #[test]
    fn the_old_hierarchy_serves_where_the_unified_one_has_no_controllers() {
        let root = tempfile::tempdir().unwrap();
        folder(
            root.path(),
            "unified",
            &[("cgroup.controllers", ""), ("cgroup.subtree_control", "")],
        );
        folder(root.path(), "pids/we", &[("cgroup.procs", "")]);
        assert_eq!(
            places(root.path(), "8:pids:/we\n4:memory:/else\n0::/\n"),
            [(root.path().join("pids/we"), false)]
        );
    }

    #[test]
    fn a_folder_that_is_no_cgroup_takes_no_limit_and_is_taken_away() {
        let root = tempfile::tempdir().unwrap();
        folder(root.path(), "pids/we", &[("cgroup.procs", "")]);
        let made = Group::make_in(root.path(), "8:pids:/we\n", &Limits::default());
        assert!(made.unwrap_err().contains("takes no limit"));
        let left: Vec<_> = fs::read_dir(root.path().join("pids/we")).unwrap().collect();
        assert_eq!(left.len(), 1, "only its own file");
    }
}
