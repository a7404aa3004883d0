use std::time::Duration;

use ferrule_types::{AskedBy, Context, Json, ToolKey, Verdict};
use serde_json::json;

use super::*;
use crate::tools::risk::{Class, Risk};

const NOW: Duration = Duration::ZERO;

fn context(principal: &str, session: &str) -> Context {
    Context::new(AskedBy::Model)
        .on_behalf_of(principal)
        .in_session(session)
}

fn key() -> ToolKey {
    ToolKey::split("s__t")
}

fn allow() -> Verdict {
    Verdict::Allow(Ruling::new("tools.allowed", "yes"))
}

fn ask_first() -> Verdict {
    Verdict::Ask(Ruling::new("tools.risk", "it deletes"))
}

fn need(
    modes: &Modes,
    verdict: &Verdict,
    risk: Class,
    asked_by: AskedBy,
    configured: bool,
) -> Need {
    modes.need(
        &key(),
        verdict,
        None,
        Risk::of(&[risk]),
        asked_by,
        configured,
    )
}

fn mode(mode: Mode) -> Modes {
    Modes {
        default: mode,
        ..Modes::default()
    }
}

fn rule(need: &Need) -> &str {
    match need {
        Need::Nobody => "",
        Need::Anybody(ruling) | Need::Somebody(ruling) => &ruling.rule,
    }
}

#[test]
fn the_nearest_mode_counts() {
    let modes = Modes {
        default: Mode::Auto,
        servers: [("s".to_owned(), Mode::Never)].into(),
        tools: [("s__t".to_owned(), Mode::Always)].into(),
    };
    assert_eq!(modes.of(&key()), Mode::Always);
    assert_eq!(modes.of(&ToolKey::split("s__u")), Mode::Never);
    assert_eq!(modes.of(&ToolKey::split("r__t")), Mode::Auto);
}

#[test]
fn auto_asks_where_the_rules_do_and_for_servers_of_others() {
    let auto = mode(Mode::Auto);
    let model = AskedBy::Model;
    assert_eq!(
        need(&auto, &allow(), Class::Unknown, model, true),
        Need::Nobody
    );
    assert_eq!(
        rule(&need(&auto, &ask_first(), Class::Deletes, model, true)),
        "tools.risk"
    );
    assert_eq!(
        rule(&need(&auto, &allow(), Class::Reads, model, false)),
        "approval.server"
    );
    assert_eq!(
        need(&auto, &ask_first(), Class::Deletes, AskedBy::Operator, true),
        Need::Nobody
    );
    assert_eq!(
        rule(&need(
            &auto,
            &ask_first(),
            Class::Deletes,
            AskedBy::Request,
            true
        )),
        "tools.risk"
    );
    let flow = Some(Ruling::new("flow.x", "read"));
    let by_flow = auto.need(&key(), &allow(), flow, Risk::default(), model, true);
    assert_eq!(rule(&by_flow), "flow.x");
}

#[test]
fn ask_lets_pass_only_what_does_no_more_than_read() {
    let modes = mode(Mode::Ask);
    assert_eq!(
        need(&modes, &allow(), Class::Reads, AskedBy::Model, true),
        Need::Nobody
    );
    assert_eq!(
        rule(&need(
            &modes,
            &allow(),
            Class::Unknown,
            AskedBy::Model,
            true
        )),
        "approval.ask"
    );
    let both = Risk::of(&[Class::Reads, Class::Writes]);
    assert!(matches!(
        modes.need(&key(), &allow(), None, both, AskedBy::Model, true),
        Need::Anybody(_)
    ));
}

#[test]
fn always_asks_the_operator_too_and_never_asks_nobody() {
    let always = need(
        &mode(Mode::Always),
        &allow(),
        Class::Reads,
        AskedBy::Operator,
        true,
    );
    assert!(matches!(always, Need::Somebody(_)));
    assert_eq!(
        need(
            &mode(Mode::Never),
            &ask_first(),
            Class::Deletes,
            AskedBy::Model,
            false
        ),
        Need::Nobody
    );
}

#[test]
fn a_digest_tells_apart_tools_definitions_and_arguments_and_not_the_order_of_keys() {
    let of = |key: &str, pin: &str, arguments: serde_json::Value| {
        let serde_json::Value::Object(arguments) = arguments else {
            panic!()
        };
        of_call(&ToolKey::split(key), pin, &arguments)
    };
    let one = of("s__t", "p", json!({"a": 1, "b": 2}));
    assert_eq!(one, of("s__t", "p", json!({"b": 2, "a": 1})));
    for other in [
        of("s__u", "p", json!({"a": 1, "b": 2})),
        of("r__t", "p", json!({"a": 1, "b": 2})),
        of("s__t", "q", json!({"a": 1, "b": 2})),
        of("s__t", "p", json!({"a": 1, "b": 3})),
        of("s__t", "p", json!({"a": 1})),
        of("s__t", "p", json!({"a": "1", "b": 2})),
    ] {
        assert_ne!(one, other);
    }
}

