//! What may run, for the whole process: one slot for the rules of launches, one for those of tools.
//!
//! Whoever starts a server or calls a tool asks here ([`judge_launch`], [`sandbox`]); whoever is the operator puts
//! other rules into the slots, and the next question is answered by them. A wish for a server goes in; the facts that
//! the rules judge by (the program's real path, the addresses of a host) are looked up here, within a bounded time;
//! a [`Verdict`] comes out.
//!
//! It does not know what the rules say, how a server is started, and who may be asked for an approval.

use std::{
    net::IpAddr,
    path::Path,
    sync::{Arc, Mutex, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use ferrule_guard::{
    door::{Guard, Rules},
    launch::{Facts, Launch, LaunchPolicy, Program},
    pins::Lock,
};
use ferrule_jail::Found;
use ferrule_types::Verdict;

use crate::{ToolSandbox, runtime};

/// A name that takes longer to resolve counts as one that nobody looked up.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is in force. Read at each check, so that a change holds from the next one on.
struct Slot<T>(RwLock<State<T>>);

struct State<T> {
    /// None until somebody asks.
    value: Option<Arc<T>>,
    /// Somebody set it; the default stands there otherwise.
    chosen: bool,
}

static VALIDATOR: Slot<LaunchPolicy> = Slot::empty();
static SANDBOX: Slot<ToolSandbox> = Slot::empty();
static GUARD: OnceLock<Arc<Guard>> = OnceLock::new();

/// The rules of launches; the default ones until somebody sets others.
pub fn validator() -> Arc<LaunchPolicy> {
    VALIDATOR.get()
}

/// Whether somebody has set rules of launches.
pub fn has_validator() -> bool {
    VALIDATOR.is_chosen()
}

/// Sets the rules of launches; with `None` the default ones come back.
pub fn set_validator(policy: Option<Arc<LaunchPolicy>>) {
    VALIDATOR.set(policy);
}

/// The rules of tools, with their log; the default ones until somebody sets others.
pub fn sandbox() -> Arc<ToolSandbox> {
    SANDBOX.get()
}

/// Sets the rules of tools; with `None` the default ones come back, with an empty log.
pub fn set_sandbox(sandbox: Option<Arc<ToolSandbox>>) {
    SANDBOX.set(sandbox);
    if let Some(guard) = GUARD.get() {
        obey(guard);
    }
}

/// The guard of the process. Who has more to say about it (pins, modes, an approver) swaps its rules; what
/// [`set_sandbox`] says is kept up to date.
pub fn guard() -> Arc<Guard> {
    let mut is_new = false;
    let guard = GUARD.get_or_init(|| {
        is_new = true;
        Arc::new(Guard::new(Rules::default(), Lock::default(), []))
    });
    if is_new {
        obey(guard);
    }
    Arc::clone(guard)
}

/// Brings the guard to what stands in the slot now.
fn obey(guard: &Guard) {
    static ORDER: Mutex<()> = Mutex::new(());
    // Whoever comes last has read the slot last.
    let _last = ORDER.lock().unwrap_or_else(PoisonError::into_inner);
    let sandbox = SANDBOX.get();
    let usual = Rules::default();
    let (policy, limits) = if SANDBOX.is_chosen() {
        (sandbox.at_the_door().clone(), sandbox.settings().limits())
    } else {
        (usual.policy, usual.limits)
    };
    guard.swap(Rules {
        policy,
        limits,
        ..Rules::clone(&guard.rules())
    });
    guard.record_to(Arc::clone(sandbox.audit()));
}

/// Whether a server may be started or connected to, by the rules in force. It waits for the host's addresses: inside
/// the runtime use [`facts`] and [`validator`].
pub fn judge_launch(launch: &Launch) -> Verdict {
    let mut facts = facts_here(launch);
    if let Some(host) = host_to_resolve(launch) {
        facts.addresses = runtime::block_on(addresses(host)).ok().flatten();
    }
    validator().judge(launch, &facts)
}

/// Looks up what the rules of launches judge by.
pub async fn facts(launch: &Launch) -> Facts {
    let mut facts = facts_here(launch);
    if let Some(host) = host_to_resolve(launch) {
        facts.addresses = addresses(host).await;
    }
    facts
}

/// Writes into the log what does not hold although a launch is allowed. The log is where an operator looks.
pub fn tell(launch: &Launch, verdict: &Verdict) {
    let Verdict::Allow(ruling) = verdict else {
        return;
    };
    for missing in ruling.enforced.iter().filter(|each| !each.holds()) {
        let why = missing.note.as_deref().unwrap_or_default();
        tracing::warn!(server = launch.server, what = missing.what, "{why}");
    }
}

/// What can be told without waiting for anybody: all but the addresses.
pub fn facts_here(launch: &Launch) -> Facts {
    let command = launch.command.as_deref().unwrap_or_default();
    Facts {
        program: program(command, launch.cwd.as_deref()),
        addresses: None,
    }
}

/// The host and port of the launch's URL, where a name has to be resolved before it can be judged.
pub fn host_to_resolve(launch: &Launch) -> Option<(String, u16)> {
    let url = url::Url::parse(launch.url.as_deref()?).ok()?;
    match url.host()? {
        url::Host::Domain(name) => Some((name.to_owned(), url.port_or_known_default()?)),
        // An address stands for itself.
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => None,
    }
}

/// The addresses of a host; none if nobody could tell in time. An answer without addresses is one.
pub async fn addresses((host, port): (String, u16)) -> Option<Vec<IpAddr>> {
    let asked = ferrule_jail::addresses(&host, port);
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(addresses)) => Some(addresses),
        Ok(Err(problem)) => {
            tracing::debug!(host, %problem, "the host's addresses are not known");
            None
        }
        Err(_) => {
            tracing::debug!(host, ?PATIENCE, "the host's addresses did not come in time");
            None
        }
    }
}

