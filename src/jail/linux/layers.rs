//! Which layers an attempt uses, what failed before, and the report about both.

use std::{
    io,
    path::Path,
    sync::atomic::{AtomicI32, Ordering},
};

use ferrule_types::Enforced;
use landlock::ABI;

use super::{
    cgroup::Group,
    landlock::{self as files, Rules, Tcp},
    raw::{self, Errno},
    seccomp::Sockets,
    stage::Stage,
};
use crate::{Mode, Network, Plan, plan::Without, view::View};

/// The layers of one attempt; for those that are missing, why.
pub(super) struct Layers {
    pub(super) namespaces: Result<(), String>,
    pub(super) landlock: Result<ABI, String>,
    pub(super) seccomp: Result<(), String>,
    pub(super) group: Result<Group, String>,
    /// Whether the new process namespace has a `/proc`; known afterwards.
    pub(super) has_proc: bool,
}

/// The error that refused namespaces once: it will again, so nobody tries for every server.
static NAMESPACES_REFUSED: AtomicI32 = AtomicI32::new(0);

impl Layers {
    pub(super) fn wanted(plan: &Plan) -> Self {
        if plan.mode == Mode::Off {
            let off = || "it was switched off".to_owned();
            return Layers {
                namespaces: Err(off()),
                landlock: Err(off()),
                seccomp: Err(off()),
                group: Err(off()),
                has_proc: false,
            };
        }
        let refused = match plan.without {
            Some(Without::Namespaces | Without::Both) => libc::EPERM,
            _ => NAMESPACES_REFUSED.load(Ordering::Relaxed),
        };
        let counts = !matches!(plan.without, Some(Without::Cgroup | Without::Both));
        Layers {
            namespaces: if refused == 0 {
                Ok(())
            } else {
                Err(not_permitted(refused))
            },
            landlock: files::version()
                .ok_or_else(|| "this kernel has no Landlock, or it is off".to_owned()),
            seccomp: Ok(()),
            group: match plan.limits.processes {
                Some(_) if counts => Group::make(&plan.limits),
                Some(_) => Err("no cgroup can be made".to_owned()),
                None => Err("no limit was asked for".to_owned()),
            },
            has_proc: false,
        }
    }

    /// Takes away the layer that failed at `stage`; `false` if that step is no layer.
    pub(super) fn give_up(&mut self, stage: Stage, errno: Errno) -> bool {
        let why = || {
            format!(
                "could not {}: {}",
                stage.doing(),
                io::Error::from_raw_os_error(errno)
            )
        };
        match stage {
            Stage::Namespaces | Stage::Map | Stage::Mounts | Stage::Loopback => {
                // Not what may be otherwise next time: too many namespaces, too little memory.
                let lasts =
                    [libc::EPERM, libc::EACCES, libc::ENOSYS, libc::EINVAL].contains(&errno);
                if lasts && matches!(stage, Stage::Namespaces | Stage::Map) {
                    NAMESPACES_REFUSED.store(errno, Ordering::Relaxed);
                }
                self.namespaces = Err(why());
            }
            Stage::Landlock => self.landlock = Err(why()),
            Stage::Seccomp => self.seccomp = Err(why()),
            Stage::Cgroup => self.group = Err(why()),
            _ => return false,
        }
        true
    }

    /// The first layer that is missing, and why, for those who want all or nothing.
    pub(super) fn missing(&self, plan: &Plan) -> Option<(&'static str, String)> {
        let counted = plan.limits.processes.is_none() || process_limit(plan, self).is_some();
        let layers = [
            ("namespaces", self.namespaces.as_ref().err()),
            ("Landlock", self.landlock.as_ref().err()),
            ("seccomp", self.seccomp.as_ref().err()),
            (
                "a limit on processes",
                self.group.as_ref().err().filter(|_| !counted),
            ),
        ];
        layers
            .into_iter()
            .find_map(|(layer, why)| Some((layer, why?.clone())))
    }

