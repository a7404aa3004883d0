//! A child process with less authority: what it can reach is what it was given.
//!
//! **In**: a [`Plan`]: a program, its arguments and variables, its work folder and roots, which network, which
//! limits, how strict. **Out**: a [`Jailed`] child with its streams, and a report, line by line ([`Enforced`]),
//! of what really holds; [`probe`] gives facts about a command to those who judge it; [`Plan::install`] fetches
//! what a package runner would fetch, and gives back a plan that needs no registry.
//!
//! **What it does not know**: why the program is run, whether it may be (that is `guard`'s), what it says on its
//! streams, and where the operator's configuration lies.
//!
//! **What is protected**, on Linux, by default, as far as the report says so
//! - *Files*: the program sees the system's programs and libraries and its own runtime, read-only; a few harmless
//!   files of `/etc`; a private temporary folder; the work folder and the roots of the plan. Not the home folder,
//!   keys, credentials of clouds, sockets of services. By a mount namespace, and once more by Landlock. Known
//!   places of secrets below a root are hidden.
//! - *Processes*: it sees, signals and traces nobody outside. Its tree ends as a whole: with the program, with
//!   [`Jailed`], and with us, also when we are killed.
//! - *Environment*: nothing of ours but language, time zone and the place of certificates.
//! - *The kernel*: no capabilities, none to be gained, and none of the system calls that no server needs.
//! - *Network*: nothing by default (`full`); none, a loopback of its own, or named hosts, if the plan says so.
//! - *Amounts*: memory, processes, open files, file size, computing time, bytes of the private folder.
//!
//! **What is not protected**
//! - What the plan grants: a server with a root and the network can send the one over the other.
//! - Where a layer is missing, what it held; the report names it. Containers often permit no namespaces: then
//!   Landlock and seccomp stay, names and sizes of files elsewhere can be seen, the rights and times of those that
//!   the same user owns can be changed (Landlock knows no such right), and Unix sockets, shared memory and queues
//!   are closed to the program altogether.
//! - The kernel from its own faults. A jail is no virtual machine: what it shares, it shares.
//! - Disk space in writable roots beyond the size of one file; processor time beyond that of each process;
//!   memory shared between processes, where there is no cgroup that counts memory.
//! - Without namespaces: a private folder on disk, which stays if we are killed (`ferrule-jail-…` among the
//!   temporary files).
//! - A program that was replaced between being judged and being started, if its place is writable by others:
//!   [`Found::writable_by_others`] says so beforehand.
//! - On other systems: only the environment, the process group and the limits that they know. The report says so.

mod environment;
mod error;
mod install;
mod jailed;
mod plan;
mod probe;
#[cfg(target_os = "linux")]
mod proxy;
mod secrets;
mod view;

#[cfg(target_os = "linux")]
#[path = "linux/mod.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "elsewhere.rs"]
mod system;

pub use error::{Error, Result};
pub use ferrule_types::Enforced;
pub use install::Packages;
pub use jailed::Jailed;
pub use plan::{Access, Limits, Mode, Network, Plan, Root, User};
pub use probe::{Found, addresses, probe};

/// What a jail can enforce on this system, found by starting one. Needs a tokio runtime around it.
pub fn available() -> Vec<Enforced> {
    system::available()
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
