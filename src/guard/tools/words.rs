//! Names as words: what a person reads in `runCommand`, `run-command` and `r_u_n`.
//!
//! Rules look at whole words, never at letters in a row: `retrieval` holds no `eval`.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Letters of other scripts that look like Latin ones, and the letter that a reader takes them for. Small letters only:
/// text is lowered before it is looked up. What compatibility decomposition already undoes is not listed.
const LOOKALIKES: &[(char, char)] = &[
    // Cyrillic
    ('а', 'a'),
    ('в', 'b'),
    ('с', 'c'),
    ('ԁ', 'd'),
    ('е', 'e'),
    ('ё', 'e'),
    ('һ', 'h'),
    ('н', 'h'),
    ('і', 'i'),
    ('ј', 'j'),
    ('к', 'k'),
    ('ӏ', 'l'),
    ('м', 'm'),
    ('п', 'n'),
    ('о', 'o'),
    ('р', 'p'),
    ('ԛ', 'q'),
    ('г', 'r'),
    ('ѕ', 's'),
    ('т', 't'),
    ('ѵ', 'v'),
    ('ԝ', 'w'),
    ('ѡ', 'w'),
    ('х', 'x'),
    ('у', 'y'),
    ('ү', 'y'),
    ('ь', 'b'),
    // Greek
    ('α', 'a'),
    ('β', 'b'),
    ('ε', 'e'),
    ('γ', 'y'),
    ('η', 'n'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('σ', 'o'),
    ('ς', 's'),
    ('τ', 't'),
    ('υ', 'u'),
    ('χ', 'x'),
    ('ω', 'w'),
    // Armenian
    ('ց', 'g'),
    ('հ', 'h'),
    ('ո', 'n'),
    ('օ', 'o'),
    ('զ', 'q'),
    ('ս', 'u'),
    // Latin with a twist that does not decompose
    ('ɑ', 'a'),
    ('ƅ', 'b'),
    ('đ', 'd'),
    ('ɗ', 'd'),
    ('ə', 'e'),
    ('ƒ', 'f'),
    ('ɡ', 'g'),
    ('ħ', 'h'),
    ('ı', 'i'),
    ('ɩ', 'i'),
    ('ł', 'l'),
    ('ɴ', 'n'),
    ('ø', 'o'),
    ('ʀ', 'r'),
    ('ʟ', 'l'),
    ('ꜱ', 's'),
    ('ŧ', 't'),
    ('ᴄ', 'c'),
    ('ᴇ', 'e'),
    ('ᴏ', 'o'),
    ('ᴜ', 'u'),
    ('ᴠ', 'v'),
    ('ᴡ', 'w'),
    ('ʏ', 'y'),
    ('ᴢ', 'z'),
    ('ѐ', 'e'),
];

/// Digits and signs that are written for letters.
const LEET: &[(char, char)] = &[
    ('0', 'o'),
    ('1', 'l'),
    ('3', 'e'),
    ('4', 'a'),
    ('5', 's'),
    ('7', 't'),
    ('@', 'a'),
    ('$', 's'),
];

/// The text as it looks, in plain Latin letters where it has such: width, marks and invisible characters are gone. Case
/// stays, because words begin with capitals.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let shown = text
        .nfkd()
        .filter(|&c| !is_combining_mark(c) && !is_invisible(c));
    Cow::Owned(shown.flat_map(latin).collect())
}

/// The text as it looks, in small letters: what two names must differ in to be told apart.
pub fn folded(text: &str) -> String {
    plain(text).to_lowercase()
}

/// Only the letters and digits of a folded text: `Delete_File`, `delete-file` and `deletefile` are one.
pub fn squashed(text: &str) -> String {
    folded(text)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// The words of a name, in small letters. Single letters in a row are one word, so that `e_x_e_c` is `exec`.
pub fn words(name: &str) -> Vec<String> {
    let mut words = Words::default();
    let plain = plain(name);
    let mut chars = plain.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() {
            if starts_word(before, c, chars.peek().copied()) {
                words.end();
            }
            words.word.extend(c.to_lowercase());
        } else {
            words.end();
        }
        before = Some(c);
    }
    words.finish()
}

/// The word without the digits at its end, and with digits read as letters: `python3`, `sh3ll`.
pub fn other_spellings(word: &str) -> [Option<String>; 2] {
    if !word.chars().any(|c| c.is_ascii_digit()) {
        return [None, None];
    }
    let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let read = word
        .chars()
        .map(|c| look_up(LEET, c).unwrap_or(c))
        .collect();
    [(!bare.is_empty()).then(|| bare.to_owned()), Some(read)]
}

#[derive(Default)]
struct Words {
    found: Vec<String>,
    word: String,
    // Whether the last word found is made of single letters and may grow.
    spelled: bool,
}

impl Words {
    fn end(&mut self) {
        let word = std::mem::take(&mut self.word);
        let single = word.chars().count() == 1;
        match self.found.last_mut() {
            _ if word.is_empty() => return,
            Some(last) if single && self.spelled => last.push_str(&word),
            _ => self.found.push(word),
        }
        self.spelled = single;
    }

    fn finish(mut self) -> Vec<String> {
        self.end();
        self.found
    }
}

/// `fileName` has two words and `HTTPServer` has two; `sha256` has one.
fn starts_word(before: Option<char>, c: char, after: Option<char>) -> bool {
    let Some(before) = before.filter(|_| c.is_uppercase()) else {
        return false;
    };
    let acronym_ends = before.is_uppercase() && after.is_some_and(char::is_lowercase);
    before.is_lowercase() || before.is_numeric() || acronym_ends
}

fn latin(c: char) -> impl Iterator<Item = char> {
    // Looked up in small letters, and given back in the case that it had.
    let upper = c.is_uppercase();
    let small = c.to_lowercase().next().unwrap_or(c);
    let found = if c.is_ascii() {
        None
    } else {
        look_up(LOOKALIKES, small)
    };
    let letter = found.map_or(c, |letter| {
        if upper {
            letter.to_ascii_uppercase()
        } else {
            letter
        }
    });
    std::iter::once(letter)
}

fn look_up(table: &[(char, char)], c: char) -> Option<char> {
    table.iter().find(|(from, _)| *from == c).map(|(_, to)| *to)
}

/// Characters that take no place: joiners, direction marks, tags, soft hyphens, variation selectors.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{1bca0}'..='\u{1bca3}' | '\u{e0000}'..='\u{e0fff}')
}
