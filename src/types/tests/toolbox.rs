use std::{
    collections::BTreeMap,
    pin::Pin,
    task::{Context as Waiting, Poll, Waker},
    time::Duration,
};

use futures_core::Stream as _;
use serde_json::json;

use super::{golden, now, refusal};
use crate::{
    Absent, Answer, Approval, Ask, AskedBy, Call, Change, Changed, Completion, CompletionRequest,
    CompletionTarget, Context, Error, Json, Kind, Listed, Listing, LogLevel, Outcome, Question,
    Reply, Resume, Root, Ruling, Scope, Shelf, Shelved, Soon, Task, TaskAct, TaskStatus, Tool,
    ToolKey, Toolbox,
};

/// A toolbox of one tool, written with no more than a toolbox must have.
struct Echo;

impl Toolbox for Echo {
    fn list<'a>(&'a self, _: &'a Context) -> Soon<'a, Result<Listing, Error>> {
        Box::pin(async { Ok(listing(&[("", "echo")])) })
    }

    fn call<'a>(
        &'a self,
        context: &'a Context,
        call: Call,
        _: Option<Resume>,
    ) -> Soon<'a, Result<Reply, Error>> {
        Box::pin(async move {
            context.check()?;
            Ok(Reply::Done(Outcome::done(call.key.name().as_ref())))
        })
    }
}

struct Bare;

impl Shelf for Bare {}

fn listing(keys: &[(&str, &str)]) -> Listing {
    let tools = keys.iter().map(|&(server, tool)| {
        Listed::new(server, Tool::new(tool, "a tool", json!({"type": "object"}))).unwrap()
    });
    Listing {
        tools: tools.collect(),
        ..Listing::default()
    }
}

fn found(listing: &Listing, name: &str) -> Result<String, String> {
    listing
        .find(name)
        .map(|listed| listed.key.name().into_owned())
        .map_err(|e| e.to_string())
}

#[test]
fn a_toolbox_needs_a_list_and_a_call_and_can_stand_behind_a_pointer() {
    let toolbox: Box<dyn Toolbox> = Box::new(Echo);
    let context = Context::new(AskedBy::Operator);
    let call = Call::new("1", ToolKey::split("echo"), Json::new());
    assert_eq!(now(toolbox.list(&context)).unwrap().tools.len(), 1);
    assert_eq!(
        now(toolbox.call(&context, call.clone(), None)).unwrap(),
        Reply::Done(Outcome::done("echo"))
    );
    assert!(toolbox.shelf().is_none());
    let mut changes = toolbox.changes();
    let mut waiting = Waiting::from_waker(Waker::noop());
    assert_eq!(
        Pin::new(&mut changes).poll_next(&mut waiting),
        Poll::Ready(None)
    );
    let lost = now(toolbox.task(&context, "", "t1", TaskAct::Get)).unwrap_err();
    assert_eq!(lost.to_string(), "there is no task `t1`");

    context.cancel.cancel();
    assert_eq!(
        now(toolbox.call(&context, call, None)).unwrap_err().kind(),
        Kind::Cancelled
    );
}

#[test]
fn a_bare_shelf_is_empty_and_finds_nothing() {
    let (shelf, context): (&dyn Shelf, _) = (&Bare, Context::new(AskedBy::Operator));
    assert_eq!(now(shelf.resources(&context)).unwrap(), []);
    assert_eq!(now(shelf.templates(&context)).unwrap(), []);
    assert_eq!(now(shelf.prompts(&context)).unwrap(), []);
    let request = CompletionRequest {
        target: CompletionTarget::Template {
            server: "s".into(),
            uri_template: "u".into(),
        },
        argument: "a".into(),
        value: String::new(),
        settled: BTreeMap::new(),
    };
    assert_eq!(
        now(shelf.complete(&context, request)).unwrap(),
        Completion::default()
    );
    assert!(now(shelf.log_level(&context, LogLevel::Info)).is_ok());
    let key = ToolKey::split("s__p");
    for missing in [
        now(shelf.read(&context, "", "u:x", None)).unwrap_err(),
        now(shelf.subscribe(&context, "", "u:x")).unwrap_err(),
        now(shelf.unsubscribe(&context, "", "u:x")).unwrap_err(),
        now(shelf.prompt(&context, &key, BTreeMap::new(), None)).unwrap_err(),
    ] {
        assert_eq!(missing.kind(), Kind::NotFound);
    }
}

