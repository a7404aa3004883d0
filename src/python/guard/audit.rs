use ferrule::guard::{
    audit::{Entry, Failure, Sink},
    redact::redact_text,
};
use pyo3::{
    exceptions::{PyException, PyKeyboardInterrupt},
    inspect::PyStaticExpr,
    prelude::*,
};

use crate::{
    convert::{to_python, wrong_type},
    hint,
};

/// A record as Python sees it: an instance of `ferrule.audit.ToolExecutionAudit`.
pub struct Audited(pub Entry);

impl<'py> IntoPyObject<'py> for Audited {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    const OUTPUT_TYPE: PyStaticExpr = hint::AUDIT;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        shown(py, &self.0)
    }
}

fn shown<'py>(py: Python<'py>, entry: &Entry) -> PyResult<Bound<'py, PyAny>> {
    let class = py.import("ferrule.audit")?.getattr("ToolExecutionAudit")?;
    class.call1((
        entry.timestamp,
        &entry.tool_name,
        &entry.server_name,
        to_python(py, &entry.arguments)?,
        entry.success,
        entry.error_message.as_deref(),
        entry.execution_time_ms,
    ))
}

/// What Python passes for such a function.
pub struct Called(pub Py<PyAny>);

impl<'py> FromPyObject<'_, 'py> for Called {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::AUDIT_CALLBACK;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if object.is_callable() {
            return Ok(Called(object.to_owned().unbind()));
        }
        Err(wrong_type("a function of one record, or None", &object))
    }
}

impl<'py> IntoPyObject<'py> for Called {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    const OUTPUT_TYPE: PyStaticExpr = hint::AUDIT_CALLBACK;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(self.0.into_bound(py))
    }
}

/// A function of Python's that is told of every call.
pub struct Callback(pub Py<PyAny>);

impl Sink for Callback {
    fn record(&self, entry: &Entry) -> Result<(), Failure> {
        // `None` when there is no interpreter any more, and so nobody to be told.
        Python::try_attach(|py| self.tell(py, entry)).unwrap_or(Ok(()))
    }
}

impl Callback {
    fn tell(&self, py: Python<'_>, entry: &Entry) -> Result<(), Failure> {
        let told = shown(py, entry).and_then(|entry| self.0.call1(py, (entry,)));
        let Err(error) = told else { return Ok(()) };
        if error.is_instance_of::<PyKeyboardInterrupt>(py) {
            // It was meant for the program, which sees it as soon as the call is written down.
            let again = py
                .import("_thread")
                .and_then(|thread| thread.call_method0("interrupt_main"));
            return again.map(drop).map_err(|_| "it was interrupted".into());
        }
        let kind = if error.is_instance_of::<PyException>(py) {
            ""
        } else {
            " (which ends programs)"
        };
        Err(redact_text(&format!("it raised {error}{kind}")).into())
    }
}
