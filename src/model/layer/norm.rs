//! RMS and layer normalisation.

use candle_core::Tensor;
use candle_nn::ops;

use crate::Result;

#[derive(Clone, Copy, Debug)]
pub struct NormSpec {
    pub kind: NormKind,
    pub eps: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormKind {
    Rms,
    /// The file holds the weight less one.
    RmsFromOne,
    Layer,
}

impl NormSpec {
    pub fn rms(eps: f32) -> Self {
        Self {
            kind: NormKind::Rms,
            eps,
        }
    }

    pub fn layer(eps: f32) -> Self {
        Self {
            kind: NormKind::Layer,
            eps,
        }
    }
}

#[derive(Clone, Debug)]
pub enum Norm {
    Rms {
        weight: Tensor,
        eps: f32,
    },
    Layer {
        weight: Tensor,
        bias: Tensor,
        eps: f32,
    },
}

impl Norm {
    /// Normalises the last dimension.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = x.contiguous()?;
        Ok(match self {
            Self::Rms { weight, eps } => ops::rms_norm(&x, weight, *eps)?,
            Self::Layer { weight, bias, eps } => ops::layer_norm(&x, weight, bias, *eps)?,
        })
    }
}
