use std::fmt;

use serde::{Deserialize, Serialize};

/// The guard's answer to "may this run?".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    Allow(Ruling),
    /// Only if somebody with the authority says so.
    Ask(Ruling),
    Deny(Ruling),
}

/// Why a verdict is what it is, and what holds because of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// The rule that decided, as the policy names it: `tools.blocked`, `launch.node.eval`.
    pub rule: String,

    /// The reason in words, for people and for the model.
    pub reason: String,

    /// What in the request made the rule speak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,

    /// What is really enforced, which may be less than what was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enforced: Vec<Enforced>,
}

/// A place in what was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The part by name: `command`, `args[2]`, `env.LD_PRELOAD`, `arguments.path`.
    pub part: String,

    /// The bytes of that part, from and up to, where the rule can point at them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<(usize, usize)>,
}

/// One protection, and whether it holds. A report lists what was asked for and did not come about
/// as well, so that nobody takes silence for safety.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enforced {
    /// What is protected: `filesystem`, `network`, `memory`, `time`.
    pub what: String,

    /// The mechanism that holds it; absent means that nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,

    /// The extent of it, or why it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Verdict {
    pub fn ruling(&self) -> &Ruling {
        match self {
            Verdict::Allow(ruling) | Verdict::Ask(ruling) | Verdict::Deny(ruling) => ruling,
        }
    }

    pub fn allows(&self) -> bool {
        matches!(self, Verdict::Allow(_))
    }
}

impl Ruling {
    pub fn new(rule: impl Into<String>, reason: impl Into<String>) -> Self {
        Ruling {
            rule: rule.into(),
            reason: reason.into(),
            place: None,
            enforced: Vec::new(),
        }
    }

    pub fn at(self, part: impl Into<String>) -> Self {
        Ruling {
            place: Some(Place {
                part: part.into(),
                span: None,
            }),
            ..self
        }
    }

    pub fn at_span(self, part: impl Into<String>, from: usize, to: usize) -> Self {
        Ruling {
            place: Some(Place {
                part: part.into(),
                span: Some((from, to)),
            }),
            ..self
        }
    }

    pub fn enforcing(self, enforced: Vec<Enforced>) -> Self {
        Ruling { enforced, ..self }
    }
}

impl Enforced {
    pub fn by(what: impl Into<String>, mechanism: impl Into<String>) -> Self {
        Enforced {
            what: what.into(),
            by: Some(mechanism.into()),
            note: None,
        }
    }

    pub fn missing(what: impl Into<String>, why: impl Into<String>) -> Self {
        Enforced {
            what: what.into(),
            by: None,
            note: Some(why.into()),
        }
    }

    pub fn holds(&self) -> bool {
        self.by.is_some()
    }
}

impl fmt::Display for Ruling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.reason)?;
        if let Some(place) = &self.place {
            write!(f, " (in {})", place.part)?;
        }
        write!(f, " [rule {}]", self.rule)
    }
}
