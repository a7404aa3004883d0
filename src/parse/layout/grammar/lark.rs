use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::super::marks::{Marks, Part};

/// A grammar in Lark's notation while it is written.
pub struct Lark<'m> {
    pub marks: &'m Marks,
    rules: String,
    made: usize,
}

impl<'m> Lark<'m> {
    pub fn new(marks: &'m Marks) -> Self {
        Lark {
            marks,
            rules: String::new(),
            made: 0,
        }
    }

    /// A name that no rule has yet.
    pub fn fresh(&mut self, kind: char) -> String {
        self.made += 1;
        format!("{kind}{}", self.made)
    }

    pub fn rule(&mut self, name: &str, body: &str) {
        let body = if body.is_empty() { "\"\"" } else { body };
        let _ = writeln!(self.rules, "{name}: {body}");
    }

    /// This text, where its tokens stand as tokens.
    pub fn literal(&self, text: &str) -> String {
        let parts = self.marks.split(text);
        let parts: Vec<String> = parts.into_iter().map(written).collect();
        parts.join(" ")
    }

    /// Text of this kind and what ends it, which it cannot hold.
    ///
    /// `body` is an expression over terminals. The end belongs to the same terminal, because only together are they
    /// told apart: a lexer is greedy.
    pub fn text(&mut self, body: &str, end: &str) -> String {
        let inner = self.fresh('t').to_uppercase();
        self.rule(&inner, body);
        let parts = self.marks.split(end);
        let mut parts = parts.into_iter().peekable();
        let first = match parts.peek() {
            Some(Part::Text(text)) => quoted(text),
            _ => String::new(),
        };
        if !first.is_empty() {
            parts.next();
        }
        let rest: Vec<String> = parts.map(written).collect();
        let name = self.fresh('v');
        if rest.is_empty() {
            self.rule(&format!("{name}[lazy]"), &format!("{inner} {first}"));
            return name;
        }
        // A token is no text, so the terminal ends there however greedy.
        let whole = name.to_uppercase();
        self.rule(&whole, format!("{inner} {first}").trim_end());
        format!("{whole} {}", rest.join(" "))
    }

    /// These in order, with commas between them; each may be missing unless it must be there.
    pub fn sequence(&mut self, comma: &str, items: &[(String, bool)]) -> String {
        let comma = quoted(comma);
        // What may follow where something came before, and where nothing did; nothing at all behind the last.
        let (mut behind, mut first) = (String::new(), None::<String>);
        for (item, must) in items.iter().rev() {
            let body = self.fresh('i');
            self.rule(&body, item);
            let whole = format!("{body} {behind}");
            first = Some(match first {
                _ if *must => whole,
                None => format!("({whole})?"),
                Some(rest) => {
                    let later = self.fresh('s');
                    self.rule(&later, &rest);
                    format!("({whole} | {later})")
                }
            });
            let more = self.fresh('s');
            let optional = if *must { "" } else { "?" };
            self.rule(
                &more,
                format!("({comma} {body}){optional} {behind}").trim_end(),
            );
            behind = more;
        }
        first.unwrap_or_default()
    }

    pub fn finish(self, start: &str) -> String {
        format!("start: {start}\n{}", self.rules)
    }
}

fn written(part: Part<'_>) -> String {
    match part {
        Part::Text(text) => quoted(text),
        Part::Token(id) => format!("<[{id}]>"),
    }
}

/// A string of Lark is one of JSON, less one character that JSON leaves as it is.
pub fn quoted(text: &str) -> String {
    json!(text).to_string().replace('\u{7f}', "\\u007f")
}

/// A regex that matches just this text.
pub fn escaped(text: &str) -> String {
    let mut regex = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => regex.push_str("\\n"),
            '\r' => regex.push_str("\\r"),
            c if "\\.+*?()|[]{}^$#&-~/".contains(c) => regex.extend(['\\', c]),
            c => regex.push(c),
        }
    }
    regex
}

/// A list of at least and at most so many of these.
pub fn listed(item: &str, comma: &str, (least, most): (u64, u64)) -> String {
    let comma = quoted(comma);
    let more = match (least.saturating_sub(1), most) {
        (_, 1) => String::new(),
        (least, u64::MAX) => format!(" ({comma} {item}){{{least},}}"),
        (least, most) => format!(" ({comma} {item}){{{least},{}}}", most - 1),
    };
    let filled = format!("\"[\" {item}{more} \"]\"");
    if least == 0 {
        format!("\"[]\" | {filled}")
    } else {
        filled
    }
}

/// The white space of JSON that a model writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blanks {
    /// One behind each comma and colon.
    Some,
    None,
}

impl Blanks {
    pub fn comma(self) -> &'static str {
        match self {
            Blanks::Some => ", ",
            Blanks::None => ",",
        }
    }

    pub fn colon(self) -> &'static str {
        match self {
            Blanks::Some => ": ",
            Blanks::None => ":",
        }
    }
}

/// JSON of this schema, with the white space that templates write and no other: a small model that may write blanks
/// writes them until its room is used up.
pub fn json_of(schema: Value) -> String {
    json_as(Blanks::Some, schema)
}

pub fn json_as(blanks: Blanks, schema: Value) -> String {
    let mut schema = match schema {
        Value::Object(map) => map,
        Value::Bool(false) => Map::from_iter([("not".to_owned(), json!({}))]),
        _ => Map::new(),
    };
    schema.insert(
        "x-guidance".to_owned(),
        json!({"whitespace_flexible": false, "item_separator": blanks.comma(), "key_separator": blanks.colon()}),
    );
    format!("%json {}", Value::Object(schema))
}
