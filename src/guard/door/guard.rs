//! Everything that stands between a wish for a call and the call: settings that may be swapped, and what is remembered.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use ferrule_types::{Context, ToolKey};

use crate::{
    approval::{Lasting, Memory, Modes, Pending, Remember},
    audit::Audit,
    flow::{self, Flow, When},
    pins::{self, Changes, Lock, Offered},
    rate::{Limits, Rates},
    text::Hygiene,
    tools::ToolPolicy,
};

/// What may be set. It is swapped as a whole, so that no call is judged by half of the old and half of the new.
#[derive(Debug, Clone)]
pub struct Rules {
    pub policy: ToolPolicy,
    pub limits: Limits,
    pub flow: flow::Settings,
    pub modes: Modes,
    pub pins: pins::Mode,
    pub descriptions: Hygiene,
    pub results: Hygiene,
    /// Whether somebody is there who may be asked. Where nobody is, what must be asked about is refused at once.
    pub approver: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            policy: ToolPolicy::default(),
            limits: Limits::default(),
            flow: flow::Settings::default(),
            modes: Modes::default(),
            pins: pins::Mode::default(),
            descriptions: Hygiene::descriptions(),
            results: Hygiene::results(),
            approver: true,
        }
    }
}

impl Rules {
    pub(super) fn flow_speaks(&self) -> bool {
        match self.flow.when {
            When::Off => false,
            When::WithApprover => self.approver,
            When::Always => true,
        }
    }
}

/// Tells the time since some moment of its own. The door hands in the real one, tests hand in theirs.
pub type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The guard of any number of toolboxes: they share its rates, its memory and its audit.
pub struct Guard {
    rules: RwLock<Arc<Rules>>,
    audit: RwLock<Arc<Audit>>,
    // Grows whenever what was shown may no longer be what is shown.
    generation: AtomicU64,
    pub(super) clock: Clock,
    pub(super) rates: Rates,
    pub(super) flow: Flow,
    pub(super) memory: Memory,
    pub(super) pending: Pending,
    lock: Mutex<Lock>,
    changes: Mutex<BTreeMap<String, Changes>>,
}

impl Guard {
    /// With the rules, the pins and the lasting answers that were kept, and a clock.
    pub fn with_clock(
        rules: Rules,
        lock: Lock,
        lasting: impl IntoIterator<Item = Lasting>,
        clock: Clock,
    ) -> Self {
        Guard {
            rules: RwLock::new(Arc::new(rules)),
            audit: RwLock::default(),
            generation: AtomicU64::new(0),
            clock,
            rates: Rates::default(),
            flow: Flow::default(),
            memory: Memory::with(lasting),
            pending: Pending::default(),
            lock: Mutex::new(lock),
            changes: Mutex::default(),
        }
    }

    pub fn rules(&self) -> Arc<Rules> {
        self.rules
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Sets other rules; calls that are under way keep those they began with.
    pub fn swap(&self, rules: Rules) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
        self.renew();
    }

    pub fn audit(&self) -> Arc<Audit> {
        self.audit
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Sends records elsewhere from now on.
    pub fn record_to(&self, audit: Arc<Audit>) {
        *self.audit.write().unwrap_or_else(PoisonError::into_inner) = audit;
    }

    /// Remembers a yes for longer than an answer can say. `pin` is the digest of the tool's definition.
    pub fn remember(
        &self,
        how: Remember,
        context: &Context,
        key: &ToolKey,
        call_digest: &str,
        pin: &str,
    ) {
        self.memory.keep(how, context, key, call_digest, pin);
    }

    /// The answers and their kin, for whoever keeps them, and for forgetting them.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Forgets what a session has read and what was approved in it: it has ended, and its name may be used again.
    pub fn end_session(&self, context: &Context) {
        self.flow.end(context);
        self.memory.end(context);
    }

    /// The text of `mcp.lock` as it should stand now.
    pub fn lock_text(&self) -> String {
        self.lock().text()
    }

    /// How each server's offer differed from its pins when it was last seen.
    pub fn changes(&self) -> BTreeMap<String, Changes> {
        self.changes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Pins what a server offers now.
    pub fn pin(&self, server: &str, offered: &Offered) {
        self.lock().pin(server, offered);
        self.renew();
    }

    /// Compares an offer with its pins, and trusts what is seen for the first time.
    pub(super) fn compare(&self, server: &str, offered: &Offered) -> Changes {
        let mut lock = self.lock();
        let changes = lock.compare(server, offered);
        lock.trust(server, offered);
        drop(lock);
        let mut kept = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(server.to_owned(), changes.clone());
        changes
    }

    pub(super) fn now(&self) -> Duration {
        (self.clock)()
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    fn renew(&self) {
        self.generation.fetch_add(1, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Lock> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
