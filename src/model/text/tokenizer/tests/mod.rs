#![allow(clippy::unwrap_used)]

mod files;
mod gguf;
mod prompt;
mod reference;

use serde_json::Value;

use crate::text::fixtures;

const FOLDERS: [&str; 8] = [
    "tiny-llama",
    "bpe/llama3",
    "bpe/gpt2",
    "bpe/smollm",
    "spm/llama2",
    "spm/mistral",
    "spm/phi3",
    "spm/gemma",
];

fn rows(folder: &str) -> Vec<Value> {
    fixtures::json("tokenize.json")[folder]
        .as_array()
        .unwrap()
        .clone()
}
