//! JSON's words, one after another, so that arguments are written in another way without being understood: numbers keep
//! their digits, keys their order, and nothing recurses.

use std::borrow::Cow;

/// A word of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'t> {
    Open(char),
    Close(char),
    Colon,
    Comma,
    /// With its quotes.
    String(&'t str),
    /// A number, `true`, `false` or `null`.
    Word(&'t str),
}

/// The words of a text that is known to be JSON, each with the place behind it.
pub struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokens<'t> {
    pub fn of(text: &'t str) -> Self {
        Tokens { text, at: 0 }
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = (Token<'t>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at)?.is_ascii_whitespace() {
            self.at += 1;
        }
        let from = self.at;
        let first = bytes[from];
        self.at = match first {
            b'{' | b'}' | b'[' | b']' | b':' | b',' => from + 1,
            b'"' => string_end(bytes, from),
            _ => word_end(bytes, from),
        };
        let token = match first {
            b'{' | b'[' => Token::Open(first as char),
            b'}' | b']' => Token::Close(first as char),
            b':' => Token::Colon,
            b',' => Token::Comma,
            b'"' => Token::String(&self.text[from..self.at]),
            _ => Token::Word(&self.text[from..self.at]),
        };
        Some((token, self.at))
    }
}

fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn word_end(bytes: &[u8], from: usize) -> usize {
    let ends = |b: &u8| b.is_ascii_whitespace() || b"{}[]:,\"".contains(b);
    let length = bytes[from..].iter().position(ends);
    length.map_or(bytes.len(), |length| from + length)
}

/// What stands between a string's quotes, its escapes undone.
pub fn unquoted(quoted: &str) -> Cow<'_, str> {
    let inner = quoted.trim_matches('"');
    if !quoted.contains('\\') && inner.len() + 2 == quoted.len() {
        return Cow::Borrowed(inner);
    }
    Cow::Owned(serde_json::from_str(quoted).unwrap_or_default())
}

/// The keys of an object with the text of their values.
pub fn entries(object: &str) -> Vec<(Cow<'_, str>, &str)> {
    let (mut found, mut key, mut from, mut depth) = (Vec::new(), None, 0, 0usize);
    let mut before = 0;
    for (token, behind) in Tokens::of(object) {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        match token {
            Token::String(quoted) if depth == 1 && key.is_none() => key = Some(unquoted(quoted)),
            Token::Colon if depth == 1 => from = behind,
            Token::Comma if depth == 1 => {
                found.extend(key.take().map(|key| (key, object[from..before].trim())));
            }
            Token::Close(_) if depth == 0 => {
                found.extend(key.take().map(|key| (key, object[from..before].trim())));
            }
            _ => {}
        }
        before = behind;
    }
    found
}

/// JSON as the templates of most families write it: a blank behind each comma and colon.
pub fn spaced(text: &str) -> String {
    written(text, SPACED, |word| word, |quoted, to| to.push_str(quoted))
}

/// JSON without white space.
pub fn compact(text: &str) -> String {
    written(
        text,
        [":", ","],
        |word| word,
        |quoted, to| to.push_str(quoted),
    )
}

/// A value of Python. Strings are those of JSON without the escapes that Python reads otherwise.
pub fn python(text: &str) -> String {
    let word = |word| match word {
        "true" => "True",
        "false" => "False",
        "null" => "None",
        other => other,
    };
    written(text, SPACED, word, |quoted, to| {
        let again = serde_json::to_string(&unquoted(quoted));
        to.push_str(again.as_deref().unwrap_or(quoted));
    })
}

const SPACED: [&str; 2] = [": ", ", "];

fn written<'t>(
    text: &'t str,
    [colon, comma]: [&str; 2],
    word: impl Fn(&'t str) -> &'t str,
    string: impl Fn(&'t str, &mut String),
) -> String {
    let mut to = String::with_capacity(text.len() + 8);
    for (token, _) in Tokens::of(text) {
        match token {
            Token::Open(c) | Token::Close(c) => to.push(c),
            Token::Colon => to.push_str(colon),
            Token::Comma => to.push_str(comma),
            Token::String(quoted) => string(quoted, &mut to),
            Token::Word(text) => to.push_str(word(text)),
        }
    }
    to
}

/// A value of Gemma's arguments: `None` where a key cannot be written without quotes, or a string holds their mark.
pub fn gemma(text: &str, quote: &str) -> Option<String> {
    let mut to = String::with_capacity(text.len() + 8);
    // Whether each open bracket is an object's, and whether a key comes next.
    let (mut objects, mut key) = (Vec::new(), false);
    for (token, _) in Tokens::of(text) {
        match token {
            Token::Open(c) => {
                objects.push(c == '{');
                key = c == '{';
                to.push(c);
            }
            Token::Close(c) => {
                objects.pop();
                key = false;
                to.push(c);
            }
            Token::Colon => {
                key = false;
                to.push(':');
            }
            Token::Comma => {
                key = objects.last() == Some(&true);
                to.push(',');
            }
            Token::Word(word) => to.push_str(word),
            Token::String(quoted) if key => {
                let bare = unquoted(quoted);
                if !is_bare(&bare) {
                    return None;
                }
                to.push_str(&bare);
            }
            Token::String(quoted) => {
                let inner = unquoted(quoted);
                if inner.contains(quote) {
                    return None;
                }
                to.extend([quote, &*inner, quote]);
            }
        }
    }
    Some(to)
}

/// Whether a key or a name can stand without quotes.
pub fn is_bare(key: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "{}[]()<>:,=\"'`|".contains(c);
    !key.is_empty() && !key.contains(odd)
}
