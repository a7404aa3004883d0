//! The arguments of a call, each by the role of its parameter.

use ferrule_types::{AskedBy, Ruling, Verdict};

use super::{
    CallFacts, PrivateAddresses, ToolPolicy, address,
    path::{Severity, Wrong},
    risk::{Class, Risk},
    role::{self, Role},
    sql,
    walk::{Found, Walk},
};

/// So many texts are tried as the halves of one path, and so long.
const HALVES: usize = 8;
const LONGEST_HALF: usize = 256;

/// What the arguments alone tell of the risk: a parameter that takes a command runs it, whatever the tool is called.
pub(super) fn risk(walk: &Walk<'_>) -> Risk {
    walk.found
        .iter()
        .fold(Risk::default(), |risk, found| risk.and(risk_of(found)))
}

fn risk_of(found: &Found<'_>) -> Risk {
    match found.role {
        Role::Command if !found.text.trim().is_empty() => Risk::of(&[Class::RunsCode]),
        Role::Sql => sql::risk(found.text),
        Role::Url if role::by_shape(found.text) != Role::Path => Risk::of(&[Class::SendsOut]),
        _ => Risk::default(),
    }
}

/// The first denial, else the first question.
pub(super) fn judge(
    policy: &ToolPolicy,
    facts: &CallFacts<'_>,
    walk: &Walk<'_>,
) -> Option<Verdict> {
    let mut asked = None;
    for found in &walk.found {
        match judge_one(policy, facts, walk, found) {
            None | Some(Verdict::Allow(_)) => {}
            Some(Verdict::Ask(ruling)) => asked = asked.or(Some(Verdict::Ask(ruling))),
            denied => return denied,
        }
    }
    in_halves(policy, facts, walk).or(asked)
}

fn judge_one(
    policy: &ToolPolicy,
    facts: &CallFacts<'_>,
    walk: &Walk<'_>,
    found: &Found<'_>,
) -> Option<Verdict> {
    let at = Site { facts, walk, found };
    if let Some(pattern) = policy
        .patterns
        .iter()
        .find(|pattern| pattern.is_match(found.text))
    {
        return Some(at.blocked("tools.pattern", pattern.as_str(), ""));
    }
    // A key is a name before it is anything else.
    let role = match found.role {
        Role::Text => return None,
        Role::Unknown => role::by_shape(found.text),
        _ if found.is_key => role::by_shape(found.text),
        Role::Url if role::by_shape(found.text) == Role::Path => Role::Path,
        role => role,
    };
    match role {
        // `//host/path` is either.
        Role::Path if found.role == Role::Url && address::has_no_scheme(found.text) => {
            by_address(policy, &at).or_else(|| by_path(policy, &at, false))
        }
        Role::Path => by_path(policy, &at, found.role == Role::Unknown),
        Role::Url => by_file(policy, &at).or_else(|| by_address(policy, &at)),
        Role::Command => by_command(policy, &at),
        Role::Sql | Role::Text | Role::Unknown => None,
    }
}

/// One text of one call, for saying where something stands.
struct Site<'a> {
    facts: &'a CallFacts<'a>,
    walk: &'a Walk<'a>,
    found: &'a Found<'a>,
}

impl Site<'_> {
    fn place(&self) -> String {
        self.walk.place(self.found)
    }

    /// The mirrored text, and behind it what to do.
    fn blocked(&self, rule: &str, pattern: &str, what_to_do: &str) -> Verdict {
        let (tool, place) = (self.facts.call.key.tool(), self.place());
        let text = format!(
            "Tool '{tool}' argument '{place}' contains blocked pattern: {pattern}{what_to_do}"
        );
        Verdict::Deny(Ruling::new(rule, text).at(format!("arguments.{place}")))
    }
}

fn by_path(policy: &ToolPolicy, at: &Site<'_>, guessed: bool) -> Option<Verdict> {
    let text = at.found.text;
    let wrong = policy.roots.judge(text)?;
    // `/help` is a path only by its look, and in no root because it is none.
    if guessed && wrong == Wrong::Outside && text.trim_matches('/').split(['/', '\\']).count() < 2 {
        return None;
    }
    Some(refuse(at, wrong))
}

