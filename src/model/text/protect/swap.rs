//! Untrusted strings → strings that cannot take part in a marker.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::super::template::Seams;
use super::super::{Error, Result};
use super::words::Words;
use super::{Gaps, Guard, THINK};

/// Words with which templates compare strings, or under which they look things up. They are too useful whole to be
/// broken up for the sake of a template that builds markers out of them.
const KNOWN: [&str; 44] = [
    "additionalProperties",
    "allOf",
    "any",
    "anyOf",
    "arguments",
    "array",
    "boolean",
    "call_id",
    "const",
    "content",
    "default",
    "description",
    "enum",
    "file",
    "format",
    "function",
    "id",
    "image",
    "integer",
    "items",
    "maximum",
    "minimum",
    "name",
    "null",
    "number",
    "object",
    "oneOf",
    "parameters",
    "pattern",
    "properties",
    "reasoning",
    "reasoning_content",
    "required",
    "response",
    "return",
    "role",
    "strict",
    "string",
    "text",
    "thinking",
    "title",
    "tool_call_id",
    "tool_calls",
    "type",
];

/// Private-use characters, in the order in which they are handed out.
const PRIVATE: [std::ops::RangeInclusive<char>; 2] =
    ['\u{e000}'..='\u{f8ff}', '\u{f0000}'..='\u{ffffd}'];

/// Where the known words are left whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Known {
    Nothing,
    /// Keys, which templates look up.
    Keys,
    /// Keys and strings: tool definitions, whose types templates compare.
    Words,
}

/// Which character stands in for which, within one prompt.
#[derive(Debug)]
pub(in super::super) struct Swap<'a> {
    guard: &'a Guard,
    gaps: Arc<Words>,
    taken: HashSet<char>,
    stand_ins: HashMap<char, char>,
}

impl<'a> Swap<'a> {
    /// `trusted` is the text that comes from the model's own files; nothing in it may be used as a stand-in either.
    pub(in super::super) fn new(
        guard: &'a Arc<Guard>,
        gaps: &Gaps,
        seams: &Seams,
        trusted: &[&str],
        untrusted: &[&Value],
    ) -> Self {
        let mut taken = HashSet::new();
        for text in trusted
            .iter()
            .copied()
            .chain(guard.markers().iter().map(String::as_str))
        {
            note(text, &mut taken);
        }
        for value in untrusted {
            note_all(value, &mut taken);
        }
        Self {
            guard,
            gaps: gaps.of(seams, guard),
            taken,
            stand_ins: HashMap::new(),
        }
    }

    /// What each stand-in stands for.
    pub(in super::super) fn into_originals(self) -> HashMap<char, char> {
        self.stand_ins.into_iter().map(|(c, s)| (s, c)).collect()
    }

    /// A character that occurs nowhere else, to find a place again after rendering.
    pub(in super::super) fn unused(&mut self) -> Result<char> {
        let c = PRIVATE
            .into_iter()
            .flatten()
            .find(|c| !self.taken.contains(c))
            .ok_or(Error::NoStandIn)?;
        self.taken.insert(c);
        Ok(c)
    }

    /// What untrusted text has where it had this character.
    pub(in super::super) fn looks_like(&mut self, c: char) -> Result<char> {
        if self.guard.edges().contains(&c) {
            self.stand_in(c)
        } else {
            Ok(c)
        }
    }

    /// A message: everything but its role; an assistant keeps its reasoning tags.
    pub(in super::super) fn message(&mut self, message: &Value) -> Result<Value> {
        let Value::Object(fields) = message else {
            return self.value(message, Known::Keys);
        };
        let is_assistant = fields.get("role").is_some_and(|r| r == "assistant");
        let mut swapped = Map::new();
        for (key, value) in fields {
            let value = match (key.as_str(), value) {
                ("role", role) => role.clone(),
                (
                    "content" | "reasoning_content" | "thinking" | "reasoning",
                    Value::String(text),
                ) if is_assistant => self.own_words(text)?,
                ("content", Value::Array(parts)) if is_assistant => parts
                    .iter()
                    .map(|part| self.own_part(part))
                    .collect::<Result<_>>()?,
                (_, value) => self.value(value, Known::Keys)?,
            };
            swapped.insert(self.key(key, Known::Keys)?, value);
        }
        Ok(Value::Object(swapped))
    }

