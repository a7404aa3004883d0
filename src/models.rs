//! Several models in one process, each loaded when it is first asked for.
//!
//! Names and options go in; [`Held`] models come out. A model is loaded once however many ask for
//! it, unloaded when it has been idle for its time, and kept within one budget of memory together
//! with the others. It does not know how a model is found or read, nor what is asked of one.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use ferrule_engine::Engine;
use ferrule_types::{
    Context, Error as SeamError, LoadSpec, Model, ModelCard, ModelStatus, Models, Residence, Soon,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Error, OpenOptions, Result,
    error::Shared,
    held::Held,
    load::{Ticket, await_load},
    runtime,
};

/// The models of a process. Clones are the same library; the last one takes the models along.
#[derive(Clone)]
pub struct Library {
    shelf: Arc<Shelf>,
}

/// How long an idle model stays, and what all of them may take.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keeping {
    /// What weights and caches of all models may take together, in bytes. Absent is no limit but the machine's.
    pub budget: Option<u64>,
    /// How long a model stays after its last answer, unless it has a time of its own: zero is not at all, absent
    /// is until somebody unloads it.
    pub keep_alive: Option<Duration>,
}

impl Library {
    pub fn new(keeping: Keeping) -> Self {
        Library {
            shelf: Arc::new(Shelf {
                keeping,
                state: Mutex::default(),
                closed: CancellationToken::new(),
            }),
        }
    }

    /// Adds a model without loading it, or changes how one will be loaded next. The first one is the default.
    pub fn add(&self, options: OpenOptions) -> Result<()> {
        self.add_for(options, self.shelf.keeping.keep_alive)
    }

    /// The same for a model that stays for a time of its own.
    pub fn add_for(&self, options: OpenOptions, keep_alive: Option<Duration>) -> Result<()> {
        let name = options.name().to_owned();
        let mut state = self.shelf.open()?;
        match state.find(&name) {
            Ok(entry) => (entry.options, entry.keep_alive) = (options, keep_alive),
            Err(_) => state
                .entries
                .push(Entry::new(name.clone(), options, keep_alive)),
        }
        state.default.get_or_insert(name);
        Ok(())
    }

    /// A model by name, loaded if need be; the default one without a name. Waits for as long as the context allows.
    pub async fn get(&self, context: &Context, name: Option<&str>) -> Result<Held> {
        let (name, ticket) = {
            let mut state = self.shelf.open()?;
            let name = state.named(name)?;
            let entry = state.find(&name)?;
            if let Place::Loaded { engine, .. } = &entry.place {
                entry.used = Instant::now();
                return Ok(Held::new(Arc::clone(engine), &self.shelf, &name));
            }
            let ticket = self.shelf.ticket(entry)?;
            (name, ticket)
        };
        let engine = await_load(context, &self.shelf.closed, &ticket).await?;
        Ok(Held::new(engine, &self.shelf, &name))
    }

    /// Takes a model out of memory; it stays listed, and is loaded again when it is asked for. Answers that are
    /// being written go on, and the memory is free after the last of them.
    pub fn unload(&self, name: &str) -> Result<()> {
        let mut state = self.shelf.open()?;
        let left = state.take(name)?;
        // What a model's end does is not known here: not under the lock.
        drop(state);
        drop(left);
        Ok(())
    }

    /// The same, and the model is no longer listed. The next one becomes the default.
    pub fn remove(&self, name: &str) -> Result<()> {
        let mut state = self.shelf.open()?;
        let left = state.take(name)?;
        state.entries.retain(|entry| entry.name != name);
        if state.default.as_deref() == Some(name) {
            state.default = state.entries.first().map(|entry| entry.name.clone());
        }
        drop(state);
        drop(left);
        Ok(())
    }

    /// The model of requests that name none.
    pub fn default_name(&self) -> Result<Option<String>> {
        Ok(self.shelf.open()?.default.clone())
    }

    pub fn set_default(&self, name: &str) -> Result<()> {
        let mut state = self.shelf.open()?;
        state.find(name)?;
        state.default = Some(name.to_owned());
        Ok(())
    }

    /// All models, in the order in which they were added.
    pub fn statuses(&self) -> Result<Vec<ModelStatus>> {
        let state = self.shelf.open()?;
        let default = state.default.as_deref();
        let entries = state.entries.iter();
        Ok(entries.map(|entry| entry.status(default)).collect())
    }

    /// Ends all answers with an error that says so, and takes all models out of memory. Nothing can be asked of
    /// this library afterwards.
    pub fn close(&self) {
        if runtime::is_forked() {
            return;
        }
        self.shelf.closed.cancel();
        let state = mem::take(&mut *self.shelf.state());
        for entry in &state.entries {
            if let Place::Loaded { engine, .. } = &entry.place {
                // An answer that nobody reads would be computed to its end otherwise.
                engine.close();
            }
        }
    }

    pub fn is_closed(&self) -> bool {
        self.shelf.closed.is_cancelled()
    }
}

/// What the clones of a library share.
pub(crate) struct Shelf {
    keeping: Keeping,
    state: Mutex<State>,
    closed: CancellationToken,
}

