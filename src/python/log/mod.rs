//! The core's logs become records of Python's `logging`, under `ferrule.<module>`.
//!
//! Events of any thread go in, by way of a `tracing` layer that only appends to a bounded queue
//! ([`bridge`]): it never touches Python, so no thread ever waits for the GIL in order to log. They
//! come out in [`hand_over`], which is called by threads that hold the GIL anyway and hold no lock
//! of ours: at the door out of the GIL, every 50 ms while something waits there, and when Python
//! exits.
//!
//! Which levels are worth an event is Python's decision (`getLogger("ferrule").setLevel(..)`),
//! looked up whenever the door opens; with `FERRULE_LOG` or `RUST_LOG` set, it is the filter in
//! there. It does not know what the events say.

mod bridge;

use std::{
    sync::{Mutex, OnceLock, PoisonError},
    time::UNIX_EPOCH,
};

use pyo3::{
    exceptions::PyException,
    prelude::*,
    sync::PyOnceLock,
    types::{PyCFunction, PyDict, PyTuple},
};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use bridge::{AsPythonWants, Bridge, ROOT, Record, python_level};

/// Whether the environment asked for logs; known from the first look at it.
static ASKED: OnceLock<bool> = OnceLock::new();

/// Installs the layer at its first call, and looks up what Python wants to hear.
pub fn follow(py: Python<'_>) -> PyResult<()> {
    let asked = match ASKED.get() {
        Some(asked) => *asked,
        None => install(py)?,
    };
    if !asked {
        bridge::pass(least_wanted(py)?);
    }
    Ok(())
}

/// Gives what has gathered to Python's loggers.
pub fn hand_over(py: Python<'_>) -> PyResult<()> {
    // Taken out first: a handler may call into ferrule, which logs.
    let (records, lost) = bridge::taken();
    if records.is_empty() {
        return Ok(());
    }
    let logging = py.import("logging")?;
    if lost > 0 {
        let logger = logging.call_method1("getLogger", (ROOT,))?;
        tell(
            py,
            logger.call_method1("warning", ("%d log records were lost", lost)),
        )?;
    }
    for record in records {
        tell(py, give(py, &logging, record))?;
    }
    Ok(())
}

/// A handler that fails is no reason for the caller's request to fail; Ctrl-C is.
fn tell(py: Python<'_>, told: PyResult<Bound<'_, PyAny>>) -> PyResult<()> {
    match told {
        Err(error) if error.is_instance_of::<PyException>(py) => {
            error.write_unraisable(py, None);
            Ok(())
        }
        other => other.map(drop),
    }
}

fn give<'py>(
    py: Python<'py>,
    logging: &Bound<'py, PyModule>,
    record: Record,
) -> PyResult<Bound<'py, PyAny>> {
    let name = logger_name(record.target);
    let logger = logging.call_method1("getLogger", (&name,))?;
    let wanted = logger.call_method1("isEnabledFor", (record.level,))?;
    if !wanted.is_truthy()? {
        return Ok(wanted);
    }
    let made = logger.call_method1(
        "makeRecord",
        (
            name,
            record.level,
            record.file,
            record.line,
            record.text,
            PyTuple::empty(py),
            py.None(),
        ),
    )?;
    // When and where it happened, not when and where it was handed over.
    let at = record.at.duration_since(UNIX_EPOCH).unwrap_or_default();
    made.setattr("created", at.as_secs_f64())?;
    made.setattr("msecs", f64::from(at.subsec_millis()))?;
    if let Some(thread) = record.thread {
        made.setattr("threadName", thread)?;
    }
    let heard = logger.call_method0("hasHandlers")?.is_truthy()?;
    if !heard && ASKED.get() == Some(&true) {
        // Asked for by the environment, in a program that set up no logging: to stderr then.
        return plain_handler(py, logging)?.call_method1("handle", (made,));
    }
    logger.call_method1("handle", (made,))
}

