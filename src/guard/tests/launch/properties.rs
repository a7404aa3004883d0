use ferrule_types::{AskedBy, Verdict};
use proptest::{collection::vec, prelude::*, sample::select};

use super::{Facts, Launch, LaunchPolicy, Program, fixture, found};

/// Words of which hostile launches are made.
const WORDS: &[&str] = &[
    "-",
    "--",
    "-c",
    "-e",
    "-Ic",
    "-yc",
    "-cx",
    "-pe",
    "--eval",
    "--eval=x",
    "-m",
    "pip",
    "run",
    "exec",
    "x",
    "tool",
    "npx",
    "uvx",
    "node",
    "python3.12",
    "bash",
    "docker",
    "--entrypoint",
    "--mount",
    "type=bind,src=/",
    "-v",
    "/:/h",
    "C:\\:/x",
    "é",
    "-é",
    "--é=é",
    "=",
    "-=",
    "--=",
    "@",
    "@/",
    "@a/b@",
    "a@",
    "a@npm:",
    "npm:",
    "jsr:@a/b@1/c",
    "--package=",
    "--with",
    ",",
    "[",
    "a[b",
    "\u{202e}",
    "\0",
    "\n",
    "../x",
    "//x",
    "--from",
    "git+https://e",
    "name=host",
    "--version",
    "-V",
    "𝒏𝒐𝒅𝒆",
];

const COMMANDS: &[&str] = &[
    "node",
    "npx",
    "npm",
    "python",
    "python3.13t",
    "uv",
    "uvx",
    "pip",
    "pipx",
    "docker",
    "podman",
    "deno",
    "bun",
    "bunx",
    "bash",
    "env",
    "mcp-server-git",
    "",
    ".",
    "/",
    "\\",
    "é",
    "node.exe",
    "NPX.CMD",
    "C:\\x\\node",
    "//x/y",
    "python3.",
    "python..",
    "3",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(WORDS).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "-{0,3}[a-zé=]{0,6}",
    ]
}

fn launch() -> impl Strategy<Value = Launch> {
    let command = prop_oneof![3 => select(COMMANDS).prop_map(str::to_owned), 1 => any::<String>()];
    (command, vec(word(), 0..8))
        .prop_map(|(command, args)| Launch::stdio("s", command, args, AskedBy::Operator))
}

proptest! {
    #[test]
    fn no_launch_of_whatever_words_panics(mut launch in launch(), url in any::<String>(), name in word(), real in word()) {
        launch.env.insert(name, url.clone());
        launch.url = Some(format!("http://{url}"));
        let command = launch.command.clone().unwrap();
        let facts = Facts { program: Some(Program::at(command, real)), addresses: Some(Vec::new()) };
        let policy = LaunchPolicy::default();
        for facts in [&facts, &Facts::default()] {
            policy.judge(&launch, facts);
            policy.judge_command(&launch, facts);
            policy.judge_command_args(&launch, facts);
            policy.judge_redirect(&launch, &url, facts);
        }
    }

    #[test]
    fn no_argument_at_the_end_makes_a_refused_launch_allowed(launch in launch(), more in vec(word(), 1..4)) {
        stays_refused(&launch, more)?;
    }

    #[test]
    fn no_argument_at_the_end_makes_a_line_of_the_tables_allowed(at in any::<prop::sample::Index>(), more in vec(word(), 1..4)) {
        let mut cases = fixture::all();
        cases.retain(|(_, case)| !case.run.is_empty() && case.is_denied());
        let (_, case) = &cases[at.index(cases.len())];
        stays_refused(&Launch { asked_by: AskedBy::Operator, ..case.launch() }, more)?;
    }

    #[test]
    fn whoever_is_no_operator_never_starts_a_program_unasked(mut launch in launch()) {
        let facts = found(launch.command.as_deref().unwrap());
        launch.asked_by = AskedBy::Request;
        prop_assert!(!LaunchPolicy::default().judge(&launch, &facts).allows());
        launch.asked_by = AskedBy::Model;
        prop_assert!(matches!(LaunchPolicy::default().judge(&launch, &facts), Verdict::Deny(_)));
    }

    #[test]
    fn what_is_allowed_without_a_note_names_no_shell(mut launch in launch(), shell in select(&["sh", "bash", "cmd", "busybox"][..])) {
        launch.command = Some(shell.to_owned());
        prop_assert!(!LaunchPolicy::default().judge(&launch, &found(shell)).allows());
    }
}