    /// Where a network namespace is part of the attempt.
    pub(super) fn isolates_network(&self, plan: &Plan) -> bool {
        self.namespaces.is_ok() && plan.network != Network::Full
    }

    /// What Landlock leaves of TCP. In a namespace of its own there is nobody to reach.
    pub(super) fn tcp(&self, plan: &Plan, proxy: Option<u16>) -> Tcp {
        match (&plan.network, proxy) {
            (Network::None, _) => Tcp::None,
            (Network::Loopback, _) if self.namespaces.is_err() => Tcp::None,
            (Network::Hosts(_), Some(port)) if self.namespaces.is_err() => Tcp::To(port),
            _ => Tcp::Any,
        }
    }

    pub(super) fn sockets(&self, plan: &Plan) -> Sockets {
        let isolated = self.namespaces.is_ok();
        Sockets {
            internet: match plan.network {
                Network::Full | Network::Hosts(_) => true,
                Network::None => false,
                // Without a namespace this loopback would be the machine's, with everybody's services.
                Network::Loopback => isolated,
            },
            datagrams: isolated || plan.network == Network::Full,
            // Without mounts the sockets of the machine's services are in sight, and Landlock does not see them;
            // those without a path belong to the network, and only newer versions of Landlock know them.
            unix: isolated && (plan.network != Network::Full || self.is_scoped()),
        }
    }

    pub(super) fn report(&self, plan: &Plan, view: &View) -> Vec<Enforced> {
        let mut report = vec![Enforced {
            note: Some("only an allow-list of ours and what the plan names".to_owned()),
            ..Enforced::by("environment", "cleared")
        }];
        report.push(self.end());
        if plan.mode == Mode::Off {
            let what = [
                "filesystem",
                "other processes",
                "privileges",
                "system calls",
                "network",
                "memory",
                "process count",
                "limits",
            ];
            report.extend(what.map(|what| Enforced::missing(what, "the jail was switched off")));
            return report;
        }
        report.push(self.filesystem());
        report.extend(self.secrets(view));
        report.push(self.others());
        report.push(Enforced::by("privileges", "no_new_privs, no capabilities"));
        report.push(match &self.seccomp {
            Ok(()) => Enforced::by("system calls", "seccomp"),
            Err(why) => Enforced::missing("system calls", why),
        });
        report.push(self.network(plan));
        report.push(self.memory(plan));
        report.push(self.processes(plan));
        report.extend(per_process(plan));
        report
    }

    fn end(&self) -> Enforced {
        let by = match &self.namespaces {
            Ok(()) => "process namespace",
            Err(_) => "keeper as subreaper",
        };
        let note = match &self.namespaces {
            Ok(()) => "the whole tree ends with the program, with the jail, and with us",
            Err(_) => {
                "the tree ends with the program, with the jail, and with us, unless it kills its keeper"
            }
        };
        Enforced {
            note: Some(note.to_owned()),
            ..Enforced::by("end of the tree", by)
        }
    }

    fn filesystem(&self) -> Enforced {
        match (&self.namespaces, &self.landlock) {
            (Ok(()), Ok(_)) => Enforced::by("filesystem", "mount namespace, Landlock"),
            (Ok(()), Err(_)) => Enforced::by("filesystem", "mount namespace"),
            (Err(_), Ok(_)) => Enforced {
                note: Some(
                    "names and sizes of files outside can be seen, and the rights and times of those \
                     of the same user changed; their content cannot"
                        .to_owned(),
                ),
                ..Enforced::by("filesystem", "Landlock")
            },
            (Err(mounts), Err(landlock)) => {
                Enforced::missing("filesystem", format!("{mounts}; {landlock}"))
            }
        }
    }

