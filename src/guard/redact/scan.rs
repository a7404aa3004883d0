//! One walk over a text, from left to right, that never looks at a character more than a few times.

use std::ops::Range;

use super::{
    REDACTED, shape,
    words::{self, Sure},
};

/// Names of header fields whose value is the rest of the line, whatever stands in it.
const HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
];

/// Words of schemes behind which a credential stands.
const SCHEMES: &[&str] = &["bearer", "basic"];

/// What stands behind `bearer` and `basic` in prose.
const PROSE: &[&str] = &[
    "and",
    "are",
    "as",
    "auth",
    "authentication",
    "authorization",
    "credential",
    "credentials",
    "error",
    "for",
    "format",
    "from",
    "header",
    "in",
    "invalid",
    "is",
    "methods",
    "missing",
    "must",
    "not",
    "of",
    "or",
    "realm",
    "required",
    "scheme",
    "the",
    "to",
    "token",
    "tokens",
    "type",
    "usage",
    "was",
    "with",
];

/// Schemes in which the user's name alone is no secret: there, the key is elsewhere.
const NAMED_USERS: &[&str] = &["ssh", "git", "sftp", "scp", "ftp", "mailto"];

const PEM: &str = "-----BEGIN ";
const PEM_END: &str = "-----END ";
const DASHES: &str = "-----";

/// The same text with the secrets in it redacted.
pub fn redact_text(text: &str) -> String {
    let mut scan = Scan {
        text,
        bytes: text.as_bytes(),
        at: 0,
        copied: 0,
        out: String::new(),
        at_sign: Ahead::default(),
        blank: Ahead::default(),
    };
    while scan.at < text.len() {
        scan.step();
    }
    scan.finish()
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Up to here the text is in `out`.
    copied: usize,
    out: String,
    at_sign: Ahead,
    blank: Ahead,
}

/// The next place of something, remembered so that many questions cost one walk.
#[derive(Default)]
struct Ahead(Option<usize>);

impl Ahead {
    /// The first byte from `from` on for which `is` holds, or the end.
    fn from(&mut self, bytes: &[u8], from: usize, is: impl Fn(u8) -> bool) -> usize {
        match self.0 {
            Some(place) if place >= from => place,
            _ => {
                let place = bytes[from..]
                    .iter()
                    .position(|byte| is(*byte))
                    .map_or(bytes.len(), |found| from + found);
                self.0 = Some(place);
                place
            }
        }
    }
}

