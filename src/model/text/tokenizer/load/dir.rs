//! A model folder: `tokenizer.json`, or else GPT-2's pair of `vocab.json` and `merges.txt`.

use std::collections::HashMap;
use std::path::Path;

use tokenizers::decoders::byte_level::ByteLevel;
use tokenizers::models::bpe::{BpeBuilder, Merges, Vocab};
use tokenizers::{Model, ModelWrapper};

use super::super::added::Entry;
use super::super::{Frame, Parts, pre};
use super::config::{Config, read};
use super::{file, guarded};
use crate::text::{Error, Result};

pub(in super::super) fn dir(dir: &Path) -> Result<Parts> {
    let has = |name: &str| dir.join(name).is_file();
    if has("tokenizer.json") {
        return file(&dir.join("tokenizer.json"));
    }
    if has("vocab.json") && has("merges.txt") {
        return pair(dir);
    }
    for (name, format) in [
        ("tokenizer.model", "a sentencepiece tokenizer.model"),
        ("tekken.json", "a tekken.json"),
        ("vocab.txt", "a WordPiece vocab.txt"),
    ] {
        if has(name) {
            return Err(Error::Unsupported {
                what: format!("{format} alone ({})", dir.join(name).display()),
                instead: "add a tokenizer.json: in Python, transformers' AutoTokenizer.from_pretrained(folder)\
                          .save_pretrained(folder) writes one"
                    .into(),
            });
        }
    }
    Err(Error::NoTokenizer {
        path: dir.into(),
        looked:
            "tokenizer.json, vocab.json with merges.txt, tokenizer.model, tekken.json, vocab.txt"
                .into(),
    })
}

/// Byte-level BPE as GPT-2 published it.
fn pair(dir: &Path) -> Result<Parts> {
    let path = dir.join("vocab.json");
    let vocab: HashMap<String, u32> = match read(&path)? {
        Some(value) => {
            serde_json::from_value(value).map_err(Error::json(&path, "a map from tokens to ids"))?
        }
        None => HashMap::new(),
    };
    let vocab: Vocab = vocab.into_iter().collect();
    let path = dir.join("merges.txt");
    let text = std::fs::read_to_string(&path).map_err(Error::io(&path))?;
    let merges: Merges = text
        .lines()
        .filter(|line| !line.starts_with("#version") && !line.is_empty())
        .filter_map(|line| line.split_once(' '))
        .map(|(a, b)| (a.to_string(), b.to_string()))
        .collect();
    let config = Config::beside(dir)?;
    let model: ModelWrapper = guarded("merges.txt", || {
        BpeBuilder::new()
            .vocab_and_merges(vocab, merges)
            .build()
            .map_err(Error::tokenizer("reading vocab.json and merges.txt"))
    })?
    .into();
    let mut added = config.added(&[]);
    // Without a list of added tokens the named ones are all there is; GPT-2 itself names none in its files.
    let mut tokens = config.named_tokens();
    if tokens.is_empty() {
        tokens.push(tokenizers::AddedToken::from("<|endoftext|>", true));
    }
    for token in tokens {
        if let Some(id) = model.token_to_id(&token.content)
            && !added.iter().any(|e| e.token.content == token.content)
        {
            added.push(Entry { id, token });
        }
    }
    let id_of = |content: &str| {
        let entry = added.iter().find(|e| e.token.content == content);
        entry.map(|e| e.id).or_else(|| model.token_to_id(content))
    };
    let mut named = config.named(id_of);
    if named.bos.is_none() && named.eos.is_none() {
        named.bos = id_of("<|endoftext|>");
        named.eos = named.bos;
    }
    let words = if config
        .tokenizer_class
        .as_deref()
        .is_some_and(|c| c.starts_with("Qwen2"))
    {
        "qwen2"
    } else {
        "gpt-2"
    };
    let words = pre::of(Some(words)).pre_tokenizer(config.add_prefix_space == Some(true))?;
    Ok(Parts {
        model,
        normalizer: None,
        pre: Some(words),
        decoder: Some(ByteLevel::default().into()),
        frame: config.frame(&named).unwrap_or(Frame::Ids {
            bos: None,
            eos: None,
        }),
        added,
        orphans: HashMap::new(),
        named,
        frame_prompts: false,
    })
}
