//! The guard under the names of the API that it mirrors: `ferrule.mcp`.
//!
//! Rules of launches ([`validator`]) and of tools ([`sandbox`]) are made of Python's settings, and put into the
//! façade's slots; a question goes in, and what is no yes comes out as `MCPSecurityError`. Records of calls come out
//! as `ferrule.audit.ToolExecutionAudit` ([`audit`]). The tables are [`tables`].
//!
//! It does not know what any rule says, nor who asks. **Protected**: whatever the guard protects, for Python's own
//! questions as for those of the core, since the slots are the same. **Not protected**: a program whose own code puts
//! looser rules into the slots, or never asks.

pub mod audit;
pub mod sandbox;
pub mod tables;
pub mod validator;

use std::{ffi::CString, path::PathBuf, sync::Mutex};

use ferrule::types::Verdict;
use pyo3::{
    exceptions::PyUserWarning,
    inspect::PyStaticExpr,
    prelude::*,
    type_hint_union,
    types::{PyBytes, PyString},
};

use crate::{convert::wrong_type, fault::denied, hint, log};

/// Nothing for a yes; everything else is no, since there is nobody here to ask.
fn answer(py: Python<'_>, verdict: &Verdict) -> PyResult<()> {
    log::hand_over(py)?;
    match verdict {
        Verdict::Allow(_) => Ok(()),
        Verdict::Ask(ruling) | Verdict::Deny(ruling) => Err(denied(ruling)),
    }
}

/// Tells a program's author that protection was switched off; the log tells its keeper, at each check.
fn warn(py: Python<'_>, text: &str) -> PyResult<()> {
    let category = py.get_type::<PyUserWarning>();
    PyErr::warn(py, &category, &CString::new(text)?, 1)
}

/// The Python object of what stands in a slot: while it stands there, it is always the same one.
struct Face<T>(Mutex<Option<Py<T>>>);

impl<T> Face<T> {
    const fn none() -> Self {
        Face(Mutex::new(None))
    }

    /// The object that was shown last, if it is still the right one; else a new one.
    fn show(
        &self,
        py: Python<'_>,
        is_right: impl Fn(&Py<T>) -> bool,
        make: impl FnOnce() -> PyResult<Py<T>>,
    ) -> PyResult<Py<T>> {
        let shown = self.held().as_ref().map(|face| face.clone_ref(py));
        if let Some(face) = shown.filter(|face| is_right(face)) {
            return Ok(face);
        }
        let face = make()?;
        self.keep(Some(face.clone_ref(py)));
        Ok(face)
    }

    fn keep(&self, face: Option<Py<T>>) {
        let before = std::mem::replace(&mut *self.held(), face);
        // Outside of the lock: what an object does when it goes is its own.
        drop(before);
    }

    // Held for a moment only, and never while Python runs.
    fn held(&self) -> std::sync::MutexGuard<'_, Option<Py<T>>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Names, in any collection but a string, which would be one of its letters.
#[derive(Clone, Default)]
pub struct Names(pub Vec<String>);

impl<'py> FromPyObject<'_, 'py> for Names {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::NAMES_IN;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let wrong = || wrong_type("a set or a list of strings", &object);
        if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
            return Err(wrong());
        }
        let items = object.try_iter().map_err(|_| wrong())?;
        let read = items.map(|item| item?.extract::<String>());
        read.collect::<PyResult<_>>()
            .map(Names)
            .map_err(|_| wrong())
    }
}

/// Texts in their order.
#[derive(Clone, Default)]
pub struct Texts(pub Vec<String>);

impl<'py> FromPyObject<'_, 'py> for Texts {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::STRS_IN;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let read = object.extract().map(Texts);
        read.map_err(|_| wrong_type("a list of strings", &object))
    }
}

/// Regular expressions, compiled or not.
#[derive(Clone, Default)]
pub struct Patterns(pub Vec<String>);

impl<'py> FromPyObject<'_, 'py> for Patterns {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::PATTERNS_IN;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let wrong = || wrong_type("a list of regular expressions", &object);
        if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
            return Err(wrong());
        }
        let items = object.try_iter().map_err(|_| wrong())?;
        let read = items.map(|item| pattern(&item?));
        read.collect::<PyResult<_>>()
            .map(Patterns)
            .map_err(|_| wrong())
    }
}

/// Python's flags, and the letters that say the same within a pattern.
const FLAGS: &[(&str, &str)] = &[
    ("IGNORECASE", "(?i)"),
    ("MULTILINE", "(?m)"),
    ("DOTALL", "(?s)"),
    ("VERBOSE", "(?x)"),
];

fn pattern(item: &Bound<'_, PyAny>) -> PyResult<String> {
    if item.is_instance_of::<PyString>() {
        return item.extract();
    }
    let text: String = item.getattr("pattern")?.extract()?;
    let set: u32 = item.getattr("flags")?.extract()?;
    let re = item.py().import("re")?;
    let mut flags = String::new();
    for (name, letters) in FLAGS {
        let flag: u32 = re.getattr(*name)?.extract()?;
        flags.push_str(if set & flag == 0 { "" } else { letters });
    }
    Ok(flags + &text)
}

/// Folders, in any of Python's forms.
#[derive(Clone, Default)]
pub struct Folders(pub Vec<PathBuf>);

impl<'py> FromPyObject<'_, 'py> for Folders {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::PLACES_IN;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let wrong = || wrong_type("a list of paths", &object);
        if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
            return Err(wrong());
        }
        object.extract().map(Folders).map_err(|_| wrong())
    }
}

/// Arguments of a call as Python passes them: anything, so that what is wrong with them is told as a denial.
pub struct Given<'py>(pub Bound<'py, PyAny>);

impl<'py> FromPyObject<'_, 'py> for Given<'py> {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = type_hint_union!(hint::OBJECT_IN);

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Given(object.to_owned()))
    }
}
