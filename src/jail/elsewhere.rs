//! A child on systems other than Linux: a cleared environment, a process group of its own where there are such,
//! and nothing more; the report says so.

use std::process::Stdio;

use ferrule_types::Enforced;
use tokio::process::Command;

use crate::{
    Error, Mode, Plan, Result, environment, probe,
    view::{Grant, View},
};

pub(crate) type Signal = i32;
pub(crate) const TERMINATE: Signal = 15;
pub(crate) const END: Signal = 9;

#[derive(Debug, Default)]
pub(crate) struct Attached {
    _private: Option<tempfile::TempDir>,
}

impl Attached {
    pub(crate) fn end(&self) {}
}

pub(crate) struct Started {
    pub(crate) child: tokio::process::Child,
    pub(crate) report: Vec<Enforced>,
    pub(crate) attached: Attached,
}

pub(crate) fn spawn(plan: &Plan, extra: &[Grant], installs: bool) -> Result<Started> {
    if plan.mode == Mode::Strict {
        return Err(Error::Missing {
            layer: "a jail".to_owned(),
            why: "this system has none that ferrule knows".to_owned(),
        });
    }
    let program = probe::probe(&plan.program, plan.cwd.as_deref())?;
    let view = View::of(plan, &program, extra);
    let private = tempfile::Builder::new().prefix("ferrule-jail-").tempdir();
    let private = private.map_err(Error::io("make a private folder in", std::env::temp_dir()))?;
    let mut command = Command::new(&program.named);
    command
        .args(&plan.args)
        .env_clear()
        .envs(environment::of(
            plan,
            &view,
            private.path(),
            private.path(),
            installs,
        ))
        .current_dir(plan.cwd.as_deref().unwrap_or(private.path()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    restrict(&mut command, plan);
    let doing = format!("run {}", program.named.display());
    let child = command.spawn().map_err(Error::start(doing))?;
    Ok(Started {
        child,
        report: report(plan.mode == Mode::Off),
        attached: Attached {
            _private: Some(private),
        },
    })
}

pub(crate) fn available() -> Vec<Enforced> {
    report(false)
}

fn report(is_off: bool) -> Vec<Enforced> {
    const WHY: &str = "this system has no jail that ferrule knows";
    let mut report = vec![Enforced::by("environment", "cleared")];
    if cfg!(unix) {
        report.push(Enforced {
            note: Some("what leaves the group stays alive".to_owned()),
            ..Enforced::by("end of the tree", "process group")
        });
    }
    report.push(if cfg!(unix) && !is_off {
        Enforced {
            note: Some("open files, file size and computing time of each process".to_owned()),
            ..Enforced::by("limits", "rlimit")
        }
    } else {
        Enforced::missing("limits", WHY)
    });
    let missing = [
        "memory",
        "filesystem",
        "other processes",
        "privileges",
        "system calls",
        "network",
        "process count",
    ];
    report.extend(missing.map(|what| Enforced::missing(what, WHY)));
    report
}

#[cfg(unix)]
fn restrict(command: &mut Command, plan: &Plan) {
    command.process_group(0);
    let limits = [
        (libc::RLIMIT_CORE, Some(0)),
        (libc::RLIMIT_NOFILE, plan.limits.files),
        (libc::RLIMIT_FSIZE, plan.limits.file_size),
        (
            libc::RLIMIT_CPU,
            plan.limits.cpu.map(|time| time.as_secs().max(1)),
        ),
    ];
    let is_off = plan.mode == Mode::Off;
    // SAFETY: between fork and exec nothing but `setrlimit` is called, on values that are already there.
    unsafe {
        command.pre_exec(move || {
            for (which, value) in limits {
                if let Some(value) = value.filter(|_| !is_off) {
                    let value = value as libc::rlim_t;
                    let limit = libc::rlimit {
                        rlim_cur: value,
                        rlim_max: value,
                    };
                    // One above our own is refused, and ours stays.
                    libc::setrlimit(which, &raw const limit);
                }
            }
            Ok(())
        });
    }
}

#[cfg(not(unix))]
fn restrict(_command: &mut Command, _plan: &Plan) {}

#[cfg(unix)]
pub(crate) fn send(id: u32, signal: Signal) {
    // SAFETY: it only sends, to the group of a child that is not waited for yet.
    unsafe {
        libc::kill(-(id as libc::pid_t), signal);
    }
}

#[cfg(not(unix))]
pub(crate) fn send(_id: u32, _signal: Signal) {}
