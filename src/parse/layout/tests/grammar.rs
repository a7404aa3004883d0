use std::fmt::Write as _;

use ferrule_types::{Constraint, Error, Grammar, Kind, ModelCard, Start, Tool};
use serde_json::{Value, json};

use super::{card, tool};
use crate::{Choice, Syntax, Thinking, syntax::ALL};

fn tools() -> Vec<Tool> {
    vec![
        tool(
            "add",
            json!({
                "type": "object", "required": ["a", "unit"],
                "properties": {
                    "a": {"type": "integer", "description": "told to the model, not to the grammar"},
                    "unit": {"enum": ["m", "km"]},
                    "note": {"type": ["string", "null"], "maxLength": 5},
                    "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
                },
            }),
        ),
        tool("now", json!({"type": "object", "properties": {}})),
    ]
}

fn made(
    row: &str,
    card: &ModelCard,
    tools: &[Tool],
    choice: &Choice,
    parallel: bool,
) -> Result<Option<Constraint>, Error> {
    let writer = Syntax::named(row)
        .unwrap()
        .writer()
        .with_card(card)
        .with_tools(tools);
    writer.constraint(choice, parallel)
}

fn lark(constraint: &Constraint) -> &str {
    match &constraint.grammar {
        Grammar::Lark(text) => text,
        other => panic!("{other:?}"),
    }
}

pub fn required(row: &str, card: &ModelCard, tools: &[Tool]) -> String {
    let made = made(row, card, tools, &Choice::Required, false)
        .unwrap()
        .unwrap();
    assert_eq!((made.start.clone(), made.many), (Start::Now, false));
    lark(&made).to_owned()
}

pub fn one(schema: Value) -> Vec<Tool> {
    vec![tool("f", schema)]
}

/// The grammars on record are what the engine's tests hold models to: a change here is a change of what they may write.
#[test]
fn every_row_s_grammar_is_the_one_on_record() {
    let (tools, card) = (tools(), ModelCard::default());
    let mut all = String::new();
    for row in ALL {
        let _ = writeln!(
            all,
            "== {}\n{}",
            row.name(),
            required(row.name(), &card, &tools)
        );
    }
    let recorded = include_str!("grammars.txt");
    for (made, recorded) in all.split("== ").zip(recorded.split("== ")) {
        assert_eq!(made, recorded);
    }
    assert_eq!(all.len(), recorded.len());
}