fn plain_handler<'py>(
    py: Python<'py>,
    logging: &Bound<'py, PyModule>,
) -> PyResult<Bound<'py, PyAny>> {
    static HANDLER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let handler = HANDLER.get_or_try_init(py, || {
        let handler = logging.call_method0("StreamHandler")?;
        let format = "%(asctime)s %(levelname)s %(name)s: %(message)s";
        let formatter = logging.call_method1("Formatter", (format,))?;
        handler.call_method1("setFormatter", (formatter,))?;
        Ok::<_, PyErr>(handler.unbind())
    })?;
    Ok(handler.bind(py).clone())
}

/// `ferrule_model::source::gguf` is `ferrule.model.source.gguf`, this crate `ferrule.python`; what is
/// not ours goes below us too.
fn logger_name(target: &str) -> String {
    let path = target.replace("::", ".");
    let below = match path.split_once('.').unwrap_or((&path, "")) {
        (ROOT, rest) => rest.to_owned(),
        ("_ferrule", rest) => format!("python.{rest}"),
        _ => path.strip_prefix("ferrule_").unwrap_or(&path).to_owned(),
    };
    format!("{ROOT}.{below}").trim_end_matches('.').to_owned()
}

fn install(py: Python<'_>) -> PyResult<bool> {
    let asked = ["FERRULE_LOG", "RUST_LOG"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if ASKED.set(asked).is_err() {
        return Ok(asked);
    }
    let layer: Box<dyn Layer<_> + Send + Sync> = if asked {
        let filter = ferrule::logging::filter();
        let logger = py.import("logging")?.call_method1("getLogger", (ROOT,))?;
        if !logger.getattr("level")?.is_truthy()? {
            // Else Python would drop what the environment asks for.
            logger.call_method1("setLevel", (least(&filter),))?;
        }
        Box::new(Bridge.with_filter(filter))
    } else {
        Box::new(Bridge.with_filter(AsPythonWants))
    };
    // Another subscriber, as that of the command line, keeps its place.
    let _ = tracing_subscriber::registry().with(layer).try_init();
    let last = |args: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| hand_over(args.py());
    let last = PyCFunction::new_closure(py, None, None, last)?;
    py.import("atexit")?.call_method1("register", (last,))?;
    Ok(asked)
}

fn least(filter: &EnvFilter) -> u8 {
    let most = filter.max_level_hint().and_then(LevelFilter::into_level);
    most.map_or(1, python_level)
}

/// The least level that `ferrule` or a logger below it would handle.
fn least_wanted(py: Python<'_>) -> PyResult<u8> {
    let logging = py.import("logging")?;
    let root = logging.call_method1("getLogger", (ROOT,))?;
    let mut least: u32 = root.call_method0("getEffectiveLevel")?.extract()?;
    let known = root.getattr("manager")?.getattr("loggerDict")?;
    let known = known.cast::<PyDict>()?;
    for name in names_below(known)? {
        // A placeholder for a logger that only has children has no level.
        let level = match known.get_item(name)? {
            Some(logger) => logger.getattr_opt("level")?,
            None => None,
        };
        // Level 0 means that the parent decides.
        if let Some(level) = level.filter(|level| level.is_truthy().unwrap_or(false)) {
            least = least.min(level.extract()?);
        }
    }
    Ok(u8::try_from(least).unwrap_or(u8::MAX))
}

/// The loggers below ours, of those that there are. Programs have hundreds, so all of them are only
/// looked at when there are more or fewer than the last time.
fn names_below(known: &Bound<'_, PyDict>) -> PyResult<Vec<String>> {
    static SEEN: Mutex<(usize, Vec<String>)> = Mutex::new((0, Vec::new()));
    // Never held while Python runs: another thread would wait for it with the GIL in its hands.
    let seen = || SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let count = known.len();
    let (before, names) = seen().clone();
    if before == count {
        return Ok(names);
    }
    let mut names = known.keys().extract::<Vec<String>>()?;
    names.retain(|name| {
        name.strip_prefix(ROOT)
            .is_some_and(|rest| rest.starts_with('.'))
    });
    *seen() = (count, names.clone());
    Ok(names)
}
