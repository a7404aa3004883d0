//! Shells. Every argument, and the standard input, is code to them: no grammar makes one safe. They run only where
//! an operator listed them by name, and never inside another program.

use super::{Rule, harm, trial::Trial};

pub(super) static SHELL: Rule = Rule {
    name: "shell",
    names: &[
        "sh",
        "ash",
        "bash",
        "rbash",
        "dash",
        "zsh",
        "ksh",
        "mksh",
        "csh",
        "tcsh",
        "fish",
        "nu",
        "elvish",
        "xonsh",
        "pwsh",
        "powershell",
        "cmd",
        "command",
        "busybox",
        "toybox",
        "osascript",
        "wscript",
        "cscript",
        "mshta",
        "git-bash",
        "wsl",
    ],
    files: &[],
    refused: Some(&harm::SHELL),
    judge,
};

fn judge(trial: &mut Trial, _: usize) {
    trial.note(
        "launch policy",
        "the command is a shell: its arguments are not judged",
    );
}
