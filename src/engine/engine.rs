//! A loaded model behind the seam of [`Model`].

use std::{
    any::Any,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Context as TaskContext, Poll},
    thread,
};

use ferrule_model::{Decoder, Loaded};
use ferrule_types::{
    Chat, Context, Error as SeamError, Generated, Generation, Model, ModelCard, Prompt, Request,
    Stats,
};
use futures_core::Stream;
use tokio::sync::mpsc;

use crate::{
    Error, Result, Settings,
    sequence::{Plan, answer},
    text,
};

/// Pieces that may wait for a slow reader; then the answer waits for it.
const WAITING: usize = 64;

/// Answers requests on one model.
#[derive(Debug)]
pub struct Engine {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    model: Loaded,
    settings: Settings,
    counts: Counts,
    /// Seeds of requests without one.
    next_seed: AtomicU64,
}

#[derive(Debug, Default)]
struct Counts {
    running: AtomicU64,
    requests: AtomicU64,
    prompt_tokens: AtomicU64,
    completion_tokens: AtomicU64,
}

impl Engine {
    pub fn new(model: Loaded) -> Self {
        Self::with(model, Settings::default())
    }

    pub fn with(model: Loaded, settings: Settings) -> Self {
        Self {
            shared: Arc::new(Shared {
                model,
                settings,
                counts: Counts::default(),
                next_seed: AtomicU64::new(unpredictable()),
            }),
        }
    }

    fn start(&self, context: &Context, request: Request) -> Result<Generation> {
        request.sampling.check()?;
        refuse_what_is_to_come(&request)?;
        let model = &self.shared.model;
        let mut written = text::write(model, &request.prompt)?;
        let room = fit(&mut written.tokens, &request, &model.decoder)?;
        let seed = request.sampling.seed;
        let work = Work {
            shared: Arc::clone(&self.shared),
            context: context.child(),
            seed: seed.unwrap_or_else(|| self.shared.next_seed.fetch_add(1, Relaxed)),
            prompt: written.tokens,
            opening: written.opening,
            request,
            room,
        };
        let cancel = work.context.cancel.clone();
        let (tell, told) = mpsc::channel(WAITING);
        thread::Builder::new()
            .name("ferrule-answer".into())
            .spawn(move || work.run(&tell))
            .map_err(|source| Error::Thread { source })?;
        Ok(Box::pin(Answer { told, cancel }))
    }
}

/// A number that differs from run to run: the standard library seeds its hashers from the system.
fn unpredictable() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Parts of a request that a later version serves; taking them silently would be wrong.
fn refuse_what_is_to_come(request: &Request) -> Result<()> {
    let unsupported = |what| Err(Error::Unsupported { what });
    match request {
        Request {
            constraint: Some(_),
            ..
        } => unsupported("a constraint (grammar)"),
        Request {
            adapter: Some(_), ..
        } => unsupported("a low-rank adapter"),
        Request { sampling, .. } if sampling.dry.is_some() => unsupported("the DRY penalty"),
        _ => Ok(()),
    }
}

/// How many tokens the answer may have; cuts the prompt's start where that was asked for.
fn fit(tokens: &mut Vec<u32>, request: &Request, decoder: &Decoder) -> Result<usize> {
    let context = decoder.context();
    if tokens.is_empty() {
        return Err(Error::EmptyPrompt);
    }
    let sampling = &request.sampling;
    if tokens.len() >= context {
        if !sampling.truncate_sequence {
            return Err(Error::TooLong {
                prompt: tokens.len(),
                context,
            });
        }
        let keep = context
            .saturating_sub(sampling.max_tokens.unwrap_or(1))
            .max(1);
        let cut = tokens.len() - keep.min(tokens.len());
        tracing::warn!(
            "cut {cut} tokens off the start of a prompt of {}",
            tokens.len()
        );
        tokens.drain(..cut);
    }
    let left = context - tokens.len();
    if let Some(most) = sampling.max_tokens {
        return Ok(most.min(left));
    }
    // An answer that might go on for ever must not turn a short conversation's positions as in a long one.
    let short = decoder.turning_point().filter(|t| *t > tokens.len());
    Ok(short.map_or(left, |turn| left.min(turn - tokens.len())))
}

