//! A model to load as a configuration or a request writes it.
//!
//! A [`LoadSpec`] goes in, [`OpenOptions`] come out, or the key that nobody knows. It does not know
//! which values are good: the loader says.

use std::path::PathBuf;

use ferrule_model::CacheType;
use ferrule_types::{Error as SeamError, LoadSpec};
use serde::Deserialize;
use serde_json::Value;

use crate::{Error, OpenOptions, Result, engine::Settings};

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Spec {
    files: Vec<String>,
    arch: Option<String>,
    tokenizer_json: Option<PathBuf>,
    tokenizer_from: Option<String>,
    chat_template: Option<String>,
    dtype: Option<String>,
    in_situ_quant: Option<String>,
    cache: Option<PathBuf>,
    max_sequences: Option<usize>,
    max_queue: Option<usize>,
    kv_cache_mb: Option<u64>,
    kv_cache_type: Option<String>,
    prefix_cache: Option<bool>,
    speculation: Option<bool>,
}

impl TryFrom<LoadSpec> for OpenOptions {
    type Error = Error;

    fn try_from(spec: LoadSpec) -> Result<Self> {
        let read: Spec = serde_json::from_value(Value::Object(spec.options))
            .map_err(|problem| SeamError::json(format!("options of `{}`", spec.model), problem))?;
        let usual = Settings::default();
        let kind = read.kv_cache_type.as_deref().map(cache_type).transpose()?;
        Ok(OpenOptions {
            model: spec.model,
            name: spec.name,
            files: read.files,
            arch: read.arch,
            tokenizer_json: read.tokenizer_json,
            tokenizer_from: read.tokenizer_from,
            chat_template: read.chat_template,
            dtype: read.dtype,
            in_situ_quant: read.in_situ_quant,
            cache: read.cache,
            token_source: None,
            engine: Settings {
                max_sequences: read.max_sequences.unwrap_or(usual.max_sequences),
                queue: read.max_queue.unwrap_or(usual.queue),
                cache_mb: read.kv_cache_mb,
                cache_type: kind.unwrap_or(usual.cache_type),
                prefix_cache: read.prefix_cache.unwrap_or(usual.prefix_cache),
                speculation: read.speculation.unwrap_or(usual.speculation),
                ..usual
            },
        })
    }
}

/// The type of keys and values by its name.
pub fn cache_type(name: &str) -> Result<CacheType> {
    CacheType::named(name).ok_or_else(|| Error::Option {
        what: "kv_cache_type",
        expected: CacheType::ALL.map(CacheType::name).join(", "),
        got: name.to_owned(),
    })
}
