//! Damaged answers of every family: always the same events however cut, and never a panic. The
//! targets of `fuzz/` do the same under libFuzzer.
//!
//! `FERRULE_FUZZ_SECONDS` sets how long each target runs; `make fuzz` gives them minutes.

use std::time::{Duration, Instant};

use super::{
    fixture::{ALL, Fixture},
    judge::{join, unsound},
    mix::fragments,
};
use crate::{Event, Parser};

fn patience() -> Duration {
    let seconds = std::env::var("FERRULE_FUZZ_SECONDS");
    let seconds = seconds.ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs_f64(seconds.unwrap_or(1.0))
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

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }

    /// Somewhere between two characters.
    fn place(&mut self, text: &str) -> usize {
        text.floor_char_boundary(self.roll(text.len() + 1))
    }
}

/// Changes a few places: what is there goes, comes twice, or something else comes between.
fn damage(text: &mut String, other: &str, fragments: &[String], dice: &mut Dice) {
    for _ in 0..=dice.roll(5) {
        let (a, b) = (dice.place(text), dice.place(text));
        let (from, to) = (a.min(b), a.max(b));
        match dice.roll(7) {
            0 | 1 => text.insert_str(from, dice.pick::<String>(fragments)),
            2 => {
                let end = text.ceil_char_boundary((from + 1 + dice.roll(4)).min(text.len()));
                text.replace_range(from..end.max(from), dice.pick::<String>(fragments));
            }
            3 => text.replace_range(from..to, ""),
            4 => {
                let again = text[from..to].to_owned();
                text.insert_str(to, &again);
            }
            5 => text.insert_str(from, &other[dice.place(other)..]),
            _ => text.truncate(to),
        }
        text.truncate(text.floor_char_boundary(4000));
    }
}

fn events(mut parser: Parser, chunks: impl Iterator<Item = Vec<u8>>) -> Vec<Event> {
    let mut events = Vec::new();
    for chunk in chunks {
        events.extend(parser.feed_bytes(&chunk));
    }
    events.extend(parser.finish());
    join(events)
}

fn run(target: &str, rows: &[&str], seed: u64) {
    let fixtures: Vec<&Fixture> = ALL
        .iter()
        .filter(|fixture| rows.contains(&fixture.row.as_str()))
        .collect();
    let parts: Vec<Vec<String>> = rows.iter().map(|row| fragments(row)).collect();
    let mut dice = Dice(seed);
    let mut tried = 0;
    let until = Instant::now() + patience();
    while Instant::now() < until {
        let fixture = dice.pick(&fixtures);
        let other = &dice.pick(&fixtures).source;
        let at = rows.iter().position(|row| *row == fixture.row).unwrap();
        let mut text = fixture.source.clone();
        damage(&mut text, other, &parts[at], &mut dice);
        let whole = events(fixture.parser(), std::iter::once(text.clone().into_bytes()));
        let mut lengths = Dice(dice.roll(usize::MAX) as u64 | 1);
        let mut rest = text.as_bytes();
        let chunks = std::iter::from_fn(|| {
            let (now, later) = rest.split_at((1 + lengths.roll(12)).min(rest.len()));
            rest = later;
            (!now.is_empty()).then(|| now.to_vec())
        });
        let cut = events(fixture.parser(), chunks);
        assert_eq!(cut, whole, "{} damaged to {text:?}", fixture.name);
        assert_eq!(
            unsound(&whole, &text),
            None,
            "{} damaged to {text:?}: {whole:?}",
            fixture.name
        );
        tried += 1;
    }
    eprintln!("{target}: {tried} texts");
}

#[test]
fn damaged_answers_in_marked_json_are_read_the_same_however_cut() {
    let rows = ["hermes", "qwen", "smollm3", "ernie"];
    run("marked JSON", &rows, 0x9E37_79B9_7F4A_7C15);
}

#[test]
fn damaged_answers_in_listed_json_are_read_the_same_however_cut() {
    let rows = [
        "granite",
        "hunyuan",
        "jamba",
        "nemotron_v2",
        "phi4_mini",
        "xlam",
        "command_r",
        "command_a",
    ];
    run("listed JSON", &rows, 0xD1B5_4A32_D192_ED03);
}

#[test]
fn damaged_answers_in_named_json_are_read_the_same_however_cut() {
    let rows = [
        "mistral",
        "llama",
        "deepseek",
        "deepseek_v31",
        "kimi",
        "functionary",
        "nano",
    ];
    run("named JSON", &rows, 0x2545_F491_4F6C_DD1D);
}

#[test]
fn damaged_answers_in_channels_are_read_the_same_however_cut() {
    run("channels", &["harmony", "gemma4"], 0x5851_F42D_4C95_7F2D);
}

#[test]
fn damaged_answers_in_tags_are_read_the_same_however_cut() {
    let rows = [
        "qwen3_xml",
        "step3p5",
        "nemotron",
        "seed_oss",
        "minimax",
        "deepseek_v4",
    ];
    run("tags", &rows, 0x1405_7B7E_F767_814F);
}

#[test]
fn damaged_answers_in_pairs_of_tags_are_read_the_same_however_cut() {
    run(
        "pairs of tags",
        &["glm47", "poolside_v1"],
        0x2127_599B_F432_5C37,
    );
}

#[test]
fn damaged_answers_in_python_are_read_the_same_however_cut() {
    let rows = ["pythonic", "lfm2", "olmo3", "gemma3"];
    run("Python", &rows, 0x8803_55F2_1E6D_1965);
}

#[test]
fn damaged_answers_in_any_syntax_are_read_the_same_however_cut() {
    run("any", &["auto"], 0x9FB2_1C65_1E98_DF25);
}
