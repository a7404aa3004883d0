//! May this server be started, and with what.
//!
//! *In*: a [`Launch`] (what a configuration or a request wishes) and the [`Facts`] about it that somebody else looked
//! up: the program's real path, the host's addresses. *Out*: a [`Verdict`](ferrule_types::Verdict) that names the
//! rule, the place and what to change. Arguments are data: a `;` or a `|` is judged only where something would
//! interpret it. Each runtime has one file with the grammar of its flags and one row in [`RULES`], found by the
//! program's *real* name; a flag that no row knows is refused.
//!
//! **Protected.** Inline code in every spelling, code loaded before the program, other registries, sources that are
//! no registry, containers with the host's rights, variables that make a runtime load code, addresses that a
//! stranger must not reach. **Not protected.** What the named script, package or image does once it runs: that is
//! the jail's work. A program may be swapped, and a name may resolve anew, between the look and the start: start
//! the real path and connect to the addresses that were judged.
//!
//! It does not know: the file system, the network, how a process is started. It does no IO and never waits.

// What is judged, and by whom.
mod facts;
mod mirror;
mod policy;

// How a verdict comes about.
mod harm;
mod trial;

// The parts of a launch.
mod address;
mod command;
mod env;
mod grammar;
mod image;
mod mount;
mod package;
mod url;

// The runtimes, one file each.
mod binary;
mod bun;
mod deno;
mod docker;
mod node;
mod npm;
mod pip;
mod python;
mod shell;
mod uv;
mod wrapper;

pub use address::{Reach, reach};
pub use env::{INHERITED, inherited};
pub use facts::{Facts, Launch, Program};
pub use mirror::{
    ALLOW_UNSAFE_ENV_VAR, ALLOWED_COMMANDS, BLOCKED_COMMAND_ARG_RULES, BLOCKED_ENV, BlockedArgs,
    CONTROL_CHARS, DANGEROUS_ARG_PATTERNS, DANGEROUS_PATTERNS,
};
pub use policy::LaunchPolicy;

use harm::Harm;
use trial::Trial;

/// One program, or several that read their arguments alike.
#[derive(Debug)]
struct Rule {
    /// The runtime, as rules are called after it: `launch.<name>.eval`.
    name: &'static str,
    /// What the program is called, in lower case, without version and ending.
    names: &'static [&'static str],
    /// What else its file may be called once links are followed.
    files: &'static [&'static str],
    /// Why it runs only where somebody listed it, and never inside another program; none if its arguments are judged.
    refused: Option<&'static Harm>,
    /// Judges the arguments from this index on.
    judge: fn(&mut Trial, usize),
}

/// Every row. A test walks it and wants fixtures for each name.
static RULES: &[&Rule] = &[
    &node::NODE,
    &npm::NPX,
    &npm::NPM,
    &python::PYTHON,
    &uv::UV,
    &uv::UVX,
    &pip::PIP,
    &pip::PIPX,
    &docker::DOCKER,
    &deno::DENO,
    &bun::BUN,
    &bun::BUNX,
    &shell::SHELL,
    &wrapper::WRAPPER,
];

#[cfg(test)]
#[path = "../tests/launch/mod.rs"]
mod tests;
