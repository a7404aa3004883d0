//! Real processes in real jails: what each tries, what comes of it, and that nothing is left.
#![allow(clippy::unwrap_used)]
// Why a test was skipped is for those who read its output.
#![allow(clippy::print_stdout)]

mod amounts;
mod ends;
mod escape;
mod files;
mod kernel;
mod network;
mod real;
mod unprivileged;

use std::{fs, path::PathBuf, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    time::timeout,
};

use crate::{Enforced, Jailed, Plan, Root};

const PATIENCE: Duration = Duration::from_mins(1);

pub(super) fn fixtures() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.join("../../tests/fixtures/jail")
        .canonicalize()
        .unwrap()
}

/// A folder for what tests make, beside what the compiler makes; else wherever there is one.
pub(super) fn built() -> PathBuf {
    let exe = std::env::current_exe().unwrap();
    let built = exe.parent().unwrap().join("jail-tests");
    match fs::create_dir_all(&built) {
        Ok(()) => built.canonicalize().unwrap(),
        Err(_) => std::env::temp_dir(),
    }
}

/// A plan for one of the hostile programs, which sees its own folder.
pub(super) fn fixture(name: &str, args: &[&str]) -> Plan {
    let script = fixtures().join(name).display().to_string();
    let args = std::iter::once(script.as_str()).chain(args.iter().copied());
    let mut plan = Plan::new(python(), args);
    plan.roots.push(Root::read(fixtures()));
    plan
}

/// The interpreter itself, not a shim before it.
pub(super) fn python() -> String {
    let usual = "/usr/bin/python3";
    if std::path::Path::new(usual).exists() {
        return usual.to_owned();
    }
    let ask = ["-c", "import sys; print(sys.executable)"];
    let answer = std::process::Command::new("python3")
        .args(ask)
        .output()
        .unwrap();
    String::from_utf8(answer.stdout).unwrap().trim().to_owned()
}

/// The first line that a program writes.
pub(super) async fn first_line(jailed: &mut Jailed) -> String {
    let stdout = jailed.stdout.as_mut().unwrap();
    let mut line = String::new();
    let reading = BufReader::new(stdout);
    timeout(PATIENCE, async { { reading }.read_line(&mut line).await })
        .await
        .unwrap()
        .unwrap();
    if line.is_empty() {
        tokio::time::sleep(Duration::from_millis(200)).await;
        panic!("nothing came; on the error stream: {}", jailed.stderr());
    }
    line.trim().to_owned()
}

/// What one of the programs that answer in JSON came to.
pub(super) async fn answers(plan: &Plan) -> (Value, Vec<Enforced>) {
    let mut jailed = plan.spawn().unwrap();
    let mut text = String::new();
    let mut stdout = jailed.stdout.take().unwrap();
    timeout(PATIENCE, stdout.read_to_string(&mut text))
        .await
        .unwrap()
        .unwrap();
    let status = timeout(PATIENCE, jailed.wait()).await.unwrap().unwrap();
    assert!(status.success(), "{status}: {text} {}", jailed.stderr());
    (
        serde_json::from_str(&text).unwrap(),
        jailed.report().to_vec(),
    )
}

pub(super) fn holds(report: &[Enforced], what: &str) -> Option<String> {
    let line = report.iter().find(|line| line.what == what);
    line.unwrap_or_else(|| panic!("{what} is not reported: {report:#?}"))
        .by
        .clone()
}

/// The processes of this machine whose command line has `mark` in it, and which are not just waiting to be reaped.
pub(super) fn alive(mark: &str) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let has_mark = |pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        *pid != std::process::id() && String::from_utf8_lossy(&line).contains(mark)
    };
    numbers.filter(has_mark).collect()
}

/// A word that no other process has.
pub(super) fn mark(name: &str) -> String {
    format!(
        "mark-{name}-{}-{:?}",
        std::process::id(),
        std::time::Instant::now()
    )
    .replace([' ', '{', '}', ':', ','], "")
}

pub(super) async fn eventually_none(mark: &str) -> Vec<u32> {
    for _ in 0..100 {
        if alive(mark).is_empty() {
            return Vec::new();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    alive(mark)
}

pub(super) fn children_of(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parent_of = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let rest = stat
            .rsplit_once(')')
            .map(|(_, rest)| rest.to_owned())
            .unwrap_or_default();
        rest.split_whitespace()
            .nth(1)
            .and_then(|word| word.parse::<u32>().ok())
    };
    numbers
        .filter(|pid| parent_of(pid) == Some(parent))
        .collect()
}
