//! What may be set of the tool policy: plain values, as they stand in a configuration.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    path::Paths,
    risk::{Class, Risk},
};

/// What happens to a tool whose name says that it runs code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HighRisk {
    /// It runs, and the ruling says so.
    Warn,
    #[default]
    Ask,
    Deny,
}

/// What happens to an address on this machine or this network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrivateAddresses {
    Allow,
    /// Where a model wanted the call; whoever else names such an address means it.
    #[default]
    Ask,
    Deny,
}

/// The settings of a [`ToolPolicy`](super::ToolPolicy). Nothing in it stands for "the default" but absence: an empty list
/// is a list of nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Off, only the bounds hold.
    pub enabled: bool,
    /// These and no others.
    pub allowed_tools: Option<BTreeSet<String>>,
    pub blocked_tools: BTreeSet<String>,
    /// Run unasked in spite of their names.
    pub allowed_high_risk_tools: BTreeSet<String>,
    pub high_risk: HighRisk,
    /// The classes that ask, beside `runs_code`, which has a setting of its own.
    pub ask: Risk,
    /// Regular expressions that no text in the arguments may match, whatever its role.
    pub blocked_arg_patterns: Vec<String>,
    pub paths: Paths,
    pub private_addresses: PrivateAddresses,
    /// Servers that stand in the operator's configuration; absent, all of them do. Tools of no server always do.
    pub configured_servers: Option<BTreeSet<String>>,
    pub max_argument_bytes: usize,
    pub max_argument_depth: usize,
    /// Keys and items, all together.
    pub max_argument_values: usize,
    pub max_result_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            enabled: true,
            allowed_tools: None,
            blocked_tools: BTreeSet::new(),
            allowed_high_risk_tools: BTreeSet::new(),
            high_risk: HighRisk::default(),
            ask: Risk::of(&[Class::Deletes, Class::Spends]),
            blocked_arg_patterns: Vec::new(),
            paths: Paths::default(),
            private_addresses: PrivateAddresses::default(),
            configured_servers: None,
            max_argument_bytes: 1 << 20,
            max_argument_depth: 64,
            max_argument_values: 20_000,
            max_result_bytes: 1 << 20,
        }
    }
}
