use std::time::Instant;

use ferrule::types::{self, Context, Generated, Generation};
use pyo3::{
    prelude::*,
    types::{PyNone, PyTuple},
};

use crate::{
    reader::{Reader, Show},
    release::{Promise, Release},
    response::{ChatCompletionChunkResponse, Stamp, Usage},
};

/// The chunks of an answer while it is written, for `for` and for `async for`. Closing it, leaving its
/// `with` block, cancelling who waits for it or dropping it gives the answer up.
#[pyclass(module = "ferrule", frozen)]
pub struct ChatCompletionStreamer(Reader<Chunks>);

struct Chunks {
    stamp: Stamp,
    started: Instant,
}

impl Show for Chunks {
    type Shown = ChatCompletionChunkResponse;

    fn show(&self, part: Generated, all: Option<&types::Usage>) -> Option<Self::Shown> {
        match part {
            Generated::Start { .. } => None,
            Generated::Piece(piece) => {
                Some(ChatCompletionChunkResponse::piece(&self.stamp, &piece))
            }
            Generated::End { choice, finish, .. } => {
                let all = all.map(|usage| Usage::new(usage, self.started.elapsed()));
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

impl ChatCompletionStreamer {
    pub fn new(
        stamp: Stamp,
        context: Context,
        generation: Generation,
        choices: u32,
        timeout: Option<f64>,
    ) -> Self {
        let chunks = Chunks {
            stamp,
            started: Instant::now(),
        };
        ChatCompletionStreamer(Reader::new(chunks, context, generation, choices, timeout))
    }
}

#[pymethods]
impl ChatCompletionStreamer {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<ChatCompletionChunkResponse>> {
        self.0.next(py)
    }

    fn __aiter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __anext__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Promise<'py, ChatCompletionChunkResponse>> {
        self.0.anext(py)
    }

    /// Gives the answer up. Reading on ends at once.
    fn close(&self) {
        self.0.close();
    }

    /// The same, to be awaited.
    fn aclose<'py>(&self, py: Python<'py>) -> PyResult<Promise<'py, Bound<'py, PyNone>>> {
        self.0.close();
        py.promised(py.None().into_bound(py))
    }

    fn __enter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    #[pyo3(signature = (*_exception: "object"))]
    fn __exit__(&self, _exception: Bound<'_, PyTuple>) {
        self.0.close();
    }

    fn __aenter__(this: Bound<'_, Self>) -> PyResult<Promise<'_, Bound<'_, Self>>> {
        let py = this.py();
        py.promised(this.into_any())
    }

    #[pyo3(signature = (*_exception: "object"))]
    fn __aexit__<'py>(
        &self,
        py: Python<'py>,
        _exception: Bound<'_, PyTuple>,
    ) -> PyResult<Promise<'py, Bound<'py, PyNone>>> {
        self.aclose(py)
    }
}
