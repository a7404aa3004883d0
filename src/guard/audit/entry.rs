use std::time::{Duration, SystemTime};

use ferrule_types::{AskedBy, Context, ToolKey, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::redact::{redact_json, redact_text};

/// Arguments that are longer as JSON are kept as their size alone.
const LARGEST: usize = 16 * 1024;

/// An error of more characters is cut.
const LONGEST_ERROR: usize = 2000;

/// One call, as it is kept. The first seven fields are those that readers of the mirrored record know.
///
/// It is made through [`Entry::new`] and the functions on it, which redact; so nothing that holds an entry holds a
/// secret that redaction knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// Seconds since 1970.
    pub timestamp: f64,
    pub tool_name: String,
    /// Empty for a tool of no server.
    pub server_name: String,
    pub arguments: Value,
    pub success: bool,
    pub error_message: Option<String>,
    pub execution_time_ms: Option<f64>,

    pub principal: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    pub asked_by: AskedBy,
    /// What the guard said; absent where nobody asked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

/// A verdict without its length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// `allow`, `ask` or `deny`.
    pub verdict: String,
    pub rule: String,
    pub reason: String,
    /// Who answered where the verdict was to ask: `person`, `remembered`, `nobody`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<String>,
}

impl Entry {
    /// A call that succeeded, until something else is said.
    pub fn new(at: SystemTime, context: &Context, key: &ToolKey, arguments: &Value) -> Self {
        let since = at
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Entry {
            timestamp: since.as_secs_f64(),
            tool_name: key.tool().to_owned(),
            server_name: key.server().to_owned(),
            arguments: bounded(redact_json(arguments)),
            success: true,
            error_message: None,
            execution_time_ms: None,
            principal: context.principal.to_string(),
            session: context.session.as_deref().map(str::to_owned),
            asked_by: context.asked_by(),
            decision: None,
        }
    }

    pub fn failed(self, why: &str) -> Self {
        Entry {
            success: false,
            error_message: Some(short(&redact_text(why))),
            ..self
        }
    }

    pub fn took(self, time: Duration) -> Self {
        Entry {
            execution_time_ms: Some(time.as_secs_f64() * 1000.0),
            ..self
        }
    }

    /// Keeps what the guard said. A denial is a call that failed, for the reason of its ruling.
    pub fn judged(self, verdict: &Verdict) -> Self {
        let ruling = verdict.ruling();
        let entry = match verdict {
            Verdict::Deny(_) => self.failed(&ruling.reason),
            Verdict::Allow(_) | Verdict::Ask(_) => self,
        };
        let decision = Decision {
            verdict: word(verdict).to_owned(),
            rule: ruling.rule.clone(),
            reason: short(&redact_text(&ruling.reason)),
            answered_by: None,
        };
        Entry {
            decision: Some(decision),
            ..entry
        }
    }

    /// Keeps who answered the ask.
    pub fn answered_by(mut self, who: &str) -> Self {
        if let Some(decision) = &mut self.decision {
            decision.answered_by = Some(who.to_owned());
        }
        self
    }
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Allow(_) => "allow",
        Verdict::Ask(_) => "ask",
        Verdict::Deny(_) => "deny",
    }
}

/// A thousand entries are held in memory, so none may be large.
fn bounded(arguments: Value) -> Value {
    let size = arguments.to_string().len();
    if size <= LARGEST {
        return arguments;
    }
    let mut short = Map::new();
    short.insert(
        "[truncated]".to_owned(),
        json!(format!("{size} bytes of arguments")),
    );
    Value::Object(short)
}

fn short(text: &str) -> String {
    let count = text.chars().count();
    if count <= LONGEST_ERROR {
        return text.to_owned();
    }
    let kept: String = text.chars().take(LONGEST_ERROR).collect();
    format!("{kept}... [truncated, {count} chars total]")
}
