use std::time::Duration;

use serde_json::json;

use super::golden;
use crate::{
    Ask, Call, Event, Finish, Json, Message, Outcome, Progress, Question, Ruling, ToolKey, TurnEnd,
    Usage, Verdict,
};

fn key() -> ToolKey {
    ToolKey::new("net", "weather").unwrap()
}

#[test]
fn what_the_model_writes_has_its_json() {
    golden(
        &Event::Text {
            choice: 0,
            text: "hi".into(),
            logprobs: Vec::new(),
        },
        &json!({"type": "text", "choice": 0, "text": "hi"}),
    );
    golden(
        &Event::Reasoning {
            choice: 1,
            text: "hm".into(),
        },
        &json!({"type": "reasoning", "choice": 1, "text": "hm"}),
    );
    golden(
        &Event::CallStarted {
            choice: 0,
            index: 0,
            id: "c".into(),
            name: "net__weather".into(),
        },
        &json!({"type": "call_started", "choice": 0, "index": 0, "id": "c", "name": "net__weather"}),
    );
    golden(
        &Event::CallArguments {
            choice: 0,
            index: 0,
            id: "c".into(),
            fragment: "{\"ci".into(),
        },
        &json!({"type": "call_arguments", "choice": 0, "index": 0, "id": "c", "fragment": "{\"ci"}),
    );
    golden(
        &Event::Called {
            choice: 0,
            call: Call::new("c", key(), Json::new()),
        },
        &json!({
            "type": "called",
            "choice": 0,
            "call": {"id": "c", "key": {"server": "net", "tool": "weather"}, "arguments": {}},
        }),
    );
}

#[test]
fn what_happens_to_a_call_has_its_json() {
    golden(
        &Event::Judged {
            id: "c".into(),
            key: key(),
            verdict: Verdict::Allow(Ruling::new("tools.read_only", "reads")),
        },
        &json!({
            "type": "judged",
            "id": "c",
            "key": {"server": "net", "tool": "weather"},
            "verdict": {"verdict": "allow", "rule": "tools.read_only", "reason": "reads"},
        }),
    );
    golden(
        &Event::Progressed {
            id: "c".into(),
            progress: Progress {
                done: 1.0,
                total: None,
                message: None,
            },
        },
        &json!({"type": "progressed", "id": "c", "progress": {"done": 1.0}}),
    );
    golden(
        &Event::Answered {
            id: "c".into(),
            key: key(),
            outcome: Outcome::failed("no net"),
            took: Duration::from_millis(250),
        },
        &json!({
            "type": "answered",
            "id": "c",
            "key": {"server": "net", "tool": "weather"},
            "outcome": {"status": "failed", "content": [{"type": "text", "text": "no net"}]},
            "took_seconds": 0.25,
        }),
    );
    golden(
        &Event::Asked {
            asks: vec![Ask {
                id: "a".into(),
                server: "net".into(),
                question: Question::Roots,
            }],
            state: "s".into(),
        },
        &json!({"type": "asked", "asks": [{"id": "a", "server": "net", "ask": "roots"}], "state": "s"}),
    );
}

#[test]
fn the_ends_of_rounds_and_turns_have_their_json() {
    let usage = serde_json::to_value(Usage::default()).unwrap();
    golden(
        &Event::RoundEnded {
            round: 1,
            usage: Usage::default(),
        },
        &json!({"type": "round_ended", "round": 1, "usage": usage}),
    );
    golden(
        &Event::Ended {
            choice: 0,
            end: TurnEnd::RoundLimit,
            finish: Finish::Stop,
            message: Message::assistant("hi"),
            usage: Usage::default(),
        },
        &json!({
            "type": "ended",
            "choice": 0,
            "end": "round_limit",
            "finish": {"reason": "stop"},
            "message": {"role": "assistant", "content": "hi"},
            "usage": usage,
        }),
    );
}
