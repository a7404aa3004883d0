//! Arguments whose values are neither JSON nor plain text: Python's and Gemma's.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{
    super::{QUOTE, tokens},
    lark::{Lark, json_of, listed, quoted},
    schema::{self, Beyond},
    text,
    ways::{self, Way},
};

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    Python,
    Gemma,
}

impl Notation {
    fn comma(self) -> &'static str {
        match self {
            Notation::Python => ", ",
            Notation::Gemma => ",",
        }
    }

    /// What stands between a key of an object and its value.
    fn colon(self) -> &'static str {
        match self {
            Notation::Python => ": ",
            Notation::Gemma => ":",
        }
    }

    /// A value as it is written.
    fn literal(self, value: &Value) -> Result<String, Beyond> {
        let text = value.to_string();
        match self {
            Notation::Python => Ok(tokens::python(&text)),
            Notation::Gemma => tokens::gemma(&text, QUOTE)
                .ok_or_else(|| Beyond::new("a value that holds quotes or odd keys")),
        }
    }

    fn key(self, key: &str) -> Result<String, Beyond> {
        match self {
            Notation::Python => Ok(tokens::python(&json!(key).to_string())),
            Notation::Gemma if tokens::is_bare(key) => Ok(key.to_owned()),
            Notation::Gemma => Err(Beyond::new(format!("the key {key:?}"))),
        }
    }
}

/// The arguments of a call, as keywords or as the inside of an object. Where not all must hold, an argument that cannot
/// be held to its schema is free.
pub fn arguments<'s>(
    lark: &mut Lark<'_>,
    notation: Notation,
    root: &'s Value,
    fields: &[(&'s str, &'s Value, bool)],
    strict: bool,
) -> Result<String, Beyond> {
    let anything: &Value = &Value::Bool(true);
    let mut fields = fields.to_vec();
    for (_, schema, _) in &mut fields {
        // A trial, so that one odd argument does not set the others free.
        let trial = schema::checked(root, schema).and_then(|()| {
            let mut scratch = Lark::new(lark.marks);
            Values::new(&mut scratch, notation, root).arguments(&[("trial", *schema, true)])
        });
        match trial {
            Err(beyond) if strict => return Err(beyond),
            Err(_) => *schema = anything,
            Ok(_) => {}
        }
    }
    Values::new(lark, notation, root).arguments(&fields)
}

/// Writes a rule for each schema that is met; schemas may lead back to each other.
struct Values<'s, 'l, 'm> {
    lark: &'l mut Lark<'m>,
    notation: Notation,
    root: &'s Value,
    rules: HashMap<*const Value, String>,
    open: Vec<(String, &'s Value)>,
    /// The rule for any value at all.
    any: Option<String>,
}

impl<'s, 'l, 'm> Values<'s, 'l, 'm> {
    fn new(lark: &'l mut Lark<'m>, notation: Notation, root: &'s Value) -> Self {
        Values {
            lark,
            notation,
            root,
            rules: HashMap::new(),
            open: Vec::new(),
            any: None,
        }
    }

    fn arguments(&mut self, fields: &[(&'s str, &'s Value, bool)]) -> Result<String, Beyond> {
        let mut items = Vec::new();
        for (key, schema, must) in fields {
            if !tokens::is_bare(key) {
                return Err(Beyond::new(format!("the argument {key:?}")));
            }
            let equals = if self.notation == Notation::Python {
                "="
            } else {
                ":"
            };
            let before = self.lark.literal(&format!("{key}{equals}"));
            items.push((format!("{before} {}", self.rule(schema)), *must));
        }
        let body = self.lark.sequence(self.notation.comma(), &items);
        self.write()?;
        Ok(body)
    }

    fn rule(&mut self, schema: &'s Value) -> String {
        let key = std::ptr::from_ref(schema);
        if let Some(known) = self.rules.get(&key) {
            return known.clone();
        }
        let name = self.lark.fresh('v');
        self.rules.insert(key, name.clone());
        self.open.push((name.clone(), schema));
        name
    }

    fn write(&mut self) -> Result<(), Beyond> {
        while let Some((name, schema)) = self.open.pop() {
            let mut ways = Vec::new();
            for way in ways::ways(self.root, schema)? {
                ways.push(self.way(way)?);
            }
            self.lark.rule(&name, &ways.join(" | "));
        }
        Ok(())
    }

