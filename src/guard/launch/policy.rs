use std::collections::BTreeSet;

use ferrule_types::{AskedBy, Enforced, Ruling, Verdict};
use serde::{Deserialize, Serialize};

use super::{
    Facts, Launch,
    command::{base, is_absolute, is_batch, rule_of},
    env,
    mirror::{ALLOWED_COMMANDS, CONTROL_CHARS},
    trial::{Trial, place, shown},
    url,
};

/// What the system would refuse anyway, before it costs anything here.
const LONGEST_ARGUMENT: usize = 128 * 1024;
const LONGEST_ARGUMENTS: usize = 1024 * 1024;
const MOST_ARGUMENTS: usize = 4096;

/// What Windows' command interpreter reads in the arguments of a batch file, quoted or not.
const BATCH_SIGNS: &[char] = &['&', '|', '<', '>', '^', '%', '!', '"'];

/// Which servers may be started. The fields are the mirrored constructor's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LaunchPolicy {
    /// The programs that may run; none for [`ALLOWED_COMMANDS`], and an empty set allows nothing.
    pub allowed_commands: Option<BTreeSet<String>>,
    /// Programs besides these, by name or by whole path. A path stands for that file wherever it is.
    pub custom_whitelist: BTreeSet<String>,
    /// Nothing is judged; for development.
    pub allow_unsafe: bool,
    /// A program has to be found to run.
    pub check_path_exists: bool,
}

impl Default for LaunchPolicy {
    fn default() -> Self {
        LaunchPolicy {
            allowed_commands: None,
            custom_whitelist: BTreeSet::new(),
            allow_unsafe: false,
            check_path_exists: true,
        }
    }
}

impl LaunchPolicy {
    /// Judges all of a launch. The parts below judge one part each, for callers that have no more.
    pub fn judge(&self, launch: &Launch, facts: &Facts) -> Verdict {
        if launch.skip_security_validation {
            return skipped(launch);
        }
        if launch.command.is_none() && launch.url.is_none() {
            let mut trial = trial(launch);
            let text = "Neither a command nor a url is given. Give the one by which the server is reached.";
            trial.deny("launch.empty", "command", text);
            return trial.verdict();
        }
        self.by(launch, |trial| {
            if launch.command.is_some() {
                let rule = self.try_command(trial, facts);
                try_args(trial);
                try_batch(trial, facts);
                // A program that may not run at all says nothing about its arguments.
                if !trial.is_denied() {
                    trial.rule = rule;
                    (rule.judge)(trial, 0);
                }
                try_cwd(trial, launch);
                try_asked_by(trial);
            }
            env::judge(trial, &launch.env);
            if let Some(url) = &launch.url {
                url::judge(trial, url, facts.addresses.as_deref());
            }
        })
    }

    /// The command alone: listed, found, nobody else's to change.
    pub fn judge_command(&self, launch: &Launch, facts: &Facts) -> Verdict {
        self.by(launch, |trial| {
            self.try_command(trial, facts);
        })
    }

    /// The arguments as strings, whatever the program.
    pub fn judge_args(&self, launch: &Launch, _: &Facts) -> Verdict {
        self.by(launch, try_args)
    }

    /// The arguments as the program reads them, by its real name where it is known.
    pub fn judge_command_args(&self, launch: &Launch, facts: &Facts) -> Verdict {
        self.by(launch, |trial| {
            try_args(trial);
            try_batch(trial, facts);
            let named = rule_of(base(trial.command));
            let real = facts
                .program
                .as_ref()
                .map(|program| program.real.to_string_lossy());
            let real = real
                .as_deref()
                .map(base)
                .filter(|real| !named.is_some_and(|named| named.has_file(real)));
            // By both names, if they are of two programs.
            let rules = [named, real.and_then(rule_of)];
            for rule in rules.into_iter().flatten() {
                trial.rule = rule;
                (rule.judge)(trial, 0);
            }
        })
    }

    /// The variables that are set for the server. What it inherits is the jail's choice, from
    /// [`INHERITED`](super::INHERITED).
    pub fn judge_env(&self, launch: &Launch, _: &Facts) -> Verdict {
        self.by(launch, |trial| env::judge(trial, &launch.env))
    }

    /// The URL, with the addresses of its host.
    pub fn judge_url(&self, launch: &Launch, facts: &Facts) -> Verdict {
        self.by(launch, |trial| {
            url::judge(
                trial,
                launch.url.as_deref().unwrap_or_default(),
                facts.addresses.as_deref(),
            );
        })
    }

    /// Where a server sends its client on, with the addresses of the new host. The server chose it, so that only a
    /// place on the same host keeps the authority of whoever configured the first.
    pub fn judge_redirect(&self, launch: &Launch, to: &str, facts: &Facts) -> Verdict {
        self.by(launch, |trial| {
            let from = launch.url.as_deref().unwrap_or_default();
            url::judge_redirect(trial, from, to, facts.addresses.as_deref());
        })
    }

