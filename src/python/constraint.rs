//! What an answer has to match, in each way that Python users write it.
//!
//! Grammars, schemas, Pydantic models, lists of choices and `response_format` go in, the core's
//! [`Constraint`] comes out. It does not know which grammars compile: the engine says.

use ferrule::types::{Constraint, Error, Grammar};
use pyo3::{
    inspect::PyStaticExpr,
    prelude::*,
    types::{PyList, PyTuple},
};
use serde_json::{Value, json};

use crate::{
    convert::{to_json, to_python},
    fault::raise,
    hint,
    request::parsed,
};

/// A grammar's text; the object that a JSON schema is, or the Pydantic model that has one; or the texts to choose
/// from.
#[derive(Clone)]
pub enum Pattern {
    Text(String),
    Schema(Value),
    Choices(Vec<String>),
}

impl<'py> FromPyObject<'_, 'py> for Pattern {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::PATTERN_IN;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = object.extract() {
            return Ok(Pattern::Text(text));
        }
        if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
            return object.extract().map(Pattern::Choices);
        }
        let schema = match object.getattr_opt("model_json_schema")? {
            Some(schema) => schema.call0()?,
            None => object.to_owned(),
        };
        to_json("grammar", &schema).map(Pattern::Schema)
    }
}

impl<'py> IntoPyObject<'py> for &Pattern {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    const OUTPUT_TYPE: PyStaticExpr = hint::PATTERN_OUT;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        match self {
            Pattern::Text(text) => to_python(py, &text.as_str().into()),
            Pattern::Schema(schema) => to_python(py, schema),
            Pattern::Choices(choices) => to_python(py, &choices.as_slice().into()),
        }
    }
}

/// The constraint of a request. A text needs its type beside it; `response_format` is another way to write a schema.
pub fn constraint(
    grammar: Option<&Pattern>,
    kind: Option<&str>,
    response_format: Option<&Value>,
) -> PyResult<Option<Constraint>> {
    let of_format = response_format.map(of_format).transpose()?.flatten();
    let written = match (grammar, kind) {
        (None, None) => return Ok(of_format),
        (Some(Pattern::Text(_)), None) => {
            return Err(invalid("grammar_type", "given with `grammar`", "None"));
        }
        (None, Some(_)) => return Err(invalid("grammar", "given with `grammar_type`", "None")),
        (Some(Pattern::Text(text)), Some(kind)) => named(text, kind)?,
        (Some(Pattern::Schema(schema)), kind) => typed(kind.unwrap_or("json_schema"), schema)?,
        (Some(Pattern::Choices(choices)), _) => one_of(choices),
    };
    match of_format {
        None => Ok(Some(written)),
        Some(_) => Err(invalid(
            "response_format",
            "absent beside `grammar`",
            "both",
        )),
    }
}

/// A grammar's text of this type.
fn named(text: &str, kind: &str) -> PyResult<Constraint> {
    let grammar = match kind {
        "json_schema" | "llguidance" => parsed("grammar", &text.into())?,
        _ => text.into(),
    };
    typed(kind, &grammar)
}

fn one_of(choices: &[String]) -> Constraint {
    Constraint::whole(Grammar::Choice(choices.to_vec()))
}

fn typed(kind: &str, grammar: &Value) -> PyResult<Constraint> {
    let grammar = serde_json::from_value(json!({"type": kind, "grammar": grammar}));
    let grammar = grammar.map_err(|problem| raise(Error::json("grammar", problem)))?;
    Ok(Constraint::whole(grammar))
}

/// The constraints of the native calls, of which one may be given.
pub fn one_kind(
    grammar: Option<&str>,
    schema: Option<&Pattern>,
    choices: Option<&Vec<String>>,
    regex: Option<&str>,
) -> PyResult<Option<Constraint>> {
    let schema = match schema {
        Some(Pattern::Text(text)) => Some(named(text, "json_schema")),
        Some(Pattern::Schema(schema)) => Some(typed("json_schema", schema)),
        Some(Pattern::Choices(_)) => {
            return Err(invalid(
                "schema",
                "a schema; `choices` takes a list",
                "a list",
            ));
        }
        None => None,
    };
    let all = [
        grammar.map(|text| named(text, "lark")),
        schema,
        choices.map(|choices| Ok(one_of(choices))),
        regex.map(|text| named(text, "regex")),
    ];
    let mut given = all.into_iter().flatten();
    let first = given.next().transpose()?;
    match given.next() {
        None => Ok(first),
        Some(_) => Err(invalid(
            "grammar, schema, choices, regex",
            "given one at a time",
            "several",
        )),
    }
}

/// `response_format` of the chat completions API.
fn of_format(format: &Value) -> PyResult<Option<Constraint>> {
    let kind = format.get("type").and_then(Value::as_str);
    match kind {
        Some("text") => Ok(None),
        Some("json_object") => typed("json_schema", &json!({"type": "object"})).map(Some),
        Some("json_schema") => {
            let schema = format.pointer("/json_schema/schema");
            let schema = schema.ok_or_else(|| {
                invalid(
                    "response_format.json_schema.schema",
                    "a JSON schema",
                    "nothing",
                )
            })?;
            typed("json_schema", schema).map(Some)
        }
        _ => Err(invalid(
            "response_format.type",
            "text, json_object or json_schema",
            kind.unwrap_or("nothing"),
        )),
    }
}

fn invalid(field: &'static str, allowed: &'static str, got: &str) -> PyErr {
    raise(Error::invalid(field, allowed, got))
}
