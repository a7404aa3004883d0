//! What may be copied into a call. `parse` holds that this is the grammar that it writes.

use ferrule_types::Grammar;

use super::{FOLDERS, Vocabulary};

/// Of the tools `move` and `now`, after two messages:
/// `Move "C:\temp\new plan.txt" to docs.` and `line one⏎Zürich, 12 km: "ok"`.
const GRAMMAR: &str = include_str!("../../../../tests/fixtures/constraint/copies.lark");

fn check(yes: &[&str], no: &[&str]) {
    for folder in FOLDERS {
        let vocabulary = Vocabulary::open(folder);
        let guide = vocabulary.whole(Grammar::Lark(GRAMMAR.into()));
        let allows = |text: &str| vocabulary.allows(&mut guide.clone(), text.as_bytes());
        for text in yes {
            assert!(allows(text), "{folder}: {text:?} is refused");
        }
        for text in no {
            assert!(!allows(text), "{folder}: {text:?} is allowed");
        }
    }
}

fn from(value: &str) -> String {
    format!("<|call|>move{{\"from\":\"{value}\"}}")
}

fn check_values(yes: &[&str], no: &[&str]) {
    let [yes, no] =
        [yes, no].map(|values| values.iter().map(|value| from(value)).collect::<Vec<_>>());
    let [yes, no] = [&yes, &no].map(|calls| calls.iter().map(String::as_str).collect::<Vec<_>>());
    check(&yes, &no);
}

#[test]
fn a_stretch_begins_and_ends_with_whole_words() {
    check_values(
        &[
            "docs",
            "docs.",
            ".",
            "Move",
            "new plan.txt",
            "plan",
            "txt",
            "12 km",
            "12",
            "one",
            "Zürich",
            "Zürich, 12 km:",
        ],
        &["doc", "ocs", "rich", "Z", "1", "2 km", "pla", "new plan.tx"],
    );
}

#[test]
fn a_string_that_is_made_up_or_put_together_is_refused() {
    check_values(
        &["to docs", "temp"],
        &[
            "new docs",
            "plan temp",
            "Move docs",
            "paris",
            "DOCS",
            "docs 12",
            "docsdocs",
            "new  plan",
            "newplan",
        ],
    );
}

#[test]
fn no_stretch_goes_from_one_message_into_the_next() {
    check_values(
        &["docs.", "line"],
        &[
            "docs.line",
            "docs. line",
            "docs.\\nline",
            "docs.\0line",
            "\0",
            "docs.\0",
        ],
    );
}

#[test]
fn a_copied_string_is_neither_empty_nor_begins_or_ends_with_white_space() {
    check_values(
        &["to docs", "one\\nZürich"],
        &[
            "",
            " ",
            " docs",
            "to ",
            "\\nZürich",
            "one\\n",
            "\\n",
            " to ",
        ],
    );
}

#[test]
fn what_json_escapes_is_copied_as_a_whole() {
    check_values(
        &[
            r"C:\\temp\\new plan.txt",
            r"\\temp",
            r"C:\\",
            r#"\"C:\\temp\\new plan.txt\""#,
            r#"\"ok\""#,
            r"one\nZürich",
        ],
        &[
            r"C:\temp",
            r"\temp",
            r"temp\",
            r#"""#,
            r#""ok""#,
            r"one\\nZürich",
            "one\nZürich",
            "Z\\u00fcrich",
            r"\/",
        ],
    );
}

#[test]
fn lists_of_strings_are_lists_of_stretches() {
    check(
        &[
            r#"<|call|>move{"from":"docs","tags":[]}"#,
            r#"<|call|>move{"from":"docs","tags":["km"]}"#,
            r#"<|call|>move{"from":"docs","tags":["new plan","12"]}"#,
        ],
        &[
            r#"<|call|>move{"from":"docs","tags":["rome"]}"#,
            r#"<|call|>move{"from":"docs","tags":["km","docs line"]}"#,
            r#"<|call|>move{"from":"docs","tags":["km","km","km"]}"#,
            r#"<|call|>move{"from":"docs","tags":"km"}"#,
        ],
    );
}

#[test]
fn what_is_no_free_string_is_as_its_schema_says() {
    check(
        &[
            r#"<|call|>move{"from":"docs","to":null}"#,
            r#"<|call|>move{"from":"docs","times":7}"#,
            r#"<|call|>move{"from":"docs","mode":"safe"}"#,
        ],
        &[
            r#"<|call|>move{"from":null}"#,
            r#"<|call|>move{"from":"docs","times":21}"#,
            r#"<|call|>move{"from":"docs","times":"12"}"#,
            r#"<|call|>move{"from":"docs","mode":"docs"}"#,
        ],
    );
}

#[test]
fn optional_arguments_come_in_any_choice_and_in_the_schema_s_order() {
    let optional = [
        r#""to":"km""#,
        r#""tags":["ok"]"#,
        r#""times":1"#,
        r#""mode":"fast""#,
    ];
    let chosen = |chosen: usize| {
        let given = optional
            .iter()
            .enumerate()
            .filter(|(at, _)| chosen >> at & 1 == 1);
        let given = given.map(|(_, argument)| format!(",{argument}"));
        let given = given.collect::<Vec<_>>().concat();
        format!("<|call|>move{{\"from\":\"docs\"{given}}}")
    };
    let all: Vec<String> = (0..16).map(chosen).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    check(
        &all,
        &[
            r#"<|call|>move{"to":"km"}"#,
            r#"<|call|>move{"from":"docs","mode":"fast","times":1}"#,
            r#"<|call|>move{"from":"docs","to":"km","to":"km"}"#,
            r#"<|call|>move{"from":"docs","other":"km"}"#,
            r#"<|call|>move{"from": "docs"}"#,
            r#"<|call|>move{"from":"docs",}"#,
            "<|call|>move{}",
        ],
    );
}

#[test]
fn calls_stand_side_by_side_without_anything_between_them() {
    check(
        &[
            "<|call|>now{}",
            "<|call|>now{}<|call|>now{}",
            r#"<|call|>move{"from":"12 km"}<|call|>now{}<|call|>move{"from":"docs","to":"temp"}"#,
        ],
        &[
            "",
            "<|call|>now{} <|call|>now{}",
            "<|call|>now{},now{}",
            r#"<|call|>move{"from":"docs"}<|call|>move{"from":"docs km"}"#,
            "<|call|>later{}",
        ],
    );
}