impl Scan<'_> {
    fn step(&mut self) {
        let byte = self.bytes[self.at];
        if byte == b':'
            && let Some(slashes) = slashes(&self.bytes[self.at + 1..])
        {
            self.userinfo(1 + slashes);
        } else if is_word(byte) {
            self.word();
        } else {
            self.at += self.text[self.at..]
                .chars()
                .next()
                .map_or(1, char::len_utf8);
        }
    }

    /// Puts the mark in the place of `range` and goes on behind it.
    fn hide(&mut self, range: Range<usize>) {
        self.out.push_str(&self.text[self.copied..range.start]);
        self.out.push_str(REDACTED);
        self.copied = range.end;
        self.at = range.end;
    }

    fn finish(mut self) -> String {
        self.out.push_str(&self.text[self.copied..]);
        self.out
    }

    /// A block that does not end is secret to the end.
    fn hide_pem(&mut self) {
        let rest = &self.text[self.at..];
        let length = rest.find(PEM_END).map_or(rest.len(), |end| {
            let behind = end + PEM_END.len();
            rest[behind..]
                .find(DASHES)
                .map_or(rest.len(), |dashes| behind + dashes + DASHES.len())
        });
        self.hide(self.at..self.at + length);
    }

    /// `scheme://user:secret@host`. A password may hold what ought to have been written with `%`.
    fn userinfo(&mut self, sign: usize) {
        let from = self.at + sign;
        let scheme = scheme_before(&self.text[..self.at]);
        self.at = from;
        let end = self.blank.from(self.bytes, from, ends_url);
        let authority = &self.text[from..end];
        let cut = authority.find(['/', '?', '#']).unwrap_or(authority.len());
        let (host, open) = (&authority[..cut], cut < authority.len());
        let at_sign = host.rfind('@').map(|at| from + at).or_else(|| {
            let password_with_marks =
                open && host.split_once(':').is_some_and(|(_, port)| !is_port(port));
            let next = self.at_sign.from(self.bytes, from, |byte| byte == b'@');
            (password_with_marks && next < end).then_some(next)
        });
        let Some(at_sign) = at_sign else { return };
        let user = &self.text[from..at_sign];
        let harmless = user.is_empty()
            || (!user.contains(':') && NAMED_USERS.iter().any(|named| scheme.ends_with(named)));
        if !harmless {
            self.hide(from..at_sign);
        }
    }

    /// A word is the name of a secret, the scheme of one, or holds one.
    fn word(&mut self) {
        let start = self.at;
        let length = self.bytes[start..].iter().position(|byte| !is_word(*byte));
        let end = length.map_or(self.bytes.len(), |length| start + length);
        self.known_within(start..end);
        if self.at > end {
            return;
        }
        self.at = end;
        let name = &self.text[start..end];
        let hidden = self.value_of(name).or_else(|| self.credential(name));
        if let Some(range) = hidden {
            self.hide(range);
        }
    }

    /// Keys with a known beginning; they begin where a letter or digit does not go before. PEM blocks begin anywhere:
    /// behind an `n` where the line end is spelled out.
    fn known_within(&mut self, word: Range<usize>) {
        let mut at = word.start;
        while at < word.end {
            let inside = at > word.start && self.bytes[at - 1].is_ascii_alphanumeric();
            if self.bytes[at] == b'-' && self.text[at..].starts_with(PEM) {
                self.at = at;
                return self.hide_pem();
            }
            let known = if inside {
                None
            } else {
                shape::known(&self.bytes[at..word.end])
            };
            if let Some(length) = known {
                self.hide(at..at + length);
            }
            at += known.unwrap_or(1);
        }
    }

    /// Where the value stands that belongs to this name, if the name is a secret's.
    fn value_of(&self, name: &str) -> Option<Range<usize>> {
        let bare = name.trim_matches(['-', '.', '_']);
        let assigned = Assigned::behind(self.text, self.at, name.starts_with('-'))?;
        let sure = words::sure(bare)?;
        if sure == Sure::Perhaps && assigned.loose && !assigned.looks_random() {
            return None;
        }
        let value = assigned.value(HEADERS.contains(&bare.to_ascii_lowercase().as_str()));
        let text = &self.text[value.clone()];
        let no_value = assigned.by_blank && (is_next_flag(text) || is_prose(text));
        (!text.is_empty() && !no_value).then_some(value)
    }

    /// What stands behind `Bearer`.
    fn credential(&self, name: &str) -> Option<Range<usize>> {
        if !SCHEMES
            .iter()
            .any(|scheme| scheme.eq_ignore_ascii_case(name))
        {
            return None;
        }
        let blanks = self.bytes[self.at..]
            .iter()
            .take_while(|byte| **byte == b' ')
            .count();
        let from = self.at + blanks;
        let length = self.bytes[from..]
            .iter()
            .take_while(|byte| is_credential(**byte))
            .count();
        let value = self.text[from..from + length].trim_end_matches('.');
        let prose = value.is_empty() || is_prose(value);
        let sure = name.eq_ignore_ascii_case("bearer")
            || shape::looks_random(value.as_bytes())
            || value.ends_with('=');
        (blanks > 0 && !prose && sure).then_some(from..from + value.len())
    }
}

/// What stands between a name and its value, and the value's beginning.
struct Assigned<'a> {
    text: &'a str,
    from: usize,
    /// The quote around the value, and how many backslashes stand before it.
    quote: Option<(u8, usize)>,
    /// So weak a sign (`key: word`, `key = word`) that the name should be sure or the value look like a secret.
    loose: bool,
    /// A flag's value stands behind a blank.
    by_blank: bool,
}

impl<'a> Assigned<'a> {
    fn behind(text: &'a str, at: usize, is_flag: bool) -> Option<Self> {
        let bytes = text.as_bytes();
        // The name's own quote: `"password": …`, also within a string: `\"password\": …`.
        let (closing, mut from) =
            quote_at(bytes, at).map_or((None, at), |(quote, behind)| (Some(quote), behind));
        // The end of `user[password]=…` and of `headers["cookie"] = …`.
        if bytes.get(from) == Some(&b']') {
            from += 1;
        }
        let blanks_before = blanks(bytes, from);
        from += blanks_before;
        // Behind a flag and a blank whatever stands there is the value.
        let value_behind_blank = is_flag && closing.is_none() && blanks_before > 0;
        let sign = match bytes.get(from) {
            Some(b'=') if bytes.get(from + 1) == Some(&b'>') => 2,
            Some(b':') if bytes.get(from + 1) == Some(&b'=') => 2,
            Some(b'=') if bytes.get(from + 1) != Some(&b'=') => 1,
            Some(b':')
                if bytes.get(from + 1) != Some(&b':') && !bytes[from..].starts_with(b"://") =>
            {
                1
            }
            _ if value_behind_blank => 0,
            _ => return None,
        };
        let tight = sign == 1 && bytes[from] == b'=' && blanks_before == 0;
        from += sign;
        let blanks_after = blanks(bytes, from);
        from += blanks_after;
        let quote = quote_at(bytes, from);
        if let Some((_, behind)) = quote {
            from = behind;
        }
        let by_blank = sign == 0;
        let loose = !by_blank
            && quote.is_none()
            && closing.is_none()
            && !is_flag
            && !(tight && blanks_after == 0);
        Some(Assigned {
            text,
            from,
            quote: quote.map(|(quote, _)| quote),
            loose,
            by_blank,
        })
    }

