//! Strings that are held to be stretches of the conversation.

use ferrule_types::{Grammar, ModelCard, Tool};
use serde_json::{Value, json};

use super::{card, tool};
use crate::{Choice, Syntax, limits, syntax::ALL};

const SAID: [&str; 2] = [
    "Move \"C:\\temp\\new plan.txt\" to docs.",
    "line one\nZürich, 12 km: \"ok\"",
];

fn grammar(row: &str, card: &ModelCard, tools: &[Tool], choice: &Choice, said: &[&str]) -> String {
    let writer = Syntax::named(row).unwrap().writer().with_card(card);
    let writer = writer
        .with_tools(tools)
        .with_conversation(said.iter().copied());
    let made = writer.constraint(choice, true).unwrap().unwrap();
    match made.grammar {
        Grammar::Lark(text) => text,
        other => panic!("{other:?}"),
    }
}

fn of(properties: &Value, required: &[&str]) -> Vec<Tool> {
    let schema = json!({"type": "object", "properties": properties, "required": required});
    vec![tool("move", schema)]
}

/// The grammar of one argument.
fn one(schema: &Value) -> String {
    let tools = of(&json!({"a": schema}), &["a"]);
    grammar(
        "nano",
        &ModelCard::default(),
        &tools,
        &Choice::Required,
        &SAID,
    )
}

fn is_copied(grammar: &str) -> bool {
    grammar.contains("substring_chunks")
}

/// What the engine's tests let models write by: a change here is a change of what may be copied.
#[test]
fn the_grammar_of_a_conversation_is_the_one_on_record() {
    let properties = json!({
        "from": {"type": "string", "description": "The file."},
        "to": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "times": {"type": "integer", "minimum": 1, "maximum": 20},
        "mode": {"enum": ["fast", "safe"]},
    });
    let mut tools = of(&properties, &["from"]);
    tools.push(tool("now", json!({"type": "object", "properties": {}})));
    let made = grammar(
        "nano",
        &ModelCard::default(),
        &tools,
        &Choice::Required,
        &SAID,
    );
    assert_eq!(
        made,
        include_str!("../../../../tests/fixtures/constraint/copies.lark")
    );
}

