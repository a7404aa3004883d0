//! Every text in the arguments of a call, with its place and its role. It keeps its own stack, so that no depth of
//! nesting can exhaust the program's.

use ferrule_types::Json;
use serde_json::Value;

use super::role::{self, Role};

/// How large arguments may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub depth: usize,
    pub bytes: usize,
    pub values: usize,
}

/// A text found on the way: a string, or the key of an object.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    pub text: &'a str,
    pub role: Role,
    pub is_key: bool,
    at: usize,
}

/// Which bound was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooMuch {
    Depth,
    Bytes,
    Values,
}

/// All texts of one call.
#[derive(Debug, Default)]
pub struct Walk<'a> {
    steps: Vec<Step<'a>>,
    pub found: Vec<Found<'a>>,
    bytes: usize,
}

#[derive(Debug)]
struct Step<'a> {
    parent: Option<usize>,
    label: Label<'a>,
}

#[derive(Debug)]
enum Label<'a> {
    Key(&'a str),
    Item(usize),
}

/// A value that is still to be looked at.
struct Open<'a> {
    value: &'a Value,
    schema: Option<&'a Value>,
    role: Role,
    at: usize,
    depth: usize,
}

impl<'a> Walk<'a> {
    pub fn over(arguments: &'a Json, schema: &'a Value, bounds: Bounds) -> Result<Self, TooMuch> {
        let mut walk = Walk::default();
        let mut open = Vec::new();
        walk.keys(arguments, Some(schema), None, Role::Unknown, 1, &mut open);
        while let Some(next) = open.pop() {
            walk.visit(&next, &mut open);
            walk.check(next.depth, bounds)?;
        }
        walk.check(0, bounds).map(|()| walk)
    }

    /// Where a text stands: `a.b.[0]`.
    pub fn place(&self, found: &Found<'_>) -> String {
        let mut labels = Vec::new();
        let mut at = Some(found.at);
        while let Some(step) = at.and_then(|at| self.steps.get(at)) {
            labels.push(match step.label {
                Label::Key(key) => shortened(key),
                Label::Item(item) => format!("[{item}]"),
            });
            at = step.parent;
        }
        labels.reverse();
        labels.join(".")
    }

    fn visit(&mut self, open: &Open<'a>, next: &mut Vec<Open<'a>>) {
        match open.value {
            Value::String(text) => self.tell(text, open.role, false, open.at),
            Value::Object(inner) => self.keys(
                inner,
                open.schema,
                Some(open.at),
                open.role,
                open.depth + 1,
                next,
            ),
            Value::Array(items) => self.items(items, open, next),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn keys(
        &mut self,
        object: &'a Json,
        schema: Option<&'a Value>,
        parent: Option<usize>,
        inherited: Role,
        depth: usize,
        next: &mut Vec<Open<'a>>,
    ) {
        for (key, value) in object {
            let schema = schema.and_then(|schema| property(schema, key));
            let role = match role::of(key, schema) {
                Role::Unknown => inherited,
                role => role,
            };
            let at = self.step(parent, Label::Key(key));
            // A key that the schema declares is a name; any other may be data, such as a path.
            if schema.is_none() {
                self.tell(key, inherited, true, at);
            }
            next.push(Open {
                value,
                schema,
                role,
                at,
                depth,
            });
        }
    }

    fn items(&mut self, items: &'a [Value], open: &Open<'a>, next: &mut Vec<Open<'a>>) {
        let schema = open.schema.and_then(|schema| schema.get("items"));
        for (item, value) in items.iter().enumerate() {
            let at = self.step(Some(open.at), Label::Item(item));
            next.push(Open {
                value,
                schema,
                role: open.role,
                at,
                depth: open.depth + 1,
            });
        }
    }

    fn tell(&mut self, text: &'a str, role: Role, is_key: bool, at: usize) {
        self.bytes += text.len();
        self.found.push(Found {
            text,
            role,
            is_key,
            at,
        });
    }

    fn step(&mut self, parent: Option<usize>, label: Label<'a>) -> usize {
        self.steps.push(Step { parent, label });
        self.steps.len() - 1
    }

    fn check(&self, depth: usize, bounds: Bounds) -> Result<(), TooMuch> {
        match () {
            () if depth > bounds.depth => Err(TooMuch::Depth),
            () if self.bytes > bounds.bytes => Err(TooMuch::Bytes),
            () if self.steps.len() > bounds.values => Err(TooMuch::Values),
            () => Ok(()),
        }
    }
}

/// What a schema says of one property, also in the branches that it may take.
fn property<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    let direct = |schema: &'a Value| schema.get("properties").and_then(|all| all.get(key));
    direct(schema).or_else(|| {
        let branches = ["allOf", "anyOf", "oneOf"]
            .iter()
            .filter_map(|word| schema.get(word)?.as_array());
        branches.flatten().take(16).find_map(direct)
    })
}

/// A key may be a megabyte, and a place is shown to people.
fn shortened(key: &str) -> String {
    const LONGEST: usize = 80;
    match key.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &key[..at]),
        None => key.to_owned(),
    }
}
