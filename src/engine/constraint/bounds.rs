//! What is refused before anything is compiled: grammars that are too large, and those that would grow so.
//!
//! The compiler of `llguidance` recurses over rules and brackets and copies what references name; these bounds keep it
//! within the stack and the memory that [`compile`](super::Grammars::compile) sets aside.

use std::collections::HashMap;

use ferrule_types::{Constraint, Error as TypesError, Grammar, Start};
use serde_json::{Map, Value};

use crate::{Error, Result};

/// Bytes of a grammar's text, of all choices, or of a schema as JSON.
const TEXT: usize = 256 * 1024;
const CHOICES: usize = 10_000;
const MARKS: usize = 64;
const MARK: usize = 256;
/// Rules of a Lark grammar can refer to each other in one long chain.
const LINES: usize = 10_000;
/// Brackets within brackets of a Lark grammar, and all of them: those of a chain of rules add up.
const NESTED: usize = 64;
const BRACKETS: usize = 20_000;
/// JSON values within values of a schema: an object within an object takes two.
const DEPTH: usize = 128;
const NODES: usize = 10_000;
/// Parts of a schema, once what is combined is multiplied out.
const PARTS: u64 = 200_000;
const GRAMMARS: usize = 100;

/// Checks everything but the combined size of schemas, and lists the schemas that there are: see [`combined`].
pub fn check(constraint: &Constraint) -> Result<Vec<Value>> {
    let mut schemas = Vec::new();
    start(&constraint.start)?;
    grammar(&constraint.grammar, &mut schemas)?;
    Ok(schemas)
}

/// How large a schema grows; follows references, and so wants a large stack.
pub fn combined(schemas: &[Value]) -> Result<()> {
    for root in schemas {
        let known = HashMap::new();
        let size = Parts { root, known }.of(root).size;
        if size > PARTS {
            return Err(Error::Request(TypesError::Limit {
                what: "the schema's parts, once combined".into(),
                limit: PARTS,
                got: size,
            }));
        }
    }
    Ok(())
}

fn start(start: &Start) -> Result<()> {
    let Start::After(marks) = start else {
        return Ok(());
    };
    require(!marks.is_empty(), "start.after", "one mark or more", "none")?;
    limit("the constraint's marks", MARKS, marks.len())?;
    for mark in marks {
        require(
            !mark.is_empty(),
            "start.after",
            "marks that are not empty",
            "\"\"",
        )?;
        limit("a constraint's mark, in bytes", MARK, mark.len())?;
    }
    Ok(())
}

fn grammar(grammar: &Grammar, schemas: &mut Vec<Value>) -> Result<()> {
    match grammar {
        Grammar::Choice(choices) => {
            require(!choices.is_empty(), "choice", "one text or more", "none")?;
            limit("the constraint's choices", CHOICES, choices.len())?;
            let bytes = choices.iter().map(String::len).sum();
            limit("the constraint's choices, in bytes", TEXT, bytes)
        }
        Grammar::Regex(regex) => {
            limit("the regex, in bytes", TEXT, regex.len())?;
            // What follows would be read as a part of it.
            let open = regex.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1;
            require(
                !open,
                "regex",
                "one that does not end in a lone backslash",
                regex,
            )
        }
        Grammar::Lark(text) => lark(text, schemas),
        Grammar::JsonSchema(value) => schema(value, schemas),
        Grammar::Llguidance(value) => grammars(value, schemas),
    }
}

fn limit(what: &'static str, limit: usize, got: usize) -> Result<()> {
    if got <= limit {
        return Ok(());
    }
    Err(Error::Request(TypesError::Limit {
        what: what.into(),
        limit: limit as u64,
        got: got as u64,
    }))
}

fn require(holds: bool, field: &str, allowed: &'static str, got: &str) -> Result<()> {
    if holds {
        return Ok(());
    }
    Err(Error::Request(TypesError::invalid(
        format!("constraint.{field}"),
        allowed,
        got,
    )))
}

