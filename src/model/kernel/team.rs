//! Work shared between threads: the caller and a team of helpers that lives as long as the process.
//!
//! Items are dealt one at a time by a counter, so whoever is slow or put aside by the system does less.
//! Several callers may share at once, and an item may share again: a caller takes part in its own work and
//! waits only for helpers that are inside it, so that nobody can wait in a circle.
//!
//! Not rayon, which was measured beside it on two cores that five other processes kept busy, called from a
//! thread outside its pool: its regions cost 10 to 12 µs where there is nothing to do (here 0.3 to 0.6), and
//! sixteen items of 1 µs took 27 µs (here 15; the slowest twentieth took 60 here and 30 there). Products as in decoding a model of a billion weights came to
//! the same under that load (24 to 36 tokens a second in both): neither waits on a barrier for a thread that
//! has lost its core.

use std::{
    any::Any,
    num::NonZero,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    ptr::NonNull,
    sync::{
        Condvar, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, Thread},
    time::{Duration, Instant},
};

/// Work (in multiplications or the like) that pays for calling one helper.
const WORTH_A_HELPER: usize = 1 << 15;
/// How long a thread looks for news before it sleeps. Long enough to bridge the gap between two products
/// of a layer, short enough that nobody else on the machine misses the core.
const WATCH: Duration = Duration::from_micros(40);

/// Calls `f` with every number below `count`, on as many threads as `work_per_item` pays for.
pub fn share(count: usize, work_per_item: usize, f: impl Fn(usize) + Sync) {
    let worth = count.saturating_mul(work_per_item) / WORTH_A_HELPER;
    let helpers = worth.min(count.saturating_sub(1));
    if helpers == 0 {
        (0..count).for_each(f);
        return;
    }
    Team::global().share(count, helpers, &f);
}

/// Calls `f` with every chunk of `out` and its number.
pub fn share_chunks<T: Send>(
    out: &mut [T],
    chunk: usize,
    work_per_chunk: usize,
    f: impl Fn(usize, &mut [T]) + Sync,
) {
    let parts = Parts::new(out);
    let chunk = chunk.max(1);
    share(parts.length.div_ceil(chunk), work_per_chunk, |i| {
        let start = i * chunk;
        // SAFETY: chunks of different numbers do not overlap, and every number is dealt once.
        f(i, unsafe {
            parts.part(start, chunk.min(parts.length - start))
        });
    });
}

/// A slice whose parts are handed to different threads.
pub struct Parts<T> {
    start: *mut T,
    length: usize,
}

// SAFETY: parts are only taken under the promise that they do not overlap, as slices that may be sent.
unsafe impl<T: Send> Sync for Parts<T> {}

impl<T> Parts<T> {
    /// The slice must not be used while parts of it are.
    pub fn new(all: &mut [T]) -> Self {
        Self {
            start: all.as_mut_ptr(),
            length: all.len(),
        }
    }

    /// # Safety
    /// Parts that exist at the same time must not overlap, nor outlive the slice.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn part(&self, start: usize, length: usize) -> &mut [T] {
        assert!(start <= self.length && length <= self.length - start);
        // SAFETY: it lies inside the slice; the caller promises the rest.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(start), length) }
    }
}

/// One call of [`share`]; it stands on the caller's stack.
struct Job<'a> {
    run: &'a (dyn Fn(usize) + Sync),
    count: usize,
    /// The next item to be dealt. Written by everyone who takes one.
    next: AtomicUsize,
    /// How many helpers may still come. Written under the team's lock.
    wanted: AtomicUsize,
    /// Helpers that are inside. Raised under the lock, lowered by a helper as the last thing it does
    /// with the job, read by the caller, which waits for none.
    inside: AtomicUsize,
    caller: Thread,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Job<'_> {
    /// Takes items until none is left.
    fn take_part(&self) {
        let all = AssertUnwindSafe(|| {
            loop {
                let item = self.next.fetch_add(1, Ordering::Relaxed);
                if item >= self.count {
                    break;
                }
                (self.run)(item);
            }
        });
        if let Err(panic) = catch_unwind(all) {
            self.next.store(self.count, Ordering::Relaxed);
            lock(&self.panic).get_or_insert(panic);
        }
    }

    fn is_open(&self) -> bool {
        self.wanted.load(Ordering::Relaxed) > 0 && self.next.load(Ordering::Relaxed) < self.count
    }
}

