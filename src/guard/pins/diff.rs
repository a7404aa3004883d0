//! What was and what is, field by field, for people: hidden characters are spelled out, secrets are redacted, and of a
//! long text only the part that differs is shown.

use serde_json::Value;

use crate::{redact, text::reveal};

/// One field that differs. Absent on one side: the field is new, or gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// `description`, `inputSchema.properties.path.type`.
    pub field: String,
    pub was: Option<String>,
    pub is: Option<String>,
}

/// No more fields are told.
const MOST: usize = 40;

/// A level deeper than this is told as a whole.
const DEEPEST: usize = 32;

/// The characters shown of one side, and those around what differs.
const SHOWN: usize = 240;
const AROUND: usize = 24;

pub(super) fn differences(was: &Value, is: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(was), Some(is), 0, &mut found);
    if found.len() > MOST {
        found.truncate(MOST);
        // Many small changes must not hide the one that counts.
        found.push(Difference {
            field: "…".to_owned(),
            was: None,
            is: Some(format!(
                "more than {MOST} fields differ; not all of them are shown"
            )),
        });
    }
    found
}

fn compare(
    field: &str,
    was: Option<&Value>,
    is: Option<&Value>,
    depth: usize,
    found: &mut Vec<Difference>,
) {
    if found.len() > MOST || was == is {
        return;
    }
    match (was, is) {
        (Some(Value::Object(old)), Some(Value::Object(new))) if depth < DEEPEST => {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in old.keys().chain(added) {
                compare(
                    &join(field, key),
                    old.get(key),
                    new.get(key),
                    depth + 1,
                    found,
                );
            }
        }
        (Some(Value::String(old)), Some(Value::String(new))) => {
            let (was, is) = only_what_differs(old, new);
            found.push(Difference {
                field: field.to_owned(),
                was: Some(was),
                is: Some(is),
            });
        }
        _ => found.push(Difference {
            field: field.to_owned(),
            was: was.map(whole),
            is: is.map(whole),
        }),
    }
}

fn join(field: &str, key: &str) -> String {
    let key = reveal(key);
    if field.is_empty() {
        key
    } else {
        format!("{field}.{key}")
    }
}

fn whole(value: &Value) -> String {
    match value {
        Value::String(text) => show(text),
        other => show(&other.to_string()),
    }
}

fn show(text: &str) -> String {
    short(&reveal(&redact::redact_text(text)))
}

fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Both texts without the beginning and the end that they share, but for a few characters around.
fn only_what_differs(was: &str, is: &str) -> (String, String) {
    // Redacted first: half of a secret would not be recognised.
    let (was, is) = (redact::redact_text(was), redact::redact_text(is));
    if was == is {
        // What looks like a secret may be an instruction.
        let note = format!("{} (what differs was redacted)", show(&is));
        return (show(&was), note);
    }
    let (was, is): (Vec<char>, Vec<char>) = (was.chars().collect(), is.chars().collect());
    let same_start = was.iter().zip(&is).take_while(|(a, b)| a == b).count();
    let room = was.len().min(is.len()) - same_start;
    let same_end = was
        .iter()
        .rev()
        .zip(is.iter().rev())
        .take(room)
        .take_while(|(a, b)| a == b)
        .count();
    let from = same_start.saturating_sub(AROUND);
    let until_end = same_end.saturating_sub(AROUND);
    let cut = |text: &[char]| {
        let middle: String = text[from..text.len() - until_end].iter().collect();
        let before = if from > 0 { "…" } else { "" };
        let after = if until_end > 0 { "…" } else { "" };
        short(&format!("{before}{}{after}", reveal(&middle)))
    };
    (cut(&was), cut(&is))
}
