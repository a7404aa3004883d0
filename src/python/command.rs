use std::{ffi::OsString, io::Write as _, iter};

use pyo3::prelude::*;

use crate::release::Release;

/// Runs the `ferrule` command and gives its exit status: what the console script calls. The
/// arguments are those of the process, unless some are given.
#[pyfunction]
#[pyo3(signature = (args=None))]
pub fn main(py: Python<'_>, args: Option<Vec<OsString>>) -> PyResult<u8> {
    let args = match args {
        Some(args) => args,
        None => py
            .import("sys")?
            .getattr("argv")?
            .extract::<Vec<OsString>>()?
            .split_off(1),
    };
    let before = default_interrupt(py)?;
    let status = py.hand_over(|| {
        let status = ferrule_cli::main_from(iter::once(OsString::from("ferrule")).chain(args));
        // Rust flushes when its own main ends, and this is Python's.
        let _ = std::io::stdout().flush();
        status
    });
    if let Some((signal, handler)) = before {
        signal.call_method1("signal", (signal.getattr("SIGINT")?, handler))?;
    }
    Ok(status)
}

/// Gives Ctrl-C back to the system, and says what had it. Python's own handler only takes a note,
/// which nobody would read before the command has ended.
fn default_interrupt(py: Python<'_>) -> PyResult<Option<(Bound<'_, PyModule>, Bound<'_, PyAny>)>> {
    let threading = py.import("threading")?;
    let main = threading.call_method0("main_thread")?;
    // Only the main thread may say what a signal does.
    if !threading.call_method0("current_thread")?.is(&main) {
        return Ok(None);
    }
    let signal = py.import("signal")?;
    let handler = signal.call_method1(
        "signal",
        (signal.getattr("SIGINT")?, signal.getattr("SIG_DFL")?),
    )?;
    Ok(Some((signal, handler)))
}
