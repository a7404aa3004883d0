//! What stands beside a tokenizer about its special tokens: `tokenizer_config.json`, `special_tokens_map.json`,
//! `added_tokens.json`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};
use tokenizers::AddedToken;

use super::super::added::Entry;
use super::super::{Frame, Named};
use crate::text::{Error, Result};

/// The keys that we read; everything else in these files is about Python classes.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Config {
    #[serde(default)]
    bos_token: Value,
    #[serde(default)]
    eos_token: Value,
    #[serde(default)]
    unk_token: Value,
    #[serde(default)]
    pad_token: Value,
    #[serde(default)]
    add_bos_token: Option<bool>,
    #[serde(default)]
    add_eos_token: Option<bool>,
    #[serde(default)]
    pub add_prefix_space: Option<bool>,
    #[serde(default)]
    pub tokenizer_class: Option<String>,
    #[serde(default)]
    added_tokens_decoder: BTreeMap<String, Value>,
    #[serde(skip)]
    added: Map<String, Value>,
}

impl Config {
    /// Reads what there is; a folder without any of the files has an empty configuration.
    pub(super) fn beside(dir: &Path) -> Result<Self> {
        let mut config: Self = match read(&dir.join("tokenizer_config.json"))? {
            Some(value) => serde_json::from_value(value).map_err(Error::json(
                dir.join("tokenizer_config.json"),
                "a tokenizer configuration",
            ))?,
            None => Self::default(),
        };
        if let Some(map) = read(&dir.join("special_tokens_map.json"))? {
            for (key, slot) in [
                ("bos_token", &mut config.bos_token),
                ("eos_token", &mut config.eos_token),
                ("unk_token", &mut config.unk_token),
                ("pad_token", &mut config.pad_token),
            ] {
                if slot.is_null() {
                    *slot = map.get(key).cloned().unwrap_or_default();
                }
            }
        }
        if let Some(Value::Object(added)) = read(&dir.join("added_tokens.json"))? {
            config.added = added;
        }
        Ok(config)
    }

    /// Added tokens that only these files know, after those of `known`.
    pub(super) fn added(&self, known: &[Entry]) -> Vec<Entry> {
        let is_known = |content: &str| known.iter().any(|e| e.token.content == content);
        let named = [
            &self.bos_token,
            &self.eos_token,
            &self.unk_token,
            &self.pad_token,
        ];
        let listed = self.added_tokens_decoder.iter().filter_map(|(id, token)| {
            Some(Entry {
                id: id.parse().ok()?,
                token: added_token(token, false)?,
            })
        });
        let extra = self.added.iter().filter_map(|(content, id)| {
            let special = named.iter().any(|n| content_of(n) == Some(content));
            Some(Entry {
                id: u32::try_from(id.as_u64()?).ok()?,
                token: AddedToken::from(content.clone(), special).normalized(false),
            })
        });
        // Described tokens come last, since the last entry of a content counts.
        extra
            .chain(listed)
            .filter(|e| !is_known(&e.token.content))
            .collect()
    }

    /// The named tokens that no list of added tokens mentions, for vocabularies that come without one.
    pub(super) fn named_tokens(&self) -> Vec<AddedToken> {
        [
            &self.bos_token,
            &self.eos_token,
            &self.unk_token,
            &self.pad_token,
        ]
        .into_iter()
        .filter_map(|token| added_token(token, true))
        .collect()
    }

    pub(super) fn named(&self, id_of: impl Fn(&str) -> Option<u32>) -> Named {
        let id = |token: &Value| id_of(content_of(token)?);
        Named {
            bos: id(&self.bos_token),
            eos: id(&self.eos_token),
            unk: id(&self.unk_token),
            pad: id(&self.pad_token),
            ends: Vec::new(),
        }
    }

    /// `add_bos_token` and `add_eos_token`, where either is written, decide alone; so does transformers.
    pub(super) fn frame(&self, named: &Named) -> Option<Frame> {
        (self.add_bos_token.is_some() || self.add_eos_token.is_some()).then(|| Frame::Ids {
            bos: named.bos.filter(|_| self.add_bos_token == Some(true)),
            eos: named.eos.filter(|_| self.add_eos_token == Some(true)),
        })
    }
}

/// A token is a string or an object with its flags.
fn content_of(token: &Value) -> Option<&str> {
    token.as_str().or_else(|| token.get("content")?.as_str())
}

fn added_token(token: &Value, special: bool) -> Option<AddedToken> {
    let flag =
        |key: &str, default: bool| token.get(key).and_then(Value::as_bool).unwrap_or(default);
    let special = flag("special", special);
    Some(
        AddedToken::from(content_of(token)?, special)
            .lstrip(flag("lstrip", false))
            .rstrip(flag("rstrip", false))
            .single_word(flag("single_word", false))
            .normalized(flag("normalized", !special)),
    )
}

pub(super) fn read(path: &Path) -> Result<Option<Value>> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(Error::json(path, "JSON")),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::io(path)(e)),
    }
}
