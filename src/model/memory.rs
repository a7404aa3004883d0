//! How much memory is left for a model, by the system's and the container's own account.

use std::path::Path;

use crate::{Error, Form, Opened, Result, source::Stored};

/// Refuses a load that cannot end well, before it starts. Mapped weights are not counted: the system
/// can drop and read them again, slowly but safely.
pub fn check(opened: &Opened, form: Form) -> Result<()> {
    let needed = copied_bytes(opened, form);
    match available() {
        Some(available) if needed > available => Err(Error::OutOfMemory {
            path: opened.source.path().to_owned(),
            needed_mb: needed >> 20,
            available_mb: available >> 20,
        }),
        _ => Ok(()),
    }
}

/// Bytes that loading copies out of the files.
fn copied_bytes(opened: &Opened, form: Form) -> u64 {
    let all = opened.source.all();
    let size = |raw: &crate::source::Raw| {
        let elements = raw.elements() as u64;
        match (form, raw.stored) {
            (Form::Dense(wanted), stored) if wanted != stored => wanted.bytes(elements),
            (Form::Quantised(kind), _) => Stored::Ggml(kind).bytes(elements),
            (Form::Stored, Stored::Ggml(_)) => raw.view.bytes().len() as u64,
            (Form::Dense(_) | Form::Stored, _) => 0,
        }
    };
    all.iter().map(size).sum()
}

/// What the system says is available, or less where a container allows less.
fn available() -> Option<u64> {
    let free = meminfo(&std::fs::read_to_string("/proc/meminfo").ok()?)?;
    let container = cgroup(Path::new("/sys/fs/cgroup"));
    Some(container.map_or(free, |c| c.min(free)))
}

fn meminfo(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

fn cgroup(root: &Path) -> Option<u64> {
    let read = |file: &str| -> Option<u64> {
        std::fs::read_to_string(root.join(file))
            .ok()?
            .trim()
            .parse()
            .ok()
    };
    let limit = read("memory.max")?;
    let used = read("memory.current")?;
    Some(limit.saturating_sub(used))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{cgroup, meminfo};

    #[test]
    fn the_systems_account_is_read_in_bytes() {
        let text = "MemTotal: 24000 kB\nMemAvailable:     2048 kB\n";
        assert_eq!(meminfo(text), Some(2 << 20));
        assert_eq!(meminfo("nonsense"), None);
    }

    #[test]
    fn a_containers_limit_counts_what_is_used_already() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("memory.max"), "1000\n").unwrap();
        std::fs::write(root.path().join("memory.current"), "400\n").unwrap();
        assert_eq!(cgroup(root.path()), Some(600));
        std::fs::write(root.path().join("memory.max"), "max\n").unwrap();
        assert_eq!(cgroup(root.path()), None);
    }
}
