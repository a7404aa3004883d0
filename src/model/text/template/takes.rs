//! What a template takes: found by rendering small conversations and looking at what comes out.
//!
//! Templates do not declare this. Rendering is surer than reading the source: it sees through macros and filters.

use serde_json::{Value, json};

use super::shape::{CallForm, NoContent};

/// Words that no template writes by itself.
const SYSTEM: &str = "zqsystem";
const TEXT: &str = "zqtext";
const TOOL: &str = "zqtool";
const NAME: &str = "zqname";
const ARG: &str = "zqarg";
const RESULT: &str = "zqresult";

/// What a chat template takes, so that a caller can put elsewhere what would be lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takes {
    /// A message's content as a string.
    pub string: bool,
    /// A user message's content as a list of `{"type": "text", "text": …}`.
    pub parts: bool,
    /// A message of the role `system`; if not, its text is put before the first user message.
    pub system: bool,
    /// The role `developer`; if not, it is rendered as `system`.
    pub developer: bool,
    /// Tool definitions.
    pub tools: bool,
    /// The calls of an assistant message.
    pub calls: bool,
    /// Messages of the role `tool`.
    pub results: bool,
    /// The switch `enable_thinking`.
    pub thinking: bool,
    pub(super) form: CallForm,
    /// Mistral's templates want call ids of nine letters and digits.
    pub(super) short_ids: bool,
}

/// Renders messages and tools; `None` when the template fails on them.
pub(super) type Probe<'a> = &'a dyn Fn(&[Value], &[Value]) -> Option<String>;

impl Takes {
    pub(super) fn of(source: &str, render: Probe) -> Self {
        let shows = |messages: &[Value], tools: &[Value], needle: &str| {
            render(messages, tools).is_some_and(|text| text.contains(needle))
        };
        let user = |content: Value| json!({"role": "user", "content": content});
        let string = shows(&[user(json!(TEXT))], &[], TEXT);
        let parts = render(&[user(json!([{"type": "text", "text": TEXT}]))], &[])
            // A template that prints the list itself shows its keys.
            .is_some_and(|text| text.contains(TEXT) && !text.contains("'type'"));
        let plain = |text: &str| {
            if string || !parts {
                json!(text)
            } else {
                json!([{"type": "text", "text": text}])
            }
        };
        let user = user(plain(TEXT));
        let works = string || parts;
        let system = json!({"role": "system", "content": plain(SYSTEM)});
        let (form, calls) = call_form(&user, render);
        let tool_message = json!({"role": "tool", "name": NAME, "tool_call_id": "abcdefgh1", "content": plain(RESULT)});
        let asked = [user.clone(), form.example(), tool_message];
        Self {
            string: string || !parts,
            parts,
            // A template that fails on everything is not asked about the rest: the real error shows on use.
            system: !works || shows(&[system, user.clone()], &[], SYSTEM),
            developer: source.contains("developer"),
            tools: shows(&[user], &[tool()], TOOL),
            calls,
            results: shows(&asked, &[tool()], RESULT),
            thinking: source.contains("enable_thinking"),
            form,
            short_ids: source.contains("!= 9"),
        }
    }
}

/// The first form of a call that the template prints as JSON or as fields, starting with the one that transformers
/// uses; or else the first that it does not fail on.
fn call_form(user: &Value, render: Probe) -> (CallForm, bool) {
    let mut harmless = None;
    for object in [true, false] {
        for content in [NoContent::Absent, NoContent::Empty, NoContent::Null] {
            let form = CallForm { object, content };
            let Some(text) = render(&[user.clone(), form.example()], &[tool()]) else {
                continue;
            };
            // `{'zqarg': 1}` is a dict printed as it stands, `\"zqarg\"` a string quoted once too often.
            let mangled = [format!("'{ARG}'"), format!("\\\"{ARG}")]
                .iter()
                .any(|bad| text.contains(bad.as_str()));
            if text.contains(NAME) && text.contains(ARG) && !mangled {
                return (form, true);
            }
            harmless = harmless.or(Some(form));
        }
    }
    (harmless.unwrap_or_default(), false)
}

impl CallForm {
    fn example(self) -> Value {
        let arguments = if self.object {
            json!({ARG: 1})
        } else {
            json!(format!("{{\"{ARG}\": 1}}"))
        };
        let mut message = json!({
            "role": "assistant",
            "tool_calls": [{
                "id": "abcdefgh1",
                "type": "function",
                "function": {"name": NAME, "arguments": arguments},
            }],
        });
        match self.content {
            NoContent::Absent => {}
            NoContent::Empty => message["content"] = json!(""),
            NoContent::Null => message["content"] = Value::Null,
        }
        message
    }
}

fn tool() -> Value {
    json!({
        "type": "function",
        "function": {
            "name": TOOL,
            "description": "d",
            "parameters": {
                "type": "object",
                "properties": {"a": {"type": "string", "description": "d"}},
                "required": ["a"],
            },
        },
    })
}
