//! The rules of tools with their log, under the name and with the settings of the API that is mirrored.
//!
//! [`Settings`] go in. Then, for each call: a name, a server and arguments go in, a [`Verdict`] comes out
//! ([`ToolSandbox::judge`]), and what became of it is written down ([`ToolSandbox::record`]). It is no sandbox in the
//! sense of the glossary: it judges calls and holds nobody.
//!
//! It does not know how a tool is called, and what an approval is: whoever has an approver asks it where the verdict
//! is to ask, everybody else takes that for a no.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use ferrule_guard::{
    audit::{Audit, Entry, Sink},
    rate::{Caller, Limits, Rates},
    tools::{self, CallFacts, HighRisk, PrivateAddresses, ToolPolicy, path::Paths, risk::Risk},
};
use ferrule_types::{AskedBy, Call, Context, Error, Json, Ruling, Tool, ToolKey, Verdict};
use serde_json::Value;

/// Regular expressions over arguments, as the mirrored API shows them. What decides here is the role of a parameter
/// and where a path leads.
pub const DANGEROUS_TOOL_ARG_PATTERNS: &[&str] =
    &[r"\.\./", "/etc/", "/proc/", "/sys/", "~root", "/root/"];

/// Parts of names that tell a tool of high risk in the mirrored API. What decides here are whole words.
pub const HIGH_RISK_TOOL_PATTERNS: &[&str] = &[
    "execute",
    "run_command",
    "shell",
    "eval",
    "exec",
    "system",
    "subprocess",
];

/// What may be set. Absent means the default, and an empty set is a set of nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    pub allowed_tools: Option<BTreeSet<String>>,
    pub blocked_tools: BTreeSet<String>,
    pub allowed_high_risk_tools: BTreeSet<String>,
    /// Beside what the roles of parameters tell.
    pub blocked_arg_patterns: Vec<String>,
    /// For each tool; 0 is no limit.
    pub max_calls_per_minute: u32,
    pub enabled: bool,
    /// What becomes of a tool whose name says that it runs code. Not said, it is refused where nobody could be asked
    /// ([`ToolSandbox::judge`]), and runs with a warning where the guard's door calls it.
    pub high_risk: Option<HighRisk>,
    /// The folders that paths in arguments may lead to; none for any that is not protected.
    pub roots: Vec<String>,
    pub private_addresses: PrivateAddresses,
}

/// The rules, the counts of the last minute, and the log.
pub struct ToolSandbox {
    settings: Settings,
    policy: ToolPolicy,
    at_the_door: ToolPolicy,
    limits: Limits,
    rates: Rates,
    audit: Arc<Audit>,
    /// No clock that somebody sets.
    since: Instant,
}

impl Default for ToolSandbox {
    fn default() -> Self {
        ToolSandbox::new(Settings::default(), Vec::new())
            .expect("the default settings hold no pattern")
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            allowed_tools: None,
            blocked_tools: BTreeSet::new(),
            allowed_high_risk_tools: BTreeSet::new(),
            blocked_arg_patterns: Vec::new(),
            max_calls_per_minute: 60,
            enabled: true,
            high_risk: None,
            roots: Vec::new(),
            private_addresses: PrivateAddresses::default(),
        }
    }
}

impl Settings {
    /// The tool policy of these settings.
    pub fn policy(&self, high_risk: HighRisk) -> tools::Settings {
        let usual = tools::Settings::default();
        tools::Settings {
            enabled: self.enabled,
            allowed_tools: self.allowed_tools.clone(),
            blocked_tools: self.blocked_tools.clone(),
            allowed_high_risk_tools: self.allowed_high_risk_tools.clone(),
            high_risk,
            // Whoever lists the tools that may run has decided about those that delete or spend.
            ask: self
                .allowed_tools
                .as_ref()
                .map_or(usual.ask, |_| Risk::default()),
            blocked_arg_patterns: self.blocked_arg_patterns.clone(),
            paths: Paths {
                roots: self.roots.clone(),
                home: std::env::home_dir().map(|home| home.to_string_lossy().into_owned()),
                ..usual.paths
            },
            private_addresses: self.private_addresses,
            ..usual
        }
    }

