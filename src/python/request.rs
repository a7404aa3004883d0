//! What both kinds of request share on their way to the core's [`Request`].
//!
//! Python's names of settings go in, the core's come out. It does not know which values are good:
//! the core checks them.

use ferrule::types::{Constraint, Dry, Error, Message, Role, Tool};
use pyo3::{
    PyClass,
    inspect::PyStaticExpr,
    prelude::*,
    type_hint_union,
    types::{PyDict, PyMapping},
};
use serde_json::{Value, json};

use crate::{
    convert::wrong_type,
    fault::raise,
    field::{Grammar, Tools},
    hint,
};

/// A class whose constructor's arguments are its attributes, in one list: those before the `;` may
/// be positional. Its `check` looks at what was given.
macro_rules! request_class {
    (
        $(#[$doc:meta])*
        $class:ident {
            $($field:ident: $type:ty $(= $default:tt)?,)*
            ;
            $($word:ident: $word_type:ty = $word_default:tt,)*
        }
    ) => {
        $(#[$doc])*
        #[pyo3::pyclass(module = "ferrule", frozen, get_all)]
        pub struct $class {
            $(pub $field: $type,)*
            $(pub $word: $word_type,)*
        }

        #[pyo3::pymethods]
        impl $class {
            #[new]
            #[pyo3(signature = ($($field $(= $default)?,)* *, $($word = $word_default),*))]
            #[allow(clippy::too_many_arguments, reason = "they are the mirrored class's own")]
            fn new(
                py: pyo3::Python<'_>,
                $($field: $type,)*
                $($word: $word_type,)*
            ) -> pyo3::PyResult<Self> {
                let request = $class { $($field,)* $($word,)* };
                request.check(py)?;
                Ok(request)
            }

            fn __repr__(this: &pyo3::Bound<'_, Self>) -> pyo3::PyResult<String> {
                let fields = [$(stringify!($field),)* $(stringify!($word),)*];
                $crate::response::shown(this.as_any(), stringify!($class), fields)
            }
        }
    };
}
pub(crate) use request_class;

/// The sampling of a request class: both have fields of these names.
macro_rules! sampling {
    ($of:expr) => {
        ferrule::types::Sampling {
            temperature: $of.temperature,
            top_k: $of.top_k,
            top_p: $of.top_p,
            min_p: $of.min_p,
            repetition_penalty: $of.repetition_penalty,
            presence_penalty: $of.presence_penalty,
            frequency_penalty: $of.frequency_penalty,
            dry: $of.dry_multiplier.map(|multiplier| {
                $crate::request::dry(
                    multiplier,
                    $of.dry_base,
                    $of.dry_allowed_length,
                    $of.dry_sequence_breakers.as_ref(),
                )
            }),
            logit_bias: $of.logit_bias.clone().unwrap_or_default().0,
            seed: $of.seed,
            n: $of.n_choices,
            logprobs: $of.logprobs,
            top_logprobs: $of.top_logprobs.unwrap_or(0),
            stop: $of.stop_seqs.clone().unwrap_or_default().0,
            stop_token_ids: $of.stop_token_ids.clone().unwrap_or_default(),
            max_tokens: $of.max_tokens,
            min_tokens: $of.min_tokens.unwrap_or(0),
            ignore_eos: $of.ignore_eos,
            truncate_sequence: $of.truncate_sequence,
        }
    };
}
pub(crate) use sampling;

/// The keys of the chat completions API that have another name here.
const RENAMED: &[(&str, &str)] = &[
    ("max_completion_tokens", "max_tokens"),
    ("n", "n_choices"),
    ("stop", "stop_seqs"),
    ("tools", "tool_schemas"),
    ("echo", "echo_prompt"),
];

/// The keys that concern a service and its accounts: there is none here.
const OF_A_SERVICE: &[&str] = &[
    "metadata",
    "prompt_cache_key",
    "safety_identifier",
    "service_tier",
    "store",
    "stream_options",
    "user",
];

/// A request as its class, or as a dict that the class can read.
pub struct ClassOrDict<T>(pub Py<T>);

impl<'py, T: PyClass> FromPyObject<'_, 'py> for ClassOrDict<T> {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = type_hint_union!(T::TYPE_HINT, hint::OBJECT_IN);

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(request) = object.cast::<T>() {
            return Ok(ClassOrDict(request.to_owned().unbind()));
        }
        match object.cast::<PyMapping>() {
            Ok(dict) => from_dict(&dict).map(ClassOrDict),
            Err(_) => Err(wrong_type(&format!("a {} or a dict", T::NAME), &object)),
        }
    }
}

