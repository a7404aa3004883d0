//! Many sequences at once: nothing that one gets depends on the others.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use ferrule_model::{CacheType, LoadOptions};
use ferrule_types::{AskedBy, Context, Finish, Generated, Model as _, Request, Sampling};

use super::{engine, engine_of, poll, run, settings, tokens, try_run};
use crate::{Drafter, Drafters, Engine, Settings};

fn context() -> Context {
    Context::new(AskedBy::Operator)
}

fn request(prompt: Vec<u32>, sampling: Sampling) -> Request {
    Request {
        sampling,
        ..Request::new(prompt)
    }
}

/// A prompt of its own for every number.
fn prompt(number: usize, len: usize, vocab: usize) -> Vec<u32> {
    let mut state = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0..len)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % vocab as u64) as u32
        })
        .collect()
}

/// Asks for all answers at once and gathers them, in order.
fn together(engine: &Engine, requests: Vec<Request>) -> Vec<Vec<u32>> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = requests
            .into_iter()
            .map(|request| {
                scope.spawn(move || try_run(engine, &context(), request).unwrap().tokens)
            })
            .collect();
        asked.into_iter().map(|a| a.join().unwrap()).collect()
    })
}

/// A tokenizer for models that have none.
fn words(count: usize) -> String {
    let vocab: serde_json::Map<_, _> = (0..count).map(|i| (format!("w{i} "), i.into())).collect();
    let model = serde_json::json!({"type": "WordLevel", "vocab": vocab, "unk_token": "w0 "});
    serde_json::json!({"version": "1.0", "model": model}).to_string()
}

/// Folders of tiny models, one or more for each architecture.
fn architectures() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/arch");
    let mut folders: Vec<_> = std::fs::read_dir(fixtures)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.join("config.json").is_file())
        .collect();
    folders.sort();
    folders
}

#[test]
fn every_architecture_answers_in_a_batch_as_it_does_alone() {
    let place = tempfile::tempdir().unwrap();
    let tokenizer = place.path().join("tokenizer.json");
    std::fs::write(&tokenizer, words(64)).unwrap();
    let folders = architectures();
    assert!(folders.len() > 25);
    for folder in folders {
        let options = LoadOptions {
            tokenizer_json: Some(tokenizer.clone()),
            ..LoadOptions::default()
        };
        let loaded = ferrule_model::load(&folder, &options).unwrap();
        let (vocab, longest) = (loaded.decoder.vocab(), loaded.decoder.context());
        let small = Settings {
            cache_type: CacheType::F16,
            step_tokens: 40,
            ..settings()
        };
        let engine = Engine::with(loaded, small).unwrap();
        let requests: Vec<_> = (0..12)
            .map(|i| {
                let sampling = Sampling {
                    ignore_eos: true,
                    ..tokens(10)
                };
                request(prompt(i, (3 + 7 * i).min(longest - 12), vocab), sampling)
            })
            .collect();
        let alone: Vec<_> = requests
            .iter()
            .map(|r| try_run(&engine, &context(), r.clone()).unwrap().tokens)
            .collect();
        let name = folder.display();
        assert!(alone.iter().all(|t| t.len() == 10), "{name}");
        assert_eq!(together(&engine, requests), alone, "{name}");
    }
}

#[test]
fn a_preempted_answer_is_the_one_it_would_have_been() {
    let roomy = engine("");
    // Twelve blocks for eight sequences that need six each in the end.
    let block = 1 << 20;
    let tight = engine_of("", |model| Settings {
        cache_mb: Some((12 * model.decoder.geometry().block_bytes(CacheType::F32)).div_ceil(block)),
        ..settings()
    });
    let total = tight.stats().blocks_total as usize;
    let requests: Vec<_> = (0..8)
        .map(|i| {
            let sampling = Sampling {
                temperature: (i % 2 == 1).then_some(1.2),
                seed: Some(i as u64),
                ignore_eos: true,
                ..tokens(total * 16 / 3)
            };
            request(prompt(i, 20, 200), sampling)
        })
        .collect();
    let expected: Vec<_> = requests
        .iter()
        .map(|r| try_run(&roomy, &context(), r.clone()).unwrap().tokens)
        .collect();
    assert_eq!(together(&tight, requests), expected);
    let stats = tight.stats();
    assert!(stats.preemptions > 0, "{stats:?}");
    assert_eq!(roomy.stats().preemptions, 0);
}

