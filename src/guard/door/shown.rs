//! What a caller was shown, which is all that the caller may call.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use ferrule_types::{Context, Listed, Listing, Tool, ToolKey};

use super::guard::{Guard, Rules};
use crate::{
    pins::{self, Changes, Item, Offered},
    text::{Clash, clashes},
};

/// Callers whose listing is remembered; beyond, all are forgotten and listed anew.
const MOST_CALLERS: usize = 1024;

/// A tool as its server defines it, which is what is judged. What the model saw of it is cleaner.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) tool: Tool,
    pin: OnceLock<String>,
}

impl Known {
    /// The digest of the definition; made when it is first needed, which is when somebody is asked.
    pub(super) fn pin(&self) -> &str {
        self.pin.get_or_init(|| pins::digest(&self.tool))
    }
}

/// One caller's listing.
#[derive(Debug, Default)]
pub(super) struct Shown {
    generation: u64,
    tools: HashMap<ToolKey, Arc<Known>>,
}

impl Shown {
    pub(super) fn get(&self, key: &ToolKey) -> Option<Arc<Known>> {
        self.tools.get(key).cloned()
    }
}

/// The listings of all callers.
#[derive(Debug, Default)]
pub(super) struct Callers(Mutex<HashMap<Caller, Arc<Shown>>>);

type Caller = (Arc<str>, Option<Arc<str>>);

impl Callers {
    pub(super) fn keep(&self, context: &Context, shown: Shown) -> Arc<Shown> {
        let shown = Arc::new(shown);
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= MOST_CALLERS {
            callers.clear();
        }
        callers.insert(caller(context), shown.clone());
        shown
    }

    /// What this caller was shown, unless the rules have changed since.
    pub(super) fn of(&self, context: &Context, guard: &Guard) -> Option<Arc<Shown>> {
        let callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = callers.get(&caller(context))?;
        (shown.generation == guard.generation()).then(|| shown.clone())
    }
}

fn caller(context: &Context) -> Caller {
    (context.principal.clone(), context.session.clone())
}

impl Guard {
    /// Turns what a toolbox offers into what is shown of it.
    pub(super) fn show(&self, mut listing: Listing) -> (Listing, Shown) {
        let generation = self.generation();
        let rules = self.rules();
        self.drop_quarantined(&rules, &mut listing);
        drop_twins(&mut listing);
        listing
            .tools
            .retain(|listed| rules.policy.shows(&listed.key));
        let mut shown = Shown {
            generation,
            tools: HashMap::with_capacity(listing.tools.len()),
        };
        for listed in &mut listing.tools {
            let (clean, found) = rules.descriptions.clean_tool(&listed.tool);
            if found.iter().any(crate::text::Finding::alarms) {
                tracing::warn!(tool = %listed.key, ?found, "a tool's definition is suspicious");
            }
            let tool = std::mem::replace(&mut listed.tool, clean);
            let known = Known {
                tool,
                pin: OnceLock::new(),
            };
            shown.tools.insert(listed.key.clone(), Arc::new(known));
        }
        for text in listing.instructions.values_mut() {
            *text = rules.descriptions.clean(text).text;
        }
        (listing, shown)
    }

    /// Compares each server's part with its pins. The program's own functions are no server's and have none: who
    /// changes them is who runs them.
    fn drop_quarantined(&self, rules: &Rules, listing: &mut Listing) {
        if rules.pins == pins::Mode::Off {
            return;
        }
        let tools = listing.tools.iter().map(|listed| listed.key.server());
        let servers: BTreeSet<String> = tools
            .chain(listing.instructions.keys().map(String::as_str))
            .map(str::to_owned)
            .collect();
        // A server that could not be reached offers what it always did, and nothing may be concluded from its silence.
        let absent: Vec<_> = listing
            .absent
            .iter()
            .map(|absent| absent.server.clone())
            .collect();
        for server in servers
            .iter()
            .filter(|server| !server.is_empty() && !absent.contains(*server))
        {
            let changes = self.compare(server, &Offered::of(listing, server));
            tell(&changes);
            let hidden = |item: Item| changes.quarantines(rules.pins, &item);
            listing.tools.retain(|listed| {
                listed.key.server() != server || !hidden(Item::tool(&listed.tool.name))
            });
            if hidden(Item::instructions()) {
                listing.instructions.remove(server);
            }
        }
    }
}

fn tell(changes: &Changes) {
    if !changes.is_empty() {
        tracing::warn!(server = %changes.server, "definitions differ from their pins:\n{changes}");
    }
}

/// Of two tools under one key nobody can say which would be called, so neither is shown. Names that only look alike are
/// told: their keys differ, and what is called is the key.
fn drop_twins(listing: &mut Listing) {
    for clash in clashes(&listing.tools) {
        let keys: Vec<String> = clash.keys.iter().map(ToString::to_string).collect();
        if clash.clash.alarms() {
            tracing::warn!(?keys, clash = ?clash.clash, "names of tools are alike");
        }
        if clash.clash == Clash::Duplicate {
            listing
                .tools
                .retain(|listed: &Listed| !clash.keys.contains(&listed.key));
        }
    }
}
