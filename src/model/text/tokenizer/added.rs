//! The tokens that are matched as whole strings before the model sees the text, in three selections.
//!
//! * *all*: what the reference matches when it parses special tokens;
//! * *markers*: those that carry meaning to the model, which only a template may write (see `protect`);
//! * *plain*: the rest (runs of spaces, HTML tags, words), which any text may contain.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use tokenizers::models::TrainerWrapper;
use tokenizers::models::bpe::BpeTrainer;
use tokenizers::{AddedToken, AddedVocabulary, Model, NormalizerWrapper, Token};

use crate::text::{Error, Result};

/// An added token and the id its file gives it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub id: u32,
    pub token: AddedToken,
}

/// Which entries go into a matcher.
pub(super) fn matcher(
    entries: &[Entry],
    wanted: impl Fn(&Entry) -> bool,
    normalizer: Option<&NormalizerWrapper>,
) -> Result<AddedVocabulary> {
    let chosen: Vec<&Entry> = entries.iter().filter(|e| wanted(e)).collect();
    let ids = Ids(chosen
        .iter()
        .map(|e| (e.token.content.clone(), e.id))
        .collect());
    let mut added = AddedVocabulary::new();
    added
        .add_tokens(
            chosen.into_iter().map(|e| e.token.clone()),
            &ids,
            normalizer,
        )
        .map_err(Error::tokenizer("adding special tokens"))?;
    Ok(added)
}

/// Keeps one entry per content and per id: the last, as files list corrections last.
pub(super) fn unique(entries: Vec<Entry>) -> Vec<Entry> {
    let (mut contents, mut ids) = (HashSet::new(), HashSet::new());
    let mut kept: Vec<Entry> = entries
        .into_iter()
        .rev()
        .filter(|e| {
            !e.token.content.is_empty()
                && contents.insert(e.token.content.clone())
                && ids.insert(e.id)
        })
        .collect();
    kept.sort_by_key(|e| e.id);
    kept
}

/// A model that knows nothing but ids.
///
/// `AddedVocabulary` asks the model for the id of each token it adds and counts up from the vocabulary's size
/// otherwise, which goes wrong for vocabularies with gaps: this answers with the id that the file gives.
struct Ids(HashMap<String, u32>);

impl Model for Ids {
    type Trainer = TrainerWrapper;

    fn tokenize(&self, _: &str) -> tokenizers::Result<Vec<Token>> {
        Ok(Vec::new())
    }

    fn token_to_id(&self, token: &str) -> Option<u32> {
        self.0.get(token).copied()
    }

    fn id_to_token(&self, _: u32) -> Option<String> {
        None
    }

    fn get_vocab(&self) -> HashMap<String, u32> {
        self.0.clone()
    }

    fn get_vocab_size(&self) -> usize {
        0
    }

    fn save(&self, _: &Path, _: Option<&str>) -> tokenizers::Result<Vec<PathBuf>> {
        Ok(Vec::new())
    }

    fn get_trainer(&self) -> Self::Trainer {
        BpeTrainer::default().into()
    }
}