/// A file's address that does not look like one.
fn by_file(policy: &ToolPolicy, at: &Site<'_>) -> Option<Verdict> {
    let path = address::file(at.found.text)?;
    policy.roots.judge(&path).map(|wrong| refuse(at, wrong))
}

fn refuse(at: &Site<'_>, wrong: Wrong) -> Verdict {
    match wrong {
        Wrong::Protected {
            place,
            severity: Severity::Secret,
        } => at.blocked(
            "tools.path.protected",
            place,
            ". It is a protected place, which no setting opens",
        ),
        Wrong::Protected {
            place,
            severity: Severity::System,
        } => at.blocked(
            "tools.path.protected",
            place,
            ". It is a place of the system: name a root within it to open it",
        ),
        Wrong::Escapes => at.blocked(
            "tools.path.escapes",
            "../",
            ". It leaves the folder that it starts in: give a path within, or from the top",
        ),
        Wrong::Outside => at.blocked(
            "tools.path.outside",
            "/",
            ". It lies in none of the roots: give a path within one, or add a root",
        ),
        Wrong::Malformed => at.blocked(
            "tools.path.malformed",
            "\\0",
            ". No path holds it: leave it out",
        ),
    }
}

fn by_address(policy: &ToolPolicy, at: &Site<'_>) -> Option<Verdict> {
    match address::judge(at.found.text)? {
        address::Wrong::Metadata => Some(at.blocked(
            "tools.url.metadata",
            "metadata address",
            ". It hands out the credentials of this machine",
        )),
        address::Wrong::Scheme => {
            Some(at.blocked("tools.url.scheme", "URL scheme", ". Use http or https"))
        }
        address::Wrong::Private => by_private_address(policy, at),
    }
}

fn by_private_address(policy: &ToolPolicy, at: &Site<'_>) -> Option<Verdict> {
    let place = at.place();
    match policy.settings.private_addresses {
        PrivateAddresses::Allow => None,
        PrivateAddresses::Ask if at.facts.asked_by != AskedBy::Model => None,
        PrivateAddresses::Ask => {
            let text = format!(
                "tool '{}' needs approval: its argument '{place}' names this machine or this network",
                at.facts.call.key.tool()
            );
            Some(Verdict::Ask(
                Ruling::new("tools.url.private", text).at(format!("arguments.{place}")),
            ))
        }
        PrivateAddresses::Deny => Some(at.blocked(
            "tools.url.private",
            "private address",
            ". It names this machine or this network: set private_addresses to allow it",
        )),
    }
}

/// A command is asked about as a whole; only what names a secret is refused outright.
fn by_command(policy: &ToolPolicy, at: &Site<'_>) -> Option<Verdict> {
    let text = at.found.text;
    let cut = |c: char| c.is_whitespace() || ";|&<>()`\"'=,{}".contains(c);
    let wrong = text
        .split(cut)
        .filter(|word| !word.is_empty())
        .find_map(|word| policy.roots.judge_place(word));
    match wrong? {
        wrong @ Wrong::Protected {
            severity: Severity::Secret,
            ..
        } => Some(refuse(at, wrong)),
        _ => None,
    }
}

/// Two arguments that are harmless alone may be the halves of one path.
fn in_halves(policy: &ToolPolicy, facts: &CallFacts<'_>, walk: &Walk<'_>) -> Option<Verdict> {
    let short = |found: &&Found<'_>| {
        let may_be_part = matches!(found.role, Role::Path | Role::Unknown) && !found.is_key;
        may_be_part && !found.text.is_empty() && found.text.len() <= LONGEST_HALF
    };
    let parts: Vec<_> = walk.found.iter().filter(short).take(HALVES).collect();
    for first in parts
        .iter()
        .filter(|part| part.role == Role::Path || role::by_shape(part.text) == Role::Path)
    {
        for second in parts
            .iter()
            .filter(|part| !std::ptr::eq::<Found<'_>>(**part, *first))
        {
            let joined = [
                format!("{}/{}", first.text, second.text),
                format!("{}{}", first.text, second.text),
            ];
            // What is wrong with one of them alone has been said; together they may still lie in a root.
            if let Some(wrong) = joined
                .iter()
                .find_map(|path| policy.roots.judge_place(path))
            {
                return Some(refuse(
                    &Site {
                        facts,
                        walk,
                        found: second,
                    },
                    wrong,
                ));
            }
        }
    }
    None
}
