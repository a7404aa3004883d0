//! Weight files: names and shapes in, views of the mapped bytes out.
//!
//! A file is mapped once, or is part of the program, and never read into memory as a whole; a [`View`]
//! points into the mapping and keeps it alive. It does not know architectures, layers or devices.

mod gguf;
mod mapped;
mod safetensors;

use std::{path::Path, sync::Arc};

use ::safetensors as safetensors_crate;

pub use gguf::{GgufFile, Value};
pub use mapped::{Mapped, View};
pub use safetensors::SafetensorsFiles;
pub(crate) use safetensors::listing;

/// How the elements of a tensor are stored in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    F32,
    F16,
    Bf16,
    /// Packed 32-bit words, as MLX stores quantised values.
    U32,
    /// One of ggml's block formats.
    Ggml(candle_core::quantized::GgmlDType),
    /// A type that no weight has. Files carry such tensors beside (masks, position ids); only a
    /// model that needs one cannot be read.
    Other(safetensors_crate::Dtype),
}

impl Stored {
    pub fn name(self) -> String {
        match self {
            Self::F32 => "f32".into(),
            Self::F16 => "f16".into(),
            Self::Bf16 => "bf16".into(),
            Self::U32 => "u32".into(),
            Self::Ggml(t) => format!("{t:?}").to_lowercase(),
            Self::Other(t) => format!("{t:?}").to_lowercase(),
        }
    }

    /// The bytes that `elements` of this type take.
    pub fn bytes(self, elements: u64) -> u64 {
        match self {
            Self::F32 | Self::U32 => elements * 4,
            Self::F16 | Self::Bf16 => elements * 2,
            Self::Ggml(t) => elements / t.block_size() as u64 * t.type_size() as u64,
            Self::Other(t) => elements * t.bitsize() as u64 / 8,
        }
    }
}

/// One tensor of a file: what it is and where its bytes lie.
#[derive(Clone, Debug)]
pub struct Raw {
    pub name: String,
    pub stored: Stored,
    /// Row-major, outermost first (GGUF's order is turned round when it is read).
    pub shape: Vec<usize>,
    pub view: View,
}

impl Raw {
    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }
}

/// What both families of weight files can do.
pub trait Source: Send + Sync + std::fmt::Debug {
    fn path(&self) -> &Path;
    fn find(&self, name: &str) -> Option<Raw>;
    /// Every tensor, in no particular order.
    fn all(&self) -> Vec<Raw>;
}

pub type SharedSource = Arc<dyn Source>;
