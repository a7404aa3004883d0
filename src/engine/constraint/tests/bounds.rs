use std::time::{Duration, Instant};

use ferrule_types::{Constraint, Fault as _, Grammar, Kind, Start};
use serde_json::{Value, json};

use super::Vocabulary;

#[track_caller]
fn refused(grammar: Grammar, kind: Kind, words: &str) {
    let error = Vocabulary::tiny().refusal(grammar);
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(words), "{error}");
    assert!(!error.to_string().contains("backtrace"), "{error}");
}

#[test]
fn what_cannot_be_matched_is_refused_with_the_compiler_s_reason() {
    let schema = |value| Grammar::JsonSchema(value);
    refused(schema(json!(false)), Kind::InvalidInput, "Unsatisfiable");
    let empty = json!({"type": "integer", "minimum": 5, "maximum": 3});
    refused(schema(empty), Kind::InvalidInput, "JSON schema");
    refused(Grammar::Regex("[a".into()), Kind::InvalidInput, "regex");
    refused(
        Grammar::Regex("a\\".into()),
        Kind::InvalidInput,
        "backslash",
    );
    refused(
        Grammar::Regex("[^\\s\\S]a".into()),
        Kind::InvalidInput,
        "regex",
    );
    let lark = "start: a\na: \"x\"\nb: (\"y\"\n";
    refused(Grammar::Lark(lark.into()), Kind::InvalidInput, "3(8)");
    refused(
        Grammar::Lark("start: missing".into()),
        Kind::InvalidInput,
        "missing",
    );
    refused(Grammar::Lark(String::new()), Kind::InvalidInput, "start");
    refused(Grammar::Choice(Vec::new()), Kind::InvalidInput, "choice");
    refused(
        Grammar::Llguidance(json!([])),
        Kind::InvalidInput,
        "grammars",
    );
    let unknown = json!({"grammars": [{"lark": "start: \"a\""}]});
    refused(
        Grammar::Llguidance(unknown),
        Kind::InvalidInput,
        "lark_grammar",
    );
}

#[test]
fn a_keyword_that_could_not_be_held_is_refused_by_its_name() {
    for (keyword, value) in [
        ("uniqueItems", json!(true)),
        ("not", json!({"type": "null"})),
        ("if", json!({"type": "null"})),
        ("contains", json!({"type": "null"})),
        ("propertyNames", json!({"maxLength": 3})),
        ("dependentRequired", json!({"a": ["b"]})),
        ("unevaluatedProperties", json!(false)),
        ("$dynamicRef", json!("#a")),
    ] {
        let mut schema = json!({"type": "array"});
        schema[keyword] = value;
        let inner = json!({"type": "object", "properties": {"a": schema}});
        refused(Grammar::JsonSchema(inner), Kind::InvalidInput, keyword);
    }
    let format = json!({"type": "string", "format": "colour"});
    refused(Grammar::JsonSchema(format), Kind::InvalidInput, "colour");
    let both = json!({"oneOf": [{"type": "number"}, {"type": "integer"}]});
    refused(Grammar::JsonSchema(both), Kind::InvalidInput, "oneOf");
    let lenient = json!({"not": {}, "x-guidance": {"lenient": true}});
    refused(Grammar::JsonSchema(lenient), Kind::InvalidInput, "strict");
}

#[test]
fn nothing_is_fetched_for_a_reference() {
    for to in [
        "https://example.com/s.json",
        "other.json#/a",
        "file:///etc/passwd",
        "#/gone",
        "#anchor",
    ] {
        let schema = json!({"type": "object", "properties": {"a/b": {"items": {"$ref": to}}}});
        let words = "json_schema#/properties/a~1b/items/$ref";
        refused(
            Grammar::JsonSchema(schema.clone()),
            Kind::InvalidInput,
            words,
        );
        let inline = format!("start: \"x\" %json {schema}");
        refused(Grammar::Lark(inline), Kind::InvalidInput, words);
        let own = json!({"grammars": [{"json_schema": schema}]});
        refused(Grammar::Llguidance(own), Kind::InvalidInput, words);
    }
    // Data that looks like a reference is data.
    let data = json!({"const": {"$ref": "https://example.com"}});
    Vocabulary::tiny().whole(Grammar::JsonSchema(data));
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(
        json!({"type": "null"}),
        |inner, _| json!({"type": "array", "items": inner}),
    )
}