#[derive(Default)]
struct State {
    entries: Vec<Entry>,
    default: Option<String>,
    /// Unloaded while they answered: their memory is not free yet.
    leaving: Vec<(Weak<Engine>, u64)>,
}

struct Entry {
    name: String,
    options: OpenOptions,
    keep_alive: Option<Duration>,
    place: Place,
    card: Option<ModelCard>,
    /// When it was last asked for, or let go.
    used: Instant,
    /// Whether a task waits for its time to run out.
    watched: bool,
}

enum Place {
    Unloaded,
    /// The ticket lives as long as somebody waits; `cost` is reserved for it, in bytes.
    Loading {
        ticket: Weak<Ticket>,
        cost: u64,
    },
    Loaded {
        engine: Arc<Engine>,
        cost: u64,
    },
    Failed {
        reason: String,
    },
}

impl Shelf {
    pub fn closed(&self) -> &CancellationToken {
        &self.closed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Held for a moment only; nothing in here is half done when a thread panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<MutexGuard<'_, State>> {
        if runtime::is_forked() {
            return Err(Error::Forked);
        }
        if self.closed.is_cancelled() {
            return Err(Error::Closed);
        }
        Ok(self.state())
    }

    /// The ticket of a load that runs, or of one that begins now.
    fn ticket(self: &Arc<Self>, entry: &mut Entry) -> Result<Arc<Ticket>> {
        if let Place::Loading { ticket, .. } = &entry.place
            && let Some(ticket) = ticket.upgrade()
        {
            return Ok(ticket);
        }
        let options = entry.options.clone();
        let ticket = Ticket::start(self, &runtime::handle()?, options);
        let waiting = Arc::downgrade(&ticket);
        entry.place = Place::Loading {
            ticket: waiting,
            cost: 0,
        };
        Ok(ticket)
    }

    /// Makes room for a model that is about to be loaded, and reserves it.
    pub fn reserve(&self, name: &str, cost: u64) -> Result<()> {
        let mut left = Vec::new();
        let mut state = self.state();
        let taken = loop {
            let used = state.used_beside(name);
            let Some(budget) = self.keeping.budget else {
                break Ok(());
            };
            if used.saturating_add(cost) <= budget {
                break Ok(());
            }
            let Some(idle) = state.longest_idle(name) else {
                break Err(Error::NoRoom {
                    name: name.to_owned(),
                    needed_mb: cost.div_ceil(1 << 20),
                    used_mb: used.div_ceil(1 << 20),
                    budget_mb: budget >> 20,
                });
            };
            tracing::info!(model = idle.name, "unloaded to make room for {name}");
            left.push(mem::replace(&mut idle.place, Place::Unloaded));
        };
        if let Ok(Entry {
            place: Place::Loading { cost: reserved, .. },
            ..
        }) = state.find(name)
        {
            *reserved = cost;
        }
        drop(state);
        // Frees the memory before the newcomer takes it, and not under the lock.
        drop(left);
        taken
    }

    /// What became of a load. Nobody may want it any more.
    pub fn arrived(
        self: &Arc<Self>,
        name: &str,
        ticket: &Weak<Ticket>,
        loaded: &Result<Arc<Engine>, Shared>,
    ) {
        let mut state = self.state();
        let Ok(entry) = state.find(name) else {
            return;
        };
        let cost = match &entry.place {
            Place::Loading { ticket: ours, cost } if ours.ptr_eq(ticket) => *cost,
            _ => return,
        };
        entry.used = Instant::now();
        entry.place = match loaded {
            Ok(engine) => {
                entry.card = Some(engine.card().clone());
                let cost = cost.max(cost_of(engine));
                let engine = Arc::clone(engine);
                Place::Loaded { engine, cost }
            }
            Err(error) if error.is_cancelled() => Place::Unloaded,
            Err(error) => Place::Failed {
                reason: error.to_string(),
            },
        };
    }

    /// A model was let go by one who held it. If it was the last one, its time begins to run.
    pub fn let_go(self: &Arc<Self>, name: &str) {
        let mut state = self.state();
        let Ok(entry) = state.find(name) else {
            return;
        };
        entry.used = Instant::now();
        let Some(keep_alive) = entry.keep_alive else {
            return;
        };
        if keep_alive.is_zero() {
            let expired = entry.expired();
            drop(state);
            drop(expired);
            return;
        }
        if entry.watched {
            return;
        }
        let Ok(runtime) = runtime::handle() else {
            return;
        };
        entry.watched = true;
        runtime.spawn(watch(Arc::downgrade(self), name.to_owned(), keep_alive));
    }
}

