use ferrule_types::{AskedBy, Json};
use serde::Deserialize;

use super::*;

const NAMES: &str = include_str!("../../../../tests/fixtures/guard/tools/names.txt");
const ROLES: &str = include_str!("../../../../tests/fixtures/guard/tools/roles.txt");
const CALLS: &str = include_str!("../../../../tests/fixtures/guard/tools/calls.jsonl");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    note: String,
    server: String,
    tool: String,
    arguments: Json,
    schema: Option<Value>,
    #[serde(default)]
    settings: Settings,
    asked_by: Option<AskedBy>,
    verdict: String,
    rule: String,
    says: Option<String>,
}

impl Case {
    fn judge(&self) -> Verdict {
        let policy = ToolPolicy::new(self.settings.clone()).unwrap();
        let key = ToolKey::new(&self.server, &self.tool).unwrap();
        let call = Call::new("1", key, self.arguments.clone());
        let mut tool = Tool::named(&self.tool);
        tool.input_schema = self.schema.clone().unwrap_or(tool.input_schema);
        let asked_by = self.asked_by.unwrap_or(AskedBy::Model);
        policy.judge(&CallFacts {
            call: &call,
            tool: &tool,
            asked_by,
        })
    }

    fn problem(&self) -> Option<String> {
        let verdict = self.judge();
        let word = match verdict {
            Verdict::Allow(_) => "allow",
            Verdict::Ask(_) => "ask",
            Verdict::Deny(_) => "deny",
        };
        let ruling = verdict.ruling();
        let says = self
            .says
            .as_ref()
            .is_none_or(|text| ruling.reason.contains(text));
        let right = word == self.verdict && ruling.rule == self.rule && says;
        (!right).then(|| {
            format!(
                "{}: {} {:?}\n  wanted {} {} {:?}\n  got {word} {}: {}",
                self.note,
                self.tool,
                self.arguments,
                self.verdict,
                self.rule,
                self.says,
                ruling.rule,
                ruling.reason
            )
        })
    }
}

fn rows(table: &str) -> impl Iterator<Item = (&str, &str)> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split_once('\t').unwrap())
}

#[test]
fn every_call_has_its_right_verdict() {
    let cases: Vec<Case> = CALLS
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    assert!(cases.len() > 200, "only {} cases", cases.len());
    let problems: Vec<_> = cases.iter().filter_map(Case::problem).collect();
    assert!(
        problems.is_empty(),
        "{} of {}:\n{}",
        problems.len(),
        cases.len(),
        problems.join("\n")
    );
}

#[test]
fn every_name_tells_its_classes() {
    let wrong = rows(NAMES).filter_map(|(name, wanted)| {
        let classes = risk::of_name(name).risk.classes();
        let mut got: Vec<String> = classes
            .map(|class| {
                serde_json::to_value(class)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        let mut wanted: Vec<_> = wanted
            .split(',')
            .filter(|class| *class != "-")
            .map(str::to_owned)
            .collect();
        got.sort();
        wanted.sort();
        (got != wanted).then(|| format!("{name}: wanted {wanted:?}, got {got:?}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_word_of_the_table_stands_once() {
    let mut words: Vec<_> = table::ROWS.iter().map(|row| row.word).collect();
    words.sort_unstable();
    let twice: Vec<_> = words.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn every_parameter_has_its_role() {
    let wrong = rows(ROLES).filter_map(|(name, wanted)| {
        let got = format!("{:?}", role::of(name, None)).to_lowercase();
        (got != wanted).then(|| format!("{name}: wanted {wanted}, got {got}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
