//! The one door out of the GIL.
//!
//! Work that takes time goes in, is done on the façade's runtime while the GIL is free, and its answer
//! comes out: to the calling thread, which waits ([`wait`](Release::wait)), or to a future of asyncio
//! ([`promise`](Release::promise)). A waiting caller wakes every 50 ms to hand the logs to Python and to see
//! signals. On Ctrl-C, when `timeout` seconds have passed or when the future is cancelled, the work's
//! [`Context`] is cancelled and the work dropped, and the caller goes on at once.
//!
//! It does not know what the work is. Nothing else in this crate may release the GIL.

use std::{
    any::Any,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use ferrule::{
    runtime,
    types::{self, AskedBy, Context},
};
use futures_util::FutureExt;
use pyo3::{
    IntoPyObjectExt as _,
    exceptions::PyRuntimeError,
    inspect::PyStaticExpr,
    prelude::*,
    sync::PyOnceLock,
    type_hint_subscript,
    types::{PyCFunction, PyDict, PyTuple},
};

use crate::{
    deliver,
    fault::{panicked, raise, timed_out},
    hint, log,
};

/// How long a signal or a log record may wait. Short enough to feel immediate, long enough that
/// an idle wait costs nothing.
const TICK: Duration = Duration::from_millis(50);

/// The thread that ends the interpreter, once it does; written by [`leave`].
static LEAVING: OnceLock<ThreadId> = OnceLock::new();

/// Threads that are out of the GIL and will want it back; read by [`leave`].
static OUTSIDE: AtomicUsize = AtomicUsize::new(0);

pub trait Release<'py> {
    /// Waits for `work` without the GIL. The work must not touch Python.
    fn wait<T, F, W>(self, timeout: Option<f64>, work: W) -> PyResult<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, ferrule::Error>> + Send + 'static,
        W: FnOnce(Context) -> F;

    /// The same as an awaitable of the running event loop. What the work gives is shown to Python in the loop's
    /// thread.
    fn promise<T, F, W>(self, timeout: Option<f64>, work: W) -> PyResult<Promise<'py, T>>
    where
        T: for<'a> IntoPyObject<'a> + Send + 'static,
        F: Future<Output = Result<T, ferrule::Error>> + Send + 'static,
        W: FnOnce(Context) -> F;

    /// An awaitable that is done already.
    fn promised<T>(self, value: Bound<'py, PyAny>) -> PyResult<Promise<'py, T>>;

    /// Runs a program that does everything itself, signals included, on this very thread.
    fn hand_over<T: Send>(self, program: impl FnOnce() -> T + Send) -> T;
}

impl<'py> Release<'py> for Python<'py> {
    fn wait<T, F, W>(self, timeout: Option<f64>, work: W) -> PyResult<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, ferrule::Error>> + Send + 'static,
        W: FnOnce(Context) -> F,
    {
        begin(self)?;
        let patience = timeout.map(seconds).transpose()?;
        let runtime = runtime::handle().map_err(raise)?;
        let context = context();
        let (tell, answer) = channel();
        let work = work(context.clone());
        let cancel = context.cancel.clone();
        runtime.spawn(async move {
            if let Some(done) = guarded(cancel.cancelled_owned(), work).await {
                // Nobody may be left to hear it.
                let _ = tell.send(done);
            }
        });
        // Cancels on every way out; after an answer that means nothing any more.
        let _given_up = GivesUp(context);
        receive(self, answer, patience)?.into_python()
    }

    fn promise<T, F, W>(self, timeout: Option<f64>, work: W) -> PyResult<Promise<'py, T>>
    where
        T: for<'a> IntoPyObject<'a> + Send + 'static,
        F: Future<Output = Result<T, ferrule::Error>> + Send + 'static,
        W: FnOnce(Context) -> F,
    {
        begin(self)?;
        let patience = timeout.map(seconds).transpose()?;
        let runtime = runtime::handle().map_err(raise)?;
        let (event_loop, future) = future(self)?;
        // Another thread's loop waits for ever then, until Python ends it.
        if LEAVING.get() == Some(&thread::current().id()) {
            let told = "python is about to end: nothing that is awaited would come any more";
            return Err(PyRuntimeError::new_err(told));
        }
        let context = context();
        let cancel = context.cancel.clone();
        let give_up = GivesUp(context.clone());
        let done = move |_: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| {
            give_up.0.cancel.cancel();
        };
        let done = PyCFunction::new_closure(self, None, None, done)?;
        future.call_method1("add_done_callback", (done,))?;
        let work = work(context);
        let (event_loop, promised) = (event_loop.unbind(), future.clone().unbind());
        runtime.spawn(async move {
            let late = async move {
                match patience {
                    Some(patience) => tokio::time::sleep(patience).await,
                    None => std::future::pending().await,
                }
            };
            let done = tokio::select! {
                done = guarded(cancel.cancelled_owned(), work) => done,
                () = late => Some(Done::Late(patience.unwrap_or_default())),
            };
            if let Some(done) = done {
                deliver::post(event_loop, promised, move |py| {
                    log::hand_over(py)?;
                    done.into_python()?.into_py_any(py)
                });
            }
        });
        Ok(Promise::of(future))
    }

    fn promised<T>(self, value: Bound<'py, PyAny>) -> PyResult<Promise<'py, T>> {
        let (_, future) = future(self)?;
        future.call_method1("set_result", (value,))?;
        Ok(Promise::of(future))
    }

    fn hand_over<T: Send>(self, program: impl FnOnce() -> T + Send) -> T {
        self.detach(program)
    }
}

/// An awaitable of asyncio, and in the stubs what it gives.
pub struct Promise<'py, T>(Bound<'py, PyAny>, PhantomData<fn() -> T>);

