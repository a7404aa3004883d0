use serde_json::{Value, json};

use super::golden;
use crate::{Content, Enforced, Json, Outcome, Output, Place, Ruling, Verdict};

fn object(value: Value) -> Json {
    match value {
        Value::Object(object) => object,
        other => panic!("no object: {other}"),
    }
}

#[test]
fn the_three_ends_of_a_call_have_their_json() {
    golden(
        &Outcome::done("21"),
        &json!({"status": "done", "content": [{"type": "text", "text": "21"}]}),
    );
    golden(
        &Outcome::failed("no net"),
        &json!({"status": "failed", "content": [{"type": "text", "text": "no net"}]}),
    );
    golden(
        &Outcome::Denied(Ruling::new("tools.blocked", "the tool is blocked")),
        &json!({"status": "denied", "rule": "tools.blocked", "reason": "the tool is blocked"}),
    );
}

#[test]
fn a_tool_result_of_mcp_passes_unchanged() {
    for result in [
        json!({"content": [{"type": "text", "text": "a"}]}),
        json!({"content": [], "isError": false}),
        json!({"content": [{"type": "text", "text": "a"}], "isError": true}),
        json!({"content": [], "structuredContent": {"a": [1, 2.0]}, "_meta": {"k": null}, "resultType": "complete"}),
        json!({"content": [], "structuredContent": null}),
        json!({"content": [{"type": "hologram", "x": 1}], "isError": "odd"}),
    ] {
        let outcome = Outcome::from_mcp(object(result.clone())).unwrap();
        assert_eq!(Value::Object(outcome.to_mcp()), result);
    }
}

#[test]
fn only_a_true_is_error_makes_a_failure() {
    let failed = |result| !Outcome::from_mcp(object(result)).unwrap().is_done();
    assert!(failed(json!({"content": [], "isError": true})));
    assert!(!failed(json!({"content": [], "isError": false})));
    assert!(!failed(json!({"content": []})));
}

#[test]
fn a_result_without_content_is_empty_and_one_with_other_content_is_refused() {
    assert_eq!(
        Outcome::from_mcp(Json::new()).unwrap(),
        Outcome::Done(Output::default())
    );
    let problem = Outcome::from_mcp(object(json!({"content": "text"}))).unwrap_err();
    assert!(
        problem
            .to_string()
            .starts_with("tool result: invalid type: string"),
        "{problem}"
    );
}

#[test]
fn a_denial_reaches_an_mcp_client_as_an_error_that_names_its_rule() {
    let denied = Outcome::Denied(
        Ruling::new("tools.paths", "the path leaves the folder").at("arguments.path"),
    );
    assert_eq!(
        Value::Object(denied.to_mcp()),
        json!({
            "content": [{
                "type": "text",
                "text": "denied: the path leaves the folder (in arguments.path) [rule tools.paths]",
            }],
            "isError": true,
        })
    );
}

#[test]
fn the_model_is_told_the_text_of_a_failure() {
    assert_eq!(
        Outcome::failed("no such file").in_words(),
        "error: no such file"
    );
}

#[test]
fn structured_content_speaks_only_where_there_is_no_other() {
    let structured = Some(json!({"celsius": 21}));
    let alone = Output {
        structured: structured.clone(),
        ..Output::default()
    };
    let beside = Output {
        structured,
        ..Output::from("21 degrees")
    };
    assert_eq!(alone.in_words(), r#"{"celsius":21}"#);
    assert_eq!(beside.in_words(), "21 degrees");
}

#[test]
fn several_blocks_are_joined_by_line_ends() {
    let output = Output::from(vec![
        Content::text("one"),
        Content::image("AA", "image/png"),
    ]);
    assert_eq!(output.in_words(), "one\n[image: image/png]");
}

#[test]
fn a_verdict_says_its_rule_its_place_and_what_is_enforced() {
    let ruling = Ruling::new("launch.allowed", "the command is on the list")
        .at_span("args[1]", 2, 5)
        .enforcing(vec![
            Enforced::by("filesystem", "landlock"),
            Enforced::missing("memory", "no cgroup"),
        ]);
    golden(
        &Verdict::Ask(ruling.clone()),
        &json!({
            "verdict": "ask",
            "rule": "launch.allowed",
            "reason": "the command is on the list",
            "place": {"part": "args[1]", "span": [2, 5]},
            "enforced": [{"what": "filesystem", "by": "landlock"}, {"what": "memory", "note": "no cgroup"}],
        }),
    );
    assert_eq!(
        ruling
            .enforced
            .iter()
            .map(Enforced::holds)
            .collect::<Vec<_>>(),
        [true, false]
    );
    assert_eq!(
        ruling.place,
        Some(Place {
            part: "args[1]".into(),
            span: Some((2, 5))
        })
    );
    assert!(Verdict::Allow(ruling.clone()).allows() && !Verdict::Deny(ruling.clone()).allows());
    assert_eq!(Verdict::Deny(ruling.clone()).ruling(), &ruling);
}
