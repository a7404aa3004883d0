use std::{collections::BTreeMap, fs, net::IpAddr, path::PathBuf};

use ferrule_types::{AskedBy, Verdict};
use serde::Deserialize;

use super::{Facts, Launch, LaunchPolicy, found};

/// One line of a table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Why the line is there.
    #[serde(default)]
    pub why: String,
    /// The command and its arguments.
    #[serde(default)]
    pub run: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    url: Option<String>,
    /// Where a server at `url` sends its client on.
    redirect: Option<String>,
    #[serde(default = "operator")]
    by: AskedBy,
    /// The program's real path; `/usr/bin/<command>` if it is not said, and absent where it is empty.
    real: Option<String>,
    #[serde(default)]
    writable: bool,
    #[serde(default)]
    stranger: bool,
    addresses: Option<Vec<IpAddr>>,
    #[serde(default)]
    cwd: Option<PathBuf>,
    #[serde(default)]
    skip: bool,
    #[serde(default)]
    whitelist: Vec<String>,

    /// `allow`, `ask` or `deny`, and the rule that says so.
    verdict: String,
    pub rule: Option<String>,
    place: Option<String>,
    /// Parts of the reason.
    #[serde(default)]
    says: Vec<String>,
    /// A part of what is noted; `""` for nothing at all.
    note: Option<String>,
}

fn operator() -> AskedBy {
    AskedBy::Operator
}

/// Every line of every table, with its file.
pub fn all() -> Vec<(String, Case)> {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/guard/launch");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).unwrap();
        let read: Vec<Case> =
            serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        cases.extend(read.into_iter().map(|case| (name.clone(), case)));
    }
    cases
}

impl Case {
    pub fn launch(&self) -> Launch {
        Launch {
            server: "s".to_owned(),
            command: self.run.first().cloned(),
            args: self.run.iter().skip(1).cloned().collect(),
            env: self.env.clone(),
            cwd: self.cwd.clone(),
            url: self.url.clone(),
            asked_by: self.by,
            skip_security_validation: self.skip,
        }
    }

    pub fn facts(&self) -> Facts {
        let mut facts = self
            .run
            .first()
            .map_or_else(Facts::default, |command| found(command));
        if let (Some(program), Some(real)) = (&mut facts.program, &self.real) {
            program.real = real.into();
        }
        if self.real.as_deref() == Some("") {
            facts.program = None;
        }
        if let Some(program) = &mut facts.program {
            program.writable_by_others = self.writable;
            program.owned_by_stranger = self.stranger;
        }
        facts.addresses.clone_from(&self.addresses);
        facts
    }

    pub fn policy(&self) -> LaunchPolicy {
        LaunchPolicy {
            custom_whitelist: self.whitelist.iter().cloned().collect(),
            ..LaunchPolicy::default()
        }
    }

    pub fn is_denied(&self) -> bool {
        self.verdict == "deny"
    }

    /// What the guard said otherwise than the line.
    pub fn disagreements(&self) -> Vec<String> {
        let (launch, facts, policy) = (self.launch(), self.facts(), self.policy());
        let verdict = match &self.redirect {
            Some(to) => policy.judge_redirect(&launch, to, &facts),
            None => policy.judge(&launch, &facts),
        };
        let ruling = verdict.ruling();
        let word = match &verdict {
            Verdict::Allow(_) => "allow",
            Verdict::Ask(_) => "ask",
            Verdict::Deny(_) => "deny",
        };
        let place = ruling.place.as_ref().map(|place| place.part.clone());
        let notes: Vec<String> = ruling
            .enforced
            .iter()
            .map(|each| format!("{}: {}", each.what, each.note.clone().unwrap_or_default()))
            .collect();
        let mut wrong = Vec::new();
        if word != self.verdict {
            wrong.push(format!(
                "verdict {word}, not {}: {}",
                self.verdict, ruling.reason
            ));
        }
        if word != "allow" && self.rule.as_deref() != Some(&ruling.rule) {
            wrong.push(format!(
                "rule {}, not {:?}: {}",
                ruling.rule, self.rule, ruling.reason
            ));
        }
        if self.place.is_some() && place != self.place {
            wrong.push(format!("place {place:?}, not {:?}", self.place));
        }
        wrong.extend(
            self.says
                .iter()
                .filter(|part| !ruling.reason.contains(*part))
                .map(|part| format!("{part:?} is not said in {:?}", ruling.reason)),
        );
        match self.note.as_deref() {
            Some("") if !notes.is_empty() => wrong.push(format!("notes {notes:?}")),
            Some(part) if !notes.join("\n").contains(part) => {
                wrong.push(format!("no note of {part:?} in {notes:?}"));
            }
            _ => {}
        }
        wrong
    }
}
