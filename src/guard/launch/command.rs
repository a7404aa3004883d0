//! Which program a command stands for, and whether that one may run. *In*: the command, the policy's names and the
//! program's facts. *Out*: the row that judges the arguments, or a refusal in the trial. It does not know: how a
//! path is resolved; that was done before.

use ferrule_types::AskedBy;

use super::{
    Facts, LaunchPolicy, Program, RULES, Rule,
    binary::BINARY,
    mirror::CONTROL_CHARS,
    trial::{Trial, shown},
};

/// Version switchers, whose one program starts under many names as the one that was asked for.
const SHIMS: &[&str] = &[
    "asdf",
    "fnm",
    "mise",
    "nodenv",
    "proto",
    "proto-shim",
    "pyenv",
    "rtx",
    "snap",
    "volta",
    "volta-shim",
];

/// Folders that anybody writes to, or whose files are not programs. In lower case, between slashes.
const OPEN_FOLDERS: &[&str] = &[
    "/tmp/",
    "/var/tmp/",
    "/dev/",
    "/proc/",
    "/private/tmp/",
    "/private/var/",
    "/var/folders/",
    "/run/user/",
    "/windows/temp/",
    "/appdata/local/temp/",
    "/users/public/",
    "/downloads/",
];

/// Folders of the system, where a request may name a path too.
const SYSTEM_FOLDERS: &[&str] = &[
    "/usr/",
    "/bin/",
    "/sbin/",
    "/opt/",
    "/snap/bin/",
    "/nix/store/",
    "/home/linuxbrew/",
    "/c:/program files",
    "/c:/windows/system32/",
];

/// Endings under which Windows starts a program without their being written.
const ENDINGS: &[&str] = &[".exe", ".cmd", ".bat", ".com"];

/// What would make a shell of a command, had it one.
const SHELL_SIGNS: &[&str] = &[";", "|", "&&", "`", "$(", ">", "<"];

