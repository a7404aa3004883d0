//! What model folders say about their tokens.
#![allow(clippy::unwrap_used)]

use ferrule_types::{Fault, Kind};
use serde_json::{Value, json};

use super::super::Tokenizer;
use crate::text::Error;
use crate::text::fixtures::{self, byte_level, folder, tokenizer};

#[test]
fn the_configuration_beside_a_tokenizer_says_what_is_put_around_a_text() {
    let file = byte_level(&[("<s>", true), ("</s>", true)]);
    let framed = |config: Value| {
        let dir = folder(&[
            ("tokenizer.json", &file),
            ("tokenizer_config.json", &config),
        ]);
        let tokenizer = Tokenizer::from_dir(dir.path()).unwrap();
        (
            tokenizer.encode("a", true).unwrap(),
            tokenizer.bos(),
            tokenizer.eos(),
        )
    };
    let a = 97;
    assert_eq!(framed(json!({})), (vec![a], None, None));
    assert_eq!(
        framed(json!({"bos_token": "<s>"})),
        (vec![a], Some(256), None)
    );
    let both = json!({"bos_token": {"content": "<s>"}, "eos_token": "</s>", "add_bos_token": true, "add_eos_token": true});
    assert_eq!(framed(both), (vec![256, a, 257], Some(256), Some(257)));
    let extra = json!({"added_tokens_decoder": {"300": {"content": "<pad>", "special": true}}, "pad_token": "<pad>"});
    let dir = folder(&[("tokenizer.json", &file), ("tokenizer_config.json", &extra)]);
    let tokenizer = Tokenizer::from_dir(dir.path()).unwrap();
    assert_eq!((tokenizer.pad(), tokenizer.vocab_size()), (Some(300), 301));
    assert_eq!(tokenizer.encode("<pad>", false).unwrap(), [300]);
}

#[test]
fn added_tokens_keep_the_ids_of_their_file() {
    let mut file = byte_level(&[("<a>", true), ("<b>", false), ("<c>", true)]);
    for (i, id) in [900, 400, 1000].into_iter().enumerate() {
        file["added_tokens"][i]["id"] = json!(id);
    }
    let tokenizer = tokenizer(&file);
    assert_eq!(
        tokenizer.encode("<a><b><c>", false).unwrap(),
        [900, 400, 1000]
    );
    assert_eq!(tokenizer.vocab_size(), 1001);
    assert_eq!(tokenizer.id_of("<c>"), Some(1000));
    assert_eq!(tokenizer.id_of("A"), Some(65));
    assert_eq!(tokenizer.id_of("<d>"), None);
    let listed: Vec<_> = tokenizer
        .special_tokens()
        .iter()
        .map(|t| (t.id, t.special))
        .collect();
    assert_eq!(listed, [(400, false), (900, true), (1000, true)]);
    assert!(tokenizer.is_special(900) && !tokenizer.is_special(400) && !tokenizer.is_special(5));
    assert_eq!(
        tokenizer
            .decode(&[900, 65, 400, 77_777, 1000], true)
            .unwrap(),
        "A<b>"
    );
}

#[test]
fn a_token_tells_its_bytes() {
    let bytes = byte_level(&[("<é>", true)]);
    let tokenizer = tokenizer(&bytes);
    for byte in 0..=255u8 {
        let id = (0..256).find(|id| tokenizer.token_bytes(*id) == Some(vec![byte]));
        assert!(id.is_some(), "{byte}");
    }
    assert_eq!(tokenizer.token_bytes(256).unwrap(), "<é>".as_bytes());
    assert_eq!(tokenizer.token_text(32).unwrap(), "Ġ");
    assert_eq!(tokenizer.token_bytes(9999), None);
    let pieces = Tokenizer::from_dir(fixtures::path("spm/llama2")).unwrap();
    let of = |text: &str| pieces.token_bytes(pieces.id_of(text).unwrap()).unwrap();
    assert_eq!(of("<0x0A>"), b"\n");
    assert_eq!(of("▁a"), b" a");
    assert_eq!(of("</s>"), b"</s>");
}

#[test]
fn a_folder_without_a_tokenizer_lists_what_was_looked_for() {
    let error = Tokenizer::from_dir(folder(&[]).path()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("tokenizer.json, vocab.json with merges.txt, tokenizer.model"),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::NotFound);
    let error = Tokenizer::from_dir(folder(&[("tokenizer.model", &json!(""))]).path()).unwrap_err();
    assert!(error.to_string().contains("save_pretrained"), "{error}");
    assert_eq!(error.kind(), Kind::Unsupported);
    let error = Tokenizer::from_file("/nowhere/tokenizer.json").unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    let error =
        Tokenizer::from_dir(folder(&[("tokenizer.json", &json!("{\n  oops"))]).path()).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Json {
                line: 2,
                column: 3,
                ..
            }
        ),
        "{error}"
    );
}