    /// Only a word where a root covers a secret.
    fn secrets(&self, view: &View) -> Option<Enforced> {
        let count = view.secrets.len();
        let first = view.secrets.first()?.display();
        let places = format!("{count} known places below the roots, {first} first");
        Some(match self.namespaces {
            Ok(()) => Enforced {
                note: Some(places),
                ..Enforced::by("secrets in roots", "hidden by mounts")
            },
            Err(_) => Enforced::missing("secrets in roots", format!("{places}: narrow the roots")),
        })
    }

    fn is_scoped(&self) -> bool {
        self.landlock
            .as_ref()
            .is_ok_and(|abi| Rules::knows_scopes(*abi))
    }

    fn others(&self) -> Enforced {
        let scoped = self
            .landlock
            .as_ref()
            .is_ok_and(|abi| Rules::knows_scopes(*abi));
        match &self.namespaces {
            Ok(()) => Enforced {
                note: Some(
                    if self.has_proc {
                        "a /proc of its own"
                    } else {
                        "without /proc"
                    }
                    .to_owned(),
                ),
                ..Enforced::by("other processes", "process namespace")
            },
            Err(_) if scoped => Enforced::by("other processes", "Landlock scope, seccomp"),
            Err(why) => Enforced::missing(
                "other processes",
                format!("it can signal processes of the same user: {why}"),
            ),
        }
    }

    fn network(&self, plan: &Plan) -> Enforced {
        let seccomp = self.seccomp.is_ok();
        let ports = self
            .landlock
            .as_ref()
            .is_ok_and(|abi| Rules::knows_tcp(*abi));
        let noted = |by: &str, note: &str| Enforced {
            note: Some(note.to_owned()),
            ..Enforced::by("network", by)
        };
        match (&plan.network, self.namespaces.is_ok()) {
            (Network::Full, _) => Enforced::missing(
                "network",
                "full was asked for: it reaches what this machine reaches",
            ),
            (Network::None, true) => noted("network namespace", "none"),
            (Network::Loopback, true) => noted("network namespace", "its own loopback"),
            (Network::Hosts(hosts), true) => noted(
                "network namespace, proxy",
                &format!("only {} through the proxy", hosts.join(", ")),
            ),
            (Network::None, false) if seccomp => noted("seccomp", "none"),
            (Network::Loopback, false) if seccomp => noted(
                "seccomp",
                "none: a loopback of its own needs a network namespace",
            ),
            (Network::Hosts(_), false) if seccomp && ports => noted(
                "Landlock, seccomp, proxy",
                "only TCP to the proxy's port, on whichever host: a network namespace would close that",
            ),
            (Network::Hosts(_), false) => Enforced::missing(
                "network",
                "the proxy binds only programs that honour it: a network namespace would bind all",
            ),
            (Network::None | Network::Loopback, false) => Enforced::missing(
                "network",
                "neither a network namespace nor seccomp can be had",
            ),
        }
    }

    fn memory(&self, plan: &Plan) -> Enforced {
        let Some(bytes) = plan.limits.memory else {
            return Enforced::missing("memory", "no limit was asked for");
        };
        let all = self.group.as_ref().is_ok_and(|group| group.memory);
        let (by, whose) = if all {
            ("cgroup, rlimit", "of all processes together")
        } else {
            (
                "rlimit",
                "of private memory for each process, shared memory uncounted",
            )
        };
        Enforced {
            note: Some(format!("{} MiB {whose}", bytes >> 20)),
            ..Enforced::by("memory", by)
        }
    }

