//! What an argument can do that a launch must not, in words. *In*: nothing. *Out*: rows that the grammars name.
//! It does not know: which flag of which runtime does it.

/// One sort of harm.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Harm {
    /// The last word of the rule: `eval` in `launch.node.eval`.
    pub rule: &'static str,
    /// What it enables.
    pub what: &'static str,
    /// What to do instead, as a sentence.
    pub instead: &'static str,
}

const fn harm(rule: &'static str, what: &'static str, instead: &'static str) -> Harm {
    Harm {
        rule,
        what,
        instead,
    }
}

pub(super) static EVAL: Harm = harm(
    "eval",
    "inline code execution",
    "Put the code into a file and give its path.",
);
pub(super) static STDIN: Harm = harm(
    "stdin",
    "reading a program from standard input, where tool arguments arrive",
    "Name the server's script, module or package.",
);
pub(super) static PRELOAD: Harm = harm(
    "preload",
    "loading code before the program",
    "Load it in the server's own script.",
);
pub(super) static DEBUG: Harm = harm(
    "debug",
    "a debugger that runs code for whoever connects",
    "Leave the flag away.",
);
pub(super) static REGISTRY: Harm = harm(
    "registry",
    "fetching packages from another source",
    "Install the package first, or set the source in the package manager's own configuration.",
);
pub(super) static CONFIG: Harm = harm(
    "config",
    "settings from a place that can name code, shells and sources",
    "Set it in the runtime's own configuration.",
);
pub(super) static ENV_FILE: Harm = harm(
    "env_file",
    "variables from a file that nobody judged",
    "Write the variables into the server's `env`.",
);
pub(super) static INSTALL: Harm = harm(
    "install",
    "installing packages, whose scripts run at once",
    "Install beforehand and start the installed server.",
);
pub(super) static REMOTE: Harm = harm(
    "remote",
    "running code straight from a URL or a repository",
    "Name a released package with its version, or a local file.",
);
pub(super) static TLS: Harm = harm(
    "tls",
    "connections whose certificate nobody checks",
    "Add the authority's certificate to the system.",
);
pub(super) static SHELL: Harm = harm(
    "shell",
    "a shell, which runs its arguments and its input as commands",
    "Start the server's own program.",
);
pub(super) static WRAPPER: Harm = harm(
    "wrapper",
    "a program that runs or fetches others as its arguments say",
    "Start the server's own program.",
);
pub(super) static MODULE: Harm = harm(
    "module",
    "a module that runs or installs other code",
    "Name the server's own module.",
);
pub(super) static FILE: Harm = harm(
    "response_file",
    "arguments from a file that nobody judged",
    "Write the arguments into the configuration.",
);
pub(super) static WRITES: Harm = harm(
    "writes",
    "writing a file of the flag's choice",
    "Leave the flag away.",
);
pub(super) static PRIVILEGE: Harm = harm(
    "privilege",
    "rights of the host inside the container",
    "Leave the flag away; most servers need none of them.",
);
pub(super) static HOST: Harm = harm(
    "host",
    "the host's or another container's network, processes or names",
    "Use a network of the container's own.",
);
pub(super) static MOUNT: Harm = harm(
    "mount",
    "a host folder that holds the system, secrets or a control socket",
    "Mount the one folder that the server works in.",
);
pub(super) static DAEMON: Harm = harm(
    "daemon",
    "another container service than the configured one",
    "Choose the service in its own configuration.",
);
pub(super) static COMMAND: Harm = harm(
    "command",
    "a subcommand that is not known to start a server",
    "Use the subcommand that runs a program, or whitelist a program of your own that does this.",
);
pub(super) static FLAG: Harm = harm(
    "unknown",
    "something unknown: no rule knows this flag",
    "Leave the flag away, or whitelist a program of your own that sets it.",
);
pub(super) static MISSING: Harm = harm(
    "missing",
    "whatever comes next: the value of the flag is missing",
    "Write the value behind the flag.",
);
pub(super) static DEEP: Harm = harm(
    "deep",
    "a program in a program in a program",
    "Start the innermost one itself.",
);
pub(super) static NAME: Harm = harm(
    "name",
    "a package whose name no registry gives out",
    "Write the package's name as its registry shows it.",
);
pub(super) static INTERPRETER: Harm = harm(
    "interpreter",
    "another interpreter than an installed one",
    "Name a version, or the interpreter by its whole path.",
);
