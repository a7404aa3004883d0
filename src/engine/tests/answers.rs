//! Answers, one at a time.

use std::time::{Duration, Instant};

use ferrule_types::{AskedBy, Chat, Context, Finish, Kind, Model as _, Prompt, Request, Sampling};
use serde::Deserialize;

use super::{engine, folder, poll, run, tokens, try_run};

#[derive(Deserialize)]
struct Case {
    messages: Vec<ferrule_types::Message>,
    tools: Option<Vec<serde_json::Value>>,
    prompt_ids: Vec<u32>,
    greedy: Vec<u32>,
    text: String,
}

#[test]
fn conversations_get_the_references_tokens_from_folder_and_gguf_alike() {
    let cases = std::fs::read_to_string(folder().join("chats.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&cases).unwrap();
    for file in ["", "model.gguf"] {
        let engine = engine(file);
        for case in &cases {
            let tools = case.tools.iter().flatten();
            let chat = Chat {
                messages: case.messages.clone(),
                tools: tools
                    .map(|t| ferrule_types::Tool::from_function(t).unwrap())
                    .collect(),
                ..Chat::default()
            };
            let sampling = Sampling {
                ignore_eos: true,
                ..tokens(case.greedy.len())
            };
            let answered = run(&engine, chat.clone(), sampling);
            assert_eq!(answered.tokens, case.greedy, "{file}");
            assert_eq!(answered.text, case.text, "{file}");
            assert_eq!(engine.count(&chat).unwrap(), case.prompt_ids.len());
            let (_, finish, usage) = &answered.ends[0];
            assert_eq!(*finish, Finish::Length);
            assert_eq!(usage.prompt_tokens, case.prompt_ids.len() as u64);
            assert_eq!(usage.completion_tokens, case.greedy.len() as u64);
        }
    }
}

#[test]
fn a_long_prompt_computed_in_chunks_is_the_same_as_at_once() {
    let engine = engine("");
    let text = "the quick brown fox ".repeat(40);
    let ids = engine.tokenize(&text, false).unwrap();
    assert!(ids.len() > 256 && ids.len() < 900, "{}", ids.len());
    let whole = run(&engine, text.as_str(), tokens(8));
    assert_eq!(run(&engine, ids, tokens(8)).tokens, whole.tokens);
}

#[test]
fn seeded_answers_repeat_and_choices_differ() {
    let engine = engine("");
    let sampling = |seed, n| Sampling {
        temperature: Some(1.5),
        seed: Some(seed),
        n,
        ..tokens(12)
    };
    let one = run(&engine, "hello", sampling(5, 1));
    assert_eq!(run(&engine, "hello", sampling(5, 1)).tokens, one.tokens);
    assert_ne!(run(&engine, "hello", sampling(6, 1)).tokens, one.tokens);
    let three = run(&engine, "hello", sampling(5, 3));
    let mut ends: Vec<u32> = three.ends.iter().map(|e| e.0).collect();
    ends.sort_unstable();
    assert_eq!(ends, [0, 1, 2]);
    assert_eq!(three.of(0), one.tokens);
    assert_ne!(three.of(1), one.tokens);
    assert_ne!(three.of(1), three.of(2));
}

#[test]
fn a_stop_text_ends_the_answer_and_is_not_in_it() {
    let engine = engine("");
    let whole = run(&engine, "hello", tokens(30)).text;
    let middle: String = whole.chars().skip(3).take(4).collect();
    let at = whole.find(&middle).unwrap();
    let cut = run(
        &engine,
        "hello",
        Sampling {
            stop: vec![middle.clone()],
            ..tokens(30)
        },
    );
    assert_eq!(cut.text, whole[..at]);
    assert_eq!(cut.ends[0].1, Finish::StopString(middle));
}

#[test]
fn nothing_stops_an_answer_before_it_has_its_least_tokens() {
    let engine = engine("");
    let whole = run(&engine, "hello", tokens(30));
    let start: String = whole.text.chars().take(2).collect();
    let sampling = |min_tokens| Sampling {
        stop: vec![start.clone()],
        stop_token_ids: vec![whole.tokens[12]],
        min_tokens,
        ..tokens(30)
    };
    assert_eq!(run(&engine, "hello", sampling(0)).text, "");
    let least = run(&engine, "hello", sampling(5));
    assert!(least.tokens.len() >= 5);
    assert_eq!(least.tokens[..5], whole.tokens[..5]);
}

#[test]
fn a_stop_token_ends_the_answer() {
    let engine = engine("");
    let whole = run(&engine, "hello", tokens(10));
    let third = whole.tokens[2];
    let first = whole.tokens.iter().position(|t| *t == third).unwrap();
    let cut = run(
        &engine,
        "hello",
        Sampling {
            stop_token_ids: vec![third],
            ..tokens(10)
        },
    );
    assert_eq!(cut.tokens, whole.tokens[..first]);
    assert_eq!(cut.ends[0].1, Finish::StopToken(third));
}

#[test]
fn every_token_has_its_log_probability_when_asked() {
    let engine = engine("");
    let answered = run(
        &engine,
        "hello",
        Sampling {
            logprobs: true,
            top_logprobs: 3,
            ..tokens(5)
        },
    );
    assert_eq!(answered.logprobs, 5);
}

#[test]
fn a_prompt_that_does_not_fit_names_both_numbers_or_is_cut() {
    let engine = engine("");
    let long = vec![70; 2000];
    let request = Request {
        sampling: tokens(4),
        ..Request::new(long.clone())
    };
    let error = try_run(&engine, &Context::new(AskedBy::Operator), request).unwrap_err();
    assert_eq!(error.kind(), Kind::Limit);
    assert!(
        error.to_string().contains("2000") && error.to_string().contains("1024"),
        "{error}"
    );
    let cut = run(
        &engine,
        long,
        Sampling {
            truncate_sequence: true,
            ..tokens(4)
        },
    );
    assert_eq!(cut.ends[0].2.prompt_tokens, 1020);
    assert_eq!(cut.tokens.len(), 4);
}

#[test]
fn impossible_requests_are_told_at_once() {
    let engine = engine("");
    let kind = |prompt: Prompt, sampling| {
        let request = Request {
            sampling,
            ..Request::new(prompt)
        };
        try_run(&engine, &Context::new(AskedBy::Operator), request)
            .unwrap_err()
            .kind()
    };
    assert_eq!(
        kind(Vec::<u32>::new().into(), tokens(1)),
        Kind::InvalidInput
    );
    assert_eq!(kind(vec![99_999].into(), tokens(1)), Kind::InvalidInput);
    assert_eq!(kind(Chat::default().into(), tokens(1)), Kind::InvalidInput);
    let nan = Sampling {
        temperature: Some(f64::NAN),
        ..tokens(1)
    };
    assert_eq!(kind("x".into(), nan), Kind::InvalidInput);
}

#[test]
fn a_caller_who_gives_up_or_is_late_stops_the_answer() {
    let engine = engine("");
    let context = Context::new(AskedBy::Operator);
    context.cancel.cancel();
    let request = Request {
        sampling: tokens(500),
        ..Request::new("hello")
    };
    let answered = try_run(&engine, &context, request.clone()).unwrap();
    assert_eq!(answered.ends[0].1, Finish::Cancelled);
    let late = Context::new(AskedBy::Operator).within(Duration::ZERO);
    let answered = try_run(&engine, &late, request).unwrap();
    assert_eq!(answered.ends[0].1, Finish::TimedOut);
}

#[test]
fn a_dropped_answer_ends_its_thread() {
    let engine = engine("");
    let request = Request {
        sampling: Sampling {
            ignore_eos: true,
            ..tokens(900)
        },
        ..Request::new("hello")
    };
    let mut generation = engine
        .generate(&Context::new(AskedBy::Operator), request)
        .unwrap();
    poll(&mut generation).unwrap().unwrap();
    drop(generation);
    let given = Instant::now();
    while engine.stats().running > 0 {
        assert!(
            given.elapsed() < Duration::from_secs(20),
            "the thread still runs"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn thirty_two_callers_get_the_answers_they_would_get_alone() {
    let engine = engine("");
    let prompt = |i: usize| format!("question number {i}");
    let alone: Vec<_> = (0..32)
        .map(|i| run(&engine, prompt(i).as_str(), tokens(6)).tokens)
        .collect();
    let together: Vec<_> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..32)
            .map(|i| {
                let engine = &engine;
                scope.spawn(move || run(engine, prompt(i).as_str(), tokens(6)).tokens)
            })
            .collect();
        callers.into_iter().map(|c| c.join().unwrap()).collect()
    });
    assert_eq!(together, alone);
}
