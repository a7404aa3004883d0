//! What can be read off a template's source without running it.

/// Longest literal end that is looked at; no special token is near this long.
const REACH: usize = 64;

/// Variables that stand for single characters which users' text has stand-ins for; see [`with_looks`].
pub(super) const LOOKS: [(char, &str); 5] = [
    ('<', "_lt"),
    ('>', "_gt"),
    ('[', "_lb"),
    (']', "_rb"),
    ('|', "_vb"),
];

/// The source as the engine gets it. Every change keeps its length, so that lines and columns stay true.
pub(super) fn prepared(source: &str) -> String {
    with_looks(&without_generation(source))
}

/// Lets a template look for a single character that is swapped in untrusted text: `'<' in text` becomes
/// `_lt in text`, and the variable holds whatever stands for `<` in this prompt.
fn with_looks(source: &str) -> String {
    let mut out = source.to_string();
    for (c, name) in LOOKS {
        for quote in ['\'', '"'] {
            let literal = format!("{quote}{c}{quote}");
            let other = if quote == '"' { '\'' } else { '"' };
            for (at, _) in source.match_indices(&literal) {
                let after = source[at + literal.len()..].trim_start();
                let looks = after.starts_with("in ") || after.starts_with("not in ");
                let before = &source[..at];
                let last = |marks: [&str; 2]| marks.iter().filter_map(|m| before.rfind(m)).max();
                let open = last(["{{", "{%"]).filter(|open| Some(*open) > last(["}}", "%}"]));
                if let Some(open) = open
                    && looks
                    && before[open..].matches(other).count() % 2 == 0
                {
                    out.replace_range(at..at + literal.len(), name);
                }
            }
        }
    }
    out
}

/// Makes `{% generation %}` blocks (transformers' mark for training masks) plain scopes.
fn without_generation(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find("{%") {
        let (before, tag) = rest.split_at(at + 2);
        out.push_str(before);
        rest = tag;
        let skipped = tag.len() - tag.trim_start_matches(['-', '+']).trim_start().len();
        let word = &tag[skipped..];
        for (from, to) in [
            ("endgeneration", "endwith      "),
            ("generation", "with      "),
        ] {
            let closes = |after: &&str| {
                let after = after.trim_start().trim_start_matches(['-', '+']);
                after.starts_with("%}")
            };
            if let Some(after) = word.strip_prefix(from).filter(closes) {
                out.push_str(&tag[..skipped]);
                out.push_str(to);
                rest = after;
                break;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Line and column (both from 1, columns in characters) of a byte offset.
pub(super) fn position(source: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(source.len());
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    let before = &source[..end];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |last| last.chars().count());
    (line, column + 1)
}

/// The text just before and just after every place where a template switches between literal text and values.
///
/// A marker that a template builds from pieces, as in `'<|' + message['role'] + '|>'`, starts with such a tail and
/// ends with such a head. See `protect`.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seams {
    pub tails: Vec<String>,
    pub heads: Vec<String>,
}

impl Seams {
    pub(super) fn of(source: &str) -> Self {
        let mut seams = Self::default();
        for (at, _) in source
            .char_indices()
            .filter(|(_, c)| matches!(c, '\'' | '"' | '{'))
        {
            let is_tag = ["{{", "{%", "{#"]
                .iter()
                .any(|t| source[at..].starts_with(t));
            if source[at..].starts_with('{') && !is_tag {
                continue;
            }
            let from = source[..at]
                .char_indices()
                .rev()
                .take(REACH)
                .last()
                .map_or(at, |(i, _)| i);
            push(&mut seams.tails, &source[from..at]);
            if !is_tag {
                push(&mut seams.heads, reach(&source[at + 1..]));
            }
        }
        for close in ["}}", "%}", "#}"] {
            for (at, _) in source.match_indices(close) {
                push(&mut seams.heads, reach(&source[at + close.len()..]));
            }
        }
        seams
    }
}

fn reach(text: &str) -> &str {
    text.char_indices()
        .nth(REACH)
        .map_or(text, |(i, _)| &text[..i])
}

fn push(list: &mut Vec<String>, text: &str) {
    if !text.is_empty() && !list.iter().any(|t| t == text) {
        list.push(text.into());
    }
}
