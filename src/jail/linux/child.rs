//! From our fork to the program's exec.
//!
//! ```text
//! we ── keeper ── init ── program      with a process namespace
//! we ── keeper ────────── program      without one
//! ```
//!
//! [`Child`] is written by the parent and only read here, by the invariant in `raw`. Our fork copies our memory;
//! the processes below it share that copy until the program execs, and then let go of it. A step that fails is told to
//! the parent, and that attempt ends before anything of the program has run; so the report of an attempt that
//! succeeds is what holds.

use std::{
    ffi::CString,
    io,
    os::fd::{AsRawFd as _, OwnedFd},
    ptr,
};

use super::{
    cgroup::Group,
    identity::{self, Map},
    keeper::{self, Duty, Left},
    landlock::Rules,
    limits::Limit,
    loopback,
    memory::Inherited,
    mounts::Tree,
    raw,
    seccomp::Filters,
    stage::{Failed, Stage, Word},
};
use crate::plan::User;

pub(super) struct Child {
    pub(super) exec: Exec,
    pub(super) parent: libc::c_int,
    /// Where we say how far we came.
    pub(super) word: OwnedFd,
    pub(super) group: Option<GroupEntry>,
    pub(super) user: Option<User>,
    pub(super) namespaces: Option<Namespaces>,
    pub(super) cwd: CString,
    pub(super) drops_rights: bool,
    pub(super) limits: Vec<Limit>,
    pub(super) landlock: Option<Rules>,
    pub(super) seccomp: Option<Filters>,
}

/// The program, its arguments and its variables, as exec takes them.
pub(super) struct Exec {
    path: CString,
    args: Words,
    environment: Words,
}

/// Strings, and the list of their addresses that ends with none.
struct Words {
    _words: Vec<CString>,
    addresses: Vec<usize>,
}

impl Words {
    fn of(words: Vec<CString>) -> Self {
        let addresses = words.iter().map(|word| word.as_ptr() as usize);
        Words {
            addresses: addresses.chain([0]).collect(),
            _words: words,
        }
    }

    fn address(&self) -> usize {
        self.addresses.as_ptr() as usize
    }
}

impl Exec {
    pub(super) fn of(path: CString, args: Vec<CString>, environment: Vec<CString>) -> Self {
        Exec {
            path,
            args: Words::of(args),
            environment: Words::of(environment),
        }
    }
}

pub(super) struct GroupEntry {
    processes: OwnedFd,
    outer_processes: CString,
    kill: CString,
    folder: CString,
}

pub(super) struct Namespaces {
    pub(super) flags: libc::c_int,
    pub(super) map: Map,
    pub(super) tree: Tree,
    /// With a network namespace.
    pub(super) loopback: bool,
    /// Where the proxy's socket is handed over.
    pub(super) proxy: Option<OwnedFd>,
}

impl GroupEntry {
    pub(super) fn of(group: &Group) -> io::Result<Self> {
        Ok(GroupEntry {
            processes: group.open_processes()?,
            outer_processes: super::mounts::text(&group.outer_processes()),
            kill: super::mounts::text(&group.kill_file()),
            folder: super::mounts::text(group.folder()),
        })
    }
}

impl Child {
    /// In our fork: becomes the keeper, with the program below it.
    pub(super) fn descend(&self) -> ! {
        let _ = raw::mask_signals(u64::MAX);
        let _ = raw::new_session();
        self.check(self.enter_group());
        if let Some(user) = self.user {
            self.check(identity::become_user(user).map_err(|errno| (Stage::User, errno)));
        }
        let mut branch = Branch {
            child: self,
            inherited: Inherited::find(),
            has_proc: true,
        };
        // All of it now: the heap may be gone as soon as there is a program.
        let mut duty = self.duty();
        let with = (&raw mut branch).cast();
        if let Some(namespaces) = &self.namespaces {
            let inner = raw::branch(first, with, namespaces.flags);
            duty.inner = self.check(inner.map_err(|errno| (Stage::Namespaces, errno)));
        } else {
            let inner = raw::branch(program, with, libc::CLONE_VFORK);
            duty.inner = self.check(inner.map_err(|errno| (Stage::Fork, errno)));
            branch.inherited.let_go();
        }
        keeper::keep(&duty)
    }

    /// The first process of new namespaces: furnishes them and becomes the init.
    fn furnish(&self, namespaces: &Namespaces, branch: &mut Branch) -> ! {
        let _ = raw::control(libc::PR_SET_PDEATHSIG, libc::SIGKILL as usize);
        branch.has_proc = self.check(namespaces.enter());
        self.check(self.drop_rights());
        let inner = raw::branch(program, ptr::from_mut(branch).cast(), libc::CLONE_VFORK);
        let inner = self.check(inner.map_err(|errno| (Stage::Fork, errno)));
        branch.inherited.let_go();
        keeper::reap_for(inner)
    }

