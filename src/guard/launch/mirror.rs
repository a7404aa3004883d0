//! The constants that the mirrored API shows. Only [`ALLOWED_COMMANDS`] and [`CONTROL_CHARS`] decide anything here:
//! the pattern lists are what a caller of that API expects to read, and the grammars of the runtimes have taken
//! their place, since no shell reads an argument.

/// What may be started unless a policy says otherwise. The first twenty are the mirrored ones. A version or a
/// Windows ending may follow: `python3.12` and `npx.cmd` are `python3` and `npx`.
pub const ALLOWED_COMMANDS: &[&str] = &[
    "npx",
    "npm",
    "node",
    "uvx",
    "uv",
    "python",
    "python3",
    "pip",
    "pipx",
    "docker",
    "mcp-server-filesystem",
    "mcp-server-sqlite",
    "mcp-server-postgres",
    "mcp-server-github",
    "mcp-server-slack",
    "mcp-server-memory",
    "mcp-server-puppeteer",
    "mcp-server-brave-search",
    "mcp-server-google-maps",
    "mcp-server-fetch",
    "bun",
    "bunx",
    "deno",
    "podman",
    "mcp-server-everything",
    "mcp-server-git",
    "mcp-server-gitlab",
    "mcp-server-sequential-thinking",
    "mcp-server-time",
];

/// Regular expressions over a command or a URL.
pub const DANGEROUS_PATTERNS: &[&str] = &[
    r";", r"\|", r"&&", r"\|\|", r"`", r"\$\(", r">", r"<", r"\.\./", r"~",
];

/// Regular expressions over an argument or the value of a variable.
pub const DANGEROUS_ARG_PATTERNS: &[&str] = &[
    r";", r"\|", r"&&", r"\|\|", r"`", r"\$\(", r"\$\{", r">\s*/", r"<\s*/",
];

/// A command and the arguments that it must not have, whole or as a beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockedArgs {
    pub commands: &'static [&'static str],
    pub exact: &'static [&'static str],
    pub prefixes: &'static [&'static str],
    pub what: &'static str,
}

/// The short list of the mirrored API; the grammars know every other spelling.
pub const BLOCKED_COMMAND_ARG_RULES: &[BlockedArgs] = &[
    BlockedArgs {
        commands: &["python", "python3"],
        exact: &["-c"],
        prefixes: &[],
        what: "inline code execution",
    },
    BlockedArgs {
        commands: &["node"],
        exact: &["-e", "--eval", "-p", "--print"],
        prefixes: &["--eval="],
        what: "inline code execution",
    },
    BlockedArgs {
        commands: &["npx"],
        exact: &["-c", "--call"],
        prefixes: &["--call="],
        what: "inline command execution",
    },
];

/// Variables that the mirrored API refuses by name; the runtimes' own are in `env`.
pub const BLOCKED_ENV: &[&str] = &[
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "DYLD_INSERT_LIBRARIES",
    "DYLD_LIBRARY_PATH",
    "PATH",
    "PYTHONPATH",
    "NODE_PATH",
];

/// What ends a line, or a string for the system; in no command, argument or value.
pub const CONTROL_CHARS: &[char] = &['\n', '\r', '\0'];

/// Set to `1` it switches the mirrored API's checks off; read where that API stands, never here.
pub const ALLOW_UNSAFE_ENV_VAR: &str = "VLLM_MCP_ALLOW_UNSAFE";
