//! Fuzz targets for the headers of both weight formats: damaged files end in an error or in a model
//! that opens, never in a panic or an endless load.
//!
//! `FERRULE_FUZZ_SECONDS` sets how long each target runs; `make soak` gives them minutes.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{Form, LoadOptions, Opened, load};

fn fixtures(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures")
        .join(kind)
}

fn patience() -> Duration {
    let seconds = std::env::var("FERRULE_FUZZ_SECONDS")
        .ok()
        .and_then(|s| s.parse().ok());
    Duration::from_secs_f64(seconds.unwrap_or(1.5))
}

/// xorshift: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }
}

/// Numbers that break sums and counts.
const EDGES: [u64; 10] = [
    0,
    1,
    7,
    0x7f,
    0xff,
    0xffff,
    0x7fff_ffff,
    0xffff_ffff,
    u64::MAX / 2,
    u64::MAX,
];

/// Changes a few places among the first `header` bytes, or the length.
fn damage(bytes: &mut Vec<u8>, header: usize, dice: &mut Dice) {
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(header.min(bytes.len()));
        match dice.roll(6) {
            0 => bytes[at] ^= 1 << dice.roll(8),
            1 => bytes[at] = dice.roll(256) as u8,
            2 | 3 => {
                let edge = EDGES[dice.roll(EDGES.len())].to_le_bytes();
                let width = [2, 4, 8][dice.roll(3)].min(bytes.len() - at);
                bytes[at..at + width].copy_from_slice(&edge[..width]);
            }
            4 => {
                let from = dice.roll(header.min(bytes.len()));
                let width = dice.roll(24).min(bytes.len() - at).min(bytes.len() - from);
                bytes.copy_within(from..from + width, at);
            }
            _ => bytes.truncate(at),
        }
        if bytes.is_empty() {
            return;
        }
    }
}

/// Opens and computes with what still opens: a damaged header may also describe another model.
fn try_it(path: &Path) {
    if let Ok(opened) = Opened::open(path) {
        let _ = opened.decoder(Form::Stored);
        let _ = opened.card("damaged", Form::Stored);
    }
}

fn run(what: &str, seed: u64, mut one: impl FnMut(&mut Dice)) {
    let mut dice = Dice(seed);
    let until = Instant::now() + patience();
    let mut count = 0;
    while Instant::now() < until {
        one(&mut dice);
        count += 1;
    }
    let _ = writeln!(std::io::stderr(), "fuzz: {count} damaged {what} files");
    assert!(count > 50, "only {count} {what} files in the time");
}

#[test]
fn damaged_gguf_headers_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    let seeds: Vec<Vec<u8>> = [
        "gguf/llama",
        "gguf/phi3-longrope-long",
        "gguf/mixtral",
        "text/tiny-llama",
    ]
    .iter()
    .map(|f| fs::read(fixtures(f).join("model.gguf")).unwrap())
    .collect();
    run("GGUF", 0x9E37_79B9_7F4A_7C15, |dice| {
        let mut bytes = seeds[dice.roll(seeds.len())].clone();
        let header = [64, 1024, 16_384][dice.roll(3)];
        damage(&mut bytes, header, dice);
        fs::write(&path, bytes).unwrap();
        try_it(&path);
    });
}

#[test]
fn damaged_vocabularies_in_gguf_files_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    let seed = fs::read(fixtures("text/tiny-llama/model.gguf")).unwrap();
    run("vocabulary", 0xD1B5_4A32_D192_ED03, |dice| {
        let mut bytes = seed.clone();
        damage(&mut bytes, 20_000, dice);
        fs::write(&path, bytes).unwrap();
        let _ = load(&path, &LoadOptions::default());
    });
}

#[test]
fn damaged_safetensors_headers_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let seed = fs::read(fixtures("arch/llama-bias/model.safetensors")).unwrap();
    let config = fixtures("arch/llama-bias/config.json");
    fs::copy(config, folder.path().join("config.json")).unwrap();
    let path = folder.path().join("model.safetensors");
    run("safetensors", 0x2545_F491_4F6C_DD1D, |dice| {
        let mut bytes = seed.clone();
        let header = [8, 64, 4096][dice.roll(3)];
        damage(&mut bytes, header, dice);
        fs::write(&path, bytes).unwrap();
        try_it(folder.path());
    });
}

#[test]
fn damaged_configurations_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "llama-yarn",
        "gemma3",
        "qwen3_moe",
        "phi3-longrope-long",
        "opt",
        "gpt2",
    ];
    let seeds: Vec<(PathBuf, Vec<u8>)> = names
        .iter()
        .map(|n| fixtures("arch").join(n))
        .map(|f| {
            (
                f.join("model.safetensors"),
                fs::read(f.join("config.json")).unwrap(),
            )
        })
        .collect();
    let path = folder.path().join("config.json");
    run("configuration", 0x5851_F42D_4C95_7F2D, |dice| {
        let (weights, config) = &seeds[dice.roll(seeds.len())];
        let mut text = String::from_utf8(config.clone()).unwrap();
        // Replace one number: damaged JSON alone would only exercise the parser.
        let digits: Vec<usize> = text
            .char_indices()
            .filter(|(_, c)| c.is_ascii_digit())
            .map(|(i, _)| i)
            .collect();
        let at = digits[dice.roll(digits.len())];
        let new = EDGES[dice.roll(EDGES.len())] % (1 << 40);
        text.replace_range(at..=at, &new.to_string());
        fs::write(&path, text).unwrap();
        fs::copy(weights, folder.path().join("model.safetensors")).unwrap();
        try_it(folder.path());
    });
}
