//! Node: `node [flags] script [arguments]`, and the programs of its packages that take the same flags.

use super::{
    Rule,
    command::base,
    grammar::{Flag, Grammar, Takes, Walked},
    harm,
    trial::Trial,
};

pub(super) static NODE: Rule = Rule {
    name: "node",
    names: &[
        "node",
        "nodejs",
        "tsx",
        "ts-node",
        "ts-node-esm",
        "ts-node-script",
    ],
    files: &[],
    refused: None,
    judge,
};

static GRAMMAR: Grammar = Grammar {
    flags: &[FLAGS],
    clusters: false,
    abbreviates: false,
};

const FLAGS: &[Flag] = &[
    Flag::harms(
        &harm::EVAL,
        Takes::Value,
        &["-e", "--eval", "-p", "--print", "-pe", "-ep"],
    ),
    Flag::harms(&harm::STDIN, Takes::Nothing, &["-i", "--interactive"]),
    Flag::harms(
        &harm::PRELOAD,
        Takes::Value,
        &[
            "-r",
            "--require",
            "--import",
            "--loader",
            "--experimental-loader",
            "--build-snapshot-config",
            "--snapshot-blob",
            "--experimental-sea-config",
            "--build-sea",
            "--experimental-config-file",
            "--experimental-policy",
            "--openssl-config",
            "--icu-data-dir",
        ],
    ),
    Flag::harms(
        &harm::CONFIG,
        Takes::Nothing,
        &[
            "--experimental-default-config-file",
            "--openssl-shared-config",
            "--build-snapshot",
        ],
    ),
    Flag::harms(
        &harm::ENV_FILE,
        Takes::Value,
        &["--env-file", "--env-file-if-exists"],
    ),
    Flag::harms(
        &harm::REMOTE,
        Takes::Nothing,
        &[
            "--entry-url",
            "--experimental-entry-url",
            "--experimental-network-imports",
        ],
    ),
    Flag::harms(&harm::SHELL, Takes::Value, &["--run"]),
    Flag::harms(
        &harm::DEBUG,
        Takes::Maybe,
        &[
            "--inspect",
            "--inspect-brk",
            "--inspect-wait",
            "--inspect-port",
            "--inspect-publish-uid",
            "--debug",
            "--debug-brk",
            "--debug-port",
            "--test",
            "--expose-internals",
            "--allow-natives-syntax",
        ],
    ),
    Flag::harms(
        &harm::WRITES,
        Takes::Value,
        &[
            "--redirect-warnings",
            "--trace-event-file-pattern",
            "--diagnostic-dir",
            "--report-directory",
            "--report-dir",
            "--report-filename",
            "--tls-keylog",
            "--cpu-prof-dir",
            "--heap-prof-dir",
            "--localstorage-file",
        ],
    ),
    Flag::fine(
        Takes::Value,
        &[
            "-C",
            "--conditions",
            "--experimental-default-type",
            "--title",
            "--dns-result-order",
            "--unhandled-rejections",
            "--disable-warning",
            "--tsconfig",
            "--watch-path",
            "--network-family-autoselection-attempt-timeout",
            "--disable-proto",
            "--allow-fs-write",
            "--allow-fs-read",
            "--tls-cipher-list",
            "--secure-heap-min",
            "--secure-heap",
            "--max-http-header-size",
            "--v8-pool-size",
            "--heapsnapshot-near-heap-limit",
            "--max-old-space-size-percentage",
        ],
    ),
    // V8 reads its flags with `=` alone.
    Flag::fine(
        Takes::Maybe,
        &[
            "--max-old-space-size",
            "--max-semi-space-size",
            "--min-semi-space-size",
            "--max-heap-size",
            "--initial-heap-size",
            "--initial-old-space-size",
            "--stack-size",
            "--stack-trace-limit",
            "--single-threaded",
            "--jitless",
            "--optimize-for-size",
            "--tls-min-v1.2",
            "--tls-min-v1.3",
            "--tls-max-v1.2",
            "--tls-max-v1.3",
        ],
    ),
    Flag::fine(
        Takes::Nothing,
        &[
            "-c",
            "--check",
            "--no-warnings",
            "--no-deprecation",
            "--trace-warnings",
            "--trace-deprecation",
            "--trace-uncaught",
            "--trace-exit",
            "--throw-deprecation",
            "--pending-deprecation",
            "--enable-source-maps",
            "--expose-gc",
            "--experimental-vm-modules",
            "--experimental-modules",
            "--experimental-json-modules",
            "--experimental-wasm-modules",
            "--experimental-fetch",
            "--no-experimental-fetch",
            "--experimental-strip-types",
            "--no-experimental-strip-types",
            "--no-strip-types",
            "--experimental-transform-types",
            "--experimental-detect-module",
            "--experimental-require-module",
            "--no-experimental-require-module",
            "--experimental-sqlite",
            "--no-experimental-sqlite",
            "--experimental-websocket",
            "--experimental-eventsource",
            "--experimental-global-webcrypto",
            "--no-experimental-global-navigator",
            "--experimental-specifier-resolution",
            "--experimental-import-meta-resolve",
            "--permission",
            "--experimental-permission",
            "--allow-worker",
            "--allow-child-process",
            "--allow-addons",
            "--allow-wasi",
            "--no-addons",
            "--no-global-search-paths",
            "--preserve-symlinks",
            "--preserve-symlinks-main",
            "--use-bundled-ca",
            "--use-openssl-ca",
            "--use-system-ca",
            "--use-env-proxy",
            "--force-fips",
            "--enable-fips",
            "--frozen-intrinsics",
            "--disallow-code-generation-from-strings",
            "--verify-base-objects",
            "--watch",
            "--watch-preserve-output",
            "--zero-fill-buffers",
            "--abort-on-uncaught-exception",
            "--insecure-http-parser",
            "--no-network-family-autoselection",
            "--no-cache",
            "--transpile-only",
            "-T",
            "--esm",
            "--swc",
        ],
    ),
    Flag::tells(&[
        "-v",
        "--version",
        "-h",
        "--help",
        "--v8-options",
        "--completion-bash",
    ]),
];

fn judge(trial: &mut Trial, from: usize) {
    match GRAMMAR.walk(trial, from) {
        // Here flags of Node's may follow.
        Walked::Word(at) if trial.args[at] == "watch" && base(trial.command) == "tsx" => {
            judge(trial, at + 1);
        }
        Walked::Word(at) => script(trial, at),
        Walked::End => trial.refuse_end(&harm::STDIN),
        Walked::Settled => {}
    }
}

/// What stands in the script's place. The rest is the script's own.
fn script(trial: &mut Trial, at: usize) {
    let script = trial.args[at].as_str();
    match script {
        "inspect" | "debug" => trial.refuse(at, script, &harm::DEBUG),
        _ => trial.file(at, script),
    }
}
