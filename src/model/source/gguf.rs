//! GGUF: header, metadata and tensor table, read by our own bounded parser.
//!
//! Every count and length in the header is checked against the bytes that are left before anything
//! is allocated, so a hostile file costs an error and nothing else.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use candle_core::quantized::GgmlDType;

use super::{Mapped, Raw, Source, Stored};
use crate::{Error, Result};

const MAGIC: [u8; 4] = *b"GGUF";
const MAX_DIMS: u32 = 4;
const MAX_NESTING: u32 = 2;
/// More items than any vocabulary has; an array beyond this is an attempt to exhaust memory.
const MAX_ITEMS: usize = 1 << 24;
const READABLE: &str =
    "F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q8_1, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, Q8_K";

/// A metadata value. Integers are widened; arrays of strings stand apart because vocabularies are long.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Uint(u64),
    Int(i64),
    Float(f64),
    Bool(bool),
    String(String),
    Strings(Vec<String>),
    Array(Vec<Value>),
}

impl Value {
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Uint(v) => Some(*v),
            Self::Int(v) => u64::try_from(*v).ok(),
            Self::Bool(v) => Some((*v).into()),
            _ => None,
        }
    }

    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Uint(v) => i64::try_from(*v).ok(),
            Self::Int(v) => Some(*v),
            _ => None,
        }
    }

    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Float(v) => Some(*v),
            Self::Uint(v) => Some(*v as f64),
            Self::Int(v) => Some(*v as f64),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(v) => Some(v),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(v) => Some(*v),
            _ => None,
        }
    }
}

/// A GGUF file, or all the parts of one that was split.
#[derive(Debug)]
pub struct GgufFile {
    path: PathBuf,
    metadata: HashMap<String, Value>,
    tensors: HashMap<String, Raw>,
}

impl GgufFile {
    /// Opens `path`; when it is the first of several parts, the others beside it too.
    pub fn open(path: &Path) -> Result<Self> {
        let mut first = Self::open_one(path)?;
        let parts = first
            .get("split.count")
            .and_then(Value::as_u64)
            .unwrap_or(1);
        for part in 2..=parts {
            let sibling = sibling(path, part, parts).ok_or_else(|| Error::Header {
                path: path.to_owned(),
                what: "a split file's name".into(),
                expected: format!("…-00001-of-{parts:05}.gguf, the first part"),
                got: file_name(path),
            })?;
            if !sibling.is_file() {
                return Err(Error::MissingShard {
                    path: path.to_owned(),
                    shard: file_name(&sibling),
                });
            }
            first.tensors.extend(Self::open_one(&sibling)?.tensors);
        }
        Ok(first)
    }

    fn open_one(path: &Path) -> Result<Self> {
        Self::read(&Mapped::open(path)?)
    }

    /// Reads a file whose bytes are at hand.
    pub fn read(file: &Arc<Mapped>) -> Result<Self> {
        let mut reader = Reader {
            file,
            at: 0,
            wide: true,
        };
        let magic: [u8; 4] = reader.array("the magic number")?;
        if magic != MAGIC {
            return Err(reader.malformed("the magic number", "`GGUF`", &format!("{magic:02x?}")));
        }
        let version = reader.u32("the version")?;
        if !(1..=3).contains(&version) {
            return Err(reader.malformed("the version", "1, 2 or 3", &version.to_string()));
        }
        reader.wide = version >= 2;
        let tensor_count = reader.count("the tensor count", 24)?;
        let value_count = reader.count("the metadata count", 12)?;
        let mut metadata = HashMap::new();
        for _ in 0..value_count {
            let key = reader.string("a metadata key")?;
            let kind = reader.u32(&key)?;
            let value = reader.value(&key, kind, 0)?;
            metadata.insert(key, value);
        }
        let mut infos = Vec::new();
        for _ in 0..tensor_count {
            infos.push(reader.info()?);
        }
        let alignment = metadata
            .get("general.alignment")
            .and_then(Value::as_u64)
            .unwrap_or(32);
        if !(1..=1 << 16).contains(&alignment) {
            return Err(reader.malformed(
                "general.alignment",
                "1 to 65536",
                &alignment.to_string(),
            ));
        }
        let start = reader.at.next_multiple_of(alignment);
        let tensors = infos
            .into_iter()
            .map(|info| Ok((info.name.clone(), info.locate(file, start)?)))
            .collect::<Result<_>>()?;
        Ok(Self {
            path: file.path.clone(),
            metadata,
            tensors,
        })
    }