    /// The last process, up to its exec.
    fn run(&self, has_proc: bool) -> ! {
        let _ = raw::control(libc::PR_SET_PDEATHSIG, libc::SIGKILL as usize);
        self.check(self.restrict());
        self.say(Stage::Ready, 0, has_proc);
        let (args, environment) = (&self.exec.args, &self.exec.environment);
        let errno = raw::exec(&self.exec.path, args.address(), environment.address());
        self.say(Stage::Exec, errno, has_proc);
        raw::exit(125)
    }

    /// The last steps, in the program's own process.
    fn restrict(&self) -> Result<(), Failed> {
        let at = |stage| move |errno| (stage, errno);
        let _ = raw::new_session();
        raw::go_to(&self.cwd).map_err(at(Stage::Folder))?;
        self.drop_rights()?;
        for limit in &self.limits {
            limit.apply().map_err(at(Stage::Limits))?;
        }
        raw::reset_signals();
        let _ = raw::mask_signals(0);
        // Nothing of ours but the three streams outlives the exec.
        raw::close_from(3, true);
        if let Some(rules) = &self.landlock {
            rules.apply().map_err(at(Stage::Landlock))?;
        }
        if let Some(filters) = &self.seccomp {
            filters.apply().map_err(at(Stage::Seccomp))?;
        }
        Ok(())
    }

    fn drop_rights(&self) -> Result<(), Failed> {
        if !self.drops_rights {
            return Ok(());
        }
        let drop = || {
            identity::drop_capabilities()?;
            raw::control(libc::PR_SET_NO_NEW_PRIVS, 1)
        };
        drop().map_err(|errno| (Stage::Capabilities, errno))
    }

    fn enter_group(&self) -> Result<(), Failed> {
        let Some(group) = &self.group else {
            return Ok(());
        };
        // Zero is whoever writes it.
        raw::write(group.processes.as_raw_fd(), b"0").map_err(|errno| (Stage::Cgroup, errno))
    }

    fn duty(&self) -> Duty {
        let left =
            |group: &GroupEntry| Left::of(&group.outer_processes, &group.kill, &group.folder);
        Duty {
            parent: self.parent,
            inner: 0,
            has_init: self.namespaces.is_some(),
            group: self.group.as_ref().and_then(left),
        }
    }

    /// Ends this process where a step failed.
    fn check<T>(&self, answer: Result<T, Failed>) -> T {
        match answer {
            Ok(value) => value,
            Err((stage, errno)) => {
                self.say(stage, errno, false);
                raw::exit(125)
            }
        }
    }

    fn say(&self, stage: Stage, errno: libc::c_int, has_proc: bool) {
        let word = Word {
            stage,
            errno,
            has_proc,
        };
        let _ = raw::write(self.word.as_raw_fd(), &word.bytes());
    }
}

/// What a process below the keeper is given. It lies on the keeper's stack, which stays.
struct Branch<'a> {
    child: &'a Child,
    inherited: Inherited,
    has_proc: bool,
}

extern "C" fn first(with: *mut libc::c_void) -> libc::c_int {
    // SAFETY: the keeper hands over its branch and does not look at it again.
    let branch = unsafe { &mut *with.cast::<Branch>() };
    match &branch.child.namespaces {
        Some(namespaces) => branch.child.furnish(namespaces, branch),
        None => raw::exit(125),
    }
}

extern "C" fn program(with: *mut libc::c_void) -> libc::c_int {
    // SAFETY: whoever hands it over stands still until this process has its own memory.
    let branch = unsafe { &*with.cast::<Branch>() };
    branch.child.run(branch.has_proc)
}

impl Namespaces {
    /// In the first process of the new namespaces. Whether there is a `/proc`.
    fn enter(&self) -> Result<bool, Failed> {
        self.map.apply().map_err(|errno| (Stage::Map, errno))?;
        if self.loopback {
            loopback::bring_up().map_err(|errno| (Stage::Loopback, errno))?;
        }
        if let Some(proxy) = &self.proxy {
            let offered = loopback::offer_listener(proxy.as_raw_fd());
            offered.map_err(|errno| (Stage::Loopback, errno))?;
        }
        self.tree.enter()?;
        let has_proc = Tree::proc();
        Tree::close()?;
        Ok(has_proc)
    }
}
