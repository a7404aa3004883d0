//! Projections, ropes and the cache around the attention kernel.

use candle_core::{Device, Tensor};

use super::{Linear, Norm, Rope, rope::Turns, spec};
use crate::{
    Batch, Cache, Result,
    kernel::{self, Heads, Seen},
    weight::floats,
};

#[derive(Debug)]
pub struct Attention {
    pub spec: spec::Attention,
    pub project: Project,
    pub out: Linear,
    pub q_norm: Option<Norm>,
    pub k_norm: Option<Norm>,
}

/// From hidden states to queries, keys and values.
#[derive(Debug)]
pub enum Project {
    Apart { q: Linear, k: Linear, v: Linear },
    Fused(Linear),
}

/// What all layers of a step share.
pub struct Step<'a> {
    pub batch: &'a Batch,
    pub ropes: &'a [Rope],
    pub turns: &'a [Turns],
}

impl Attention {
    pub fn forward(
        &self,
        x: &Tensor,
        step: &Step,
        layer: usize,
        cache: &mut Cache,
    ) -> Result<Tensor> {
        let (q, k, v) = self.projected(x)?;
        let q = self.normed(&q, self.q_norm.as_ref())?;
        let k = self.normed(&k, self.k_norm.as_ref())?;
        let (q, k) = match self.spec.rope {
            Some(at) => {
                let (rope, turns) = (&step.ropes[at], &step.turns[at]);
                let dim = self.spec.head_dim;
                (rope.apply(&q, turns, dim)?, rope.apply(&k, turns, dim)?)
            }
            None => (q, k),
        };
        remember(step.batch, layer, cache, &k, &v)?;
        let seen = Seen {
            cache,
            layer,
            batch: step.batch,
        };
        let heads = Heads {
            heads: self.spec.heads,
            kv_heads: self.spec.kv_heads,
            head_dim: self.spec.head_dim,
            scale: self.spec.scale,
            softcap: self.spec.softcap,
            window: self.spec.window,
        };
        let shape = q.dims2()?;
        let mixed = floats(&q, |q| kernel::attend(&heads, q, &seen))?;
        self.out
            .forward(&Tensor::from_vec(mixed, shape, &Device::Cpu)?)
    }

    fn projected(&self, x: &Tensor) -> Result<(Tensor, Tensor, Tensor)> {
        match &self.project {
            Project::Apart { q, k, v } => {
                let [q, k, v] = Linear::forward_all([q, k, v], x)?;
                Ok((q, k, v))
            }
            Project::Fused(all) => {
                let all = all.forward(x)?;
                let q = self.spec.heads * self.spec.head_dim;
                let kv = self.spec.kv_heads * self.spec.head_dim;
                Ok((
                    all.narrow(1, 0, q)?,
                    all.narrow(1, q, kv)?,
                    all.narrow(1, q + kv, kv)?,
                ))
            }
        }
    }

    fn normed(&self, x: &Tensor, norm: Option<&Norm>) -> Result<Tensor> {
        let Some(norm) = norm else {
            return Ok(x.clone());
        };
        let (tokens, width) = x.dims2()?;
        match self.spec.qk_norm {
            spec::QkNorm::PerHead => {
                let heads =
                    x.reshape((tokens * (width / self.spec.head_dim), self.spec.head_dim))?;
                Ok(norm.forward(&heads)?.reshape((tokens, width))?)
            }
            spec::QkNorm::Whole | spec::QkNorm::No => norm.forward(x),
        }
    }
}

/// Puts the step's keys and values behind those that are cached.
fn remember(batch: &Batch, layer: usize, cache: &mut Cache, k: &Tensor, v: &Tensor) -> Result<()> {
    let width = k.dims()[1];
    floats(k, |k| {
        floats(v, |v| {
            for span in batch.spans() {
                let rows = span.start * width..(span.start + span.len) * width;
                cache.write(layer, batch.table(span), span, &k[rows.clone()], &v[rows]);
            }
        })
    })?
}
