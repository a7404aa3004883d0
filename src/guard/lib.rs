//! May this run, and why.
//!
//! *In*: a launch, a tool's definition, a call or a result, with the facts about the system that a rule needs (a real
//! path, resolved addresses, the time). *Out*: a [`Verdict`](ferrule_types::Verdict) with its rule and reason, a cleaned
//! text, a record. Rules are pure; `door` is the one file that awaits.
//!
//! It does not know: how a process is started, where files stand, what a model or a protocol is.

pub mod approval;
pub mod audit;
pub mod door;
pub mod flow;
pub mod launch;
pub mod pins;
pub mod rate;
pub mod redact;
pub mod text;
pub mod tools;

pub use door::{Guard, Guarded, Rules};
