//! Text → token ids: added tokens, normaliser, pre-tokeniser, model.
//!
//! This is `tokenizers::Tokenizer` taken apart: three sets of added tokens have to share one model (a vocabulary
//! with its merges is up to 150 MB), and a run of text in the middle of a prompt must not get the space that
//! sentencepiece puts before the first word.

use serde_json::Value;
use tokenizers::{
    AddedVocabulary, Decoder, DecoderWrapper, Encoding, Model, ModelWrapper, NormalizerWrapper,
    OffsetType, PreTokenizer, PreTokenizerWrapper,
};

use super::bytes::Notation;
use crate::text::{Error, Result};

/// Where in a prompt a run of text stands, which decides about the space before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the very start.
    First,
    /// After a special token.
    After,
    /// In the middle of a run that was cut for safety: nothing is put before it.
    Inside,
}

struct Stage {
    normalizer: Option<NormalizerWrapper>,
    pre: Option<PreTokenizerWrapper>,
}

pub(super) struct Pipeline {
    model: ModelWrapper,
    first: Stage,
    /// `None` where it does not differ from `first`, which is nearly always.
    after: Option<Stage>,
    inside: Option<Stage>,
    decoder: Option<DecoderWrapper>,
    notation: Notation,
}

impl Pipeline {
    pub(super) fn new(
        model: ModelWrapper,
        normalizer: Option<NormalizerWrapper>,
        pre: Option<PreTokenizerWrapper>,
        decoder: Option<DecoderWrapper>,
    ) -> Result<Self> {
        let json = |value: serde_json::Result<Value>| {
            value.map_err(|e| Error::tokenizer("reading its own configuration")(e.into()))
        };
        let normal = json(serde_json::to_value(&normalizer))?;
        let split = json(serde_json::to_value(&pre))?;
        let decode = json(serde_json::to_value(&decoder))?;
        let stage = |bare_normal: Value, bare_split: Value| -> Result<Option<Stage>> {
            if bare_normal == normal && bare_split == split {
                return Ok(None);
            }
            let broken =
                |e: serde_json::Error| Error::tokenizer("leaving out the leading space")(e.into());
            Ok(Some(Stage {
                normalizer: serde_json::from_value(bare_normal).map_err(broken)?,
                pre: serde_json::from_value(bare_split).map_err(broken)?,
            }))
        };
        let mut after_split = split.clone();
        never_prepend(&mut after_split, Place::After);
        let (mut inside_normal, mut inside_split) = (normal.clone(), split.clone());
        drop_prepend(&mut inside_normal);
        never_prepend(&mut inside_split, Place::Inside);
        let notation = if names(&decode, "ByteLevel") || names(&split, "ByteLevel") {
            Notation::ByteLevel
        } else if names(&decode, "ByteFallback")
            || names(&decode, "Metaspace")
            || names(&split, "Metaspace")
            || names(&normal, "Prepend")
        {
            Notation::Pieces
        } else {
            Notation::Text
        };
        Ok(Self {
            after: stage(normal.clone(), after_split)?,
            inside: stage(inside_normal, inside_split)?,
            first: Stage { normalizer, pre },
            model,
            decoder,
            notation,
        })
    }

    pub(super) fn normalizer(&self) -> Option<&NormalizerWrapper> {
        self.first.normalizer.as_ref()
    }

    pub(super) fn model(&self) -> &ModelWrapper {
        &self.model
    }

    /// Encodes `text`, matching the tokens of `added` in it.
    pub(super) fn encode(
        &self,
        added: &AddedVocabulary,
        text: &str,
        place: Place,
        offsets: OffsetType,
    ) -> Result<Encoding> {
        let stage = match place {
            Place::First => None,
            Place::After => self.after.as_ref(),
            Place::Inside => self.inside.as_ref(),
        }
        .unwrap_or(&self.first);
        let mut pieces = added.extract_and_normalize(stage.normalizer.as_ref(), text);
        if let Some(pre) = &stage.pre {
            pre.pre_tokenize(&mut pieces)
                .map_err(Error::tokenizer("splitting text into words"))?;
        }
        self.model
            .tokenize_in_pretokenized(&mut pieces, None)
            .map_err(Error::tokenizer("encoding text"))?;
        pieces
            .into_encoding(None, 0, offsets)
            .map_err(Error::tokenizer("collecting tokens"))
    }

    pub(super) fn decode(&self, tokens: Vec<String>) -> Result<String> {
        match &self.decoder {
            Some(decoder) => decoder
                .decode(tokens)
                .map_err(Error::tokenizer("decoding tokens")),
            None if self.notation == Notation::Text => Ok(tokens.join(" ")),
            None => {
                let bytes: Vec<u8> = tokens.iter().flat_map(|t| self.bytes(t)).collect();
                Ok(String::from_utf8_lossy(&bytes).into_owned())
            }
        }
    }

    /// The bytes that an entry of the model's own vocabulary stands for.
    pub(super) fn bytes(&self, entry: &str) -> Vec<u8> {
        self.notation.bytes(entry)
    }
}

/// Whether a component, or one inside a sequence of them, has this type.
fn names(component: &Value, kind: &str) -> bool {
    match component {
        Value::Object(map) => {
            map.get("type").is_some_and(|t| t == kind) || map.values().any(|v| names(v, kind))
        }
        Value::Array(list) => list.iter().any(|v| names(v, kind)),
        _ => false,
    }
}

fn never_prepend(pre: &mut Value, place: Place) {
    match pre {
        Value::Object(map) => {
            let kind = map.get("type").and_then(Value::as_str);
            let scheme = map.get("prepend_scheme").and_then(Value::as_str);
            match (kind, scheme) {
                (Some("Metaspace"), Some("first")) => {
                    map.insert("prepend_scheme".into(), "never".into());
                }
                (Some("Metaspace"), Some("always")) if place == Place::Inside => {
                    map.insert("prepend_scheme".into(), "never".into());
                }
                (Some("ByteLevel"), _) if place == Place::Inside => {
                    map.insert("add_prefix_space".into(), false.into());
                }
                _ => map.values_mut().for_each(|v| never_prepend(v, place)),
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|v| never_prepend(v, place)),
        _ => {}
    }
}

fn drop_prepend(normalizer: &mut Value) {
    let is_prepend = |v: &Value| v.get("type").is_some_and(|t| t == "Prepend");
    if is_prepend(normalizer) {
        *normalizer = Value::Null;
    }
    match normalizer {
        Value::Object(map) => map.values_mut().for_each(drop_prepend),
        Value::Array(list) => {
            list.retain(|v| !is_prepend(v));
            list.iter_mut().for_each(drop_prepend);
        }
        _ => {}
    }
}
