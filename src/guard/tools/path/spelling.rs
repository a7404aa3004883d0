//! The spellings of a path that some program further on may undo.

use std::borrow::Cow;

use crate::tools::words::plain;

/// Encoding may be stacked; nobody stacks it higher than this in good faith.
const STACKED: usize = 4;

/// The text with forward slashes, and each further reading of it: decoded, and with letters of other scripts as they
/// look. The last one is what remains when nothing is left to undo.
pub(super) fn all(text: &str) -> Vec<Cow<'_, str>> {
    let mut found = vec![slashed(bare(text))];
    for _ in 0..STACKED {
        let Some(last) = found.last() else { break };
        let next = match decoded(last) {
            Some(next) => next,
            None if !last.is_ascii() => plain(&straight(last)).into_owned(),
            None => break,
        };
        if next == **last {
            break;
        }
        let next = slashed(bare(&next)).into_owned();
        found.push(Cow::Owned(next));
    }
    found
}

/// Characters that look like a slash, a backslash or a dot.
pub(crate) fn looks_like_a_separator(c: char) -> bool {
    straightened(c).is_some()
}

fn straightened(c: char) -> Option<char> {
    match c {
        '\u{2044}' | '\u{2215}' | '\u{29f8}' | '\u{ff0f}' | '\u{2571}' => Some('/'),
        '\u{2216}' | '\u{29f5}' | '\u{29f9}' | '\u{fe68}' | '\u{ff3c}' => Some('\\'),
        '\u{2024}' | '\u{ff0e}' | '\u{fe52}' => Some('.'),
        '\u{ff5e}' => Some('~'),
        _ => None,
    }
}

fn straight(text: &str) -> String {
    text.chars().map(|c| straightened(c).unwrap_or(c)).collect()
}

/// Without what stands around a path: quotes, blanks, the scheme of a `file:` address with its host.
fn bare(text: &str) -> &str {
    let text = text.trim().trim_matches(['"', '\'', '`']).trim();
    let Some(scheme) = text.get(..5) else {
        return text;
    };
    if !scheme.eq_ignore_ascii_case("file:") {
        return text;
    }
    let rest = &text[5..];
    match rest.strip_prefix("//") {
        // `file://host/path`, of which the host is nobody.
        Some(address) => address.find(['/', '\\']).map_or("", |at| &address[at..]),
        None => rest,
    }
}

fn slashed(text: &str) -> Cow<'_, str> {
    if text.contains('\\') {
        return Cow::Owned(text.replace('\\', "/"));
    }
    Cow::Borrowed(text)
}

/// Undoes one layer of percent signs; nothing if there is none.
fn decoded(text: &str) -> Option<String> {
    let at = text.find('%')?;
    let mut bytes = Vec::with_capacity(text.len());
    bytes.extend_from_slice(&text.as_bytes()[..at]);
    let mut rest = &text.as_bytes()[at..];
    let mut undone = false;
    while let Some(&byte) = rest.first() {
        let (byte, length) = encoded(rest).unwrap_or((byte, 1));
        undone |= length > 1;
        bytes.push(byte);
        rest = &rest[length..];
    }
    undone.then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// The byte that `%41`, or the overlong `%c0%ae` and `%c0%af`, stands for, and the length of what was read.
fn encoded(text: &[u8]) -> Option<(u8, usize)> {
    let overlong = |text: &[u8]| text.get(..6).map(<[u8]>::to_ascii_lowercase);
    match overlong(text).as_deref() {
        Some(b"%c0%ae") => return Some((b'.', 6)),
        Some(b"%c0%af") => return Some((b'/', 6)),
        Some(b"%c1%9c") => return Some((b'\\', 6)),
        _ => {}
    }
    let [b'%', high, low, ..] = text else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    Some((digit(high)? * 16 + digit(low)?, 3))
}