    fn way(&mut self, way: Way<'s>) -> Result<String, Beyond> {
        let python = self.notation == Notation::Python;
        Ok(match way {
            Way::Just(value) => self.lark.literal(&self.notation.literal(value)?),
            Way::Boolean if python => "\"True\" | \"False\"".to_owned(),
            Way::Boolean => "\"true\" | \"false\"".to_owned(),
            Way::Null if python => "\"None\"".to_owned(),
            Way::Null => "\"null\"".to_owned(),
            Way::Number(map, kind) => json_of(with_type(map, kind)),
            Way::Text(map) => self.string(map)?,
            Way::List(map) => self.list(map)?,
            Way::Object(map) => self.object(map)?,
            Way::Any => self.any(),
        })
    }

    fn string(&mut self, map: &Map<String, Value>) -> Result<String, Beyond> {
        match self.notation {
            Notation::Python => Ok(json_of(with_type(map, "string"))),
            Notation::Gemma => {
                let body = text::body(map, &[QUOTE])?;
                let value = self.lark.text(&body, QUOTE);
                Ok(format!("{} {value}", self.lark.literal(QUOTE)))
            }
        }
    }

    fn list(&mut self, map: &'s Map<String, Value>) -> Result<String, Beyond> {
        if map.contains_key("prefixItems") || map.get("items").is_some_and(Value::is_array) {
            return Err(Beyond::new("`prefixItems`"));
        }
        let (least, most) = ways::bounds(map);
        let items = match map.get("items") {
            Some(Value::Bool(false)) => None,
            Some(items) => Some(self.rule(items)),
            None => Some(self.any()),
        };
        let items = items.filter(|_| most > 0);
        let Some(item) = items else {
            return if least == 0 {
                Ok("\"[]\"".to_owned())
            } else {
                Err(Beyond::new("a list that nothing satisfies"))
            };
        };
        if most < least {
            return Err(Beyond::new("a list that nothing satisfies"));
        }
        Ok(listed(&item, self.notation.comma(), (least, most)))
    }

    fn object(&mut self, map: &'s Map<String, Value>) -> Result<String, Beyond> {
        let ways::Fields { fields, further } = ways::fields(map)?;
        if let Some(further) = further {
            let value = self.rule(further);
            return Ok(self.map_of(&value));
        }
        let mut items = Vec::new();
        for (key, schema, must) in fields {
            let key = self.notation.key(key)?;
            let before = self
                .lark
                .literal(&format!("{key}{}", self.notation.colon()));
            items.push((format!("{before} {}", self.rule(schema)), must));
        }
        Ok(format!(
            "\"{{\" {} \"}}\"",
            self.lark.sequence(self.notation.comma(), &items)
        ))
    }

    /// An object with keys of any kind.
    fn map_of(&mut self, value: &str) -> String {
        let key = match self.notation {
            Notation::Python => json_of(json!({"type": "string"})),
            Notation::Gemma => "/[A-Za-z_][A-Za-z0-9_.\\-]*/".to_owned(),
        };
        let (comma, colon) = (quoted(self.notation.comma()), quoted(self.notation.colon()));
        let item = self.lark.fresh('i');
        self.lark.rule(&item, &format!("{key} {colon} {value}"));
        format!("\"{{}}\" | \"{{\" {item} ({comma} {item})* \"}}\"")
    }

    fn any(&mut self) -> String {
        if let Some(known) = &self.any {
            return known.clone();
        }
        let name = self.lark.fresh('a');
        self.any = Some(name.clone());
        let python = self.notation == Notation::Python;
        let words = if python {
            "\"True\" | \"False\" | \"None\""
        } else {
            "\"true\" | \"false\" | \"null\""
        };
        let number = json_of(json!({"type": "number"}));
        // A string without bounds can always be said.
        let string = self.string(&Map::new()).unwrap_or_default();
        let object = self.map_of(&name);
        let comma = quoted(self.notation.comma());
        let list = format!("\"[]\" | \"[\" {name} ({comma} {name})* \"]\"");
        self.lark.rule(
            &name,
            &format!("{words} | {number} | {string} | {object} | {list}"),
        );
        name
    }
}

pub fn with_type(map: &Map<String, Value>, kind: &str) -> Value {
    let mut map = map.clone();
    map.insert("type".to_owned(), json!(kind));
    Value::Object(map)
}
