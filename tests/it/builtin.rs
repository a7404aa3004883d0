//! The model that comes with the program: the same as its file, and quickly there.

use std::{io::Write as _, path::PathBuf, time::Instant};

use anyhow::{Context as _, Result, ensure};
use ferrule::{
    Engine, Error, OpenOptions, builtin,
    model::{self, Batch, Block, Cache, CacheType, LoadOptions, Place, Want},
    runtime,
    types::{AskedBy, Context, Generated, Message, Model as _, Prompt, Request, Sampling},
};

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("nano/nano.gguf")
}

/// The logits behind every token of a prompt.
fn logits<'a>(place: impl Into<Place<'a>>) -> Result<Vec<Vec<f32>>> {
    let loaded = model::load(place, &LoadOptions::default())?;
    let prompt = "<|user|>Which files are in ./docs?<|end|><|assistant|>";
    let ids = loaded.tokenizer.encode(prompt, true)?;
    ensure!(
        ids.len() > 8 && ids[0] == 3,
        "the marks are tokens: {ids:?}"
    );
    let blocks = Block::several(0..Cache::blocks_for(ids.len()) as u32);
    let mut cache = Cache::new(loaded.decoder.geometry(), CacheType::F16, blocks.len());
    let batch = Batch::single(&blocks, &ids, 0, ids.len(), Want::All)?;
    Ok(loaded.decoder.forward(&batch, &mut cache)?)
}

#[test]
fn bytes_of_the_program_and_the_file_that_they_came_from_give_the_same_logits() -> Result<()> {
    let bytes: &'static [u8] = std::fs::read(file())?.leak();
    // Wherever they lie: a program's data need not begin at a round address.
    let mut moved = vec![0; 3];
    moved.extend_from_slice(bytes);
    let moved: &'static [u8] = &moved.leak()[3..];
    let from_file = logits(&file())?;
    ensure!(from_file.iter().flatten().all(|logit| logit.is_finite()));
    for bytes in [bytes, moved] {
        let of_program = logits(Place::Program { name: "x", bytes })?;
        ensure!(of_program == from_file, "the logits differ");
    }
    Ok(())
}

#[test]
fn broken_bytes_of_the_program_are_an_error_that_names_them() -> Result<()> {
    let bytes: &'static [u8] = std::fs::read(file())?.leak();
    for bytes in [&bytes[..0], &bytes[..100], &bytes[..bytes.len() - 1]] {
        let place = Place::Program {
            name: "ours",
            bytes,
        };
        let error = model::inspect(place, &LoadOptions::default());
        let told = error.err().context("no error")?.to_string();
        ensure!(told.starts_with("ours is cut short"), "{told}");
    }
    Ok(())
}

#[test]
fn no_name_is_the_built_in_model_and_its_card_says_who_it_is() -> Result<()> {
    let card = ferrule::inspect(&OpenOptions::default(), &())?;
    ensure!((card.name.as_str(), card.arch.as_str()) == (builtin::CARD, "qwen3"));
    ensure!(card.quantization.as_deref() == Some("q8_0"));
    ensure!(card.bos.is_none() && card.eos.contains(&1) && !card.eos.contains(&8));
    ensure!(
        card.template
            .is_some_and(|template| template.contains("<|tools|>"))
    );
    ensure!(builtin::size() <= 12_000_000, "{} bytes", builtin::size());
    let named = OpenOptions {
        name: Some("mine".into()),
        ..OpenOptions::default()
    };
    ensure!(ferrule::inspect(&named, &())?.name == "mine");
    Ok(())
}

#[test]
fn the_built_in_model_has_no_files_to_choose_from() {
    let options = OpenOptions {
        files: vec!["Q4_K_M".into()],
        ..OpenOptions::default()
    };
    let told = ferrule::open(&options, &()).expect_err("there is one file");
    assert!(matches!(told, Error::Option { what: "file", .. }), "{told}");
}

#[test]
fn it_is_loaded_and_answers_and_how_long_that_takes_is_told() -> Result<()> {
    let mut best = [f64::INFINITY; 2];
    for _ in 0..3 {
        let started = Instant::now();
        let engine = ferrule::open(&OpenOptions::default(), &())?;
        best[0] = best[0].min(started.elapsed().as_secs_f64());
        let started = Instant::now();
        first_token(&engine)?;
        best[1] = best[1].min(started.elapsed().as_secs_f64());
    }
    let [load, first] = best.map(|seconds| seconds * 1000.0);
    writeln!(
        std::io::stderr(),
        "builtin: loaded in {load:.1} ms, first token {first:.1} ms later"
    )?;
    Ok(())
}

fn first_token(engine: &Engine) -> Result<()> {
    let request = Request {
        sampling: Sampling {
            max_tokens: Some(1),
            ignore_eos: true,
            ..Sampling::default()
        },
        ..Request::new(Prompt::Chat(vec![Message::user("Hello!")].into()))
    };
    let mut generation = engine.generate(&Context::new(AskedBy::Operator), request)?;
    loop {
        let next = std::future::poll_fn(|cx| generation.as_mut().poll_next(cx));
        match runtime::block_on(next)?.context("no end")?? {
            Generated::Piece(_) => return Ok(()),
            Generated::End { .. } => anyhow::bail!("no token"),
            Generated::Start { .. } => {}
        }
    }
}
