//! The tensors of a weight file by name, in whatever form the file has them.
//!
//! Every shape is checked here against what the description calls for, before anything runs.

use std::sync::Arc;

use candle_core::{Device, Tensor, quantized::GgmlDType};

use super::{Linear, Norm, NormKind, NormSpec, at, at_expert};
use crate::{
    Error, Result,
    kernel::{Affine, AffineRows, DenseRows, OwnedRows, Rows},
    mlx::Packing,
    source::{Raw, SharedSource, Stored, View},
    weight::Weight,
};

/// Where the weights come from: names and a few conventions follow.
#[derive(Clone, Debug)]
pub enum Origin {
    /// Safetensors, by the names of the spec; MLX's quantisation where the configuration tells of one.
    Folder {
        packing: Option<Packing>,
    },
    Gguf,
}

/// In which form the matrices are kept once they are loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// As the file has them.
    #[default]
    Stored,
    /// All in one dense type.
    Dense(Stored),
    /// The blocks' matrices in a ggml format, embedding and head as stored.
    Quantised(GgmlDType),
}

/// A weight file and how to read it.
pub struct Weights<'a> {
    pub source: &'a SharedSource,
    pub origin: Origin,
    pub form: Form,
    pub norms: NormSpec,
    /// The linear weights are `[in, out]`.
    pub transposed: bool,
}

