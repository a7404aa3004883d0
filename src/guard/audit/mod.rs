//! Who called what, and how it went: for looking at now, and for proving later.
//!
//! *In*: an [`Entry`] for every call, denied ones too; its arguments and its error are redacted when it is made. *Out*:
//! the newest of them from a [`Ring`], and lines of a [`Chain`] for a file that somebody else writes. [`Audit`] hands
//! each entry to the ring and to every [`Sink`]; a sink that fails or panics is counted and hinders no call.
//!
//! **Protected**: [`verify`] finds a line that was edited, dropped, put elsewhere or cut off in its middle. **Not
//! protected**: whole lines cut off the end, unless the [`Head`] was kept somewhere else ([`verify_until`]); and a file
//! that was written anew from the start, since no key signs the chain.
//!
//! It does not know: files, clocks, and what a policy says.

mod chain;
mod entry;
mod ring;
mod sink;

#[cfg(test)]
mod tests;

pub use chain::{Broken, Chain, Fault, Head, verify, verify_from, verify_until};
pub use entry::{Decision, Entry};
pub use ring::{Filter, Ring};
pub use sink::{Audit, Failure, Sink};