    pub fn get(&self, key: &str) -> Option<&Value> {
        self.metadata.get(key)
    }

    pub fn metadata(&self) -> &HashMap<String, Value> {
        &self.metadata
    }
}

impl Source for GgufFile {
    fn path(&self) -> &Path {
        &self.path
    }

    fn find(&self, name: &str) -> Option<Raw> {
        self.tensors.get(name).cloned()
    }

    fn all(&self) -> Vec<Raw> {
        self.tensors.values().cloned().collect()
    }
}

/// A row of the tensor table, before its bytes are located.
struct Info {
    name: String,
    shape: Vec<usize>,
    kind: u32,
    offset: u64,
}

impl Info {
    fn locate(self, file: &Arc<Mapped>, data: u64) -> Result<Raw> {
        let path = &file.path;
        let stored = stored(self.kind).ok_or_else(|| Error::UnsupportedDtype {
            path: path.clone(),
            name: self.name.clone(),
            dtype: format!("ggml type {}", self.kind),
            known: READABLE,
        })?;
        let malformed = |what: &str, expected: String, got: String| Error::Header {
            path: path.clone(),
            what: format!("{what} of tensor `{}`", self.name),
            expected,
            got,
        };
        let elements = self
            .shape
            .iter()
            .try_fold(1u64, |n, d| n.checked_mul(*d as u64))
            .filter(|n| *n < 1 << 48)
            .ok_or_else(|| {
                malformed(
                    "the shape",
                    "a countable one".into(),
                    format!("{:?}", self.shape),
                )
            })?;
        if let Stored::Ggml(t) = stored {
            let row = self.shape.last().copied().unwrap_or(0);
            if row % t.block_size() != 0 {
                let wanted = format!("a row length divisible by {}", t.block_size());
                return Err(malformed("the shape", wanted, row.to_string()));
            }
        }
        let size = stored.bytes(elements);
        let from = data.checked_add(self.offset);
        let range = from.and_then(|from| Some(from..from.checked_add(size)?));
        let range = range.ok_or_else(|| {
            malformed(
                "the offset",
                "one inside the file".into(),
                self.offset.to_string(),
            )
        })?;
        let end = range.end;
        let view = file.view(range).ok_or_else(|| Error::Truncated {
            path: path.clone(),
            what: format!("tensor `{}`", self.name),
            expected: end,
            got: file.size(),
        })?;
        Ok(Raw {
            name: self.name,
            stored,
            shape: self.shape,
            view,
        })
    }
}

fn stored(kind: u32) -> Option<Stored> {
    use GgmlDType as G;
    Some(match kind {
        0 => Stored::F32,
        1 => Stored::F16,
        2 => Stored::Ggml(G::Q4_0),
        3 => Stored::Ggml(G::Q4_1),
        6 => Stored::Ggml(G::Q5_0),
        7 => Stored::Ggml(G::Q5_1),
        8 => Stored::Ggml(G::Q8_0),
        9 => Stored::Ggml(G::Q8_1),
        10 => Stored::Ggml(G::Q2K),
        11 => Stored::Ggml(G::Q3K),
        12 => Stored::Ggml(G::Q4K),
        13 => Stored::Ggml(G::Q5K),
        14 => Stored::Ggml(G::Q6K),
        15 => Stored::Ggml(G::Q8K),
        30 => Stored::Bf16,
        _ => return None,
    })
}

/// A cursor over the mapped bytes; it never reads past their end.
struct Reader<'a> {
    file: &'a Arc<Mapped>,
    at: u64,
    /// Version 1 counts with 32 bits, later ones with 64.
    wide: bool,
}

