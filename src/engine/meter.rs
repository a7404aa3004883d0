//! What an engine counts.

use std::sync::{Mutex, PoisonError};

use ferrule_types::Stats;

#[derive(Debug, Default)]
pub struct Meter(Mutex<Stats>);

impl Meter {
    /// Changes the counts. Held for a moment only.
    pub fn count(&self, change: impl FnOnce(&mut Stats)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub fn stats(&self) -> Stats {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
