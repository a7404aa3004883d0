//! The vocabulary inside a GGUF file. What the file leaves out follows llama.cpp, which defines the format.

use tokenizers::decoders::byte_fallback::ByteFallback;
use tokenizers::decoders::byte_level::ByteLevel;
use tokenizers::decoders::fuse::Fuse;
use tokenizers::decoders::sequence::Sequence;
use tokenizers::decoders::strip::Strip;
use tokenizers::models::bpe::{BpeBuilder, Merges, Vocab};
use tokenizers::normalizers::{self, Prepend, Replace};
use tokenizers::{DecoderWrapper, NormalizerWrapper};

use super::super::{Frame, Named, Parts, pre, spm};
use super::entries::Entries;
use super::guarded;
use crate::text::{Error, Result};

/// What a GGUF file says about its tokenizer, under `tokenizer.ggml.` (and `general.architecture`).
///
/// `None` stands for a key that the file does not have, which is not the same as `false`.
#[derive(Debug, Clone, Default)]
pub struct GgufVocab {
    /// `model`: `gpt2` (byte-level BPE), `llama` (sentencepiece), `gemma4`, `no_vocab`.
    pub model: String,
    /// `pre`: which words the text is cut into; see the table in `pre.rs`.
    pub pre: Option<String>,
    pub tokens: Vec<String>,
    /// Sentencepiece only; one per token.
    pub scores: Vec<f32>,
    /// `token_type`; one per token, or empty.
    pub token_types: Vec<i32>,
    /// Byte-level BPE only: `left right`, most frequent first.
    pub merges: Vec<String>,
    /// `added_tokens`: contents of `tokens` that are matched as whole strings.
    pub added_tokens: Vec<String>,
    pub bos: Option<u32>,
    pub eos: Option<u32>,
    pub unk: Option<u32>,
    pub pad: Option<u32>,
    pub eot: Option<u32>,
    pub eom: Option<u32>,
    pub add_bos: Option<bool>,
    pub add_eos: Option<bool>,
    pub add_space_prefix: Option<bool>,
    /// `general.architecture`.
    pub arch: Option<String>,
}

/// Tokens that end a turn or a message in the models that are about. Files often type them as ordinary text.
const ENDS: [&str; 16] = [
    "<|eot_id|>",
    "<|im_end|>",
    "<|end|>",
    "<|return|>",
    "<|call|>",
    "<end_of_turn>",
    "<|endoftext|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<EOT>",
    "[EOT]",
    "[EOS]",
    "<end_of_utterance>",
    "<turn|>",
    "<｜end▁of▁sentence｜>",
    "[e~[",
];

pub(in super::super) fn gguf(vocab: &GgufVocab) -> Result<Parts> {
    let unsupported = |what: &str, instead: &str| {
        Err(Error::Unsupported {
            what: format!("the GGUF tokenizer `{what}`"),
            instead: instead.into(),
        })
    };
    match vocab.model.as_str() {
        "gpt2" | "llama" | "gemma4" => {}
        "" | "none" | "no_vocab" => {
            return unsupported(
                &vocab.model,
                "the file carries no vocabulary: name the folder that has the model's tokenizer.json",
            );
        }
        other => {
            return unsupported(
                other,
                "name the folder that has the model's tokenizer.json (readable here: gpt2, llama, gemma4)",
            );
        }
    }
    let length = vocab.tokens.len();
    let check = |what, got: usize| {
        if got == 0 || got >= length {
            return Ok(());
        }
        Err(Error::Vocabulary {
            what,
            expected: format!("{length} entries, one per token"),
            got: got.to_string(),
        })
    };
    check("token_type", vocab.token_types.len())?;
    check("scores", vocab.scores.len())?;
    let defaults = match vocab.model.as_str() {
        // What sentencepiece numbers its own tokens.
        "llama" => [Some(1), Some(2), Some(0)],
        _ => [None; 3],
    };
    let valid = |id: Option<u32>| id.filter(|id| (*id as usize) < length);
    let named = Named {
        bos: valid(vocab.bos.or(defaults[0])),
        eos: valid(vocab.eos.or(defaults[1])),
        unk: valid(vocab.unk.or(defaults[2])),
        pad: valid(vocab.pad),
        ends: ends(vocab, valid),
    };
    let entries = Entries::of(vocab, &named);
    if vocab.model == "llama" {
        sentencepiece(vocab, entries, named)
    } else {
        byte_pairs(vocab, entries, named)
    }
}

