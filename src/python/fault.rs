//! Errors of the core become Python exceptions: one table from [`Kind`] to a class.
//!
//! A [`Fault`] goes in, a `PyErr` comes out, with the chain of causes as `__cause__`. The classes
//! themselves are Python (`ferrule/errors.py`), since only Python can derive one class from
//! `FerruleError` and a built-in one. It does not know what went wrong.

use std::{error::Error, io, time::Duration};

use ferrule::types::{Fault, Kind, Ruling};
use pyo3::{exceptions::PyRuntimeError, prelude::*, types::PyType};

const MODULE: &str = "ferrule.errors";

/// The class for a kind.
const fn class_name(kind: Kind) -> &'static str {
    match kind {
        Kind::InvalidInput => "InvalidInputError",
        Kind::NotFound => "NotFoundError",
        Kind::Unsupported => "UnsupportedError",
        Kind::Denied => "DeniedError",
        Kind::Limit => "LimitError",
        Kind::Timeout => "TimedOutError",
        Kind::Cancelled => "CancelledError",
        Kind::Upstream => "UpstreamError",
        Kind::Internal => "InternalError",
    }
}

/// The exception for an error of the core.
// By value, so that it stands in `map_err` without a closure.
#[allow(clippy::needless_pass_by_value)]
pub fn raise(fault: impl Fault) -> PyErr {
    raise_as(fault.kind(), &fault.to_string(), fault.source())
}

/// The exception for a panic in the core, which is always our own mistake.
pub fn panicked(what: &(dyn std::any::Any + Send)) -> PyErr {
    let text = what
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| what.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message");
    let text = format!("ferrule failed inside, please report it: {text}");
    raise_as(Kind::Internal, &text, None)
}

/// The exception for a caller's patience that came to its end.
pub fn timed_out(patience: Duration) -> PyErr {
    let text = format!("there was no answer within the timeout of {patience:?}");
    raise_as(Kind::Timeout, &text, None)
}

/// The exception for what the guard does not allow. It carries the rule and the place as well.
pub fn denied(ruling: &Ruling) -> PyErr {
    Python::attach(|py| {
        let error = exception(py, "MCPSecurityError", &ruling.reason);
        let place = ruling.place.as_ref().map(|place| place.part.as_str());
        let value = error.value(py);
        let told = value
            .setattr("rule", &ruling.rule)
            .and_then(|()| value.setattr("place", place));
        match told {
            Ok(()) => error,
            Err(problem) => problem,
        }
    })
}

fn raise_as(kind: Kind, text: &str, source: Option<&(dyn Error + 'static)>) -> PyErr {
    Python::attach(|py| {
        let error = exception(py, class_name(kind), text);
        error.set_cause(py, cause(py, text, source));
        error
    })
}

/// The next error of the chain that says something new, with those behind it.
fn cause(py: Python<'_>, above: &str, source: Option<&(dyn Error + 'static)>) -> Option<PyErr> {
    let source = source?;
    let text = source.to_string();
    if text == above {
        return cause(py, above, source.source());
    }
    let error = match source.downcast_ref::<io::Error>() {
        // Python has classes of its own for what an operating system says.
        Some(io) => io::Error::new(io.kind(), text.clone()).into(),
        None => exception(py, "FerruleError", &text),
    };
    error.set_cause(py, cause(py, &text, source.source()));
    Some(error)
}

fn exception(py: Python<'_>, class: &str, text: &str) -> PyErr {
    let made = py.import(MODULE).and_then(|module| {
        module
            .getattr(class)?
            .cast_into::<PyType>()
            .map_err(PyErr::from)
    });
    match made {
        Ok(class) => PyErr::from_type(class, text.to_owned()),
        // Half an installation: the extension without its package.
        Err(_) => PyRuntimeError::new_err(text.to_owned()),
    }
}
