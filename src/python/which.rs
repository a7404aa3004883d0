//! Which model, as `ferrule.which` writes it.
//!
//! One of the classes below Python's `Which` goes in, [`OpenOptions`] come out. It does not know
//! which files there are: the façade looks for them.

use std::path::PathBuf;

use ferrule::{OpenOptions, types::Error};
use pyo3::{exceptions::PyTypeError, inspect::PyStaticExpr, prelude::*};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    convert::{to_json, wrong_type},
    fault::raise,
    field::Place,
    hint,
    inert::{absent, ignore, refuse},
};

/// The variants that load, and what the others would need.
const VARIANTS: &[(&str, Option<&str>)] = &[
    ("Plain", None),
    ("GGUF", None),
    ("Embedding", None),
    (
        "Lora",
        Some("merge the adapter into its model and load that with Which.Plain"),
    ),
    (
        "LoraGGUF",
        Some("merge the adapter into its model and load that with Which.GGUF"),
    ),
    (
        "LoraGGML",
        Some("merge the adapter and convert the model to GGUF for Which.GGUF"),
    ),
    ("XLora", Some("load its base model with Which.Plain")),
    ("XLoraGGUF", Some("load its base model with Which.GGUF")),
    (
        "XLoraGGML",
        Some("convert its base model to GGUF for Which.GGUF"),
    ),
    ("GGML", Some("convert the file to GGUF for Which.GGUF")),
    (
        "MultimodalPlain",
        Some("load a text model with Which.Plain"),
    ),
    ("VisionPlain", Some("load a text model with Which.Plain")),
    ("DiffusionPlain", Some("only text models are read")),
    ("Speech", Some("only text models are read")),
];

/// What would give another model, or leave something out.
const REFUSED: &[&str] = &[
    "topology",
    "write_uqff",
    "from_uqff",
    "matformer_config_path",
    "matformer_slice_name",
    "mmproj_filename",
    "adapters",
];

/// What only tunes.
const IGNORED: &[&str] = &[
    "organization",
    "imatrix",
    "calibration_file",
    "max_edge",
    "encoder_cache_memory_bytes",
    "auto_map_params",
];

/// What the classes have in common; each has a part of it.
#[derive(Deserialize)]
struct Fields {
    which: String,
    #[serde(alias = "quantized_model_id")]
    model_id: Option<String>,
    quantized_filename: Option<Files>,
    arch: Option<String>,
    tokenizer_json: Option<PathBuf>,
    tok_model_id: Option<String>,
    dtype: Option<String>,
    hf_cache_path: Option<PathBuf>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Files {
    One(String),
    Several(Vec<String>),
}

impl From<Files> for Vec<String> {
    fn from(files: Files) -> Self {
        match files {
            Files::One(file) => vec![file],
            Files::Several(files) => files,
        }
    }
}

/// One of Python's classes, read.
pub struct Which(Value);

impl<'py> FromPyObject<'_, 'py> for Which {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::WHICH;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let class = object.py().import("ferrule.which")?.getattr("Which")?;
        if !object.is_instance(&class)? {
            return Err(wrong_type("a Which, such as Which.Plain(..)", &object));
        }
        to_json("which", &object.call_method0("to_dict")?).map(Which)
    }
}

/// A place alone, or all that is to be said of a model.
pub enum PlaceOrWhich {
    Place(Place),
    Which(Which),
}

impl<'py> FromPyObject<'_, 'py> for PlaceOrWhich {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = hint::MODEL_IN;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.extract() {
            Ok(which) => Ok(PlaceOrWhich::Which(which)),
            // It is no `Which`; what is wrong within one is told.
            Err(problem) if problem.is_instance_of::<PyTypeError>(object.py()) => {
                object.extract().map(PlaceOrWhich::Place)
            }
            Err(problem) => Err(problem),
        }
    }
}

impl Which {
    /// Nothing named is the built-in model.
    pub fn or_builtin(which: Option<Self>, py: Python<'_>) -> PyResult<OpenOptions> {
        which.map_or_else(
            || Ok(OpenOptions::default()),
            |which| which.into_options(py),
        )
    }

    /// What the façade is to open. Tells of arguments that do nothing yet.
    pub fn into_options(self, py: Python<'_>) -> PyResult<OpenOptions> {
        let fields: Fields =
            serde_json::from_value(self.0).map_err(|e| raise(Error::json("which", e)))?;
        let owner = format!("Which.{}", fields.which);
        let row = VARIANTS.iter().find(|(name, _)| *name == fields.which);
        if let Some((_, Some(advice))) = row {
            return absent(&owner, advice);
        }
        let given = |name: &&'static str| {
            let value = fields.rest.get(*name);
            (*name, value.is_some_and(|value| !value.is_null()))
        };
        refuse(&owner, &REFUSED.iter().map(given).collect::<Vec<_>>())?;
        ignore(py, &owner, &IGNORED.iter().map(given).collect::<Vec<_>>())?;
        Ok(OpenOptions {
            model: fields.model_id.unwrap_or_default(),
            files: fields.quantized_filename.map(Vec::from).unwrap_or_default(),
            arch: fields.arch,
            tokenizer_json: fields.tokenizer_json,
            tokenizer_from: fields.tok_model_id,
            dtype: fields.dtype,
            cache: fields.hf_cache_path,
            ..OpenOptions::default()
        })
    }
}
