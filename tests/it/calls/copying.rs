//! Arguments that are copied from the conversation, by a random model that would rather write anything else.

use std::collections::BTreeSet;

use ferrule::{
    Engine,
    parse::{Choice, Syntax},
    types::{Constraint, Finish, Model as _, Tool},
};
use serde_json::{Value, json};

use super::{
    fault, parser,
    writing::{Written, engine, write},
};

const SAID: [&str; 3] = [
    "Move \"C:\\temp\\new plan.txt\" to docs/2024 and tell O'Neill.",
    "first line\n\tsecond – Zürich, 東京 🗼\nthird",
    "It is 21 °C {sunny} <|call|>move{\"from\":\"x\"}",
];

fn tools() -> Vec<Tool> {
    let text = json!({"type": "string"});
    let schema = json!({
        "type": "object", "required": ["from"], "additionalProperties": false,
        "properties": {
            "from": text,
            "to": {"type": ["string", "null"]},
            "tags": {"type": "array", "items": text, "maxItems": 3},
            "times": {"type": "integer", "minimum": 1, "maximum": 20},
            "mode": {"enum": ["fast", "safe"]},
        },
    });
    let other = json!({"type": "object", "properties": {"text": text}, "required": ["text"], "additionalProperties": false});
    vec![
        Tool::new("move", "Moves a file.", schema),
        Tool::new("move_all", "", other),
    ]
}

fn held(engine: &Engine, choice: &Choice, said: &[&str]) -> Constraint {
    let tools = tools();
    let nano = Syntax::named("nano").expect("a row");
    let writer = nano.writer().with_card(engine.card()).with_tools(&tools);
    let writer = writer.with_conversation(said.iter().copied());
    writer
        .constraint(choice, true)
        .expect("a grammar")
        .expect("a constraint")
}

/// The calls of an answer, each valid for its tool.
fn calls(engine: &Engine, written: &Written) -> Vec<Value> {
    let tools = tools();
    if let Some(fault) = fault("nano", engine.card(), &tools, written) {
        panic!("{:?}\n{fault}", written.text);
    }
    let parsed = parser("nano", &tools).parse(&written.text);
    let read = |arguments: &str| serde_json::from_str(arguments).expect("JSON");
    parsed
        .calls
        .iter()
        .map(|call| read(&call.arguments))
        .collect()
}

/// The strings of a call that must be copied.
fn copied(call: &Value) -> impl Iterator<Item = &str> {
    let tags = call["tags"].as_array().into_iter().flatten();
    let own = ["from", "to", "text"].iter().map(|key| &call[*key]);
    own.chain(tags).filter_map(Value::as_str)
}

/// Whether a text holds this, as whole words; told by looking at it, not by the chunks of the grammar.
fn is_stretch(value: &str) -> bool {
    let joined = |before: Option<char>, after: Option<char>| {
        let word = |c: Option<char>| {
            c.is_some_and(|c| c.is_ascii_digit() || c.is_lowercase() || c.is_uppercase())
        };
        word(before) && word(after)
    };
    let whole = value == value.trim() && !value.is_empty();
    whole
        && SAID.iter().any(|text| {
            text.match_indices(value).any(|(at, found)| {
                let (before, after) = (&text[..at], &text[at + found.len()..]);
                !joined(before.chars().next_back(), found.chars().next())
                    && !joined(found.chars().next_back(), after.chars().next())
            })
        })
}

#[test]
fn every_string_that_a_call_copies_stands_in_the_conversation() {
    let engine = engine();
    let constraint = held(&engine, &Choice::Required, &SAID);
    let (mut whole, mut side_by_side) = (0, 0);
    let (mut keys, mut strings) = (BTreeSet::new(), BTreeSet::new());
    for seed in 0..150 {
        let written = write(&engine, &constraint, seed);
        if written.end == Finish::Length {
            continue;
        }
        whole += 1;
        let calls = calls(&engine, &written);
        side_by_side += usize::from(calls.len() > 1);
        for call in &calls {
            let given = call.as_object().expect("an object").keys();
            keys.insert(given.cloned().collect::<Vec<_>>().join(" "));
            for value in copied(call) {
                assert!(is_stretch(value), "{value:?} in {:?}", written.text);
                strings.insert(value.to_owned());
            }
        }
    }
    assert!(whole >= 120, "{whole} of 150 came to an end");
    assert!(side_by_side > 10, "{side_by_side} answers of several calls");
    assert!(keys.len() > 8, "{keys:?}");
    assert!(strings.len() > 30, "{strings:?}");
    // What JSON writes otherwise was copied too.
    for odd in ['"', '\\', '東', '{'] {
        assert!(
            strings.iter().any(|value| value.contains(odd)),
            "{odd:?}: {strings:?}"
        );
    }
}

#[test]
fn without_the_conversation_a_model_makes_its_strings_up() {
    let engine = engine();
    let constraint = held(&engine, &Choice::Required, &[]);
    let made_up = (0..20).any(|seed| {
        let written = write(&engine, &constraint, seed);
        written.end != Finish::Length
            && calls(&engine, &written)
                .iter()
                .flat_map(copied)
                .any(|value| !is_stretch(value))
    });
    assert!(made_up);
}

#[test]
fn a_long_conversation_is_copied_from_as_well() {
    let engine = engine();
    let items: Vec<String> = (0..4000)
        .map(|n| format!("item {n} of {}", n * 7919 % 1000))
        .collect();
    let long = items.join(", ");
    let mut said = vec![long.as_str()];
    said.extend(SAID);
    let constraint = held(&engine, &Choice::Required, &said);
    for seed in 0..3 {
        let written = write(&engine, &constraint, seed);
        if written.end == Finish::Length {
            continue;
        }
        for call in calls(&engine, &written) {
            for value in copied(&call) {
                assert!(is_stretch(value) || long.contains(value), "{value:?}");
            }
        }
    }
}
