//! Claim: a jail adds less than 15 ms to the start of a program. Beside it: the same program, started plainly, and
//! started by a fork of ours, which copies the tables of our memory: that grows with what we hold, and is the larger
//! part of a jail's time in a process with gigabytes.
//!
//!     make bench
//!     cargo bench --bench jail_spawn

#![allow(clippy::print_stdout)]

use std::{
    error::Error,
    fs,
    hint::black_box,
    process::Stdio,
    time::{Duration, Instant},
};

use ferrule_jail::{Network, Plan};
use tokio::process::Command;

const RUNS: usize = 60;
const LARGE: usize = 1 << 30;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    conditions();
    for line in ferrule_jail::available() {
        let by = line.by.as_deref().unwrap_or("-");
        println!("  {:<18} {by}", line.what);
    }
    println!("\nuntil `true` runs, {RUNS} runs: median, 95th of 100");
    series("").await?;
    let large = vec![1_u8; LARGE];
    series(" (we hold 1 GiB more)").await?;
    black_box(large);
    Ok(())
}

async fn series(note: &str) -> Result<(), Box<dyn Error>> {
    let mut plainly = Vec::new();
    let mut copied = Vec::new();
    let mut jailed = Vec::new();
    let mut isolated = Vec::new();
    // In turns, so that what else the machine does falls on all alike.
    for _ in 0..RUNS {
        plainly.push(plain(false).await?);
        copied.push(plain(true).await?);
        jailed.push(jail(Network::Full).await?);
        isolated.push(jail(Network::None).await?);
    }
    let base = show(&format!("plainly{note}"), plainly, None);
    show(&format!("plainly, by fork{note}"), copied, Some(base));
    show(&format!("jailed{note}"), jailed, Some(base));
    show(&format!("jailed, no network{note}"), isolated, Some(base));
    Ok(())
}

/// With something to do between fork and exec, the standard library copies the process to start it; without, not.
async fn plain(by_fork: bool) -> Result<Duration, Box<dyn Error>> {
    let begin = Instant::now();
    let mut command = Command::new("/usr/bin/true");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if by_fork {
        // SAFETY: it does nothing.
        unsafe { command.pre_exec(|| Ok(())) };
    }
    let mut child = command.spawn()?;
    let took = begin.elapsed();
    child.wait().await?;
    Ok(took)
}

async fn jail(network: Network) -> Result<Duration, Box<dyn Error>> {
    let mut plan = Plan::new("/usr/bin/true", Vec::<String>::new());
    plan.network = network;
    let begin = Instant::now();
    let mut jailed = plan.spawn()?;
    let took = begin.elapsed();
    jailed.wait().await?;
    Ok(took)
}

fn show(what: &str, mut times: Vec<Duration>, base: Option<Duration>) -> Duration {
    times.sort();
    let median = times[times.len() / 2];
    let late = times[times.len() * 95 / 100];
    let more = base.map_or_else(String::new, |base| {
        format!(
            "   {:+.1} ms",
            (median.as_secs_f64() - base.as_secs_f64()) * 1e3
        )
    });
    println!(
        "  {what:<42} {:>6.1} ms {:>6.1} ms{more}",
        median.as_secs_f64() * 1e3,
        late.as_secs_f64() * 1e3
    );
    median
}

fn conditions() {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let profile = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    println!(
        "conditions: Linux {}, {cores} cores, load {}, {profile} build",
        read("/proc/sys/kernel/osrelease").trim(),
        read("/proc/loadavg").trim()
    );
}
