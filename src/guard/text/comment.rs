use std::borrow::Cow;

use super::{Comments, Finding, Oddity};

const BEGIN: &str = "<!--";
const END: &str = "-->";
const NOTE: &str = "[comment removed]";

/// Puts a note in the place of each comment. One without an end hides nothing once its beginning is gone, so its words
/// stay.
pub(super) fn remove<'a>(
    text: Cow<'a, str>,
    comments: Comments,
    found: &mut Vec<Finding>,
) -> Cow<'a, str> {
    if !text.contains(BEGIN) {
        return text;
    }
    let (plain, first, count) = parted(&text);
    found.push(Finding::new(
        Oddity::Comment,
        count,
        format!("a comment of HTML: `{first}`"),
    ));
    match comments {
        Comments::Keep => text,
        Comments::Remove => Cow::Owned(plain),
    }
}

fn parted(text: &str) -> (String, String, usize) {
    let mut plain = String::with_capacity(text.len());
    let (mut rest, mut count, mut first) = (text, 0, "");
    while let Some((before, behind)) = rest.split_once(BEGIN) {
        plain.push_str(before);
        plain.push_str(NOTE);
        count += 1;
        let ended = behind.split_once(END);
        if ended.is_none() {
            // No later beginning has an end either.
            plain.push_str(&behind.replace(BEGIN, NOTE));
        }
        let (comment, after) = ended.unwrap_or((behind, ""));
        first = if count == 1 { comment } else { first };
        rest = after;
    }
    plain.push_str(rest);
    (plain, first.trim().chars().take(80).collect(), count)
}
