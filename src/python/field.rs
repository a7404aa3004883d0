//! The arguments of requests that are more than a number or a string.
//!
//! Each type is one argument: what Python may pass for it goes in, and what its attribute shows
//! comes out. It does not know what the core makes of them.

use std::{collections::BTreeMap, convert::Infallible};

use ferrule::types::Prompt;
use pyo3::{
    inspect::PyStaticExpr,
    prelude::*,
    types::{PyBytes, PyDict, PyInt, PyList, PyMapping, PyString},
};
use serde_json::Value;

use crate::{
    convert::{to_json, to_python, wrong_type},
    hint,
};

/// An argument that is JSON: its type, its name in errors, and its two spellings in the stubs.
macro_rules! json_argument {
    ($(#[$doc:meta])* $type:ident, $name:literal, $accepted:expr, $shown:expr) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $type(pub Value);

        impl<'py> FromPyObject<'_, 'py> for $type {
            type Error = PyErr;
            const INPUT_TYPE: PyStaticExpr = $accepted;

            fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
                to_json($name, &object).map($type)
            }
        }

        impl<'py> IntoPyObject<'py> for &$type {
            type Target = PyAny;
            type Output = Bound<'py, PyAny>;
            type Error = PyErr;
            const OUTPUT_TYPE: PyStaticExpr = $shown;

            fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
                to_python(py, &self.0)
            }
        }
    };
}

json_argument!(
    /// A conversation, or one user message as a string.
    Messages,
    "messages",
    hint::MESSAGES_IN,
    hint::MESSAGES_OUT
);
json_argument!(
    /// Tools, each as a JSON text or as an object.
    Tools,
    "tool_schemas",
    hint::TOOLS_IN,
    hint::TOOLS_OUT
);
json_argument!(
    /// How the answer is to look, as the chat completions API writes it.
    ResponseFormat,
    "response_format",
    hint::OBJECT_IN,
    hint::OBJECT_OUT
);
json_argument!(
    /// Texts to answer from.
    Documents,
    "documents",
    hint::OBJECTS_IN,
    hint::OBJECTS_OUT
);
json_argument!(
    /// Further variables of the chat template.
    TemplateArgs,
    "chat_template_kwargs",
    hint::OBJECT_IN,
    hint::OBJECT_OUT
);

/// A text: a string, or bytes that are UTF-8.
pub struct Text(pub String);

impl<'py> FromPyObject<'_, 'py> for Text {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::STR;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match to_json("text", &object)? {
            Value::String(text) => Ok(Text(text)),
            _ => Err(wrong_type("a string", &object)),
        }
    }
}

/// A text, or tokens as they are.
#[derive(Clone)]
pub enum PromptText {
    Text(String),
    Tokens(Vec<u32>),
}

impl PromptText {
    pub fn prompt(&self) -> Prompt {
        match self {
            PromptText::Text(text) => Prompt::Text(text.clone()),
            PromptText::Tokens(tokens) => Prompt::Tokens(tokens.clone()),
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for PromptText {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::PROMPT_IN;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
            return object.extract().map(|Text(text)| PromptText::Text(text));
        }
        let tokens = object.extract().map(PromptText::Tokens);
        tokens.map_err(|_| wrong_type("a string or a list of token ids", &object))
    }
}

impl<'py> IntoPyObject<'py> for &PromptText {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    const OUTPUT_TYPE: PyStaticExpr = hint::PROMPT_OUT;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(match self {
            PromptText::Text(text) => PyString::new(py, text).into_any(),
            PromptText::Tokens(tokens) => PyList::new(py, tokens)?.into_any(),
        })
    }
}

/// One text, or several.
#[derive(Clone, Default)]
pub struct Texts(pub Vec<String>);

impl<'py> FromPyObject<'_, 'py> for Texts {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::TEXTS_IN;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() {
            return Ok(Texts(vec![object.extract()?]));
        }
        let several = object.extract().map(Texts);
        several.map_err(|_| wrong_type("a string or a list of strings", &object))
    }
}

impl<'py> IntoPyObject<'py> for Texts {
    type Target = PyList;
    type Output = Bound<'py, PyList>;
    type Error = PyErr;
    const OUTPUT_TYPE: PyStaticExpr = hint::TEXTS_OUT;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        PyList::new(py, self.0)
    }
}

/// A whole number, as anything that Python takes for one; how large it may be is the setting's own to say.
#[derive(Clone, Copy)]
pub struct Int(pub i128);

impl<'py> FromPyObject<'_, 'py> for Int {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = i64::INPUT_TYPE;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(number) = object.extract::<i64>() {
            return Ok(Int(number.into()));
        }
        index(&object)?.extract().map(Int)
    }
}

impl<'py> IntoPyObject<'py> for Int {
    type Target = PyInt;
    type Output = Bound<'py, PyInt>;
    type Error = Infallible;
    const OUTPUT_TYPE: PyStaticExpr = i64::OUTPUT_TYPE;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Infallible> {
        self.0.into_pyobject(py)
    }
}

/// What counts as a whole number, as an `int`.
fn index<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    object
        .py()
        .import("operator")?
        .call_method1("index", (object,))
}

/// A weight for each token; JSON writes the token as a string.
#[derive(Clone, Default)]
pub struct LogitBias(pub BTreeMap<u32, f64>);

impl<'py> FromPyObject<'_, 'py> for LogitBias {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::BIAS_IN;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let wrong = || wrong_type("a mapping from token ids to numbers", &object);
        let mapping = object.cast::<PyMapping>().map_err(|_| wrong())?;
        let mut bias = BTreeMap::new();
        for pair in mapping.items()? {
            let (token, weight) = pair
                .extract::<(Bound<'_, PyAny>, f64)>()
                .map_err(|_| wrong())?;
            let token = if token.is_instance_of::<PyString>() {
                token.py().get_type::<PyInt>().call1((token,))
            } else {
                index(&token)
            };
            let token = token.and_then(|token| token.extract());
            bias.insert(token.map_err(|_| wrong())?, weight);
        }
        Ok(LogitBias(bias))
    }
}

impl<'py> IntoPyObject<'py> for &LogitBias {
    type Target = PyDict;
    type Output = Bound<'py, PyDict>;
    type Error = PyErr;
    const OUTPUT_TYPE: PyStaticExpr = hint::BIAS_OUT;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        (&self.0).into_pyobject(py)
    }
}

/// Where something is: a path in any of Python's forms, or a hub's id.
#[derive(Clone)]
pub struct Place(pub String);

impl<'py> FromPyObject<'_, 'py> for Place {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::PLACE_IN;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let path = object.py().import("os")?.call_method1("fspath", (object,));
        let text = path.and_then(|path| path.extract());
        text.map(Place)
            .map_err(|_| wrong_type("a string or a path", &object))
    }
}

impl<'py> IntoPyObject<'py> for Place {
    type Target = PyString;
    type Output = Bound<'py, PyString>;
    type Error = Infallible;
    const OUTPUT_TYPE: PyStaticExpr = hint::STR;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Infallible> {
        Ok(PyString::new(py, &self.0))
    }
}
