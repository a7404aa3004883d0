//! Characters without a shape, and who needs which of them.

use std::{borrow::Cow, fmt::Write as _};

use unicode_normalization::char::is_combining_mark;

use super::{Finding, Oddity, escape, suspicion};

/// No script sets more marks on one letter.
const MOST_MARKS: usize = 8;

/// The flags that Unicode spells with letters of the tags block: England, Scotland, Wales.
const FLAGS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];

const BLACK_FLAG: char = '\u{1F3F4}';
const CANCEL_TAG: char = '\u{E007F}';
const JOINER: char = '\u{200D}';
const NON_JOINER: char = '\u{200C}';

/// The text without what cannot be seen. Most texts have nothing of the kind and are handed back.
pub(super) fn plain<'a>(text: &'a str, found: &mut Vec<Finding>) -> Cow<'a, str> {
    if text
        .bytes()
        .all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t'))
        || !needs_work(text)
    {
        return Cow::Borrowed(text);
    }
    let letters: Vec<char> = text.chars().collect();
    let mut walk = Walk {
        letters: &letters,
        at: 0,
        out: String::with_capacity(text.len()),
        last: None,
        marks: 0,
        counts: Counts::default(),
    };
    while walk.at < letters.len() {
        walk.step();
    }
    walk.counts.tell(found);
    Cow::Owned(walk.out)
}

fn needs_work(text: &str) -> bool {
    text.chars()
        .any(|c| odd(c).is_some() || c == '\r' || is_combining_mark(c))
}

/// The text with everything odd spelled out, for people who compare.
pub(crate) fn reveal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if odd(c).is_some() || c == '\r' {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// JSON in which everything odd is written as JSON escapes it: the same value, and all of it can be seen.
pub(crate) fn json_escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        if c != '\n' && odd(c).is_some() {
            for unit in c.encode_utf16(&mut units) {
                // Writing into a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Which oddity a character is, seen by itself.
fn odd(c: char) -> Option<Oddity> {
    Some(match c {
        '\n' | '\t' | '\r' => return None,
        '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}' => Oddity::Control,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            Oddity::Direction
        }
        '\u{E0000}'..='\u{E007F}' => Oddity::HiddenText,
        '\u{AD}'
        | '\u{34F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200D}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{FFFE}'
        | '\u{FFFF}'
        | '\u{FDD0}'..='\u{FDEF}'
        | '\u{13430}'..='\u{1343F}'
        | '\u{1D159}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0080}'..='\u{E0FFF}' => Oddity::Invisible,
        _ => return None,
    })
}

struct Walk<'a> {
    letters: &'a [char],
    at: usize,
    out: String,
    /// The last character of `out`.
    last: Option<char>,
    /// The marks in a row at the end of `out`.
    marks: usize,
    counts: Counts,
}

impl Walk<'_> {
    fn step(&mut self) {
        let c = self.letters[self.at];
        if let Some(length) = escape::length(&self.letters[self.at..]) {
            self.counts.escapes += 1;
            self.at += length;
            return;
        }
        self.at += 1;
        match odd(c) {
            None if c == '\r' => self.line_end(),
            None => self.keep(c),
            Some(_) if matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}') => self.put('\n'),
            Some(Oddity::HiddenText) => self.tag(c),
            Some(_) if self.needed(c) => self.put(c),
            Some(oddity) => self.counts.drop(oddity, c),
        }
    }

    fn put(&mut self, c: char) {
        self.out.push(c);
        self.last = Some(c);
    }

    fn keep(&mut self, c: char) {
        self.marks = if is_combining_mark(c) {
            self.marks + 1
        } else {
            0
        };
        if self.marks > MOST_MARKS {
            self.counts.marks += 1;
        } else {
            self.put(c);
        }
    }

    /// A lone carriage return lets a terminal write over the line.
    fn line_end(&mut self) {
        if self.next() == Some('\n') {
            self.put('\r');
        } else {
            self.put('\n');
            self.counts.controls += 1;
        }
    }

    fn tag(&mut self, c: char) {
        let rest = &self.letters[self.at - 1..];
        let flag = FLAGS
            .iter()
            .find(|flag| self.last == Some(BLACK_FLAG) && begins_with_tags(rest, flag));
        if let Some(flag) = flag {
            for tag in &rest[..=flag.len()] {
                self.put(*tag);
            }
            self.at += flag.len();
        } else {
            self.counts.hide(c);
        }
    }

    /// Whether the writing around it needs this character.
    fn needed(&self, c: char) -> bool {
        let Some(last) = self.last else { return false };
        match c {
            JOINER | NON_JOINER if joins(last) => true,
            JOINER => emoji_or_part(last) && self.visible().is_some_and(pictographic),
            '\u{61C}' | '\u{200E}' | '\u{200F}' => {
                right_to_left(last) || self.visible().is_some_and(right_to_left)
            }
            '\u{FE0E}' | '\u{FE0F}' => pictographic(last) || matches!(last, '0'..='9' | '#' | '*'),
            '\u{FE00}'..='\u{FE0D}' => {
                matches!(last, '\u{1000}'..='\u{109F}' | '\u{2200}'..='\u{2AFF}' | '\u{3000}'..='\u{9FFF}' | '\u{A840}'..='\u{A87F}')
            }
            '\u{180B}'..='\u{180F}' => matches!(last, '\u{1820}'..='\u{18AA}'),
            '\u{115F}' | '\u{1160}' => matches!(last, '\u{1100}'..='\u{11FF}') && last != c,
            // No registered variant is further down; those that are spell letters.
            '\u{E0100}'..='\u{E011F}' => {
                matches!(last, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
            }
            _ => false,
        }
    }

    fn next(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    /// The next character if it can be seen.
    fn visible(&self) -> Option<char> {
        self.next().filter(|c| odd(*c).is_none())
    }
}

fn begins_with_tags(rest: &[char], flag: &str) -> bool {
    let spelled = flag
        .chars()
        .filter_map(|c| char::from_u32(0xE0000 + c as u32))
        .chain([CANCEL_TAG]);
    rest.len() > flag.len() && spelled.zip(rest).all(|(wanted, got)| wanted == *got)
}

/// Scripts whose letters join, so that joiners change how a word looks.
fn joins(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{109F}' | '\u{1780}'..='\u{180A}' | '\u{1810}'..='\u{18AF}' | '\u{1900}'..='\u{1CFF}'
        | '\u{A800}'..='\u{AAFF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{11000}'..='\u{11FFF}' | '\u{1E900}'..='\u{1E95F}')
        && odd(c).is_none()
}

