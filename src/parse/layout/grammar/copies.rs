//! Arguments of JSON whose strings are stretches of the conversation.

use serde_json::{Map, Value, json};

use super::{
    super::conversation::Conversation,
    lark::{Blanks, Lark, json_as, listed, quoted},
    schema::Beyond,
    values::with_type,
    ways::{self, Fields, Way, bounds},
};

/// What a schema may say of a string beside its type. Whatever it asks for, copying need not give.
const ASKS: [&str; 6] = [
    "pattern",
    "format",
    "maxLength",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
];

/// What a copied string is beside a stretch: it holds no [`BREAK`](super::super::conversation::BREAK) and so stays within
/// one message, is not empty, and neither begins nor ends with white space.
fn whole() -> String {
    let solid = r#"[^ \\\x00]|\\u[0-9a-f]{4}|\\["\\bf]"#;
    let space = r"\x20|\\[nrt]";
    format!("/(?:{solid})(?:(?:{solid}|{space})*(?:{solid}))?/")
}

/// Strings that are copied.
pub struct Copies<'c> {
    conversation: &'c Conversation,
    blanks: Blanks,
    /// The terminal of a copied string, once there is one.
    terminal: Option<String>,
}

/// A value of an argument.
enum Copied<'s> {
    /// A string.
    Text,
    /// A list of strings.
    Texts(&'s Map<String, Value>),
    /// By the schema.
    Other(Value),
}

impl<'c> Copies<'c> {
    pub fn new(conversation: &'c Conversation, blanks: Blanks) -> Self {
        Copies {
            conversation,
            blanks,
            terminal: None,
        }
    }

    /// The arguments of a tool; `None` where its schema leaves nothing to be copied, or says what only its compiler knows.
    pub fn arguments(&mut self, lark: &mut Lark<'_>, root: &Value) -> Option<String> {
        let fields = fields(root).ok()?;
        let copied = |(_, ways, _): &(_, Vec<Copied<'_>>, _)| ways.iter().any(Copied::is_copied);
        if !fields.iter().any(copied) {
            return None;
        }
        let mut items = Vec::new();
        for (key, ways, must) in fields {
            let before = quoted(&format!("{}{}", json!(key), self.blanks.colon()));
            let ways: Vec<String> = ways.iter().map(|way| self.way(lark, way)).collect();
            items.push((format!("{before} ({})", ways.join(" | ")), must));
        }
        let comma = self.blanks.comma();
        Some(format!("\"{{\" {} \"}}\"", lark.sequence(comma, &items)))
    }

    fn way(&mut self, lark: &mut Lark<'_>, way: &Copied<'_>) -> String {
        match way {
            Copied::Text => self.text(lark),
            Copied::Texts(map) => {
                let item = self.text(lark);
                listed(&item, self.blanks.comma(), bounds(map))
            }
            Copied::Other(schema) => json_as(self.blanks, schema.clone()),
        }
    }

    /// One terminal for all of them: it is as large as the conversation.
    fn text(&mut self, lark: &mut Lark<'_>) -> String {
        if let Some(known) = &self.terminal {
            return known.clone();
        }
        let stretch = lark.fresh('t').to_uppercase();
        let chunks = json!({"substring_chunks": self.conversation.chunks()});
        lark.rule(&stretch, &format!("%regex {chunks}"));
        let name = lark.fresh('v').to_uppercase();
        let body = format!("\"\\\"\" ({stretch} & {}) \"\\\"\"", whole());
        lark.rule(&name, &body);
        self.terminal.insert(name).clone()
    }
}

impl Copied<'_> {
    fn is_copied(&self) -> bool {
        matches!(self, Copied::Text | Copied::Texts(_))
    }
}

type Field<'s> = (&'s str, Vec<Copied<'s>>, bool);

/// The arguments with all that each may be.
fn fields(root: &Value) -> Result<Vec<Field<'_>>, Beyond> {
    let ways = ways::ways(root, root)?;
    let [Way::Object(object)] = ways[..] else {
        return Err(Beyond::new("arguments that are no object"));
    };
    let Fields { fields, .. } = ways::fields(object)?;
    let fields = fields.into_iter();
    let values = fields.map(|(key, schema, must)| Ok((key, values(root, schema)?, must)));
    values.collect()
}

/// What a value may be. It is left to the schema as a whole where that has strings of other kinds: nothing would tell
/// them from those that are copied.
fn values<'s>(root: &'s Value, schema: &'s Value) -> Result<Vec<Copied<'s>>, Beyond> {
    let found: Option<Vec<Copied<'s>>> = ways::ways(root, schema).ok().and_then(|ways| {
        let found = ways.into_iter().map(|way| value(root, way));
        found.collect()
    });
    match found {
        Some(found) if found.iter().any(Copied::is_copied) => Ok(found),
        _ => Ok(vec![Copied::Other(ways::alone(root, schema)?)]),
    }
}

fn value<'s>(root: &'s Value, way: Way<'s>) -> Option<Copied<'s>> {
    Some(match way {
        Way::Text(map) if is_free(map) => Copied::Text,
        Way::List(map) if holds_texts(root, map) => Copied::Texts(map),
        Way::Number(map, kind) => Copied::Other(with_type(map, kind)),
        Way::Boolean => Copied::Other(json!({"type": "boolean"})),
        Way::Null => Copied::Other(json!({"type": "null"})),
        _ => return None,
    })
}

/// Whether nothing is said of the string but that it is one, or that it is not empty: copied it never is.
fn is_free(map: &Map<String, Value>) -> bool {
    let least = map.get("minLength").and_then(Value::as_u64).unwrap_or(0);
    least <= 1 && !ASKS.iter().any(|key| map.contains_key(*key))
}

fn holds_texts(root: &Value, map: &Map<String, Value>) -> bool {
    let item = map.get("items").filter(|items| items.is_object());
    let ways = item.and_then(|item| ways::ways(root, item).ok());
    let texts = ways.is_some_and(|ways| matches!(ways[..], [Way::Text(map)] if is_free(map)));
    let (least, most) = bounds(map);
    texts && !map.contains_key("prefixItems") && most > 0 && least <= most
}
