//! A vocabulary as constrained decoding wants it: every token's bytes in one tree.

use toktrie::{INVALID_TOKEN, TokRxInfo, TokTrie, TokenId, TokenizerEnv};

use super::Tokenizer;

/// A tokenizer behind the trait of `toktrie`. Special tokens and markers stand in the tree under a byte that occurs in
/// no text, so that a grammar's text never becomes one.
pub struct TokenTrie {
    tokenizer: Tokenizer,
    trie: TokTrie,
}

impl TokenTrie {
    /// `size` is the number of rows that the model computes scores for; `ends` are the tokens that end an answer.
    /// Takes a while for a large vocabulary, so it is made once for each model.
    pub fn new(tokenizer: &Tokenizer, size: usize, ends: &[u32]) -> Self {
        let mut words: Vec<Vec<u8>> = (0..size)
            .map(|id| plain(tokenizer.token_bytes(id as u32).unwrap_or_default()))
            .collect();
        for token in tokenizer.special_tokens() {
            if let Some(word) = words.get_mut(token.id as usize)
                && (token.special || token.marker)
            {
                *word = special(token.content.as_bytes());
            }
        }
        let ends: Vec<u32> = ends
            .iter()
            .copied()
            .filter(|id| (*id as usize) < size)
            .collect();
        for id in &ends {
            let word = &mut words[*id as usize];
            if word.first() != Some(&TokTrie::SPECIAL_TOKEN_MARKER) {
                *word = special(word);
            }
        }
        let end = ends.first().copied().unwrap_or(INVALID_TOKEN);
        let mut trie = TokTrie::from(&TokRxInfo::new(size as u32, end), &words);
        if !ends.is_empty() {
            trie = trie.with_eos_tokens(&ends);
        }
        Self {
            tokenizer: tokenizer.clone(),
            trie,
        }
    }

    /// The tokens that the tokenizer would choose, as long as they spell just this text.
    fn usual(&self, text: &str) -> Vec<TokenId> {
        match self.tokenizer.encode_inside(text) {
            Ok(ids) if self.trie.decode_raw(&ids) == text.as_bytes() => ids,
            // A normaliser that changes the text, or an entry that the tree has not.
            _ => self.trie.greedy_tokenize(text.as_bytes()),
        }
    }
}

impl TokenizerEnv for TokenTrie {
    fn tok_trie(&self) -> &TokTrie {
        &self.trie
    }

    fn tokenize_bytes(&self, bytes: &[u8]) -> Vec<TokenId> {
        self.trie
            .tokenize_with_greedy_fallback(bytes, |text| self.usual(text))
    }
}

fn special(name: &[u8]) -> Vec<u8> {
    let mut word = vec![TokTrie::SPECIAL_TOKEN_MARKER];
    word.extend_from_slice(name);
    word
}

/// Vocabularies of bytes have a token for the marker's byte; it occurs in no UTF-8 text and is left out.
fn plain(word: Vec<u8>) -> Vec<u8> {
    if word.first() == Some(&TokTrie::SPECIAL_TOKEN_MARKER) {
        Vec::new()
    } else {
        word
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{TokTrie, TokenTrie, TokenizerEnv as _};
    use crate::text::{Tokenizer, fixtures};

    const FOLDERS: [&str; 8] = [
        "tiny-llama",
        "bpe/llama3",
        "bpe/gpt2",
        "bpe/smollm",
        "spm/llama2",
        "spm/mistral",
        "spm/phi3",
        "spm/gemma",
    ];

    fn trie(folder: &str) -> TokenTrie {
        let tokenizer = Tokenizer::from_dir(fixtures::path(folder)).unwrap();
        TokenTrie::new(&tokenizer, tokenizer.vocab_size(), &tokenizer.ends())
    }

    #[test]
    fn forced_text_is_encoded_to_tokens_that_spell_just_it() {
        for folder in FOLDERS {
            let trie = trie(folder);
            for text in ["{\"a\": 1}", "hello world", " x", "naïve 日本語 🦀\n", "  "] {
                let ids = trie.tokenize_bytes(text.as_bytes());
                let spelled = trie.tok_trie().decode_raw(&ids);
                assert_eq!(String::from_utf8_lossy(&spelled), text, "{folder}");
            }
        }
    }

    #[test]
    fn text_that_spells_a_special_token_is_not_one() {
        for folder in FOLDERS {
            let trie = trie(folder);
            for token in trie.tokenizer.special_tokens() {
                if !token.special && !token.marker {
                    continue;
                }
                let ids = trie.tokenize_bytes(token.content.as_bytes());
                assert!(!ids.contains(&token.id), "{folder}: {token:?}");
                let at = special_id(&trie, &token.content);
                assert_eq!(at, Some(token.id), "{folder}");
            }
        }
    }

    fn special_id(trie: &TokenTrie, name: &str) -> Option<u32> {
        trie.tok_trie().get_special_token(name)
    }

    #[test]
    fn half_a_character_is_spelled_with_the_tokens_of_its_bytes() {
        let trie = trie("tiny-llama");
        let ids = trie.tokenize_bytes(&"🦀".as_bytes()[..2]);
        assert_eq!(trie.tok_trie().decode_raw(&ids), &"🦀".as_bytes()[..2]);
    }

    #[test]
    fn rows_without_a_token_are_never_spelled() {
        let tokenizer = Tokenizer::from_dir(fixtures::path("tiny-llama")).unwrap();
        let trie = TokenTrie::new(&tokenizer, 600, &[599]);
        assert_eq!(trie.tok_trie().vocab_size(), 600);
        assert_eq!(trie.tok_trie().eos_tokens(), [599]);
        assert!(trie.tok_trie().token(550).is_empty());
        assert!(!TokTrie::is_special_token(trie.tok_trie(), 550));
    }
}