impl Weights<'_> {
    fn is_gguf(&self) -> bool {
        matches!(self.origin, Origin::Gguf)
    }

    /// Checkpoints of a bare base model leave out the outermost name.
    fn lookup(&self, name: &str) -> Option<Raw> {
        let bare = |prefix: &str| name.strip_prefix(prefix).and_then(|n| self.source.find(n));
        self.source
            .find(name)
            .or_else(|| bare("model."))
            .or_else(|| bare("transformer."))
            .or_else(|| self.source.find(&format!("language_model.{name}")))
    }

    fn find(&self, name: &str) -> Result<Raw> {
        self.lookup(name).ok_or_else(|| Error::MissingTensor {
            path: self.source.path().to_owned(),
            name: name.to_owned(),
            near: nearest(name, self.source),
        })
    }

    fn shaped(raw: &Raw, expected: &[usize]) -> Result<()> {
        if raw.shape == expected {
            return Ok(());
        }
        Err(Error::Shape {
            path: raw.view.path().to_owned(),
            name: raw.name.clone(),
            expected: expected.to_vec(),
            got: raw.shape.clone(),
        })
    }

    /// A vector, widened to f32.
    fn vector(&self, name: &str, length: usize) -> Result<Vec<f32>> {
        let raw = self.find(name)?;
        Self::shaped(&raw, &[length])?;
        let rows = DenseRows::new(raw.view.clone(), raw.stored, 1, length);
        let rows = rows.ok_or_else(|| Self::unreadable(&raw))?;
        let mut out = vec![0.0; length];
        rows.widen(0, &mut out);
        Ok(out)
    }

    fn unreadable(raw: &Raw) -> Error {
        Error::UnsupportedDtype {
            path: raw.view.path().to_owned(),
            name: raw.name.clone(),
            dtype: raw.stored.name(),
            known: "f32, f16 and bf16 for this tensor",
        }
    }

    fn quantised(&self, weight: Weight) -> Result<Weight> {
        match self.form {
            Form::Quantised(kind) => weight.requantised(kind),
            Form::Stored | Form::Dense(_) => Ok(weight),
        }
    }

    /// The matrix `name.weight`, in the file's form or the dense one that was asked for.
    pub fn matrix(&self, name: &str, rows: usize, width: usize) -> Result<Weight> {
        let weight = if let Some(packed) = self.packed(name, rows, width)? {
            packed
        } else {
            let raw = self.find(&format!("{name}.weight"))?;
            Self::shaped(&raw, &[rows, width])?;
            Self::plain(&raw, raw.view.clone(), rows, width)?
        };
        self.dense(weight)
    }

    fn dense(&self, weight: Weight) -> Result<Weight> {
        match self.form {
            Form::Dense(stored) => weight.converted(stored),
            Form::Stored | Form::Quantised(_) => Ok(weight),
        }
    }

    fn plain(raw: &Raw, view: View, rows: usize, width: usize) -> Result<Weight> {
        if let Stored::Ggml(kind) = raw.stored {
            let part = Raw {
                view,
                ..raw.clone()
            };
            return Weight::ggml(&part, kind, rows, width);
        }
        let dense = DenseRows::new(view, raw.stored, rows, width);
        Ok(Weight::Rows(Arc::new(
            dense.ok_or_else(|| Self::unreadable(raw))?,
        )))
    }

    /// MLX's form of a matrix, when the folder is quantised and this matrix is.
    fn packed(&self, name: &str, rows: usize, width: usize) -> Result<Option<Weight>> {
        let Some((bits, group)) = self.packing(name) else {
            return Ok(None);
        };
        let [packed, scales, biases] = self.trio(name)?;
        Self::shaped(&packed, &[rows, width * bits / 32])?;
        Self::shaped(&scales, &[rows, width / group.max(1)])?;
        Self::shaped(&biases, &scales.shape)?;
        Self::affine((&packed, &scales, &biases), (bits, group), rows, width).map(Some)
    }

    /// Bits and group size of a matrix that is packed.
    fn packing(&self, name: &str) -> Option<(usize, usize)> {
        match &self.origin {
            Origin::Folder {
                packing: Some(packing),
            } => {
                // Overrides are written under the names of the file, which may have more in front.
                let scales = self.lookup(&format!("{name}.scales"))?;
                let stem = scales.name.strip_suffix(".scales").unwrap_or(name);
                Some(packing.of(stem))
            }
            _ => None,
        }
    }

    fn trio(&self, name: &str) -> Result<[Raw; 3]> {
        Ok([
            self.find(&format!("{name}.weight"))?,
            self.find(&format!("{name}.scales"))?,
            self.find(&format!("{name}.biases"))?,
        ])
    }

    fn affine(
        (packed, scales, biases): (&Raw, &Raw, &Raw),
        (bits, group): (usize, usize),
        rows: usize,
        width: usize,
    ) -> Result<Weight> {
        let matrix = AffineRows::new(Affine {
            packed: packed.view.clone(),
            scales: scales.view.clone(),
            biases: biases.view.clone(),
            stored: scales.stored,
            bits,
            group,
            rows,
            width,
        });
        let matrix = matrix.ok_or_else(|| Error::UnsupportedDtype {
            path: packed.view.path().to_owned(),
            name: packed.name.clone(),
            dtype: format!("{bits} bits in groups of {group}"),
            known: "2, 3, 4, 5, 6 and 8 bits in groups that divide the row",
        })?;
        Ok(Weight::Rows(Arc::new(matrix)))
    }

    pub fn linear(&self, name: &str, rows: usize, width: usize, bias: bool) -> Result<Linear> {
        let weight = if self.transposed {
            self.turned(name, rows, width)?
        } else {
            self.matrix(name, rows, width)?
        };
        Ok(Linear {
            weight: self.quantised(weight)?,
            bias: self.bias(name, rows, bias)?,
        })
    }

    /// GGUF metadata does not tell of biases: the tensors themselves do.
    pub fn bias(&self, name: &str, rows: usize, expected: bool) -> Result<Option<Tensor>> {
        let name = format!("{name}.bias");
        let wanted = if self.is_gguf() {
            self.lookup(&name).is_some()
        } else {
            expected
        };
        if !wanted {
            return Ok(None);
        }
        let values = self.vector(&name, rows)?;
        Ok(Some(Tensor::from_vec(values, rows, &Device::Cpu)?))
    }

    /// A matrix that the file keeps as `[width, rows]`.
    fn turned(&self, name: &str, rows: usize, width: usize) -> Result<Weight> {
        let raw = self.find(&format!("{name}.weight"))?;
        Self::shaped(&raw, &[width, rows])?;
        let from = DenseRows::new(raw.view.clone(), raw.stored, width, rows);
        let from = from.ok_or_else(|| Self::unreadable(&raw))?;
        let mut values = vec![0f32; rows * width];
        let mut line = vec![0f32; rows];
        for w in 0..width {
            from.widen(w, &mut line);
            for (r, v) in line.iter().enumerate() {
                values[r * width + w] = *v;
            }
        }
        raw.view.release();
        self.dense(Weight::Rows(Arc::new(OwnedRows::new(values, width))))
    }

    pub fn norm(&self, name: &str, length: usize) -> Result<Norm> {
        let NormSpec { kind, eps } = self.norms;
        let mut weight = self.vector(&format!("{name}.weight"), length)?;
        // GGUF's converter has added the one already.
        if kind == NormKind::RmsFromOne && !self.is_gguf() {
            for w in &mut weight {
                *w += 1.0;
            }
        }
        let weight = Tensor::from_vec(weight, length, &Device::Cpu)?;
        if kind != NormKind::Layer {
            return Ok(Norm::Rms { weight, eps });
        }
        let bias = self.vector(&format!("{name}.bias"), length)?;
        let bias = Tensor::from_vec(bias, length, &Device::Cpu)?;
        Ok(Norm::Layer { weight, bias, eps })
    }

    /// A layer's experts, from one stacked tensor or one tensor each.
    pub fn per_expert(
        &self,
        stacked: &str,
        single: &str,
        layer: usize,
        (count, rows, width): (usize, usize, usize),
    ) -> Result<Vec<Linear>> {
        let name = at(stacked, layer);
        if self.lookup(&format!("{name}.weight")).is_none() {
            return (0..count)
                .map(|e| self.linear(&at_expert(single, layer, e), rows, width, false))
                .collect();
        }
        let weights = match self.packing(&name) {
            Some(packing) => self.stacked_packed(&name, packing, (count, rows, width))?,
            None => self.stacked(&name, (count, rows, width))?,
        };
        weights
            .into_iter()
            .map(|weight| {
                Ok(Linear {
                    weight: self.quantised(self.dense(weight)?)?,
                    bias: None,
                })
            })
            .collect()
    }

    fn stacked(
        &self,
        name: &str,
        (count, rows, width): (usize, usize, usize),
    ) -> Result<Vec<Weight>> {
        let raw = self.find(&format!("{name}.weight"))?;
        Self::shaped(&raw, &[count, rows, width])?;
        (0..count)
            .map(|e| {
                let one = Self::slice(&raw, e, count)?;
                Self::plain(&one, one.view.clone(), rows, width)
            })
            .collect()
    }

    fn stacked_packed(
        &self,
        name: &str,
        (bits, group): (usize, usize),
        (count, rows, width): (usize, usize, usize),
    ) -> Result<Vec<Weight>> {
        let [packed, scales, biases] = self.trio(name)?;
        Self::shaped(&packed, &[count, rows, width * bits / 32])?;
        Self::shaped(&scales, &[count, rows, width / group.max(1)])?;
        Self::shaped(&biases, &scales.shape)?;
        (0..count)
            .map(|e| {
                let packed = Self::slice(&packed, e, count)?;
                let scales = Self::slice(&scales, e, count)?;
                let biases = Self::slice(&biases, e, count)?;
                Self::affine((&packed, &scales, &biases), (bits, group), rows, width)
            })
            .collect()
    }

    /// The part of a stacked tensor that is one expert's.
    fn slice(raw: &Raw, expert: usize, count: usize) -> Result<Raw> {
        let size = raw.view.bytes().len() / count.max(1);
        let view = raw.view.part(expert * size..(expert + 1) * size);
        Ok(Raw {
            view: view.ok_or_else(|| Self::unreadable(raw))?,
            ..raw.clone()
        })
    }
}

/// The tensor whose name shares the longest end with `name`: most often a prefix is off.
fn nearest(name: &str, source: &SharedSource) -> Option<String> {
    let shared = |other: &str| {
        let same = name.bytes().rev().zip(other.bytes().rev());
        same.take_while(|(a, b)| a == b).count()
    };
    source
        .all()
        .into_iter()
        .map(|r| (shared(&r.name), r.name))
        .filter(|(n, _)| *n * 2 > name.len())
        .max()
        .map(|(_, n)| n)
}