/// llguidance's own form, of which nothing may be unknown to us.
fn grammars(value: &Value, schemas: &mut Vec<Value>) -> Result<()> {
    let all = value.get("grammars").and_then(Value::as_array);
    let allowed = "an object with the one key `grammars`, a list";
    let (Some(all), Some(1)) = (all, value.as_object().map(Map::len)) else {
        return require(false, "llguidance", allowed, &short(value));
    };
    limit("the constraint's grammars", GRAMMARS, all.len())?;
    for grammar in all {
        let keys = grammar.as_object().into_iter().flat_map(Map::iter);
        let mut known = grammar.is_object();
        for (key, value) in keys {
            match (key.as_str(), value) {
                ("name", Value::Null | Value::String(_)) | (_, Value::Null) => {}
                ("lark_grammar", Value::String(text)) => lark(text, schemas)?,
                ("json_schema", value) => schema(value, schemas)?,
                _ => known = false,
            }
        }
        let allowed = "objects with `name`, and `lark_grammar` or `json_schema`";
        require(known, "llguidance.grammars", allowed, &short(grammar))?;
    }
    Ok(())
}

fn lark(text: &str, schemas: &mut Vec<Value>) -> Result<()> {
    limit("the grammar, in bytes", TEXT, text.len())?;
    limit("the grammar, in lines", LINES, text.lines().count())?;
    let (mut all, mut depth, mut deepest) = (0usize, 0usize, 0usize);
    let mut rest = text;
    // Strings, regexes and comments as llguidance reads them: what stands in them is no bracket.
    while let Some(c) = rest.chars().next() {
        let skip = match c {
            '"' => closed(rest, '"'),
            '/' if !rest.starts_with("//") => closed(rest, '/'),
            '/' | '#' => rest.find('\n').unwrap_or(rest.len()),
            '%' if rest.starts_with("%json") => {
                "%json".len() + inline_schema(&rest["%json".len()..], schemas)?
            }
            '(' | '[' | '{' => {
                all += 1;
                depth += 1;
                deepest = deepest.max(depth);
                1
            }
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                1
            }
            other => other.len_utf8(),
        };
        rest = &rest[skip..];
    }
    limit("the grammar's brackets", BRACKETS, all)?;
    limit("the grammar's brackets within brackets", NESTED, deepest)
}

/// The length of what begins and ends with `mark`; of the rest where it does not end.
fn closed(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == mark => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Checks the schema that a Lark grammar holds here; its length.
fn inline_schema(text: &str, schemas: &mut Vec<Value>) -> Result<usize> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    match values.next() {
        Some(Ok(value)) => {
            schema(&value, schemas)?;
            Ok(values.byte_offset())
        }
        // llguidance will say where.
        _ => Ok(0),
    }
}

fn schema(root: &Value, schemas: &mut Vec<Value>) -> Result<()> {
    let options = root.get("x-guidance");
    for lenient in ["lenient", "coerce_one_of"] {
        let asked = options.and_then(|o| o.get(lenient)) == Some(&Value::Bool(true));
        require(
            !asked,
            "x-guidance",
            "strict: what matches must satisfy the schema",
            lenient,
        )?;
    }
    let mut walk = Walk {
        root,
        nodes: 0,
        path: Vec::new(),
    };
    walk.value(root, 0, false)?;
    limit("the schema, in bytes", TEXT, root.to_string().len())?;
    schemas.push(root.clone());
    Ok(())
}

/// Looks at every value of a schema.
struct Walk<'a> {
    root: &'a Value,
    nodes: usize,
    path: Vec<String>,
}

