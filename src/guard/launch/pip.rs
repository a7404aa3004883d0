//! pip, which starts no server: what it may do here is tell. And pipx: `pipx run [flags] package [arguments]`.

use super::{
    Rule,
    grammar::{Flag, Found, Grammar, Takes, Walked},
    harm, package,
    trial::Trial,
    uv,
};

pub(super) static PIP: Rule = Rule {
    name: "pip",
    names: &["pip"],
    files: &[],
    refused: None,
    judge: pip,
};

pub(super) static PIPX: Rule = Rule {
    name: "pip",
    names: &["pipx"],
    files: &["pipx.pyz"],
    refused: None,
    judge: pipx,
};

static OF_PIP: Grammar = Grammar {
    flags: &[SOURCES, TELLS],
    clusters: true,
    abbreviates: true,
};

static OF_PIPX: Grammar = Grammar {
    flags: &[SOURCES, RUN, TELLS],
    clusters: true,
    abbreviates: true,
};

const SOURCES: &[Flag] = &[
    Flag::harms(
        &harm::REGISTRY,
        Takes::Value,
        &[
            "-i",
            "--index-url",
            "--extra-index-url",
            "-f",
            "--find-links",
            "--proxy",
            "--trusted-host",
        ],
    ),
    Flag::harms(
        &harm::CONFIG,
        Takes::Value,
        &["--config-settings", "--global-option", "--log"],
    ),
    Flag::harms(
        &harm::FILE,
        Takes::Value,
        &["-r", "--requirement", "-c", "--constraint"],
    ),
];

const TELLS: &[Flag] = &[
    Flag::fine(
        Takes::Nothing,
        &[
            "-q",
            "--quiet",
            "-v",
            "--verbose",
            "--no-input",
            "--isolated",
            "--disable-pip-version-check",
            "--no-color",
        ],
    ),
    Flag::tells(&["-V", "--version", "-h", "--help"]),
];

const RUN: &[Flag] = &[
    Flag::harms(&harm::INSTALL, Takes::Value, &["--pip-args"]),
    Flag::judged(source, &["--spec"]),
    Flag::judged(wanted, &["--with"]),
    Flag::judged(uv::interpreter, &["--python"]),
    Flag::fine(
        Takes::Nothing,
        &[
            "--no-cache",
            "--path",
            "--pypackages",
            "--fetch-missing-python",
            "--system-site-packages",
        ],
    ),
];

fn pip(trial: &mut Trial, from: usize) {
    if let Walked::Word(at) = OF_PIP.walk(trial, from) {
        match trial.args[at].as_str() {
            // Flags stand here too, and `--python` starts what it names.
            "list" | "show" | "freeze" | "check" | "inspect" | "help" => {
                OF_PIP.words(trial, at + 1);
            }
            word @ ("config" | "debug" | "cache" | "completion") => {
                trial.refuse(at, word, &harm::COMMAND);
            }
            word => trial.refuse(at, word, &harm::INSTALL),
        }
    }
}

fn pipx(trial: &mut Trial, from: usize) {
    let Walked::Word(at) = OF_PIPX.walk(trial, from) else {
        return;
    };
    match trial.args[at].as_str() {
        "run" => run(trial, at + 1),
        "list" | "environment" | "help" => {}
        word @ ("install" | "inject" | "upgrade" | "upgrade-all" | "reinstall" | "runpip") => {
            trial.refuse(at, word, &harm::INSTALL);
        }
        word => trial.refuse(at, word, &harm::COMMAND),
    }
}

fn run(trial: &mut Trial, from: usize) {
    package::run(trial, &OF_PIPX, from, package::python);
}

fn source<'a>(trial: &mut Trial<'a>, found: &Found<'a>) {
    package::named(trial, found.at, found.value, package::python);
}

fn wanted<'a>(trial: &mut Trial<'a>, found: &Found<'a>) {
    package::pythons(trial, found.at, found.value);
}
