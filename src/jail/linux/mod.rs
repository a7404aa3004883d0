//! A jail on Linux: mounts, processes and network by namespaces, files once more by Landlock, system calls by
//! seccomp, counts by cgroup and rlimits.
//!
//! A [`Plan`](crate::Plan) comes in, a child that already runs and the report about it come out. The parent
//! prepares every string and every table ([`spawn`]); `child` acts on them between fork and exec; `keeper` stays.
//! If a layer fails, the child says which and ends before exec, and the next attempt goes without it, or none
//! follows (strict). So the report is about what happened.
//!
//! It does not know why a program is run, nor what it says.
//!
//! **What is protected**, and what is not, stands in the header of the crate.

mod cgroup;
mod child;
mod identity;
mod keeper;
mod landlock;
mod layers;
mod limits;
mod loopback;
mod memory;
mod mounts;
mod raw;
mod seccomp;
mod stage;

use std::{
    collections::BTreeMap,
    ffi::CString,
    io::{self, Read as _},
    net::TcpListener,
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::Path,
    process::Stdio,
};

use ferrule_types::Enforced;
use tokio::process::Command;

use self::{
    child::{Child, Exec, GroupEntry, Namespaces},
    identity::Map,
    landlock::Rules,
    layers::Layers,
    mounts::{Private, Tree},
    seccomp::Filters,
    stage::{Stage, Word},
};
use crate::{
    Access, Error, Mode, Network, Plan, Result, environment,
    probe::{self, Found},
    proxy::Allowed,
    view::{DEVICES, Grant, View},
};

pub(crate) type Signal = libc::c_int;
pub(crate) const TERMINATE: Signal = libc::SIGTERM;
pub(crate) const END: Signal = keeper::END;

/// To a keeper that is not waited for yet.
pub(crate) fn send(id: u32, signal: Signal) {
    let _ = raw::kill(id as libc::c_int, signal);
}

/// What must live as long as the child, and goes with it.
#[derive(Debug, Default)]
pub(crate) struct Attached {
    group: Option<cgroup::Group>,
    /// The private folder, where it is not one in memory.
    _private: Option<tempfile::TempDir>,
    _proxy: Option<crate::proxy::Proxy>,
}

impl Attached {
    /// Kills what a keeper that was itself killed may have left.
    pub(crate) fn end(&self) {
        if let Some(group) = &self.group {
            group.end();
        }
    }
}

pub(crate) struct Started {
    pub(crate) child: tokio::process::Child,
    pub(crate) report: Vec<Enforced>,
    pub(crate) attached: Attached,
}

/// Why an attempt ended.
enum Ended {
    At(Stage, i32),
    With(Error),
}

/// Every layer may fail once.
const MOST_ATTEMPTS: usize = 6;

pub(crate) fn spawn(plan: &Plan, extra: &[Grant], installs: bool) -> Result<Started> {
    let program = probe::probe(&plan.program, plan.cwd.as_deref())?;
    let view = View::of(plan, &program, extra);
    let mut layers = Layers::wanted(plan);
    for _ in 0..MOST_ATTEMPTS {
        if plan.mode == Mode::Strict
            && let Some((layer, why)) = layers.missing(plan)
        {
            let layer = layer.to_owned();
            return Err(Error::Missing { layer, why });
        }
        let attempt = Attempt {
            plan,
            program: &program,
            view: &view,
            installs,
        };
        match attempt.make(&mut layers) {
            Ok(started) => return Ok(started),
            Err(Ended::With(error)) => return Err(error),
            Err(Ended::At(stage, errno)) => {
                if !layers.give_up(stage, errno) {
                    let source = io::Error::from_raw_os_error(errno);
                    return Err(Error::start(stage.doing())(source));
                }
                tracing::warn!(
                    layer = stage.doing(),
                    errno,
                    "a layer of the jail is missing"
                );
            }
        }
    }
    Err(Error::start("start the jail")(io::ErrorKind::Other.into()))
}

/// What a jail can enforce here, tried with a program that does nothing.
pub(crate) fn available() -> Vec<Enforced> {
    let mut plan = Plan::new("true", Vec::<String>::new());
    plan.network = Network::None;
    match spawn(&plan, &[], false) {
        Ok(started) => started.report,
        Err(error) => vec![Enforced::missing("jail", error.to_string())],
    }
}

struct Attempt<'a> {
    plan: &'a Plan,
    program: &'a Found,
    view: &'a View,
    installs: bool,
}

/// The proxy's socket: ours already, or still to come from inside.
enum Door {
    None,
    Ours(TcpListener),
    Inside(UnixStream),
}

