use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use ferrule::{
    guard::launch::{ALLOW_UNSAFE_ENV_VAR, Facts, Launch, LaunchPolicy},
    policy, runtime,
    types::{AskedBy, Verdict},
};
use pyo3::prelude::*;

use super::{Face, Names, Texts, answer, warn};
use crate::{log, release::Release as _};

const UNSAFE: &str = "ferrule: MCP security warning: unsafe mode: every command is allowed without validation; \
                      never use this in production";

static FACE: Face<MCPCommandValidator> = Face::none();

/// Says which MCP servers may be started or connected to. Each method gives `None` for a yes and raises
/// `MCPSecurityError` for a no, with the `rule` and the `place` that decided.
///
/// `allowed_commands` are the programs that may run, by name or by whole path: absent, those of
/// `ALLOWED_COMMANDS`; an empty set allows nothing. `custom_whitelist` adds to them. `allow_unsafe` switches every
/// check off, with a warning. Without `check_path_exists` a program need not be there.
///
/// >>> from ferrule.mcp import MCPCommandValidator
/// >>> MCPCommandValidator(check_path_exists=False).validate_command("npx", "files")
#[pyclass(module = "ferrule.mcp", frozen)]
pub struct MCPCommandValidator {
    policy: Arc<LaunchPolicy>,
}

#[pymethods]
impl MCPCommandValidator {
    #[new]
    #[pyo3(signature = (allowed_commands=None, allow_unsafe=false, custom_whitelist=None, check_path_exists=true))]
    fn new(
        py: Python<'_>,
        allowed_commands: Option<Names>,
        allow_unsafe: bool,
        custom_whitelist: Option<Names>,
        check_path_exists: bool,
    ) -> PyResult<Self> {
        if allow_unsafe {
            warn(py, UNSAFE)?;
        }
        let policy = LaunchPolicy {
            allowed_commands: allowed_commands.map(|names| names.0.into_iter().collect()),
            custom_whitelist: custom_whitelist.unwrap_or_default().0.into_iter().collect(),
            allow_unsafe,
            check_path_exists,
        };
        Ok(MCPCommandValidator {
            policy: Arc::new(policy),
        })
    }

    /// The command: listed, found, and nobody else's to change.
    fn validate_command(
        &self,
        py: Python<'_>,
        command: String,
        server_name: String,
    ) -> PyResult<()> {
        let launch = Launch {
            command: Some(command),
            ..of(server_name)
        };
        self.by(py, &launch, LaunchPolicy::judge_command)
    }

    /// The arguments as strings, whatever the program.
    fn validate_args(&self, py: Python<'_>, args: Texts, server_name: String) -> PyResult<()> {
        let launch = Launch {
            args: args.0,
            ..of(server_name)
        };
        self.by(py, &launch, LaunchPolicy::judge_args)
    }

    /// The arguments as the program reads them.
    fn validate_command_args(
        &self,
        py: Python<'_>,
        command: String,
        args: Texts,
        server_name: String,
    ) -> PyResult<()> {
        let launch = Launch {
            command: Some(command),
            args: args.0,
            ..of(server_name)
        };
        self.by(py, &launch, LaunchPolicy::judge_command_args)
    }

    /// The environment variables that are set for the server.
    #[pyo3(signature = (env, server_name))]
    fn validate_env(
        &self,
        py: Python<'_>,
        env: Option<BTreeMap<String, String>>,
        server_name: String,
    ) -> PyResult<()> {
        let launch = Launch {
            env: env.unwrap_or_default(),
            ..of(server_name)
        };
        self.by(py, &launch, LaunchPolicy::judge_env)
    }

    /// The URL, with the addresses that its host has now; looking them up takes three seconds at most.
    fn validate_url(&self, py: Python<'_>, url: String, server_name: String) -> PyResult<()> {
        let launch = Launch {
            url: Some(url),
            ..of(server_name)
        };
        self.by(py, &launch, LaunchPolicy::judge_url)
    }

    /// The programs that may run, those of `custom_whitelist` among them.
    #[getter]
    fn allowed_commands(&self) -> BTreeSet<String> {
        self.policy.names().into_iter().map(str::to_owned).collect()
    }

    #[getter]
    fn allow_unsafe(&self) -> bool {
        self.policy.allow_unsafe
    }

    #[getter]
    fn check_path_exists(&self) -> bool {
        self.policy.check_path_exists
    }

    /// For pickling and copying.
    fn __getnewargs__(&self) -> (Option<BTreeSet<String>>, bool, BTreeSet<String>, bool) {
        let policy = &self.policy;
        (
            policy.allowed_commands.clone(),
            policy.allow_unsafe,
            policy.custom_whitelist.clone(),
            policy.check_path_exists,
        )
    }

