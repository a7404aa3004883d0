//! Deno: `deno run [flags] script [arguments]`, where a script may be a URL. Its permissions are the operator's choice:
//! with all of them it is what Node is.

use super::{
    Rule,
    grammar::{Flag, Found, Grammar, Says, Takes, Walked},
    harm, package,
    trial::Trial,
};

pub(super) static DENO: Rule = Rule {
    name: "deno",
    names: &["deno"],
    files: &[],
    refused: None,
    judge,
};

static GRAMMAR: Grammar = Grammar {
    flags: &[FLAGS],
    clusters: true,
    abbreviates: false,
};

const FLAGS: &[Flag] = &[
    Flag::harms(
        &harm::EVAL,
        Takes::Value,
        &["--eval", "-e", "-p", "--print"],
    ),
    Flag::harms(
        &harm::PRELOAD,
        Takes::Value,
        &["--preload", "--import", "--require"],
    ),
    Flag::harms(&harm::ENV_FILE, Takes::Maybe, &["--env-file", "--env"]),
    Flag::harms(
        &harm::DEBUG,
        Takes::Maybe,
        &[
            "--inspect",
            "--inspect-brk",
            "--inspect-wait",
            "--inspect-publish-uid",
        ],
    ),
    Flag::harms(
        &harm::TLS,
        Takes::Maybe,
        &["--unsafely-ignore-certificate-errors"],
    ),
    Flag::harms(&harm::CONFIG, Takes::Maybe, &["--v8-flags"]),
    Flag::harms(
        &harm::WRITES,
        Takes::Maybe,
        &["--coverage", "--cpu-prof-dir"],
    ),
    Flag {
        names: &["--allow-import", "-I"],
        takes: Takes::Maybe,
        says: Says::Harms(&harm::REMOTE),
    },
    Flag::judged(local_file, &["--import-map", "-c", "--config"]),
    Flag::fine(
        Takes::Value,
        &[
            "-L",
            "--log-level",
            "--location",
            "--seed",
            "--ext",
            "--cert",
        ],
    ),
    Flag::fine(
        Takes::Maybe,
        &[
            "--allow-read",
            "-R",
            "--allow-write",
            "-W",
            "--allow-net",
            "-N",
            "--allow-env",
            "-E",
            "--allow-sys",
            "-S",
            "--allow-run",
            "--allow-ffi",
            "--allow-scripts",
            "--deny-read",
            "--deny-write",
            "--deny-net",
            "--deny-env",
            "--deny-sys",
            "--deny-run",
            "--deny-ffi",
            "--deny-import",
            "--ignore-read",
            "--ignore-env",
            "--lock",
            "-r",
            "--reload",
            "--node-modules-dir",
            "--check",
            "--no-check",
            "--watch",
            "--watch-exclude",
            "--frozen",
            "--permission-set",
            "-P",
            "--vendor",
            "--no-clear-screen",
        ],
    ),
    Flag::fine(
        Takes::Nothing,
        &[
            "-A",
            "--allow-all",
            "-q",
            "--quiet",
            "--no-prompt",
            "--cached-only",
            "--no-remote",
            "--no-npm",
            "--no-lock",
            "--no-config",
            "--no-code-cache",
            "--unstable",
            "--unstable-kv",
            "--unstable-net",
            "--unstable-worker-options",
            "--unstable-sloppy-imports",
            "--unstable-node-globals",
            "--unstable-bare-node-builtins",
            "--unstable-detect-cjs",
            "--unstable-temporal",
            "--unstable-cron",
            "--unstable-broadcast-channel",
        ],
    ),
    Flag::tells(&["-V", "--version", "-h", "--help"]),
];

fn judge(trial: &mut Trial, from: usize) {
    match GRAMMAR.walk(trial, from) {
        Walked::Word(at) => word(trial, at),
        // It reads a session's lines.
        Walked::End => trial.refuse_end(&harm::STDIN),
        Walked::Settled => {}
    }
}

fn word(trial: &mut Trial, at: usize) {
    let word = trial.args[at].as_str();
    match word {
        "run" | "serve" => match GRAMMAR.walk(trial, at + 1) {
            Walked::Word(at) => script(trial, at),
            Walked::End => trial.refuse_end(&harm::STDIN),
            Walked::Settled => {}
        },
        "task" => {
            GRAMMAR.walk(trial, at + 1);
            trial.note(
                "launch policy",
                "the tasks of the project's own deno.json are not judged",
            );
        }
        "eval" | "repl" => trial.refuse(at, word, &harm::EVAL),
        "install" | "i" | "add" | "update" => trial.refuse(at, word, &harm::INSTALL),
        _ if word.contains(['.', ':', '/', '\\']) => script(trial, at),
        _ => trial.refuse(at, word, &harm::COMMAND),
    }
}

fn script(trial: &mut Trial, at: usize) {
    let script = trial.args[at].as_str();
    match ["npm:", "jsr:"]
        .iter()
        .find_map(|scheme| script.strip_prefix(scheme))
    {
        Some(spec) => {
            if let Some(program) = package::npm(trial, at, less_file(spec)) {
                trial.inner(at, program);
            }
        }
        None => trial.file(at, script),
    }
}

/// `name@1.2.3/file` less the file within the package.
fn less_file(spec: &str) -> &str {
    let spec = spec.trim_start_matches('/');
    let scope = if spec.starts_with('@') {
        spec.find('/').map_or(0, |at| at + 1)
    } else {
        0
    };
    match spec[scope..].find('/') {
        Some(end) => &spec[..scope + end],
        None => spec,
    }
}

fn local_file(trial: &mut Trial, found: &Found) {
    if found.value.contains("://") || found.value.to_ascii_lowercase().starts_with("data:") {
        trial.refuse(found.at, found.name, &harm::REMOTE);
    }
}