#[test]
fn what_is_remembered_reaches_as_far_as_it_says() {
    let (here, later) = (context("p", "1"), context("p", "2"));
    let (other, key) = (context("q", "1"), key());
    let has = |memory: &Memory, context: &Context, call: &str, pin: &str| {
        memory.has(context, &key, call, pin)
    };
    let kept = |how| {
        let memory = Memory::default();
        memory.keep(how, &here, &key, "call", "pin");
        memory
    };
    // This call; other arguments; another session; another principal; another definition.
    let reach = |how| {
        let memory = kept(how);
        [
            has(&memory, &here, "call", "pin"),
            has(&memory, &here, "call2", "pin"),
            has(&memory, &later, "call2", "pin"),
            has(&memory, &other, "call", "pin"),
            has(&memory, &here, "call2", "pin2"),
        ]
    };
    assert_eq!(reach(Remember::Once), [false; 5]);
    assert_eq!(reach(Remember::Call), [true, false, false, false, false]);
    assert_eq!(reach(Remember::Session), [true, true, false, false, false]);
    assert_eq!(reach(Remember::Tool), [true, true, true, false, false]);
    assert_eq!(reach(Remember::Forever), [true, true, true, false, false]);
}

#[test]
fn what_is_for_ever_outlives_the_process_and_nothing_else_does() {
    let memory = Memory::default();
    let here = context("p", "1");
    memory.keep(
        Remember::Tool,
        &here,
        &ToolKey::split("s__u"),
        "call",
        "pin",
    );
    memory.keep(Remember::Forever, &here, &key(), "call", "pin");
    let written = serde_json::to_string(&memory.lasting()).unwrap();
    let read: Vec<Lasting> = serde_json::from_str(&written).unwrap();
    let again = Memory::with(read);
    assert!(again.has(&context("p", "9"), &key(), "other", "pin"));
    assert!(!again.has(&here, &ToolKey::split("s__u"), "call", "pin"));
    again.forget(&key());
    assert!(!again.has(&here, &key(), "call", "pin"));
}

#[test]
fn what_waits_is_taken_once_by_its_own_caller_for_its_own_call() {
    let pending = Pending::default();
    let suspended = Suspended {
        digest: "d".to_owned(),
        admitted: false,
        inner: None,
    };
    let here = context("p", "1");
    let state = pending.suspend(&here, suspended.clone(), NOW);
    assert_eq!(pending.take(&context("q", "1"), &state, "d", NOW), None);
    assert_eq!(pending.take(&context("p", "2"), &state, "d", NOW), None);
    assert_eq!(pending.take(&here, &state, "e", NOW), None);
    assert_eq!(pending.take(&here, "guard:99", "d", NOW), None);
    assert_eq!(
        pending.take(&here, &state, "d", NOW),
        Some(suspended.clone())
    );
    assert_eq!(pending.take(&here, &state, "d", NOW), None);
    let state = pending.suspend(&here, suspended, NOW);
    assert_eq!(
        pending.take(&here, &state, "d", Duration::from_secs(3601)),
        None
    );
}

#[test]
fn only_a_yes_is_a_yes() {
    let answers = |answer: Answer| Resume {
        state: "s".to_owned(),
        answers: [("q".to_owned(), answer)].into(),
    };
    let said = |answer| read("q", &answers(answer));
    assert_eq!(
        said(Answer::Approve { remember: true }),
        Said::Yes { remember: true }
    );
    let no = |answer| matches!(said(answer), Said::No(_));
    assert!(no(Answer::Deny { reason: None }));
    assert!(no(Answer::Decline) && no(Answer::Cancel));
    assert!(no(Answer::Accept {
        content: Some(json!(true))
    }));
    assert!(no(Answer::Sample {
        result: Json::new()
    }));
    assert_eq!(
        read("other", &answers(Answer::Approve { remember: false })),
        Said::Nothing
    );
    let Said::No(ruling) = said(Answer::Deny {
        reason: Some("not today".to_owned()),
    }) else {
        panic!()
    };
    assert!(ruling.reason.contains("not today"));
}
