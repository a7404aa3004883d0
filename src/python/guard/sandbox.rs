use std::{collections::BTreeSet, sync::Arc, time::Duration};

use ferrule::{
    ToolSandbox as Core,
    guard::audit::{Filter, Sink},
    policy,
    tool_sandbox::{Ended, Settings},
    types::{Error, Ruling},
};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyDict};
use serde_json::{Value, json};

use super::{
    Face, Folders, Given, Names, Patterns, answer,
    audit::{Audited, Callback, Called},
};
use crate::{
    convert::to_json,
    fault::{denied, raise},
    log,
    parse::parser::word,
    request::Keywords,
};

static FACE: Face<ToolSandbox> = Face::none();

/// Says which tools may be called, how often, and with what, and keeps a log of it. (It judges calls; what runs code
/// in a sandbox is another thing.)
///
/// `allowed_tools`, if given, are the only ones; `blocked_tools` never run. Names are `tool` or `server__tool`. Tools
/// whose names say that they run code need `allowed_high_risk_tools`. Paths and addresses in arguments are judged by
/// where they lead; `blocked_arg_patterns` are further regular expressions that no text may match. After
/// `max_calls_per_minute` calls of one tool it has to wait; 0 is no limit. `audit_callback` is told of every record.
///
/// `high_risk` (`"deny"`, `"ask"`, `"warn"`) says what becomes of tools that run code. Not said, they are refused
/// here, and run with a warning where the core calls them under this sandbox. `roots` are the folders that paths may
/// lead to; `private_addresses` (`"allow"`, `"ask"`, `"deny"`) is about this machine and its network.
///
/// >>> from ferrule.mcp import ToolSandbox
/// >>> sandbox = ToolSandbox(blocked_tools={"run_shell"})
/// >>> sandbox.validate_tool_execution("read_file", "files", {"path": "notes.txt"})
#[pyclass(module = "ferrule.mcp", frozen)]
pub struct ToolSandbox {
    core: Arc<Core>,
    callback: Option<Py<PyAny>>,
}

