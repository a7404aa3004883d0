use ferrule_types::{Json, Tool};
use serde_json::Value;

use super::{Finding, Hygiene, Oddity};

/// A definition nested deeper is cut off there, so that the stack has an end.
const DEEPEST: usize = 64;

/// The keys of a definition under which there are words for a reader. What stands elsewhere is part of the contract.
const PROSE: &[&str] = &[
    "description",
    "title",
    "$comment",
    "markdownDescription",
    "deprecationMessage",
];

/// The keys of a schema whose own keys are names.
const NAMING: &[&str] = &[
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
];

impl Hygiene {
    /// A tool whose words are made plain, and what was odd anywhere in it. Names and allowed values stay as they are:
    /// see [`Finding::kept`].
    pub fn clean_tool(&self, tool: &Tool) -> (Tool, Vec<Finding>) {
        let mut found = Vec::new();
        let mut part = Part {
            hygiene: self,
            found: &mut found,
        };
        part.keep("name", &tool.name);
        let plain = Tool {
            name: tool.name.clone(),
            title: part.words("title", tool.title.as_deref()),
            description: part.words("description", tool.description.as_deref()),
            input_schema: part.value("inputSchema", &tool.input_schema, 0, false),
            output_schema: tool
                .output_schema
                .as_ref()
                .map(|schema| part.value("outputSchema", schema, 0, false)),
            annotations: tool
                .annotations
                .as_ref()
                .map(|hints| part.object("annotations", hints, 0, false)),
            icons: tool.icons.clone(),
            meta: tool.meta.clone(),
            extra: part.object("", &tool.extra, 0, false),
        };
        (plain, found)
    }

    /// The same for any other definition in JSON: a prompt, a template, a resource.
    pub fn clean_definition(&self, definition: &Value) -> (Value, Vec<Finding>) {
        let mut found = Vec::new();
        let plain = Part {
            hygiene: self,
            found: &mut found,
        }
        .value("", definition, 0, false);
        (plain, found)
    }
}

struct Part<'a> {
    hygiene: &'a Hygiene,
    found: &'a mut Vec<Finding>,
}

impl Part<'_> {
    fn words(&mut self, part: &str, text: Option<&str>) -> Option<String> {
        let cleaned = self.hygiene.clean(text?);
        self.found
            .extend(cleaned.found.into_iter().map(|finding| finding.at(part)));
        Some(cleaned.text)
    }

    /// Looks, and changes nothing.
    fn keep(&mut self, part: &str, text: &str) {
        let cleaned = self.hygiene.clean(text);
        self.found.extend(
            cleaned
                .found
                .into_iter()
                .map(|finding| finding.at(part).kept()),
        );
    }

    fn value(&mut self, part: &str, value: &Value, depth: usize, names: bool) -> Value {
        match value {
            Value::Object(fields) if depth < DEEPEST => {
                Value::Object(self.object(part, fields, depth, names))
            }
            Value::Array(items) if depth < DEEPEST => items
                .iter()
                .enumerate()
                .map(|(at, item)| self.value(&format!("{part}[{at}]"), item, depth + 1, false))
                .collect(),
            Value::Object(_) | Value::Array(_) => {
                // What nobody looked at is not shown; and it alarms, since a schema without its depth is another one.
                let note = format!("nested deeper than {DEEPEST} levels, the rest is left out");
                self.found
                    .push(Finding::new(Oddity::TooLong, 1, note).at(part).kept());
                Value::Null
            }
            Value::String(text) => {
                self.keep(part, text);
                value.clone()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn object(&mut self, part: &str, fields: &Json, depth: usize, names: bool) -> Json {
        let mut plain = Json::new();
        for (key, value) in fields {
            self.keep(part, key);
            let place = if part.is_empty() {
                key.clone()
            } else {
                format!("{part}.{key}")
            };
            // Under `properties` a key is a name: an argument may be called `description`.
            let value = match value {
                Value::String(text) if !names && PROSE.contains(&key.as_str()) => {
                    Value::from(self.words(&place, Some(text)).unwrap_or_default())
                }
                _ => self.value(
                    &place,
                    value,
                    depth + 1,
                    !names && NAMING.contains(&key.as_str()),
                ),
            };
            plain.insert(key.clone(), value);
        }
        plain
    }
}