fn from_dict<T: PyClass>(request: &Bound<'_, PyMapping>) -> PyResult<Py<T>> {
    let py = request.py();
    let keywords = PyDict::new(py);
    keywords.set_item("model", "default")?;
    keywords.update(request)?;
    for (theirs, ours) in RENAMED {
        if let Some(value) = keywords.get_item(theirs)? {
            keywords.del_item(theirs)?;
            keywords.set_item(ours, value)?;
        }
    }
    for key in OF_A_SERVICE {
        keywords.call_method1("pop", (key, py.None()))?;
    }
    let made = py.get_type::<T>().call((), Some(&keywords))?;
    Ok(made.cast_into::<T>()?.unbind())
}

/// A conversation; a string is one user message.
pub fn messages(value: &Value) -> PyResult<Vec<Message>> {
    match value {
        Value::String(text) => Ok(vec![Message::new(Role::User, text.clone())]),
        Value::Array(messages) => {
            let read = messages.iter().enumerate().map(|(at, message)| {
                serde_json::from_value(message.clone())
                    .map_err(|problem| raise(Error::json(format!("messages[{at}]"), problem)))
            });
            read.collect()
        }
        other => Err(raise(Error::invalid(
            "messages",
            "a string or a list",
            other,
        ))),
    }
}

/// The tools of a request: objects, or texts of objects.
pub fn tools(schemas: Option<&Tools>) -> PyResult<Vec<Tool>> {
    let Some(Tools(schemas)) = schemas else {
        return Ok(Vec::new());
    };
    let Value::Array(schemas) = schemas else {
        return Err(raise(Error::invalid("tool_schemas", "a list", schemas)));
    };
    let read = schemas.iter().enumerate().map(|(at, schema)| {
        let schema = parsed(&format!("tool_schemas[{at}]"), schema)?;
        Tool::from_function(&schema).map_err(raise)
    });
    read.collect()
}

/// What the answer has to match. Both of the arguments are given, or neither is.
pub fn constraint(
    grammar: Option<&Grammar>,
    grammar_type: Option<&str>,
) -> PyResult<Option<Constraint>> {
    let (Grammar(text), kind) = match (grammar, grammar_type) {
        (None, None) => return Ok(None),
        (Some(grammar), Some(kind)) => (grammar, kind),
        (Some(_), None) => {
            return Err(raise(Error::invalid(
                "grammar_type",
                "given with `grammar`",
                "None",
            )));
        }
        (None, Some(_)) => {
            return Err(raise(Error::invalid(
                "grammar",
                "given with `grammar_type`",
                "None",
            )));
        }
    };
    let text = match kind {
        "json_schema" | "llguidance" => parsed("grammar", text)?,
        _ => text.clone(),
    };
    let grammar = serde_json::from_value(json!({"type": kind, "grammar": text}))
        .map_err(|problem| raise(Error::json("grammar", problem)))?;
    Ok(Some(Constraint::whole(grammar)))
}

pub fn dry(
    multiplier: f64,
    base: Option<f64>,
    allowed_length: Option<usize>,
    breakers: Option<&Vec<String>>,
) -> Dry {
    let usual = Dry::default();
    Dry {
        multiplier,
        base: base.unwrap_or(usual.base),
        allowed_length: allowed_length.unwrap_or(usual.allowed_length),
        sequence_breakers: breakers.cloned().unwrap_or(usual.sequence_breakers),
    }
}

/// JSON that may still be text.
fn parsed(name: &str, value: &Value) -> PyResult<Value> {
    match value {
        Value::String(text) => serde_json::from_str(text)
            .map_err(|problem| raise(Error::json(name.to_owned(), problem))),
        other => Ok(other.clone()),
    }
}
