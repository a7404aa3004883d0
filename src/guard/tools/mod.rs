//! Whether one tool may be called with these arguments.
//!
//! *In*: a [`Call`] with the definition of its tool, as [`CallFacts`]. *Out*: a [`Verdict`] with rule, place and what to
//! do. [`ToolPolicy::judge`] asks in this order: lists, risk by name, arguments. `table` holds the words that tell a risk,
//! `role` those that tell what a parameter means, `path/places` the places that are not for tools; each a table with one
//! row for each fact.
//!
//! **Protected**: tools that were not meant to be called; paths, addresses and statements that reach where they should
//! not, in every spelling that the tables know. **Not protected**: a server that lies about what its tool does, or
//! names its parameters to mislead; for that there are the pins and the jail. Prose and code are left alone: a note may
//! speak of `/etc/hosts`.
//!
//! It does not know: how a call is made, how often it was made, who may be asked, and whether the arguments fit the
//! tool's schema.

pub mod address;
mod arguments;
pub mod lists;
mod mirror;
pub mod path;
mod result;
pub mod risk;
pub mod role;
mod settings;
pub mod sql;
mod table;
pub mod walk;
pub mod words;

use ferrule_types::{AskedBy, Call, Error, Ruling, Tool, ToolKey, Verdict};
use regex::Regex;

use lists::{Allowing, Blocking};
use path::Roots;
use risk::{Class, Risk};
use walk::{Bounds, TooMuch, Walk};

pub use mirror::{DANGEROUS_TOOL_ARG_PATTERNS, HIGH_RISK_TOOL_PATTERNS};
pub use result::limit;
pub use settings::{HighRisk, PrivateAddresses, Settings};

/// What the policy judges.
#[derive(Debug, Clone, Copy)]
pub struct CallFacts<'a> {
    pub call: &'a Call,
    /// The definition under which the tool was listed.
    pub tool: &'a Tool,
    pub asked_by: AskedBy,
}

/// What was found out about a call on the way to its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub verdict: Verdict,
    pub risk: Risk,
    /// The arguments are too large or too deep even to be written down.
    pub unbounded: bool,
}

/// The tool policy, made from its settings once and asked often.
#[derive(Debug, Clone)]
pub struct ToolPolicy {
    settings: Settings,
    allowed: Option<Allowing>,
    blocked: Blocking,
    granted: Allowing,
    patterns: Vec<Regex>,
    roots: Roots,
}

impl Default for ToolPolicy {
    fn default() -> Self {
        ToolPolicy::compiled(Settings::default(), Vec::new())
    }
}

