use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{is_secret, redact_json, redact_text};

#[derive(Deserialize)]
struct Text {
    text: String,
    redacted: String,
}

#[derive(Deserialize)]
struct Pair {
    value: Value,
    redacted: Value,
}

#[test]
fn every_name_of_the_fixture_is_told_right() {
    let table = include_str!("../../../tests/fixtures/guard/redact/keys.txt");
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let wrong: Vec<&str> = rows
        .filter(|line| {
            let (says, name) = line.split_once(' ').expect("two words");
            is_secret(name) != (says == "secret")
        })
        .collect();
    assert!(wrong.is_empty(), "told wrong: {wrong:#?}");
}

#[test]
fn every_text_of_the_fixture_loses_its_secrets_and_nothing_else() {
    let rows: Vec<Text> = serde_json::from_str(include_str!(
        "../../../tests/fixtures/guard/redact/texts.json"
    ))
    .expect("a fixture");
    let wrong: Vec<String> = rows
        .iter()
        .filter(|row| redact_text(&row.text) != row.redacted)
        .map(|row| {
            format!(
                "\n  {}\n  wanted {}\n  got    {}",
                row.text,
                row.redacted,
                redact_text(&row.text)
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[test]
fn every_value_of_the_fixture_loses_its_secrets_and_nothing_else() {
    let rows: Vec<Pair> = serde_json::from_str(include_str!(
        "../../../tests/fixtures/guard/redact/values.json"
    ))
    .expect("a fixture");
    for row in rows {
        assert_eq!(redact_json(&row.value), row.redacted, "of {}", row.value);
    }
}

#[test]
fn a_long_string_keeps_a_hundred_characters_and_says_how_long_it_was() {
    let long = "ä".repeat(1001);
    let expected = format!("{}... [truncated, 1001 chars total]", "ä".repeat(100));
    assert_eq!(
        redact_json(&json!({"text": long})),
        json!({"text": expected})
    );
    let fits = "ä".repeat(1000);
    assert_eq!(redact_json(&json!(fits)), json!(fits));
}

#[test]
fn a_secret_across_the_cut_of_a_long_string_leaves_nothing_of_itself() {
    let text = format!("{} sk-{}", "x".repeat(90), "a1b2c3d4".repeat(200));
    let redacted = redact_json(&json!(text)).to_string();
    assert!(!redacted.contains("a1b2"), "{redacted}");
}

#[test]
fn a_value_nested_a_hundred_thousand_deep_needs_no_deeper_stack() {
    let mut value = json!("leaf");
    for _ in 0..100_000 {
        value = Value::Array(vec![value]);
    }
    let redacted = redact_json(&value).to_string();
    assert!(redacted.contains("nested too deeply") && redacted.len() < 1000);
    // Dropping it as it is would need the stack that redacting does not.
    while let Value::Array(mut items) = value {
        value = items.pop().unwrap_or_default();
    }
}

/// Pieces that begin something, so that a random order of them is a hostile text.
pub(super) const PIECES: &[&str] = &[
    "key",
    "token",
    "=",
    ":",
    " ",
    "\"",
    "\\",
    "'",
    "--",
    "://",
    "@",
    "Bearer ",
    "sk-",
    "eyJ",
    "-----BEGIN ",
    "-----END ",
    "a1b2c3d4e5f6a7b8c9d0",
    "[REDACTED]",
    "password",
    "é",
    "\n",
    ",",
    ".",
    "_",
    "Authorization",
    "AKIA",
    "/",
    "1",
    "}",
];

fn hostile() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn redacting_twice_changes_nothing(text in hostile()) {
        let once = redact_text(&text);
        prop_assert_eq!(redact_text(&once), once);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC*", key in "\\PC*") {
        redact_text(&text);
        redact_json(&json!({key: [text]}));
    }

    #[test]
    fn a_random_password_never_survives_its_name(word in "[A-Za-z0-9!#$%*+./:?@^_~-]{6,40}") {
        prop_assume!(!word.starts_with("--"));
        let word = format!("{word}zQ9");
        for text in [
            format!("password={word}"),
            format!("{{\"password\": \"{word}\"}}"),
            format!("--password {word} -v"),
            format!("db_password: {word}"),
        ] {
            prop_assert!(!redact_text(&text).contains(&word), "{}", redact_text(&text));
        }
    }
}
