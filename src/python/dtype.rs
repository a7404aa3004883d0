use pyo3::prelude::*;

/// The type that weights are computed in.
#[pyclass(module = "ferrule", frozen, eq, hash, from_py_object)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModelDType {
    /// As the files have them.
    Auto,
    BF16,
    F16,
    F32,
}

impl ModelDType {
    /// As the core spells it.
    pub fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}
