//! Safetensors: one file, or shards listed by `model.safetensors.index.json`.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Path, PathBuf},
};

use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;

use super::{Mapped, Raw, Source, Stored};
use crate::{Error, Result};

const SINGLE: &str = "model.safetensors";
const INDEX: &str = "model.safetensors.index.json";

/// The tensors of a folder's safetensors files.
#[derive(Debug)]
pub struct SafetensorsFiles {
    folder: PathBuf,
    tensors: HashMap<String, Raw>,
}

#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

impl SafetensorsFiles {
    /// Whether `folder` holds safetensors weights under one of the usual names.
    pub fn present(folder: &Path) -> bool {
        folder.join(INDEX).is_file() || folder.join(SINGLE).is_file() || lone(folder).is_some()
    }

    pub fn open(folder: &Path) -> Result<Self> {
        let index = folder.join(INDEX);
        let mut files = Self {
            folder: folder.to_owned(),
            tensors: HashMap::new(),
        };
        if index.is_file() {
            files.add_shards(&index)?;
        } else {
            let single = folder.join(SINGLE);
            let file = if single.is_file() {
                Some(single)
            } else {
                lone(folder)
            };
            let file = file.ok_or_else(|| Error::NotAModel {
                path: folder.to_owned(),
                expected: "model.safetensors, model.safetensors.index.json or a .gguf file",
                found: listing(folder),
            })?;
            files.add_file(&file)?;
        }
        Ok(files)
    }

    fn add_shards(&mut self, index: &Path) -> Result<()> {
        let text = std::fs::read_to_string(index).map_err(|source| Error::Io {
            path: index.to_owned(),
            source,
        })?;
        let map: Index = serde_json::from_str(&text).map_err(|e| Error::Header {
            path: index.to_owned(),
            what: "the shard index".into(),
            expected: "an object with `weight_map` from tensor names to files".into(),
            got: e.to_string(),
        })?;
        let shards: BTreeSet<&String> = map.weight_map.values().collect();
        for shard in shards {
            let inside = Path::new(shard).components().count() == 1;
            let path = self.folder.join(shard);
            if !inside || !path.is_file() {
                return Err(Error::MissingShard {
                    path: index.to_owned(),
                    shard: shard.clone(),
                });
            }
            self.add_file(&path)?;
        }
        match map
            .weight_map
            .keys()
            .find(|name| !self.tensors.contains_key(*name))
        {
            None => Ok(()),
            Some(name) => Err(Error::MissingTensor {
                path: self.folder.join(&map.weight_map[name]),
                name: name.clone(),
                near: None,
            }),
        }
    }

    fn add_file(&mut self, path: &Path) -> Result<()> {
        let file = Mapped::open(path)?;
        let (header, metadata) = SafeTensors::read_metadata(file.bytes())
            .map_err(|e| explain(path, file.bytes(), &e))?;
        let start = 8 + header as u64;
        for (name, info) in metadata.tensors() {
            let (from, to) = info.data_offsets;
            let view = file.view(start + from as u64..start + to as u64);
            let view = view.ok_or_else(|| Error::Truncated {
                path: path.to_owned(),
                what: format!("tensor `{name}`"),
                expected: start + to as u64,
                got: file.size(),
            })?;
            let raw = Raw {
                name: name.clone(),
                stored: stored(info.dtype),
                shape: info.shape.clone(),
                view,
            };
            self.tensors.insert(name, raw);
        }
        Ok(())
    }
}

impl Source for SafetensorsFiles {
    fn path(&self) -> &Path {
        &self.folder
    }

    fn find(&self, name: &str) -> Option<Raw> {
        self.tensors.get(name).cloned()
    }

    fn all(&self) -> Vec<Raw> {
        self.tensors.values().cloned().collect()
    }
}

fn stored(dtype: Dtype) -> Stored {
    match dtype {
        Dtype::F32 => Stored::F32,
        Dtype::F16 => Stored::F16,
        Dtype::BF16 => Stored::Bf16,
        Dtype::U32 => Stored::U32,
        other => Stored::Other(other),
    }
}

/// The library tells a short file and a broken header apart by its own words only; a user needs the numbers.
fn explain(path: &Path, bytes: &[u8], error: &safetensors::SafeTensorError) -> Error {
    let got = bytes.len() as u64;
    let declared = bytes
        .first_chunk::<8>()
        .map(|b| u64::from_le_bytes(*b).saturating_add(8));
    match declared {
        None => Error::Truncated {
            path: path.to_owned(),
            what: "the header".into(),
            expected: 8,
            got,
        },
        Some(end) if end > got && end < 100_000_008 => Error::Truncated {
            path: path.to_owned(),
            what: "the header".into(),
            expected: end,
            got,
        },
        Some(end) => data_end(bytes, end).map_or_else(
            || Error::Header {
                path: path.to_owned(),
                what: "the safetensors header".into(),
                expected: "a JSON table of tensors whose offsets cover the file".into(),
                got: error.to_string(),
            },
            |expected| Error::Truncated {
                path: path.to_owned(),
                what: "the tensor data".into(),
                expected,
                got,
            },
        ),
    }
}

/// Where the data should end by the header's own offsets, if that lies beyond the file.
fn data_end(bytes: &[u8], start: u64) -> Option<u64> {
    #[derive(Deserialize)]
    struct Offsets {
        data_offsets: (u64, u64),
    }
    let header = bytes.get(8..usize::try_from(start).ok()?)?;
    let table: BTreeMap<String, serde_json::Value> = serde_json::from_slice(header).ok()?;
    let last = table
        .into_iter()
        .filter(|(name, _)| name != "__metadata__")
        .filter_map(|(_, v)| serde_json::from_value::<Offsets>(v).ok())
        .map(|o| o.data_offsets.1)
        .max()?;
    let end = start.checked_add(last)?;
    (end > bytes.len() as u64).then_some(end)
}

/// The only `.safetensors` file of a folder, when it has exactly one under another name.
fn lone(folder: &Path) -> Option<PathBuf> {
    let mut found = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "safetensors"));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// What a folder holds instead of a model, for the error.
pub(crate) fn listing(folder: &Path) -> String {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return "nothing readable".into();
    };
    let mut names: Vec<String> = entries
        .filter_map(|e| Some(e.ok()?.file_name().to_string_lossy().into_owned()))
        .collect();
    names.sort();
    let more = names.len().saturating_sub(6);
    names.truncate(6);
    match (names.is_empty(), more) {
        (true, _) => "an empty folder".into(),
        (false, 0) => names.join(", "),
        (false, n) => format!("{} and {n} more", names.join(", ")),
    }
}
