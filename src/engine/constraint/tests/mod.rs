//! Constraints over the vocabularies of the fixtures.
#![allow(clippy::unwrap_used)]

mod bounds;
mod copies;
mod kinds;
mod marks;
mod roll;
pub mod schemas;
pub mod validate;
mod walk;

use std::{collections::HashSet, path::PathBuf};

use ferrule_model::text::{TokenTrie, Tokenizer};
use ferrule_types::{Constraint, Grammar};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use toktrie::{TokTrie, TokenizerEnv as _};

use super::{Grammars, Guide};

const FOLDERS: [&str; 5] = [
    "tiny-llama",
    "bpe/llama3",
    "bpe/gpt2",
    "spm/llama2",
    "spm/gemma",
];

/// A vocabulary, and what compiles grammars for it.
struct Vocabulary {
    folder: &'static str,
    tokenizer: Tokenizer,
    trie: TokenTrie,
    grammars: Grammars,
}

impl Vocabulary {
    fn open(folder: &'static str) -> Self {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/text");
        let tokenizer = Tokenizer::from_dir(path.join(folder)).unwrap();
        let size = tokenizer.vocab_size();
        let ends = tokenizer.ends();
        Self {
            folder,
            trie: TokenTrie::new(&tokenizer, size, &ends),
            grammars: Grammars::of(&tokenizer, size, ends),
            tokenizer,
        }
    }

    fn tiny() -> Self {
        Self::open("tiny-llama")
    }

    fn trie(&self) -> &TokTrie {
        self.trie.tok_trie()
    }

    fn compile(&self, constraint: &Constraint) -> Guide {
        let guide = self.grammars.compile_anew(constraint);
        guide.unwrap_or_else(|e| panic!("{}: {constraint:?}: {e}", self.folder))
    }

    fn whole(&self, grammar: Grammar) -> Guide {
        self.compile(&Constraint::whole(grammar))
    }

    fn refusal(&self, grammar: Grammar) -> crate::Error {
        let refused = self.grammars.compile_anew(&Constraint::whole(grammar));
        refused.map(|_| ()).expect_err("refused")
    }

    fn ends(&self) -> Vec<u32> {
        self.tokenizer.ends()
    }

    /// Whether the guide lets this text be written, in whatever tokens, and the answer end behind it.
    fn allows(&self, guide: &mut Guide, text: &[u8]) -> bool {
        self.spells(guide, text, &mut HashSet::new())
    }

    /// `failed` holds the lengths of rests that led nowhere: the same text leaves the guide at the same place, whatever
    /// tokens it is written in.
    fn spells(&self, guide: &mut Guide, text: &[u8], failed: &mut HashSet<usize>) -> bool {
        if text.is_empty() {
            return guide.may_end();
        }
        if guide.is_done() || failed.contains(&text.len()) {
            return false;
        }
        let mask = guide.mask().unwrap();
        let allowed = |id: &u32| mask.as_ref().is_none_or(|mask| mask.allows(*id));
        let mut words: Vec<(usize, u32)> = (0..self.trie().vocab_size() as u32)
            .filter(allowed)
            .map(|id| (self.trie().token(id), id))
            .filter(|(word, _)| !word.is_empty() && text.starts_with(word))
            .map(|(word, id)| (word.len(), id))
            .collect();
        words.sort_unstable_by(|a, b| b.cmp(a));
        let found = words.into_iter().any(|(length, id)| {
            let mut next = guide.clone();
            next.accept(id).unwrap();
            self.spells(&mut next, &text[length..], failed)
        });
        if !found {
            failed.insert(text.len());
        }
        found
    }

    /// Writes tokens chosen from those that are allowed until the guide is done, an end is chosen or the room is used
    /// up; the text, and whether it is whole.
    fn wander(&self, guide: &mut Guide, random: &mut ChaCha8Rng, room: usize) -> (Vec<u8>, bool) {
        let mut text = Vec::new();
        for _ in 0..room {
            if guide.is_done() {
                return (text, true);
            }
            let mask = guide.mask().unwrap().expect("a mask");
            let ids: Vec<u32> = mask.ids().collect();
            let id = ids[random.random_range(0..ids.len())];
            if self.ends().contains(&id) {
                assert!(guide.may_end());
                guide.accept(id).unwrap();
                assert!(guide.is_done());
                return (text, true);
            }
            text.extend_from_slice(self.trie().token(id));
            guide.accept(id).unwrap();
        }
        (text, false)
    }
}
