use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use super::answer_class;

/// A call that the model asks for.
#[pyclass(module = "ferrule", frozen, get_all)]
#[derive(Clone, Serialize, Deserialize)]
pub struct ToolCallResponse {
    index: usize,
    id: String,
    /// `function`.
    tp: String,
    function: CalledFunction,
}

answer_class!(ToolCallResponse);

/// The function of a call, and its arguments as the model wrote them: the text of a JSON object.
#[pyclass(module = "ferrule", frozen, get_all)]
#[derive(Clone, Serialize, Deserialize)]
pub struct CalledFunction {
    name: String,
    arguments: String,
}

answer_class!(CalledFunction);
