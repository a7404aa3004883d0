//! The non-linear functions, by the names that checkpoints use.

use candle_core::{Device, Tensor};

pub use crate::kernel::Activation;
use crate::{Result, kernel, weight::floats};

/// Every name that `hidden_act` takes in the supported checkpoints.
const NAMES: &[(&str, Activation)] = &[
    ("silu", Activation::Silu),
    ("swish", Activation::Silu),
    ("gelu", Activation::Gelu),
    ("gelu_new", Activation::GeluTanh),
    ("gelu_fast", Activation::GeluTanh),
    ("gelu_pytorch_tanh", Activation::GeluTanh),
    ("relu", Activation::Relu),
];

impl Activation {
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(n, _)| *n == name).map(|(_, a)| *a)
    }

    pub fn known() -> String {
        NAMES.iter().map(|(n, _)| *n).collect::<Vec<_>>().join(", ")
    }

    pub fn apply(self, x: &Tensor) -> Result<Tensor> {
        let out = floats(x, |x| kernel::activate(self, x))?;
        Ok(Tensor::from_vec(out, x.shape(), &Device::Cpu)?)
    }

    /// `activation(gate) * up`
    pub fn gate(self, gate: &Tensor, up: &Tensor) -> Result<Tensor> {
        let out = floats(gate, |gate| {
            floats(up, |up| {
                kernel::gate(self, gate, up, gate.len(), gate.len())
            })
        })??;
        Ok(Tensor::from_vec(out, gate.shape(), &Device::Cpu)?)
    }

    /// The same where gate and up stand side by side in each row.
    pub fn gate_fused(self, both: &Tensor, width: usize) -> Result<Tensor> {
        let (rows, stride) = both.dims2()?;
        let out = floats(both, |both| {
            kernel::gate(self, both, &both[width..], width, stride)
        })?;
        Ok(Tensor::from_vec(out, (rows, width), &Device::Cpu)?)
    }
}
