use std::{
    os::fd::AsRawFd as _,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::{alive, children_of, eventually_none, first_line, fixture, fixtures, mark};
use crate::{Plan, Root, plan::Without};

const GRACE: Duration = Duration::from_millis(600);

#[tokio::test]
async fn a_tree_that_ignores_everything_is_gone_after_the_grace() {
    for without in [None, Some(Without::Namespaces), Some(Without::Both)] {
        let mark = mark("stubborn");
        let mut plan = fixture("stubborn.py", &[&mark]);
        plan.without = without;
        let mut jailed = plan.spawn().unwrap();
        assert_eq!(first_line(&mut jailed).await, "ready");
        // Counted once: whoever stands between it and its grandchild is there for a moment only.
        let begin = Instant::now();
        let mut seen = alive(&mark).len();
        while seen < 2 && begin.elapsed() < super::PATIENCE {
            tokio::time::sleep(Duration::from_millis(10)).await;
            seen = alive(&mark).len();
        }
        assert!(seen >= 2, "it and its grandchild");
        let begin = Instant::now();
        let status = jailed.kill(GRACE).await.unwrap();
        assert_eq!(status.code(), Some(137));
        assert!(begin.elapsed() >= GRACE, "the grace is given");
        assert_eq!(
            eventually_none(&mark).await,
            Vec::<u32>::new(),
            "{without:?}"
        );
    }
}

#[tokio::test]
async fn a_dropped_jail_leaves_nobody() {
    for without in [None, Some(Without::Namespaces)] {
        let mark = mark("dropped");
        let mut plan = fixture("stubborn.py", &[&mark]);
        plan.without = without;
        let mut jailed = plan.spawn().unwrap();
        first_line(&mut jailed).await;
        drop(jailed);
        assert_eq!(
            eventually_none(&mark).await,
            Vec::<u32>::new(),
            "{without:?}"
        );
    }
}

#[tokio::test]
async fn when_the_program_ends_its_grandchildren_do() {
    for without in [None, Some(Without::Namespaces)] {
        let mark = mark("leaves");
        let mut plan = fixture("stubborn.py", &[&mark, "leave"]);
        plan.without = without;
        let mut jailed = plan.spawn().unwrap();
        first_line(&mut jailed).await;
        drop(jailed.stdin.take());
        assert!(jailed.wait().await.unwrap().success());
        assert_eq!(
            eventually_none(&mark).await,
            Vec::<u32>::new(),
            "{without:?}"
        );
    }
}

#[tokio::test]
async fn a_polite_program_ends_by_itself_when_it_is_asked() {
    for without in [None, Some(Without::Namespaces)] {
        let mut plan = Plan::new(fixtures().join("polite.sh").display().to_string(), [""; 0]);
        plan.roots.push(Root::read(fixtures()));
        plan.without = without;
        let mut jailed = plan.spawn().unwrap();
        assert_eq!(first_line(&mut jailed).await, "ready");
        let status = jailed.kill(Duration::from_secs(8)).await.unwrap();
        assert_eq!(status.code(), Some(42), "{without:?}");
    }
}

/// What the next test runs as a process of its own, to be killed. It does nothing when it is run as a test.
#[tokio::test]
async fn holds_a_jail_until_it_is_killed() {
    let Ok(mark) = std::env::var("FERRULE_JAIL_MARK") else {
        return;
    };
    let mut plan = fixture("stubborn.py", &[&mark]);
    plan.without = std::env::var("FERRULE_JAIL_WITHOUT")
        .is_ok()
        .then_some(Without::Namespaces);
    let mut jailed = plan.spawn().unwrap();
    first_line(&mut jailed).await;
    println!("held");
    tokio::time::sleep(Duration::from_secs(20)).await;
}

#[tokio::test]
async fn when_we_are_killed_nobody_is_left() {
    for without in [false, true] {
        let mark = mark("orphans");
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args([
                "--exact",
                "tests::ends::holds_a_jail_until_it_is_killed",
                "--nocapture",
            ])
            .env("FERRULE_JAIL_MARK", &mark)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if without {
            command.env("FERRULE_JAIL_WITHOUT", "1");
        }
        let mut holder = command.spawn().unwrap();
        let begin = Instant::now();
        while alive(&mark).len() < 2 && begin.elapsed() < super::PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(alive(&mark).len() >= 2, "the premise: it runs");
        let keepers = children_of(holder.id());
        assert_eq!(keepers.len(), 1);
        holder.kill().unwrap();
        holder.wait().unwrap();
        assert_eq!(
            eventually_none(&mark).await,
            Vec::<u32>::new(),
            "without namespaces: {without}"
        );
        for keeper in keepers {
            let gone = (0..100).any(|_| {
                std::thread::sleep(Duration::from_millis(10));
                // Whoever inherits it may be slow to reap it.
                let stat = std::fs::read_to_string(format!("/proc/{keeper}/stat"));
                stat.is_ok_and(|stat| !stat.contains(") Z "))
                    .then_some(())
                    .is_none()
            });
            assert!(gone, "the keeper itself");
        }
    }
}

#[tokio::test]
async fn a_keeper_keeps_nothing_of_our_memory() {
    let large = vec![7_u8; 64 << 20];
    let mut jailed = fixture("stubborn.py", &[]).spawn().unwrap();
    first_line(&mut jailed).await;
    let keeper = jailed.id().unwrap();
    let status = std::fs::read_to_string(format!("/proc/{keeper}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("RssAnon"))
        .unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(kib < 8 << 10, "{line}");
    assert_eq!(
        large.iter().map(|byte| u64::from(*byte)).sum::<u64>(),
        7 * (64 << 20)
    );
}

#[tokio::test]
async fn nothing_of_ours_is_open_in_the_program_or_its_keeper() {
    let folder = tempfile::tempdir().unwrap();
    let ours = std::fs::File::create(folder.path().join("ours")).unwrap();
    // An open file that would outlive an exec.
    // SAFETY: it changes one flag of our own file.
    unsafe { libc::fcntl(ours.as_raw_fd(), libc::F_SETFD, 0) };
    let script = "import os; print(sorted(os.listdir('/proc/self/fd')), flush=True); input()";
    let mut jailed = Plan::new(super::python(), ["-c", script]).spawn().unwrap();
    let seen = first_line(&mut jailed).await;
    assert_eq!(
        seen, "['0', '1', '2', '3']",
        "three streams, and the folder itself"
    );
    let keeper = jailed.id().unwrap();
    for entry in std::fs::read_dir(format!("/proc/{keeper}/fd")).unwrap() {
        let target = std::fs::read_link(entry.unwrap().path()).unwrap();
        assert!(
            target.starts_with("anon_inode:[signalfd]") || target.to_string_lossy().contains("pid"),
            "{}",
            target.display()
        );
    }
}

#[tokio::test]
async fn a_jail_that_has_ended_leaves_no_cgroup() {
    let ours = format!("ferrule-jail-{}-", std::process::id());
    let groups = || {
        let root = std::path::Path::new("/sys/fs/cgroup");
        let places = [root.to_owned(), root.join("pids"), root.join("unified")];
        let entries = places
            .into_iter()
            .filter_map(|place| std::fs::read_dir(place).ok());
        let paths = entries
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()));
        let ours = |path: &std::path::PathBuf| path.to_string_lossy().contains(&ours);
        paths.filter(ours).collect::<Vec<_>>()
    };
    let mut jailed = fixture("stubborn.py", &[]).spawn().unwrap();
    first_line(&mut jailed).await;
    // Those of other tests are among them, and go as well.
    let there = groups();
    if super::holds(jailed.report(), "process count").is_some_and(|by| by.contains("cgroup (v1)")) {
        assert!(!there.is_empty(), "the premise: there is one");
    }
    drop(jailed);
    let begin = Instant::now();
    while there.iter().any(|group| group.exists()) && begin.elapsed() < super::PATIENCE {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let left: Vec<_> = there.iter().filter(|group| group.exists()).collect();
    assert!(left.is_empty(), "{left:?}");
}