#[test]
fn a_seeded_answer_repeats_whatever_else_is_computed_with_it() {
    let engine = engine("");
    let wanted = |seed| {
        let sampling = Sampling {
            temperature: Some(1.3),
            top_p: Some(0.95),
            seed: Some(seed),
            repetition_penalty: Some(1.1),
            ..tokens(30)
        };
        request(prompt(1, 30, 200), sampling)
    };
    let alone: Vec<_> = (0..4)
        .map(|s| try_run(&engine, &context(), wanted(s)).unwrap().tokens)
        .collect();
    let mut requests: Vec<_> = (0..4).map(wanted).collect();
    requests.extend((10..26).map(|i| request(prompt(i, i * 5, 200), tokens(i))));
    assert_eq!(together(&engine, requests)[..4], alone);
    assert_ne!(alone[0], alone[1]);
}

#[test]
fn a_common_beginning_is_computed_once() {
    let engine = engine("");
    let mut first = prompt(3, 1010, 200);
    let usage = |prompt: Vec<u32>| {
        let answered = try_run(&engine, &context(), request(prompt, tokens(4))).unwrap();
        (answered.tokens, answered.ends[0].2)
    };
    let (_, cold) = usage(first.clone());
    assert_eq!(cold.cached_tokens, 0);
    first.truncate(1000);
    first.extend([7, 8, 9]);
    let (warm, second) = usage(first.clone());
    // All but what is its own, and at most a block.
    let computed = second.prompt_tokens - second.cached_tokens;
    assert!((3..16).contains(&computed), "{second:?}");
    assert_eq!(engine.stats().prefix_hits, 1);
    // What was reused is what would have been computed.
    let fresh = super::engine("");
    let alone = try_run(&fresh, &context(), request(first, tokens(4))).unwrap();
    assert_eq!(alone.tokens, warm);
}

#[test]
fn one_principal_never_finds_what_another_left() {
    let engine = engine("");
    let text = prompt(5, 300, 200);
    let cached = |principal: &str| {
        let context = context().on_behalf_of(principal);
        let answered = try_run(&engine, &context, request(text.clone(), tokens(2))).unwrap();
        answered.ends[0].2.cached_tokens
    };
    assert_eq!(cached("alice"), 0);
    assert_eq!(cached("bob"), 0);
    assert!(cached("alice") > 280);
    assert!(cached("bob") > 280);
}

#[test]
fn two_hundred_private_prompts_side_by_side_show_nothing_of_each_other() {
    let engine = engine("");
    // On an engine that keeps nothing, one after the other, nothing of anybody's can be in an answer.
    let forgetful = engine_of("", |_| Settings {
        prefix_cache: false,
        ..settings()
    });
    let asked: Vec<_> = (0..200)
        .map(|i| {
            // The same words around a secret: the places where a mixed-up block would be found.
            let mut tokens_of = prompt(1000, 40, 200);
            tokens_of.extend(prompt(i, 24, 200));
            tokens_of.extend(prompt(1001, 20, 200));
            request(
                tokens_of,
                Sampling {
                    ignore_eos: true,
                    ..tokens(6)
                },
            )
        })
        .collect();
    let answers: Vec<Vec<u32>> = std::thread::scope(|scope| {
        let callers: Vec<_> = asked
            .iter()
            .enumerate()
            .map(|(i, request)| {
                let engine = &engine;
                let context = context().on_behalf_of(format!("tenant {}", i % 20));
                scope.spawn(move || try_run(engine, &context, request.clone()).unwrap().tokens)
            })
            .collect();
        callers.into_iter().map(|c| c.join().unwrap()).collect()
    });
    for (i, (request, answer)) in asked.iter().zip(&answers).enumerate() {
        let alone = try_run(&forgetful, &context(), request.clone()).unwrap();
        assert_eq!(&alone.tokens, answer, "{i}");
    }
}

