//! Vectors and likelihoods.

use std::{future::Future, pin::pin, task};

use ferrule_types::{AskedBy, Context, Embed, Model as _, Pooling, Sampling};

use super::{engine, run, tokens, waker};

pub fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = waker();
    let mut task = task::Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut task) {
            task::Poll::Ready(done) => return done,
            task::Poll::Pending => std::thread::park(),
        }
    }
}

#[test]
fn a_text_is_as_likely_as_the_model_that_wrote_it_says() {
    let engine = engine("");
    let context = Context::new(AskedBy::Operator);
    let sampling = Sampling {
        logprobs: true,
        ..tokens(12)
    };
    let mut ids = engine.tokenize("hello there", true).unwrap();
    let written = run(&engine, ids.clone(), sampling);
    let begin = ids.len();
    ids.extend(&written.tokens);
    let scores = wait(engine.score(&context, ids.clone().into(), 2)).unwrap();
    assert_eq!(scores.first, Some(ids[0]));
    assert_eq!(scores.tokens.len(), ids.len() - 1);
    for (score, token) in scores.tokens.iter().zip(&ids[1..]) {
        assert_eq!(score.token, *token);
        assert_eq!(score.top.len(), 2);
        assert!(score.logprob <= score.top[0].logprob);
    }
    // Greedy tokens are the likeliest of their places.
    for score in &scores.tokens[begin - 1..] {
        assert_eq!(score.token, score.top[0].token);
    }
}

#[test]
fn a_vector_is_the_mean_the_first_or_the_last_of_its_tokens_states() {
    let engine = engine("");
    let context = Context::new(AskedBy::Operator);
    let vectors = |pooling, normalise, inputs: &[&str]| {
        let wish = Embed {
            inputs: inputs.iter().map(|i| (*i).into()).collect(),
            pooling,
            normalise,
            truncate_sequence: false,
        };
        wait(engine.embed(&context, wish)).unwrap().vectors
    };
    let text = "the quick brown fox jumps over the lazy dog";
    let last = vectors(Pooling::Last, false, &[text, "another"]);
    assert_eq!(last.len(), 2);
    assert_ne!(last[0], last[1]);
    let alone = vectors(Pooling::Last, false, &["another"]);
    assert_eq!(alone[0], last[1]);
    // The first state has seen nothing of what follows.
    let first = vectors(Pooling::First, false, &[text, "the quick"]);
    assert_eq!(first[0], first[1]);
    let mean = vectors(Pooling::Mean, true, &[text]);
    let length: f32 = mean[0].iter().map(|v| v * v).sum();
    assert!((length - 1.0).abs() < 1e-5);
}
