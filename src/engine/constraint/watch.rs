//! Waits in free text for the marks with which a grammar begins to hold.

use toktrie::TokTrie;

/// The marks of one constraint.
pub struct Watch {
    /// Marks that are one special token: spelled out they are data.
    tokens: Vec<u32>,
    texts: Vec<Text>,
    /// As many bytes of the text so far can matter.
    window: usize,
}

struct Text {
    bytes: Vec<u8>,
    /// With so many bytes of the mark written: the tokens that complete it and go on with what the grammar refuses.
    overruns: Vec<Vec<u32>>,
}

/// The last bytes of the free text.
#[derive(Clone, Default)]
pub struct Tail(Vec<u8>);

impl Watch {
    /// `refuses` says whether the grammar cannot begin with these bytes.
    pub fn new(
        tokens: Vec<u32>,
        texts: Vec<Vec<u8>>,
        trie: &TokTrie,
        refuses: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Self {
        let window = texts.iter().map(Vec::len).max().unwrap_or(1) - 1;
        let texts = texts
            .into_iter()
            .map(|bytes| Text {
                overruns: overruns(&bytes, trie, refuses),
                bytes,
            })
            .collect();
        Self {
            tokens,
            texts,
            window,
        }
    }

    /// Whether the token completes a mark; then what it wrote behind the mark.
    pub fn push(&self, tail: &mut Tail, token: u32, trie: &TokTrie) -> Option<Vec<u8>> {
        if self.tokens.contains(&token) {
            return Some(Vec::new());
        }
        let word = trie.token(token);
        if word.is_empty() || trie.is_special_token(token) {
            // No text reaches across a special token.
            tail.0.clear();
            return None;
        }
        let old = tail.0.len();
        tail.0.extend_from_slice(word);
        let written = &tail.0;
        let ends = self
            .texts
            .iter()
            .filter_map(|text| first_end(written, &text.bytes, old));
        if let Some(end) = ends.min() {
            return Some(written[end..].to_vec());
        }
        let surplus = tail.0.len().saturating_sub(self.window);
        tail.0.drain(..surplus);
        None
    }

    /// The tokens that would complete a mark here and go on wrongly; nearly always none.
    pub fn overruns(&self, tail: &Tail) -> Vec<u32> {
        let mut ids = Vec::new();
        for text in &self.texts {
            for (written, tokens) in text.overruns.iter().enumerate() {
                if !tokens.is_empty() && tail.0.ends_with(&text.bytes[..written]) {
                    ids.extend_from_slice(tokens);
                }
            }
        }
        ids
    }
}

/// Where the first occurrence ends that reaches beyond `old`.
fn first_end(text: &[u8], mark: &[u8], old: usize) -> Option<usize> {
    (old + 1..=text.len()).find(|end| text[..*end].ends_with(mark))
}

fn overruns(mark: &[u8], trie: &TokTrie, refuses: &mut dyn FnMut(&[u8]) -> bool) -> Vec<Vec<u32>> {
    let mut found = vec![Vec::new(); mark.len()];
    for id in 0..trie.vocab_size() as u32 {
        let word = trie.token(id);
        if word.is_empty() || trie.is_special_token(id) {
            continue;
        }
        for (written, ids) in found.iter_mut().enumerate() {
            let missing = &mark[written..];
            let end = if written == 0 {
                first_end(word, mark, 0)
            } else {
                word.starts_with(missing).then_some(missing.len())
            };
            if end.is_some_and(|end| end < word.len() && refuses(&word[end..])) {
                ids.push(id);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use toktrie::{TokRxInfo, TokTrie};

    use super::{Tail, Watch};

    fn trie() -> TokTrie {
        let mut words: Vec<Vec<u8>> = (0..=254u8).map(|b| vec![b]).collect();
        words.push(b"\xff<call>".to_vec());
        words.extend(["<f", "=x", "=1", "a<f=x", "f=1"].map(|w| w.as_bytes().to_vec()));
        TokTrie::from(&TokRxInfo::new(words.len() as u32, 255), &words)
    }

    fn watch(trie: &TokTrie) -> Watch {
        Watch::new(vec![255], vec![b"<f=".to_vec()], trie, &mut |rest| {
            rest == b"x"
        })
    }

    fn write(watch: &Watch, trie: &TokTrie, tokens: &[u32]) -> Option<(usize, Vec<u8>)> {
        let mut tail = Tail::default();
        let mut tokens = tokens.iter().enumerate();
        tokens.find_map(|(at, id)| Some((at, watch.push(&mut tail, *id, trie)?)))
    }

    #[test]
    fn a_mark_is_found_across_tokens_with_what_stands_behind_it() {
        let trie = trie();
        let watch = watch(&trie);
        let bytes = |text: &str| text.bytes().map(u32::from).collect::<Vec<_>>();
        assert_eq!(
            write(&watch, &trie, &bytes("a <<f=")),
            Some((5, Vec::new()))
        );
        assert_eq!(
            write(&watch, &trie, &[60, 260, 49]),
            Some((1, b"1".to_vec()))
        );
        assert_eq!(write(&watch, &trie, &[255]), Some((0, Vec::new())));
        assert_eq!(write(&watch, &trie, &bytes("<call> f=")), None);
        // A special token parts the text.
        assert_eq!(
            write(&watch, &trie, &[60, 102, 255, 61]).map(|f| f.0),
            Some(2)
        );
    }

    #[test]
    fn tokens_that_go_on_wrongly_behind_a_mark_are_told_where_they_would() {
        let trie = trie();
        let watch = watch(&trie);
        let mut tail = Tail::default();
        assert_eq!(watch.overruns(&tail), [259]);
        assert_eq!(watch.push(&mut tail, 256, &trie), None);
        assert_eq!(watch.overruns(&tail), [259, 257]);
    }
}
