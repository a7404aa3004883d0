//! `tokenizer.json`: the serialised form of the `tokenizers` crate.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;
use tokenizers::{
    AddedToken, DecoderWrapper, Model, ModelWrapper, NormalizerWrapper, PostProcessorWrapper,
    PreTokenizerWrapper,
};

use super::super::added::Entry;
use super::super::{Frame, Parts};
use super::config::Config;
use super::guarded;
use crate::text::{Error, Result};

/// Truncation and padding are left out: they belong to whoever batches, not to the text.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    added_tokens: Vec<Added>,
    #[serde(default)]
    normalizer: Option<NormalizerWrapper>,
    #[serde(default)]
    pre_tokenizer: Option<PreTokenizerWrapper>,
    #[serde(default)]
    post_processor: Option<PostProcessorWrapper>,
    #[serde(default)]
    decoder: Option<DecoderWrapper>,
    model: ModelWrapper,
}

#[derive(Deserialize)]
struct Added {
    id: u32,
    #[serde(flatten)]
    token: AddedToken,
}

pub(in super::super) fn file(path: &Path) -> Result<Parts> {
    let bytes = std::fs::read(path).map_err(Error::io(path))?;
    let file: File = guarded("tokenizer.json", || {
        serde_json::from_slice(&bytes).map_err(Error::json(path, "a tokenizer"))
    })?;
    let config = Config::beside(path.parent().unwrap_or(Path::new(".")))?;
    let mut added: Vec<Entry> = file
        .added_tokens
        .into_iter()
        .map(|a| Entry {
            id: a.id,
            token: a.token,
        })
        .collect();
    let more = config.added(&added);
    added.extend(more);
    let named = config.named(|content| {
        let entry = added.iter().find(|e| e.token.content == content);
        entry
            .map(|e| e.id)
            .or_else(|| file.model.token_to_id(content))
    });
    let post = file.post_processor.map(|p| Frame::Post(Box::new(p)));
    let frame = config.frame(&named).or(post).unwrap_or(Frame::Ids {
        bos: None,
        eos: None,
    });
    Ok(Parts {
        model: file.model,
        normalizer: file.normalizer,
        pre: file.pre_tokenizer,
        decoder: file.decoder,
        added,
        orphans: HashMap::new(),
        named,
        frame,
        frame_prompts: false,
    })
}
