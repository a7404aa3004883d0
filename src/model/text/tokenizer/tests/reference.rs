//! Against what Hugging Face's tokenizers, llama.cpp and sentencepiece made of difficult texts.
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::json;

use super::super::Tokenizer;
use super::{FOLDERS, rows};
use crate::text::fixtures::{self, folder, gguf, ids};

#[test]
fn every_tokenizer_json_encodes_and_decodes_as_the_reference_does() {
    for folder in FOLDERS {
        let tokenizer = Tokenizer::from_dir(fixtures::path(folder)).unwrap();
        for row in rows(folder) {
            let text = row["text"].as_str().unwrap();
            let (bare, framed) = (ids(&row["ids"]), ids(&row["ids_with_special"]));
            assert_eq!(
                tokenizer.encode(text, false).unwrap(),
                bare,
                "{folder}: {text:?}"
            );
            assert_eq!(
                tokenizer.encode(text, true).unwrap(),
                framed,
                "{folder}: {text:?}"
            );
            assert_eq!(
                tokenizer.decode(&bare, false).unwrap(),
                row["decoded"],
                "{folder}: {text:?}"
            );
            assert_eq!(
                tokenizer.decode(&framed, true).unwrap(),
                row["decoded_skip_special"],
                "{folder}: {text:?}"
            );
        }
    }
}

#[test]
fn every_gguf_vocabulary_encodes_as_llama_cpp_does() {
    for folder in FOLDERS {
        let file = if folder == "tiny-llama" {
            "model.gguf"
        } else {
            "vocab.gguf"
        };
        let tokenizer = Tokenizer::from_gguf(&gguf(&format!("{folder}/{file}")).0).unwrap();
        for row in rows(folder) {
            let text = row["text"].as_str().unwrap();
            let expected = ids(row.get("llama_cpp").unwrap_or(&row["ids_with_special"]));
            assert_eq!(
                tokenizer.encode(text, true).unwrap(),
                expected,
                "{folder}: {text:?}"
            );
        }
    }
}

#[test]
fn markers_of_phi3_in_gguf_swallow_the_space_after_them() {
    let (mut vocab, _) = gguf("spm/phi3/vocab.gguf");
    vocab.arch = Some("phi3".into());
    let tokenizer = Tokenizer::from_gguf(&vocab).unwrap();
    for row in rows("spm/phi3") {
        let text = row["text"].as_str().unwrap();
        let expected = ids(&row["ids_with_special"]);
        assert_eq!(tokenizer.encode(text, true).unwrap(), expected, "{text:?}");
    }
}

#[test]
fn gpt2s_pair_of_files_reads_like_its_tokenizer_json() {
    let file = fixtures::json("bpe/gpt2/tokenizer.json");
    let merges: Vec<String> = file["model"]["merges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| {
            m.as_str().map_or_else(
                || format!("{} {}", m[0].as_str().unwrap(), m[1].as_str().unwrap()),
                String::from,
            )
        })
        .collect();
    let merges = json!(format!("#version: 0.2\n{}\n", merges.join("\n")));
    let mut vocab = file["model"]["vocab"].clone();
    for added in file["added_tokens"].as_array().unwrap() {
        vocab[added["content"].as_str().unwrap()] = added["id"].clone();
    }
    let dir = folder(&[("vocab.json", &vocab), ("merges.txt", &merges)]);
    let tokenizer = Tokenizer::from_dir(dir.path()).unwrap();
    for row in rows("bpe/gpt2") {
        let text = row["text"].as_str().unwrap();
        assert_eq!(
            tokenizer.encode(text, false).unwrap(),
            ids(&row["ids"]),
            "{text:?}"
        );
    }
    assert!(tokenizer.eos().is_some());
}

#[test]
fn one_tokenizer_serves_many_threads() {
    let tokenizer = Tokenizer::from_dir(fixtures::path("tiny-llama")).unwrap();
    let expected = tokenizer.encode("Hello, <|im_end|> world!", false).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(
                        tokenizer.encode("Hello, <|im_end|> world!", false).unwrap(),
                        expected
                    );
                }
            });
        }
    });
}

/// Vocabularies that can spell anything.
static BYTES: LazyLock<Vec<Tokenizer>> = LazyLock::new(|| {
    ["bpe/llama3", "bpe/gpt2", "bpe/smollm"]
        .map(|name| Tokenizer::from_dir(fixtures::path(name)).unwrap())
        .into()
});

proptest! {
    #![proptest_config(fixtures::cases(128))]

    #[test]
    fn text_survives_encoding_and_decoding(text in "\\PC{0,40}") {
        for tokenizer in BYTES.iter() {
            for ids in [tokenizer.encode(&text, false).unwrap(), tokenizer.encode_plain(&text).unwrap()] {
                prop_assert_eq!(&tokenizer.decode(&ids, false).unwrap(), &text);
            }
        }
    }
}