impl ToolPolicy {
    /// Fails where a pattern is no regular expression.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let read = |pattern: &String| {
            let wrong = |_| {
                Error::invalid(
                    "blocked_arg_patterns",
                    "regular expressions",
                    format!("`{pattern}`"),
                )
            };
            Regex::new(pattern).map_err(wrong)
        };
        let patterns = settings
            .blocked_arg_patterns
            .iter()
            .map(read)
            .collect::<Result<_, _>>()?;
        Ok(ToolPolicy::compiled(settings, patterns))
    }

    fn compiled(settings: Settings, patterns: Vec<Regex>) -> Self {
        ToolPolicy {
            allowed: settings.allowed_tools.as_ref().map(Allowing::new),
            blocked: Blocking::new(&settings.blocked_tools),
            granted: Allowing::new(&settings.allowed_high_risk_tools),
            roots: Roots::new(&settings.paths),
            patterns,
            settings,
        }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn judge(&self, facts: &CallFacts<'_>) -> Verdict {
        self.look(facts).verdict
    }

    /// The verdict, and what else was found out.
    pub fn look(&self, facts: &CallFacts<'_>) -> Judged {
        let walk = match Walk::over(
            &facts.call.arguments,
            &facts.tool.input_schema,
            self.bounds(),
        ) {
            Ok(walk) => walk,
            Err(too_much) => {
                let verdict = Verdict::Deny(self.too_much(&facts.call.key, too_much));
                return Judged {
                    verdict,
                    risk: Risk::default(),
                    unbounded: true,
                };
            }
        };
        let named = risk::of_name(facts.call.key.tool());
        let risk = whole_risk(
            named.risk,
            risk::of_claims(facts.tool),
            arguments::risk(&walk),
        );
        let verdict = if self.settings.enabled {
            self.first_no(facts, &walk, &named, risk)
        } else {
            Verdict::Allow(Ruling::new("tools.off", "the tool policy is off"))
        };
        Judged {
            verdict,
            risk,
            unbounded: false,
        }
    }

    /// Whether a tool may be shown: what is always refused need not be offered.
    pub fn shows(&self, key: &ToolKey) -> bool {
        !self.settings.enabled || self.by_lists(key).is_none()
    }

    /// Whether a resource may be read: its address is a path where it says so.
    pub fn judge_resource(&self, uri: &str) -> Verdict {
        let path = uri
            .get(..5)
            .filter(|scheme| scheme.eq_ignore_ascii_case("file:"))
            .map(|_| uri.to_owned());
        let is_wrong = |path: String| self.roots.judge(&path).is_some();
        let is_wrong =
            self.settings.enabled && path.or_else(|| address::file(uri)).is_some_and(is_wrong);
        if is_wrong {
            let text = format!(
                "resource '{uri}' lies in a protected place or outside the roots: read another, or add a root"
            );
            return Verdict::Deny(Ruling::new("tools.path.resource", text).at("uri"));
        }
        Verdict::Allow(Ruling::new("tools.allowed", "the resource may be read"))
    }

    /// Whether the operator configured the server, or somebody else brought it along.
    pub fn is_configured(&self, server: &str) -> bool {
        let configured = self.settings.configured_servers.as_ref();
        server.is_empty() || configured.is_none_or(|servers| servers.contains(server))
    }

    /// A denial before anything else, then the gravest question.
    fn first_no(
        &self,
        facts: &CallFacts<'_>,
        walk: &Walk<'_>,
        named: &risk::Told,
        risk: Risk,
    ) -> Verdict {
        let key = &facts.call.key;
        if let Some(ruling) = self.by_lists(key) {
            return Verdict::Deny(ruling);
        }
        let by_name = self.by_name(key, named);
        if let Some(denied @ Verdict::Deny(_)) = by_name {
            return denied;
        }
        let by_arguments = arguments::judge(self, facts, walk);
        if let Some(denied @ Verdict::Deny(_)) = by_arguments {
            return denied;
        }
        let asked = by_name
            .or(by_arguments)
            .or_else(|| self.by_class(key, risk));
        asked.unwrap_or_else(|| {
            Verdict::Allow(Ruling::new(
                "tools.allowed",
                format!("tool '{}' is allowed", key.tool()),
            ))
        })
    }

    fn by_lists(&self, key: &ToolKey) -> Option<Ruling> {
        let tool = key.tool();
        if self.blocked.has(key) {
            let text = format!("Tool '{tool}' is blocked by security policy");
            return Some(Ruling::new("tools.blocked", text));
        }
        let allowed = self.allowed.as_ref().is_none_or(|list| list.has(key));
        let text = || format!("Tool '{tool}' is not in the allowed tools list");
        (!allowed).then(|| Ruling::new("tools.not_allowed", text()))
    }

    fn by_name(&self, key: &ToolKey, named: &risk::Told) -> Option<Verdict> {
        if !named.risk.has(Class::RunsCode) || self.granted.has_in_any_case(key) {
            return None;
        }
        let (tool, whole) = (key.tool(), key.name());
        let grant =
            format!("Add '{whole}' or '{tool}' to allowed_high_risk_tools to allow it explicitly.");
        let ruling = |text: &str| {
            Ruling::new(
                "tools.high_risk",
                format!("High-risk tool '{tool}' {text}. {grant}"),
            )
        };
        Some(match self.settings.high_risk {
            HighRisk::Warn => Verdict::Allow(ruling("runs code")),
            HighRisk::Ask => Verdict::Ask(ruling("needs approval: it runs code")),
            HighRisk::Deny => Verdict::Deny(ruling("is blocked by security policy")),
        })
    }

    fn by_class(&self, key: &ToolKey, risk: Risk) -> Option<Verdict> {
        let asked = if self.granted.has_in_any_case(key) {
            Risk::default()
        } else {
            self.asking().shared(risk)
        };
        (!asked.is_none()).then(|| {
            let text = format!("tool '{}' needs approval: it {asked}", key.tool());
            Verdict::Ask(Ruling::new("tools.risk", text))
        })
    }

    fn asking(&self) -> Risk {
        match self.settings.high_risk {
            HighRisk::Warn => self.settings.ask.without(Class::RunsCode),
            HighRisk::Ask | HighRisk::Deny => self.settings.ask.and(Risk::of(&[Class::RunsCode])),
        }
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            depth: self.settings.max_argument_depth,
            bytes: self.settings.max_argument_bytes,
            values: self.settings.max_argument_values,
        }
    }

    fn too_much(&self, key: &ToolKey, too_much: TooMuch) -> Ruling {
        let bounds = self.bounds();
        let (limit, what) = match too_much {
            TooMuch::Depth => (bounds.depth, "levels deep"),
            TooMuch::Bytes => (bounds.bytes, "bytes of text"),
            TooMuch::Values => (bounds.values, "keys and items"),
        };
        let text = format!(
            "tool '{}' takes arguments of at most {limit} {what}, and got more: send less at a time",
            key.tool()
        );
        Ruling::new("tools.size", text).at("arguments")
    }
}

/// A claim adds to what words and roles tell; where nothing tells anything, that is a class as well.
fn whole_risk(named: Risk, claimed: Risk, by_arguments: Risk) -> Risk {
    let told = named.and(by_arguments);
    let told = if told.is_none() {
        Risk::of(&[Class::Unknown])
    } else {
        told
    };
    told.and(claimed)
}

#[cfg(test)]
#[path = "../tests/tools_attack.rs"]
mod attack;
#[cfg(test)]
#[path = "../tests/tools/mod.rs"]
mod tests;
