//! What a vocabulary's markers are made of.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::super::template::Seams;
use super::words::Words;

/// Tags of HTML that some vocabularies have as tokens (Gemma): they are words of the web, not of a template.
/// `<s>` is missing: as a token it begins a text far more often than it strikes one through.
const HTML: [&str; 50] = [
    "a",
    "article",
    "b",
    "blockquote",
    "body",
    "br",
    "caption",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];

/// Punctuation that is too common in names and numbers to be swapped everywhere.
const COMMON: &str = "_.,;:'\"-/!?&#%*+=@$`\\";

/// Whether an added token looks like a marker: letters between two brackets of whatever kind.
pub(in super::super) fn is_marker(content: &str) -> bool {
    let mut chars = content.chars();
    let (Some(first), Some(last)) = (chars.next(), chars.next_back()) else {
        return false;
    };
    let name = content
        .trim_start_matches("</")
        .trim_start_matches('<')
        .trim_end_matches('>')
        .trim_end_matches('/');
    let is_html = content.starts_with('<') && content.ends_with('>') && HTML.contains(&name);
    is_edge(first) && is_edge(last) && chars.any(char::is_alphanumeric) && !is_html
}

/// Whether a character is swapped wherever it stands in untrusted text.
fn is_edge(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace() && !COMMON.contains(c)
}

/// The markers of one tokenizer.
#[derive(Debug)]
pub struct Guard {
    markers: Vec<String>,
    /// First and last characters of markers, where they are symbols.
    edges: Vec<char>,
    /// Markers that begin or end with a letter or common punctuation: these are swapped as whole words.
    wordy: Vec<String>,
    wordy_words: Words,
    /// Every beginning of every marker.
    beginnings: HashSet<String>,
}

impl Guard {
    pub(in super::super) fn new(markers: impl Iterator<Item = String>) -> Self {
        let markers: Vec<String> = markers.collect();
        let mut edges: Vec<char> = Vec::new();
        let mut wordy = Vec::new();
        let mut beginnings = HashSet::new();
        for marker in &markers {
            let ends = [marker.chars().next(), marker.chars().next_back()];
            for c in ends.into_iter().flatten().filter(|c| is_edge(*c)) {
                if !edges.contains(&c) {
                    edges.push(c);
                }
            }
            if ends.into_iter().flatten().any(|c| !is_edge(c)) {
                wordy.push(marker.clone());
            }
            let cuts = marker.char_indices().skip(1);
            beginnings.extend(cuts.map(|(cut, _)| marker[..cut].to_string()));
        }
        Self {
            markers,
            edges,
            wordy_words: Words::new(wordy.iter().map(String::as_str)),
            wordy,
            beginnings,
        }
    }

    /// The strings that only a template may write.
    pub fn markers(&self) -> &[String] {
        &self.markers
    }

    pub(super) fn edges(&self) -> &[char] {
        &self.edges
    }

    pub(super) fn wordy(&self) -> &[String] {
        &self.wordy
    }

    pub(super) fn wordy_words(&self) -> &Words {
        &self.wordy_words
    }

    /// What would complete a marker if it stood between two pieces of the template.
    fn gaps(&self, seams: &Seams) -> Words {
        let mut gaps = HashSet::new();
        let pieces: HashSet<&str> = seams
            .tails
            .iter()
            .flat_map(|tail| tail.char_indices().map(move |(at, _)| &tail[at..]))
            .filter(|tail| self.beginnings.contains(*tail))
            .collect();
        for beginning in pieces {
            let rests = self
                .markers
                .iter()
                .filter_map(|m| m.strip_prefix(beginning));
            for rest in rests {
                for (cut, _) in rest.char_indices().skip(1) {
                    let (gap, ending) = rest.split_at(cut);
                    if seams.heads.iter().any(|head| head.starts_with(ending)) {
                        gaps.insert(gap);
                    }
                }
            }
        }
        Words::new(gaps)
    }
}

/// The gaps of one template, kept for the tokenizer that it was last rendered for: there may be thousands.
#[derive(Debug, Default)]
pub(in super::super) struct Gaps(Mutex<Option<(Weak<Guard>, Arc<Words>)>>);

impl Gaps {
    pub(super) fn of(&self, seams: &Seams, guard: &Arc<Guard>) -> Arc<Words> {
        // Whoever panicked while holding the lock left a whole value behind.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((of, words)) if of.as_ptr() == Arc::as_ptr(guard) => words.clone(),
            _ => {
                let words = Arc::new(guard.gaps(seams));
                *last = Some((Arc::downgrade(guard), words.clone()));
                words
            }
        }
    }
}
