use std::collections::BTreeMap;

use ferrule::{
    guard::launch::{
        ALLOW_UNSAFE_ENV_VAR, ALLOWED_COMMANDS, BLOCKED_COMMAND_ARG_RULES, CONTROL_CHARS,
        DANGEROUS_ARG_PATTERNS, DANGEROUS_PATTERNS,
    },
    tool_sandbox::{DANGEROUS_TOOL_ARG_PATTERNS, HIGH_RISK_TOOL_PATTERNS},
};
use pyo3::prelude::*;

/// The lists that the mirrored API shows, by their names there.
#[pyfunction]
pub fn guard_lists() -> BTreeMap<&'static str, Vec<String>> {
    let texts = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
    BTreeMap::from([
        ("ALLOWED_COMMANDS", texts(ALLOWED_COMMANDS)),
        ("ALLOW_UNSAFE_ENV_VAR", texts(&[ALLOW_UNSAFE_ENV_VAR])),
        (
            "CONTROL_CHARS",
            CONTROL_CHARS.iter().map(char::to_string).collect(),
        ),
        ("DANGEROUS_ARG_PATTERNS", texts(DANGEROUS_ARG_PATTERNS)),
        ("DANGEROUS_PATTERNS", texts(DANGEROUS_PATTERNS)),
        (
            "DANGEROUS_TOOL_ARG_PATTERNS",
            texts(DANGEROUS_TOOL_ARG_PATTERNS),
        ),
        ("HIGH_RISK_TOOL_PATTERNS", texts(HIGH_RISK_TOOL_PATTERNS)),
    ])
}

/// For each command the arguments that it must not have, and what each would do.
#[pyfunction]
pub fn blocked_command_args() -> BTreeMap<&'static str, BTreeMap<&'static str, &'static str>> {
    let mut table = BTreeMap::<_, BTreeMap<_, _>>::new();
    for row in BLOCKED_COMMAND_ARG_RULES {
        for command in row.commands {
            let blocked = row.exact.iter().map(|&argument| (argument, row.what));
            table.entry(*command).or_default().extend(blocked);
        }
    }
    table
}
