//! Many words, found in a text in one pass.

use std::collections::{BTreeMap, HashSet};

/// A trie over lower-case letters: templates change the case of what they print, so case does not count.
#[derive(Debug)]
pub(super) struct Words {
    /// For each node the next nodes, and whether a word ends here.
    nodes: Vec<(BTreeMap<char, usize>, bool)>,
}

impl Words {
    pub(super) fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut nodes = vec![(BTreeMap::new(), false)];
        for word in words {
            let mut at = 0;
            for c in word.chars().flat_map(char::to_lowercase) {
                let new = nodes.len();
                let next = *nodes[at].0.entry(c).or_insert(new);
                if next == new {
                    nodes.push((BTreeMap::new(), false));
                }
                at = next;
            }
            nodes[at].1 = at > 0;
        }
        Self { nodes }
    }

    /// Notes where words begin.
    pub(super) fn find(&self, text: &str, begins: &mut HashSet<usize>) {
        if self.nodes.len() == 1 {
            return;
        }
        for (start, _) in text.char_indices() {
            let mut at = 0;
            for c in text[start..].chars().flat_map(char::to_lowercase) {
                match self.nodes[at].0.get(&c) {
                    Some(next) => at = *next,
                    None => break,
                }
                if self.nodes[at].1 {
                    begins.insert(start);
                    break;
                }
            }
        }
    }
}
