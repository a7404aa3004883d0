#![allow(clippy::unwrap_used)]

use std::{future::Future, time::Duration};

use ferrule_types::{
    AskedBy, Context, Fault, Generated, Generation, Kind, LoadSpec, Model as _, Models as _,
    Request, Residence, Sampling,
};

use crate::{Held, Keeping, Library, OpenOptions, Result, runtime};

const LLAMA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/text/tiny-llama"
);

fn options(name: &str) -> OpenOptions {
    OpenOptions {
        model: LLAMA.to_owned(),
        name: Some(name.to_owned()),
        ..OpenOptions::default()
    }
}

fn library(budget: Option<u64>, keep_alive: Option<Duration>, names: &[&str]) -> Library {
    let library = Library::new(Keeping { budget, keep_alive });
    for name in names {
        library.add(options(name)).unwrap();
    }
    library
}

fn run<T>(future: impl Future<Output = T>) -> T {
    runtime::block_on(future).unwrap()
}

fn get(library: &Library, name: &str) -> Result<Held> {
    run(library.get(&Context::new(AskedBy::Operator), Some(name)))
}

fn state_of(library: &Library, name: &str) -> Residence {
    let statuses = library.statuses().unwrap();
    let status = statuses.into_iter().find(|status| status.name == name);
    status.unwrap().residence
}

fn answer(model: &Held, most: usize) -> Generation {
    let request = Request {
        sampling: Sampling {
            max_tokens: Some(most),
            ignore_eos: true,
            ..Sampling::default()
        },
        ..Request::new("Once upon a time")
    };
    model
        .generate(&Context::new(AskedBy::Operator), request)
        .unwrap()
}

async fn next(generation: &mut Generation) -> Option<Result<Generated, ferrule_types::Error>> {
    std::future::poll_fn(|task| generation.as_mut().poll_next(task)).await
}

/// As long as it takes, within reason: another thread has to notice.
fn eventually(holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not come about within 5 seconds");
}

#[test]
fn a_model_is_loaded_when_it_is_first_asked_for_and_once_for_all_who_ask() {
    let library = library(None, None, &["a", "b"]);
    assert_eq!(state_of(&library, "a"), Residence::Unloaded);
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let library = library.clone();
            std::thread::spawn(move || get(&library, "a").unwrap())
        })
        .collect();
    let held: Vec<Held> = threads.into_iter().map(|t| t.join().unwrap()).collect();
    assert!(
        held.iter()
            .all(|h| std::ptr::eq(h.engine(), held[0].engine()))
    );
    assert_eq!(held[0].card().name, "a");
    assert_eq!(state_of(&library, "a"), Residence::Loaded);
    assert_eq!(state_of(&library, "b"), Residence::Unloaded);
}

#[test]
fn the_first_model_is_the_default_until_another_is_made_so() {
    let library = library(None, None, &["a", "b"]);
    let default = || run(library.get(&Context::new(AskedBy::Operator), None)).unwrap();
    assert_eq!(default().card().name, "a");
    library.set_default("b").unwrap();
    assert_eq!(default().card().name, "b");
    library.remove("b").unwrap();
    assert_eq!(library.default_name().unwrap().as_deref(), Some("a"));
    let missing = library.set_default("c").unwrap_err();
    assert_eq!(missing.to_string(), "there is no model `c`");
}

#[test]
fn an_idle_model_is_unloaded_after_its_time_and_never_while_it_answers() {
    let library = library(None, Some(Duration::from_millis(20)), &["a"]);
    let held = get(&library, "a").unwrap();
    let mut generation = answer(&held, 4);
    drop(held);
    std::thread::sleep(Duration::from_millis(80));
    assert_eq!(state_of(&library, "a"), Residence::Loaded, "it answers");
    while run(next(&mut generation)).is_some() {}
    drop(generation);
    eventually(|| state_of(&library, "a") == Residence::Unloaded);
    assert!(get(&library, "a").is_ok(), "and it comes back");
}

#[test]
fn a_time_of_zero_is_not_at_all() {
    let library = library(None, Some(Duration::ZERO), &["a"]);
    let held = get(&library, "a").unwrap();
    // The thread that loaded it may hold it for a moment longer.
    std::thread::sleep(Duration::from_millis(50));
    drop(held);
    assert_eq!(state_of(&library, "a"), Residence::Unloaded);
}

