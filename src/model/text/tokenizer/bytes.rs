//! What bytes a vocabulary entry stands for: the three notations that vocabularies use.

use std::sync::LazyLock;

/// How the entries of a vocabulary are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// GPT-2: each byte is one printable character (`Ġ` is a space).
    ByteLevel,
    /// Sentencepiece: text with `▁` for a space, and `<0x0A>` for a byte that has no entry of its own.
    Pieces,
    /// Text as it is.
    Text,
}

/// GPT-2's table: printable Latin-1 stands for itself, the other bytes for U+0100 upwards in order.
static CHARS: LazyLock<[char; 256]> = LazyLock::new(|| {
    let mut next = 0x100;
    std::array::from_fn(|byte| {
        let byte = byte as u8;
        if matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff) {
            char::from(byte)
        } else {
            let c = char::from_u32(next).unwrap_or('\u{fffd}');
            next += 1;
            c
        }
    })
});

fn byte_of(c: char) -> Option<u8> {
    let code = c as u32;
    if code < 0x100 {
        return (CHARS[code as usize] == c).then_some(code as u8);
    }
    (0u8..=255).find(|b| CHARS[usize::from(*b)] == c)
}

impl Notation {
    pub(super) fn bytes(self, entry: &str) -> Vec<u8> {
        match self {
            Self::ByteLevel => entry
                .chars()
                .map(byte_of)
                .collect::<Option<Vec<u8>>>()
                .unwrap_or_else(|| entry.as_bytes().to_vec()),
            Self::Pieces => byte_piece(entry)
                .map_or_else(|| entry.replace('▁', " ").into_bytes(), |byte| vec![byte]),
            Self::Text => entry.as_bytes().to_vec(),
        }
    }
}

/// The byte that `<0x0A>` stands for.
pub(super) fn byte_piece(entry: &str) -> Option<u8> {
    let digits = entry.strip_prefix("<0x")?.strip_suffix('>')?;
    (digits.len() == 2)
        .then(|| u8::from_str_radix(digits, 16).ok())
        .flatten()
}
