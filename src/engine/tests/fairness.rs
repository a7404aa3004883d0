//! What slow readers, full caches and interrupted work must not change.

use std::{
    thread,
    time::{Duration, Instant},
};

use ferrule_model::{Cache, CacheType, Geometry, HeadShape, LoadOptions};
use ferrule_types::{
    AskedBy, Context, Embed, Finish, Generated, Generation, Model as _, Pooling, Request, Sampling,
};
use tokio::sync::oneshot;

use super::{engine, engine_of, measuring::wait, poll, run, settings, tokens};
use crate::{
    Settings,
    blocks::{Blocks, Roots},
    measure::{Kind, Measure, Measured},
    pace::Pace,
    scheduler::Scheduler,
    sequence::{Sequence, Share, Work},
};

fn context() -> Context {
    Context::new(AskedBy::Operator)
}

fn endless(most: usize) -> Sampling {
    Sampling {
        ignore_eos: true,
        ..tokens(most)
    }
}

fn request(len: usize, sampling: Sampling) -> Request {
    Request {
        sampling,
        ..Request::new((0..len as u32).map(|i| i % 199).collect::<Vec<u32>>())
    }
}

fn all(mut generation: Generation) -> Vec<Generated> {
    std::iter::from_fn(|| poll(&mut generation))
        .map(Result::unwrap)
        .collect()
}

type Told = oneshot::Receiver<Result<Measured, ferrule_types::Error>>;

/// A sequence whose numbers nobody computes.
fn sequence(len: usize) -> (Sequence, Told) {
    let (told, hears) = oneshot::channel();
    let kind = Kind::Vector {
        pooling: Pooling::Mean,
        normalise: false,
    };
    let work = Work::Measure(Measure::new(kind, told));
    (Sequence::new(context(), vec![1; len], len, work), hears)
}

fn scheduler(blocks: usize, settings: &Settings) -> (Scheduler, Cache) {
    let geometry = Geometry {
        layers: vec![HeadShape { heads: 1, dim: 4 }],
    };
    let cache = Cache::new(geometry, CacheType::F32, blocks);
    (Scheduler::new(Blocks::new(blocks), settings), cache)
}

/// A machine on which any prompt fits into a step.
fn fast() -> Pace {
    let mut pace = Pace::default();
    pace.learn(1000, Duration::from_micros(10));
    pace
}

#[test]
fn the_start_is_told_first_where_nothing_is_kept_for_later_too() {
    let engine = engine_of("", |_| Settings {
        prefix_cache: false,
        ..settings()
    });
    let told = all(engine
        .generate(&context(), request(20, endless(30)))
        .unwrap());
    assert!(matches!(told[0], Generated::Start { .. }), "{:?}", told[0]);
    let starts = told
        .iter()
        .filter(|t| matches!(t, Generated::Start { .. }))
        .count();
    assert_eq!(starts, 1);
    let Some(Generated::End { usage, .. }) = told.last() else {
        panic!("{told:?}")
    };
    assert!(usage.prompt > Duration::ZERO);
}

#[test]
fn a_slow_reader_hears_of_the_end_though_its_time_is_up() {
    let engine = engine("");
    // The first is cut off while its reader is behind; the second is done by then, but not all read.
    for (most, end) in [(900, Finish::TimedOut), (64, Finish::Length)] {
        let context = context().within(Duration::from_millis(150));
        let answer = engine.generate(&context, request(20, endless(most)));
        thread::sleep(Duration::from_millis(300));
        let told = all(answer.unwrap());
        let Some(Generated::End { finish, usage, .. }) = told.last() else {
            panic!("{} items and no end", told.len())
        };
        assert_eq!(*finish, end);
        let pieces = told
            .iter()
            .filter(|t| matches!(t, Generated::Piece(p) if p.token.is_some()))
            .count();
        assert_eq!(pieces as u64, usage.completion_tokens);
    }
}