impl<'py, T> Promise<'py, T> {
    fn of(future: Bound<'py, PyAny>) -> Self {
        Promise(future, PhantomData)
    }

    /// Has `give_up` called when this is cancelled, before whoever awaited it goes on.
    pub fn if_cancelled(self, give_up: impl Fn() + Send + Sync + 'static) -> PyResult<Self> {
        let done = move |args: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| {
            if args.get_item(0)?.call_method0("cancelled")?.is_truthy()? {
                give_up();
            }
            Ok::<_, PyErr>(())
        };
        let done = PyCFunction::new_closure(self.0.py(), None, None, done)?;
        self.0.call_method1("add_done_callback", (done,))?;
        Ok(self)
    }

    /// The same where the stubs are to say something else.
    pub fn into<U>(self) -> Promise<'py, U> {
        Promise(self.0, PhantomData)
    }
}

impl<'py, T: IntoPyObject<'py>> IntoPyObject<'py> for Promise<'py, T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    const OUTPUT_TYPE: PyStaticExpr = type_hint_subscript!(hint::AWAITABLE, T::OUTPUT_TYPE);

    fn into_pyobject(self, _: Python<'py>) -> PyResult<Self::Output> {
        Ok(self.0)
    }
}

/// What became of work.
enum Done<T> {
    Answered(Result<T, ferrule::Error>),
    Panicked(Box<dyn Any + Send>),
    Late(Duration),
}

impl<T> Done<T> {
    fn into_python(self) -> PyResult<T> {
        match self {
            Done::Answered(answer) => answer.map_err(raise),
            Done::Panicked(panic) => Err(panicked(panic.as_ref())),
            Done::Late(patience) => Err(timed_out(patience)),
        }
    }
}

/// Work until it is done or given up. A panic must reach the caller as an error and not as silence; the work is
/// gone after it, so there is nothing half-changed to see.
async fn guarded<T>(
    given_up: impl Future<Output = ()>,
    work: impl Future<Output = Result<T, ferrule::Error>>,
) -> Option<Done<T>> {
    tokio::select! {
        biased;
        done = AssertUnwindSafe(work).catch_unwind() => Some(match done {
            Ok(answer) => Done::Answered(answer),
            Err(panic) => Done::Panicked(panic),
        }),
        () = given_up => None,
    }
}

