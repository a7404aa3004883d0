//! A listed program that no other row knows, such as `mcp-server-git`: its arguments are its own, and data.

use super::{Rule, trial::Trial};

pub(super) static BINARY: Rule = Rule {
    name: "binary",
    names: &[],
    files: &[],
    refused: None,
    judge,
};

/// Nothing is known of its flags; what holds for every argument was judged before.
fn judge(_: &mut Trial, _: usize) {}
