//! The half of the logs that never touches Python: a `tracing` layer that appends to a queue.
//!
//! Events of any thread go in; [`taken`] gives them out, oldest first. It does not know who takes
//! them, nor when.

use std::{
    collections::VecDeque,
    fmt::{self, Write as _},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, AtomicU64, Ordering::Relaxed},
    },
    time::SystemTime,
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    layer::{Context, Filter},
};

/// Above all of our targets, and the name of our topmost logger.
pub const ROOT: &str = "ferrule";

/// Python's number for warnings, which is what it handles unless it is told otherwise.
const WARNING: u8 = 30;

/// More than this while nobody takes them, and the oldest go.
const LONGEST: usize = 10_000;

static QUEUE: Mutex<VecDeque<Record>> = Mutex::new(VecDeque::new());
static LOST: AtomicU64 = AtomicU64::new(0);

/// The least of Python's levels that is worth a record.
static LEAST: AtomicU8 = AtomicU8::new(WARNING);

/// One event.
pub struct Record {
    pub level: u8,
    pub target: &'static str,
    pub file: &'static str,
    pub line: u32,
    pub text: String,
    pub thread: Option<String>,
    pub at: SystemTime,
}

/// What has gathered, and how many were lost since the last time.
pub fn taken() -> (VecDeque<Record>, u64) {
    (std::mem::take(&mut *queue()), LOST.swap(0, Relaxed))
}

/// Lets pass what is at least of this level of Python's.
pub fn pass(least: u8) {
    LEAST.store(least, Relaxed);
}

pub fn python_level(level: Level) -> u8 {
    match level {
        Level::ERROR => 40,
        Level::WARN => WARNING,
        Level::INFO => 20,
        Level::DEBUG => 10,
        Level::TRACE => 5,
    }
}

fn queue() -> MutexGuard<'static, VecDeque<Record>> {
    // Held for a push or a swap, which leave nothing half done.
    QUEUE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The layer that appends to the queue.
pub struct Bridge;

impl<S: Subscriber> Layer<S> for Bridge {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let mut text = Text::default();
        event.record(&mut text);
        let record = Record {
            level: python_level(*metadata.level()),
            target: metadata.target(),
            file: metadata.file().unwrap_or_default(),
            line: metadata.line().unwrap_or_default(),
            text: text.message + &text.fields,
            thread: std::thread::current().name().map(str::to_owned),
            at: SystemTime::now(),
        };
        let mut queue = queue();
        if queue.len() == LONGEST {
            queue.pop_front();
            LOST.fetch_add(1, Relaxed);
        }
        queue.push_back(record);
    }
}

/// Lets through what Python would handle, from our own crates.
pub struct AsPythonWants;

impl<S> Filter<S> for AsPythonWants {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        // This crate is `_ferrule`.
        let crate_name = metadata.target().trim_start_matches('_');
        crate_name.starts_with(ROOT) && python_level(*metadata.level()) >= LEAST.load(Relaxed)
    }
}

/// The message, and behind it the fields as `name=value`.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}
