use std::convert::Infallible;

use pyo3::{inspect::PyStaticExpr, prelude::*, type_hint_union, types::PyString};

use crate::{convert::wrong_type, hint};

/// A model architecture, for files that do not say theirs: the names of the mirrored API, whether this
/// build has them or not. A string does as well, for all that it has: the name that
/// `ferrule models inspect` shows.
#[pyclass(module = "ferrule", frozen, eq, hash, from_py_object)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Architecture {
    Mistral,
    Gemma,
    Mixtral,
    Llama,
    Phi2,
    Phi3,
    Qwen2,
    Gemma2,
    Starcoder2,
    #[allow(non_camel_case_types, reason = "the name that users know")]
    Phi3_5MoE,
    DeepseekV2,
    DeepseekV3,
    Qwen3,
    GLM4,
    GLM4Moe,
    GLM4MoeLite,
    Qwen3Moe,
    SmolLm3,
    GraniteMoeHybrid,
    GptOss,
    Qwen3Next,
    Lfm2,
    Lfm2Moe,
    HunYuanDenseV1,
    HunYuanMoEV1,
}

impl Architecture {
    /// As the core's table of architectures calls it. The core says which of them it has.
    fn name(self) -> String {
        match self {
            Architecture::Qwen3Moe => "qwen3_moe".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        }
    }
}

/// An architecture, or its name.
#[derive(Clone)]
pub enum Named {
    Known(Architecture),
    Named(String),
}

impl Named {
    pub fn name(&self) -> String {
        match self {
            Named::Known(arch) => arch.name(),
            Named::Named(name) => name.clone(),
        }
    }
}

const EITHER: PyStaticExpr =
    type_hint_union!(<Architecture as pyo3::PyTypeInfo>::TYPE_HINT, hint::STR);

impl<'py> FromPyObject<'_, 'py> for Named {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = EITHER;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(arch) = object.extract() {
            return Ok(Named::Known(arch));
        }
        let name = object.extract().map(Named::Named);
        name.map_err(|_| wrong_type("an Architecture or a string", &object))
    }
}

impl<'py> IntoPyObject<'py> for Named {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    const OUTPUT_TYPE: PyStaticExpr = EITHER;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        match self {
            Named::Known(arch) => Ok(Bound::new(py, arch)?.into_any()),
            Named::Named(name) => {
                let Ok(name): Result<_, Infallible> = PyString::new(py, &name).into_pyobject(py);
                Ok(name.into_any())
            }
        }
    }
}
