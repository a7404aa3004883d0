use std::collections::BTreeSet;

use super::{ALLOWED_COMMANDS, Facts, Launch, LaunchPolicy, Program, words};
use crate::launch::{INHERITED, inherited};
use ferrule_types::AskedBy;

fn allows(policy: &LaunchPolicy, line: &str) -> bool {
    let (launch, facts) = words(line);
    policy.judge(&launch, &facts).allows()
}

#[test]
fn an_empty_set_of_allowed_commands_allows_nothing_but_the_whitelist() {
    let mut policy = LaunchPolicy {
        allowed_commands: Some(BTreeSet::new()),
        ..LaunchPolicy::default()
    };
    for command in ALLOWED_COMMANDS {
        assert!(!allows(&policy, &format!("{command} x")), "{command}");
    }
    policy.custom_whitelist.insert("my-server".to_owned());
    assert!(allows(&policy, "my-server x"));
    assert_eq!(
        policy.allowed_commands,
        Some(BTreeSet::new()),
        "the caller's set stays as it was"
    );
}

#[test]
fn one_version_that_is_listed_lists_no_other() {
    let policy = LaunchPolicy {
        allowed_commands: Some(BTreeSet::from(["python3.12".to_owned()])),
        ..LaunchPolicy::default()
    };
    assert!(allows(&policy, "python3.12 s.py"));
    assert!(!allows(&policy, "python3.11 s.py"));
    assert!(!allows(&policy, "python s.py"));
}

#[test]
fn allow_unsafe_judges_nothing_and_says_so() {
    let policy = LaunchPolicy {
        allow_unsafe: true,
        ..LaunchPolicy::default()
    };
    let (launch, facts) = words("bash -c id");
    let verdict = policy.judge(&launch, &facts);
    assert!(verdict.allows());
    assert!(verdict.ruling().enforced.iter().any(|each| !each.holds()));
}

#[test]
fn a_program_that_nobody_looked_up_runs_only_where_the_check_is_off_and_that_is_noted() {
    let (launch, _) = words("node s.js");
    let mut policy = LaunchPolicy::default();
    assert!(!policy.judge(&launch, &Facts::default()).allows());
    policy.check_path_exists = false;
    let verdict = policy.judge(&launch, &Facts::default());
    assert!(verdict.allows());
    assert_eq!(verdict.ruling().enforced[0].what, "program");
    let (code, _) = words("node -e x");
    assert!(!policy.judge(&code, &Facts::default()).allows());
}

#[test]
fn facts_of_another_command_are_refused() {
    let (launch, _) = words("node s.js");
    let facts = Facts {
        program: Some(Program::at("python", "/usr/bin/node")),
        addresses: None,
    };
    let verdict = LaunchPolicy::default().judge(&launch, &facts);
    assert_eq!(verdict.ruling().rule, "launch.command.stale");
}

#[test]
fn each_part_is_judged_alone_as_it_is_in_the_whole() {
    let policy = LaunchPolicy::default();
    let (launch, facts) = words("bash -c id");
    assert_eq!(
        policy.judge_command(&launch, &facts).ruling().rule,
        "launch.command.unlisted"
    );
    assert!(policy.judge_args(&launch, &facts).allows());
    let (launch, facts) = words("node -e x");
    assert!(policy.judge_command(&launch, &facts).allows());
    assert_eq!(
        policy.judge_command_args(&launch, &facts).ruling().rule,
        "launch.node.eval"
    );
    assert_eq!(
        policy
            .judge_command_args(&launch, &Facts::default())
            .ruling()
            .rule,
        "launch.node.eval"
    );
    let real = Facts {
        program: Some(Program::at("node", "/usr/bin/python3")),
        addresses: None,
    };
    let (launch, _) = words("node -Ic x");
    assert!(!policy.judge_command_args(&launch, &real).allows());
    let url = Launch::remote("s", "ftp://x", AskedBy::Operator);
    assert_eq!(
        policy.judge_url(&url, &Facts::default()).ruling().rule,
        "launch.url.scheme"
    );
}

#[test]
fn a_server_inherits_no_variable_that_loads_code_or_holds_a_secret() {
    for name in ["HOME", "LC_ALL", "TZ", "Path"] {
        assert!(inherited(name), "{name}");
    }
    for name in [
        "LD_PRELOAD",
        "NODE_OPTIONS",
        "AWS_SECRET_ACCESS_KEY",
        "GITHUB_TOKEN",
        "SSH_AUTH_SOCK",
        "PYTHONPATH",
        "LC",
        "",
    ] {
        assert!(!inherited(name), "{name}");
    }
    assert!(
        INHERITED
            .iter()
            .all(|name| *name == name.to_ascii_uppercase())
    );
}
