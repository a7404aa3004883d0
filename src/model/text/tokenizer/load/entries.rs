//! The tokens of a GGUF file, sorted by what may become of them.

use std::collections::{HashMap, HashSet};

use tokenizers::AddedToken;

use super::super::Named;
use super::super::added::Entry;
use super::super::bytes::byte_piece;
use super::gguf::GgufVocab;
use crate::text::protect::is_marker;

/// `token_type`, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Normal,
    Unknown,
    Control,
    User,
    Unused,
    Byte,
}

pub(super) struct Entries {
    /// Entries that text may become: content, id, score.
    pub pieces: Vec<(String, u32, f32)>,
    pub added: Vec<Entry>,
    pub orphans: HashMap<u32, String>,
    pub bytes: bool,
}

impl Entries {
    pub(super) fn of(vocab: &GgufVocab, named: &Named) -> Self {
        let mut entries = Self {
            pieces: Vec::new(),
            added: Vec::new(),
            orphans: HashMap::new(),
            bytes: false,
        };
        let listed: HashSet<&String> = vocab.added_tokens.iter().collect();
        let mut seen = HashSet::new();
        for (index, text) in vocab.tokens.iter().enumerate() {
            let id = index as u32;
            let sort = match sort(vocab, named, id, text) {
                Sort::Normal if listed.contains(text) => Sort::User,
                sort => sort,
            };
            let is_new = seen.insert(text);
            let piece = (
                text.clone(),
                id,
                vocab.scores.get(index).copied().unwrap_or_default(),
            );
            match sort {
                _ if text.is_empty() || !is_new => {
                    entries.orphans.insert(id, text.clone());
                }
                Sort::Normal => entries.pieces.push(piece),
                Sort::Byte => {
                    entries.bytes = true;
                    entries.pieces.push(piece);
                }
                Sort::Unused => {
                    entries.orphans.insert(id, text.clone());
                }
                Sort::Control | Sort::Unknown | Sort::User => {
                    let token = AddedToken::from(text.clone(), sort != Sort::User)
                        .normalized(false)
                        .rstrip(strips_right(vocab, sort, text));
                    entries.added.push(Entry { id, token });
                }
            }
        }
        entries
    }
}

fn sort(vocab: &GgufVocab, named: &Named, id: u32, text: &str) -> Sort {
    let declared = match vocab.token_types.get(id as usize) {
        Some(2) => Sort::Unknown,
        Some(3) => Sort::Control,
        Some(4) => Sort::User,
        Some(5) => Sort::Unused,
        Some(6) => Sort::Byte,
        None if vocab.model == "llama" && named.unk == Some(id) => Sort::Unknown,
        None if vocab.model != "gpt2" && byte_piece(text).is_some() => Sort::Byte,
        _ => Sort::Normal,
    };
    let is_named = [named.bos, named.eos].contains(&Some(id)) || named.ends.contains(&id);
    let is_marked = text.starts_with("<|") && text.ends_with("|>") && text.len() > 4;
    match declared {
        // Not every name is right: older files of Qwen2 say that a comma begins the text.
        Sort::Normal | Sort::User if is_named && is_marker(text) => Sort::Control,
        Sort::Normal if is_marked => Sort::Control,
        sort => sort,
    }
}

/// Phi-3's markers swallow the white space that its template puts after them; the format has no flag for it.
fn strips_right(vocab: &GgufVocab, sort: Sort, text: &str) -> bool {
    vocab.model == "llama"
        && vocab.arch.as_deref() == Some("phi3")
        && sort == Sort::Control
        && !["<s>", "<unk>", "<|endoftext|>"].contains(&text)
}
