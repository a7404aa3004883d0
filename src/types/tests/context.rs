use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::json;

use super::golden;
use crate::{AskedBy, Context, Error, Kind, Progress, Trace};

#[test]
fn authority_is_lowered_and_never_raised() {
    let request = Context::new(AskedBy::Request);
    assert_eq!(
        request.clone().narrowed(AskedBy::Model).asked_by(),
        AskedBy::Model
    );
    assert_eq!(
        request.narrowed(AskedBy::Operator).asked_by(),
        AskedBy::Request
    );
}

#[test]
fn the_earlier_of_two_deadlines_counts() {
    let context = Context::new(AskedBy::Operator);
    assert_eq!(context.remaining(), None);
    let short = context
        .within(Duration::from_secs(1))
        .within(Duration::from_secs(1000));
    assert!(short.remaining().unwrap() <= Duration::from_secs(1));
    let shorter = Context::new(AskedBy::Operator)
        .within(Duration::from_secs(1000))
        .within(Duration::from_secs(1));
    assert!(shorter.remaining().unwrap() <= Duration::from_secs(1));
}

#[test]
fn a_time_longer_than_the_clock_is_no_limit() {
    assert_eq!(
        Context::new(AskedBy::Operator)
            .within(Duration::MAX)
            .deadline,
        None
    );
}

#[test]
fn a_context_past_its_deadline_or_cancelled_says_so() {
    assert!(Context::new(AskedBy::Model).check().is_ok());
    let late = Context::new(AskedBy::Model).within(Duration::ZERO);
    assert_eq!(late.check().unwrap_err().kind(), Kind::Timeout);
    late.cancel.cancel();
    assert!(matches!(late.check(), Err(Error::Cancelled)));
}

#[test]
fn a_child_ends_with_its_parent_and_not_the_other_way_round() {
    let parent = Context::new(AskedBy::Request);
    let (first, second) = (parent.child(), parent.child());
    first.cancel.cancel();
    assert!(parent.check().is_ok() && second.check().is_ok());
    parent.cancel.cancel();
    assert!(second.check().is_err());
}

#[test]
fn progress_reaches_who_listens_and_otherwise_nobody() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let ears = Arc::clone(&told);
    let context = Context::new(AskedBy::Request)
        .reporting(move |progress| ears.lock().unwrap().push(progress));
    let half = Progress {
        done: 1.0,
        total: Some(2.0),
        message: None,
    };
    context.child().progress.tell(half.clone());
    assert_eq!(told.lock().unwrap().as_slice(), std::slice::from_ref(&half));
    assert_eq!(format!("{:?}", context.progress), "ProgressSink(listening)");

    let silent = Context::new(AskedBy::Request);
    silent.progress.tell(half);
    assert!(!silent.progress.listens());
}

#[test]
fn a_context_speaks_for_one_principal_and_session() {
    let context = Context::new(AskedBy::Request)
        .on_behalf_of("anna")
        .in_session("s1");
    assert_eq!(
        (&*context.principal, context.session.as_deref()),
        ("anna", Some("s1"))
    );
    assert_eq!(&*Context::new(AskedBy::Operator).principal, Context::LOCAL);
}

#[test]
fn the_words_of_a_context_have_their_json() {
    golden(&AskedBy::Operator, &json!("operator"));
    golden(
        &Progress {
            done: 0.5,
            total: Some(1.0),
            message: Some("half".into()),
        },
        &json!({"done": 0.5, "total": 1.0, "message": "half"}),
    );
    golden(
        &Trace {
            traceparent: Some("00-1-2-01".into()),
            ..Trace::default()
        },
        &json!({"traceparent": "00-1-2-01"}),
    );
}