    /// Looks at the value's beginning only, because what is passed over here is looked at again.
    fn looks_random(&self) -> bool {
        let rest = &self.text.as_bytes()[self.from..];
        let length = rest
            .iter()
            .take(64)
            .take_while(|byte| !ends_value(**byte))
            .count();
        shape::looks_random(&rest[..length])
    }

    fn value(&self, whole_line: bool) -> Range<usize> {
        let bytes = self.text.as_bytes();
        let marked = if self.text[self.from..].starts_with(REDACTED) {
            REDACTED.len()
        } else {
            0
        };
        let rest = &bytes[self.from + marked..];
        let length = match self.quote {
            Some((quote, slashes)) => quoted(rest, quote, slashes),
            None if whole_line => rest
                .iter()
                .position(|byte| matches!(byte, b'\n' | b'\r' | b'"' | b'\'')),
            None => rest.iter().position(|byte| ends_value(*byte)),
        };
        let end = length.map_or(bytes.len(), |length| self.from + marked + length);
        self.from..end.max(self.from)
    }
}

/// The length up to the closing quote: the same quote behind no more backslashes than the opening one had.
fn quoted(rest: &[u8], quote: u8, slashes: usize) -> Option<usize> {
    let mut before = 0;
    for (at, byte) in rest.iter().enumerate() {
        if *byte == quote && (before <= slashes || (slashes == 0 && before % 2 == 0)) {
            return Some(at - before.min(slashes));
        }
        before = if *byte == b'\\' { before + 1 } else { 0 };
    }
    None
}

/// The length of `//`, also as some write it in JSON: `\/\/`.
fn slashes(bytes: &[u8]) -> Option<usize> {
    let one = |from: usize| {
        let rest = bytes.get(from..)?;
        let back = rest
            .iter()
            .take(16)
            .take_while(|byte| **byte == b'\\')
            .count();
        (rest.get(back) == Some(&b'/')).then_some(from + back + 1)
    };
    one(0).and_then(one)
}

/// A quote with its backslashes, and the place behind it.
fn quote_at(bytes: &[u8], at: usize) -> Option<((u8, usize), usize)> {
    // Nobody nests strings deeper.
    let slashes = bytes[at..]
        .iter()
        .take(16)
        .take_while(|byte| **byte == b'\\')
        .count();
    let quote = *bytes.get(at + slashes)?;
    matches!(quote, b'"' | b'\'' | b'`').then_some(((quote, slashes), at + slashes + 1))
}

fn blanks(bytes: &[u8], at: usize) -> usize {
    // More than these are a table or a trap.
    bytes[at..]
        .iter()
        .take(32)
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count()
}

/// The scheme that ends here; its length is bounded, so many `://` cost little.
fn scheme_before(text: &str) -> String {
    let letters = text
        .bytes()
        .rev()
        .take(16)
        .take_while(u8::is_ascii_alphabetic)
        .collect::<Vec<u8>>();
    letters
        .iter()
        .rev()
        .map(|byte| byte.to_ascii_lowercase() as char)
        .collect()
}

fn is_prose(word: &str) -> bool {
    PROSE.iter().any(|prose| prose.eq_ignore_ascii_case(word))
}

/// `--verbose` or `-v` behind a flag is no value; any other text with a dash may be one.
fn is_next_flag(text: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    match text.strip_prefix("--") {
        Some(long) => letter(long.chars().next()),
        None => text.len() == 2 && text.starts_with('-') && letter(text.chars().nth(1)),
    }
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn is_credential(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
}

fn ends_value(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t'
            | b'\n'
            | b'\r'
            | b'"'
            | b'\''
            | b'`'
            | b','
            | b';'
            | b'&'
            | b')'
            | b']'
            | b'}'
            | b'<'
            | b'>'
            | b'|'
    )
}

fn ends_url(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'<' | b'>' | b'`'
    )
}
