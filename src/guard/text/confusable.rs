//! Letters that look alike, brought to one. Small on purpose: what names of tools are written with. To grow: one row.

use unicode_normalization::UnicodeNormalization;

/// Looks like, and is.
const ALIKE: &[(&str, char)] = &[
    ("аɑαÀ", 'a'),
    ("Ьƅ", 'b'),
    ("сϲⅽᴄ", 'c'),
    ("ԁɗ", 'd'),
    ("еҽєε", 'e'),
    ("ƒ", 'f'),
    ("ɡց", 'g'),
    ("һհ", 'h'),
    ("іıιɩӏ", 'i'),
    ("јϳ", 'j'),
    ("кκ", 'k'),
    ("ⅼǀ", 'l'),
    ("мⅿ", 'm'),
    ("пոη", 'n'),
    ("оοօσ", 'o'),
    ("рρ", 'p'),
    ("ԛ", 'q'),
    ("гᴦ", 'r'),
    ("ѕꜱ", 's'),
    ("тτ", 't'),
    ("υսцʋ", 'u'),
    ("ѵνᴠ", 'v'),
    ("ԝѡɯ", 'w'),
    ("хχ", 'x'),
    ("уγү", 'y'),
    ("ʐᴢ", 'z'),
    ("‐‑‒–—−", '-'),
];

/// The text in lower-case Latin letters as far as it looks like them; marks on letters are gone.
pub(super) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let plain = text
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    plain.flat_map(char::to_lowercase).map(fold).collect()
}

fn fold(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    ALIKE
        .iter()
        .find(|(alike, _)| alike.contains(c))
        .map_or(c, |(_, letter)| *letter)
}

/// What is left of a name when everything is taken away by which two names can differ and look the same: case, marks,
/// separators, `0` and `O`, `1` and `l` and `I`.
pub(super) fn skeleton(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in folded(name).chars() {
        match c {
            '0' => out.push('o'),
            '1' | 'i' | '|' => out.push('l'),
            '5' => out.push('s'),
            c if c.is_alphanumeric() => out.push(c),
            _ => {}
        }
    }
    // Two letters that read as one, after all others are known.
    out.replace("rn", "m").replace("vv", "w")
}
