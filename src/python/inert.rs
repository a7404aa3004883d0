//! Arguments and methods that the mirrored API has and that do nothing here yet.
//!
//! The caller sorts them by harm. What would change the answer, or leave something out that was
//! asked for, is refused; what only tunes speed or memory is ignored with a warning. It does not
//! know the arguments.

use std::ffi::CString;

use ferrule::types;
use pyo3::{exceptions::PyUserWarning, prelude::*};

use crate::fault::raise;

/// An argument's name, and whether it was given a value other than its default.
pub type Given = (&'static str, bool);

/// Fails for the first argument that was given.
pub fn refuse(owner: &str, arguments: &[Given]) -> PyResult<()> {
    match arguments.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((name, _)) => Err(raise(types::Error::unsupported(
            format!("`{name}` of {owner}"),
            format!("ferrule {}", ferrule::VERSION),
        ))),
    }
}

/// Warns of the arguments that were given, once for all. Python shows a warning once for each place in a program.
pub fn ignore(py: Python<'_>, owner: &str, arguments: &[Given]) -> PyResult<()> {
    let given = arguments.iter().filter(|(_, given)| *given);
    let names: Vec<String> = given.map(|(name, _)| format!("`{name}`")).collect();
    if names.is_empty() {
        return Ok(());
    }
    let names = names.join(", ");
    let text = format!("ferrule ignores {names} of {owner}: it would only tune speed or memory");
    let category = py.get_type::<PyUserWarning>();
    PyErr::warn(py, &category, &CString::new(text)?, 1)
}

/// Fails for what is not there, and says what does instead.
pub fn absent<T>(what: &str, instead: &str) -> PyResult<T> {
    Err(raise(types::Error::unsupported(
        format!("{what} ({instead})"),
        format!("ferrule {}", ferrule::VERSION),
    )))
}
