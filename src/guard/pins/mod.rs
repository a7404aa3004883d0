//! What a server's definitions were when somebody trusted them, and what they are now.
//!
//! *In*: what a server offers ([`Offered`]: tools, instructions, prompts, templates) and the text of `mcp.lock`
//! ([`Lock::read`]). *Out*: [`Changes`], each with a diff that people can read, a [`Verdict`](ferrule_types::Verdict)
//! for one definition, and the lock's text anew ([`Lock::text`]). `canonical` spells a definition so that the order of
//! keys and the spelling of numbers do not matter; its SHA-256 is the **pin**.
//!
//! Trust on first use: a server, or a kind of definition, that the lock does not know is recorded as it is
//! ([`Lock::trust`]). From then on whatever is new or changed is quarantined until it is pinned ([`Lock::pin`]).
//!
//! **Protected**: a definition that changed after it was trusted, in any field that a model or a policy reads, does not
//! reach the model in [`Mode::Enforce`]. **Not protected**: what a server offers the first time; what it does when it is
//! called; `icons` and `_meta`, which no model sees. Whoever may write `mcp.lock` may trust.
//!
//! It does not know: where the file lies, who may write it, and how a server is reached.

mod canonical;
mod changes;
mod definition;
mod diff;
mod lock;
mod offered;

#[cfg(test)]
mod tests;

pub use canonical::{canonical_json, digest_json};
pub use changes::{Changed, Changes, Gone, Mode};
pub use definition::{canonical, digest};
pub use diff::Difference;
pub use lock::{Error, Lock, Trust};
pub use offered::{Item, Offered, Section};
