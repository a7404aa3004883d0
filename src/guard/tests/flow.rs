use ferrule_types::AskedBy;
use serde_json::json;

use super::*;

fn context(principal: &str, session: &str) -> Context {
    Context::new(AskedBy::Model)
        .on_behalf_of(principal)
        .in_session(session)
}

struct Case {
    settings: Settings,
    flow: Flow,
    key: ToolKey,
    tool: Tool,
}

impl Case {
    fn new(settings: Settings) -> Self {
        Case {
            settings,
            flow: Flow::default(),
            key: ToolKey::split("web__fetch"),
            tool: Tool::named("t"),
        }
    }

    fn note(&self, context: &Context, classes: &[Class]) {
        let source = Source {
            key: &self.key,
            tool: &self.tool,
            risk: Risk::of(classes),
        };
        self.flow.note(&self.settings, context, &source);
    }

    fn judge(
        &self,
        context: &Context,
        key: &str,
        tool: &Tool,
        classes: &[Class],
    ) -> Option<Ruling> {
        let key = ToolKey::split(key);
        let source = Source {
            key: &key,
            tool,
            risk: Risk::of(classes),
        };
        self.flow.judge(&self.settings, context, &source)
    }

    fn asks(&self, context: &Context, classes: &[Class]) -> bool {
        self.judge(context, "s__t", &Tool::named("t"), classes)
            .is_some()
    }
}

#[test]
fn after_foreign_text_what_can_do_harm_asks_and_what_only_reads_does_not() {
    let (case, me) = (Case::new(Settings::default()), context("p", "1"));
    for class in Class::ALL {
        assert!(
            !case.asks(&me, &[class]),
            "{class:?} before any text came in"
        );
    }
    case.note(&me, &[Class::SendsOut]);
    for class in [
        Class::Deletes,
        Class::RunsCode,
        Class::SendsOut,
        Class::Spends,
        Class::Unknown,
    ] {
        assert!(case.asks(&me, &[class]), "{class:?}");
    }
    assert!(!case.asks(&me, &[Class::Reads]));
    assert!(!case.asks(&me, &[Class::Writes]));
}

#[test]
fn the_ruling_names_what_brought_the_text_in() {
    let (case, me) = (Case::new(Settings::default()), context("p", "1"));
    case.note(&me, &[Class::SendsOut]);
    let ruling = case
        .judge(&me, "mail__send", &Tool::named("send"), &[Class::SendsOut])
        .unwrap();
    assert_eq!(ruling.rule, "flow.after_foreign_text");
    assert!(
        ruling.reason.contains("'web__fetch'") && ruling.reason.contains("'send'"),
        "{ruling}"
    );
}

#[test]
fn one_session_is_not_held_to_what_another_has_read() {
    let case = Case::new(Settings::default());
    case.note(&context("p", "1"), &[Class::SendsOut]);
    assert!(!case.asks(&context("p", "2"), &[Class::Deletes]));
    assert!(!case.asks(&context("q", "1"), &[Class::Deletes]));
}

#[test]
fn a_session_that_ended_is_forgotten() {
    let (case, me) = (Case::new(Settings::default()), context("p", "1"));
    case.note(&me, &[Class::SendsOut]);
    case.flow.end(&me);
    assert!(!case.asks(&me, &[Class::Deletes]));
}

#[test]
fn a_trusted_server_brings_foreign_text_only_where_it_reaches_out() {
    let settings = Settings {
        trusted_servers: ["web".to_owned()].into(),
        ..Settings::default()
    };
    let mut case = Case::new(settings);
    let me = context("p", "1");
    case.note(&me, &[Class::Reads]);
    assert!(!case.asks(&me, &[Class::Deletes]));
    case.tool.annotations = json!({"openWorldHint": true}).as_object().cloned();
    case.note(&me, &[Class::Reads]);
    assert!(case.asks(&me, &[Class::Deletes]));
}

#[test]
fn a_server_that_is_not_trusted_is_not_believed_to_be_closed() {
    let mut case = Case::new(Settings::default());
    let me = context("p", "1");
    case.tool.annotations = json!({"openWorldHint": false, "readOnlyHint": true})
        .as_object()
        .cloned();
    case.note(&me, &[Class::Reads]);
    assert!(case.asks(&me, &[Class::Deletes]));
    // Nor is it that its tool does no harm.
    assert!(
        case.judge(&me, "s__zap", &case.tool, &[Class::Unknown])
            .is_some()
    );
}

#[test]
fn the_program_s_own_functions_are_trusted_as_long_as_they_say_no_other() {
    let mut case = Case::new(Settings::default());
    let me = context("p", "1");
    case.key = ToolKey::split("multiply");
    case.note(&me, &[Class::Unknown]);
    assert!(!case.asks(&me, &[Class::Deletes]));
    case.flow.note_text(&me, "notes://a");
    assert!(
        case.judge(&me, "multiply", &case.tool, &[Class::Unknown])
            .is_none()
    );
    assert!(
        case.judge(&me, "send", &case.tool, &[Class::SendsOut])
            .is_some()
    );
}

#[test]
fn it_can_be_switched_off() {
    let case = Case::new(Settings {
        when: When::Off,
        ..Settings::default()
    });
    let me = context("p", "1");
    case.flow.note_text(&me, "notes://a");
    assert!(!case.asks(&me, &[Class::Deletes]));
}

#[test]
fn too_many_sessions_to_remember_are_all_taken_to_have_read() {
    let case = Case::new(Settings::default());
    for session in 0..=MOST_SESSIONS {
        case.note(&context("p", &session.to_string()), &[Class::SendsOut]);
    }
    assert!(case.asks(&context("p", "new"), &[Class::Deletes]));
}
