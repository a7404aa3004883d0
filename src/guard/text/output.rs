use ferrule_types::{Content, Json, Output, Resource};
use serde_json::Value;

use super::{Finding, Hygiene};

/// Data nested deeper is left out, so that the stack has an end.
const DEEPEST: usize = 128;

impl Hygiene {
    /// A tool's answer made plain: texts, what structured content says, and the words of links. Pictures and sound
    /// pass. Addresses and kinds of media are shown to the model, so what cannot be seen leaves them too: such an
    /// address is none.
    pub fn clean_output(&self, output: &Output) -> (Output, Vec<Finding>) {
        let mut found = Vec::new();
        let mut part = Part {
            hygiene: self,
            found: &mut found,
        };
        let content = output
            .content
            .iter()
            .enumerate()
            .map(|(at, block)| part.block(&format!("content[{at}]"), block))
            .collect();
        let structured = output
            .structured
            .as_ref()
            .map(|value| part.value("structuredContent", value, 0));
        (
            Output {
                content,
                structured,
                meta: output.meta.clone(),
                extra: output.extra.clone(),
            },
            found,
        )
    }

    /// Every text in a value made plain, keys too.
    pub fn clean_json(&self, value: &Value) -> (Value, Vec<Finding>) {
        let mut found = Vec::new();
        let plain = Part {
            hygiene: self,
            found: &mut found,
        }
        .value("", value, 0);
        (plain, found)
    }
}

struct Part<'a> {
    hygiene: &'a Hygiene,
    found: &'a mut Vec<Finding>,
}

impl Part<'_> {
    fn words(&mut self, part: &str, text: &str) -> String {
        let cleaned = self.hygiene.clean(text);
        self.found
            .extend(cleaned.found.into_iter().map(|finding| finding.at(part)));
        cleaned.text
    }

    fn block(&mut self, part: &str, block: &Content) -> Content {
        let mut plain = block.clone();
        match &mut plain {
            Content::Text(block) => block.text = self.words(part, &block.text),
            Content::Resource(block) => {
                block.resource.uri = self.words(part, &block.resource.uri);
                if let Some(text) = &mut block.resource.text {
                    *text = self.words(part, text);
                }
            }
            Content::ResourceLink(link) => self.link(part, link),
            Content::Other(value) => *value = self.value(part, value, 0),
            Content::Image(block) | Content::Audio(block) => {
                block.mime_type = self.words(part, &block.mime_type);
            }
        }
        plain
    }

    fn link(&mut self, part: &str, link: &mut Resource) {
        link.name = self.words(part, &link.name);
        link.uri = self.words(part, &link.uri);
        for text in [&mut link.title, &mut link.description]
            .into_iter()
            .flatten()
        {
            *text = self.words(part, text);
        }
    }

    fn value(&mut self, part: &str, value: &Value, depth: usize) -> Value {
        match value {
            Value::Object(_) | Value::Array(_) if depth >= DEEPEST => Value::Null,
            Value::Object(fields) => Value::Object(self.fields(part, fields, depth)),
            Value::Array(items) => items
                .iter()
                .map(|item| self.value(part, item, depth + 1))
                .collect(),
            Value::String(text) => Value::String(self.words(part, text)),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    /// Two keys that differ only in what cannot be seen become one; the first one's value stays.
    fn fields(&mut self, part: &str, fields: &Json, depth: usize) -> Json {
        let mut plain = Json::new();
        for (key, value) in fields {
            let key = self.words(part, key);
            let value = self.value(part, value, depth + 1);
            plain.entry(key).or_insert(value);
        }
        plain
    }
}