impl LaunchPolicy {
    /// Judges the command, and gives back the row for its arguments.
    pub(super) fn try_command(&self, trial: &mut Trial, facts: &Facts) -> &'static Rule {
        let command = trial.command;
        let name = base(command);
        if !well_formed(trial, command) {
            return &BINARY;
        }
        let exact = self.lists_path(command);
        if !exact && !self.lists(name) {
            self.deny_unlisted(trial, name);
            return &BINARY;
        }
        if has_folder(command) && !folder_is_trusted(trial, command, exact) {
            return &BINARY;
        }
        let Some(program) = &facts.program else {
            return self.without_program(trial, name);
        };
        self.try_program(trial, program, exact)
    }

    /// Nobody found the program, or nobody looked: with the check switched off its name has to do.
    fn without_program(&self, trial: &mut Trial, name: &str) -> &'static Rule {
        if self.check_path_exists {
            let text = format!(
                "Command '{}' not found in PATH. Ensure the command is installed and accessible.",
                shown(trial.command)
            );
            trial.deny("launch.command.missing", "command", &text);
        } else {
            trial.note("program", "nobody looked which file the command stands for");
        }
        rule_of(name).unwrap_or(&BINARY)
    }

    fn try_program(&self, trial: &mut Trial, program: &Program, exact: bool) -> &'static Rule {
        let real = program.real.to_string_lossy();
        let exact = exact || self.lists_path(&real);
        if program.named != trial.command {
            let text = format!(
                "Command '{}' was not looked up, but '{}' was. Look it up again.",
                shown(trial.command),
                shown(&program.named)
            );
            trial.deny("launch.command.stale", "command", &text);
        }
        if program.writable_by_others || program.owned_by_stranger {
            let text = format!(
                "Command '{}' is '{}', which others than its user can change. Take their right to write to it \
                 and to the folders above it.",
                shown(trial.command),
                shown(&real)
            );
            trial.deny("launch.command.writable", "command", &text);
        }
        if !exact && in_one_of(&real, OPEN_FOLDERS) {
            deny_folder(trial, &real);
        }
        if let Some(rule) = self.identify(base(trial.command), base(&real), exact) {
            return rule;
        }
        let text = format!(
            "Command '{}' is really '{}', which its name does not say. Name that program itself, or whitelist its \
             whole path.",
            shown(trial.command),
            shown(&real)
        );
        trial.deny("launch.command.disguised", "command", &text);
        &BINARY
    }

    /// The row for a program by both of its names; none if they contradict each other.
    fn identify(&self, named: &str, real: &str, exact: bool) -> Option<&'static Rule> {
        let plain = plain(real);
        match (rule_of(named), rule_of(real)) {
            (Some(a), _) if a.has_file(real) || SHIMS.contains(&plain.as_str()) => Some(a),
            (_, Some(b)) if exact || self.lists(real) => Some(b),
            (Some(a), None) if exact || plain == self::plain(named) => Some(a),
            (None, None) => Some(&BINARY),
            _ => None,
        }
    }

    fn deny_unlisted(&self, trial: &mut Trial, name: &str) {
        let allowed: Vec<String> = self
            .names()
            .iter()
            .map(|name| format!("'{}'", shown(name)))
            .collect();
        let why = rule_of(name)
            .and_then(|rule| rule.refused)
            .map_or(String::new(), |harm| {
                format!(" It is {}. {}", harm.what, harm.instead)
            });
        let text = format!(
            "Command '{}' is not in the allowed commands whitelist. Allowed commands: [{}].{why} \
             Add it to the custom whitelist if you trust it.",
            shown(name),
            allowed.join(", ")
        );
        trial.deny("launch.command.unlisted", "command", &text);
    }

    /// Whether a name is listed, less its Windows ending and its version.
    fn lists(&self, name: &str) -> bool {
        let names = self.names();
        spellings(name)
            .iter()
            .any(|spelling| names.contains(spelling.as_str()))
    }

    /// Whether the whole path is listed.
    fn lists_path(&self, path: &str) -> bool {
        is_absolute(path) && self.names().contains(path)
    }
}

/// What a command must be before anything is looked up by it.
fn well_formed(trial: &mut Trial, command: &str) -> bool {
    let refused = if command.trim().is_empty() {
        Some((
            "launch.command.empty",
            "Command is empty. Name a program.".to_owned(),
        ))
    } else if command.contains(CONTROL_CHARS) || command.chars().any(char::is_control) {
        Some((
            "launch.command.control",
            "Command contains newline characters. Potential command injection blocked.".to_owned(),
        ))
    } else if SHELL_SIGNS.iter().any(|sign| command.contains(sign)) {
        let text = format!(
            "Command contains dangerous pattern: '{}'. Command injection attempt blocked. Name the program alone \
             and give the rest as arguments.",
            shown(command)
        );
        Some(("launch.command.pattern", text))
    } else if command != command.trim()
        || command.ends_with('.') && command != "." && command != ".."
    {
        // Windows drops a dot or a space at the end: the name that is looked up is another.
        let text = format!(
            "Command '{}' ends or begins with a character that some systems drop.",
            shown(command)
        );
        Some(("launch.command.pattern", text))
    } else {
        None
    };
    if let Some((rule, text)) = &refused {
        trial.deny(*rule, "command", text);
    }
    refused.is_none()
}