#[test]
fn a_cancelled_answer_says_so_to_a_slow_reader() {
    let engine = engine("");
    let context = context();
    let answer = engine.generate(&context, request(20, endless(900)));
    thread::sleep(Duration::from_millis(150));
    context.cancel.cancel();
    thread::sleep(Duration::from_millis(150));
    let told = all(answer.unwrap());
    let last = told.last().unwrap();
    assert!(
        matches!(
            last,
            Generated::End {
                finish: Finish::Cancelled,
                ..
            }
        ),
        "{last:?}"
    );
}

#[test]
fn what_is_measured_of_an_interrupted_prompt_is_measured_once() {
    let (mut prompt, mut hears) = sequence(4);
    let mut blocks = Blocks::new(4);
    let mut take = |sequence: &mut Sequence, rows: &[f32]| {
        let share = Share {
            which: 0,
            count: rows.len(),
            draft: Vec::new(),
            want: ferrule_model::Want::States,
        };
        let rows: Vec<Vec<f32>> = rows.iter().map(|v| vec![*v]).collect();
        assert!(sequence.make_room(rows.len(), &mut blocks));
        let ended = sequence.take(&share, &rows, &mut blocks);
        if !ended {
            sequence.suspend(&mut blocks);
        }
        ended
    };
    assert!(!take(&mut prompt, &[7.0, 8.0]));
    assert!(take(&mut prompt, &[1.0, 2.0, 3.0, 4.0]));
    match hears.try_recv().unwrap().unwrap() {
        Measured::Vector(vector) => assert_eq!(vector, [2.5]),
        Measured::Likelihood(ranked) => panic!("{ranked:?}"),
    }
    // Numbers that are none are an error here as they are in an answer.
    let (mut prompt, mut hears) = sequence(2);
    assert!(take(&mut prompt, &[1.0, f32::NAN]));
    let error = hears.try_recv().unwrap().unwrap_err();
    assert!(error.to_string().contains("finite"), "{error}");
}

#[test]
fn a_prompt_goes_on_though_answers_fill_the_whole_step() {
    let (mut scheduler, mut cache) = scheduler(
        12,
        &Settings {
            step_tokens: 1,
            ..settings()
        },
    );
    let (mut writing, _a) = sequence(5);
    (writing.done, writing.prompt) = (4, 4);
    let (reading, _b) = sequence(50);
    scheduler.waiting.extend([writing, reading]);
    let shares = scheduler.plan(&mut cache, &fast());
    let counts: Vec<_> = shares.iter().map(|s| (s.which, s.count)).collect();
    assert_eq!(counts, [(0, 1), (1, 1)]);
}

#[test]
fn nobody_begins_on_blocks_that_others_will_need_for_their_prompts() {
    let (mut scheduler, mut cache) = scheduler(24, &settings());
    let mut hear = Vec::new();
    for _ in 0..4 {
        let (sequence, hears) = sequence(160);
        scheduler.waiting.push_back(sequence);
        hear.push(hears);
    }
    let shares = scheduler.plan(&mut cache, &fast());
    assert_eq!(shares.len(), 2);
    assert_eq!((scheduler.running.len(), scheduler.preemptions), (2, 0));
}

#[test]
fn what_a_reader_does_not_read_gives_its_blocks_to_those_that_wait() {
    let engine = engine_of("", |model| {
        let block = model.decoder.geometry().block_bytes(CacheType::F32);
        Settings {
            cache_mb: Some((40 * block).div_ceil(1 << 20)),
            ..settings()
        }
    });
    let mut free = engine.stats().blocks_total as usize * Cache::BLOCK;
    let mut unread = Vec::new();
    while free > 500 {
        let mut prompt = request((free - 420).min(800), endless(90));
        // None finds what another left.
        if let ferrule_types::Prompt::Tokens(tokens) = &mut prompt.prompt {
            tokens[0] = unread.len() as u32 + 5;
            free -= tokens.len() + 80;
        }
        unread.push(engine.generate(&context(), prompt).unwrap());
    }
    let begun = Instant::now();
    while engine.stats().completion_tokens < 63 * unread.len() as u64 {
        assert!(begun.elapsed() < Duration::from_secs(20));
        thread::sleep(Duration::from_millis(1));
    }
    thread::scope(|scope| {
        let mut busy = engine
            .generate(&context(), request(10, endless(200)))
            .unwrap();
        poll(&mut busy);
        poll(&mut busy);
        let busy = scope.spawn(|| all(busy));
        let late = all(engine
            .generate(&context(), request(600, tokens(1)))
            .unwrap());
        let usage = |told: Vec<Generated>| match told.last() {
            Some(Generated::End { usage, .. }) => *usage,
            other => panic!("{other:?}"),
        };
        let (late, busy) = (usage(late), usage(busy.join().unwrap()));
        assert!(
            late.queued < busy.completion / 2,
            "{:?} of {:?}",
            late.queued,
            busy.completion
        );
    });
    for unread in unread {
        assert!(all(unread).len() > 90);
    }
}

