//! Bun: `bun [run] script [arguments]` and `bunx [flags] package [arguments]`. `bun run` takes a file, a script of
//! package.json, or any program that is found.

use super::{
    Rule,
    grammar::{Flag, Found, Grammar, Takes, Walked},
    harm, package,
    trial::Trial,
};

pub(super) static BUN: Rule = Rule {
    name: "bun",
    names: &["bun"],
    files: &["bun-debug", "bun-profile"],
    refused: None,
    judge: bun,
};

pub(super) static BUNX: Rule = Rule {
    name: "bun",
    names: &["bunx"],
    files: &["bun", "bun-debug", "bun-profile"],
    refused: None,
    judge: bunx,
};

static OF_BUN: Grammar = Grammar {
    flags: &[FLAGS],
    clusters: true,
    abbreviates: false,
};

static OF_BUNX: Grammar = Grammar {
    flags: &[OF_X],
    clusters: true,
    abbreviates: false,
};

const FLAGS: &[Flag] = &[
    Flag::harms(
        &harm::EVAL,
        Takes::Value,
        &["-e", "--eval", "-p", "--print"],
    ),
    Flag::harms(
        &harm::PRELOAD,
        Takes::Value,
        &["-r", "--preload", "--require", "--import"],
    ),
    Flag::harms(
        &harm::CONFIG,
        Takes::Value,
        &[
            "-c",
            "--config",
            "--tsconfig-override",
            "--define",
            "-d",
            "--loader",
            "-l",
        ],
    ),
    Flag::harms(&harm::ENV_FILE, Takes::Value, &["--env-file"]),
    Flag::harms(&harm::SHELL, Takes::Value, &["--shell"]),
    Flag::harms(
        &harm::DEBUG,
        Takes::Maybe,
        &["--inspect", "--inspect-brk", "--inspect-wait"],
    ),
    Flag::harms(&harm::REGISTRY, Takes::Value, &["--registry"]),
    Flag::harms(&harm::INSTALL, Takes::Maybe, &["-i", "--install"]),
    Flag::fine(
        Takes::Value,
        &[
            "--cwd",
            "--filter",
            "-F",
            "--title",
            "--conditions",
            "--port",
            "--elide-lines",
        ],
    ),
    Flag::fine(
        Takes::Nothing,
        &[
            "-b",
            "--bun",
            "--smol",
            "--hot",
            "--watch",
            "--silent",
            "--if-present",
            "--no-install",
            "--prefer-offline",
            "--prefer-latest",
            "--no-clear-screen",
            "--no-deprecation",
            "--expose-gc",
            "--no-addons",
            "--no-macros",
            "--no-env-file",
        ],
    ),
    Flag::tells(&["-v", "--version", "--revision", "-h", "--help"]),
];

const OF_X: &[Flag] = &[
    Flag::judged(wanted, &["-p", "--package"]),
    Flag::fine(
        Takes::Nothing,
        &[
            "-b",
            "--bun",
            "-y",
            "--yes",
            "--no-install",
            "--verbose",
            "--silent",
        ],
    ),
    Flag::tells(&["-v", "--version", "-h", "--help"]),
];

fn bun(trial: &mut Trial, from: usize) {
    match OF_BUN.walk(trial, from) {
        Walked::Word(at) => word(trial, at),
        Walked::End => trial.refuse_end(&harm::STDIN),
        Walked::Settled => {}
    }
}

fn word(trial: &mut Trial, at: usize) {
    let word = trial.args[at].as_str();
    match word {
        "run" => match OF_BUN.walk(trial, at + 1) {
            Walked::Word(at) => script(trial, at),
            Walked::End => trial.refuse_end(&harm::COMMAND),
            Walked::Settled => {}
        },
        "x" => bunx(trial, at + 1),
        "exec" => trial.refuse(at, word, &harm::SHELL),
        "repl" => trial.refuse(at, word, &harm::STDIN),
        "install" | "i" | "ci" | "add" | "a" | "update" | "link" | "patch" => {
            trial.refuse(at, word, &harm::INSTALL);
        }
        "create" | "c" | "init" => trial.refuse(at, word, &harm::REMOTE),
        "remove" | "rm" | "unlink" | "pm" | "publish" | "upgrade" | "build" | "test"
        | "outdated" | "audit" | "info" | "why" | "discord" | "getcompletes" => {
            trial.refuse(at, word, &harm::COMMAND);
        }
        _ => script(trial, at),
    }
}

fn script(trial: &mut Trial, at: usize) {
    let script = trial.args[at].as_str();
    if !trial.inner(at, script) {
        trial.file(at, script);
        if !script.contains(['.', '/', '\\']) {
            trial.note(
                "launch policy",
                "the scripts of the project's own package.json are not judged",
            );
        }
    }
}

fn bunx(trial: &mut Trial, from: usize) {
    package::run(trial, &OF_BUNX, from, package::npm);
}

fn wanted<'a>(trial: &mut Trial<'a>, found: &Found<'a>) {
    package::named(trial, found.at, found.value, package::npm);
}
