//! uv: `uv [flags] run program [arguments]`, `uv tool run`, and `uvx`, which is the same. uv runs a program of the
//! project's environment, or else any that is found.

use super::{
    Rule,
    command::{base, is_absolute, rule_of},
    grammar::{Flag, Found, Grammar, Says, Takes, Walked},
    harm, package, python,
    trial::Trial,
};

pub(super) static UV: Rule = Rule {
    name: "uv",
    names: &["uv"],
    files: &[],
    refused: None,
    judge: uv,
};

pub(super) static UVX: Rule = Rule {
    name: "uv",
    names: &["uvx"],
    files: &["uv"],
    refused: None,
    judge: uvx,
};

static OF_UV: Grammar = Grammar {
    flags: &[COMMON],
    clusters: true,
    abbreviates: false,
};

static OF_RUN: Grammar = Grammar {
    flags: &[COMMON, ANY_RUN, RUN],
    clusters: true,
    abbreviates: false,
};

static OF_TOOL: Grammar = Grammar {
    flags: &[COMMON, ANY_RUN, TOOL],
    clusters: true,
    abbreviates: false,
};

const COMMON: &[Flag] = &[
    Flag::harms(&harm::CONFIG, Takes::Value, &["--config-file"]),
    Flag::harms(
        &harm::TLS,
        Takes::Value,
        &["--allow-insecure-host", "--trusted-host"],
    ),
    Flag::fine(
        Takes::Value,
        &[
            "--directory",
            "--project",
            "--cache-dir",
            "--color",
            "--preview-features",
        ],
    ),
    Flag::fine(
        Takes::Nothing,
        &[
            "-q",
            "--quiet",
            "-v",
            "--verbose",
            "-n",
            "--no-cache",
            "--offline",
            "--no-progress",
            "--no-config",
            "--native-tls",
            "--system-certs",
            "--managed-python",
            "--no-managed-python",
            "--no-python-downloads",
            "--preview",
            "--no-preview",
        ],
    ),
    Flag::tells(&["-V", "--version", "-h", "--help"]),
];

const ANY_RUN: &[Flag] = &[
    Flag::harms(
        &harm::REGISTRY,
        Takes::Value,
        &[
            "--index",
            "--default-index",
            "-i",
            "--index-url",
            "--extra-index-url",
            "-f",
            "--find-links",
            "--index-strategy",
            "--keyring-provider",
        ],
    ),
    Flag::harms(&harm::ENV_FILE, Takes::Value, &["--env-file"]),
    Flag::harms(
        &harm::FILE,
        Takes::Value,
        &[
            "--with-requirements",
            "--overrides",
            "--constraints",
            "-c",
            "--build-constraints",
            "-b",
        ],
    ),
    Flag::judged(packages, &["--with", "-w"]),
    Flag::judged(interpreter, &["--python", "-p"]),
    Flag::fine(
        Takes::Value,
        &[
            "--with-editable",
            "--refresh-package",
            "--upgrade-package",
            "-P",
            "--reinstall-package",
            "--resolution",
            "--prerelease",
            "--exclude-newer",
            "--link-mode",
            "--python-preference",
            "--python-platform",
            "--no-build-package",
            "--no-binary-package",
            "--fork-strategy",
            "--torch-backend",
        ],
    ),
    Flag::fine(
        Takes::Nothing,
        &[
            "--isolated",
            "--refresh",
            "-U",
            "--upgrade",
            "--reinstall",
            "--no-build",
            "--no-binary",
            "--no-build-isolation",
            "--no-sources",
            "--compile-bytecode",
            "--no-env-file",
            "--lfs",
            "--no-index",
        ],
    ),
];

const RUN: &[Flag] = &[
    Flag {
        names: &["-m", "--module"],
        takes: Takes::Value,
        says: Says::Ends(python::module),
    },
    Flag::fine(
        Takes::Value,
        &[
            "--package",
            "--extra",
            "--group",
            "--only-group",
            "--no-group",
            "--no-extra",
            "--no-editable-package",
        ],
    ),
    Flag::fine(
        Takes::Nothing,
        &[
            "--frozen",
            "--locked",
            "--no-sync",
            "--active",
            "--no-project",
            "--no-dev",
            "--dev",
            "--only-dev",
            "--all-extras",
            "--all-groups",
            "--no-default-groups",
            "--exact",
            "--no-editable",
            "--inexact",
            "--all-packages",
            "-s",
            "--script",
            "--gui-script",
        ],
    ),
];

const TOOL: &[Flag] = &[Flag::judged(source, &["--from"])];

fn uv(trial: &mut Trial, from: usize) {
    let Walked::Word(at) = OF_UV.walk(trial, from) else {
        return;
    };
    match (
        trial.args[at].as_str(),
        trial.args.get(at + 1).map(String::as_str),
    ) {
        ("run", _) => run(trial, at + 1),
        ("tool", Some("run")) => uvx(trial, at + 2),
        ("add" | "sync" | "pip" | "venv" | "python", _) | ("tool", Some("install" | "upgrade")) => {
            trial.refuse(at, &trial.args[at], &harm::INSTALL);
        }
        (word, _) => trial.refuse(at, word, &harm::COMMAND),
    }
}

fn run(trial: &mut Trial, from: usize) {
    match OF_RUN.walk(trial, from) {
        Walked::Word(at) => {
            let word = trial.args[at].as_str();
            if !trial.inner(at, word) {
                trial.file(at, word);
                trial.note(
                    "launch policy",
                    "uv's environment decides which program is run",
                );
            }
        }
        Walked::End => trial.refuse_end(&harm::STDIN),
        Walked::Settled => {}
    }
}

fn uvx(trial: &mut Trial, from: usize) {
    package::run(trial, &OF_TOOL, from, package::python);
}

fn packages<'a>(trial: &mut Trial<'a>, found: &Found<'a>) {
    package::pythons(trial, found.at, found.value);
}

fn source<'a>(trial: &mut Trial<'a>, found: &Found<'a>) {
    package::named(trial, found.at, found.value, package::python);
}

/// A version, or an interpreter that the path names wholly.
pub(super) fn interpreter(trial: &mut Trial, found: &Found) {
    let wanted = found.value;
    let python = rule_of(base(wanted)).is_some_and(|rule| rule.name == python::PYTHON.name);
    let path = wanted.contains(['/', '\\']);
    let version = wanted
        .trim_start_matches(|c: char| c.is_ascii_alphabetic())
        .trim_start_matches(['@', '-']);
    let numbers =
        version.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '<' | '>' | '=' | '~'));
    if !(path && is_absolute(wanted) && python || !path && (python || numbers)) {
        trial.refuse(found.at, found.name, &harm::INTERPRETER);
    }
}
