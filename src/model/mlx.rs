//! MLX's `quantization` entry of a config.json: bits and group sizes, for all and for single matrices.

use std::{collections::HashMap, path::Path};

use serde_json::Value;

use crate::{Error, Result, kernel::AffineRows};

/// Far beyond any that is in use.
const LARGEST_GROUP: usize = 1 << 16;

/// How a folder's matrices are packed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packing {
    bits: usize,
    group: usize,
    /// Matrices with numbers of their own.
    own: HashMap<String, (usize, usize)>,
}

impl Packing {
    /// `None` when the folder is not quantised this way.
    pub fn read(path: &Path, config: &Value) -> Result<Option<Self>> {
        let entry = config
            .get("quantization")
            .or_else(|| config.get("quantization_config"));
        let Some(Value::Object(entry)) = entry else {
            return Ok(None);
        };
        if let Some(method) = entry.get("quant_method").and_then(Value::as_str) {
            return Err(unsupported(path, method));
        }
        if let Some(mode) = entry
            .get("mode")
            .and_then(Value::as_str)
            .filter(|m| *m != "affine")
        {
            return Err(unsupported(path, mode));
        }
        let number = |table: &serde_json::Map<String, Value>, key: &str| {
            let value = table.get(key).and_then(Value::as_u64).filter(|v| *v > 0);
            value.map(|v| v as usize).ok_or_else(|| Error::Config {
                path: path.to_owned(),
                key: format!("quantization.{key}"),
                expected: "a positive integer".into(),
                got: table.get(key).map_or("nothing".into(), Value::to_string),
            })
        };
        let pair = |table: &serde_json::Map<String, Value>| -> Result<(usize, usize)> {
            let (bits, group) = (number(table, "bits")?, number(table, "group_size")?);
            if !AffineRows::BITS.contains(&bits) || group > LARGEST_GROUP {
                return Err(Error::Config {
                    path: path.to_owned(),
                    key: "quantization".into(),
                    expected: format!(
                        "bits of {:?} in groups of at most {LARGEST_GROUP}",
                        AffineRows::BITS
                    ),
                    got: format!("{bits} bits in groups of {group}"),
                });
            }
            Ok((bits, group))
        };
        let (bits, group) = pair(entry)?;
        let mut own = HashMap::new();
        for (name, value) in entry {
            if let Value::Object(table) = value {
                own.insert(name.clone(), pair(table)?);
            }
        }
        Ok(Some(Self { bits, group, own }))
    }

    /// Bits and group size of the matrix `name`.
    pub fn of(&self, name: &str) -> (usize, usize) {
        self.own
            .get(name)
            .copied()
            .unwrap_or((self.bits, self.group))
    }
}

fn unsupported(path: &Path, method: &str) -> Error {
    Error::Config {
        path: path.to_owned(),
        key: "quantization".into(),
        expected: "MLX's affine scheme (bits and group_size), or no quantisation".into(),
        got: format!("`{method}`"),
    }
}
