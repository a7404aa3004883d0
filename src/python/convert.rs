//! JSON to Python objects and back, without going through text.
//!
//! A Python object goes in and a `serde_json::Value` comes out, or the path of what is no JSON
//! (`messages[1].content`). It does not know what the JSON means.

use ferrule::types;
use pyo3::{
    IntoPyObjectExt,
    exceptions::PyTypeError,
    prelude::*,
    types::{
        PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyNone, PyString, PyTuple,
    },
};
use serde_json::{Map, Number, Value};

use crate::fault::raise;

/// Deeper nesting is nobody's request and would exhaust the stack.
const DEEPEST: usize = 128;

/// Reads a Python object as JSON; `name` is what an error calls it.
pub fn to_json(name: &str, object: &Bound<'_, PyAny>) -> PyResult<Value> {
    read(object, 0).map_err(|problem| problem.raise(name))
}

/// Writes JSON as Python objects.
pub fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => PyNone::get(py).to_owned().into_any(),
        Value::Bool(yes) => PyBool::new(py, *yes).to_owned().into_any(),
        Value::Number(number) => write_number(py, number)?,
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(to_python(py, item)?)?;
            }
            list.into_any()
        }
        Value::Object(fields) => {
            let dict = PyDict::new(py);
            for (key, field) in fields {
                dict.set_item(key, to_python(py, field)?)?;
            }
            dict.into_any()
        }
    })
}

fn write_number<'py>(py: Python<'py>, number: &Number) -> PyResult<Bound<'py, PyAny>> {
    if let Some(whole) = number.as_i64() {
        return whole.into_bound_py_any(py);
    }
    if let Some(whole) = number.as_u64() {
        return whole.into_bound_py_any(py);
    }
    number.as_f64().into_bound_py_any(py)
}

/// Why an object is no JSON, and where: the path grows while the recursion unwinds.
enum Problem {
    Wrong {
        path: String,
        allowed: &'static str,
        got: String,
    },
    /// Python's own code failed on the way.
    Python(PyErr),
}

impl Problem {
    fn wrong(allowed: &'static str, got: impl Into<String>) -> Self {
        Problem::Wrong {
            path: String::new(),
            allowed,
            got: got.into(),
        }
    }

    fn within(self, segment: &str) -> Self {
        match self {
            Problem::Wrong { path, allowed, got } => Problem::Wrong {
                path: format!("{segment}{path}"),
                allowed,
                got,
            },
            python @ Problem::Python(_) => python,
        }
    }

    fn raise(self, name: &str) -> PyErr {
        match self.within(name) {
            Problem::Wrong { path, allowed, got } => {
                raise(types::Error::invalid(path, allowed, got))
            }
            Problem::Python(error) => error,
        }
    }
}

impl From<PyErr> for Problem {
    fn from(error: PyErr) -> Self {
        Problem::Python(error)
    }
}

fn read(object: &Bound<'_, PyAny>, depth: usize) -> Result<Value, Problem> {
    if depth > DEEPEST {
        return Err(Problem::wrong("at most 128 levels deep", "more"));
    }
    if object.is_none() {
        Ok(Value::Null)
    } else if let Ok(text) = object.cast::<PyString>() {
        read_text(text).map(Value::String)
    } else if let Ok(bytes) = object.cast::<PyBytes>() {
        read_bytes(bytes.as_bytes()).map(Value::String)
    } else if let Ok(yes) = object.cast::<PyBool>() {
        // Before the integers: Python's True is one of them.
        Ok(Value::Bool(yes.is_true()))
    } else if object.is_instance_of::<PyInt>() {
        read_int(object)
    } else if let Ok(number) = object.cast::<PyFloat>() {
        let finite = Number::from_f64(number.value());
        let wrong = || Problem::wrong("a finite number", number.value().to_string());
        finite.map(Value::Number).ok_or_else(wrong)
    } else if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        read_list(object, depth)
    } else if let Ok(mapping) = object.cast::<PyMapping>() {
        read_object(mapping, depth)
    } else if let Some(dumped) = dumped(object)? {
        read(&dumped, depth + 1)
    } else {
        let class = object.get_type().fully_qualified_name()?.to_string();
        Err(Problem::wrong("JSON", class))
    }
}

/// What a Pydantic model, or a response of ours, says of itself.
fn dumped<'py>(object: &Bound<'py, PyAny>) -> Result<Option<Bound<'py, PyAny>>, Problem> {
    // A class has the method too, and cannot answer.
    if object.is_instance_of::<pyo3::types::PyType>() {
        return Ok(None);
    }
    match object.getattr_opt("model_dump")? {
        Some(dump) => Ok(Some(dump.call0()?)),
        None => Ok(None),
    }
}

fn read_text(text: &Bound<'_, PyString>) -> Result<String, Problem> {
    // A lone surrogate is legal in a Python string and in no text that leaves it.
    match text.to_cow() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(Problem::wrong("valid Unicode", "a lone surrogate")),
    }
}

fn read_bytes(bytes: &[u8]) -> Result<String, Problem> {
    match str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(broken) => {
            let got = format!("bytes of which number {} is not", broken.valid_up_to());
            Err(Problem::wrong("text, or bytes that are UTF-8", got))
        }
    }
}

fn read_int(object: &Bound<'_, PyAny>) -> Result<Value, Problem> {
    if let Ok(whole) = object.extract::<i64>() {
        return Ok(whole.into());
    }
    match object.extract::<u64>() {
        Ok(whole) => Ok(whole.into()),
        Err(_) => Err(Problem::wrong("a whole number of 64 bits", "a larger one")),
    }
}

fn read_list(object: &Bound<'_, PyAny>, depth: usize) -> Result<Value, Problem> {
    let mut list = Vec::new();
    for (at, item) in object.try_iter()?.enumerate() {
        let read = read(&item?, depth + 1);
        list.push(read.map_err(|problem| problem.within(&format!("[{at}]")))?);
    }
    Ok(Value::Array(list))
}

fn read_object(mapping: &Bound<'_, PyMapping>, depth: usize) -> Result<Value, Problem> {
    let mut fields = Map::new();
    for pair in mapping.items()? {
        let (key, field) = pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let Ok(key) = key.cast_into::<PyString>() else {
            return Err(Problem::wrong(
                "an object whose keys are strings",
                "another key",
            ));
        };
        let key = read_text(&key)?;
        let read = read(&field, depth + 1);
        let read = read.map_err(|problem| problem.within(&format!(".{key}")))?;
        fields.insert(key, read);
    }
    Ok(Value::Object(fields))
}

/// The error of an argument of the wrong type; `PyO3` puts the argument's name before it.
pub fn wrong_type(allowed: &str, object: &Bound<'_, PyAny>) -> PyErr {
    let class = match object.get_type().name() {
        Ok(name) => name.to_string(),
        Err(_) => "an object".to_owned(),
    };
    PyTypeError::new_err(format!("must be {allowed}, got {class}"))
}