fn ends(vocab: &GgufVocab, valid: impl Fn(Option<u32>) -> Option<u32>) -> Vec<u32> {
    let has = |text: &str| vocab.tokens.iter().any(|t| t == text);
    // In gpt-oss <|end|> closes a part of a message, and <|return|> or <|call|> the message; elsewhere
    // <|call|> is where a call begins.
    let harmony = has("<|return|>") && has("<|call|>");
    let inner = if harmony { "<|end|>" } else { "<|call|>" };
    let by_text = vocab
        .tokens
        .iter()
        .enumerate()
        .filter(|(_, t)| ENDS.contains(&t.as_str()) && *t != inner)
        .map(|(id, _)| id as u32);
    valid(vocab.eot)
        .into_iter()
        .chain(valid(vocab.eom))
        .chain(by_text)
        .collect()
}

fn sentencepiece(vocab: &GgufVocab, entries: Entries, named: Named) -> Result<Parts> {
    let space = vocab.add_space_prefix.unwrap_or(true);
    let merges = spm::merges(&entries.pieces);
    let model = bpe(vocab, &entries, &named, merges, false)?;
    let mut normalizer = spaces_to_pieces()?;
    if space {
        // Another space, also where there is one already.
        let prepend = Prepend::new("▁".into()).into();
        normalizer = normalizers::Sequence::new(vec![prepend, normalizer]).into();
    }
    Ok(Parts {
        model,
        normalizer: Some(normalizer),
        pre: None,
        decoder: Some(pieces_decoder(space)?),
        frame: frame(vocab, &named, true),
        added: entries.added,
        orphans: entries.orphans,
        named,
        frame_prompts: true,
    })
}

fn byte_pairs(vocab: &GgufVocab, entries: Entries, named: Named) -> Result<Parts> {
    let name = if vocab.model == "gemma4" {
        Some("gemma4")
    } else {
        vocab.pre.as_deref()
    };
    let pre = pre::of(name);
    // An entry may start with a space where text is not bytes, so the cut is at the second character or later.
    let merges = vocab
        .merges
        .iter()
        .filter_map(|line| {
            let first = line.chars().next()?.len_utf8();
            let cut = first + line.get(first..)?.find(' ')?;
            Some((line[..cut].to_string(), line[cut + 1..].to_string()))
        })
        .collect();
    let model = bpe(vocab, &entries, &named, merges, pre.ignore_merges)?;
    let space = vocab.add_space_prefix == Some(true);
    let (normalizer, decoder) = if pre.pieces {
        (Some(spaces_to_pieces()?), pieces_decoder(false)?)
    } else {
        (None, ByteLevel::default().into())
    };
    Ok(Parts {
        model,
        normalizer,
        pre: Some(pre.pre_tokenizer(space)?),
        decoder: Some(decoder),
        frame: frame(vocab, &named, pre.add_bos),
        added: entries.added,
        orphans: entries.orphans,
        named,
        frame_prompts: true,
    })
}

fn bpe(
    vocab: &GgufVocab,
    entries: &Entries,
    named: &Named,
    merges: Merges,
    ignore_merges: bool,
) -> Result<tokenizers::ModelWrapper> {
    let mut ids: Vocab = entries
        .pieces
        .iter()
        .map(|(text, id, _)| (text.clone(), *id))
        .collect();
    // The builder refuses, and for long ones panics at, merges whose parts or result are no entries.
    let merges = merges
        .into_iter()
        .filter(|(a, b)| {
            ids.contains_key(a) && ids.contains_key(b) && ids.contains_key(&format!("{a}{b}"))
        })
        .collect();
    let mut builder = BpeBuilder::new();
    if vocab.model != "gpt2" {
        if let Some((id, text)) = named
            .unk
            .and_then(|id| Some((id, vocab.tokens.get(id as usize)?)))
        {
            ids.insert(text.clone(), id);
            builder = builder.unk_token(text.clone()).fuse_unk(true);
        }
        builder = builder.byte_fallback(entries.bytes);
    }
    guarded("merges", || {
        builder
            .vocab_and_merges(ids, merges)
            .ignore_merges(ignore_merges)
            .build()
            .map_err(Error::tokenizer("building the vocabulary"))
    })
    .map(Into::into)
}

fn frame(vocab: &GgufVocab, named: &Named, add_bos: bool) -> Frame {
    Frame::Ids {
        bos: named.bos.filter(|_| vocab.add_bos.unwrap_or(add_bos)),
        eos: named.eos.filter(|_| vocab.add_eos.unwrap_or(false)),
    }
}

fn spaces_to_pieces() -> Result<NormalizerWrapper> {
    Replace::new(" ", "▁")
        .map(Into::into)
        .map_err(Error::tokenizer("replacing spaces"))
}

fn pieces_decoder(strip: bool) -> Result<DecoderWrapper> {
    let spaces = Replace::new("▁", " ").map_err(Error::tokenizer("replacing spaces"))?;
    let mut steps = vec![
        DecoderWrapper::Replace(spaces),
        ByteFallback::new().into(),
        Fuse::new().into(),
    ];
    if strip {
        steps.push(Strip::new(' ', 1, 0).into());
    }
    Ok(Sequence::new(steps).into())
}
