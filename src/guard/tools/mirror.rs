//! What the mirrored module shows as its tables. Nothing here is judged by them: the policy looks at words and roles,
//! and a test holds that it is no weaker.

/// Parts of names that the mirrored module takes for high risk.
pub const HIGH_RISK_TOOL_PATTERNS: [&str; 7] = [
    "execute",
    "run_command",
    "shell",
    "eval",
    "exec",
    "system",
    "subprocess",
];

/// Expressions that it looks for in every argument.
pub const DANGEROUS_TOOL_ARG_PATTERNS: [&str; 6] =
    [r"\.\./", "/etc/", "/proc/", "/sys/", "~root", "/root/"];
