//! The variables of a server. *In*: names and values as configured. *Out*: refusals. A value is data, whatever stands
//! in it; a name belongs to whoever reads it. Names that no runtime reads are the server's own and pass; those of a
//! runtime pass if they are listed as harmless. It does not know: what is inherited, besides the list it offers.

use std::collections::BTreeMap;

use super::{
    mirror::BLOCKED_ENV,
    trial::{Trial, shown},
};

/// What a server inherits from us; nothing else is. Names, and beginnings that end in `*`.
pub const INHERITED: &[&str] = &[
    "HOME",
    "LANG",
    "LANGUAGE",
    "LC_*",
    "LOGNAME",
    "PATH",
    "SHELL",
    "TERM",
    "TMPDIR",
    "TZ",
    "USER",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "XDG_STATE_HOME",
    // Windows does not start most programs without these.
    "APPDATA",
    "COMSPEC",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "NUMBER_OF_PROCESSORS",
    "OS",
    "PATHEXT",
    "PROCESSOR_ARCHITECTURE",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "USERNAME",
    "USERPROFILE",
    "WINDIR",
];

/// Whether a variable of ours is handed on.
pub fn inherited(name: &str) -> bool {
    matches(INHERITED, &name.to_ascii_uppercase())
}

/// The names that somebody other than the server reads.
struct Reader {
    /// In capitals; a `*` at the end stands for anything.
    reads: &'static [&'static str],
    /// Those that do no harm.
    harmless: &'static [&'static str],
    why: &'static str,
}

