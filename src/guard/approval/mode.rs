use std::collections::BTreeMap;

use ferrule_types::{AskedBy, Ruling, ToolKey, Verdict};
use serde::{Deserialize, Serialize};

use crate::tools::risk::{Class, Risk};

/// How readily a tool is asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Where policy or flow say so, and for servers that the operator did not configure.
    #[default]
    Auto,
    /// Never: what policy or flow would ask about runs. What policy denies is denied.
    Never,
    /// Whatever does not only read; answers that are remembered count.
    Ask,
    /// Every call, whatever was answered before.
    Always,
}

/// The modes: for one tool, for a server, for all others. The nearest counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Modes {
    pub default: Mode,
    pub servers: BTreeMap<String, Mode>,
    /// By the written key, `server__tool`.
    pub tools: BTreeMap<String, Mode>,
}

/// Whether somebody must be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    Nobody,
    /// A remembered answer will do.
    Anybody(Ruling),
    /// Somebody, now.
    Somebody(Ruling),
}

impl Modes {
    pub fn of(&self, key: &ToolKey) -> Mode {
        let by_tool = if self.tools.is_empty() {
            None
        } else {
            self.tools.get(key.name().as_ref())
        };
        by_tool
            .or_else(|| self.servers.get(key.server()))
            .copied()
            .unwrap_or(self.default)
    }

    /// `verdict` is the policy's, and no denial; `flow` the flow rule's; `configured` whether the operator configured the
    /// server.
    pub fn need(
        &self,
        key: &ToolKey,
        verdict: &Verdict,
        flow: Option<Ruling>,
        risk: Risk,
        asked_by: AskedBy,
        configured: bool,
    ) -> Need {
        let by_rules = match verdict {
            Verdict::Ask(ruling) => Some(ruling.clone()),
            _ => None,
        };
        let ask = |rule: &str, why: &str| {
            Ruling::new(rule, format!("tool '{}' needs approval: {why}", key.tool()))
        };
        match self.of(key) {
            Mode::Never => Need::Nobody,
            Mode::Always => Need::Somebody(
                by_rules
                    .or(flow)
                    .unwrap_or_else(|| ask("approval.always", "every call of it is asked about")),
            ),
            Mode::Ask => {
                let changes = risk != Risk::of(&[Class::Reads]);
                let ours = || changes.then(|| ask("approval.ask", &format!("it {risk}")));
                by_rules
                    .or(flow)
                    .or_else(ours)
                    .map_or(Need::Nobody, Need::Anybody)
            }
            // What an operator asks for with their own hand needs no second asking.
            Mode::Auto if asked_by == AskedBy::Operator => Need::Nobody,
            Mode::Auto => {
                let foreign = || {
                    (!configured)
                        .then(|| ask("approval.server", "its server is not in the configuration"))
                };
                by_rules
                    .or(flow)
                    .or_else(foreign)
                    .map_or(Need::Nobody, Need::Anybody)
            }
        }
    }
}
