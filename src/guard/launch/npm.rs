//! npm: `npx [flags] package [arguments]` and `npm exec|run|start`. npm reads a flag also where its name is cut
//! short, and `npm exec` wherever it stands before a `--`.

use super::{
    Rule,
    grammar::{Flag, Found, Grammar, Takes, Walked},
    harm, package,
    trial::Trial,
};

pub(super) static NPX: Rule = Rule {
    name: "npm",
    names: &["npx"],
    files: &["npx-cli.js", "npx.js", "npx.ps1"],
    refused: None,
    judge: npx,
};

pub(super) static NPM: Rule = Rule {
    name: "npm",
    names: &["npm"],
    files: &["npm-cli.js", "npm.js", "npm.ps1"],
    refused: None,
    judge: npm,
};

static OF_NPX: Grammar = Grammar {
    flags: &[FLAGS, PACKAGE],
    clusters: true,
    abbreviates: true,
};

static OF_NPM: Grammar = Grammar {
    flags: &[FLAGS, LONG_PACKAGE],
    clusters: true,
    abbreviates: true,
};

const PACKAGE: &[Flag] = &[Flag::judged(wanted, &["--package", "-p"])];

/// Here `-p` is something else, depending on the subcommand; unknown, it is refused.
const LONG_PACKAGE: &[Flag] = &[Flag::judged(wanted, &["--package"])];

const FLAGS: &[Flag] = &[
    Flag::harms(&harm::EVAL, Takes::Value, &["--call", "-c"]),
    Flag::harms(
        &harm::PRELOAD,
        Takes::Value,
        &[
            "--node-options",
            "--node-arg",
            "-n",
            "--init-module",
            "--globalconfig",
            "--userconfig",
        ],
    ),
    Flag::harms(
        &harm::SHELL,
        Takes::Value,
        &[
            "--script-shell",
            "--shell",
            "--shell-auto-fallback",
            "--editor",
            "--viewer",
            "--git",
            "--browser",
        ],
    ),
    Flag::harms(
        &harm::REGISTRY,
        Takes::Value,
        &[
            "--registry",
            "--replace-registry-host",
            "--proxy",
            "--https-proxy",
            "--auth-type",
            "--ca",
            "--cafile",
        ],
    ),
    Flag::harms(
        &harm::TLS,
        Takes::Maybe,
        &["--strict-ssl", "--no-strict-ssl"],
    ),
    Flag::harms(
        &harm::INSTALL,
        Takes::Nothing,
        &["--global", "-g", "--save", "-S", "--force", "-f"],
    ),
    Flag::fine(
        Takes::Value,
        &[
            "--prefix",
            "-C",
            "--cache",
            "--loglevel",
            "--workspace",
            "-w",
        ],
    ),
    Flag::fine(
        Takes::Nothing,
        &[
            "--yes",
            "-y",
            "--no",
            "--no-yes",
            "--no-install",
            "--quiet",
            "-q",
            "--silent",
            "-s",
            "--verbose",
            "-d",
            "--workspaces",
            "--include-workspace-root",
            "--if-present",
            "--offline",
            "--prefer-offline",
            "--prefer-online",
            "--ignore-existing",
            "--ignore-scripts",
            "--foreground-scripts",
            "--no-audit",
            "--no-fund",
            "--no-update-notifier",
            "--no-progress",
            "--no-color",
            "--no-package-lock",
            "--no-save",
            "--legacy-peer-deps",
            "--local",
        ],
    ),
    // A switch: what follows is the package, or `always`, which no package may be called here.
    Flag::fine(Takes::Maybe, &["--color"]),
    Flag::tells(&["--version", "-v", "--help", "-h", "-?"]),
];

fn npx(trial: &mut Trial, from: usize) {
    match OF_NPX.walk(trial, from) {
        Walked::Word(at) => run(trial, at),
        // Without a package it opens a shell.
        Walked::End => trial.refuse_end(&harm::SHELL),
        Walked::Settled => {}
    }
}

fn npm(trial: &mut Trial, from: usize) {
    let words = OF_NPM.words(trial, from);
    let Some(&first) = words.first() else {
        return;
    };
    let word = trial.args[first].as_str();
    match (word, words.get(1)) {
        ("exec" | "x", Some(&at)) => run(trial, at),
        ("exec" | "x", None) => trial.refuse_end(&harm::SHELL),
        ("run" | "run-script" | "rum" | "urn" | "start", _) => {
            trial.note(
                "launch policy",
                "the scripts of the package's own package.json are not judged",
            );
        }
        (
            "ci" | "i" | "in" | "ins" | "inst" | "install" | "add" | "install-test" | "it"
            | "update" | "up",
            _,
        ) => {
            trial.refuse(first, word, &harm::INSTALL);
        }
        ("create" | "init" | "innit", _) => trial.refuse(first, word, &harm::REMOTE),
        _ => trial.refuse(first, word, &harm::COMMAND),
    }
}

/// The package, or the program of the packages that flags named, and its arguments.
fn run(trial: &mut Trial, at: usize) {
    if trial.named {
        // npm puts this word into a shell line: quoted by the npm of Node 20 on Linux, bare on Windows.
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '@' | '+');
        if !trial.args[at].chars().all(plain) {
            trial.refuse(at, "a program with signs of a shell", &harm::EVAL);
        }
    }
    package::start(trial, at, package::npm);
}

fn wanted<'a>(trial: &mut Trial<'a>, found: &Found<'a>) {
    package::named(trial, found.at, found.value, package::npm);
}