/// Only what was refused for a lack may be mended by more.
fn stays_refused(launch: &Launch, more: Vec<String>) -> Result<(), TestCaseError> {
    let facts = found(launch.command.as_deref().unwrap());
    let policy = LaunchPolicy::default();
    let Verdict::Deny(ruling) = policy.judge(launch, &facts) else {
        return Ok(());
    };
    let at_the_end = format!("args[{}]", launch.args.len());
    let last = format!("args[{}]", launch.args.len().saturating_sub(1));
    let place = ruling.place.map(|place| place.part).unwrap_or_default();
    // An image that is a shell where nothing follows runs what follows instead.
    let is_bare_image = ruling.rule == "launch.docker.shell" && place == last;
    let lacks = ruling.rule.ends_with(".missing") || place == at_the_end || is_bare_image;
    let mut longer = launch.clone();
    longer.args.extend(more);
    let verdict = policy.judge(&longer, &facts);
    prop_assert!(
        lacks || matches!(verdict, Verdict::Deny(_)),
        "{:?} {:?} was {}",
        longer.command,
        longer.args,
        ruling.rule
    );
    Ok(())
}

#[test]
fn a_value_behind_a_sign_and_a_value_behind_a_space_are_judged_alike() {
    for (line, flag, value, rest) in [
        ("node", "--eval", "x", "s.js"),
        ("node", "--import", "data:,x", "s.js"),
        ("npx", "--call", "id", "x@1.0.0"),
        ("npx", "--package", "github:u/r", "x"),
        ("npx", "--package", "x@1.0.0", "x"),
        ("npx", "--registry", "https://e", "x@1.0.0"),
        ("uvx", "--from", "git+https://e", "x"),
        ("uvx", "--from", "x==1.0", "x"),
        ("uv run", "--with", "git+https://e", "s.py"),
        ("docker run", "--volume", "/:/h", "x"),
        ("docker run", "--network", "host", "x"),
        ("docker run", "--network", "none", "x"),
        ("docker run", "--mount", "type=bind,src=/etc,dst=/e", "x"),
        ("deno run", "--preload", "./p.ts", "s.ts"),
        ("bun", "--preload", "./p.ts", "s.ts"),
    ] {
        let judged = |line: String| {
            let (launch, facts) = super::words(&line);
            let verdict = LaunchPolicy::default().judge(&launch, &facts);
            (verdict.allows(), verdict.ruling().rule.clone())
        };
        assert_eq!(
            judged(format!("{line} {flag} {value} {rest}")),
            judged(format!("{line} {flag}={value} {rest}")),
            "{line} {flag}"
        );
    }
}

#[test]
fn a_program_is_judged_alike_in_capitals_and_with_a_windows_ending() {
    for (program, arguments) in [
        ("node", "-e x"),
        ("python", "-Ic x"),
        ("npx", "-c x"),
        ("uvx", "git+https://e"),
        ("docker", "run --privileged x"),
        ("deno", "eval x"),
        ("bun", "-e x"),
        ("node", "s.js"),
    ] {
        let judged = |program: &str| {
            let (launch, facts) = super::words(&format!("{program} {arguments}"));
            let verdict = LaunchPolicy::default().judge(&launch, &facts);
            (verdict.allows(), verdict.ruling().rule.clone())
        };
        let plain = judged(program);
        for other in [
            program.to_uppercase(),
            format!("{program}.exe"),
            format!("{program}.Cmd"),
            format!("/usr/bin/{program}"),
        ] {
            assert_eq!(judged(&other), plain, "{other} {arguments}");
        }
    }
}