#[test]
fn what_is_too_large_is_refused_before_it_is_compiled() {
    let long = "a".repeat(300_000);
    refused(Grammar::Regex(long.clone()), Kind::Limit, "262144");
    refused(Grammar::Choice(vec![long.clone()]), Kind::Limit, "262144");
    refused(Grammar::Lark(long.clone()), Kind::Limit, "262144");
    refused(
        Grammar::JsonSchema(json!({"title": long})),
        Kind::Limit,
        "262144",
    );
    refused(
        Grammar::JsonSchema(nested(200)),
        Kind::Limit,
        "values within values",
    );
    let wide: Vec<u32> = (0..20_000).collect();
    refused(
        Grammar::JsonSchema(json!({"enum": wide})),
        Kind::Limit,
        "10000",
    );
    let brackets = format!("start: {}\"a\"{}", "(".repeat(100), ")".repeat(100));
    refused(Grammar::Lark(brackets), Kind::Limit, "brackets");
    let inline = format!("start: %json {}", nested(200));
    assert!(Vocabulary::tiny().refusal(Grammar::Lark(inline)).kind() != Kind::Internal);
    let line = "start: \"((((\\\"((((\" /[(\\/(]{2}/ // ((((\n";
    let quoted = line.to_owned() + &"# ((((\n".repeat(100);
    Vocabulary::tiny().whole(Grammar::Lark(quoted));
    let marks = Constraint {
        start: Start::After(Vec::new()),
        ..Constraint::whole(Grammar::Regex("a".into()))
    };
    assert!(Vocabulary::tiny().grammars.compile_anew(&marks).is_err());
}

#[test]
fn what_grows_when_it_is_multiplied_out_is_refused() {
    // Each definition holds the one before it twice, and a reference with something beside it is copied.
    let mut defs = json!({"d0": {"type": "object", "properties": {"a": {"type": "null"}}}});
    for i in 1..40 {
        let to = format!("#/$defs/d{}", i - 1);
        let one = json!({"type": "object", "$ref": to});
        defs[format!("d{i}")] = json!({"type": "object", "properties": {"a": one, "b": one}});
    }
    let copies = json!({"$defs": defs, "$ref": "#/$defs/d39"});
    refused(Grammar::JsonSchema(copies), Kind::Limit, "combined");
    let pair = json!({"anyOf": [{"type": "null"}, {"type": "object", "properties": {"a": {}}}]});
    let product = json!({"allOf": vec![pair; 40]});
    refused(Grammar::JsonSchema(product), Kind::Limit, "combined");
}

/// A chain of rules, each with its item in so many brackets.
fn rules(count: usize, brackets: usize, item: &str, last: &str) -> Grammar {
    let (open, close) = ("(".repeat(brackets), ")".repeat(brackets));
    let rule = |i: usize| format!("{item}{i}: {open}{item}{}{close}\n", i + 1);
    let rules: String = (0..count).map(rule).collect();
    Grammar::Lark(format!("start: {item}0\n{rules}{item}{count}: {last}\n"))
}

/// A chain of definitions, each with the next one in it.
fn definitions(count: usize, items: &Value) -> Grammar {
    let mut defs = json!({format!("d{count}"): {"type": "null"}});
    for i in 0..count {
        let mut items = items.clone();
        items["$ref"] = format!("#/$defs/d{}", i + 1).into();
        defs[format!("d{i}")] = json!({"type": "array", "items": items});
    }
    Grammar::JsonSchema(json!({"$defs": defs, "$ref": "#/$defs/d0"}))
}

#[track_caller]
fn ends_in_time(grammar: Grammar) {
    let shown: String = format!("{grammar:?}").chars().take(100).collect();
    let started = Instant::now();
    let made = Vocabulary::tiny()
        .grammars
        .compile_anew(&Constraint::whole(grammar));
    assert!(started.elapsed() < Duration::from_secs(11), "{shown}");
    let Ok(mut guide) = made else { return };
    // Its first steps are bounded too.
    for _ in 0..20 {
        let started = Instant::now();
        let mask = guide.mask();
        assert!(started.elapsed() < Duration::from_secs(2), "{shown}");
        let next = mask.ok().flatten().and_then(|mask| mask.ids().next());
        if next.is_none_or(|id| guide.accept(id).is_err()) || guide.is_done() {
            return;
        }
    }
}

#[test]
fn long_chains_end_in_time_and_leave_the_process_standing() {
    ends_in_time(rules(9_990, 0, "a", "\"a\""));
    ends_in_time(rules(9_990, 0, "A", "/a/"));
    ends_in_time(rules(1_650, 12, "a", "\"a\""));
    ends_in_time(rules(1_650, 12, "A", "/a/"));
    ends_in_time(definitions(1_800, &json!({})));
    ends_in_time(definitions(1_400, &json!({"minItems": 0})));
}

#[test]
fn hostile_patterns_end_in_time_and_leave_the_process_standing() {
    let deep = "(".repeat(5_000) + "a" + &")".repeat(5_000);
    for regex in [
        "((a{1000}){1000}){1000}b",
        "(a|a|aa)*(a|b){500}(a*)*c",
        "[\\p{L}\\p{N}--\\p{Lu}]{1,5000}x",
        &deep,
    ] {
        ends_in_time(Grammar::Regex(regex.into()));
    }
    for schema in [
        json!({"type": "array", "items": {}, "minItems": 1_000_000_000u64}),
        json!({"type": "string", "minLength": 4_000_000_000u64}),
        json!({"type": "string", "pattern": "(x+x+)+y", "maxLength": 5000}),
        json!({"type": "object", "minProperties": 1_000_000_000u64}),
    ] {
        ends_in_time(Grammar::JsonSchema(schema));
    }
    for lark in [
        "start: start start | \"a\" | start start start",
        "start: start \"a\" | \"\" | (start*)*",
    ] {
        ends_in_time(Grammar::Lark(lark.into()));
    }
}