#[test]
fn the_longest_idle_model_makes_room_and_a_refusal_says_the_numbers() {
    let needed = crate::inspect(&options("a"), &())
        .unwrap()
        .memory_needed
        .unwrap();
    let library = library(Some(needed * 5 / 2), None, &["a", "b", "c", "d"]);
    drop(get(&library, "a").unwrap());
    let b = get(&library, "b").unwrap();
    let c = get(&library, "c").unwrap();
    assert_eq!(state_of(&library, "a"), Residence::Unloaded);
    let refused = get(&library, "d").err().unwrap();
    assert_eq!(refused.kind(), Kind::Limit);
    let told = refused.to_string();
    assert!(told.starts_with("d needs about "), "{told}");
    assert!(told.contains("MiB for models are taken"), "{told}");
    drop((b, c));
    assert!(get(&library, "d").is_ok());
    assert_eq!(state_of(&library, "b"), Residence::Unloaded);
    assert_eq!(state_of(&library, "c"), Residence::Loaded);
}

#[test]
fn a_failed_load_says_why_and_is_tried_anew() {
    let library = library(None, None, &[]);
    let nowhere = OpenOptions {
        model: "./nowhere".into(),
        ..OpenOptions::default()
    };
    library.add(nowhere.clone()).unwrap();
    let failed = get(&library, "./nowhere").err().unwrap();
    assert_eq!(failed.kind(), Kind::NotFound);
    let reason = failed.to_string();
    assert_eq!(
        state_of(&library, "./nowhere"),
        Residence::Failed { reason }
    );
    let found = OpenOptions {
        model: LLAMA.to_owned(),
        name: Some(nowhere.model),
        ..OpenOptions::default()
    };
    library.add(found).unwrap();
    assert!(get(&library, "./nowhere").is_ok());
}

#[test]
fn an_unloaded_model_finishes_its_answers() {
    let library = library(None, None, &["a"]);
    let mut generation = answer(&get(&library, "a").unwrap(), 300);
    library.unload("a").unwrap();
    assert_eq!(state_of(&library, "a"), Residence::Unloaded);
    let mut ended = false;
    while let Some(told) = run(next(&mut generation)) {
        ended |= matches!(told.unwrap(), Generated::End { .. });
    }
    assert!(ended);
}

#[test]
fn closing_ends_answers_and_refuses_what_comes_after() {
    let library = library(None, None, &["a"]);
    let held = get(&library, "a").unwrap();
    let mut generation = answer(&held, 1000);
    library.close();
    let mut last = None;
    while let Some(told) = run(next(&mut generation)) {
        last = Some(told);
    }
    let told = last.unwrap().unwrap_err().to_string();
    assert!(told.contains("were closed"), "{told}");
    assert!(get(&library, "a").is_err());
    assert!(held.tokenize("a", false).is_err());
    assert!(library.statuses().is_err());
}

#[test]
fn a_caller_who_gives_up_is_told_at_once() {
    let library = library(None, None, &["a"]);
    let context = Context::new(AskedBy::Operator);
    context.cancel.cancel();
    let told = run(library.get(&context, Some("a"))).err().unwrap();
    assert_eq!(told.kind(), Kind::Cancelled);
    assert!(get(&library, "a").is_ok(), "and the next one is served");
}

#[test]
fn the_seam_loads_by_specification_and_refuses_keys_that_nobody_knows() {
    let library = library(None, None, &[]);
    let context = Context::new(AskedBy::Operator);
    let spec = |options: serde_json::Value| LoadSpec {
        model: LLAMA.to_owned(),
        name: Some("tiny".to_owned()),
        options: options.as_object().unwrap().clone(),
    };
    let good = spec(serde_json::json!({"kv_cache_type": "q8", "max_sequences": 2}));
    assert_eq!(
        run(library.load(&context, good)).unwrap().card().name,
        "tiny"
    );
    let told = |options| {
        let told = run(library.load(&context, spec(options))).err().unwrap();
        told.to_string()
    };
    assert!(
        told(serde_json::json!({"kv_cache_typ": "q8"})).contains("unknown field `kv_cache_typ`")
    );
    assert!(told(serde_json::json!({"kv_cache_type": "q3"})).contains("f32, f16, bf16, q8"));
}
