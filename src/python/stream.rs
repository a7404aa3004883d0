use std::time::Instant;

use ferrule::types::{self, Context, Generated, Generation};
use pyo3::{
    prelude::*,
    sync::PyOnceLock,
    type_hint_identifier,
    types::{PyNone, PyTuple},
};

use crate::{
    answer::{finish_reason, readable},
    reader::{Reader, Show},
    release::{Promise, Release},
    response::{ResponseLogprob, Usage},
};

/// The pieces of an answer while it is written, for `for` and for `async for`: strings that say more about
/// themselves in attributes. Closing it, leaving its `with` block, cancelling who waits for it or dropping it
/// gives the answer up.
#[pyclass(module = "ferrule", frozen)]
pub struct Stream(Reader<Pieces>);

struct Pieces {
    started: Instant,
}

/// What `ferrule.piece.Piece` is made of.
pub struct Shown {
    text: String,
    choice: u32,
    token: Option<u32>,
    special: bool,
    logprob: Option<ResponseLogprob>,
    finish_reason: Option<&'static str>,
    usage: Option<Usage>,
}

impl Show for Pieces {
    type Shown = Shown;

    fn show(&self, part: Generated, all: Option<&types::Usage>) -> Option<Shown> {
        match part {
            Generated::Start { .. } => None,
            Generated::Piece(piece) => Some(Shown {
                text: readable(&piece).to_owned(),
                choice: piece.choice,
                token: piece.token,
                special: piece.special,
                logprob: piece.logprob.as_ref().map(ResponseLogprob::new),
                finish_reason: None,
                usage: None,
            }),
            Generated::End { choice, finish, .. } => Some(Shown {
                text: String::new(),
                choice,
                token: None,
                special: false,
                logprob: None,
                finish_reason: Some(finish_reason(&finish)),
                usage: all.map(|usage| Usage::new(usage, self.started.elapsed())),
            }),
        }
    }
}

impl<'py> IntoPyObject<'py> for Shown {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    const OUTPUT_TYPE: pyo3::inspect::PyStaticExpr =
        type_hint_identifier!("ferrule.piece", "Piece");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let class = CLASS.get_or_try_init(py, || {
            let class = py.import("ferrule.piece")?.getattr("Piece")?;
            Ok::<_, PyErr>(class.unbind())
        })?;
        class.bind(py).call1((
            self.text,
            self.choice,
            self.token,
            self.special,
            self.logprob,
            self.finish_reason,
            self.usage,
        ))
    }
}

impl Stream {
    pub fn new(
        context: Context,
        generation: Generation,
        choices: u32,
        timeout: Option<f64>,
    ) -> Self {
        let pieces = Pieces {
            started: Instant::now(),
        };
        Stream(Reader::new(pieces, context, generation, choices, timeout))
    }
}

#[pymethods]
impl Stream {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Shown>> {
        self.0.next(py)
    }

    fn __aiter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __anext__<'py>(&self, py: Python<'py>) -> PyResult<Promise<'py, Shown>> {
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
