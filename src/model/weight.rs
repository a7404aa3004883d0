//! One matrix of a model, whatever form it is stored in, and what is done with it.

use std::sync::Arc;

use candle_core::{
    Device, Module, Storage, Tensor,
    quantized::{GgmlDType, QMatMul, QStorage, QTensor},
};

use crate::{
    Error, Result,
    kernel::{self, DenseRows, OwnedRows, Rows},
    source::{Raw, Stored},
};

/// A matrix `[rows, width]`.
#[derive(Clone, Debug)]
pub enum Weight {
    /// Widened row by row as it is used.
    Rows(Arc<dyn Rows>),
    /// One of ggml's block formats, multiplied by candle's integer kernels.
    Ggml(Arc<QTensor>),
}

impl Weight {
    pub fn rows(&self) -> usize {
        match self {
            Self::Rows(r) => r.rows(),
            Self::Ggml(q) => q.shape().dims().first().copied().unwrap_or(0),
        }
    }

    pub fn width(&self) -> usize {
        match self {
            Self::Rows(r) => r.width(),
            Self::Ggml(q) => q.shape().dims().last().copied().unwrap_or(0),
        }
    }

    /// `[n, width]` → `[n, rows]`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Self::Rows(rows) => {
                let count = x.dims()[0];
                let out = floats(x, |x| kernel::matmul(rows.as_ref(), x, count))?;
                Ok(Tensor::from_vec(out, (count, rows.rows()), &Device::Cpu)?)
            }
            Self::Ggml(q) => Ok(QMatMul::QTensor(Arc::clone(q)).forward(&x.contiguous()?)?),
        }
    }

    /// The rows `ids`, as `[ids, width]`. Ids beyond the matrix are an error, not a panic.
    pub fn embed(&self, ids: &[u32]) -> Result<Tensor> {
        let rows = self.rows();
        if let Some(id) = ids.iter().find(|id| **id as usize >= rows) {
            return Err(Error::Batch {
                what: "a token id",
                expected: format!("below {rows}"),
                got: id.to_string(),
            });
        }
        match self {
            Self::Rows(r) => {
                let mut out = vec![0f32; ids.len() * r.width()];
                for (id, out) in ids.iter().zip(out.chunks_exact_mut(r.width())) {
                    r.widen(*id as usize, out);
                }
                Ok(Tensor::from_vec(out, (ids.len(), r.width()), &Device::Cpu)?)
            }
            Self::Ggml(q) => Ok(q.embedding(&Tensor::new(ids, &Device::Cpu)?)?),
        }
    }

    /// A ggml matrix over the bytes of `raw`, copied once into aligned memory.
    pub fn ggml(raw: &Raw, kind: GgmlDType, rows: usize, width: usize) -> Result<Self> {
        let failed = || Error::compute(format!("the layout of `{}`", raw.name));
        let bytes = raw.view.bytes();
        // candle asserts the alignment of its blocks; a file may put them anywhere.
        let storage = if (bytes.as_ptr() as usize).is_multiple_of(16) {
            QStorage::from_data(bytes.into(), &Device::Cpu, kind)
        } else {
            let aligned = aligned_copy(bytes);
            QStorage::from_data(view_of(&aligned, bytes.len()).into(), &Device::Cpu, kind)
        };
        let tensor = QTensor::new(storage.map_err(failed())?, (rows, width)).map_err(failed())?;
        raw.view.release();
        Ok(Self::Ggml(Arc::new(tensor)))
    }

    /// The same matrix in a dense type.
    pub fn converted(self, stored: Stored) -> Result<Self> {
        let unchanged = matches!(&self, Self::Rows(r) if r.stored() == stored.name());
        if unchanged {
            return Ok(self);
        }
        let rows: Arc<dyn Rows> = match self {
            Self::Rows(rows) => rows,
            Self::Ggml(q) => {
                let width = q.shape().dims().last().copied().unwrap_or(1);
                let values = q
                    .dequantize(&Device::Cpu)?
                    .flatten_all()?
                    .to_vec1::<f32>()?;
                Arc::new(OwnedRows::new(values, width))
            }
        };
        if stored == Stored::F32 && rows.as_f32(0).is_some() {
            return Ok(Self::Rows(rows));
        }
        let dense = DenseRows::converted(rows.as_ref(), stored);
        let dense = dense.ok_or_else(|| Error::UnsupportedDtypeName {
            name: stored.name(),
            known: "f32, f16, bf16".into(),
        })?;
        Ok(Self::Rows(Arc::new(dense)))
    }

    /// The same matrix in another ggml format; where a row does not divide into that format's blocks,
    /// in 8 bits, and where not even that fits, as it is.
    pub fn requantised(&self, kind: GgmlDType) -> Result<Self> {
        let width = self.width();
        let fits = |k: GgmlDType| width.is_multiple_of(k.block_size());
        let kind = [kind, GgmlDType::Q8_0].into_iter().find(|k| fits(*k));
        let Some(kind) = kind else {
            return Ok(self.clone());
        };
        let ids: Vec<u32> = (0..self.rows() as u32).collect();
        let dense = self.embed(&ids)?;
        let tensor = QTensor::quantize(&dense, kind).map_err(Error::compute("quantisation"))?;
        Ok(Self::Ggml(Arc::new(tensor)))
    }
}

fn aligned_copy(bytes: &[u8]) -> Vec<u128> {
    bytes
        .chunks(16)
        .map(|c| {
            let mut word = [0u8; 16];
            word[..c.len()].copy_from_slice(c);
            u128::from_ne_bytes(word)
        })
        .collect()
}

fn view_of(words: &[u128], length: usize) -> &[u8] {
    // SAFETY: any u128 is sixteen plain bytes, and `length` is at most their number.
    unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), length.min(words.len() * 16)) }
}

/// Lends the values of a CPU tensor as one slice, without a copy when it is contiguous.
pub(crate) fn floats<R>(x: &Tensor, f: impl FnOnce(&[f32]) -> R) -> Result<R> {
    let x = x.contiguous()?;
    let (storage, layout) = x.storage_and_layout();
    let Storage::Cpu(cpu) = &*storage else {
        return Err(Error::Batch {
            what: "an activation",
            expected: "in the processor's memory".into(),
            got: "on a device".into(),
        });
    };
    let all = cpu.as_slice::<f32>()?;
    let start = layout.start_offset();
    Ok(f(&all[start..start + x.elem_count()]))
}
