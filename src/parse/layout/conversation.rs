use crate::limits::CONVERSATION;

/// What was said to the model, in the chunks at which a stretch of it may begin and end: words, and every other character
/// by itself.
#[derive(Debug, Default)]
pub struct Conversation {
    /// As JSON writes them between quotes. [`BREAK`] stands between two messages.
    chunks: Vec<String>,
}

/// Between messages: no string of JSON holds it, so no stretch goes over it.
pub const BREAK: &str = "\0";

impl Conversation {
    /// The latest messages, as far as there is room for them.
    pub fn of<'t>(texts: impl DoubleEndedIterator<Item = &'t str>) -> Self {
        let (mut kept, mut room) = (Vec::new(), CONVERSATION);
        for text in texts.rev() {
            let latest = latest(text.trim(), room);
            room -= latest.chars().count();
            if !latest.is_empty() {
                kept.push(latest);
            }
        }
        let mut chunks = Vec::new();
        for text in kept.into_iter().rev() {
            if !chunks.is_empty() {
                chunks.push(BREAK.to_owned());
            }
            cut(text, &mut chunks);
        }
        Conversation { chunks }
    }

    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    pub fn chunks(&self) -> &[String] {
        &self.chunks
    }
}

/// The last characters of a text, from the beginning of a word on.
fn latest(text: &str, room: usize) -> &str {
    if room == 0 {
        return "";
    }
    let Some((from, _)) = text.char_indices().rev().nth(room - 1) else {
        return text;
    };
    let within = from > 0 && text[..from].ends_with(is_word) && text[from..].starts_with(is_word);
    let rest = &text[from..];
    if within {
        rest.trim_start_matches(is_word).trim_start()
    } else {
        rest.trim_start()
    }
}

fn cut(text: &str, chunks: &mut Vec<String>) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let len = word.max(first.len_utf8());
        let (chunk, after) = rest.split_at(len);
        chunks.push(if word > 0 {
            chunk.to_owned()
        } else {
            escaped(first)
        });
        rest = after;
    }
}

/// Whether a stretch neither begins nor ends beside it, unless a word does: a digit, or a letter of a script that has
/// capitals and so writes blanks between words, with the accents behind it.
fn is_word(c: char) -> bool {
    let accent = ('\u{300}'..='\u{36f}').contains(&c);
    c.is_ascii_digit() || c.is_lowercase() || c.is_uppercase() || accent
}

/// A character between the quotes of a string; what has an escape is never cut in the middle of it.
fn escaped(c: char) -> String {
    let quoted = serde_json::json!(c).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(texts: &[&str]) -> Vec<String> {
        Conversation::of(texts.iter().copied()).chunks
    }

    #[test]
    fn a_stretch_may_begin_and_end_at_words_and_at_any_other_character() {
        let told = chunks(&["Read src/main_2.rs, Alice's!"]);
        let expected = [
            "Read", " ", "src", "/", "main", "_", "2", ".", "rs", ",", " ", "Alice", "'", "s", "!",
        ];
        assert_eq!(told, expected);
        // Where no blanks stand between words, any character may be the first of one.
        assert_eq!(chunks(&["東京の天気"]), ["東", "京", "の", "天", "気"]);
        assert_eq!(
            chunks(&["Žižkov e\u{301}té"]),
            ["Žižkov", " ", "e\u{301}té"]
        );
    }

    #[test]
    fn what_json_escapes_is_never_cut_in_two() {
        let told = chunks(&["C:\\temp \"x\"\n\ty\u{1}\u{7f}"]);
        let expected = [
            "C", ":", r"\\", "temp", " ", "\\\"", "x", "\\\"", r"\n", r"\t", "y", r"\u0001",
            "\u{7f}",
        ];
        assert_eq!(told, expected);
        let whole: Vec<String> = chunks(&["a \"b\\\u{8}\u{c}\r🦀 é"]);
        let read: String = serde_json::from_str(&format!("\"{}\"", whole.concat())).unwrap();
        assert_eq!(read, "a \"b\\\u{8}\u{c}\r🦀 é");
    }

    #[test]
    fn nothing_goes_over_the_end_of_a_message() {
        assert_eq!(chunks(&["a ", "", " \n", "b"]), ["a", BREAK, "b"]);
        assert!(Conversation::of(["", " "].into_iter()).is_empty());
        // No message can break another in two.
        assert_eq!(chunks(&["a\0b"]), ["a", r"\u0000", "b"]);
    }

    #[test]
    fn the_latest_words_count_where_there_are_too_many() {
        let long = "word ".repeat(CONVERSATION);
        let told = chunks(&["early", &long, "the last"]);
        assert_eq!(told[told.len() - 4..], [BREAK, "the", " ", "last"]);
        assert!(!told.contains(&"early".to_owned()));
        let whole = |chunk: &String| ["word", " ", BREAK, "the", "last"].contains(&chunk.as_str());
        assert!(told.iter().all(whole), "{:?}", &told[..3]);
        let length: usize = told.iter().map(|chunk| chunk.chars().count()).sum();
        assert!(
            (CONVERSATION - 8..=CONVERSATION + 1).contains(&length),
            "{length}"
        );
    }
}