    pub fn limits(&self) -> Limits {
        Limits {
            per_tool: self.max_calls_per_minute,
            ..Limits::default()
        }
    }
}

impl ToolSandbox {
    /// Fails where a pattern is no regular expression. Each sink gets every record, outside of any lock.
    pub fn new(settings: Settings, sinks: Vec<Arc<dyn Sink>>) -> Result<Self, Error> {
        let policy = |or| ToolPolicy::new(settings.policy(settings.high_risk.unwrap_or(or)));
        Ok(ToolSandbox {
            policy: policy(HighRisk::Deny)?,
            at_the_door: policy(HighRisk::Warn)?,
            limits: settings.limits(),
            rates: Rates::default(),
            audit: Arc::new(Audit::new(sinks)),
            since: Instant::now(),
            settings,
        })
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What became of calls, for the door to write to as well.
    pub fn audit(&self) -> &Arc<Audit> {
        &self.audit
    }

    /// The policy of the guard's door, where there may be somebody to ask.
    pub fn at_the_door(&self) -> &ToolPolicy {
        &self.at_the_door
    }

    /// Whether a tool may be called, where there is nothing to be known of it but its name. A call that is allowed
    /// counts for the limits.
    pub fn judge(&self, tool: &str, server: &str, arguments: Json) -> Verdict {
        let key = match ToolKey::new(server, tool) {
            Ok(key) => key,
            Err(problem) => {
                return Verdict::Deny(
                    Ruling::new("tools.name", problem.to_string()).at("tool_name"),
                );
            }
        };
        let tool = Tool::named(tool);
        let call = Call::new("", key, arguments);
        let facts = CallFacts {
            call: &call,
            tool: &tool,
            asked_by: AskedBy::Model,
        };
        let verdict = match self.policy.judge(&facts) {
            Verdict::Ask(ruling) => Verdict::Ask(with_advice(ruling, &call.key)),
            verdict => verdict,
        };
        if !verdict.allows() || !self.settings.enabled {
            return verdict;
        }
        let caller = Caller {
            key: &call.key,
            principal: "",
            session: None,
        };
        if verdict.ruling().rule == "tools.high_risk" {
            tracing::warn!(tool = %call.key, "{}", verdict.ruling().reason);
        }
        let now = self.since.elapsed();
        match self.rates.admit(&self.limits, &caller, now) {
            Ok(()) => verdict,
            Err(ruling) => Verdict::Deny(ruling),
        }
    }

    /// Writes down what became of a call, whatever it is called, and gives what was written.
    pub fn record(&self, tool: &str, server: &str, arguments: &Value, ended: &Ended) -> Entry {
        let context = Context::new(AskedBy::Model);
        let key = ToolKey::split(tool);
        let mut entry = Entry::new(SystemTime::now(), &context, &key, arguments);
        // A log takes names that no call may have.
        tool.clone_into(&mut entry.tool_name);
        server.clone_into(&mut entry.server_name);
        if let Some(why) = &ended.error {
            entry = entry.failed(why);
        }
        entry.success = ended.success;
        if let Some(time) = ended.took {
            entry = entry.took(time);
        }
        self.audit.record(&entry);
        entry
    }
}

/// How a call ended.
#[derive(Debug, Clone, Default)]
pub struct Ended {
    pub success: bool,
    pub error: Option<String>,
    pub took: Option<Duration>,
}

/// Says what to do to somebody who has no approver.
fn with_advice(ruling: Ruling, key: &ToolKey) -> Ruling {
    const GRANT: &str = "allowed_high_risk_tools";
    if ruling.reason.contains(GRANT) || ruling.rule == "tools.url.private" {
        return ruling;
    }
    let (whole, tool) = (key.name(), key.tool());
    let reason = format!(
        "{}. Add '{whole}' or '{tool}' to {GRANT} to allow it explicitly.",
        ruling.reason
    );
    Ruling { reason, ..ruling }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sandbox(settings: Settings) -> ToolSandbox {
        ToolSandbox::new(settings, Vec::new()).expect("settings")
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn judged(sandbox: &ToolSandbox, tool: &str, arguments: &Value) -> Verdict {
        let arguments = arguments.as_object().expect("an object").clone();
        sandbox.judge(tool, "fs", arguments)
    }

    #[test]
    fn a_tool_that_runs_code_is_refused_in_the_mirrored_words() {
        let verdict = judged(&ToolSandbox::default(), "execute_command", &json!({}));
        assert_eq!(
            verdict.ruling().reason,
            "High-risk tool 'execute_command' is blocked by security policy. Add 'fs__execute_command' or \
             'execute_command' to allowed_high_risk_tools to allow it explicitly."
        );
        assert!(matches!(verdict, Verdict::Deny(_)));
    }

    #[test]
    fn what_asks_says_what_to_do_where_nobody_can_be_asked() {
        let verdict = judged(
            &ToolSandbox::default(),
            "delete_file",
            &json!({"path": "notes.txt"}),
        );
        assert!(matches!(verdict, Verdict::Ask(_)), "{verdict:?}");
        assert!(
            verdict.ruling().reason.contains("allowed_high_risk_tools"),
            "{verdict:?}"
        );
        let listed = sandbox(Settings {
            allowed_tools: Some(names(&["delete_file"])),
            ..Settings::default()
        });
        assert!(judged(&listed, "delete_file", &json!({"path": "notes.txt"})).allows());
    }

    #[test]
    fn a_separator_in_a_name_hides_nothing() {
        let blocking = sandbox(Settings {
            blocked_tools: names(&["shell__ls"]),
            ..Settings::default()
        });
        assert!(!judged(&blocking, "shell__ls", &json!({})).allows());
        assert!(!blocking.judge("ls", "my__srv", Json::new()).allows());
    }

    #[test]
    fn only_admitted_calls_count_and_a_limit_of_zero_is_none() {
        let limited = sandbox(Settings {
            max_calls_per_minute: 2,
            ..Settings::default()
        });
        for _ in 0..5 {
            assert!(!judged(&limited, "read_file", &json!({"path": "/etc/passwd"})).allows());
        }
        assert!(judged(&limited, "read_file", &json!({"path": "a"})).allows());
        assert!(judged(&limited, "read_file", &json!({"path": "a"})).allows());
        let third = judged(&limited, "read_file", &json!({"path": "a"}));
        let text = &third.ruling().reason;
        assert!(
            text.starts_with(
                "Rate limit exceeded for tool 'fs__read_file': max 2 calls per minute"
            ),
            "{text}"
        );
        let unlimited = sandbox(Settings {
            max_calls_per_minute: 0,
            ..Settings::default()
        });
        assert!((0..200).all(|_| judged(&unlimited, "read_file", &json!({"path": "a"})).allows()));
    }

    #[test]
    fn a_record_is_redacted_and_keeps_names_that_no_call_may_have() {
        let log = ToolSandbox::default();
        let ended = Ended {
            success: false,
            error: Some("no such user: https://u:hunter2@h/".to_owned()),
            took: Some(Duration::from_millis(5)),
        };
        let entry = log.record("a__b", "my__srv", &json!({"password": "hunter2"}), &ended);
        assert_eq!(
            (entry.tool_name.as_str(), entry.server_name.as_str()),
            ("a__b", "my__srv")
        );
        let written = serde_json::to_string(&entry).expect("JSON");
        assert!(!written.contains("hunter2"), "{written}");
        assert_eq!(log.audit().ring().clear(), 1);
    }
}
