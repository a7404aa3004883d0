use ferrule::types;
use pyo3::{inspect::PyStaticExpr, prelude::*, type_hint_union};

use crate::{convert::wrong_type, fault::raise, hint};

/// Whether the model may ask for tools. The strings `"none"` and `"auto"` do as well.
#[pyclass(module = "ferrule", frozen, eq, hash)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ToolChoice {
    NoTools,
    Auto,
}

impl<'py> FromPyObject<'_, 'py> for ToolChoice {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr =
        type_hint_union!(<ToolChoice as pyo3::PyTypeInfo>::TYPE_HINT, hint::STR);

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(choice) = object.cast::<ToolChoice>() {
            return Ok(*choice.get());
        }
        let name: String = object
            .extract()
            .map_err(|_| wrong_type("a ToolChoice or a string", &object))?;
        match name.as_str() {
            "none" => Ok(ToolChoice::NoTools),
            "auto" => Ok(ToolChoice::Auto),
            other => Err(raise(types::Error::unsupported(
                format!("tool_choice {other:?}"),
                format!("ferrule {}", ferrule::VERSION),
            ))),
        }
    }
}
