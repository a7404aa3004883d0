//! The engine's thread: looks at the door, takes a step, and so on.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering::SeqCst},
    thread,
    time::{Duration, Instant},
};

use ferrule_model::{Cache, Loaded};
use ferrule_types::Error as SeamError;

use crate::{
    Error, Result,
    door::{Door, Found},
    meter::Meter,
    pace::Pace,
    scheduler::Scheduler,
    sequence::{Sequence, Share},
};

/// How often a thread with nothing to compute looks whether somebody gave up without ringing.
const NAP: Duration = Duration::from_millis(20);

pub struct Runner {
    pub model: Arc<Loaded>,
    pub cache: Cache,
    pub scheduler: Scheduler,
    pub door: Arc<Door<Sequence>>,
    pub meter: Arc<Meter>,
    /// How many may wait.
    pub queue: usize,
    pub pace: Pace,
}

impl Runner {
    /// Until the door is closed.
    pub fn run(mut self) {
        let mut is_ready = false;
        loop {
            match self.door.look(self.rest(is_ready)) {
                Found::Arrivals(arrivals) => self.scheduler.waiting.extend(arrivals),
                Found::Closed(arrivals) => {
                    self.scheduler.waiting.extend(arrivals);
                    self.scheduler.close(&|| Error::Closed.into());
                    return self.hand_over();
                }
            }
            self.scheduler.tidy();
            is_ready = self.guarded();
            self.count();
        }
    }

    /// Stays until slow readers have heard of the end.
    fn hand_over(mut self) {
        self.cache.clear();
        self.count();
        while !self.scheduler.is_empty() {
            thread::sleep(NAP);
            self.scheduler.tidy();
        }
        self.count();
    }

    /// How long to sleep at the door; `None` is not at all.
    fn rest(&self, is_ready: bool) -> Option<Duration> {
        if is_ready {
            None
        } else if self.scheduler.is_empty() {
            Some(Duration::from_hours(1))
        } else {
            Some(NAP)
        }
    }

    /// A step whose mistakes end the sequences in it and nothing else; whether it did anything.
    fn guarded(&mut self) -> bool {
        let shares = self.scheduler.plan(&mut self.cache, &self.pace);
        // A step is long, and those who ask in the meantime are told how many wait.
        self.count();
        if shares.is_empty() {
            return false;
        }
        // What a panic leaves half-done are the sequences of this step, and they end here.
        let error = match catch_unwind(AssertUnwindSafe(|| self.step(&shares))) {
            Ok(Ok(())) => return true,
            Ok(Err(e)) => {
                tracing::error!("a step failed: {e}");
                SeamError::behind(e)
            }
            Err(panic) => {
                tracing::error!("a step panicked: {}", said(panic.as_ref()));
                SeamError::behind(Error::Panicked)
            }
        };
        let error = Arc::new(error);
        self.scheduler.fail(&shares, &|| {
            SeamError::behind(Error::Step(Arc::clone(&error)))
        });
        true
    }

    fn step(&mut self, shares: &[Share]) -> Result<()> {
        let batch = self.scheduler.batch(shares)?;
        let started = Instant::now();
        let mut guided = self.scheduler.guided(shares);
        let (model, cache) = (&self.model, &mut self.cache);
        let is_guided = !guided.is_empty();
        let prepare = || guided.iter_mut().for_each(|(s, share)| s.prepare(share));
        let rows = beside(
            || model.decoder.forward(&batch, cache),
            is_guided.then_some(prepare),
        )?;
        self.pace.learn(batch.tokens().len(), started.elapsed());
        self.meter.count(|s| s.steps += 1);
        self.scheduler.settle(shares, &rows);
        Ok(())
    }

    fn count(&self) {
        let scheduler = &self.scheduler;
        // Those whose readers are behind wait for these, and take nobody's place in the queue, unless they are many.
        let all = scheduler.waiting.iter().chain(&scheduler.running);
        let behind = all.filter(|s| s.is_stalled()).count() + scheduler.parting.len();
        let waiting = scheduler.waiting.iter().filter(|s| !s.is_stalled()).count();
        let inside = waiting + behind.saturating_sub(self.queue);
        self.door.inside.store(inside, SeqCst);
        self.meter.count(|s| {
            s.running = scheduler.running.len() as u64;
            s.blocks_used = scheduler.blocks.used() as u64;
            s.blocks_cached = scheduler.blocks.idle() as u64;
            s.blocks_total = scheduler.blocks.limit() as u64;
            s.cache_bytes = self.cache.bytes();
            s.evictions = scheduler.blocks.evictions;
            s.preemptions = scheduler.preemptions;
            s.abandoned = scheduler.abandoned;
        });
    }
}

/// A thread that ends in a mistake leaves nobody waiting for it.
impl Drop for Runner {
    fn drop(&mut self) {
        self.door.close();
        drop(self.door.look(None));
    }
}

/// Does the one while the other is done on a thread of its own, if there is another.
fn beside<R>(one: impl FnOnce() -> R, other: Option<impl FnOnce() + Send>) -> R {
    let Some(other) = other else { return one() };
    thread::scope(|scope| {
        scope.spawn(other);
        one()
    })
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("nothing")
}
