//! Vocabularies of GGUF files, well-formed and not.
#![allow(clippy::unwrap_used)]

use ferrule_types::{Fault, Kind};
use proptest::prelude::*;
use serde_json::json;
use tokenizers::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer as _};

use super::super::{GgufVocab, Tokenizer, pre};
use crate::text::fixtures::{self, byte_level, folder};

#[test]
fn every_pre_tokenizer_of_the_table_compiles_and_loses_no_text() {
    let mut names: Vec<&str> = pre::Pre::names().collect();
    assert!(names.len() > 60);
    for name in &names {
        let vocab = bytes_vocab(Some(name));
        let tokenizer = Tokenizer::from_gguf(&vocab).unwrap();
        for text in [
            "I'm 12345 years old.\r\n\n  Ünïcödé 日本語 한국어 ÀB xY's\t!?…",
            "",
            "\n",
            " a  b ",
        ] {
            let ids = tokenizer.encode(text, false).unwrap();
            assert_eq!(
                tokenizer.decode(&ids, false).unwrap(),
                text,
                "{name}: {text:?}"
            );
        }
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(
        names.len(),
        pre::Pre::names().count(),
        "a name stands in two rows"
    );
    assert!(Tokenizer::from_gguf(&bytes_vocab(Some("from the future"))).is_ok());
}

#[test]
fn our_own_model_s_expression_cuts_texts_as_the_reference_does() {
    let cuts = fixtures::json("cuts.json");
    for (name, rows) in cuts.as_object().unwrap() {
        let cutter = pre::of(Some(name)).pre_tokenizer(false).unwrap();
        let rows = rows.as_array().unwrap();
        assert!(rows.len() > 80);
        for row in rows {
            let text = row["text"].as_str().unwrap();
            let mut cut = PreTokenizedString::from(text);
            cutter.pre_tokenize(&mut cut).unwrap();
            let pieces = cut.get_splits(OffsetReferential::Original, OffsetType::Byte);
            let pieces: Vec<&str> = pieces.into_iter().map(|(piece, ..)| piece).collect();
            assert_eq!(json!(pieces), row["pieces"], "{name}: {text:?}");
        }
    }
}

#[test]
fn the_mark_before_a_call_ends_an_answer_in_no_family_but_harmony() {
    let with = |marks: &[&str]| {
        let mut vocab = bytes_vocab(Some("gpt-2"));
        vocab.tokens.extend(marks.iter().map(ToString::to_string));
        vocab.token_types.extend(marks.iter().map(|_| 3));
        let tokenizer = Tokenizer::from_gguf(&vocab).unwrap();
        tokenizer.ends()
    };
    assert_eq!(with(&["<|end|>", "<|call|>"]), [256]);
    assert_eq!(with(&["<|end|>", "<|call|>", "<|return|>"]), [257, 258]);
}

/// GPT-2's bytes as a GGUF vocabulary, or for gemma4 sentencepiece's.
fn bytes_vocab(pre: Option<&str>) -> GgufVocab {
    let file = byte_level(&[]);
    let mut tokens = vec![String::new(); 256];
    for (token, id) in file["model"]["vocab"].as_object().unwrap() {
        tokens[id.as_u64().unwrap() as usize].clone_from(token);
    }
    let mut types = vec![1; 256];
    if pre == Some("gemma4") {
        tokens = (0..256).map(|b| format!("<0x{b:02X}>")).collect();
        tokens.push("▁".into());
        types = vec![6; 256];
        types.push(1);
    }
    GgufVocab {
        model: if pre == Some("gemma4") {
            "gemma4"
        } else {
            "gpt2"
        }
        .into(),
        pre: pre.map(String::from),
        tokens,
        token_types: types,
        ..GgufVocab::default()
    }
}

#[test]
fn gguf_token_types_decide_what_is_matched_and_what_is_skipped() {
    let mut vocab = bytes_vocab(Some("gpt-2"));
    for (token, sort) in [
        ("<|im_end|>", 1),
        ("<tool>", 4),
        ("<ctl>", 3),
        ("<unused>", 5),
        ("<|odd|>", 1),
        ("", 1),
        ("A", 1),
    ] {
        vocab.tokens.push(token.into());
        vocab.token_types.push(sort);
    }
    vocab.eos = Some(256);
    let tokenizer = Tokenizer::from_gguf(&vocab).unwrap();
    let special = |id: u32| {
        tokenizer
            .special_tokens()
            .iter()
            .find(|t| t.id == id)
            .map(|t| t.special)
    };
    // The end of a turn is a control token even if the file calls it text.
    assert_eq!(
        [256, 257, 258, 259, 260, 261].map(special),
        [Some(true), Some(false), Some(true), None, Some(true), None]
    );
    assert_eq!(tokenizer.encode("<tool><ctl>", false).unwrap(), [257, 258]);
    assert!(
        tokenizer
            .encode("<unused>", false)
            .unwrap()
            .iter()
            .all(|id| *id < 256)
    );
    assert_eq!(tokenizer.token_text(259).unwrap(), "<unused>");
    // Of two equal tokens the first is meant.
    assert_eq!(tokenizer.encode("A", false).unwrap(), [65]);
    assert_eq!(tokenizer.decode(&[262], false).unwrap(), "A");
    assert_eq!(tokenizer.ends(), [256]);
    assert_eq!(tokenizer.vocab_size(), 263);
}

#[test]
fn a_file_without_a_vocabulary_says_so_and_a_malformed_one_what_is_wrong() {
    let of = |model: &str| {
        let vocab = GgufVocab {
            model: model.into(),
            ..GgufVocab::default()
        };
        Tokenizer::from_gguf(&vocab).unwrap_err()
    };
    for model in ["no_vocab", "none", "", "bert", "t5", "rwkv"] {
        let error = of(model);
        assert_eq!(error.kind(), Kind::Unsupported);
        assert!(error.to_string().contains("tokenizer.json"), "{error}");
    }
    let mut vocab = bytes_vocab(None);
    vocab.token_types.pop();
    let error = Tokenizer::from_gguf(&vocab).unwrap_err();
    assert_eq!(
        error.to_string(),
        "malformed vocabulary: token_type: expected 256 entries, one per token, got 255"
    );
}

#[test]
fn merges_that_make_no_entry_are_an_error_and_no_panic() {
    let mut file = byte_level(&[]);
    file["model"]["merges"] = json!([["A", "B"]]);
    let dir = folder(&[("tokenizer.json", &file)]);
    assert!(Tokenizer::from_dir(dir.path()).is_err());
    // A GGUF file has merges for tokens that were cut off, which llama.cpp ignores.
    let mut vocab = bytes_vocab(None);
    vocab.merges = vec![
        "A B".into(),
        "x".into(),
        String::new(),
        " ".into(),
        "é".into(),
    ];
    let tokenizer = Tokenizer::from_gguf(&vocab).unwrap();
    assert_eq!(tokenizer.encode("AB", false).unwrap(), [65, 66]);
}

proptest! {
    #![proptest_config(fixtures::cases(128))]

    #[test]
    fn no_gguf_vocabulary_makes_us_panic(
        model in prop::sample::select(vec!["gpt2", "llama", "gemma4", "x"]),
        pre in prop::option::of(prop::sample::select(vec!["gpt-2", "llama3", "kimi-k2", "gemma4", "zz"])),
        tokens in prop::collection::vec("[ab▁<>|Ġ ]{0,4}|<0x[0-9A-F]{2}>|<\\|[a-z]{1,3}\\|>|\\PC{0,3}", 0..24),
        scores in prop::collection::vec(any::<f32>(), 0..30),
        token_types in prop::collection::vec(-1i32..8, 0..30),
        merges in prop::collection::vec("[ab▁ Ġ]{0,6}", 0..12),
        named in prop::array::uniform6(prop::option::of(0u32..40)),
        flags in prop::array::uniform3(prop::option::of(any::<bool>())),
        text in "[ab▁<>|Ġ \n]{0,12}|\\PC{0,12}",
        any_ids in prop::collection::vec(any::<u32>(), 0..8),
    ) {
        let vocab = GgufVocab {
            model: model.into(), pre: pre.map(String::from), tokens, scores, token_types, merges,
            bos: named[0], eos: named[1], unk: named[2], pad: named[3], eot: named[4], eom: named[5],
            add_bos: flags[0], add_eos: flags[1], add_space_prefix: flags[2],
            arch: Some("phi3".into()), ..GgufVocab::default()
        };
        if let Ok(tokenizer) = Tokenizer::from_gguf(&vocab) {
            let size = tokenizer.vocab_size() as u32;
            let ids = tokenizer.encode(&text, true).unwrap();
            prop_assert!(ids.iter().all(|id| *id < size));
            if let Ok(ids) = tokenizer.encode_plain(&text) {
                let marker = |id: &u32| tokenizer.special_tokens().iter().any(|t| t.id == *id && t.marker);
                prop_assert!(!ids.iter().any(marker));
            }
            for id in any_ids.into_iter().chain(0..size) {
                let _ = (tokenizer.token_bytes(id), tokenizer.token_text(id), tokenizer.decode(&[id], true));
            }
        }
    }
}
