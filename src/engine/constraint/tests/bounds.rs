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
    let quoted =
        "start: \"((((\\\"((((\" /[(\\/(]{2}/ // ((((\n".repeat(1) + &"# ((((\n".repeat(100);
    Vocabulary::tiny().whole(Grammar::Lark(quoted));
    let marks = Constraint {
        start: Start::After(Vec::new()),
        ..Constraint::whole(Grammar::Regex("a".into()))
    };
    assert!(Vocabulary::tiny().grammars.compile(&marks).is_err());
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

#[test]
fn long_chains_and_hostile_patterns_end_in_time_and_leave_the_process_standing() {
    let rules = |first: &str, item: &str| {
        let mut text = format!("start: {item}0\n");
        for i in 0..9_990 {
            text.push_str(&format!("{item}{i}: {item}{}\n", i + 1));
        }
        Grammar::Lark(text + &format!("{item}9990: {first}\n"))
    };
    let brackets = |first: &str, item: &str| {
        let (open, close) = ("(".repeat(60), ")".repeat(60));
        let mut text = format!("start: {item}0\n");
        for i in 0..330 {
            text.push_str(&format!(
                "{item}{i}: {open}{item}{} | \"b\"{close}\n",
                i + 1
            ));
        }
        Grammar::Lark(text + &format!("{item}330: {first}\n"))
    };
    let mut defs = json!({"d1800": {"type": "null"}});
    for i in 0..1_800 {
        let to = format!("#/$defs/d{}", i + 1);
        defs[format!("d{i}")] = json!({"items": {"$ref": to}});
    }
    let chain = json!({"$defs": defs, "$ref": "#/$defs/d0"});
    let mut beside = chain.clone();
    for i in 0..1_800 {
        beside["$defs"][format!("d{i}")]["type"] = "array".into();
        beside["$defs"][format!("d{i}")]["items"]["minItems"] = 0.into();
    }
    let vocabulary = Vocabulary::tiny();
    for (name, grammar) in [
        ("rules", rules("\"a\"", "a")),
        ("terminals", rules("/a/", "A")),
        ("brackets", brackets("\"a\"", "a")),
        ("brackets of terminals", brackets("/a/", "A")),
        ("references", Grammar::JsonSchema(chain)),
        ("references with siblings", Grammar::JsonSchema(beside)),
        ("repeats", Grammar::Regex("((a{1000}){1000}){1000}b".into())),
        (
            "ambiguous",
            Grammar::Regex("(a|a|aa)*(a|b){500}(a*)*c".into()),
        ),
        (
            "nested",
            Grammar::Regex("(".repeat(5_000) + "a" + &")".repeat(5_000)),
        ),
        (
            "classes",
            Grammar::Regex("[\\p{L}\\p{N}--\\p{Lu}]{1,5000}x".into()),
        ),
        (
            "large",
            Grammar::JsonSchema(
                json!({"type": "array", "items": {}, "minItems": 1_000_000_000u64}),
            ),
        ),
        (
            "long",
            Grammar::JsonSchema(json!({"type": "string", "minLength": 4_000_000_000u64})),
        ),
        (
            "pattern",
            Grammar::JsonSchema(
                json!({"type": "string", "pattern": "(x+x+)+y", "maxLength": 5000}),
            ),
        ),
        (
            "properties",
            Grammar::JsonSchema(json!({"type": "object", "minProperties": 1_000_000_000u64})),
        ),
        (
            "ambiguous rules",
            Grammar::Lark("start: start start | \"a\" | start start start".into()),
        ),
        (
            "left",
            Grammar::Lark("start: start \"a\" | \"\" | (start*)*".into()),
        ),
    ] {
        let started = Instant::now();
        let made = vocabulary.grammars.compile(&Constraint::whole(grammar));
        let took = started.elapsed();
        assert!(took < Duration::from_secs(11), "{name}: {took:?}");
        let told = match made {
            Err(e) => e.to_string(),
            Ok(mut guide) => {
                // Its first steps are bounded too.
                for _ in 0..20 {
                    let started = Instant::now();
                    let Ok(Some(mask)) = guide.mask() else { break };
                    assert!(started.elapsed() < Duration::from_secs(2), "{name}");
                    let Some(id) = mask.ids().next() else { break };
                    if guide.accept(id).is_err() || guide.is_done() {
                        break;
                    }
                }
                "made".into()
            }
        };
        println!(
            "{name}: {took:?}: {}",
            told.chars().take(150).collect::<String>()
        );
    }
}