#[test]
fn an_input_as_long_as_the_context_is_measured_whole() {
    let engine = engine("");
    let longest = ferrule_model::load(&super::folder(), &LoadOptions::default())
        .unwrap()
        .decoder
        .context();
    let wish = |len, truncate_sequence| Embed {
        inputs: vec![vec![5; len].into()],
        pooling: Pooling::Last,
        normalise: false,
        truncate_sequence,
    };
    let told = wait(engine.embed(&context(), wish(longest, false))).unwrap();
    assert_eq!(told.usage.prompt_tokens, longest as u64);
    assert!(wait(engine.embed(&context(), wish(longest + 1, false))).is_err());
    let told = wait(engine.embed(&context(), wish(longest + 1, true))).unwrap();
    assert_eq!(told.usage.prompt_tokens, longest as u64);
    let scores = wait(engine.score(&context(), vec![5; longest].into(), 0)).unwrap();
    assert_eq!(scores.tokens.len(), longest - 1);
}

#[test]
fn an_idle_engine_answers_though_none_may_wait() {
    let engine = engine_of("", |_| Settings {
        queue: 0,
        ..settings()
    });
    assert_eq!(run(&engine, "hello", endless(3)).tokens.len(), 3);
}

#[test]
fn a_token_that_the_model_does_not_know_is_refused_before_it_can_fail_a_step() {
    let place = tempfile::tempdir().unwrap();
    let tokenizer = place.path().join("tokenizer.json");
    let text = std::fs::read_to_string(super::folder().join("tokenizer.json")).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
    json["added_tokens"]
        .as_array_mut()
        .unwrap()
        .push(serde_json::json!({
            "id": 512, "content": "<|beyond|>", "special": true, "single_word": false,
            "lstrip": false, "rstrip": false, "normalized": false
        }));
    std::fs::write(&tokenizer, json.to_string()).unwrap();
    let options = LoadOptions {
        tokenizer_json: Some(tokenizer),
        ..LoadOptions::default()
    };
    let loaded = ferrule_model::load(&super::folder(), &options).unwrap();
    let engine = crate::Engine::with(loaded, settings()).unwrap();
    let refused = engine.generate(&context(), Request::new("say <|beyond|> now"));
    let error = refused.err().unwrap();
    assert_eq!(error.kind(), ferrule_types::Kind::InvalidInput, "{error}");
}

#[test]
fn many_inputs_are_measured_together() {
    let engine = engine("");
    let wish = |inputs: Vec<u32>| Embed {
        inputs: inputs.into_iter().map(|i| vec![i; 7].into()).collect(),
        pooling: Pooling::Mean,
        normalise: true,
        truncate_sequence: false,
    };
    let together = wait(engine.embed(&context(), wish((0..100).collect()))).unwrap();
    let steps = engine.stats().steps;
    assert!(steps < 100, "{steps}");
    for i in [0, 31, 32, 99] {
        let alone = wait(engine.embed(&context(), wish(vec![i]))).unwrap();
        assert_eq!(alone.vectors[0], together.vectors[i as usize]);
    }
    assert_eq!(together.usage.prompt_tokens, 700);
}