impl Walk<'_> {
    /// `data` is what stands in `const` and the like, where a reference is none.
    fn value(&mut self, value: &Value, depth: usize, data: bool) -> Result<()> {
        self.nodes += 1;
        limit("the schema's values", NODES, self.nodes)?;
        limit("the schema's values within values", DEPTH, depth)?;
        match value {
            Value::Object(map) => {
                for (key, inner) in map {
                    self.path.push(key.replace('~', "~0").replace('/', "~1"));
                    if let ("$ref", Value::String(to), false) = (key.as_str(), inner, data) {
                        self.reference(to)?;
                    }
                    let data = data || is_data(key);
                    self.value(inner, depth + 1, data)?;
                    self.path.pop();
                }
                Ok(())
            }
            Value::Array(list) => {
                for (at, inner) in list.iter().enumerate() {
                    self.path.push(at.to_string());
                    self.value(inner, depth + 1, data)?;
                    self.path.pop();
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Nothing is fetched: a reference stays within the schema.
    fn reference(&self, to: &str) -> Result<()> {
        let field = format!("json_schema#/{}", self.path.join("/"));
        let local = to == "#" || to.starts_with("#/");
        let allowed = "a reference into the schema itself (`#/…`)";
        require(local, &field, allowed, to)?;
        let found = target(self.root, to).is_some();
        require(found, &field, "a reference to something that is there", to)
    }
}

fn is_data(key: &str) -> bool {
    matches!(
        key,
        "const" | "enum" | "default" | "examples" | "x-guidance"
    )
}

/// What a reference names, found as llguidance finds it.
fn target<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let path = reference.strip_prefix('#')?.trim_start_matches('/');
    if path.is_empty() {
        return Some(root);
    }
    let mut at = root;
    for step in path.split('/') {
        at = match at {
            Value::Array(list) => list.get(step.parse::<usize>().ok()?)?,
            other => other.get(step)?,
        };
    }
    Some(at)
}

/// How large a schema becomes when llguidance multiplies out what is combined: `allOf` with `anyOf` makes every pair,
/// and a reference with something beside it is copied.
struct Parts<'a> {
    root: &'a Value,
    known: HashMap<*const Value, Part>,
}

#[derive(Clone, Copy)]
struct Part {
    size: u64,
    /// Alternatives on the top level.
    ways: u64,
}

impl Part {
    const ONE: Part = Part { size: 1, ways: 1 };

    /// Every way of the one with every way of the other.
    fn with(self, other: Part) -> Part {
        let size = self.size.saturating_mul(other.ways);
        Part {
            size: size.saturating_add(other.size.saturating_mul(self.ways)),
            ways: self.ways.saturating_mul(other.ways),
        }
    }

    fn or(self, other: Part) -> Part {
        Part {
            size: self.size.saturating_add(other.size),
            ways: self.ways.saturating_add(other.ways),
        }
    }
}

impl<'a> Parts<'a> {
    fn of(&mut self, value: &'a Value) -> Part {
        let key = std::ptr::from_ref(value);
        if let Some(part) = self.known.get(&key) {
            return *part;
        }
        // A loop ends here: llguidance either keeps the reference or refuses it.
        self.known.insert(key, Part::ONE);
        let part = match value {
            Value::Object(map) => self.object(map),
            Value::Array(list) => self.sum(list),
            _ => Part::ONE,
        };
        self.known.insert(key, part);
        part
    }

    fn sum(&mut self, list: &'a [Value]) -> Part {
        let none = Part { size: 1, ways: 0 };
        list.iter().fold(none, |sum, each| sum.or(self.of(each)))
    }

    fn object(&mut self, map: &'a Map<String, Value>) -> Part {
        let mut own = Part::ONE;
        let mut combined = Part { size: 0, ways: 1 };
        for (key, value) in map {
            match (key.as_str(), value) {
                ("anyOf" | "oneOf" | "enum", Value::Array(list)) => {
                    combined = combined.with(self.sum(list));
                }
                ("allOf", Value::Array(list)) => {
                    for each in list {
                        let part = match each.get("$ref").and_then(Value::as_str) {
                            Some(to) => self.reference(to),
                            None => self.of(each),
                        };
                        combined = combined.with(part);
                    }
                }
                ("$ref", Value::String(to)) if map.len() > 1 => {
                    combined = combined.with(self.reference(to));
                }
                ("$defs" | "definitions", _) => {}
                (_, value) => own.size = own.size.saturating_add(self.of(value).size),
            }
        }
        own.with(combined)
    }

    fn reference(&mut self, to: &str) -> Part {
        match target(self.root, to) {
            Some(target) => self.of(target),
            None => Part::ONE,
        }
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(100) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