#[test]
fn under_auto_a_grammar_begins_behind_the_mark_of_its_row() {
    let (tools, card) = (tools(), ModelCard::default());
    for (row, mark, begins) in [
        ("hermes", Some("<tool_call>"), r#""\n{\"name\": \"add\""#),
        ("qwen3_xml", Some("<tool_call>"), r#""\n<function=add>\n""#),
        ("mistral", Some("[TOOL_CALLS]"), r#"start: "[" "#),
        ("llama", Some("<|python_tag|>"), r#""{\"name\": \"add\""#),
        ("pythonic", None, ""),
        (
            "deepseek",
            Some("<｜tool▁calls▁begin｜>"),
            "\"<｜tool▁call▁begin｜>function<｜tool▁sep｜>add",
        ),
        (
            "deepseek_v4",
            Some("<｜DSML｜tool_calls>"),
            r#"start: "\n" "#,
        ),
        (
            "kimi",
            Some("<|tool_calls_section_begin|>"),
            "\"<|tool_call_begin|>functions.add:\"",
        ),
        ("granite", Some("<|tool_call|>"), r#"start: "[" "#),
        ("xlam", None, ""),
        ("functionary", None, ""),
        ("glm47", Some("<tool_call>"), r#""add\n""#),
        ("minimax", Some("<minimax:tool_call>"), r#"start: "\n" "#),
        (
            "harmony",
            Some(" to=functions."),
            r#""add <|constrain|>json<|message|>""#,
        ),
        ("gemma4", Some("<|tool_call>"), r#""call:add""#),
        ("gemma3", Some("```tool_code\n"), r#""add(""#),
        ("lfm2", Some("<|tool_call_start|>"), r#"start: "[" "#),
        ("hunyuan", Some("<tool_calls>"), r#"start: "[" "#),
        (
            "command_r",
            Some("Action: ```json"),
            r#"start: "\n[\n    " "#,
        ),
        ("command_a", Some("<|START_ACTION|>"), r#"start: "[\n" "#),
        ("phi4_mini", Some("functools["), r#""{\"name\": \"add\""#),
        ("olmo3", Some("<function_calls>"), r#"start: "\n" "#),
        (
            "seed_oss",
            Some("<seed:tool_call>"),
            r#""\n<function=add>\n""#,
        ),
        ("nemotron_v2", Some("<TOOLCALL>"), r#"start: "[" "#),
        ("jamba", Some("<tool_calls>"), r#"start: "[\n    " "#),
        ("nano", Some("<|call|>"), r#": "add" b"#),
    ] {
        let made = made(row, &card, &tools, &Choice::Auto, true).unwrap();
        let Some(mark) = mark else {
            assert_eq!(made, None, "{row}");
            continue;
        };
        let made = made.unwrap_or_else(|| panic!("{row} has a mark"));
        assert_eq!(made.start, Start::After(vec![mark.to_owned()]), "{row}");
        assert!(made.many, "{row}");
        assert!(lark(&made).contains(begins), "{row}: {}", lark(&made));
    }
}

#[test]
fn a_mark_that_the_vocabulary_has_is_its_token() {
    let known = card(&[
        "<tool_call>",
        "</tool_call>",
        "<arg_value>",
        "</arg_value>",
        "\n\n",
    ]);
    let hermes = required("hermes", &known, &tools());
    assert!(
        hermes.contains(r#"<[100]> "\n{\"name\": \"now\", \"arguments\": ""#),
        "{hermes}"
    );
    assert!(hermes.contains(r#""}\n" <[101]>"#), "{hermes}");
    // Text in front of a token is one terminal, which the token ends.
    let glm = required("glm47", &known, &tools());
    assert!(
        glm.contains(r#""<arg_key>unit</arg_key>\n" <[102]> V"#),
        "{glm}"
    );
    assert!(glm.contains(r#"<[103]> "\n""#), "{glm}");
    let made = made("hermes", &known, &tools(), &Choice::Auto, true)
        .unwrap()
        .unwrap();
    assert_eq!(made.start, Start::After(vec!["<tool_call>".into()]));
}

#[test]
fn a_mark_with_a_token_inside_is_waited_for_by_the_token() {
    let known = card(&["｜DSML｜"]);
    let made = made("deepseek_v4", &known, &tools(), &Choice::Auto, true)
        .unwrap()
        .unwrap();
    assert_eq!(made.start, Start::After(vec!["｜DSML｜".into()]));
    assert!(
        lark(&made).starts_with(r#"start: "tool_calls>\n" "#),
        "{}",
        lark(&made)
    );
}

#[test]
fn tokens_that_the_model_has_no_row_for_stay_text() {
    let mut known = card(&["<tool_call>"]);
    known.vocab_size = 100;
    assert!(required("hermes", &known, &tools()).contains("\"<tool_call>\\n"));
}

#[test]
fn only_the_tools_that_are_wanted_are_in_the_grammar() {
    const ADD: &str = r#"\"add\""#;
    const NOW: &str = r#"\"now\""#;
    let (tools, card) = (tools(), ModelCard::default());
    let with = |choice: &Choice| made("hermes", &card, &tools, choice, false);
    let named = with(&Choice::Named("now".into())).unwrap().unwrap();
    assert!(lark(&named).contains(NOW) && !lark(&named).contains(ADD));
    let allowed = Choice::Allowed {
        names: vec!["add".into()],
        required: true,
    };
    let allowed = with(&allowed).unwrap().unwrap();
    assert!(lark(&allowed).contains(ADD) && !lark(&allowed).contains(NOW));
    assert_eq!(with(&Choice::None).unwrap(), None);
    assert_eq!(
        with(&Choice::Named("x".into())).unwrap_err().kind(),
        Kind::NotFound
    );
    let free = Choice::Allowed {
        names: vec!["add".into()],
        required: false,
    };
    let free = with(&free).unwrap().unwrap();
    assert!(matches!(free.start, Start::After(_)) && !lark(&free).contains(NOW));
}

#[test]
fn parallel_calls_are_allowed_only_where_they_are_wanted() {
    let (tools, card) = (tools(), ModelCard::default());
    for row in ALL {
        let with = |choice, parallel| made(row.name(), &card, &tools, &choice, parallel).unwrap();
        let start = |made: &Constraint| lark(made).lines().next().unwrap().to_owned();
        let single = with(Choice::Required, false).unwrap();
        let several = with(Choice::Required, true).unwrap();
        assert!(!start(&single).contains('*'), "{}", row.name());
        assert!(start(&several).contains(")*"), "{}", row.name());
        if let Some(single) = with(Choice::Auto, false) {
            assert!(
                !single.many && !start(&single).contains('*'),
                "{}",
                row.name()
            );
        }
    }
}

#[test]
fn a_token_that_ends_the_answer_is_left_to_the_engine_and_allows_one_call() {
    let mut known = card(&["<|channel|>", "<|constrain|>", "<|message|>", "<|call|>"]);
    let before = required("harmony", &known, &tools());
    assert!(before.contains("<[103]>"), "{before}");
    known.eos = vec![103];
    let made = made("harmony", &known, &tools(), &Choice::Required, true)
        .unwrap()
        .unwrap();
    assert!(
        !lark(&made).contains("<[103]>") && !lark(&made).contains('*'),
        "{}",
        lark(&made)
    );
}

#[test]
fn what_a_grammar_cannot_say_is_an_error_where_it_must_hold() {
    let beyond = [
        json!({"type": "object", "properties": {"a": {"type": "array", "uniqueItems": true}}}),
        json!({"type": "object", "properties": {"a": {"not": {"type": "string"}}}}),
        json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "^(?!x)"}}}),
        json!({"type": "object", "if": {}, "then": {}}),
    ];
    let card = ModelCard::default();
    for schema in beyond {
        for row in ["hermes", "qwen3_xml", "pythonic", "gemma4"] {
            let refused = made(row, &card, &one(schema.clone()), &Choice::Required, false);
            let error = refused.expect_err(row);
            assert_eq!(error.kind(), Kind::Unsupported, "{row}");
            assert!(error.to_string().contains("the tool `f`"), "{error}");
        }
        let mut strict = one(schema.clone());
        strict[0].extra.insert("strict".into(), json!(true));
        assert!(made("hermes", &card, &strict, &Choice::Auto, false).is_err());
        for row in ["hermes", "qwen3_xml", "olmo3", "gemma4"] {
            let loose = made(row, &card, &one(schema.clone()), &Choice::Auto, false);
            let loose = loose.unwrap().unwrap();
            let text = lark(&loose);
            assert!(
                !["uniqueItems", "(?!x)", "\"if\"", "\"not\""]
                    .iter()
                    .any(|odd| text.contains(odd)),
                "{text}"
            );
        }
    }
    let kept = json!({"type": "object", "properties": {"a": {"not": {}}, "b": {"const": "here"}}, "required": ["b"]});
    let kept = made("hermes", &card, &one(kept), &Choice::Auto, false)
        .unwrap()
        .unwrap();
    assert!(
        lark(&kept).contains(r#""b":{"const":"here"}"#),
        "{}",
        lark(&kept)
    );
}

#[test]
fn what_elements_and_keywords_cannot_say_is_told_by_name() {
    let card = ModelCard::default();
    for (schema, what) in [
        (
            json!({"type": "object", "patternProperties": {"^a": {}}}),
            "`patternProperties`",
        ),
        (
            json!({"type": "object", "anyOf": [{"required": ["a"]}]}),
            "`anyOf`",
        ),
        (
            json!({"type": "object", "properties": {"a b": {}}}),
            "\"a b\"",
        ),
        (
            json!({"type": "object", "minProperties": 1}),
            "`minProperties`",
        ),
        (json!({"$ref": "#"}), "reference"),
    ] {
        for row in ["qwen3_xml", "pythonic", "gemma4"] {
            let error =
                made(row, &card, &one(schema.clone()), &Choice::Required, false).unwrap_err();
            assert!(error.to_string().contains(what), "{row}: {error}");
        }
    }
}

#[test]
fn what_a_reference_leads_to_is_looked_at_too() {
    let schema = json!({
        "type": "object", "properties": {"s": {"$ref": "#/$defs/set"}, "n": {"const": "here"}}, "required": ["n"],
        "$defs": {"set": {"type": "array", "items": {"type": "integer"}, "uniqueItems": true}},
    });
    let card = ModelCard::default();
    for row in ["hermes", "qwen3_xml", "olmo3", "gemma4"] {
        let refused = made(row, &card, &one(schema.clone()), &Choice::Required, false);
        assert!(
            refused.unwrap_err().to_string().contains("uniqueItems"),
            "{row}"
        );
        let loose = made(row, &card, &one(schema.clone()), &Choice::Auto, false)
            .unwrap()
            .unwrap();
        let text = lark(&loose);
        assert!(
            text.contains("here") && !text.contains("uniqueItems") && !text.contains("$ref"),
            "{row}: {text}"
        );
    }
}

#[test]
fn references_are_followed_at_the_root_and_taken_along_below() {
    let schema = json!({
        "$ref": "#/$defs/args",
        "$defs": {
            "args": {"type": "object", "properties": {"t": {"$ref": "#/$defs/tree"}}, "required": ["t"]},
            "tree": {"type": "array", "items": {"$ref": "#/$defs/tree"}},
        },
    });
    let card = ModelCard::default();
    let xml = required("qwen3_xml", &card, &one(schema.clone()));
    assert!(
        xml.contains("<parameter=t>") && xml.contains("\"$defs\""),
        "{xml}"
    );
    let python = required("pythonic", &card, &one(schema));
    assert!(
        python.contains("\"t=\"") && !python.contains("$ref"),
        "{python}"
    );
}

#[test]
fn json_arguments_are_closed_and_without_remarks() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "T",
        "properties": {
            "title": {"type": "string", "description": "d", "default": "x", "format": "color"},
            "when": {"type": "string", "format": "date"},
            "free": {"type": "object"},
        },
    });
    let text = required("hermes", &ModelCard::default(), &one(schema));
    let json = text.split("%json ").nth(1).unwrap();
    let schema: Value = serde_json::Deserializer::from_str(json)
        .into_iter()
        .next()
        .unwrap()
        .unwrap();
    assert_eq!(
        schema,
        json!({
            "type": "object",
            "properties": {
                "title": {"type": "string"},
                "when": {"type": "string", "format": "date"},
                "free": {"type": "object"},
            },
            "additionalProperties": false,
            "x-guidance": {"whitespace_flexible": false, "item_separator": ", ", "key_separator": ": "},
        })
    );
}

#[test]
fn a_schema_cannot_loosen_the_grammar() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}, "x-guidance": {"lenient": true}});
    let text = required("hermes", &ModelCard::default(), &one(schema.clone()));
    assert!(!text.contains("lenient"), "{text}");
}

#[test]
fn a_thought_may_come_before_a_call_that_is_required() {
    let (tools, card) = (tools(), card(&["<think>", "</think>"]));
    let with = |thinking: Thinking, card: &ModelCard| {
        let writer = Syntax::named("hermes")
            .unwrap()
            .writer()
            .with_card(card)
            .with_tools(&tools);
        let writer = writer.with_thought("<think>", "</think>", thinking);
        let made = writer
            .constraint(&Choice::Required, false)
            .unwrap()
            .unwrap();
        lark(&made).to_owned()
    };
    let open = with(Thinking::Open, &card);
    let first = |text: &str| text.lines().next().unwrap().to_owned();
    let rule = first(&open).split(' ').nth(1).unwrap().to_owned();
    assert!(
        open.contains(&format!("{rule}: V")) && !open.contains("<[100]>"),
        "{open}"
    );
    let closed = with(Thinking::Closed, &card);
    assert!(
        first(&closed).contains('?') && closed.contains("<[100]> V"),
        "{closed}"
    );
    // Spelled out the mark ends the text as well.
    let spelled = with(Thinking::Closed, &ModelCard::default());
    assert!(
        spelled.contains("[lazy]: ") && spelled.contains("\"</think>\""),
        "{spelled}"
    );
}
