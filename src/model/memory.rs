//! How much memory is left for a model, by the system's and the container's own account.

use std::path::Path;

use candle_core::quantized::GgmlDType;

use crate::{
    Error, Form, Opened, Result,
    kernel::Kind,
    source::{Raw, Stored},
};

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

/// Bytes that loading and running copy out of the files.
fn copied_bytes(opened: &Opened, form: Form) -> u64 {
    sum(opened, |raw| copied(opened, raw, form))
}

/// Bytes that the weights take while the model runs: what is copied, and what is used where it is mapped.
pub fn weights(opened: &Opened, form: Form) -> u64 {
    sum(opened, |raw| match copied(opened, raw, form) {
        0 => raw.view.bytes().len() as u64,
        copied => copied,
    })
}

fn sum(opened: &Opened, size: impl Fn(&Raw) -> u64) -> u64 {
    let all = opened.source.all();
    all.iter().map(size).fold(0, u64::saturating_add)
}

fn copied(opened: &Opened, raw: &Raw, form: Form) -> u64 {
    let (_, elements) = opened.counted(raw);
    match (form, raw.stored) {
        (Form::Dense(wanted), stored) if wanted != stored => wanted.bytes(elements),
        (Form::Quantised(kind), _) | (Form::Stored, Stored::Ggml(kind)) => ggml(kind, elements),
        (Form::Dense(_) | Form::Stored, _) => 0,
    }
}

/// Packing gives scales whole bytes: hardly more than the file has. What is not packed is widened.
fn ggml(kind: GgmlDType, elements: u64) -> u64 {
    Kind::of(kind).map_or(Stored::F32.bytes(elements), |k| k.packed(elements))
}

/// What the system says is available, or less where a container allows less.
pub fn available() -> Option<u64> {
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
    // Files that were read lately count as used and are given up at need: a model just fetched, for one.
    let stat = std::fs::read_to_string(root.join("memory.stat")).unwrap_or_default();
    let idle = stat.lines().find_map(|l| l.strip_prefix("inactive_file "));
    let idle: u64 = idle.and_then(|n| n.trim().parse().ok()).unwrap_or(0);
    Some(limit.saturating_sub(used.saturating_sub(idle)))
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
        std::fs::write(
            root.path().join("memory.stat"),
            "anon 1\ninactive_file 300\n",
        )
        .unwrap();
        assert_eq!(cgroup(root.path()), Some(900));
        std::fs::write(root.path().join("memory.max"), "max\n").unwrap();
        assert_eq!(cgroup(root.path()), None);
    }
}
