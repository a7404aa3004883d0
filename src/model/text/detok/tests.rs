#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::json;

use super::{BROKEN, Detok, HELD};
use crate::text::Tokenizer;
use crate::text::fixtures::{self, byte_level, ids, tokenizer};

static TOKENIZERS: LazyLock<Vec<Tokenizer>> = LazyLock::new(|| {
    [
        "tiny-llama",
        "bpe/gpt2",
        "spm/llama2",
        "spm/mistral",
        "spm/phi3",
        "spm/gemma",
    ]
    .map(|name| Tokenizer::from_dir(fixtures::path(name)).unwrap())
    .into()
});

/// The pieces that come out, the last from `finish`.
fn pieces(tokenizer: &Tokenizer, ids: &[u32], skip_special: bool) -> Vec<String> {
    let mut detok = Detok::new(tokenizer, skip_special);
    let mut pieces: Vec<String> = ids.iter().filter_map(|id| detok.push(*id)).collect();
    pieces.extend(detok.finish());
    pieces
}

#[test]
fn the_pieces_of_every_recorded_text_join_to_the_whole() {
    let file = fixtures::json("tokenize.json");
    for name in [
        "tiny-llama",
        "bpe/llama3",
        "bpe/gpt2",
        "bpe/smollm",
        "spm/llama2",
        "spm/mistral",
        "spm/phi3",
        "spm/gemma",
    ] {
        let tokenizer = Tokenizer::from_dir(fixtures::path(name)).unwrap();
        for row in file[name].as_array().unwrap() {
            let (bare, framed) = (ids(&row["ids"]), ids(&row["ids_with_special"]));
            assert_eq!(
                json!(pieces(&tokenizer, &bare, false).concat()),
                row["decoded"],
                "{name}"
            );
            assert_eq!(
                json!(pieces(&tokenizer, &framed, true).concat()),
                row["decoded_skip_special"],
                "{name}"
            );
        }
    }
}

#[test]
fn a_character_of_many_tokens_comes_out_whole_and_at_once() {
    let tokenizer = tokenizer(&byte_level(&[]));
    let ids = tokenizer.encode("a🙂é", false).unwrap();
    let mut detok = Detok::new(&tokenizer, false);
    let pieces: Vec<_> = ids.iter().map(|id| detok.push(*id)).collect();
    let some = |text: &str| Some(text.to_string());
    assert_eq!(
        pieces,
        [some("a"), None, None, None, some("🙂"), None, some("é")]
    );
    assert_eq!(detok.finish(), None);
}

#[test]
fn half_a_character_at_the_end_reads_as_broken_and_only_then() {
    let tokenizer = tokenizer(&byte_level(&[]));
    let ids = tokenizer.encode("x🙂", false).unwrap();
    let mut detok = Detok::new(&tokenizer, false);
    assert_eq!(detok.push(ids[0]).as_deref(), Some("x"));
    assert_eq!((detok.push(ids[1]), detok.push(ids[2])), (None, None));
    assert_eq!(detok.finish().as_deref(), Some("\u{fffd}"));
    assert_eq!(detok.finish(), None);
    // What follows starts afresh.
    assert_eq!(detok.push(ids[0]).as_deref(), Some("x"));
}

#[test]
fn the_space_of_a_sentencepiece_word_is_left_out_only_at_the_start() {
    let tokenizer = &TOKENIZERS[2];
    let word = tokenizer.id_of("▁a").unwrap();
    assert_eq!(
        pieces(tokenizer, &[word, word, word], false),
        ["a", " a", " a"]
    );
    // A begin token that is left out does not count as a start of its own.
    assert_eq!(pieces(tokenizer, &[word, 2, word], true), ["a", " a"]);
    assert_eq!(pieces(tokenizer, &[1, word, word], true), ["a", " a"]);
    // Characters from byte tokens.
    let bytes: Vec<u32> = "é"
        .bytes()
        .map(|b| tokenizer.id_of(&format!("<0x{b:02X}>")).unwrap())
        .collect();
    assert_eq!(
        pieces(tokenizer, &[word, bytes[0], bytes[1], word], false),
        ["a", "é", " a"]
    );
}

#[test]
fn endless_broken_bytes_neither_pile_up_nor_hold_back_what_follows() {
    for tokenizer in [tokenizer(&byte_level(&[])), TOKENIZERS[2].clone()] {
        let broken = tokenizer.id_of("<0xFF>").unwrap_or(255);
        let mut detok = Detok::new(&tokenizer, false);
        let mut text = String::new();
        for _ in 0..200 {
            text.extend(detok.push(broken));
            assert!(detok.window.len() <= 3 * HELD, "{}", detok.window.len());
        }
        text.extend(
            tokenizer
                .encode("a", false)
                .unwrap()
                .into_iter()
                .filter_map(|id| detok.push(id)),
        );
        text.extend(detok.finish());
        assert!(
            text.chars().filter(|c| *c == BROKEN).count() > 150,
            "{text}"
        );
        assert!(text.ends_with('a'), "{text}");
    }
}

#[test]
fn the_window_stays_short_however_long_the_text() {
    let tokenizer = &TOKENIZERS[0];
    let ids = tokenizer
        .encode(&"Hello 🙂 world. ".repeat(200), false)
        .unwrap();
    let mut detok = Detok::new(tokenizer, true);
    for id in ids {
        detok.push(id);
        assert!(detok.window.len() <= 2 * HELD, "{}", detok.window.len());
    }
}

proptest! {
    #![proptest_config(fixtures::cases(256))]

    #[test]
    fn pieces_are_whole_characters_and_join_to_the_whole(which in 0usize..6, text in "\\PC{0,40}|[ a▁\n🙂é日]{0,20}", skip in any::<bool>()) {
        let tokenizer = &TOKENIZERS[which];
        let ids = tokenizer.encode(&text, true).unwrap();
        let pieces = pieces(tokenizer, &ids, skip);
        prop_assert_eq!(pieces.concat(), tokenizer.decode(&ids, skip).unwrap());
        let is_broken = |text: &str| text.contains(BROKEN);
        prop_assert!(is_broken(&text) || !pieces.iter().any(|p| is_broken(p)));
        prop_assert!(pieces.iter().all(|p| !p.is_empty()));
    }

    #[test]
    fn any_ids_give_some_text_and_the_same_wherever_it_is_valid(which in 0usize..6, ids in prop::collection::vec(0u32..700, 0..40), skip in any::<bool>()) {
        let tokenizer = &TOKENIZERS[which];
        let whole = tokenizer.decode(&ids, skip).unwrap();
        let joined = pieces(tokenizer, &ids, skip).concat();
        if !whole.contains(BROKEN) {
            prop_assert_eq!(joined, whole);
        }
    }
}
