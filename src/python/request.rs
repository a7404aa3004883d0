//! What both kinds of request share on their way to the core's [`Request`].
//!
//! Python's names of settings go in, the core's come out. It does not know which values are good:
//! the core checks them.

use std::{convert::Infallible, fmt::Display};

use ferrule::types::{Dry, Error, Message, Role, Tool};
use pyo3::{
    PyClass,
    inspect::PyStaticExpr,
    prelude::*,
    type_hint_union,
    types::{PyDict, PyMapping},
};
use serde_json::Value;

use crate::{
    convert::wrong_type,
    fault::raise,
    field::{Int, Tools},
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
                $crate::response::shown(this.as_any(), stringify!($class), Self::FIELDS)
            }

            fn __eq__(this: &pyo3::Bound<'_, Self>, other: &pyo3::Bound<'_, pyo3::PyAny>) -> pyo3::PyResult<bool> {
                $crate::request::same(this, other, Self::FIELDS)
            }

            /// For pickling and copying.
            fn __getnewargs_ex__<'py>(
                this: &pyo3::Bound<'py, Self>,
            ) -> pyo3::PyResult<((), $crate::request::Keywords<'py>)> {
                $crate::request::keywords(this.as_any(), Self::FIELDS)
            }
        }

        impl $class {
            const FIELDS: &'static [&'static str] = &[$(stringify!($field),)* $(stringify!($word),)*];
        }
    };
}
pub(crate) use request_class;

/// The sampling of a request class: both have fields of these names.
macro_rules! sampling {
    ($of:expr) => {
        ferrule::types::Sampling {
            temperature: $of.temperature,
            top_k: $crate::request::whole_if("top_k", $of.top_k)?,
            top_p: $of.top_p,
            min_p: $of.min_p,
            repetition_penalty: $of.repetition_penalty,
            presence_penalty: $of.presence_penalty,
            frequency_penalty: $of.frequency_penalty,
            dry: match $of.dry_multiplier {
                None => None,
                Some(multiplier) => Some($crate::request::dry(
                    multiplier,
                    $of.dry_base,
                    $crate::request::whole_if("dry_allowed_length", $of.dry_allowed_length)?,
                    $of.dry_sequence_breakers.as_ref(),
                )),
            },
            logit_bias: $of.logit_bias.clone().unwrap_or_default().0,
            seed: $crate::request::whole_if("seed", $of.seed)?,
            n: $crate::request::whole("n_choices", $of.n_choices)?,
            logprobs: $of.logprobs,
            top_logprobs: $crate::request::whole_if("top_logprobs", $of.top_logprobs)?.unwrap_or(0),
            stop: $of.stop_seqs.clone().unwrap_or_default().0,
            stop_token_ids: $of.stop_token_ids.clone().unwrap_or_default(),
            max_tokens: $crate::request::whole_if("max_tokens", $of.max_tokens)?,
            min_tokens: $crate::request::whole_if("min_tokens", $of.min_tokens)?.unwrap_or(0),
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
    for pair in request.items()? {
        let (key, value) = pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        // The API has null for what is left open, and its clients write it out.
        if !value.is_none() {
            keywords.set_item(key, value)?;
        }
    }
    for (theirs, ours) in RENAMED {
        let Some(value) = keywords.get_item(theirs)? else {
            continue;
        };
        if keywords.contains(ours)? {
            let allowed = format!("absent beside `{ours}`, which means the same");
            return Err(raise(Error::invalid(*theirs, allowed, "both")));
        }
        keywords.del_item(theirs)?;
        keywords.set_item(ours, value)?;
    }
    for key in OF_A_SERVICE {
        keywords.call_method1("pop", (key, py.None()))?;
    }
    let made = py.get_type::<T>().call((), Some(&keywords))?;
    Ok(made.cast_into::<T>()?.unbind())
}

/// A whole number that is not below zero; Python's have no end.
pub fn whole<N: Copy + Display, T: TryFrom<N>>(name: &'static str, number: N) -> PyResult<T> {
    T::try_from(number).map_err(|_| {
        let most = if size_of::<T>() > 4 {
            u64::MAX
        } else {
            u64::from(u32::MAX)
        };
        let allowed = format!("a whole number from 0 to {most}");
        raise(Error::invalid(name, allowed, number))
    })
}

pub fn whole_if<T: TryFrom<i128>>(name: &'static str, number: Option<Int>) -> PyResult<Option<T>> {
    number.map(|Int(number)| whole(name, number)).transpose()
}

/// Whether two requests ask for the same.
pub fn same<T: PyClass>(
    this: &Bound<'_, T>,
    other: &Bound<'_, PyAny>,
    fields: &[&str],
) -> PyResult<bool> {
    if !other.is_instance_of::<T>() {
        return Ok(false);
    }
    for field in fields {
        if !this.as_any().getattr(*field)?.eq(other.getattr(*field)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The arguments that make the same request.
pub struct Keywords<'py>(pub Bound<'py, PyDict>);

impl<'py> IntoPyObject<'py> for Keywords<'py> {
    type Target = PyDict;
    type Output = Bound<'py, PyDict>;
    type Error = Infallible;
    const OUTPUT_TYPE: PyStaticExpr = hint::OBJECT_OUT;

    fn into_pyobject(self, _: Python<'py>) -> Result<Self::Output, Infallible> {
        Ok(self.0)
    }
}

/// The arguments that make the same request, in the shape that `pickle` wants.
pub fn keywords<'py>(this: &Bound<'py, PyAny>, fields: &[&str]) -> PyResult<((), Keywords<'py>)> {
    let keywords = PyDict::new(this.py());
    for field in fields {
        keywords.set_item(field, this.getattr(*field)?)?;
    }
    Ok(((), Keywords(keywords)))
}

/// A conversation; a string is one user message.
pub fn messages(value: &Value) -> PyResult<Vec<Message>> {
    match value {
        Value::String(text) => Ok(vec![Message::new(Role::User, text.clone())]),
        Value::Array(messages) => {
            let read = messages.iter().enumerate().map(|(at, message)| {
                let message: Message = serde_json::from_value(message.clone())
                    .map_err(|problem| raise(Error::json(format!("messages[{at}]"), problem)))?;
                message.check(at).map_err(raise)?;
                Ok(message)
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

/// Tools that may be called: as in a request, or by their names alone.
pub fn offered(tools: &Tools) -> PyResult<Vec<Tool>> {
    let Value::Array(tools) = &tools.0 else {
        return Err(raise(Error::invalid("tools", "a list", &tools.0)));
    };
    let read = tools.iter().enumerate().map(|(at, tool)| {
        match tool {
            // No name begins so; a JSON text does.
            Value::String(name) if !name.trim_start().starts_with('{') => Ok(Tool::named(name)),
            _ => Tool::from_function(&parsed(&format!("tools[{at}]"), tool)?).map_err(raise),
        }
    });
    read.collect()
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
pub fn parsed(name: &str, value: &Value) -> PyResult<Value> {
    match value {
        Value::String(text) => serde_json::from_str(text)
            .map_err(|problem| raise(Error::json(name.to_owned(), problem))),
        other => Ok(other.clone()),
    }
}
