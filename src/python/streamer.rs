use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use ferrule::types::{self, Context, Error, Generated, Generation};
use pyo3::prelude::*;

use crate::{
    answer::next,
    fault::raise,
    release::Release,
    response::{ChatCompletionChunkResponse, Stamp, Usage},
};

/// The chunks of an answer while it is written. Closing it, leaving its `with` block or dropping it
/// gives the answer up.
#[pyclass(module = "ferrule", frozen)]
pub struct ChatCompletionStreamer {
    stamp: Stamp,
    started: Instant,
    /// Cancelled when nobody wants the rest.
    context: Context,
    timeout: Option<f64>,
    state: Mutex<State>,
}

enum State {
    Open(Box<Open>),
    /// A thread has taken the generation out and waits for its next piece.
    Waiting,
    Closed,
}

struct Open {
    generation: Generation,
    /// Choices that have not ended.
    left: u32,
    usage: types::Usage,
}

impl ChatCompletionStreamer {
    pub fn new(
        stamp: Stamp,
        context: Context,
        generation: Generation,
        choices: u32,
        timeout: Option<f64>,
    ) -> Self {
        let open = Open {
            generation,
            left: choices,
            usage: types::Usage::default(),
        };
        ChatCompletionStreamer {
            stamp,
            started: Instant::now(),
            context,
            timeout,
            state: Mutex::new(State::Open(Box::new(open))),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Held for a moment only, never while Python runs or a piece is waited for.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> PyResult<Option<Box<Open>>> {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Waiting) {
            State::Open(open) => Ok(Some(open)),
            State::Closed => {
                *state = State::Closed;
                Ok(None)
            }
            State::Waiting => {
                // An exception is made by Python, which may let other threads run.
                drop(state);
                let (allowed, got) = ("read by one thread at a time", "a second reader");
                Err(raise(Error::invalid("streamer", allowed, got)))
            }
        }
    }

    /// Puts the generation back, unless the streamer was closed in the meantime.
    fn put_back(&self, open: Box<Open>) {
        let mut state = self.state();
        if matches!(*state, State::Waiting) {
            *state = State::Open(open);
        }
    }

    fn chunk(&self, open: &mut Open, next: Generated) -> Option<ChatCompletionChunkResponse> {
        match next {
            Generated::Start { .. } => None,
            Generated::Piece(piece) => {
                Some(ChatCompletionChunkResponse::piece(&self.stamp, &piece))
            }
            Generated::End {
                choice,
                finish,
                usage,
            } => {
                open.usage += usage;
                open.left = open.left.saturating_sub(1);
                let all = (open.left == 0).then(|| Usage::new(&open.usage, self.started.elapsed()));
                Some(ChatCompletionChunkResponse::end(
                    &self.stamp,
                    choice,
                    &finish,
                    all,
                ))
            }
        }
    }
}

#[pymethods]
impl ChatCompletionStreamer {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<ChatCompletionChunkResponse>> {
        loop {
            let Some(mut open) = self.take()? else {
                return Ok(None);
            };
            let step = move |_: &Context| -> Result<_, ferrule::Error> {
                let next = next(&mut open.generation)?;
                Ok((open, next))
            };
            // After an error or Ctrl-C the generation is gone, and the streamer with it.
            let (mut open, next) = match py.release(self.timeout, step) {
                Ok((open, Some(next))) => (open, next),
                ended => {
                    self.close();
                    return ended.map(|_| None);
                }
            };
            let chunk = self.chunk(&mut open, next);
            self.put_back(open);
            if chunk.is_some() {
                return Ok(chunk);
            }
        }
    }

    /// Gives the answer up. Reading on ends at once.
    fn close(&self) {
        self.context.cancel.cancel();
        *self.state() = State::Closed;
    }

    fn __enter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    #[pyo3(signature = (*_exception: "object"))]
    fn __exit__(&self, _exception: Bound<'_, pyo3::types::PyTuple>) {
        self.close();
    }
}