fn folder_is_trusted(trial: &mut Trial, command: &str, exact: bool) -> bool {
    let slashed = command.replace('\\', "/");
    let shown_command = shown(command);
    let refused = if slashed.split('/').any(|part| part == "..") {
        Some((
            "launch.command.traversal",
            format!(
                "Command contains path traversal: '{shown_command}'. Write the path without `..`."
            ),
        ))
    } else if slashed.starts_with("//") {
        Some((
            "launch.command.remote",
            format!("Command '{shown_command}' is on another machine. Install it here."),
        ))
    } else if !is_absolute(command) {
        Some((
            "launch.command.relative",
            format!(
                "Command '{shown_command}' is a relative path, which means another program in another folder. \
                 Write the whole path."
            ),
        ))
    } else if trial.asked_by != AskedBy::Operator && !in_one_of(command, SYSTEM_FOLDERS) {
        Some((
            "launch.command.folder",
            format!(
                "Command '{shown_command}' is in no folder of the system. Have an operator configure it."
            ),
        ))
    } else {
        None
    };
    if let Some((rule, text)) = &refused {
        trial.deny(*rule, "command", text);
    } else if !exact && in_one_of(command, OPEN_FOLDERS) {
        deny_folder(trial, command);
    }
    refused.is_none()
}

impl Rule {
    /// Whether a program of this row may lie in a file of that name.
    pub(super) fn has_file(&self, file: &str) -> bool {
        let plain = plain(file);
        self.files.contains(&plain.as_str())
            || rule_of(file).is_some_and(|rule| std::ptr::eq(rule, self))
    }
}

fn deny_folder(trial: &mut Trial, path: &str) {
    let text = format!(
        "Command '{}' is in a folder for temporary or foreign files. Install it elsewhere, or whitelist its whole path.",
        shown(path)
    );
    trial.deny("launch.command.folder", "command", &text);
}

/// The last part of a path, by either system's separators.
pub(super) fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The row of a program by its name.
pub(super) fn rule_of(name: &str) -> Option<&'static Rule> {
    let spellings = spellings(name);
    let found = RULES.iter().find(|rule| {
        spellings
            .iter()
            .any(|spelling| rule.names.contains(&spelling.as_str()))
    });
    found.copied()
}

/// A path without its empty parts, `.` and `..`; by slashes.
pub(super) fn tidy(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

fn has_folder(command: &str) -> bool {
    command.contains(['/', '\\'])
}

pub(super) fn is_absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    path.starts_with('/')
        || bytes.len() > 2
            && bytes[0].is_ascii_alphabetic()
            && bytes[1] == b':'
            && matches!(bytes[2], b'/' | b'\\')
}

fn in_one_of(path: &str, folders: &[&str]) -> bool {
    let path = tidy(&format!(
        "/{}",
        path.replace('\\', "/").to_ascii_lowercase()
    ));
    folders.iter().any(|folder| {
        let windows = ["/windows/", "/appdata/", "/users/", "/downloads/"]
            .iter()
            .any(|root| folder.starts_with(root));
        path.starts_with(folder) || windows && path.contains(folder)
    })
}

/// In lower case and without a Windows ending.
fn plain(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    match ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)) {
        Some(stem) if !stem.is_empty() => stem.to_owned(),
        _ => name,
    }
}

/// A name and what it is a version of: `python3.12`, `python3`, `python`. Only names that a row knows have versions,
/// so that listing `server` does not list `server2`.
fn spellings(name: &str) -> Vec<String> {
    let mut all = vec![plain(name)];
    // Threaded and debug builds of Python end in a letter: 3.13t.
    let mut rest = all[0].trim_end_matches(['t', 'd']);
    if !rest.ends_with(|c: char| c.is_ascii_digit()) {
        rest = &all[0];
    }
    let stem = rest.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let version = &rest[stem.len()..];
    let stem = stem.trim_end_matches('-');
    if version.is_empty() || !RULES.iter().any(|rule| rule.names.contains(&stem)) {
        return all;
    }
    let major = version.split('.').next().unwrap_or_default();
    let (major, stem) = (format!("{stem}{major}"), stem.to_owned());
    all.extend([major, stem]);
    all
}

/// Whether Windows' command interpreter would read the program's arguments.
pub(super) fn is_batch(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".cmd", ".bat"].iter().any(|ending| name.ends_with(ending))
}