impl Attempt<'_> {
    fn make(&self, layers: &mut Layers) -> Result<Started, Ended> {
        let private = self.private(layers).map_err(Ended::With)?;
        let (door, handed) = self.door(layers).map_err(Ended::With)?;
        let inside = layers.isolates_network(self.plan);
        let port = match &door {
            Door::None => None,
            Door::Ours(listener) => listener.local_addr().ok().map(|address| address.port()),
            Door::Inside(_) => Some(loopback::PROXY_PORT),
        };
        let allowed = self.allowed(inside).map_err(Ended::With)?;
        let environment = self.environment(&private.place, port, allowed.as_ref());

        let (mut said, word) =
            io::pipe().map_err(|source| Ended::With(Error::start("make a pipe")(source)))?;
        let child = self
            .child(
                layers,
                &private.place,
                port,
                word.into(),
                handed,
                &environment,
            )
            .map_err(Ended::With)?;
        let mut command = self.command(child);
        let spawned = command.spawn();
        // With the command goes the last writing end that is ours.
        drop(command);
        // Until exec or its failure has closed the other end: the last word counts.
        let mut words = Vec::new();
        let _ = said.read_to_end(&mut words);
        let word = words.last_chunk().copied().and_then(Word::read);
        match (spawned, word) {
            (Ok(child), Some(word)) if word.stage == Stage::Ready => {
                layers.has_proc = word.has_proc;
                let report = layers.report(self.plan, self.view);
                let proxy = open(door, allowed).map_err(Ended::With)?;
                let group = std::mem::replace(&mut layers.group, Err(String::new())).ok();
                Ok(Started {
                    child,
                    report,
                    attached: Attached {
                        group,
                        _private: private.folder,
                        _proxy: proxy,
                    },
                })
            }
            (_, Some(word)) if word.stage == Stage::Exec => {
                let source = io::Error::from_raw_os_error(word.errno);
                let doing = format!("run {}", self.program.named.display());
                Err(Ended::With(Error::start(doing)(source)))
            }
            (_, Some(word)) if word.stage != Stage::Ready => Err(Ended::At(word.stage, word.errno)),
            (Err(source), _) => {
                let doing = format!("run {}", self.program.named.display());
                Err(Ended::With(Error::start(doing)(source)))
            }
            (Ok(_), _) => Err(Ended::With(Error::start("hear from the child")(
                io::ErrorKind::UnexpectedEof.into(),
            ))),
        }
    }

    /// The standard library forks and gives the child its streams; the rest, exec too, is the child's.
    fn command(&self, child: Child) -> Command {
        let mut command = Command::new(&self.program.named);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // SAFETY: `descend` neither allocates nor locks; that is the invariant of `raw`, and `child` keeps it.
        unsafe {
            command.pre_exec(move || child.descend());
        }
        command
    }

    fn exec(&self, environment: &BTreeMap<String, String>) -> Exec {
        let named = mounts::text(&self.program.named);
        // Zero bytes were refused with the plan.
        let word = |word: &str| CString::new(word).unwrap_or_default();
        let args = self.plan.args.iter().map(|arg| word(arg));
        let variables = environment
            .iter()
            .map(|(name, value)| word(&format!("{name}={value}")));
        Exec::of(
            named.clone(),
            std::iter::once(named).chain(args).collect(),
            variables.collect(),
        )
    }

    /// Everything that the child will read, written now.
    fn child(
        &self,
        layers: &Layers,
        private: &Private,
        port: Option<u16>,
        word: OwnedFd,
        handed: Option<OwnedFd>,
        environment: &BTreeMap<String, String>,
    ) -> Result<Child> {
        let plan = self.plan;
        let group = layers.group.as_ref().ok().map(GroupEntry::of).transpose();
        let namespaces = layers.namespaces.is_ok().then(|| Namespaces {
            flags: layers::flags(layers.isolates_network(plan)),
            map: Map::of(plan.user.unwrap_or_else(layers::ourselves)),
            tree: Tree::of(self.view, private, plan.limits.temporary),
            loopback: layers.isolates_network(plan) && plan.network != Network::None,
            proxy: handed,
        });
        let seccomp = layers
            .seccomp
            .is_ok()
            .then(|| Filters::compile(layers.sockets(plan), layers.namespaces.is_ok()))
            .flatten();
        let processes = layers::process_limit(plan, layers).map(layers::Counted::value);
        let is_off = plan.mode == Mode::Off;
        Ok(Child {
            exec: self.exec(environment),
            parent: layers::our_number(),
            word,
            group: group.map_err(Error::start("open the cgroup"))?,
            user: plan.user.filter(|_| !is_off),
            namespaces,
            cwd: mounts::text(plan.cwd.as_deref().unwrap_or(&private.home)),
            drops_rights: !is_off,
            limits: if is_off {
                Vec::new()
            } else {
                limits::prepare(&plan.limits, processes)
            },
            landlock: layers
                .landlock
                .as_ref()
                .ok()
                .map(|abi| self.rules(*abi, layers, private, port)),
            seccomp,
        })
    }

    fn rules(
        &self,
        abi: ::landlock::ABI,
        layers: &Layers,
        private: &Private,
        port: Option<u16>,
    ) -> Rules {
        let mut rules = Rules::new(abi, layers.tcp(self.plan, port));
        let is_inside = layers.namespaces.is_ok();
        for grant in &self.view.grants {
            let place = if is_inside { &grant.at } else { &grant.from };
            rules.grant(place, grant.access, grant.folder);
        }
        for device in DEVICES {
            rules.grant(&Path::new("/dev").join(device), Access::Write, false);
        }
        rules.grant(&private.temporary, Access::Write, true);
        if is_inside {
            rules.grant(Path::new("/proc"), Access::Read, true);
            rules.grant(Path::new("/dev/shm"), Access::Write, true);
        } else {
            // Opened by the child itself: what it may see is its own entry.
            rules.grant(Path::new("/proc/self"), Access::Read, true);
            for name in ["cpuinfo", "meminfo", "stat"] {
                rules.grant(&Path::new("/proc").join(name), Access::Read, false);
            }
        }
        rules
    }

    /// A folder in memory inside, or one on disk that only this child is shown.
    fn private(&self, layers: &Layers) -> Result<Secluded> {
        if layers.namespaces.is_ok() {
            return Ok(Secluded {
                place: Private::within(self.view),
                folder: None,
            });
        }
        let making = || Error::io("make a private folder in", std::env::temp_dir());
        let folder = tempfile::Builder::new()
            .prefix("ferrule-jail-")
            .tempdir()
            .map_err(making())?;
        let place = Private {
            temporary: folder.path().to_owned(),
            home: folder.path().join("home"),
        };
        std::fs::create_dir(&place.home).map_err(making())?;
        if let Some(user) = self.plan.user {
            for path in [&place.temporary, &place.home] {
                std::os::unix::fs::chown(path, Some(user.id), Some(user.group)).map_err(making())?;
            }
        }
        Ok(Secluded {
            place,
            folder: Some(folder),
        })
    }

    /// The proxy's socket and, where it is made inside, the end at which the child hands it over.
    fn door(&self, layers: &Layers) -> Result<(Door, Option<OwnedFd>)> {
        if !matches!(self.plan.network, Network::Hosts(_)) || self.plan.mode == Mode::Off {
            return Ok((Door::None, None));
        }
        if layers.isolates_network(self.plan) {
            let (ours, theirs) = UnixStream::pair().map_err(Error::start("make a socket pair"))?;
            return Ok((Door::Inside(ours), Some(theirs.into())));
        }
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).map_err(Error::start("open the proxy"))?;
        Ok((Door::Ours(listener), None))
    }

    fn allowed(&self, inside: bool) -> Result<Option<Allowed>> {
        match &self.plan.network {
            // On the machine's own loopback others could ask the proxy too.
            Network::Hosts(hosts) if self.plan.mode != Mode::Off => {
                Allowed::new(hosts, !inside).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn environment(
        &self,
        private: &Private,
        port: Option<u16>,
        allowed: Option<&Allowed>,
    ) -> BTreeMap<String, String> {
        let mut all = environment::of(
            self.plan,
            self.view,
            &private.home,
            &private.temporary,
            self.installs,
        );
        if let (Some(port), Some(allowed)) = (port, allowed) {
            all.extend(allowed.environment(port));
        }
        all
    }
}

struct Secluded {
    place: Private,
    folder: Option<tempfile::TempDir>,
}

fn open(door: Door, allowed: Option<Allowed>) -> Result<Option<crate::proxy::Proxy>> {
    let listener = match door {
        Door::None => return Ok(None),
        Door::Ours(listener) => listener,
        Door::Inside(from) => loopback::accept_listener(&from)
            .map_err(Error::start("take the proxy's socket from the jail"))?,
    };
    let Some(allowed) = allowed else {
        return Ok(None);
    };
    crate::proxy::Proxy::open(listener, allowed).map(Some)
}