fn program(command: &str, cwd: Option<&Path>) -> Option<Program> {
    match ferrule_jail::probe(command, cwd) {
        Ok(found) => Some(as_program(command, &found)),
        Err(problem) => {
            tracing::debug!(command, %problem, "the command is not found");
            None
        }
    }
}

/// What the jail found, in the guard's words. The guard compares the command as it was written, so that this is what
/// `named` holds. The jail takes a stranger's file for one that others may write to.
fn as_program(command: &str, found: &Found) -> Program {
    Program {
        owner: found.owner,
        writable_by_others: found.writable_by_others,
        ..Program::at(command, &found.real)
    }
}

impl<T: Default> Slot<T> {
    const fn empty() -> Self {
        Slot(RwLock::new(State {
            value: None,
            chosen: false,
        }))
    }

    // Whatever panicked while it held the lock, it left one whole value or another.
    fn get(&self) -> Arc<T> {
        let here = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = &here.value {
            return Arc::clone(value);
        }
        drop(here);
        let mut here = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(here.value.get_or_insert_with(Arc::default))
    }

    fn is_chosen(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).chosen
    }

    fn set(&self, value: Option<Arc<T>>) {
        let next = State {
            chosen: value.is_some(),
            value,
        };
        let mut here = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *here, next);
        drop(here);
        // Outside of the lock: a callback that goes with it is foreign code.
        drop(before);
    }
}

#[cfg(test)]
mod tests {
    use ferrule_guard::tools::HighRisk;
    use ferrule_types::AskedBy;

    use super::*;
    use crate::tool_sandbox::Settings;

    // The slots are the process's own: one test for all of them.
    #[test]
    fn what_is_set_holds_at_the_door_and_keeps_what_else_was_said() {
        let key = |name| ferrule_types::ToolKey::split(name);
        let shows = |name| guard().rules().policy.shows(&key(name));
        let of = |settings| Arc::new(ToolSandbox::new(settings, Vec::new()).expect("settings"));
        let high_risk = || guard().rules().policy.settings().high_risk;
        assert!(shows("fs__run_shell"));
        assert_eq!(high_risk(), HighRisk::Ask);
        guard().swap(Rules {
            approver: false,
            ..Rules::clone(&guard().rules())
        });

        let blocking = of(Settings {
            blocked_tools: ["run_shell".to_owned()].into(),
            max_calls_per_minute: 7,
            ..Settings::default()
        });
        set_sandbox(Some(Arc::clone(&blocking)));
        assert!(!shows("fs__run_shell") && shows("fs__read_file"));
        assert_eq!(guard().rules().limits.per_tool, 7);
        assert_eq!(high_risk(), HighRisk::Warn);
        assert!(!guard().rules().approver);
        assert!(Arc::ptr_eq(&guard().audit(), blocking.audit()));
        set_sandbox(Some(of(Settings {
            high_risk: Some(HighRisk::Deny),
            ..Settings::default()
        })));
        assert_eq!(high_risk(), HighRisk::Deny);
        set_sandbox(None);
        assert!(shows("fs__run_shell"));
        assert_eq!(high_risk(), HighRisk::Ask);

        let launch = Launch::stdio("s", "sh", ["-c", "id"], AskedBy::Operator);
        assert!(!has_validator() && !judge_launch(&launch).allows());
        set_validator(Some(Arc::new(LaunchPolicy {
            allow_unsafe: true,
            ..LaunchPolicy::default()
        })));
        assert!(has_validator() && judge_launch(&launch).allows());
        set_validator(None);
        assert!(!has_validator() && !judge_launch(&launch).allows());
    }

    #[test]
    fn only_a_name_is_to_be_resolved() {
        let host = |url| host_to_resolve(&Launch::remote("s", url, AskedBy::Operator));
        assert_eq!(
            host("https://example.com/mcp"),
            Some(("example.com".to_owned(), 443))
        );
        assert_eq!(host("http://127.0.0.1:8000/"), None);
        assert_eq!(host("http://2130706433/"), None);
        assert_eq!(host("no url"), None);
    }

    #[test]
    fn a_program_is_named_as_it_was_written_and_found_where_it_really_is() {
        let found = program("sh", None).expect("every system that runs these tests has sh");
        assert_eq!(found.named, "sh");
        assert!(found.real.is_absolute(), "{:?}", found.real);
        assert!(!found.real.is_symlink(), "{:?}", found.real);
        assert!(program("no-such-program-anywhere", None).is_none());
        assert!(program("", None).is_none());
    }

    #[tokio::test]
    async fn a_host_without_addresses_is_one_that_nobody_looked_up() {
        // Reserved by RFC 6761: it resolves nowhere.
        let none = addresses(("no-such-host.invalid".to_owned(), 443)).await;
        assert_eq!(none.unwrap_or_default(), Vec::<IpAddr>::new());
        let here = addresses(("localhost".to_owned(), 80)).await;
        assert!(here.expect("localhost").iter().all(IpAddr::is_loopback));
    }
}
