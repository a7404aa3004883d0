//! RMS and layer normalisation.

use candle_core::{Device, Tensor};

use crate::{Result, kernel, weight::floats};

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
        let out = match self {
            Self::Rms { weight, eps } => floats(weight, |weight| {
                floats(x, |x| kernel::rms_norm(x, weight, *eps))
            })??,
            Self::Layer { weight, bias, eps } => floats(weight, |weight| {
                floats(bias, |bias| {
                    floats(x, |x| kernel::layer_norm(x, weight, bias, *eps))
                })
            })???,
        };
        Ok(Tensor::from_vec(out, x.shape(), &Device::Cpu)?)
    }
}
