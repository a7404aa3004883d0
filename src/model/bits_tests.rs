//! A row's numbers are the same bits whatever else is in the batch, and however its prompt was cut.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use crate::{Batch, Block, Cache, CacheType, Decoder, Form, Opened, Want, form};

const LEN: usize = 40;

/// One sequence's tokens and blocks.
struct Row {
    tokens: Vec<u32>,
    table: Vec<Block>,
}

fn row(number: u32, vocab: usize) -> Row {
    let tokens = (0..LEN as u32).map(|i| (i * 37 + number * 101 + 5) % vocab as u32);
    Row {
        tokens: tokens.collect(),
        table: Block::several(number * 4..(number + 1) * 4),
    }
}

/// The logits behind the last token of the first sequence, as bits, when `count` run together and come in pieces
/// of `cut` tokens.
fn bits(decoder: &Decoder, kind: CacheType, count: usize, cut: usize) -> Vec<u32> {
    let rows: Vec<Row> = (0..count as u32).map(|n| row(n, decoder.vocab())).collect();
    let mut cache = Cache::new(decoder.geometry(), kind, 4 * count);
    let mut last = Vec::new();
    for past in (0..LEN).step_by(cut) {
        let mut batch = Batch::new();
        // The first stands last: its rows then begin anywhere.
        for row in rows.iter().rev() {
            let tokens = &row.tokens[past..LEN.min(past + cut)];
            batch
                .push(&row.table, tokens, past, LEN, Want::Last)
                .unwrap();
        }
        last = decoder.forward(&batch, &mut cache).unwrap();
    }
    last.last().unwrap().iter().map(|v| v.to_bits()).collect()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures")
        .join(name)
}

fn check(path: &Path, form: Form, kind: CacheType) {
    let decoder = Opened::open(path).unwrap().decoder(form).unwrap();
    let alone = bits(&decoder, kind, 1, LEN);
    for (count, cut) in [
        (1, 1),
        (1, 7),
        (1, 16),
        (2, LEN),
        (5, 3),
        (5, LEN),
        (16, 1),
        (16, 13),
    ] {
        let same = bits(&decoder, kind, count, cut) == alone;
        assert!(same, "{}: {count} rows in pieces of {cut}", path.display());
    }
}

#[test]
fn logits_are_the_same_bits_for_any_batch_and_any_cut_in_every_dense_architecture() {
    let mut folders: Vec<_> = std::fs::read_dir(fixture("arch"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    folders.retain(|f| f.join("config.json").is_file());
    for folder in folders {
        check(&folder, Form::Stored, CacheType::F16);
    }
    check(&fixture("arch/llama"), Form::Stored, CacheType::Q8);
}

#[test]
fn logits_are_the_same_bits_for_any_batch_and_any_cut_in_every_quantisation() {
    let folder = fixture("arch/llama-256");
    for quant in [
        "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q2K", "Q3K", "Q4K", "Q5K", "Q6K",
    ] {
        check(&folder, form(None, Some(quant)).unwrap(), CacheType::F16);
    }
}