/// Waits until a model was idle for its time, and unloads it; or until it is in use again, after which the next one
/// who lets it go starts another watch.
async fn watch(shelf: Weak<Shelf>, name: String, mut left: Duration) {
    loop {
        tokio::time::sleep(left).await;
        let Some(shelf) = shelf.upgrade() else {
            return;
        };
        let mut state = shelf.state();
        let Ok(entry) = state.find(&name) else {
            return;
        };
        let rest = entry
            .keep_alive
            .map(|all| all.saturating_sub(entry.used.elapsed()));
        match rest {
            Some(rest) if !rest.is_zero() && entry.is_idle() => left = rest,
            _ => {
                entry.watched = false;
                let expired = rest.and_then(|_| entry.expired());
                drop(state);
                if expired.is_some() {
                    tracing::info!(model = name, "unloaded, nobody asked for it");
                }
                return;
            }
        }
    }
}

impl State {
    fn find(&mut self, name: &str) -> Result<&mut Entry> {
        let entry = self.entries.iter_mut().find(|entry| entry.name == name);
        entry.ok_or_else(|| SeamError::not_found("model", name).into())
    }

    /// The name, or the default one's.
    fn named(&self, name: Option<&str>) -> Result<String> {
        let name = name.or(self.default.as_deref());
        let name = name.ok_or_else(|| SeamError::not_found("model", "default"))?;
        Ok(name.to_owned())
    }

    fn used_beside(&mut self, name: &str) -> u64 {
        self.leaving.retain(|(engine, _)| engine.strong_count() > 0);
        let leaving = self.leaving.iter().map(|(_, cost)| *cost);
        let others = self.entries.iter().filter(|entry| entry.name != name);
        let costs = others.map(|entry| match &entry.place {
            Place::Loading { cost, .. } | Place::Loaded { cost, .. } => *cost,
            Place::Unloaded | Place::Failed { .. } => 0,
        });
        costs.chain(leaving).fold(0, u64::saturating_add)
    }

    fn longest_idle(&mut self, beside: &str) -> Option<&mut Entry> {
        let others = self.entries.iter_mut().filter(|entry| entry.name != beside);
        others
            .filter(|entry| entry.is_idle())
            .min_by_key(|entry| entry.used)
    }

    /// Unloads a model and remembers what it still takes. Its place comes back, to be dropped without the lock.
    fn take(&mut self, name: &str) -> Result<Place> {
        let place = mem::replace(&mut self.find(name)?.place, Place::Unloaded);
        if let Place::Loaded { engine, cost } = &place {
            self.leaving.push((Arc::downgrade(engine), *cost));
        }
        Ok(place)
    }
}

impl Entry {
    fn new(name: String, options: OpenOptions, keep_alive: Option<Duration>) -> Self {
        Entry {
            name,
            options,
            keep_alive,
            place: Place::Unloaded,
            card: None,
            used: Instant::now(),
            watched: false,
        }
    }

    /// Whether it is loaded and nobody holds it.
    fn is_idle(&self) -> bool {
        matches!(&self.place, Place::Loaded { engine, .. } if Arc::strong_count(engine) == 1)
    }

    /// Takes it off if it is idle. What comes back is to be dropped without the lock.
    fn expired(&mut self) -> Option<Place> {
        self.is_idle()
            .then(|| mem::replace(&mut self.place, Place::Unloaded))
    }

    fn status(&self, default: Option<&str>) -> ModelStatus {
        ModelStatus {
            name: self.name.clone(),
            residence: match &self.place {
                Place::Unloaded => Residence::Unloaded,
                Place::Loading { .. } => Residence::Loading,
                Place::Loaded { .. } => Residence::Loaded,
                Place::Failed { reason } => Residence::Failed {
                    reason: reason.clone(),
                },
            },
            default: default == Some(&self.name),
            card: self.card.clone(),
        }
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        let state = mem::take(state.unwrap_or_else(PoisonError::into_inner));
        runtime::drop_elsewhere(state);
    }
}

/// What a loaded model takes: its weights and its cache.
fn cost_of(engine: &Engine) -> u64 {
    let weights = engine.card().bytes_by_dtype.values();
    weights.fold(engine.stats().cache_bytes, |sum, bytes| {
        sum.saturating_add(*bytes)
    })
}

impl Models for Library {
    fn list<'a>(&'a self, _: &'a Context) -> Soon<'a, Result<Vec<ModelStatus>, SeamError>> {
        Box::pin(async move { Ok(self.statuses()?) })
    }

    fn get<'a>(
        &'a self,
        context: &'a Context,
        name: Option<&'a str>,
    ) -> Soon<'a, Result<Arc<dyn Model>, SeamError>> {
        Box::pin(async move {
            let held = Library::get(self, context, name).await?;
            Ok(Arc::new(held) as Arc<dyn Model>)
        })
    }

    fn load<'a>(
        &'a self,
        context: &'a Context,
        spec: LoadSpec,
    ) -> Soon<'a, Result<Arc<dyn Model>, SeamError>> {
        Box::pin(async move {
            let options = OpenOptions::try_from(spec)?;
            let name = options.name().to_owned();
            self.add(options)?;
            Models::get(self, context, Some(&name)).await
        })
    }

    fn unload<'a>(&'a self, _: &'a Context, name: &'a str) -> Soon<'a, Result<(), SeamError>> {
        Box::pin(async move { Ok(Library::unload(self, name)?) })
    }
}