    /// Any other value: every string in it and every key.
    pub(in super::super) fn value(&mut self, value: &Value, known: Known) -> Result<Value> {
        Ok(match value {
            Value::String(text) => Value::String(self.text(text, known == Known::Words)?),
            Value::Array(items) => items
                .iter()
                .map(|item| self.value(item, known))
                .collect::<Result<_>>()?,
            Value::Object(fields) => fields
                .iter()
                .map(|(key, value)| {
                    let inner = match key.as_str() {
                        // Whatever a model may call its arguments, no template asks for them by name.
                        "arguments" => Known::Nothing,
                        "type" if known != Known::Nothing => Known::Words,
                        _ => known,
                    };
                    Ok((self.key(key, known)?, self.value(value, inner)?))
                })
                .collect::<Result<Map<_, _>>>()?
                .into(),
            other => other.clone(),
        })
    }

    fn key(&mut self, key: &str, known: Known) -> Result<String> {
        self.text(key, known != Known::Nothing)
    }

    fn own_part(&mut self, part: &Value) -> Result<Value> {
        let mut swapped = self.value(part, Known::Keys)?;
        if let Some(Value::String(text)) = part.get("text") {
            swapped["text"] = self.own_words(text)?;
        }
        Ok(swapped)
    }

    /// An assistant's text: all of it but the reasoning tags.
    fn own_words(&mut self, text: &str) -> Result<Value> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((at, tag)) = THINK
            .iter()
            .filter_map(|tag| Some((rest.find(tag)?, tag)))
            .min()
        {
            out.push_str(&self.text(&rest[..at], false)?);
            out.push_str(tag);
            rest = &rest[at + tag.len()..];
        }
        out.push_str(&self.text(rest, false)?);
        Ok(Value::String(out))
    }

    fn text(&mut self, text: &str, may_be_known: bool) -> Result<String> {
        let mut marked: HashSet<usize> = HashSet::new();
        if !(may_be_known && KNOWN.contains(&text)) {
            self.gaps.find(text, &mut marked);
            self.guard.wordy_words().find(text, &mut marked);
            for marker in self.guard.wordy() {
                find_fragments(text, marker, &mut marked);
            }
        }
        let mut out = String::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            if self.guard.edges().contains(&c) || marked.contains(&at) {
                out.push(self.stand_in(c)?);
            } else {
                out.push(c);
            }
        }
        Ok(out)
    }

    fn stand_in(&mut self, c: char) -> Result<char> {
        if let Some(s) = self.stand_ins.get(&c) {
            return Ok(*s);
        }
        let s = self.unused()?;
        self.stand_ins.insert(c, s);
        Ok(s)
    }
}

/// Where `text` ends with the beginning of `marker`, or begins with its end.
fn find_fragments(text: &str, marker: &str, marked: &mut HashSet<usize>) {
    for (cut, _) in marker.char_indices().skip(1) {
        let (beginning, ending) = marker.split_at(cut);
        if text.ends_with(beginning) {
            marked.insert(text.len() - beginning.len());
        }
        if text.starts_with(ending) {
            marked.insert(0);
        }
    }
}

fn note_all(value: &Value, taken: &mut HashSet<char>) {
    match value {
        Value::String(text) => note(text, taken),
        Value::Array(items) => items.iter().for_each(|item| note_all(item, taken)),
        Value::Object(fields) => {
            for (key, value) in fields {
                note(key, taken);
                note_all(value, taken);
            }
        }
        _ => {}
    }
}

fn note(text: &str, taken: &mut HashSet<char>) {
    // The first bytes of every private-use character; most text has none of them.
    if text.bytes().any(|b| matches!(b, 0xee | 0xef | 0xf3 | 0xf4)) {
        taken.extend(
            text.chars()
                .filter(|c| PRIVATE.iter().any(|range| range.contains(c))),
        );
    }
}