#[test]
fn a_tool_is_found_by_its_shown_name_its_written_name_or_its_bare_name() {
    let listing = listing(&[("files", "read.all"), ("net", "get"), ("", "now")]);
    let shown = listing.tools[0].shown().name;
    assert_eq!(found(&listing, &shown).unwrap(), "files__read.all");
    assert_eq!(
        found(&listing, "files__read.all").unwrap(),
        "files__read.all"
    );
    assert_eq!(found(&listing, "get").unwrap(), "net__get");
    assert_eq!(found(&listing, "now").unwrap(), "now");
    assert_eq!(
        found(&listing, "net__now").unwrap_err(),
        "there is no tool `net__now`"
    );
    assert!(listing.get(&ToolKey::split("net__get")).is_some());
    assert!(listing.get(&ToolKey::split("get")).is_none());
}

#[test]
fn a_bare_name_that_two_servers_have_is_refused_with_both() {
    let listing = listing(&[("a", "get"), ("b", "get"), ("c", "put")]);
    assert_eq!(
        found(&listing, "get").unwrap_err(),
        r#"tool `get` could mean ["a__get", "b__get"]: use one of these"#
    );
}

#[test]
fn a_whole_name_is_not_shadowed_by_another_server_s_bare_name() {
    let listing = listing(&[("evil", "net__get"), ("net", "get")]);
    assert_eq!(found(&listing, "net__get").unwrap(), "net__get");
}

#[test]
fn a_listing_has_its_json() {
    let listing = Listing {
        tools: vec![
            Listed::new("net", Tool::new("get", "gets", json!({"type": "object"}))).unwrap(),
        ],
        instructions: BTreeMap::from([("net".into(), "be gentle".into())]),
        absent: vec![Absent {
            server: "db".into(),
            kind: Kind::Upstream,
            reason: "connection refused".into(),
        }],
        ttl: Some(Duration::from_mins(1)),
        scope: Scope::Public,
    };
    golden(
        &listing,
        &json!({
            "tools": [{
                "key": {"server": "net", "tool": "get"},
                "tool": {"name": "get", "description": "gets", "inputSchema": {"type": "object"}},
            }],
            "instructions": {"net": "be gentle"},
            "absent": [{"server": "db", "kind": "upstream", "reason": "connection refused"}],
            "ttl_seconds": 60.0,
            "scope": "public",
        }),
    );
    golden(
        &Listing::default(),
        &json!({"tools": [], "scope": "private"}),
    );
}

#[test]
fn a_reply_is_an_outcome_questions_or_a_task() {
    golden(
        &Reply::Done(Outcome::done("a")),
        &json!({
            "reply": "done", "with": {"status": "done", "content": [{"type": "text", "text": "a"}]},
        }),
    );
    golden(
        &Reply::<Outcome>::Task("t1".into()),
        &json!({"reply": "task", "with": "t1"}),
    );
    golden(
        &Reply::<Outcome>::Asks {
            requests: vec![Ask {
                id: "1".into(),
                server: String::new(),
                question: Question::Approval(Box::new(Approval {
                    call: Call::new("c", ToolKey::split("rm"), Json::new()),
                    because: Ruling::new("tools.ask", "it deletes"),
                    digest: "ab12".into(),
                })),
            }],
            state: "sealed".into(),
        },
        &json!({"reply": "asks", "with": {"state": "sealed", "requests": [{
            "id": "1",
            "ask": "approval",
            "call": {"id": "c", "key": {"server": "", "tool": "rm"}, "arguments": {}},
            "because": {"rule": "tools.ask", "reason": "it deletes"},
            "digest": "ab12",
        }]}}),
    );
}

