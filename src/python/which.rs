use std::path::PathBuf;

use ferrule::OpenOptions;
use pyo3::prelude::*;

use crate::{
    architecture::Named,
    dtype::ModelDType,
    field::{Place, Texts},
    inert::{ignore, refuse},
};

/// Which model, and in which form its files are.
#[pyclass(module = "ferrule", frozen)]
pub enum Which {
    /// A folder of safetensors, plain or quantised by MLX; or a hub id, `org/name[@revision]`.
    #[pyo3(constructor = (
        model_id, arch=None, tokenizer_json=None, topology=None, organization=None,
        write_uqff=None, from_uqff=None, dtype=ModelDType::Auto, imatrix=None,
        calibration_file=None, hf_cache_path=None, matformer_config_path=None,
        matformer_slice_name=None
    ))]
    Plain {
        model_id: Place,
        arch: Option<Named>,
        tokenizer_json: Option<Place>,
        topology: Option<Place>,
        organization: Option<String>,
        write_uqff: Option<Place>,
        from_uqff: Option<Texts>,
        dtype: ModelDType,
        imatrix: Option<Place>,
        calibration_file: Option<Place>,
        hf_cache_path: Option<Place>,
        matformer_config_path: Option<Place>,
        matformer_slice_name: Option<String>,
    },
    /// A GGUF file or several, in a folder or at a hub. A quantisation such as `Q4_K_M` may stand
    /// for a file's name, and `quantized_model_id` may be the file itself.
    #[pyo3(constructor = (
        quantized_model_id, quantized_filename=Texts::default(), tok_model_id=None, topology=None,
        dtype=ModelDType::Auto, *, tokenizer_json=None, mmproj_filename=None, organization=None,
        write_uqff=None, imatrix=None, calibration_file=None, max_edge=None, adapters=None,
        max_adapters=16, max_rank=256, max_bytes=8_589_934_592, hf_cache_path=None,
        matformer_config_path=None, matformer_slice_name=None, encoder_cache_memory_bytes=None
    ))]
    #[allow(clippy::upper_case_acronyms, reason = "the name that users know")]
    GGUF {
        quantized_model_id: Place,
        quantized_filename: Texts,
        tok_model_id: Option<Place>,
        topology: Option<Place>,
        dtype: ModelDType,
        tokenizer_json: Option<Place>,
        mmproj_filename: Option<String>,
        organization: Option<String>,
        write_uqff: Option<Place>,
        imatrix: Option<Place>,
        calibration_file: Option<Place>,
        max_edge: Option<u32>,
        adapters: Option<Texts>,
        max_adapters: usize,
        max_rank: usize,
        max_bytes: u64,
        hf_cache_path: Option<Place>,
        matformer_config_path: Option<Place>,
        matformer_slice_name: Option<String>,
        encoder_cache_memory_bytes: Option<u64>,
    },
}

impl Which {
    /// What the façade is to open. Tells of arguments that do nothing yet.
    pub fn to_options(&self, py: Python<'_>) -> PyResult<OpenOptions> {
        match self {
            Which::Plain {
                model_id,
                arch,
                tokenizer_json,
                topology,
                organization,
                write_uqff,
                from_uqff,
                dtype,
                imatrix,
                calibration_file,
                hf_cache_path,
                matformer_config_path,
                matformer_slice_name,
            } => {
                let owner = "Which.Plain";
                refuse(
                    owner,
                    &[
                        ("topology", topology.is_some()),
                        ("write_uqff", write_uqff.is_some()),
                        ("from_uqff", from_uqff.is_some()),
                        ("matformer_config_path", matformer_config_path.is_some()),
                        ("matformer_slice_name", matformer_slice_name.is_some()),
                    ],
                )?;
                let tuning = [
                    ("organization", organization.is_some()),
                    ("imatrix", imatrix.is_some()),
                    ("calibration_file", calibration_file.is_some()),
                ];
                ignore(py, owner, &tuning)?;
                Ok(OpenOptions {
                    model: model_id.0.clone(),
                    arch: arch.as_ref().map(Named::name),
                    tokenizer_json: path(tokenizer_json.as_ref()),
                    dtype: Some(dtype.name()),
                    cache: path(hf_cache_path.as_ref()),
                    ..OpenOptions::default()
                })
            }
            Which::GGUF {
                quantized_model_id,
                quantized_filename,
                tok_model_id,
                topology,
                dtype,
                tokenizer_json,
                mmproj_filename,
                organization,
                write_uqff,
                imatrix,
                calibration_file,
                max_edge,
                adapters,
                // The limits of adapters, which are refused.
                max_adapters: _,
                max_rank: _,
                max_bytes: _,
                hf_cache_path,
                matformer_config_path,
                matformer_slice_name,
                encoder_cache_memory_bytes,
            } => {
                let owner = "Which.GGUF";
                refuse(
                    owner,
                    &[
                        ("topology", topology.is_some()),
                        ("mmproj_filename", mmproj_filename.is_some()),
                        ("write_uqff", write_uqff.is_some()),
                        ("adapters", adapters.is_some()),
                        ("matformer_config_path", matformer_config_path.is_some()),
                        ("matformer_slice_name", matformer_slice_name.is_some()),
                    ],
                )?;
                let tuning = [
                    ("organization", organization.is_some()),
                    ("imatrix", imatrix.is_some()),
                    ("calibration_file", calibration_file.is_some()),
                    ("max_edge", max_edge.is_some()),
                    (
                        "encoder_cache_memory_bytes",
                        encoder_cache_memory_bytes.is_some(),
                    ),
                ];
                ignore(py, owner, &tuning)?;
                Ok(OpenOptions {
                    model: quantized_model_id.0.clone(),
                    files: quantized_filename.0.clone(),
                    tokenizer_json: path(tokenizer_json.as_ref()),
                    tokenizer_from: tok_model_id.as_ref().map(|place| place.0.clone()),
                    dtype: Some(dtype.name()),
                    cache: path(hf_cache_path.as_ref()),
                    ..OpenOptions::default()
                })
            }
        }
    }
}

fn path(place: Option<&Place>) -> Option<PathBuf> {
    place.map(|place| PathBuf::from(&place.0))
}