    fn processes(&self, plan: &Plan) -> Enforced {
        let Some(count) = plan.limits.processes else {
            return Enforced::missing("process count", "no limit was asked for");
        };
        if let Ok(group) = &self.group {
            let by = if group.unified {
                "pids cgroup"
            } else {
                "pids cgroup (v1)"
            };
            return Enforced {
                note: Some(count.to_string()),
                ..Enforced::by("process count", by)
            };
        }
        match process_limit(plan, self) {
            Some(Counted::Here(count)) => Enforced {
                note: Some(count.to_string()),
                ..Enforced::by("process count", "rlimit in a user namespace")
            },
            Some(Counted::WithOthers(count)) => Enforced {
                note: Some(format!("{count} with all others of the same user")),
                ..Enforced::by("process count", "rlimit")
            },
            None => Enforced::missing(
                "process count",
                format!(
                    "{}, and the kernel's other limit does not hold for root: name another user",
                    self.group.as_ref().err().map_or("", String::as_str)
                ),
            ),
        }
    }
}

/// A limit on processes without a cgroup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// The kernel counts for each user namespace.
    Here(u64),
    /// All that the user runs, anywhere, counts.
    WithOthers(u64),
}

impl Counted {
    pub(super) fn value(self) -> u64 {
        let (Counted::Here(count) | Counted::WithOthers(count)) = self;
        count
    }
}

/// `RLIMIT_NPROC`, where it holds: never for root, in whatever namespace.
pub(super) fn process_limit(plan: &Plan, layers: &Layers) -> Option<Counted> {
    let count = plan
        .limits
        .processes
        .filter(|_| layers.group.is_err() && plan.mode != Mode::Off)?;
    // SAFETY: it only answers.
    let us = unsafe { libc::geteuid() };
    let user = plan.user.map_or(us, |user| user.id);
    (user != 0).then(|| {
        if layers.namespaces.is_ok() {
            // The init counts.
            Counted::Here(count + 1)
        } else {
            Counted::WithOthers(count + tasks_of(user))
        }
    })
}

/// How many processes and threads a user has now.
fn tasks_of(user: u32) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(all) = std::fs::read_dir("/proc") else {
        return 0;
    };
    let is_number = |path: &Path| {
        path.file_name().is_some_and(|name| {
            name.to_string_lossy()
                .bytes()
                .all(|byte| byte.is_ascii_digit())
        })
    };
    let folders = all
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_number(path));
    let its = folders.filter(|path| path.metadata().is_ok_and(|data| data.uid() == user));
    its.map(|path| std::fs::read_dir(path.join("task")).map_or(1, |tasks| tasks.count() as u64))
        .sum()
}

fn per_process(plan: &Plan) -> Vec<Enforced> {
    let limits = &plan.limits;
    let cpu = limits
        .cpu
        .map(|time| format!("{} s for each process", time.as_secs()));
    let file_size = limits.file_size.map(|bytes| format!("{} MiB", bytes >> 20));
    let lines = [
        ("open files", limits.files.map(|count| count.to_string())),
        ("file size", file_size),
        ("computing time", cpu),
    ];
    let line = |(what, note): (&str, Option<String>)| match note {
        Some(_) => Enforced {
            note,
            ..Enforced::by(what, "rlimit")
        },
        None => Enforced::missing(what, "no limit was asked for"),
    };
    lines.into_iter().map(line).collect()
}

fn not_permitted(errno: Errno) -> String {
    format!(
        "this system permits no namespaces: {}",
        io::Error::from_raw_os_error(errno)
    )
}

/// The kernel's flags of the namespaces of an attempt.
pub(super) fn flags(isolates_network: bool) -> libc::c_int {
    let network = if isolates_network {
        libc::CLONE_NEWNET
    } else {
        0
    };
    libc::CLONE_NEWUSER | libc::CLONE_NEWNS | libc::CLONE_NEWPID | libc::CLONE_NEWIPC | network
}

/// Who we are, for a map.
pub(super) fn ourselves() -> crate::User {
    // SAFETY: they only answer.
    let (id, group) = unsafe { (libc::geteuid(), libc::getegid()) };
    crate::User { id, group }
}

/// Our own number, as our children see it.
pub(super) fn our_number() -> libc::c_int {
    raw::call(libc::SYS_getpid, [0; 6]).map_or(0, |pid| pid as libc::c_int)
}