/// A job that is on the board; its caller takes it off before it ends.
#[derive(Clone, Copy, PartialEq)]
struct Posted(NonNull<Job<'static>>);

// SAFETY: a job is made for being used from several threads.
unsafe impl Send for Posted {}

/// What the lock guards.
struct Board {
    jobs: Vec<Posted>,
    sleeping: usize,
}

struct Team {
    helpers: usize,
    board: Mutex<Board>,
    bell: Condvar,
    /// Counts postings. Written by callers, watched by helpers that are awake.
    news: AtomicUsize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing under a lock of ours can panic half way.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Team {
    fn global() -> &'static Self {
        static TEAM: OnceLock<&'static Team> = OnceLock::new();
        TEAM.get_or_init(|| Self::start(wanted_threads().saturating_sub(1)))
    }

    fn start(helpers: usize) -> &'static Self {
        let team: &'static Self = Box::leak(Box::new(Self {
            helpers,
            board: Mutex::new(Board {
                jobs: Vec::new(),
                sleeping: 0,
            }),
            bell: Condvar::new(),
            news: AtomicUsize::new(0),
        }));
        for i in 0..helpers {
            let name = format!("ferrule-compute-{i}");
            let started = thread::Builder::new().name(name).spawn(|| team.help());
            if let Err(e) = started {
                tracing::warn!("a compute thread could not be started: {e}");
            }
        }
        team
    }

    fn share(&self, count: usize, helpers: usize, run: &(dyn Fn(usize) + Sync)) {
        let helpers = helpers.min(self.helpers);
        let job = Job {
            run,
            count,
            next: AtomicUsize::new(0),
            wanted: AtomicUsize::new(helpers),
            inside: AtomicUsize::new(0),
            caller: thread::current(),
            panic: Mutex::new(None),
        };
        // The lifetime is put aside here: the job is taken off the board and left by all before this returns.
        let posted = Posted(NonNull::from(&job).cast());
        if helpers > 0 {
            self.post(posted, helpers);
        }
        job.take_part();
        if helpers > 0 {
            lock(&self.board).jobs.retain(|j| *j != posted);
            // No new helper can come now; wait for those that are inside.
            let since = Instant::now();
            while job.inside.load(Ordering::Acquire) > 0 {
                if since.elapsed() < WATCH {
                    std::hint::spin_loop();
                } else {
                    thread::park();
                }
            }
        }
        let panic = lock(&job.panic).take();
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }

    fn post(&self, job: Posted, helpers: usize) {
        let mut board = lock(&self.board);
        board.jobs.push(job);
        let to_wake = board.sleeping.min(helpers);
        self.news.fetch_add(1, Ordering::Release);
        drop(board);
        for _ in 0..to_wake {
            self.bell.notify_one();
        }
    }

    /// What a helper does all its life.
    fn help(&self) {
        loop {
            let seen = self.news.load(Ordering::Acquire);
            // Not within the `if let`: there the lock would be held while the helper works.
            let joined = Self::join(&lock(&self.board));
            if let Some(job) = joined {
                Self::serve(job);
                continue;
            }
            let since = Instant::now();
            while self.news.load(Ordering::Acquire) == seen && since.elapsed() < WATCH {
                for _ in 0..8 {
                    std::hint::spin_loop();
                }
            }
            let mut board = lock(&self.board);
            if self.news.load(Ordering::Acquire) == seen {
                board.sleeping += 1;
                board = self
                    .bell
                    .wait(board)
                    .unwrap_or_else(PoisonError::into_inner);
                board.sleeping -= 1;
            }
        }
    }

    /// Enters a job that still wants someone.
    fn join(board: &Board) -> Option<Posted> {
        board.jobs.iter().copied().find(|posted| {
            // SAFETY: the job is on the board and the board is locked, so its caller has not left.
            let job = unsafe { posted.0.as_ref() };
            let open = job.is_open();
            if open {
                job.wanted.fetch_sub(1, Ordering::Relaxed);
                job.inside.fetch_add(1, Ordering::Relaxed);
            }
            open
        })
    }

    fn serve(posted: Posted) {
        // SAFETY: this thread is counted as inside, so the caller waits for it.
        let job = unsafe { posted.0.as_ref() };
        let caller = job.caller.clone();
        job.take_part();
        if job.inside.fetch_sub(1, Ordering::Release) == 1 {
            // The job may be gone by now; the handle is our own.
            caller.unpark();
        }
    }
}

/// `FERRULE_THREADS`, or as many as the affinity mask and the container's quota give this process.
fn wanted_threads() -> usize {
    let given = std::env::var("FERRULE_THREADS").ok();
    let given = given.and_then(|n| n.trim().parse::<NonZero<usize>>().ok());
    let found = given.map_or_else(thread::available_parallelism, Ok);
    found.map_or(1, NonZero::get)
}

#[cfg(test)]
mod tests {
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::atomic::{AtomicUsize, Ordering},
    };

    use super::{Team, share, share_chunks};

    const MUCH: usize = 1 << 20;

    #[test]
    fn every_item_is_dealt_once() {
        for count in [0, 1, 2, 3, 100, 1000] {
            let seen: Vec<AtomicUsize> = (0..count).map(|_| AtomicUsize::new(0)).collect();
            Team::start(3).share(count, 3, &|i| {
                seen[i].fetch_add(1, Ordering::Relaxed);
            });
            assert!(seen.iter().all(|n| n.load(Ordering::Relaxed) == 1));
        }
    }

    #[test]
    fn chunks_cover_a_slice_and_the_last_may_be_short() {
        let mut out = vec![0; 1003];
        share_chunks(&mut out, 10, MUCH, |i, part| part.fill(i + 1));
        assert!(out.iter().enumerate().all(|(at, v)| *v == at / 10 + 1));
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_team_goes_on() {
        for _ in 0..20 {
            let result = catch_unwind(AssertUnwindSafe(|| {
                share(64, MUCH, |i| assert!(i != 33, "thirty-three"));
            }));
            let text = *result.unwrap_err().downcast::<&str>().unwrap();
            assert_eq!(text, "thirty-three");
            let sum = AtomicUsize::new(0);
            share(64, MUCH, |i| {
                sum.fetch_add(i, Ordering::Relaxed);
            });
            assert_eq!(sum.into_inner(), 64 * 63 / 2);
        }
    }

    #[test]
    fn several_callers_and_nested_calls_all_end() {
        let sum = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        share(8, MUCH, |_| {
                            share(8, MUCH, |i| {
                                sum.fetch_add(i, Ordering::Relaxed);
                            });
                        });
                    }
                });
            }
        });
        assert_eq!(sum.into_inner(), 4 * 50 * 8 * 28);
    }
}