/// Work that computes or reads files rather than waits: on a thread that may block.
pub async fn blocking<T, E>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, ferrule::Error>
where
    T: Send + 'static,
    E: Into<ferrule::Error> + Send + 'static,
{
    let runtime = runtime::handle()?;
    let done = runtime.spawn_blocking(|| catch_unwind(AssertUnwindSafe(work)));
    match done.await {
        Ok(Ok(done)) => done.map_err(Into::into),
        Ok(Err(panic)) => resume_unwind(panic),
        // The runtime never cancels such a task, and it does not panic.
        Err(broken) => resume_unwind(Box::new(broken.to_string())),
    }
}

/// The context of whatever Python asks for: a program is its own operator.
pub fn context() -> Context {
    Context::new(AskedBy::Operator)
}

struct GivesUp(Context);

impl Drop for GivesUp {
    fn drop(&mut self) {
        self.0.cancel.cancel();
    }
}

fn receive<T: Send>(
    py: Python<'_>,
    answer: Receiver<T>,
    patience: Option<Duration>,
) -> PyResult<T> {
    let started = Instant::now();
    let mut answer = answer;
    loop {
        let left = patience.map(|all| all.saturating_sub(started.elapsed()));
        let nap = left.unwrap_or(TICK).min(TICK);
        // The receiver goes in and comes back: it may not be shared with a detached thread.
        let got;
        (answer, got) = outside(py, move || {
            let got = answer.recv_timeout(nap);
            (answer, got)
        });
        // Python's handlers may do anything here: nothing is locked, and nothing is half done.
        log::hand_over(py)?;
        match got {
            Ok(done) => return Ok(done),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(panicked(&"the work ended without an answer"));
            }
            Err(RecvTimeoutError::Timeout) => {
                py.check_signals()?;
                if left.is_some_and(|left| left.is_zero()) {
                    return Err(timed_out(patience.unwrap_or_default()));
                }
            }
        }
    }
}

/// Naps without the GIL. A thread that Python's end overtakes never comes back: Python would end it with the means
/// of C, in the middle of Rust.
fn outside<T: Send>(py: Python<'_>, nap: impl FnOnce() -> T + Send) -> T {
    OUTSIDE.fetch_add(1, SeqCst);
    let got = py.detach(|| {
        let got = nap();
        if LEAVING
            .get()
            .is_some_and(|main| *main != thread::current().id())
        {
            OUTSIDE.fetch_sub(1, SeqCst);
            loop {
                thread::park();
            }
        }
        got
    });
    OUTSIDE.fetch_sub(1, SeqCst);
    got
}

/// Looks up what the logs are to tell, and at the first time says what is to be done when Python exits.
fn begin(py: Python<'_>) -> PyResult<()> {
    static REGISTERED: PyOnceLock<()> = PyOnceLock::new();
    log::follow(py)?;
    REGISTERED.get_or_try_init(py, || {
        let leave = |args: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| leave(args.py());
        let leave = PyCFunction::new_closure(py, None, None, leave)?;
        py.import("atexit")?.call_method1("register", (leave,))?;
        Ok::<_, PyErr>(())
    })?;
    Ok(())
}

/// Called when Python exits, by the thread that ends it: daemon threads that wait here are held back from now on.
fn leave(py: Python<'_>) {
    if LEAVING.set(thread::current().id()).is_err() || runtime::is_forked() {
        return;
    }
    py.detach(|| {
        deliver::stop();
        let started = Instant::now();
        while OUTSIDE.load(SeqCst) > 0 && started.elapsed() < TICK * 4 {
            thread::sleep(Duration::from_millis(1));
        }
    });
}

/// The running event loop, and a new future of it.
fn future(py: Python<'_>) -> PyResult<(Bound<'_, PyAny>, Bound<'_, PyAny>)> {
    let event_loop = py.import("asyncio")?.call_method0("get_running_loop")?;
    let future = event_loop.call_method0("create_future")?;
    Ok((event_loop, future))
}

fn seconds(timeout: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(timeout).map_err(|_| {
        raise(types::Error::invalid(
            "timeout",
            "0 or more seconds, or None",
            timeout,
        ))
    })
}
