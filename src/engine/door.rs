//! Where requests come in, and where their answers are read.
//!
//! Callers leave sequences at the door and ring; the engine's thread sleeps there when nothing is to do. An
//! answer that is not read fills its line of pieces, and then its sequence rests until somebody reads on.
//!
//! It does not know what a sequence is.

use std::{
    pin::Pin,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context as TaskContext, Poll},
    time::Duration,
};

use ferrule_types::{Error as SeamError, Generated};
use futures_core::Stream;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Pieces that may wait for a slow reader.
const WAITING: usize = 64;

/// Where arrivals wait for the engine's thread.
#[derive(Debug)]
pub struct Door<T> {
    inbox: Mutex<Inbox<T>>,
    bell: Condvar,
    /// How many that have come in wait for their turn. Raised by `look`; the engine's thread says what came of them.
    pub inside: AtomicUsize,
}

/// Why an arrival was not taken.
#[derive(Clone, Copy, Debug)]
pub enum Refused {
    Closed,
    /// So many wait already.
    Full(usize),
}

#[derive(Debug)]
struct Inbox<T> {
    arrivals: Vec<T>,
    rung: bool,
    closed: bool,
}

/// What the engine's thread finds at the door.
pub enum Found<T> {
    Arrivals(Vec<T>),
    /// Nobody will come any more; these came last.
    Closed(Vec<T>),
}

impl<T> Door<T> {
    pub fn new() -> Self {
        Self {
            inbox: Mutex::new(Inbox {
                arrivals: Vec::new(),
                rung: false,
                closed: false,
            }),
            bell: Condvar::new(),
            inside: AtomicUsize::new(0),
        }
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox<T>> {
        // Nothing in here can panic half-way.
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves an arrival, unless `most` wait already. One may always come to the door.
    pub fn enter(&self, arrival: T, most: usize) -> Result<(), Refused> {
        let mut inbox = self.inbox();
        self.check(&inbox, most)?;
        inbox.arrivals.push(arrival);
        inbox.rung = true;
        self.bell.notify_one();
        Ok(())
    }

    /// Whether an arrival would be taken now.
    pub fn would_take(&self, most: usize) -> Result<(), Refused> {
        self.check(&self.inbox(), most)
    }

    fn check(&self, inbox: &Inbox<T>, most: usize) -> Result<(), Refused> {
        if inbox.closed {
            return Err(Refused::Closed);
        }
        let waiting = self.waiting_beside(inbox);
        if waiting >= most.max(1) {
            Err(Refused::Full(waiting))
        } else {
            Ok(())
        }
    }

    fn waiting_beside(&self, inbox: &Inbox<T>) -> usize {
        inbox.arrivals.len() + self.inside.load(Ordering::SeqCst)
    }

    /// How many wait for their turn.
    pub fn waiting(&self) -> usize {
        self.waiting_beside(&self.inbox())
    }

    /// Wakes the engine's thread: something has changed outside.
    pub fn ring(&self) {
        self.inbox().rung = true;
        self.bell.notify_one();
    }

    pub fn close(&self) {
        self.inbox().closed = true;
        self.bell.notify_one();
    }

    pub fn is_closed(&self) -> bool {
        self.inbox().closed
    }

    /// Takes what has come; with `patience` it waits until somebody rings or so much time has passed.
    pub fn look(&self, patience: Option<Duration>) -> Found<T> {
        let mut inbox = self.inbox();
        if let Some(patience) = patience {
            let idle = |inbox: &mut Inbox<T>| !inbox.rung && !inbox.closed;
            let woken = self.bell.wait_timeout_while(inbox, patience, idle);
            inbox = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        inbox.rung = false;
        let arrivals = std::mem::take(&mut inbox.arrivals);
        self.inside.fetch_add(arrivals.len(), Ordering::SeqCst);
        if inbox.closed {
            Found::Closed(arrivals)
        } else {
            Found::Arrivals(arrivals)
        }
    }
}

/// The engine's end of an answer. Choices of one request share a line.
#[derive(Clone, Debug)]
pub struct Outlet {
    line: mpsc::Sender<Result<Generated, SeamError>>,
    full: Arc<AtomicBool>,
}

/// Whether an item went out.
pub enum Sent {
    Gone,
    /// The line is full; the item is given back.
    Full(Box<Result<Generated, SeamError>>),
    Yes,
}

impl Outlet {
    pub fn send(&self, item: Result<Generated, SeamError>) -> Sent {
        use mpsc::error::TrySendError::{Closed, Full};
        match self.line.try_send(item) {
            Ok(()) => Sent::Yes,
            Err(Closed(_)) => Sent::Gone,
            Err(Full(item)) => {
                self.full.store(true, Ordering::SeqCst);
                // The reader may have made room before it could see the mark.
                match self.line.try_send(item) {
                    Ok(()) => Sent::Yes,
                    Err(Closed(_)) => Sent::Gone,
                    Err(Full(item)) => Sent::Full(Box::new(item)),
                }
            }
        }
    }

    /// Whether nobody reads any more.
    pub fn is_gone(&self) -> bool {
        self.line.is_closed()
    }
}

/// The reader's end of an answer. Dropping it gives the answer up.
pub struct Answer<R: Fn() + Send + Unpin> {
    line: mpsc::Receiver<Result<Generated, SeamError>>,
    full: Arc<AtomicBool>,
    cancel: CancellationToken,
    /// Rings at the engine's door; keeps the engine alive, too.
    ring: R,
}

/// The two ends of an answer.
pub fn line<R: Fn() + Send + Unpin>(cancel: CancellationToken, ring: R) -> (Outlet, Answer<R>) {
    let (send, receive) = mpsc::channel(WAITING);
    let full = Arc::new(AtomicBool::new(false));
    let outlet = Outlet {
        line: send,
        full: Arc::clone(&full),
    };
    let answer = Answer {
        line: receive,
        full,
        cancel,
        ring,
    };
    (outlet, answer)
}

impl<R: Fn() + Send + Unpin> Stream for Answer<R> {
    type Item = Result<Generated, SeamError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut TaskContext) -> Poll<Option<Self::Item>> {
        let item = self.line.poll_recv(task);
        if item.is_ready() && self.full.swap(false, Ordering::SeqCst) {
            (self.ring)();
        }
        item
    }
}

impl<R: Fn() + Send + Unpin> Drop for Answer<R> {
    fn drop(&mut self) {
        self.cancel.cancel();
        self.line.close();
        (self.ring)();
    }
}

#[cfg(test)]
mod tests {
    use super::{Door, Refused};

    #[test]
    fn those_that_were_just_let_in_still_count_as_waiting() {
        let door = Door::new();
        assert!(door.enter(1, 2).is_ok() && door.enter(2, 2).is_ok());
        door.look(None);
        assert_eq!(door.waiting(), 2);
        assert!(matches!(door.enter(3, 2), Err(Refused::Full(2))));
    }
}