impl Model for Engine {
    fn card(&self) -> &ModelCard {
        &self.shared.model.card
    }

    fn count(&self, chat: &Chat) -> Result<usize, SeamError> {
        let prompt = Prompt::Chat(chat.clone());
        Ok(text::write(&self.shared.model, &prompt)?.tokens.len())
    }

    fn generate(&self, context: &Context, request: Request) -> Result<Generation, SeamError> {
        Ok(self.start(context, request)?)
    }

    fn tokenize(&self, text: &str, add_special: bool) -> Result<Vec<u32>, SeamError> {
        Ok(text::encode(&self.shared.model, text, add_special)?)
    }

    fn detokenize(&self, tokens: &[u32], skip_special: bool) -> Result<String, SeamError> {
        Ok(text::decode(&self.shared.model, tokens, skip_special)?)
    }

    fn stats(&self) -> Stats {
        let counts = &self.shared.counts;
        Stats {
            running: counts.running.load(Relaxed),
            requests: counts.requests.load(Relaxed),
            prompt_tokens: counts.prompt_tokens.load(Relaxed),
            completion_tokens: counts.completion_tokens.load(Relaxed),
            ..Stats::default()
        }
    }
}

/// All answers of one request, on their way to a thread.
struct Work {
    shared: Arc<Shared>,
    context: Context,
    request: Request,
    prompt: Vec<u32>,
    opening: String,
    seed: u64,
    room: usize,
}

impl Work {
    fn run(mut self, tell: &mpsc::Sender<Result<Generated, SeamError>>) {
        let counts = &self.shared.counts;
        counts.running.fetch_add(1, Relaxed);
        counts.requests.fetch_add(1, Relaxed);
        counts
            .prompt_tokens
            .fetch_add(self.prompt.len() as u64, Relaxed);
        let start = Generated::Start {
            prompt_tokens: self.prompt.len(),
            opening: std::mem::take(&mut self.opening),
        };
        if tell.blocking_send(Ok(start)).is_ok() {
            // A panic is a mistake of ours: it ends this answer with an error and nothing else.
            let result = catch_unwind(AssertUnwindSafe(|| self.answers(tell)));
            let failed = match result {
                Ok(Ok(())) => None,
                Ok(Err(e)) => Some(SeamError::from(e)),
                Err(panic) => {
                    tracing::error!("computing an answer panicked: {}", said(panic.as_ref()));
                    Some(SeamError::behind(Error::Panicked))
                }
            };
            if let Some(e) = failed {
                // Nobody may be left to hear it.
                let _ = tell.blocking_send(Err(e));
            }
        }
        self.shared.counts.running.fetch_sub(1, Relaxed);
    }

    fn answers(&self, tell: &mpsc::Sender<Result<Generated, SeamError>>) -> Result<()> {
        let counts = &self.shared.counts;
        for choice in 0..self.request.sampling.n {
            let plan = Plan {
                model: &self.shared.model,
                context: &self.context,
                sampling: &self.request.sampling,
                prompt: &self.prompt,
                seed: self.seed,
                choice,
                room: self.room,
            };
            answer(&plan, &mut |generated| {
                if let Generated::End { usage, .. } = &generated {
                    counts
                        .completion_tokens
                        .fetch_add(usage.completion_tokens, Relaxed);
                }
                tell.blocking_send(Ok(generated)).is_ok()
            })?;
        }
        Ok(())
    }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("nothing")
}

/// The reader's end of an answer. Dropping it gives the answer up.
struct Answer {
    told: mpsc::Receiver<Result<Generated, SeamError>>,
    cancel: tokio_util::sync::CancellationToken,
}

impl Stream for Answer {
    type Item = Result<Generated, SeamError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut TaskContext) -> Poll<Option<Self::Item>> {
        self.told.poll_recv(task)
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}