#[test]
fn every_question_and_every_answer_has_its_json() {
    golden(
        &Question::Form {
            message: "who?".into(),
            schema: json!({"type": "object"}),
        },
        &json!({"ask": "form", "message": "who?", "schema": {"type": "object"}}),
    );
    golden(
        &Question::Link {
            message: "log in".into(),
            url: "https://a".into(),
            elicitation_id: Some("e".into()),
        },
        &json!({"ask": "link", "message": "log in", "url": "https://a", "elicitation_id": "e"}),
    );
    golden(
        &Question::Sampling {
            params: Json::new(),
        },
        &json!({"ask": "sampling", "params": {}}),
    );
    golden(&Question::Roots, &json!({"ask": "roots"}));

    golden(
        &Answer::Approve { remember: true },
        &json!({"answer": "approve", "remember": true}),
    );
    golden(
        &Answer::Deny {
            reason: Some("no".into()),
        },
        &json!({"answer": "deny", "reason": "no"}),
    );
    golden(
        &Answer::Accept {
            content: Some(json!({"a": 1})),
        },
        &json!({"answer": "accept", "content": {"a": 1}}),
    );
    golden(&Answer::Decline, &json!({"answer": "decline"}));
    golden(&Answer::Cancel, &json!({"answer": "cancel"}));
    golden(
        &Answer::Sample {
            result: Json::new(),
        },
        &json!({"answer": "sample", "result": {}}),
    );
    golden(
        &Resume {
            state: "s".into(),
            answers: BTreeMap::from([(
                "1".into(),
                Answer::Roots {
                    roots: vec![Root {
                        uri: "file:///w".into(),
                        name: None,
                        extra: Json::new(),
                    }],
                },
            )]),
        },
        &json!({"state": "s", "answers": {"1": {"answer": "roots", "roots": [{"uri": "file:///w"}]}}}),
    );
    assert!(refusal::<Answer>(&json!({"answer": "maybe"})).contains("unknown variant `maybe`"));
}

#[test]
fn a_task_and_what_may_be_done_with_it_have_their_json() {
    golden(
        &Task {
            id: "t".into(),
            status: TaskStatus::Completed,
            message: Some("done".into()),
            poll: Some(Duration::from_millis(500)),
            keep: None,
            asks: Vec::new(),
            outcome: Some(Outcome::done("a")),
        },
        &json!({
            "id": "t", "status": "completed", "message": "done", "poll_seconds": 0.5,
            "outcome": {"status": "done", "content": [{"type": "text", "text": "a"}]},
        }),
    );
    assert!(TaskStatus::Cancelled.has_ended() && !TaskStatus::InputRequired.has_ended());
    golden(&TaskAct::Get, &json!({"act": "get"}));
    golden(
        &TaskAct::Answer {
            answers: BTreeMap::from([("1".into(), Answer::Decline)]),
        },
        &json!({"act": "answer", "answers": {"1": {"answer": "decline"}}}),
    );
}

#[test]
fn changes_and_what_stands_on_a_shelf_have_their_json() {
    golden(
        &Change {
            server: "a".into(),
            what: Changed::Tools,
        },
        &json!({"server": "a", "changed": "tools"}),
    );
    golden(
        &Changed::Resource { uri: "u:x".into() },
        &json!({"changed": "resource", "uri": "u:x"}),
    );
    golden(
        &Changed::Connection {
            up: false,
            reason: Some("exit status 1".into()),
        },
        &json!({"changed": "connection", "up": false, "reason": "exit status 1"}),
    );
    golden(
        &Changed::Log {
            level: LogLevel::Warning,
            logger: None,
            data: json!("hot"),
        },
        &json!({"changed": "log", "level": "warning", "data": "hot"}),
    );
    golden(
        &Shelved {
            server: "a".into(),
            item: 1,
        },
        &json!({"server": "a", "item": 1}),
    );
    golden(
        &CompletionRequest {
            target: CompletionTarget::Prompt {
                key: ToolKey::split("a__p"),
            },
            argument: "city".into(),
            value: "Be".into(),
            settled: BTreeMap::from([("land".into(), "CH".into())]),
        },
        &json!({
            "target": {"of": "prompt", "key": {"server": "a", "tool": "p"}},
            "argument": "city", "value": "Be", "settled": {"land": "CH"},
        }),
    );
    golden(
        &Completion {
            values: vec!["Bern".into()],
            total: Some(1),
            has_more: Some(false),
        },
        &json!({"values": ["Bern"], "total": 1, "hasMore": false}),
    );
    assert!(LogLevel::Debug < LogLevel::Emergency);
}
