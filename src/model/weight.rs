//! One matrix of a model, whatever form it is stored in, and what is done with it.

use std::sync::Arc;

use candle_core::{
    Device, Storage, Tensor,
    quantized::{GgmlDType, QStorage, QTensor},
};

use crate::{
    Error, Result,
    kernel::{self, DenseRows, Inputs, Kind, OwnedRows, Packed, Rows},
    source::{Raw, Stored},
};

/// A matrix `[rows, width]`.
#[derive(Clone, Debug)]
pub enum Weight {
    /// Widened row by row as it is used.
    Rows(Arc<dyn Rows>),
    /// One of ggml's block formats, multiplied as whole numbers.
    Packed(Arc<Packed>),
}

impl Weight {
    fn as_rows(&self) -> &dyn Rows {
        match self {
            Self::Rows(rows) => rows.as_ref(),
            Self::Packed(packed) => packed.as_ref(),
        }
    }

    pub fn rows(&self) -> usize {
        self.as_rows().rows()
    }

    pub fn width(&self) -> usize {
        self.as_rows().width()
    }

    /// `[n, width]` → `[n, rows]`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut all = Self::forward_all([self], x)?;
        Ok(all.remove(0))
    }

    /// The products of several matrices with the same inputs, which are rounded once for all of them.
    pub fn forward_all<'a>(
        weights: impl IntoIterator<Item = &'a Self>,
        x: &Tensor,
    ) -> Result<Vec<Tensor>> {
        let count = x.dims()[0];
        let products = floats(x, |x| {
            let mut rounded: Vec<Inputs> = Vec::new();
            let each = weights.into_iter().map(|weight| match weight {
                Self::Rows(rows) => (rows.rows(), kernel::matmul(rows.as_ref(), x, count)),
                Self::Packed(packed) => {
                    let fits = |i: &Inputs| i.is_wide() == packed.is_wide();
                    let at = rounded.iter().position(fits).unwrap_or_else(|| {
                        rounded.push(Inputs::new(x, packed.is_wide()));
                        rounded.len() - 1
                    });
                    (packed.rows(), packed.products(&rounded[at], count))
                }
            });
            each.collect::<Vec<_>>()
        })?;
        let tensor = |(rows, values)| Ok(Tensor::from_vec(values, (count, rows), &Device::Cpu)?);
        products.into_iter().map(tensor).collect()
    }

    /// The rows `ids`, as `[ids, width]`. Ids beyond the matrix are an error, not a panic.
    pub fn embed(&self, ids: &[u32]) -> Result<Tensor> {
        let (rows, width) = (self.rows(), self.width());
        if let Some(id) = ids.iter().find(|id| **id as usize >= rows) {
            return Err(Error::Batch {
                what: "a token id",
                expected: format!("below {rows}"),
                got: id.to_string(),
            });
        }
        let mut out = vec![0f32; ids.len() * width];
        kernel::share_chunks(&mut out, width, width, |i, out| {
            self.as_rows().widen(ids[i] as usize, out);
        });
        Ok(Tensor::from_vec(out, (ids.len(), width), &Device::Cpu)?)
    }

    /// A ggml matrix over the bytes of `raw`, copied once.
    pub fn ggml(raw: &Raw, kind: GgmlDType, rows: usize, width: usize) -> Result<Self> {
        let failed = || Error::compute(format!("the layout of `{}`", raw.name));
        let bytes = raw.view.bytes();
        let weight = if let Some(known) = Kind::of(kind) {
            let packed = Packed::new(known, bytes, rows, width);
            let uneven = || {
                let row = kind.block_size();
                candle_core::Error::Msg(format!(
                    "{} bytes are not {rows} rows of {width} in blocks of {row}",
                    bytes.len()
                ))
            };
            Self::Packed(Arc::new(packed.ok_or_else(uneven).map_err(failed())?))
        } else {
            // Formats that no weight is stored in: they are ggml's own scratch.
            let aligned = aligned_copy(bytes);
            let data = view_of(&aligned, bytes.len());
            let storage = QStorage::from_data(data.into(), &Device::Cpu, kind);
            let tensor = storage.and_then(|s| QTensor::new(s, (rows, width)));
            let values = tensor.and_then(|t| t.dequantize(&Device::Cpu)?.flatten_all()?.to_vec1());
            Self::Rows(Arc::new(OwnedRows::new(values.map_err(failed())?, width)))
        };
        raw.view.release();
        Ok(weight)
    }

    /// The same matrix in a dense type.
    pub fn converted(self, stored: Stored) -> Result<Self> {
        let rows: Arc<dyn Rows> = match self {
            Self::Rows(rows) => rows,
            Self::Packed(packed) => packed,
        };
        let unchanged = rows.stored() == stored.name();
        if unchanged || stored == Stored::F32 && rows.as_f32(0).is_some() {
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
        let (rows, width) = (self.rows(), self.width());
        let fits = |k: &&'static Kind| width.is_multiple_of(k.block);
        let kinds = [kind, GgmlDType::Q8_0].into_iter().filter_map(Kind::of);
        let Some(kind) = kinds.into_iter().find(fits) else {
            return Ok(self.clone());
        };
        let ids: Vec<u32> = (0..rows as u32).collect();
        let dense = self.embed(&ids)?;
        let tensor = QTensor::quantize(&dense, kind.dtype);
        let tensor = tensor.map_err(Error::compute("quantisation"))?;
        let packed = Packed::new(kind, &tensor.data()?, rows, width);
        Ok(packed.map_or_else(|| self.clone(), |p| Self::Packed(Arc::new(p))))
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
