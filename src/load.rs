//! One load of a model, for all who wait for it.
//!
//! Options go in, an engine or an error comes out to everybody who holds the ticket. When the last of
//! them gives up, so does the load. It does not know which other models there are.

use std::sync::{Arc, Weak};

use ferrule_engine::Engine;
use ferrule_fetch::Progress;
use ferrule_types::{AskedBy, Context, Error as SeamError, Kind, ModelCard, ProgressSink};
use tokio::{runtime::Handle, sync::watch};
use tokio_util::sync::CancellationToken;

use crate::{Error, OpenOptions, Result, error::Shared, models::Shelf, open::find};

type Loaded = Result<Arc<Engine>, Shared>;

/// The right to wait for a load. It goes on while one of them lives.
pub(crate) struct Ticket {
    /// The load's own: nobody's deadline.
    context: Context,
    /// Written once by the load, read by those who wait.
    loaded: watch::Receiver<Option<Loaded>>,
}

impl Ticket {
    /// Begins to load, on a thread that may block.
    pub fn start(shelf: &Arc<Shelf>, runtime: &Handle, options: OpenOptions) -> Arc<Self> {
        let (tell, loaded) = watch::channel(None);
        let ticket = Arc::new(Ticket {
            context: Context::new(AskedBy::Operator),
            loaded,
        });
        let context = ticket.context.clone();
        let (ours, shelf) = (Arc::downgrade(&ticket), Arc::downgrade(shelf));
        runtime.spawn_blocking(move || {
            let loaded = load(&context, &shelf, &options);
            let loaded = loaded.map_err(|error| Shared(Arc::new(error)));
            if let Some(shelf) = shelf.upgrade() {
                shelf.arrived(options.name(), &ours, &loaded);
            }
            // Nobody may be left.
            let _ = tell.send(Some(loaded));
        });
        ticket
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.context.cancel.cancel();
    }
}

/// Waits for a load: until it is done, the caller gives up, or everything is closed.
pub(crate) async fn await_load(
    context: &Context,
    closed: &CancellationToken,
    ticket: &Arc<Ticket>,
) -> Result<Arc<Engine>> {
    let mut loaded = ticket.loaded.clone();
    let done = async {
        match loaded.wait_for(Option::is_some).await {
            Ok(done) => done.clone(),
            // The load panicked, and the runtime has told the log.
            Err(_) => None,
        }
    };
    let done = tokio::select! {
        done = done => done,
        () = context.cancel.cancelled() => return Err(SeamError::Cancelled.into()),
        () = closed.cancelled() => return Err(Error::Closed),
        () = until(context) => return Err(late(context)),
    };
    let broken = || std::io::Error::other("loading the model ended in a mistake of ours");
    done.ok_or_else(broken)?.map_err(Error::Shared)
}

async fn until(context: &Context) {
    match context.remaining() {
        Some(left) => tokio::time::sleep(left).await,
        None => std::future::pending().await,
    }
}

fn late(context: &Context) -> Error {
    context.check().err().unwrap_or(SeamError::Cancelled).into()
}

fn load(context: &Context, shelf: &Weak<Shelf>, options: &OpenOptions) -> Result<Arc<Engine>> {
    let ready = find(context, options, &Told(context.progress.clone()))?.prepare()?;
    let reserve = |shelf: Arc<Shelf>| shelf.reserve(options.name(), cost(ready.card()));
    shelf.upgrade().map_or(Ok(()), reserve)?;
    context.check()?;
    ready.open()
}

/// What a model will take, as its files tell: the weights, and the cache of one sequence of full length.
fn cost(card: &ModelCard) -> u64 {
    let stored = card.bytes_by_dtype.values().sum();
    card.memory_needed.unwrap_or(stored)
}

/// A pull's progress as a context hears it.
struct Told(ProgressSink);

impl Progress for Told {
    fn note(&self, text: &str) {
        self.0.tell(ferrule_types::Progress {
            done: 0.0,
            total: None,
            message: Some(text.to_owned()),
        });
    }
}

impl Shared {
    pub fn is_cancelled(&self) -> bool {
        ferrule_types::Fault::kind(&*self.0) == Kind::Cancelled
    }
}
