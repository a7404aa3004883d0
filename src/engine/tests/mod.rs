//! The engine on a real (tiny, random) model with a real tokenizer and template.
#![allow(clippy::unwrap_used)]

mod answers;
mod batching;
mod constrained;
mod fairness;
mod measuring;

use std::{
    path::PathBuf,
    sync::Arc,
    task::{self, Poll, Wake, Waker},
};

use ferrule_model::{CacheType, LoadOptions, Loaded};
use ferrule_types::{
    AskedBy, Context, Finish, Generated, Generation, Model as _, Prompt, Request, Sampling, Usage,
};

use crate::{Engine, Settings};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/text/tiny-llama")
}

fn engine(file: &str) -> Engine {
    engine_of(file, |_| settings())
}

fn engine_of(file: &str, settings: impl FnOnce(&Loaded) -> Settings) -> Engine {
    let loaded = ferrule_model::load(&folder().join(file), &LoadOptions::default()).unwrap();
    let settings = settings(&loaded);
    Engine::with(loaded, settings).unwrap()
}

/// The references' numbers were computed with keys and values in full.
fn settings() -> Settings {
    Settings {
        cache_type: CacheType::F32,
        cache_mb: Some(64),
        // Tests do not depend on how long anything takes.
        row_cost: Some(0.1),
        ..Settings::default()
    }
}

#[derive(Debug, Default)]
struct Answered {
    text: String,
    tokens: Vec<u32>,
    choices: Vec<u32>,
    ends: Vec<(u32, Finish, Usage)>,
    logprobs: usize,
}

impl Answered {
    /// The tokens of one choice.
    fn of(&self, choice: u32) -> Vec<u32> {
        let each = self.tokens.iter().zip(&self.choices);
        each.filter(|(_, c)| **c == choice)
            .map(|(t, _)| *t)
            .collect()
    }
}

/// Wakes this thread: the engine needs no runtime, so neither do its tests.
fn waker() -> Waker {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    Waker::from(Arc::new(Unpark(std::thread::current())))
}

/// Waits for the next item on this thread.
fn poll(generation: &mut Generation) -> Option<Result<Generated, ferrule_types::Error>> {
    let waker = waker();
    let mut task = task::Context::from_waker(&waker);
    loop {
        match generation.as_mut().poll_next(&mut task) {
            Poll::Ready(item) => return item,
            Poll::Pending => std::thread::park(),
        }
    }
}

fn try_run(
    engine: &Engine,
    context: &Context,
    request: Request,
) -> Result<Answered, ferrule_types::Error> {
    let mut generation = engine.generate(context, request)?;
    let mut answered = Answered::default();
    while let Some(generated) = poll(&mut generation) {
        match generated? {
            Generated::Start { .. } => {}
            Generated::Piece(piece) => {
                if !piece.special {
                    answered.text.push_str(&piece.text);
                }
                if let Some(token) = piece.token {
                    answered.tokens.push(token);
                    answered.choices.push(piece.choice);
                }
                answered.logprobs += usize::from(piece.logprob.is_some());
            }
            Generated::End {
                choice,
                finish,
                usage,
            } => answered.ends.push((choice, finish, usage)),
        }
    }
    Ok(answered)
}

fn run(engine: &Engine, prompt: impl Into<Prompt>, sampling: Sampling) -> Answered {
    let request = Request {
        sampling,
        ..Request::new(prompt)
    };
    try_run(engine, &Context::new(AskedBy::Operator), request).unwrap()
}

fn tokens(n: usize) -> Sampling {
    Sampling {
        max_tokens: Some(n),
        ..Sampling::default()
    }
}