fn right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{61B}' | '\u{61D}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

fn pictographic(c: char) -> bool {
    matches!(c, '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21FF}' | '\u{2300}'..='\u{23FF}'
        | '\u{2460}'..='\u{24FF}' | '\u{25A0}'..='\u{27BF}' | '\u{2900}'..='\u{297F}' | '\u{2B00}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}'
        | '\u{3297}' | '\u{3299}' | '\u{1F000}'..='\u{1FAFF}')
}

fn emoji_or_part(c: char) -> bool {
    pictographic(c) || c == '\u{FE0F}'
}

#[derive(Default)]
struct Counts {
    directions: usize,
    invisible: usize,
    controls: usize,
    escapes: usize,
    marks: usize,
    tags: usize,
    /// What the tags spell.
    hidden: String,
}

impl Counts {
    fn drop(&mut self, oddity: Oddity, c: char) {
        match oddity {
            Oddity::Direction => self.directions += 1,
            Oddity::Control => self.controls += 1,
            _ => {
                self.invisible += 1;
                self.spelled_by_selector(c);
            }
        }
    }

    fn hide(&mut self, c: char) {
        self.tags += 1;
        if let Some(spelled) = char::from_u32(c as u32 - 0xE0000).filter(char::is_ascii) {
            self.hidden.push(spelled);
        }
    }

    /// Variation selectors spell bytes as well: 16 and 240 of them.
    fn spelled_by_selector(&mut self, c: char) {
        let byte = match c {
            '\u{FE00}'..='\u{FE0F}' => c as u32 - 0xFE00,
            '\u{E0100}'..='\u{E01EF}' => c as u32 - 0xE0100 + 16,
            _ => return,
        };
        if let Some(spelled) = char::from_u32(byte).filter(|c| c.is_ascii_graphic() || *c == ' ') {
            self.hidden.push(spelled);
        }
    }

    fn tell(&self, found: &mut Vec<Finding>) {
        let rows = [
            (
                Oddity::Direction,
                self.directions,
                "characters that turn the direction of text",
            ),
            (
                Oddity::Invisible,
                self.invisible,
                "characters that cannot be seen",
            ),
            (Oddity::Control, self.controls, "control characters"),
            (
                Oddity::Escape,
                self.escapes,
                "sequences that a terminal obeys",
            ),
            (
                Oddity::Marks,
                self.marks,
                "more marks on a letter than any script has",
            ),
        ];
        for (what, count, note) in rows {
            if count > 0 {
                found.push(Finding::new(what, count, note));
            }
        }
        let spelled: String = self
            .hidden
            .chars()
            .filter(|c| !c.is_control())
            .take(80)
            .collect();
        // A few selectors that went astray spell nothing.
        if self.tags > 0 || spelled.len() >= 8 {
            found.push(Finding::new(
                Oddity::HiddenText,
                self.tags.max(1),
                format!("a text that only machines see: `{spelled}`"),
            ));
            suspicion::look(&self.hidden, true, found);
        }
    }
}
