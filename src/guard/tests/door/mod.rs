mod answers;
mod ends;
mod fake;
mod lists;
mod shelf;

use std::time::Duration;

use ferrule_types::{Answer, AskedBy, Call, Context, Outcome, Question, Reply, Resume, ToolKey};
use serde_json::{Value, json};

use super::*;
use crate::audit::{Entry, Filter};
use fake::Fake;

/// A door over a toolbox that answers by the names of its tools, and a clock that stands.
fn door(rules: Rules) -> Guarded<Fake> {
    let clock: Clock = Arc::new(|| Duration::from_secs(1));
    let guard = Guard::with_clock(rules, Lock::default(), [], clock);
    Guarded::new(Fake::default(), Arc::new(guard))
}

fn rules(settings: Value) -> Rules {
    let settings = serde_json::from_value(settings).unwrap();
    Rules {
        policy: crate::tools::ToolPolicy::new(settings).unwrap(),
        ..Rules::default()
    }
}

fn context() -> Context {
    Context::new(AskedBy::Model).in_session("one")
}

fn wish(name: &str, arguments: Value) -> Call {
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object")
    };
    Call::new("1", ToolKey::split(name), arguments)
}

async fn call(door: &Guarded<Fake>, name: &str, arguments: Value) -> Reply {
    door.call(&context(), wish(name, arguments), None)
        .await
        .unwrap()
}

fn denied(reply: &Reply) -> &Ruling {
    match reply {
        Reply::Done(Outcome::Denied(ruling)) => ruling,
        other => panic!("expected a denial, got {other:?}"),
    }
}

fn question(reply: Reply) -> (String, ferrule_types::Ask) {
    match reply {
        Reply::Asks {
            mut requests,
            state,
        } => (state, requests.remove(0)),
        other => panic!("expected a question, got {other:?}"),
    }
}

// An option, because that is what the door takes.
#[allow(clippy::unnecessary_wraps)]
fn answer(state: &str, id: &str, answer: Answer) -> Option<Resume> {
    Some(Resume {
        state: state.to_owned(),
        answers: [(id.to_owned(), answer)].into(),
    })
}

const YES: Answer = Answer::Approve { remember: false };

fn records(door: &Guarded<Fake>) -> Vec<Entry> {
    let filter = Filter {
        limit: 100,
        ..Filter::default()
    };
    door.guard().audit().ring().entries(&filter)
}

#[tokio::test]
async fn a_call_that_nothing_speaks_against_is_made_word_for_word() {
    let door = door(Rules::default());
    let arguments = json!({"path": "a.txt", "n": [1, {"b": null}]});
    let reply = call(&door, "files__read", arguments.clone()).await;
    assert!(matches!(reply, Reply::Done(Outcome::Done(_))));
    assert_eq!(
        door.inner.calls(),
        vec![("files__read".to_owned(), arguments)]
    );
    let records = records(&door);
    assert_eq!(records.len(), 1);
    assert!(records[0].success);
    assert_eq!(
        (
            records[0].server_name.as_str(),
            records[0].tool_name.as_str()
        ),
        ("files", "read")
    );
    assert_eq!(records[0].decision.as_ref().unwrap().verdict, "allow");
}

#[tokio::test]
async fn what_policy_denies_is_not_called_and_is_recorded() {
    let door = door(Rules::default());
    let reply = call(&door, "files__read", json!({"path": "/etc/shadow"})).await;
    assert_eq!(denied(&reply).rule, "tools.path.protected");
    assert!(door.inner.calls().is_empty());
    let records = records(&door);
    assert!(!records[0].success);
    assert_eq!(
        records[0].decision.as_ref().unwrap().rule,
        "tools.path.protected"
    );
}

#[tokio::test]
async fn rates_hold_at_the_door_and_denied_calls_cost_nothing() {
    let limits = crate::rate::Limits {
        per_tool: 2,
        ..crate::rate::Limits::default()
    };
    let door = door(Rules {
        limits,
        ..Rules::default()
    });
    for _ in 0..5 {
        denied(&call(&door, "files__read", json!({"path": "/etc/shadow"})).await);
    }
    for _ in 0..2 {
        assert!(matches!(
            call(&door, "files__read", json!({})).await,
            Reply::Done(Outcome::Done(_))
        ));
    }
    let reply = call(&door, "files__read", json!({})).await;
    assert!(
        denied(&reply)
            .reason
            .starts_with("Rate limit exceeded for tool 'files__read': max 2 calls per minute")
    );
    assert_eq!(door.inner.calls().len(), 2);
}

#[tokio::test]
async fn other_rules_hold_from_the_next_call_on() {
    let door = door(Rules::default());
    call(&door, "files__read", json!({})).await;
    door.guard().swap(rules(json!({"blocked_tools": ["read"]})));
    let reply = call(&door, "files__read", json!({})).await;
    // What is blocked is no longer shown, and what is not shown is not called.
    assert_eq!(denied(&reply).rule, "tools.undeclared");
    assert_eq!(door.inner.calls().len(), 1);
}

#[tokio::test]
async fn after_foreign_text_a_harmful_call_asks() {
    let door = door(Rules::default());
    // A tool of an unknown kind runs unasked in a session that has read nothing.
    assert!(matches!(
        call(&door, "files__zap", json!({})).await,
        Reply::Done(_)
    ));
    let (_, ask) = question(call(&door, "files__zap", json!({})).await);
    let Question::Approval(approval) = ask.question else {
        panic!()
    };
    assert_eq!(approval.because.rule, "flow.after_foreign_text");
}

#[tokio::test]
async fn without_an_approver_the_flow_rule_is_silent_unless_it_is_set_to_speak() {
    let headless = Rules {
        approver: false,
        ..Rules::default()
    };
    let door = door(headless.clone());
    for _ in 0..3 {
        assert!(matches!(
            call(&door, "files__zap", json!({})).await,
            Reply::Done(Outcome::Done(_))
        ));
    }
    let mut strict = headless;
    strict.flow.when = crate::flow::When::Always;
    door.guard().swap(strict);
    let reply = call(&door, "files__zap", json!({})).await;
    assert_eq!(denied(&reply).rule, "approval.unanswered");
}