    /// What is listed, sorted.
    pub fn names(&self) -> BTreeSet<&str> {
        let mut names: BTreeSet<&str> = match &self.allowed_commands {
            Some(names) => names.iter().map(String::as_str).collect(),
            None => ALLOWED_COMMANDS.iter().copied().collect(),
        };
        names.extend(self.custom_whitelist.iter().map(String::as_str));
        names
    }

    fn by(&self, launch: &Launch, judge: impl FnOnce(&mut Trial)) -> Verdict {
        if self.allow_unsafe {
            return unjudged(
                "launch.unsafe",
                "every check of launches is switched off by allow_unsafe",
            );
        }
        let mut trial = trial(launch);
        judge(&mut trial);
        trial.verdict()
    }
}

fn trial(launch: &Launch) -> Trial<'_> {
    let command = launch.command.as_deref().unwrap_or_default();
    Trial::new(&launch.server, launch.asked_by, command, &launch.args)
}

/// Nobody but the operator vouches for a server.
fn skipped(launch: &Launch) -> Verdict {
    if launch.asked_by == AskedBy::Operator {
        return unjudged(
            "launch.skipped",
            "skip_security_validation is set for this server; never do so in production",
        );
    }
    let mut trial = trial(launch);
    let text = "Only an operator may set 'skip_security_validation'. Leave it away.";
    trial.deny("launch.skipped", "skip_security_validation", text);
    trial.verdict()
}

fn unjudged(rule: &str, warning: &str) -> Verdict {
    let ruling = Ruling::new(rule, format!("not judged: {warning}"));
    Verdict::Allow(ruling.enforcing(vec![Enforced::missing("launch policy", warning)]))
}

fn try_args(trial: &mut Trial) {
    let total: usize = trial.args.iter().map(String::len).sum();
    if trial.args.len() > MOST_ARGUMENTS || total > LONGEST_ARGUMENTS {
        let text = format!(
            "{} arguments of {total} bytes are more than {MOST_ARGUMENTS} or {LONGEST_ARGUMENTS} bytes. \
             Put them into a file of the server's own.",
            trial.args.len()
        );
        trial.deny("launch.args.length", "args", &text);
    }
    for (index, argument) in trial.args.iter().enumerate() {
        if argument.contains(CONTROL_CHARS) {
            let text = format!(
                "Argument {index} contains newline characters. Potential command injection blocked. Neither they \
                 nor NUL may be in an argument."
            );
            trial.deny("launch.args.control", place(index), &text);
        } else if argument.len() > LONGEST_ARGUMENT {
            let text = format!(
                "Argument {index} is longer than {LONGEST_ARGUMENT} bytes. Put it into a file."
            );
            trial.deny("launch.args.length", place(index), &text);
        }
    }
}

/// A batch file's arguments are read by a shell after all.
fn try_batch(trial: &mut Trial, facts: &Facts) {
    let real = facts
        .program
        .as_ref()
        .map(|program| program.real.to_string_lossy().into_owned());
    if !is_batch(trial.command) && !real.is_some_and(|real| is_batch(&real)) {
        return;
    }
    for (index, argument) in trial.args.iter().enumerate() {
        if argument.contains(BATCH_SIGNS) {
            let text = format!(
                "Argument {index} contains dangerous pattern: a sign that cmd.exe reads in a batch file's arguments. \
                 Potential command injection blocked. Start the program itself instead of its batch file."
            );
            trial.deny("launch.args.batch", place(index), &text);
        }
    }
}

fn try_cwd(trial: &mut Trial, launch: &Launch) {
    let Some(cwd) = &launch.cwd else { return };
    let cwd = cwd.to_string_lossy();
    if cwd.contains(CONTROL_CHARS) {
        let text = "Working folder contains newline characters. Write its path without them.";
        trial.deny("launch.cwd.control", "cwd", text);
    } else if trial.asked_by != AskedBy::Operator && !is_absolute(&cwd) {
        let text = format!(
            "Working folder '{}' is a relative path. Write the whole path.",
            shown(&cwd)
        );
        trial.deny("launch.cwd.relative", "cwd", &text);
    }
}

/// Starting a program is the operator's. A request may wish for it, a model may not.
fn try_asked_by(trial: &mut Trial) {
    let command = shown(trial.command);
    match trial.asked_by {
        AskedBy::Operator => {}
        AskedBy::Request => {
            let text = format!(
                "A request wants to start '{command}'. An operator has to agree or configure it."
            );
            trial.ask("launch.asked_by", "command", &text);
        }
        AskedBy::Model => {
            let text =
                format!("A model wants to start '{command}'. Only an operator configures servers.");
            trial.deny("launch.asked_by", "command", &text);
        }
    }
}