#[test]
fn those_that_share_a_running_prompt_need_no_room_for_it() {
    let (mut scheduler, mut cache) = scheduler(22, &settings());
    let root = Some(Roots::default().of("somebody", 0));
    let mut hear = Vec::new();
    let mut come = |scheduler: &mut Scheduler, len| {
        let (mut sequence, hears) = sequence(len);
        sequence.root = root;
        scheduler.waiting.push_back(sequence);
        hear.push(hears);
    };
    come(&mut scheduler, 161);
    let mut shares = scheduler.plan(&mut cache, &fast());
    shares[0].count = 160;
    let rows = vec![vec![0.0]; 160];
    assert!(!scheduler.running[0].take(&shares[0], &rows, &mut scheduler.blocks));
    for _ in 0..4 {
        come(&mut scheduler, 160);
    }
    let shares = scheduler.plan(&mut cache, &fast());
    assert_eq!((shares.len(), scheduler.running.len()), (5, 5));
    assert_eq!(scheduler.preemptions, 0);
}

/// The tokens of each choice, of requests that are asked for together and read one after the other.
fn read_late(engine: &crate::Engine, requests: &[Request]) -> Vec<Vec<Vec<u32>>> {
    let asked: Vec<_> = requests
        .iter()
        .map(|r| engine.generate(&context(), r.clone()).unwrap())
        .collect();
    let answers = asked.into_iter().rev().map(|generation| {
        let mut choices = vec![Vec::new(); 3];
        let (mut ends, mut starts) = (0, 0);
        for item in all(generation) {
            match item {
                Generated::Start { .. } => starts += 1,
                Generated::Piece(piece) => choices[piece.choice as usize].extend(piece.token),
                Generated::End { finish, .. } => {
                    assert_eq!(finish, Finish::Length);
                    ends += 1;
                }
            }
        }
        let wanted = choices.iter().filter(|c| !c.is_empty()).count();
        assert_eq!((starts, ends), (1, wanted));
        choices
    });
    let mut answers: Vec<_> = answers.collect();
    answers.reverse();
    answers
}

#[test]
fn narrow_settings_and_late_readers_change_no_answer() {
    let requests: Vec<Request> = (0..24)
        .map(|i| {
            let sampling = Sampling {
                n: 1 + i % 3,
                temperature: (i % 2 == 1).then_some(1.1),
                seed: Some(i.into()),
                ..endless(100 + 7 * i as usize)
            };
            let mut request = request(5 + 30 * (i as usize % 8), sampling);
            if let ferrule_types::Prompt::Tokens(tokens) = &mut request.prompt {
                let at = tokens.len() / 2;
                tokens[at] = i;
            }
            request
        })
        .collect();
    let expected = read_late(&engine(""), &requests);
    for (max_sequences, step_tokens, cache_mb, prefix_cache) in [
        (1, 1, 1, true),
        (2, 3, 1, true),
        (32, 512, 1, true),
        (32, 40, 1, false),
    ] {
        let engine = engine_of("", |_| Settings {
            max_sequences,
            step_tokens,
            cache_mb: Some(cache_mb),
            prefix_cache,
            ..settings()
        });
        assert_eq!(read_late(&engine, &requests), expected, "{max_sequences}");
        let begun = Instant::now();
        while engine.stats().blocks_used > 0 {
            assert!(begun.elapsed() < Duration::from_secs(5));
            thread::sleep(Duration::from_millis(5));
        }
        let stats = engine.stats();
        assert_eq!((stats.running, stats.waiting), (0, 0));
    }
}

#[test]
fn unread_answers_without_end_are_refused_in_the_end() {
    let engine = engine_of("", |_| Settings {
        queue: 4,
        ..settings()
    });
    let mut unread = Vec::new();
    for _ in 0..200 {
        match engine.generate(&context(), request(10, endless(200))) {
            Ok(generation) => unread.push(generation),
            Err(error) => {
                assert!(error.to_string().contains("the queue holds 4"), "{error}");
                break;
            }
        }
        let begun = Instant::now();
        while engine.stats().completion_tokens < 63 * unread.len() as u64 {
            assert!(begun.elapsed() < Duration::from_secs(20));
            thread::sleep(Duration::from_millis(1));
        }
    }
    assert!((4..20).contains(&unread.len()), "{}", unread.len());
    drop(unread);
    while engine.stats().running > 0 {
        thread::yield_now();
    }
    assert!(engine.generate(&context(), request(10, tokens(1))).is_ok());
}
