//! The feed-forward half of a block: gated, plain, or a choice of experts per token.

use candle_core::{Device, Tensor};

use super::{Activation, Linear};
use crate::{Result, weight::floats};

#[derive(Debug)]
pub enum Mlp {
    Gated {
        gate: Linear,
        up: Linear,
        down: Linear,
        activation: Activation,
    },
    /// Gate and up in one matrix.
    Fused {
        gate_up: Linear,
        down: Linear,
        width: usize,
        activation: Activation,
    },
    Plain {
        up: Linear,
        down: Linear,
        activation: Activation,
    },
    Experts(Experts),
}

impl Mlp {
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Self::Gated {
                gate,
                up,
                down,
                activation,
            } => {
                let [gate, up] = Linear::forward_all([gate, up], x)?;
                down.forward(&activation.gate(&gate, &up)?)
            }
            Self::Fused {
                gate_up,
                down,
                width,
                activation,
            } => down.forward(&activation.gate_fused(&gate_up.forward(x)?, *width)?),
            Self::Plain {
                up,
                down,
                activation,
            } => down.forward(&activation.apply(&up.forward(x)?)?),
            Self::Experts(experts) => experts.forward(x),
        }
    }
}

/// Gated networks of which each token uses a few.
#[derive(Debug)]
pub struct Experts {
    pub router: Linear,
    pub experts: Vec<Mlp>,
    pub active: usize,
    pub renormalise: bool,
}

impl Experts {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (tokens, hidden) = x.dims2()?;
        let count = self.experts.len();
        let routes = floats(&self.router.forward(x)?, |scores| {
            scores
                .chunks_exact(count)
                .map(|s| self.route(s))
                .collect::<Vec<_>>()
        })?;
        let mut out = vec![0f32; tokens * hidden];
        for (e, expert) in self.experts.iter().enumerate() {
            // Experts come in order, so that a token's sum has one order whoever else is in the batch.
            let (rows, shares): (Vec<u32>, Vec<f32>) = routes
                .iter()
                .enumerate()
                .flat_map(|(t, chosen)| chosen.iter().map(move |c| (t, *c)))
                .filter(|(_, (chosen, _))| *chosen == e)
                .map(|(t, (_, share))| (t as u32, share))
                .unzip();
            if rows.is_empty() {
                continue;
            }
            let picked = x.index_select(&Tensor::new(rows.as_slice(), &Device::Cpu)?, 0)?;
            floats(&expert.forward(&picked)?, |y| {
                for ((t, share), y) in rows.iter().zip(&shares).zip(y.chunks_exact(hidden)) {
                    let at = *t as usize * hidden;
                    for (o, y) in out[at..at + hidden].iter_mut().zip(y) {
                        *o += share * y;
                    }
                }
            })?;
        }
        Ok(Tensor::from_vec(out, (tokens, hidden), &Device::Cpu)?)
    }

    /// The experts of one token and their shares.
    fn route(&self, scores: &[f32]) -> Vec<(usize, f32)> {
        let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let weights: Vec<f32> = scores.iter().map(|s| (s - top).exp()).collect();
        let total: f32 = weights.iter().sum();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by(|a, b| weights[*b].total_cmp(&weights[*a]));
        order.truncate(self.active);
        let whole = if self.renormalise {
            order.iter().map(|e| weights[*e]).sum()
        } else {
            total
        };
        order.into_iter().map(|e| (e, weights[e] / whole)).collect()
    }
}
