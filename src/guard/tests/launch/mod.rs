//! What the guard says of launches. *In*: the tables in `tests/fixtures/guard/launch/`, and launches mixed at random.
//! *Out*: every disagreement, with its file and line. It does not know: how a verdict comes about; it goes through
//! [`LaunchPolicy`] alone.
#![allow(clippy::unwrap_used)]

mod cases;
mod fixture;
mod limits;
mod policy;
mod properties;

use ferrule_types::AskedBy;

use super::*;

/// The launch of an operator, whose program lies in the system's folder.
fn words(line: &str) -> (Launch, Facts) {
    let mut words = line.split(' ');
    let command = words.next().unwrap();
    let launch = Launch::stdio("s", command, words, AskedBy::Operator);
    let facts = found(command);
    (launch, facts)
}

/// The facts of a command that was found where programs lie.
fn found(command: &str) -> Facts {
    let real = if command.contains(['/', '\\']) {
        command.to_owned()
    } else {
        format!("/usr/bin/{command}")
    };
    Facts {
        program: Some(Program::at(command, real)),
        addresses: None,
    }
}
