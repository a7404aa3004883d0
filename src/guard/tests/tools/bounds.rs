use ferrule_types::{Content, Outcome, Output};

use super::*;

/// Made without `json!`, which would walk down it on the stack.
fn nested(depth: usize) -> Json {
    let inner = (0..depth).fold(Value::from("/etc/passwd"), |inner, _| {
        Value::Array(vec![inner])
    });
    Json::from_iter([("a".to_owned(), inner)])
}

#[test]
fn arguments_five_thousand_levels_deep_are_refused_and_exhaust_nothing() {
    let key = ToolKey::new("files", "edit").unwrap();
    let call = Call::new("1", key, nested(5000));
    let small = std::thread::Builder::new().stack_size(256 << 10);
    let judging = small.spawn(move || {
        let facts = CallFacts {
            call: &call,
            tool: &Tool::named("edit"),
            asked_by: AskedBy::Model,
        };
        let judged = ToolPolicy::default().look(&facts);
        // Dropping so deep a value recurses in its own library; that is not what is tested.
        std::mem::forget(call);
        judged
    });
    let judged = judging.unwrap().join().unwrap();
    assert_eq!(judged.verdict.ruling().rule, "tools.size");
    assert!(judged.unbounded);
}

#[test]
fn a_long_text_is_cut_between_its_characters_and_says_so() {
    let mut outcome = Outcome::done("äöü".repeat(100));
    assert_eq!(limit(&mut outcome, 101), Some(600));
    let Outcome::Done(output) = &outcome else {
        panic!()
    };
    assert_eq!(output.content[0].as_text().unwrap().len(), 100);
    assert!(output.content[1].as_text().unwrap().contains("600 bytes"));
}

#[test]
fn what_is_small_enough_is_not_touched() {
    let mut output = Output::from(vec![
        Content::text("a"),
        Content::image("AAAA", "image/png"),
    ]);
    output.structured = Some(json!({"a": 1}));
    let before = Outcome::Failed(output);
    let mut after = before.clone();
    assert_eq!(limit(&mut after, 100), None);
    assert_eq!(before, after);
}

#[test]
fn a_picture_and_a_structure_that_are_too_large_go_as_a_whole() {
    let content = vec![
        Content::image("A".repeat(200), "image/png"),
        Content::text("words"),
    ];
    let mut output = Output::from(content);
    output.structured = Some(json!({"a": "b".repeat(200)}));
    let mut outcome = Outcome::done(output);
    limit(&mut outcome, 100);
    let output = outcome.output().unwrap();
    assert_eq!(output.content.len(), 2);
    assert_eq!(output.content[0].as_text(), Some("words"));
    assert_eq!(output.structured, None);
}

#[test]
fn a_wide_call_is_judged_in_linear_time() {
    let many: Vec<_> = (0..15_000).map(|at| format!("dir/file{at}")).collect();
    assert!(judged(&ToolPolicy::default(), "edit", json!({"paths": many})).allows());
    let long = "a/".repeat(400_000);
    assert!(judged(&ToolPolicy::default(), "edit", json!({"path": long})).allows());
    let stacked = "%25".repeat(200_000);
    assert!(judged(&ToolPolicy::default(), "edit", json!({"path": stacked})).allows());
}
