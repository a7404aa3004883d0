//! What a loader hands over.

use std::collections::HashMap;

use tokenizers::{
    DecoderWrapper, ModelWrapper, NormalizerWrapper, PostProcessorWrapper, PreTokenizerWrapper,
};

use super::added::Entry;

/// Everything that a loader finds out; `Tokenizer::new` makes a tokenizer of it.
pub(super) struct Parts {
    pub model: ModelWrapper,
    pub normalizer: Option<NormalizerWrapper>,
    pub pre: Option<PreTokenizerWrapper>,
    pub decoder: Option<DecoderWrapper>,
    pub added: Vec<Entry>,
    /// Entries that have an id but never come out of encoding.
    pub orphans: HashMap<u32, String>,
    pub named: Named,
    pub frame: Frame,
    /// A rendered prompt without a begin token gets one, as llama.cpp does and transformers does not.
    pub frame_prompts: bool,
}

/// The ids that have a name of their own.
#[derive(Debug, Default, Clone)]
pub(super) struct Named {
    pub bos: Option<u32>,
    pub eos: Option<u32>,
    pub unk: Option<u32>,
    pub pad: Option<u32>,
    /// Further ids that end a turn or a message.
    pub ends: Vec<u32>,
}

/// What is put around a text that is encoded with `add_special`.
pub(super) enum Frame {
    Post(Box<PostProcessorWrapper>),
    Ids { bos: Option<u32>, eos: Option<u32> },
}