#[pymethods]
impl ToolSandbox {
    #[new]
    #[pyo3(signature = (
        allowed_tools=None, blocked_tools=None, allowed_high_risk_tools=None, blocked_arg_patterns=None,
        max_calls_per_minute=60, audit_callback=None, enabled=true, *,
        high_risk=None, roots=None, private_addresses=None
    ))]
    #[allow(clippy::too_many_arguments, reason = "the mirrored class has them")]
    fn new(
        py: Python<'_>,
        allowed_tools: Option<Names>,
        blocked_tools: Option<Names>,
        allowed_high_risk_tools: Option<Names>,
        blocked_arg_patterns: Option<Patterns>,
        max_calls_per_minute: i64,
        audit_callback: Option<Called>,
        enabled: bool,
        high_risk: Option<String>,
        roots: Option<Folders>,
        private_addresses: Option<String>,
    ) -> PyResult<Self> {
        let usual = Settings::default();
        let roots = roots.unwrap_or_default().0;
        let settings = Settings {
            allowed_tools: allowed_tools.map(|names| names.0.into_iter().collect()),
            blocked_tools: set(blocked_tools),
            allowed_high_risk_tools: set(allowed_high_risk_tools),
            blocked_arg_patterns: blocked_arg_patterns.unwrap_or_default().0,
            max_calls_per_minute: count("max_calls_per_minute", max_calls_per_minute)?,
            enabled,
            high_risk: high_risk
                .as_deref()
                .map(|said| word("high_risk", said))
                .transpose()?,
            roots: roots
                .iter()
                .map(|root| root.to_string_lossy().into_owned())
                .collect(),
            private_addresses: match private_addresses.as_deref() {
                Some(said) => word("private_addresses", said)?,
                None => usual.private_addresses,
            },
        };
        let callback = audit_callback.map(|called| called.0);
        let sinks = callback.iter().map(|called| sink(py, called)).collect();
        Ok(ToolSandbox {
            core: Arc::new(Core::new(settings, sinks).map_err(raise)?),
            callback,
        })
    }

    /// Gives `None` if the tool may be called, and raises `MCPSecurityError` if not. A call that may be made counts
    /// for the limit.
    fn validate_tool_execution(
        &self,
        py: Python<'_>,
        tool_name: &str,
        server_name: &str,
        arguments: Given<'_>,
    ) -> PyResult<()> {
        log::follow(py)?;
        let arguments = match to_json("arguments", &arguments.0) {
            Ok(Value::Object(arguments)) => arguments,
            Ok(other) => return Err(raise(Error::invalid("arguments", "an object", other))),
            // What cannot be read cannot be judged.
            Err(wrong) if wrong.is_instance_of::<PyValueError>(py) => {
                let text = format!(
                    "Tool '{tool_name}' arguments cannot be judged: {}",
                    wrong.value(py)
                );
                return Err(denied(
                    &Ruling::new("tools.arguments", text).at("arguments"),
                ));
            }
            Err(other) => return Err(other),
        };
        answer(py, &self.core.judge(tool_name, server_name, arguments))
    }

    /// Writes down what became of a call. Secrets are redacted and long values cut first, in arguments and error.
    #[pyo3(signature = (tool_name, server_name, arguments, success, error_message=None, execution_time_ms=None))]
    #[allow(clippy::too_many_arguments, reason = "the mirrored method has them")]
    fn record_execution(
        &self,
        py: Python<'_>,
        tool_name: &str,
        server_name: &str,
        arguments: Given<'_>,
        success: bool,
        error_message: Option<String>,
        execution_time_ms: Option<f64>,
    ) -> PyResult<Audited> {
        log::follow(py)?;
        // A call that was made is written down, whatever it was made with.
        let arguments = to_json("arguments", &arguments.0)
            .unwrap_or_else(|_| json!({"[unreadable]": "arguments that are no JSON"}));
        let ended = Ended {
            success,
            error: error_message,
            took: execution_time_ms.and_then(|ms| Duration::try_from_secs_f64(ms / 1000.0).ok()),
        };
        let entry = self.core.record(tool_name, server_name, &arguments, &ended);
        log::hand_over(py)?;
        Ok(Audited(entry))
    }

    /// The newest records that fit, the oldest of them first. The filters are parts of names; with a `limit` of 0
    /// there are none.
    #[pyo3(signature = (limit=100, tool_filter=None, server_filter=None, errors_only=false))]
    fn get_audit_log(
        &self,
        limit: i64,
        tool_filter: Option<String>,
        server_filter: Option<String>,
        errors_only: bool,
    ) -> PyResult<Vec<Audited>> {
        let filter = Filter {
            limit: count("limit", limit)? as usize,
            tool: tool_filter,
            server: server_filter,
            errors_only,
            ..Filter::default()
        };
        let entries = self.core.audit().ring().entries(&filter);
        Ok(entries.into_iter().map(Audited).collect())
    }

    /// Forgets all records, and says how many they were.
    fn clear_audit_log(&self) -> usize {
        self.core.audit().ring().clear()
    }

    #[getter]
    fn allowed_tools(&self) -> Option<BTreeSet<String>> {
        self.core.settings().allowed_tools.clone()
    }

    #[getter]
    fn blocked_tools(&self) -> BTreeSet<String> {
        self.core.settings().blocked_tools.clone()
    }

    #[getter]
    fn allowed_high_risk_tools(&self) -> BTreeSet<String> {
        self.core.settings().allowed_high_risk_tools.clone()
    }

    /// Beside what the roles of parameters tell.
    #[getter]
    fn blocked_arg_patterns(&self) -> Vec<String> {
        self.core.settings().blocked_arg_patterns.clone()
    }

    #[getter]
    fn max_calls_per_minute(&self) -> u32 {
        self.core.settings().max_calls_per_minute
    }

    #[getter]
    fn audit_callback(&self, py: Python<'_>) -> Option<Called> {
        self.callback
            .as_ref()
            .map(|called| Called(called.clone_ref(py)))
    }

    #[getter]
    fn enabled(&self) -> bool {
        self.core.settings().enabled
    }

    /// For pickling and copying: the settings, without log and counts.
    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<((), Keywords<'py>)> {
        let settings = self.core.settings();
        let words = PyDict::new(py);
        words.set_item("allowed_tools", settings.allowed_tools.clone())?;
        words.set_item("blocked_tools", settings.blocked_tools.clone())?;
        words.set_item(
            "allowed_high_risk_tools",
            settings.allowed_high_risk_tools.clone(),
        )?;
        words.set_item("blocked_arg_patterns", &settings.blocked_arg_patterns)?;
        words.set_item("max_calls_per_minute", settings.max_calls_per_minute)?;
        words.set_item("audit_callback", self.callback.as_ref())?;
        words.set_item("enabled", settings.enabled)?;
        words.set_item("high_risk", settings.high_risk.and_then(said))?;
        words.set_item("roots", &settings.roots)?;
        words.set_item("private_addresses", said(settings.private_addresses))?;
        Ok(((), Keywords(words)))
    }

    fn __repr__(&self) -> String {
        let settings = self.core.settings();
        let allowed = settings.allowed_tools.as_ref();
        let allowed = allowed.map_or_else(|| "any".to_owned(), |tools| tools.len().to_string());
        format!(
            "ToolSandbox({allowed} tools allowed, {} blocked, {} calls per minute, enabled={})",
            settings.blocked_tools.len(),
            settings.max_calls_per_minute,
            if settings.enabled { "True" } else { "False" }
        )
    }
}

/// The rules of tools that are in force, with their log.
#[pyfunction]
pub fn get_sandbox(py: Python<'_>) -> PyResult<Py<ToolSandbox>> {
    let core = policy::sandbox();
    FACE.show(
        py,
        |face| Arc::ptr_eq(&face.get().core, &core),
        || {
            let core = Arc::clone(&core);
            Py::new(
                py,
                ToolSandbox {
                    core,
                    callback: None,
                },
            )
        },
    )
}

/// Sets the rules of tools for the whole process: for whatever calls a tool from now on. `None` puts the default
/// ones back, with an empty log.
#[pyfunction]
#[pyo3(signature = (sandbox))]
pub fn set_sandbox(sandbox: Option<Py<ToolSandbox>>) {
    policy::set_sandbox(sandbox.as_ref().map(|face| Arc::clone(&face.get().core)));
    FACE.keep(sandbox);
}

fn sink(py: Python<'_>, called: &Py<PyAny>) -> Arc<dyn Sink> {
    Arc::new(Callback(called.clone_ref(py)))
}

fn set(names: Option<Names>) -> BTreeSet<String> {
    names.unwrap_or_default().0.into_iter().collect()
}

fn count(name: &'static str, number: i64) -> PyResult<u32> {
    u32::try_from(number).map_err(|_| {
        raise(Error::invalid(
            name,
            "a whole number from 0 to 4294967295",
            number,
        ))
    })
}

/// One of the core's words, as it is said.
fn said(word: impl serde::Serialize) -> Option<String> {
    let word = serde_json::to_value(word).ok()?;
    word.as_str().map(str::to_owned)
}
