use std::time::Duration;

use bytes::Bytes;

use crate::{Error, Soon};

/// Whatever must outlive a process: pins, sessions, approvals, audit records.
///
/// Values are bytes, and what they mean is the namespace's business. Every operation is atomic; two
/// processes on one store see each other's writes.
pub trait Store: Send + Sync {
    fn get<'a>(&'a self, slot: &'a Slot) -> Soon<'a, Result<Option<Bytes>, Error>>;

    /// Replaces what is there. An earlier expiry is forgotten; with `keep` the value goes after
    /// that time.
    fn put<'a>(
        &'a self,
        slot: &'a Slot,
        value: Bytes,
        keep: Option<Duration>,
    ) -> Soon<'a, Result<(), Error>>;

    /// Adds to the end of what is there, and answers how long it is now. Records are framed by the
    /// caller, as lines of JSON for one. Expiry stays as it is.
    fn append<'a>(&'a self, slot: &'a Slot, record: Bytes) -> Soon<'a, Result<u64, Error>>;

    /// The keys of one principal that start with `prefix`, in order.
    fn list<'a>(
        &'a self,
        namespace: &'a str,
        principal: &'a str,
        prefix: &'a str,
    ) -> Soon<'a, Result<Vec<String>, Error>>;

    /// Lets the value go after this time; at once if it is zero. Answers whether there was one, so
    /// of several who expire a value at once exactly one is told that it was there.
    fn expire<'a>(&'a self, slot: &'a Slot, after: Duration) -> Soon<'a, Result<bool, Error>>;
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot {
    /// Whose kind of value: `pins`, `sessions`, `audit`.
    pub namespace: String,
    /// On whose behalf. No operation reaches from one principal into another.
    pub principal: String,
    pub key: String,
}

impl Slot {
    pub fn new(
        namespace: impl Into<String>,
        principal: impl Into<String>,
        key: impl Into<String>,
    ) -> Self {
        Slot {
            namespace: namespace.into(),
            principal: principal.into(),
            key: key.into(),
        }
    }
}
