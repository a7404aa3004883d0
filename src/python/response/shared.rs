//! Long lists inside answers.
//!
//! An attribute's value is a copy of what the answer holds: a list in here is copied without its items, so that
//! reading an answer's text costs the same whether or not the answer also holds the likelihoods of its tokens.

use std::sync::Arc;

use pyo3::{inspect::PyStaticExpr, prelude::*, types::PyList};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Shared<T>(Arc<[T]>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(Arc::clone(&self.0))
    }
}

impl<T> FromIterator<T> for Shared<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Shared(items.into_iter().collect())
    }
}

impl<'py, T: Clone + IntoPyObject<'py>> IntoPyObject<'py> for &Shared<T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    const OUTPUT_TYPE: PyStaticExpr = Vec::<T>::OUTPUT_TYPE;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let list = PyList::empty(py);
        for item in self.0.iter() {
            list.append(item.clone())?;
        }
        Ok(list.into_any())
    }
}