impl Reader<'_> {
    fn malformed(&self, what: &str, expected: &str, got: &str) -> Error {
        Error::Header {
            path: self.file.path.clone(),
            what: format!("{what} (at byte {})", self.at),
            expected: expected.into(),
            got: got.into(),
        }
    }

    fn take(&mut self, length: u64, what: &str) -> Result<&[u8]> {
        let end = self
            .at
            .checked_add(length)
            .filter(|e| *e <= self.file.size());
        let end = end.ok_or_else(|| Error::Truncated {
            path: self.file.path.clone(),
            what: what.to_owned(),
            expected: self.at.saturating_add(length),
            got: self.file.size(),
        })?;
        let bytes = &self.file.bytes()[self.at as usize..end as usize];
        self.at = end;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N as u64, what)?);
        Ok(out)
    }

    fn u32(&mut self, what: &str) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    fn u64(&mut self, what: &str) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    fn length(&mut self, what: &str) -> Result<u64> {
        if self.wide {
            self.u64(what)
        } else {
            Ok(self.u32(what)?.into())
        }
    }

    /// A count of things that take at least `least` bytes each: more than the rest of the file can
    /// hold is a broken header, found before anything is allocated.
    fn count(&mut self, what: &str, least: u64) -> Result<usize> {
        let n = self.length(what)?;
        let room = (self.file.size() - self.at) / least;
        if n > room {
            return Err(Error::Truncated {
                path: self.file.path.clone(),
                what: format!("{what} ({n})"),
                expected: n.saturating_mul(least).saturating_add(self.at),
                got: self.file.size(),
            });
        }
        Ok(n as usize)
    }

    fn string(&mut self, what: &str) -> Result<String> {
        let n = self.length(what)?;
        // Vocabularies hold bytes that are not UTF-8 on their own; the mapping to characters is the tokenizer's.
        Ok(String::from_utf8_lossy(self.take(n, what)?).into_owned())
    }

    fn value(&mut self, key: &str, kind: u32, depth: u32) -> Result<Value> {
        Ok(match kind {
            0 => Value::Uint(self.array::<1>(key)?[0].into()),
            1 => Value::Int(i8::from_le_bytes(self.array(key)?).into()),
            2 => Value::Uint(u16::from_le_bytes(self.array(key)?).into()),
            3 => Value::Int(i16::from_le_bytes(self.array(key)?).into()),
            4 => Value::Uint(self.u32(key)?.into()),
            5 => Value::Int(i32::from_le_bytes(self.array(key)?).into()),
            6 => Value::Float(f32::from_le_bytes(self.array(key)?).into()),
            7 => Value::Bool(self.array::<1>(key)?[0] != 0),
            8 => Value::String(self.string(key)?),
            9 => self.list(key, depth)?,
            10 => Value::Uint(self.u64(key)?),
            11 => Value::Int(i64::from_le_bytes(self.array(key)?)),
            12 => Value::Float(f64::from_le_bytes(self.array(key)?)),
            other => {
                return Err(self.malformed(
                    &format!("the type of `{key}`"),
                    "0 to 12",
                    &other.to_string(),
                ));
            }
        })
    }

    fn list(&mut self, key: &str, depth: u32) -> Result<Value> {
        if depth >= MAX_NESTING {
            return Err(self.malformed(
                &format!("the array `{key}`"),
                "at most two levels",
                "more",
            ));
        }
        let kind = self.u32(key)?;
        let least = match kind {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            10..=12 => 8,
            8 if self.wide => 8,
            _ => 4,
        };
        let count = self.count(key, least)?;
        if count > MAX_ITEMS {
            let expected = format!("at most {MAX_ITEMS} items");
            return Err(self.malformed(
                &format!("the array `{key}`"),
                &expected,
                &count.to_string(),
            ));
        }
        if kind == 8 {
            let strings = (0..count)
                .map(|_| self.string(key))
                .collect::<Result<_>>()?;
            return Ok(Value::Strings(strings));
        }
        let items = (0..count)
            .map(|_| self.value(key, kind, depth + 1))
            .collect::<Result<_>>()?;
        Ok(Value::Array(items))
    }

    fn info(&mut self) -> Result<Info> {
        let name = self.string("a tensor name")?;
        let dims = self.u32(&name)?;
        if dims > MAX_DIMS {
            return Err(self.malformed(
                &format!("the rank of tensor `{name}`"),
                "at most 4",
                &dims.to_string(),
            ));
        }
        let mut shape = (0..dims)
            .map(|_| Ok(self.length(&name)? as usize))
            .collect::<Result<Vec<_>>>()?;
        // GGUF writes the innermost dimension first.
        shape.reverse();
        let kind = self.u32(&name)?;
        let offset = self.u64(&name)?;
        Ok(Info {
            name,
            shape,
            kind,
            offset,
        })
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// `x-00001-of-00003.gguf` → `x-00002-of-00003.gguf`.
fn sibling(path: &Path, part: u64, parts: u64) -> Option<PathBuf> {
    let name = file_name(path);
    let stem = name.strip_suffix(&format!("-00001-of-{parts:05}.gguf"))?;
    Some(path.with_file_name(format!("{stem}-{part:05}-of-{parts:05}.gguf")))
}