#[test]
fn a_string_of_which_a_schema_says_no_more_is_copied() {
    for schema in [
        json!({"type": "string"}),
        json!({"type": "string", "minLength": 1, "title": "T", "examples": ["x"]}),
        json!({"type": ["string", "null"]}),
        json!({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        json!({"type": "array", "items": {"type": "string"}}),
        json!({"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 1}),
        json!({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]}),
    ] {
        assert!(is_copied(&one(&schema)), "{schema}");
    }
}

#[test]
fn whatever_else_a_schema_asks_for_it_gets() {
    for schema in [
        json!({"enum": ["a", "b"]}),
        json!({"const": "a"}),
        json!({"type": "string", "pattern": "^a"}),
        json!({"type": "string", "format": "date"}),
        json!({"type": "string", "maxLength": 3}),
        json!({"type": "string", "minLength": 2}),
        json!({"anyOf": [{"type": "string"}, {"enum": ["a"]}]}),
        json!({"anyOf": [{"type": "string"}, {"type": "string", "format": "date"}]}),
        json!({"type": "integer"}),
        json!({"type": "number"}),
        json!({"type": "boolean"}),
        json!({"type": "object", "properties": {"deep": {"type": "string"}}}),
        json!({"type": "array", "items": {"type": "object", "properties": {"deep": {"type": "string"}}}}),
        json!({"type": "array", "items": {"type": "array", "items": {"type": "string"}}}),
        json!({"type": "array", "items": {"enum": ["a"]}}),
        json!({"type": "array", "items": {"type": "string"}, "maxItems": 0}),
        json!({"type": "array"}),
        json!({}),
    ] {
        let made = one(&schema);
        assert!(
            !is_copied(&made) && made.contains("%json"),
            "{schema}: {made}"
        );
    }
}

#[test]
fn what_a_reference_leads_to_is_copied_too() {
    let schema = json!({
        "type": "object", "required": ["a", "b"],
        "properties": {"a": {"$ref": "#/$defs/text"}, "b": {"$ref": "#/$defs/more"}},
        "$defs": {"text": {"type": "string"}, "more": {"type": "object", "properties": {"n": {"$ref": "#/$defs/text"}}}},
    });
    let tools = [tool("f", schema)];
    let made = grammar(
        "nano",
        &ModelCard::default(),
        &tools,
        &Choice::Required,
        &SAID,
    );
    assert!(
        is_copied(&made) && made.contains(r##""$ref":"#/$defs/text""##),
        "{made}"
    );
}

#[test]
fn the_conversation_stands_in_the_grammar_once_however_many_strings_it_holds() {
    let text = json!({"type": "string"});
    let mut tools = of(
        &json!({"a": text, "b": text, "c": {"type": "array", "items": text}}),
        &[],
    );
    tools.push(tool(
        "other",
        json!({"type": "object", "properties": {"d": text}}),
    ));
    let made = grammar(
        "nano",
        &ModelCard::default(),
        &tools,
        &Choice::Required,
        &SAID,
    );
    assert_eq!(made.matches("substring_chunks").count(), 1, "{made}");
}

#[test]
fn a_key_that_spells_a_mark_is_text() {
    let tools = of(&json!({"<|call|>": {"type": "string"}}), &[]);
    let known = card(&["<|call|>"]);
    let made = grammar("nano", &known, &tools, &Choice::Required, &SAID);
    assert!(made.contains(r#""\"<|call|>\":" (V"#), "{made}");
}

#[test]
fn without_a_conversation_the_schema_alone_holds() {
    let tools = of(&json!({"a": {"type": "string"}}), &["a"]);
    let plain = Syntax::named("nano")
        .unwrap()
        .writer()
        .with_tools(&tools)
        .constraint(&Choice::Required, true);
    let plain = plain.unwrap().unwrap().grammar;
    for said in [&[][..], &["", " \n"]] {
        let made = grammar(
            "nano",
            &ModelCard::default(),
            &tools,
            &Choice::Required,
            said,
        );
        assert_eq!(Grammar::Lark(made), plain);
    }
}

#[test]
fn a_call_that_the_model_begins_by_itself_copies_as_well() {
    let tools = of(&json!({"a": {"type": "string"}}), &["a"]);
    let known = card(&["<|call|>"]);
    assert!(is_copied(&grammar(
        "nano",
        &known,
        &tools,
        &Choice::Auto,
        &SAID
    )));
    // A tool that asks for what no grammar can say is held to what is left of it.
    let odd = of(
        &json!({"a": {"type": "string"}, "b": {"not": {"type": "string"}}}),
        &["a"],
    );
    assert!(is_copied(&grammar(
        "nano",
        &known,
        &odd,
        &Choice::Auto,
        &SAID
    )));
}

#[test]
fn no_other_row_copies() {
    let tools = of(&json!({"a": {"type": "string"}}), &["a"]);
    for row in ALL.iter().filter(|row| row.name() != "nano") {
        let made = grammar(
            row.name(),
            &ModelCard::default(),
            &tools,
            &Choice::Required,
            &SAID,
        );
        assert!(
            !is_copied(&made) && !row.writer().copies(),
            "{}",
            row.name()
        );
    }
    assert!(Syntax::named("nano").unwrap().writer().copies());
}

/// The engine refuses grammars of more than 256 KiB: what is said must leave room for the tools.
#[test]
fn the_largest_conversation_leaves_room_for_tools() {
    for odd in ["\u{1}", "\"", "\\", "🦀", ".", "a "] {
        let said = odd.repeat(2 * limits::CONVERSATION);
        let tools = of(&json!({"a": {"type": "string"}}), &["a"]);
        let made = grammar(
            "nano",
            &ModelCard::default(),
            &tools,
            &Choice::Required,
            &[&said],
        );
        assert!(made.len() < 192 * 1024, "{odd:?}: {}", made.len());
    }
}
