//! Test support: the recorded answers of other implementations under `tests/fixtures/text`, and small vocabularies.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use proptest::prelude::ProptestConfig;
use serde_json::{Map, Value, json};

use super::{GgufVocab, Tokenizer};

pub(super) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/text")
        .join(name)
}

pub(super) fn json(name: &str) -> Value {
    serde_json::from_str(&text(name)).unwrap()
}

pub(super) fn text(name: &str) -> String {
    let path = path(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

pub(super) fn ids(value: &Value) -> Vec<u32> {
    let ids = value.as_array().unwrap().iter();
    ids.map(|id| id.as_u64().unwrap() as u32).collect()
}

/// How many cases a property is tried on; failures are printed and not kept in files.
pub(super) fn cases(count: u32) -> ProptestConfig {
    ProptestConfig {
        cases: count,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Writes a model folder and reads its tokenizer.
pub(super) fn folder(files: &[(&str, &Value)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, value) in files {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), String::from);
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

/// A `tokenizer.json` with GPT-2's bytes for a vocabulary, no merges, and these added tokens after it.
pub(super) fn byte_level(added: &[(&str, bool)]) -> Value {
    let mut vocab = Map::new();
    let mut next = 0x100;
    for byte in 0..=255u8 {
        let c = if matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff) {
            char::from(byte)
        } else {
            next += 1;
            char::from_u32(next - 1).unwrap()
        };
        vocab.insert(c.to_string(), vocab.len().into());
    }
    let added: Vec<Value> = added
        .iter()
        .enumerate()
        .map(|(i, (content, special))| {
            json!({
                "id": 256 + i, "content": content, "special": special, "single_word": false,
                "lstrip": false, "rstrip": false, "normalized": false,
            })
        })
        .collect();
    let bytes = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true});
    json!({
        "version": "1.0",
        "added_tokens": added,
        "normalizer": null,
        "pre_tokenizer": bytes,
        "post_processor": null,
        "decoder": bytes,
        "model": {"type": "BPE", "vocab": vocab, "merges": []},
    })
}

pub(super) fn tokenizer(file: &Value) -> Tokenizer {
    let dir = folder(&[("tokenizer.json", file)]);
    Tokenizer::from_dir(dir.path()).unwrap()
}

/// The vocabulary of a GGUF file. Enough of the format to read fixtures; the real reader stands outside `text`.
pub(super) fn gguf(name: &str) -> (GgufVocab, Option<String>) {
    let bytes = std::fs::read(path(name)).unwrap();
    let mut reader = Reader {
        bytes: &bytes,
        at: 0,
    };
    reader.at = 16;
    let count = reader.u64();
    let mut keys = Map::new();
    for _ in 0..count {
        let key = reader.string();
        let kind = reader.u32();
        let value = reader.value(kind);
        keys.insert(key, value);
    }
    let get = |key: &str| {
        keys.get(&format!("tokenizer.ggml.{key}"))
            .cloned()
            .unwrap_or_default()
    };
    let strings =
        |key: &str| -> Vec<String> { serde_json::from_value(get(key)).unwrap_or_default() };
    let id = |key: &str| get(key).as_u64().map(|id| id as u32);
    let vocab = GgufVocab {
        model: get("model").as_str().unwrap().into(),
        pre: get("pre").as_str().map(String::from),
        tokens: strings("tokens"),
        scores: serde_json::from_value(get("scores")).unwrap_or_default(),
        token_types: serde_json::from_value(get("token_type")).unwrap_or_default(),
        merges: strings("merges"),
        added_tokens: strings("added_tokens"),
        bos: id("bos_token_id"),
        eos: id("eos_token_id"),
        unk: id("unknown_token_id"),
        pad: id("padding_token_id"),
        eot: id("eot_token_id"),
        eom: id("eom_token_id"),
        add_bos: get("add_bos_token").as_bool(),
        add_eos: get("add_eos_token").as_bool(),
        add_space_prefix: get("add_space_prefix").as_bool(),
        arch: keys["general.architecture"].as_str().map(String::from),
    };
    let template = keys.get("tokenizer.chat_template").and_then(Value::as_str);
    (vocab, template.map(String::from))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        self.at += N;
        self.bytes[self.at - N..self.at].try_into().unwrap()
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }

    fn string(&mut self) -> String {
        let length = self.u64() as usize;
        self.at += length;
        String::from_utf8(self.bytes[self.at - length..self.at].to_vec()).unwrap()
    }

    fn value(&mut self, kind: u32) -> Value {
        match kind {
            0 | 1 => json!(self.take::<1>()[0]),
            4 => json!(self.u32()),
            5 => json!(i32::from_le_bytes(self.take())),
            6 => json!(f32::from_le_bytes(self.take())),
            7 => json!(self.take::<1>()[0] != 0),
            8 => json!(self.string()),
            9 => {
                let kind = self.u32();
                let count = self.u64();
                (0..count).map(|_| self.value(kind)).collect()
            }
            10 => json!(self.u64()),
            other => panic!("GGUF value of type {other}"),
        }
    }
}
