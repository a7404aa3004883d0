use super::*;
use crate::approval::{Mode, Modes, Remember};

async fn again(
    door: &Guarded<Fake>,
    name: &str,
    arguments: Value,
    resume: Option<Resume>,
) -> Reply {
    door.call(&context(), wish(name, arguments), resume)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_risky_call_asks_and_is_made_once_it_is_approved() {
    let door = door(Rules::default());
    let arguments = json!({"x": 1});
    let (state, ask) = question(call(&door, "files__bash", arguments.clone()).await);
    assert!(door.inner.calls().is_empty());
    let Question::Approval(approval) = &ask.question else {
        panic!("{ask:?}")
    };
    assert_eq!(approval.because.rule, "tools.high_risk");
    assert_eq!(approval.call, wish("files__bash", arguments.clone()));

    let reply = again(
        &door,
        "files__bash",
        arguments.clone(),
        answer(&state, &ask.id, YES),
    )
    .await;
    assert!(matches!(reply, Reply::Done(Outcome::Done(_))));
    assert_eq!(door.inner.calls().len(), 1);
    // The toolbox never sees the guard's question.
    assert_eq!(*door.inner.resumed.lock().unwrap(), vec![None]);
    let records = records(&door);
    assert_eq!(records.len(), 2);
    let by: Vec<_> = records
        .iter()
        .filter_map(|entry| entry.decision.as_ref()?.answered_by.clone())
        .collect();
    assert_eq!(by, vec!["person"]);
    // And it is good for once.
    question(
        again(
            &door,
            "files__bash",
            arguments,
            answer(&state, &ask.id, YES),
        )
        .await,
    );
}

#[tokio::test]
async fn a_denial_is_told_with_its_reason_and_nothing_is_called() {
    let door = door(Rules::default());
    let (state, ask) = question(call(&door, "files__bash", json!({})).await);
    let no = Answer::Deny {
        reason: Some("not on my machine".to_owned()),
    };
    let reply = again(&door, "files__bash", json!({}), answer(&state, &ask.id, no)).await;
    assert!(denied(&reply).reason.contains("not on my machine"));
    let (state, _) = question(call(&door, "files__bash", json!({})).await);
    let reply = again(
        &door,
        "files__bash",
        json!({}),
        answer(&state, "another question", YES),
    )
    .await;
    assert_eq!(denied(&reply).rule, "approval.unanswered");
    assert!(door.inner.calls().is_empty());
}

#[tokio::test]
async fn an_approval_cannot_be_used_for_anything_else() {
    let door = door(Rules::default());
    let (state, ask) = question(call(&door, "files__bash", json!({"x": 1})).await);
    let yes = || answer(&state, &ask.id, YES);
    question(again(&door, "files__bash", json!({"x": 2}), yes()).await);
    question(again(&door, "files__delete_all", json!({"x": 1}), yes()).await);
    let stranger = context().on_behalf_of("stranger");
    let reply = door
        .call(&stranger, wish("files__bash", json!({"x": 1})), yes())
        .await
        .unwrap();
    question(reply);
    let forged = answer("guard:77", "guard:77", YES);
    question(again(&door, "files__bash", json!({"x": 1}), forged).await);
    assert!(door.inner.calls().is_empty());
}

#[tokio::test]
async fn an_approved_call_is_still_judged_by_the_rules_of_the_hour() {
    let door = door(Rules::default());
    let (state, ask) = question(call(&door, "files__bash", json!({"path": "/srv/x"})).await);
    door.guard()
        .swap(rules(json!({"paths": {"roots": ["/work"]}})));
    let reply = again(
        &door,
        "files__bash",
        json!({"path": "/srv/x"}),
        answer(&state, &ask.id, YES),
    )
    .await;
    assert_eq!(denied(&reply).rule, "tools.path.outside");
}

#[tokio::test]
async fn a_remembered_yes_holds_for_the_tool_in_the_session_while_its_definition_stays() {
    let rules = Rules {
        modes: Modes {
            default: Mode::Ask,
            ..Modes::default()
        },
        pins: crate::pins::Mode::Off,
        ..Rules::default()
    };
    let door = door(rules);
    *door.inner.description.lock().unwrap() = "one".to_owned();
    let (state, ask) = question(call(&door, "files__zap", json!({"x": 1})).await);
    let yes = answer(&state, &ask.id, Answer::Approve { remember: true });
    assert!(matches!(
        again(&door, "files__zap", json!({"x": 1}), yes).await,
        Reply::Done(_)
    ));
    assert!(matches!(
        call(&door, "files__zap", json!({"x": 2})).await,
        Reply::Done(_)
    ));
    let elsewhere = context().in_session("two");
    question(
        door.call(&elsewhere, wish("files__zap", json!({})), None)
            .await
            .unwrap(),
    );
    let by: Vec<_> = records(&door)
        .iter()
        .filter_map(|entry| entry.decision.as_ref()?.answered_by.clone())
        .collect();
    assert!(by.contains(&"remembered".to_owned()), "{by:?}");
}

#[tokio::test]
async fn always_asks_again_whatever_is_remembered() {
    let modes = Modes {
        default: Mode::Always,
        ..Modes::default()
    };
    let door = door(Rules {
        modes,
        ..Rules::default()
    });
    let (state, ask) = question(call(&door, "files__read", json!({})).await);
    let yes = answer(&state, &ask.id, Answer::Approve { remember: true });
    assert!(matches!(
        again(&door, "files__read", json!({}), yes).await,
        Reply::Done(_)
    ));
    question(call(&door, "files__read", json!({})).await);
}

#[tokio::test]
async fn a_yes_for_ever_comes_from_whoever_keeps_it() {
    let door = door(Rules::default());
    let (_, ask) = question(call(&door, "files__bash", json!({"x": 1})).await);
    let Question::Approval(approval) = ask.question else {
        panic!()
    };
    let listing = door.inner.list(&context()).await.unwrap();
    let key = ToolKey::split("files__bash");
    let pin = crate::pins::digest(&listing.get(&key).unwrap().tool);
    door.guard()
        .remember(Remember::Forever, &context(), &key, &approval.digest, &pin);
    assert!(matches!(
        call(&door, "files__bash", json!({"x": 2})).await,
        Reply::Done(Outcome::Done(_))
    ));
    assert_eq!(door.guard().memory().lasting().len(), 1);
}

#[tokio::test]
async fn where_nobody_is_there_a_question_is_a_denial() {
    let door = door(Rules {
        approver: false,
        ..Rules::default()
    });
    let reply = call(&door, "files__bash", json!({})).await;
    assert_eq!(denied(&reply).rule, "approval.unanswered");
    assert!(
        denied(&reply)
            .reason
            .contains("nobody was there to approve it")
    );
    assert!(door.inner.calls().is_empty());
}

#[tokio::test]
async fn a_toolbox_that_asks_gets_its_own_state_back_and_the_guard_does_not_ask_twice() {
    let mut rules = rules(json!({}));
    rules.modes.tools = [("files__asks".to_owned(), Mode::Always)].into();
    rules.limits.per_tool = 1;
    let door = door(rules);
    let (state, ask) = question(call(&door, "files__asks", json!({})).await);
    let (state, form) = question(
        again(
            &door,
            "files__asks",
            json!({}),
            answer(&state, &ask.id, YES),
        )
        .await,
    );
    let Question::Form { message, .. } = &form.question else {
        panic!("{form:?}")
    };
    assert_eq!(message, "name?");
    assert_ne!(state, "the toolbox's own");
    let filled = Answer::Accept {
        content: Some(json!({"name": "x"})),
    };
    let reply = again(
        &door,
        "files__asks",
        json!({}),
        answer(&state, &form.id, filled.clone()),
    )
    .await;
    // One call, of which one was allowed, although it came in three parts.
    assert!(matches!(reply, Reply::Done(Outcome::Done(_))), "{reply:?}");
    let resumed = door.inner.resumed.lock().unwrap();
    let last = resumed.last().unwrap().as_ref().unwrap();
    assert_eq!(last.state, "the toolbox's own");
    assert_eq!(last.answers["form"], filled);
}
