use ferrule::types::{Embed, Error, Pooling, Prompt};
use pyo3::{
    inspect::PyStaticExpr,
    prelude::*,
    types::{PyList, PyString},
};

use crate::{convert::wrong_type, fault::raise, field::PromptText, hint, request::request_class};

request_class! {
    /// Texts that are to become vectors. A dict with the keys of the embeddings API does as well.
    EmbeddingRequest {
        input: Inputs,
        truncate_sequence: bool = false,
        ;
        model: Option<String> = None,
        pooling: String = { "last".to_owned() },
        normalize: bool = true,
        encoding_format: Option<String> = None,
        dimensions: Option<usize> = None,
    }
}

impl EmbeddingRequest {
    fn check(&self, _: Python<'_>) -> PyResult<()> {
        let format = self.encoding_format.as_deref();
        crate::inert::refuse(
            "EmbeddingRequest",
            &[
                (
                    "encoding_format",
                    format.is_some_and(|format| format != "float"),
                ),
                ("dimensions", self.dimensions.is_some()),
            ],
        )
    }

    /// The request as the core knows it.
    pub fn to_embed(&self) -> PyResult<Embed> {
        Ok(Embed {
            inputs: self.input.prompts(),
            pooling: pooling(&self.pooling)?,
            normalise: self.normalize,
            truncate_sequence: self.truncate_sequence,
        })
    }
}

pub fn pooling(name: &str) -> PyResult<Pooling> {
    serde_json::from_value(name.into())
        .map_err(|_| raise(Error::invalid("pooling", "last, mean or first", name)))
}

/// One text or several, as strings or as tokens.
#[derive(Clone)]
pub enum Inputs {
    One(PromptText),
    Several(Vec<PromptText>),
}

impl Inputs {
    pub fn prompts(&self) -> Vec<Prompt> {
        let inputs = match self {
            Inputs::One(input) => std::slice::from_ref(input),
            Inputs::Several(inputs) => inputs,
        };
        inputs.iter().map(PromptText::prompt).collect()
    }
}

impl<'py> FromPyObject<'_, 'py> for Inputs {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::INPUTS_IN;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let wrong = "a string, a list of token ids, or a list of these";
        if object.is_instance_of::<PyString>() {
            return object.extract().map(Inputs::One);
        }
        let empty = object.len().map_err(|_| wrong_type(wrong, &object))? == 0;
        match object.extract() {
            // An empty list is no text, rather than a text of no tokens.
            Ok(tokens) if !empty => Ok(Inputs::One(PromptText::Tokens(tokens))),
            _ => object
                .extract()
                .map(Inputs::Several)
                .map_err(|_| wrong_type(wrong, &object)),
        }
    }
}

impl<'py> IntoPyObject<'py> for &Inputs {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    const OUTPUT_TYPE: PyStaticExpr = hint::ANY;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        match self {
            Inputs::One(input) => input.into_pyobject(py),
            Inputs::Several(inputs) => {
                let list = PyList::empty(py);
                for input in inputs {
                    list.append(input.into_pyobject(py)?)?;
                }
                Ok(list.into_any())
            }
        }
    }
}
