use ferrule_types::{AskedBy, Enforced, Ruling, Verdict};

use super::{
    Rule,
    command::{base, rule_of, tidy},
    harm::{self, Harm},
};

/// How deep programs may stand in each other's arguments: `uv run npx node` is three.
const DEEPEST: usize = 4;

/// A launch while it is judged: what is read, and what has been found against it so far.
///
/// The first thing that is found is the reason that is told. Findings are only ever added, so that no later argument
/// takes back what an earlier one did.
pub(super) struct Trial<'a> {
    pub server: &'a str,
    pub asked_by: AskedBy,
    /// All arguments; rules point into them by index.
    pub args: &'a [String],
    /// The program whose arguments are read, as it was written.
    pub command: &'a str,
    /// Its row.
    pub rule: &'static Rule,
    /// Whether a flag has named the package, so that the next word is a program of it and no package itself.
    pub named: bool,
    depth: usize,
    denied: Option<Ruling>,
    asked: Option<Ruling>,
    notes: Vec<Enforced>,
}

impl<'a> Trial<'a> {
    pub fn new(server: &'a str, asked_by: AskedBy, command: &'a str, args: &'a [String]) -> Self {
        Trial {
            server,
            asked_by,
            args,
            command,
            rule: &super::binary::BINARY,
            named: false,
            depth: 0,
            denied: None,
            asked: None,
            notes: Vec::new(),
        }
    }

    /// Refuses; the text goes on after the server's name.
    pub fn deny(&mut self, rule: impl Into<String>, place: impl Into<String>, text: &str) {
        let ruling = self.ruling(rule, place, text);
        self.denied.get_or_insert(ruling);
    }

    /// Wants a yes from somebody with the authority.
    pub fn ask(&mut self, rule: impl Into<String>, place: impl Into<String>, text: &str) {
        let ruling = self.ruling(rule, place, text);
        self.asked.get_or_insert(ruling);
    }

    /// Says what does not hold although the launch may go on.
    pub fn note(&mut self, what: &str, why: impl Into<String>) {
        self.notes.push(Enforced::missing(what, why));
    }

    fn ruling(&self, rule: impl Into<String>, place: impl Into<String>, text: &str) -> Ruling {
        Ruling::new(rule, format!("MCP server '{}': {text}", shown(self.server))).at(place)
    }

    /// Refuses argument `index`. Only its flag is shown: what is attached to it may be a secret.
    pub fn refuse(&mut self, index: usize, spelled: &str, harm: &Harm) {
        let text = format!(
            "Argument {index} '{}' enables {} for '{}', which is not allowed. {}",
            shown(spelled),
            harm.what,
            shown(base(self.command)),
            harm.instead
        );
        let rule = format!("launch.{}.{}", self.rule.name, harm.rule);
        self.deny(rule, place(index), &text);
    }

    /// Refuses because no argument says what to run.
    pub fn refuse_end(&mut self, harm: &Harm) {
        let text = format!(
            "Command '{}' without a program to run enables {}, which is not allowed. {}",
            shown(base(self.command)),
            harm.what,
            harm.instead
        );
        let rule = format!("launch.{}.{}", self.rule.name, harm.rule);
        self.deny(rule, place(self.args.len()), &text);
    }

    /// A package whose content nobody fixed: told to an operator, asked of whoever else wants it.
    pub fn unpinned(&mut self, index: usize, package: &str) {
        let package = shown(package);
        let text = format!(
            "Argument {index} '{package}' is fetched without a fixed version. Write an exact version or digest."
        );
        self.note(
            "package",
            format!("'{package}' is fetched without a fixed version; write an exact one"),
        );
        if self.asked_by != AskedBy::Operator {
            self.ask(
                format!("launch.{}.unpinned", self.rule.name),
                place(index),
                &text,
            );
        }
    }

    /// Judges the program that argument `index` names, with the arguments behind it, by its own row.
    /// Gives back whether there is a row.
    pub fn inner(&mut self, index: usize, program: &'a str) -> bool {
        self.inner_with(index, program, index + 1)
    }

    /// The same where its arguments begin elsewhere.
    pub fn inner_with(&mut self, index: usize, program: &'a str, from: usize) -> bool {
        let Some(rule) = rule_of(base(program)) else {
            return false;
        };
        if let Some(harm) = rule.refused {
            self.refuse(index, program, harm);
        } else if self.depth == DEEPEST {
            self.refuse(index, program, &harm::DEEP);
        } else {
            let outer = (self.command, self.rule);
            (self.command, self.rule) = (program, rule);
            self.depth += 1;
            (rule.judge)(self, from);
            self.depth -= 1;
            (self.command, self.rule) = outer;
        }
        true
    }

    /// Judges the script that argument `index` names: a file, and not one that stands for the input.
    pub fn file(&mut self, index: usize, script: &str) {
        let plain = tidy(&script.replace('\\', "/").to_ascii_lowercase());
        let input = ["/dev/", "/proc/"];
        // However far it climbs: `../../dev/stdin`.
        let climbs = format!("/{plain}");
        let climbs = ["/dev/stdin", "/dev/fd/", "/proc/self/"]
            .iter()
            .any(|part| climbs.contains(part));
        if matches!(plain.as_str(), "-" | "con")
            || climbs
            || input.iter().any(|beginning| plain.starts_with(beginning))
        {
            self.refuse(index, script, &harm::STDIN);
        } else if plain.starts_with("data:") || plain.starts_with("blob:") {
            self.refuse(index, "data:", &harm::EVAL);
        } else if script.contains("://") || script.starts_with("\\\\") {
            self.refuse(index, "a URL", &harm::REMOTE);
        } else if plain.starts_with('@') {
            self.refuse(index, script, &harm::FILE);
        }
    }

    pub fn is_denied(&self) -> bool {
        self.denied.is_some()
    }

    /// Ends the trial.
    pub fn verdict(self) -> Verdict {
        let notes = self.notes;
        match (self.denied, self.asked) {
            (Some(ruling), _) => Verdict::Deny(ruling.enforcing(notes)),
            (None, Some(ruling)) => Verdict::Ask(ruling.enforcing(notes)),
            (None, None) => {
                let reason = format!(
                    "MCP server '{}': nothing speaks against it",
                    shown(self.server)
                );
                Verdict::Allow(Ruling::new("launch.allowed", reason).enforcing(notes))
            }
        }
    }
}

pub(super) fn place(index: usize) -> String {
    format!("args[{index}]")
}

/// A stranger's word as it may stand in a message: short, and without characters that move the cursor or hide.
pub(super) fn shown(word: &str) -> String {
    const LONGEST: usize = 80;
    let mut text: String = word
        .chars()
        .take(LONGEST)
        .flat_map(|c| {
            let escaped = if c.is_control() || is_hidden(c) {
                Some(c.escape_default())
            } else {
                None
            };
            let plain = escaped.is_none().then_some(c);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect();
    if word.chars().nth(LONGEST).is_some() {
        text.push('…');
    }
    text
}

fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
