//! Brings what was done elsewhere to the event loops of asyncio.
//!
//! A future and how its result is made go in, from any thread; one thread of the runtime takes the GIL for
//! as many as have gathered and asks each loop to set the result in its own thread. So no thread that computes
//! or waits for input ever touches Python. It does not know what the results are.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    mpsc::{Receiver, Sender, channel},
};

use ferrule::runtime;
use pyo3::{
    prelude::*,
    types::{PyCFunction, PyDict, PyTuple},
};

type Made = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

struct Parcel {
    event_loop: Py<PyAny>,
    future: Py<PyAny>,
    make: Made,
}

/// Where parcels go; made with the first of them.
static POST: Mutex<Post> = Mutex::new(Post::Unopened);

enum Post {
    Unopened,
    Open {
        parcels: Sender<Parcel>,
        /// Ends when the last parcel is delivered.
        emptied: Receiver<()>,
    },
    /// Python ends: nobody will read an answer any more.
    Closed,
}

fn state() -> MutexGuard<'static, Post> {
    // Held for a moment only, and never by a thread that waits for the GIL.
    POST.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has `make` called in the thread of `event_loop`, and its result set in `future`.
pub fn post(
    event_loop: Py<PyAny>,
    future: Py<PyAny>,
    make: impl FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send + 'static,
) {
    let parcel = Parcel {
        event_loop,
        future,
        make: Box::new(make),
    };
    let mut post = state();
    if let Post::Unopened = *post {
        *post = open();
    }
    if let Post::Open { parcels, .. } = &*post {
        // Its reader lives as long as the post is open.
        let _ = parcels.send(parcel);
    }
}

fn open() -> Post {
    let Ok(runtime) = runtime::handle() else {
        return Post::Closed;
    };
    let (parcels, waiting) = channel();
    let (empty, emptied) = channel();
    runtime.spawn_blocking(move || {
        carry(&waiting);
        drop(empty);
    });
    Post::Open { parcels, emptied }
}

/// Delivers what was posted, and nothing from now on. To be called without the GIL, which the carrier may need.
pub fn stop() {
    let before = std::mem::replace(&mut *state(), Post::Closed);
    if let Post::Open { parcels, emptied } = before {
        drop(parcels);
        // Says nothing, and ends when the carrier does.
        let _ = emptied.recv();
    }
}

fn carry(waiting: &Receiver<Parcel>) {
    while let Ok(first) = waiting.recv() {
        let more: Vec<Parcel> = waiting.try_iter().collect();
        // `None` when there is no interpreter any more.
        let _ = Python::try_attach(|py| {
            for parcel in std::iter::once(first).chain(more) {
                // A loop that was closed in the meantime has nobody left who awaits the future.
                let _ = parcel.hand_in(py);
            }
        });
    }
}

impl Parcel {
    fn hand_in(self, py: Python<'_>) -> PyResult<()> {
        let Parcel {
            event_loop,
            future,
            make,
        } = self;
        let make = Mutex::new(Some(make));
        let settle = move |args: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| {
            let taken = make.lock().unwrap_or_else(PoisonError::into_inner).take();
            match taken {
                Some(make) => settle(future.bind(args.py()), make),
                None => Ok(()),
            }
        };
        let settle = PyCFunction::new_closure(py, None, None, settle)?;
        event_loop.call_method1(py, "call_soon_threadsafe", (settle,))?;
        Ok(())
    }
}

fn settle(future: &Bound<'_, PyAny>, make: Made) -> PyResult<()> {
    let py = future.py();
    if future.call_method0("done")?.is_truthy()? {
        return Ok(());
    }
    match make(py) {
        Ok(value) => future.call_method1("set_result", (value,))?,
        Err(error) => future.call_method1("set_exception", (error,))?,
    };
    Ok(())
}