const READERS: &[Reader] = &[
    Reader {
        reads: &[
            "LD_*",
            "DYLD_*",
            "GLIBC_TUNABLES",
            "GCONV_PATH",
            "LOCPATH",
            "NLSPATH",
            "HOSTALIASES",
            "RES_OPTIONS",
            "RESOLV_HOST_CONF",
            "MALLOC_*",
            "GETCONF_DIR",
            "LIBPATH",
            "SHLIB_PATH",
        ],
        harmless: &["MALLOC_ARENA_MAX"],
        why: "The system's loader reads it and loads or changes code by it.",
    },
    Reader {
        reads: &[
            "PATH",
            "PATHEXT",
            "COMSPEC",
            "SYSTEMROOT",
            "WINDIR",
            "SHELL",
            "IFS",
            "ENV",
            "BASH_*",
            "BASHOPTS",
            "SHELLOPTS",
            "PROMPT_COMMAND",
            "PS1",
            "PS4",
            "CDPATH",
            "ZDOTDIR",
            "FPATH",
            "FISH_*",
            "PSMODULEPATH",
        ],
        harmless: &[],
        why: "It decides which programs are found, or what a shell runs first.",
    },
    Reader {
        reads: &[
            "NODE_*",
            "NPM_*",
            "YARN_*",
            "PNPM_*",
            "COREPACK_*",
            "BUN_*",
            "TSX_*",
            "ESBUILD_BINARY_PATH",
            "TS_NODE_*",
            "JITI_*",
        ],
        harmless: &[
            "NODE_ENV",
            "NODE_NO_WARNINGS",
            "NODE_PENDING_DEPRECATION",
            "NODE_DISABLE_COLORS",
            "NODE_DEBUG",
            "NODE_EXTRA_CA_CERTS",
            "NODE_USE_ENV_PROXY",
            "NODE_USE_SYSTEM_CA",
            "NODE_NO_HTTP2",
            "NPM_TOKEN",
            "NPM_CONFIG_LOGLEVEL",
            "NPM_CONFIG_CACHE",
            "NPM_CONFIG_YES",
            "NPM_CONFIG_UPDATE_NOTIFIER",
            "NPM_CONFIG_FUND",
            "NPM_CONFIG_AUDIT",
            "NPM_CONFIG_OFFLINE",
            "NPM_CONFIG_PREFER_OFFLINE",
            "NPM_CONFIG_IGNORE_SCRIPTS",
            "NPM_CONFIG_PROGRESS",
            "NPM_CONFIG_COLOR",
            "BUN_ENV",
        ],
        why: "JavaScript's runtimes load code or choose package sources by it.",
    },
    Reader {
        reads: &[
            "PYTHON*",
            "PYENV_*",
            "PY_PYTHON*",
            "VIRTUAL_ENV",
            "CONDA_*",
            "PIP_*",
            "PIPX_*",
            "UV_*",
            "POETRY_*",
            "PDM_*",
            "HATCH_*",
            "SETUPTOOLS_*",
            "DISTUTILS_*",
            "PYTEST_ADDOPTS",
            "PYTEST_PLUGINS",
            "COVERAGE_PROCESS_START",
            "IPYTHONDIR",
            "JUPYTER_PATH",
            "JUPYTER_CONFIG_*",
        ],
        harmless: &[
            "PYTHONUNBUFFERED",
            "PYTHONDONTWRITEBYTECODE",
            "PYTHONIOENCODING",
            "PYTHONUTF8",
            "PYTHONHASHSEED",
            "PYTHONOPTIMIZE",
            "PYTHONFAULTHANDLER",
            "PYTHONASYNCIODEBUG",
            "PYTHONTRACEMALLOC",
            "PYTHONNOUSERSITE",
            "PYTHONSAFEPATH",
            "PYTHONDEVMODE",
            "PYTHONMALLOC",
            "PYTHONLEGACYWINDOWSSTDIO",
            "PYTHONCOERCECLOCALE",
            "PYENV_VERSION",
            "VIRTUAL_ENV",
            "CONDA_DEFAULT_ENV",
            "PIP_NO_CACHE_DIR",
            "PIP_DISABLE_PIP_VERSION_CHECK",
            "PIP_QUIET",
            "UV_CACHE_DIR",
            "UV_OFFLINE",
            "UV_NO_CACHE",
            "UV_NO_PROGRESS",
            "UV_FROZEN",
            "UV_LOCKED",
            "UV_NO_SYNC",
            "UV_SYSTEM_CERTS",
            "UV_NATIVE_TLS",
            "UV_HTTP_TIMEOUT",
            "UV_LINK_MODE",
            "UV_PROJECT_ENVIRONMENT",
            "UV_PYTHON_PREFERENCE",
            "UV_PYTHON_DOWNLOADS",
        ],
        why: "Python's runtimes load code or choose package sources by it.",
    },
    Reader {
        reads: &["DENO_*"],
        harmless: &[
            "DENO_NO_UPDATE_CHECK",
            "DENO_NO_PROMPT",
            "DENO_DIR",
            "DENO_ENV",
        ],
        why: "Deno chooses code, certificates or sources by it.",
    },
    Reader {
        reads: &[
            "DOCKER_*",
            "CONTAINER_*",
            "CONTAINERS_*",
            "PODMAN_*",
            "BUILDKIT_*",
            "COMPOSE_*",
        ],
        harmless: &["DOCKER_CLI_HINTS", "DOCKER_DEFAULT_PLATFORM"],
        why: "It chooses another container service or its settings.",
    },
    Reader {
        reads: &[
            "GIT_*",
            "SSH_ASKPASS",
            "SSH_ASKPASS_REQUIRE",
            "RSYNC_RSH",
            "CVS_RSH",
            "SVN_SSH",
            "HGRCPATH",
        ],
        harmless: &[
            "GIT_AUTHOR_NAME",
            "GIT_AUTHOR_EMAIL",
            "GIT_COMMITTER_NAME",
            "GIT_COMMITTER_EMAIL",
            "GIT_TERMINAL_PROMPT",
            "GIT_TOKEN",
            "GIT_USERNAME",
            "GIT_PASSWORD",
            "GIT_CEILING_DIRECTORIES",
            "GIT_OPTIONAL_LOCKS",
        ],
        why: "Git, and what it calls, runs programs by it.",
    },
    Reader {
        reads: &[
            "PERL5*",
            "PERLLIB",
            "RUBYOPT",
            "RUBYLIB",
            "RUBYSHELL",
            "IBM_JAVA_OPTIONS",
            "OPENJ9_JAVA_OPTIONS",
            "R_LIBS*",
            "GEM_*",
            "BUNDLE_*",
            "LUA_*",
            "PHPRC",
            "PHP_INI_SCAN_DIR",
            "JAVA_TOOL_OPTIONS",
            "_JAVA_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "CLASSPATH",
            "JAVA_OPTS",
            "DOTNET_STARTUP_HOOKS",
            "DOTNET_ADDITIONAL_DEPS",
            "CORECLR_*",
            "COR_*",
            "ERL_*",
            "R_PROFILE*",
            "R_ENVIRON*",
            "JULIA_*",
            "GOFLAGS",
            "GOPROXY",
            "GOSUMDB",
            "GONOSUMDB",
            "GONOSUMCHECK",
            "GOINSECURE",
            "CARGO_*",
            "RUSTC*",
            "RUSTFLAGS",
            "MAKEFLAGS",
            "GNUMAKEFLAGS",
        ],
        harmless: &[],
        why: "Another runtime loads code or chooses package sources by it.",
    },
    Reader {
        reads: &[
            "EDITOR",
            "VISUAL",
            "PAGER",
            "MANPAGER",
            "GH_PAGER",
            "GH_EDITOR",
            "GH_BROWSER",
            "AWS_PAGER",
            "PSQL_PAGER",
            "SYSTEMD_PAGER",
            "SUDO_ASKPASS",
            "LESS",
            "LESSOPEN",
            "LESSCLOSE",
            "BROWSER",
            "OPENSSL_CONF",
            "OPENSSL_MODULES",
            "OPENSSL_ENGINES",
            "SSLKEYLOGFILE",
            "QT_PLUGIN_PATH",
            "GTK_MODULES",
            "GTK_PATH",
            "GIO_MODULE_DIR",
            "GIO_EXTRA_MODULES",
            "GST_PLUGIN_*",
            "VIMINIT",
            "EXINIT",
            "TERMINFO",
            "TERMCAP",
            "CURL_HOME",
            "WGETRC",
            "INPUTRC",
            "XAUTHORITY",
            "MAGICK_*",
            "GS_LIB",
            "GS_OPTIONS",
            "ODBCINI",
            "ODBCINSTINI",
            "ODBCSYSINI",
            "SASL_PATH",
            "CLOUDSDK_PYTHON",
        ],
        harmless: &[],
        why: "Common programs and libraries run a command or load code by it.",
    },
];