    fn __repr__(&self) -> String {
        let policy = &self.policy;
        format!(
            "MCPCommandValidator({} commands, allow_unsafe={}, check_path_exists={})",
            policy.names().len(),
            spelled(policy.allow_unsafe),
            spelled(policy.check_path_exists)
        )
    }
}

impl MCPCommandValidator {
    fn by(
        &self,
        py: Python<'_>,
        launch: &Launch,
        judge: fn(&LaunchPolicy, &Launch, &Facts) -> Verdict,
    ) -> PyResult<()> {
        log::follow(py)?;
        let facts = Facts {
            addresses: addresses(py, launch)?,
            ..policy::facts_here(launch)
        };
        let verdict = judge(&self.policy, launch, &facts);
        policy::tell(launch, &verdict);
        answer(py, &verdict)
    }
}

/// The rules of launches that are in force. Unless some were set, the first call looks at `VLLM_MCP_ALLOW_UNSAFE`:
/// `1` switches every check off, with a warning.
#[pyfunction]
pub fn get_validator(py: Python<'_>) -> PyResult<Py<MCPCommandValidator>> {
    obey_environment(py)?;
    let policy = policy::validator();
    FACE.show(
        py,
        |face| Arc::ptr_eq(&face.get().policy, &policy),
        || {
            let policy = Arc::clone(&policy);
            Py::new(py, MCPCommandValidator { policy })
        },
    )
}

/// Sets the rules of launches for the whole process: for whatever starts or reaches an MCP server from now on.
/// `None` puts the default ones back.
#[pyfunction]
#[pyo3(signature = (validator))]
pub fn set_validator(validator: Option<Py<MCPCommandValidator>>) {
    policy::set_validator(
        validator
            .as_ref()
            .map(|face| Arc::clone(&face.get().policy)),
    );
    FACE.keep(validator);
}

/// Says whether a server may be started or connected to, by the rules in force: `None` is a yes, a no raises
/// `MCPSecurityError`. A server of an `mcp.json` may be handed over as it stands there.
/// `skip_security_validation` vouches for the server, with a warning; never use it in production.
///
/// >>> from ferrule.mcp import validate_mcp_server_config
/// >>> validate_mcp_server_config("malicious", command="bash")
/// Traceback (most recent call last):
///     ...
/// ferrule.errors.MCPSecurityError: MCP server 'malicious': Command 'bash' is not in the allowed commands whitelist...
#[pyfunction]
#[pyo3(signature = (
    server_name, command=None, args=None, env=None, url=None, *, cwd=None, skip_security_validation=false
))]
#[allow(clippy::too_many_arguments, reason = "the mirrored function has them")]
pub fn validate_mcp_server_config(
    py: Python<'_>,
    server_name: String,
    command: Option<String>,
    args: Option<Texts>,
    env: Option<BTreeMap<String, String>>,
    url: Option<String>,
    cwd: Option<PathBuf>,
    skip_security_validation: bool,
) -> PyResult<()> {
    if skip_security_validation {
        let text = format!(
            "ferrule: MCP server '{server_name}': skip_security_validation is set, nothing is checked; never use \
             this in production"
        );
        warn(py, &text)?;
    }
    let launch = Launch {
        command,
        args: args.unwrap_or_default().0,
        env: env.unwrap_or_default(),
        cwd,
        url,
        skip_security_validation,
        ..of(server_name)
    };
    let validator = get_validator(py)?;
    validator.get().by(py, &launch, LaunchPolicy::judge)
}

/// What stands in a program is its operator's.
fn of(server: String) -> Launch {
    Launch {
        server,
        asked_by: AskedBy::Operator,
        ..Launch::default()
    }
}

fn addresses(py: Python<'_>, launch: &Launch) -> PyResult<Option<Vec<IpAddr>>> {
    match policy::host_to_resolve(launch) {
        // A forked process has no thread that could ask; then nobody has.
        Some(host) if !runtime::is_forked() => {
            py.wait(None, |_| async move { Ok(policy::addresses(host).await) })
        }
        _ => Ok(None),
    }
}

fn obey_environment(py: Python<'_>) -> PyResult<()> {
    static LOOKED: AtomicBool = AtomicBool::new(false);
    let asked = std::env::var(ALLOW_UNSAFE_ENV_VAR).is_ok_and(|value| value == "1");
    if LOOKED.swap(true, Ordering::Relaxed) || !asked || policy::has_validator() {
        return Ok(());
    }
    policy::set_validator(Some(Arc::new(LaunchPolicy {
        allow_unsafe: true,
        ..LaunchPolicy::default()
    })));
    warn(py, UNSAFE)
}

/// As Python writes it.
fn spelled(yes: bool) -> &'static str {
    if yes { "True" } else { "False" }
}