#[test]
fn blocks_and_places_come_back_whatever_happens_to_a_request() {
    let engine = engine("");
    let mut state = 12345usize;
    let mut next = |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let rounds = if std::env::var_os("FERRULE_SOAK").is_some() {
        10_000
    } else {
        600
    };
    let mut open = Vec::new();
    for i in 0..rounds {
        let sampling = Sampling {
            temperature: (next(2) == 0).then_some(1.0),
            n: 1 + next(3) as u32,
            ..tokens(1 + next(20))
        };
        let context = match next(6) {
            0 => context().within(Duration::from_micros(next(3000) as u64)),
            _ => context(),
        };
        let generation = engine.generate(
            &context,
            request(prompt(next(40), 1 + next(120), 200), sampling),
        );
        open.push((generation.unwrap(), context));
        if open.len() > 40 {
            let (mut generation, context) = open.swap_remove(next(40));
            match next(4) {
                0 => {}
                1 => context.cancel.cancel(),
                _ => {
                    while let Some(item) = poll(&mut generation) {
                        item.unwrap();
                    }
                }
            }
        }
        if i % 97 == 0 {
            open.clear();
        }
    }
    for (mut generation, _) in open {
        while let Some(item) = poll(&mut generation) {
            item.unwrap();
        }
    }
    let begun = std::time::Instant::now();
    loop {
        let stats = engine.stats();
        if (stats.running, stats.waiting, stats.blocks_used) == (0, 0, 0) {
            assert_eq!(stats.requests, rounds as u64);
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{stats:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_reader_that_never_reads_holds_up_nobody_but_itself() {
    let slow = Settings {
        max_sequences: 2,
        ..settings()
    };
    let engine = engine_of("", |_| slow);
    let endless = Sampling {
        ignore_eos: true,
        ..tokens(500)
    };
    let mut unread: Vec<_> = (0..4)
        .map(|i| {
            engine
                .generate(&context(), request(prompt(i, 10, 200), endless.clone()))
                .unwrap()
        })
        .collect();
    for i in 10..14 {
        let answered = try_run(
            &engine,
            &context(),
            request(prompt(i, 30, 200), endless.clone()),
        );
        assert_eq!(answered.unwrap().tokens.len(), 500);
    }
    // Whoever reads on in the end gets all of it.
    let mut pieces = 0;
    while let Some(item) = poll(&mut unread[0]) {
        pieces += usize::from(matches!(item.unwrap(), Generated::Piece(p) if p.token.is_some()));
    }
    assert_eq!(pieces, 500);
}

#[test]
fn too_many_waiting_requests_are_refused_with_both_numbers() {
    let short = Settings {
        max_sequences: 1,
        queue: 4,
        ..settings()
    };
    let engine = engine_of("", |_| short);
    let long = || {
        request(
            prompt(1, 50, 200),
            Sampling {
                ignore_eos: true,
                ..tokens(400)
            },
        )
    };
    let mut taken = Vec::new();
    let refused = loop {
        match engine.generate(&context(), long()) {
            Ok(generation) => taken.push(generation),
            Err(error) => break error,
        }
        assert!(taken.len() < 100);
    };
    assert_eq!(refused.kind(), ferrule_types::Kind::Limit);
    assert!(
        refused.to_string().contains("the queue holds 4"),
        "{refused}"
    );
    assert!(taken.len() >= 4);
    drop(taken);
    // The places are free again within a step.
    while engine.stats().waiting > 0 {
        std::thread::yield_now();
    }
    let answered = run(&engine, "hello", tokens(3));
    assert!(!answered.ends.is_empty());
    assert!(engine.stats().refused > 0);
}

#[test]
fn a_closed_engine_ends_its_answers_and_says_so() {
    let engine = engine("");
    let mut generation = engine
        .generate(
            &context(),
            request(
                prompt(1, 10, 200),
                Sampling {
                    ignore_eos: true,
                    ..tokens(900)
                },
            ),
        )
        .unwrap();
    poll(&mut generation).unwrap().unwrap();
    engine.close();
    let last = std::iter::from_fn(|| poll(&mut generation)).last().unwrap();
    assert!(last.unwrap_err().to_string().contains("closed"));
    let error = engine
        .generate(&context(), request(vec![1], tokens(1)))
        .err()
        .unwrap();
    assert!(error.to_string().contains("closed"), "{error}");
}

#[test]
fn an_answer_outlives_the_engine_that_was_dropped() {
    let engine = engine("");
    let mut generation = engine
        .generate(
            &context(),
            request(
                prompt(1, 10, 200),
                Sampling {
                    ignore_eos: true,
                    ..tokens(40)
                },
            ),
        )
        .unwrap();
    drop(engine);
    let mut finish = None;
    while let Some(item) = poll(&mut generation) {
        if let Generated::End { finish: f, .. } = item.unwrap() {
            finish = Some(f);
        }
    }
    assert_eq!(finish, Some(Finish::Length));
}

#[test]
fn what_is_guessed_ahead_is_the_text_that_would_have_come_anyway() {
    let plain = engine_of("", |_| Settings {
        speculation: false,
        ..settings()
    });
    let engine = engine("");
    let mut accepted = 0;
    for i in 0..24 {
        // Prompts that repeat themselves, so that there is something to guess, and then answers in loops.
        let mut text = prompt(i, 12, 60).repeat(4);
        text.truncate(12 + i);
        let sampling = Sampling {
            temperature: (i % 3 == 1).then_some(0.7),
            repetition_penalty: (i % 4 == 2).then_some(1.3),
            seed: Some(i as u64),
            logprobs: i % 5 == 0,
            ignore_eos: true,
            // Every other answer goes round in a circle of few tokens.
            logit_bias: (0..5 * (i as u32 % 2)).map(|t| (70 + t, 100.0)).collect(),
            frequency_penalty: (i % 2 == 1).then_some(2.0),
            ..tokens(150)
        };
        let request = request(text, sampling);
        let slow = try_run(&plain, &context(), request.clone()).unwrap();
        let quick = try_run(&engine, &context(), request).unwrap();
        assert_eq!(slow.tokens, quick.tokens);
        assert_eq!(slow.text, quick.text);
        accepted = engine.stats().accepted_tokens;
    }
    assert_eq!(plain.stats().drafted_tokens, 0);
    assert!(accepted > 100, "{:?}", engine.stats());
    assert!(engine.stats().steps < plain.stats().steps);
}

/// Knows a text by heart, or believes it does.
struct Oracle {
    text: Vec<u32>,
    at: usize,
}

impl Drafter for Oracle {
    fn propose(&mut self, most: usize, _: f32) -> Vec<u32> {
        self.text.iter().skip(self.at).take(most).copied().collect()
    }

    fn extend(&mut self, tokens: &[u32]) {
        self.at += tokens.len();
    }

    fn learn(&mut self, _: usize, _: usize) {}
}

#[test]
fn a_drafter_of_ones_own_makes_answers_quicker_and_never_different() {
    let plain = engine("");
    let asked = request(
        prompt(1, 20, 200),
        Sampling {
            ignore_eos: true,
            ..tokens(60)
        },
    );
    let expected = try_run(&plain, &context(), asked.clone()).unwrap().tokens;
    for (text, most_steps) in [(expected.clone(), 8), (vec![7; 60], 61)] {
        let loaded = ferrule_model::load(&super::folder(), &LoadOptions::default()).unwrap();
        let drafters: Drafters = Arc::new(move |_| {
            let text = text.clone();
            Box::new(Oracle { text, at: 0 })
        });
        let engine = Engine::guessing(loaded, settings(), drafters).unwrap();
        let answered = try_run(&engine, &context(), asked.clone()).unwrap();
        assert_eq!(answered.tokens, expected);
        assert!(engine.stats().steps <= most_steps, "{:?}", engine.stats());
    }
}