pub(super) fn judge(trial: &mut Trial, env: &BTreeMap<String, String>) {
    for (name, value) in env {
        judge_name(trial, name, &place(name));
        judge_value(trial, name, value);
    }
}

/// Judges a name that is set at `place`.
pub(super) fn judge_name(trial: &mut Trial, name: &str, place: &str) {
    let well_formed = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty();
    if !well_formed {
        let text = format!(
            "Setting '{}' environment variable is not allowed for security reasons. A name has letters, digits and \
             underscores.",
            shown(name)
        );
        trial.deny("launch.env.name", place, &text);
        return;
    }
    // Windows does not tell capitals from others, nor does npm, which takes a dash for an underscore too.
    let capital = name.to_ascii_uppercase().replace(['-', '.'], "_");
    if let Some(why) = reason_against(&capital) {
        let text = format!(
            "Setting '{}' environment variable is not allowed for security reasons. {why} Leave it away, or start a \
             program of your own that sets it.",
            shown(name)
        );
        trial.deny("launch.env.blocked", place, &text);
    } else if matches(
        &[
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "NODE_EXTRA_CA_CERTS",
            "SSL_CERT_*",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
        ],
        &capital,
    ) {
        trial.note(
            "network",
            format!(
                "'{}' lets somebody else read the server's traffic",
                shown(name)
            ),
        );
    }
}

fn reason_against(capital: &str) -> Option<&'static str> {
    if BLOCKED_ENV.contains(&capital)
        && !READERS.iter().any(|reader| matches(reader.reads, capital))
    {
        return Some("It changes which code is loaded.");
    }
    let mut readers = READERS.iter();
    let reader = readers
        .find(|reader| matches(reader.reads, capital) && !matches(reader.harmless, capital))?;
    Some(reader.why)
}

fn judge_value(trial: &mut Trial, name: &str, value: &str) {
    let bad = if value.contains('\0') {
        "NUL"
    } else if value.contains(['\n', '\r']) {
        "newline"
    } else {
        return;
    };
    let text = format!(
        "Environment variable '{}' contains {bad} characters. Potential command injection blocked. Put such a value \
         into a file and name that.",
        shown(name)
    );
    trial.deny("launch.env.control", place(name), &text);
}

fn place(name: &str) -> String {
    format!("env.{}", shown(name))
}

fn matches(names: &[&str], capital: &str) -> bool {
    names.iter().any(|name| match name.strip_suffix('*') {
        Some(beginning) => capital.starts_with(beginning),
        None => *name == capital,
    })
}
