//! Ways past the door that were tried on it.
#![allow(clippy::unwrap_used)]

use ferrule_types::{AskedBy, Context, ToolKey};

use super::{Guard, Rules};
use crate::{approval::Remember, pins::Lock};

#[test]
fn what_was_approved_in_a_session_ends_with_it() {
    let guard = Guard::new(Rules::default(), Lock::default(), []);
    let context = Context::new(AskedBy::Model).in_session("a");
    let other = Context::new(AskedBy::Model).in_session("b");
    let key = ToolKey::new("s", "delete").unwrap();
    for session in [&context, &other] {
        guard.remember(Remember::Session, session, &key, "call", "pin");
        guard.remember(Remember::Call, session, &key, "call", "pin");
    }
    guard.end_session(&context);
    assert!(!guard.memory().has(&context, &key, "call", "pin"));
    assert!(guard.memory().has(&other, &key, "call", "pin"));
    guard.remember(Remember::Tool, &context, &key, "call", "pin");
    guard.end_session(&context);
    assert!(
        guard.memory().has(&context, &key, "call", "pin"),
        "that was for longer"
    );
}
