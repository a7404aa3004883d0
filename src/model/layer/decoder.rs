//! A decoder: embedding, blocks, head. It runs a batch against a cache that it is handed.

use candle_core::{Device, Tensor};

use super::{
    Attention, DecoderMlp as Mlp, Linear, Norm, Rope,
    attention::Step,
    spec::{Placement, Spec},
};
use crate::{
    Batch, Cache, Error, Geometry, Result, kernel,
    weight::{Weight, floats},
};

/// A loaded model, ready to compute.
#[derive(Debug)]
pub struct Decoder {
    pub(crate) spec: Spec,
    pub(crate) embed: Weight,
    pub(crate) positions: Option<Weight>,
    pub(crate) project_in: Option<Linear>,
    pub(crate) project_out: Option<Linear>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) norm: Option<Norm>,
    pub(crate) head: Linear,
}

#[derive(Debug)]
pub struct Block {
    pub attention: Attention,
    pub mlp: Mlp,
    pub norms: Norms,
    pub placement: Placement,
    pub residual: f32,
}

/// A block's norms; which of them exist follows from the placement.
#[derive(Debug)]
pub struct Norms {
    pub pre_attn: Option<Norm>,
    pub post_attn: Option<Norm>,
    pub pre_mlp: Option<Norm>,
    pub post_mlp: Option<Norm>,
}

impl Decoder {
    pub fn vocab(&self) -> usize {
        self.spec.vocab
    }

    /// The longest sequence that the model can take.
    pub fn context(&self) -> usize {
        self.spec.context
    }

    /// The longest sequence for which the model turns positions as in its short contexts.
    pub fn turning_point(&self) -> Option<usize> {
        self.spec.ropes.iter().find_map(Rope::turning_point)
    }

    pub fn geometry(&self) -> Geometry {
        self.spec.geometry()
    }

    /// Sequences that may become `reach` long turn their positions as those of the same kind do: only
    /// they may share keys.
    pub fn rope_kind(&self, reach: usize) -> u64 {
        let kinds = self.spec.ropes.iter().map(|r| r.kind(reach));
        kinds.fold(0, |all, kind| {
            all.wrapping_mul(1 << 32).wrapping_add(kind as u64)
        })
    }

    /// Runs one step: the logits of the wanted rows (or their states), in the batch's order.
    pub fn forward(&self, batch: &Batch, cache: &mut Cache) -> Result<Vec<Vec<f32>>> {
        cache.check(batch)?;
        self.check(batch)?;
        let turns: Vec<_> = self
            .spec
            .ropes
            .iter()
            .map(|r: &Rope| r.turns(batch))
            .collect();
        let step = Step {
            batch,
            ropes: &self.spec.ropes,
            turns: &turns,
        };
        let mut x = self.embedded(batch)?;
        for (layer, block) in self.blocks.iter().enumerate() {
            x = block.forward(&x, &step, layer, cache)?;
        }
        self.rows(&x, batch)
    }

    /// Learned positions end where their table ends; ropes go on.
    fn check(&self, batch: &Batch) -> Result<()> {
        let Some(table) = &self.spec.embed.positions else {
            return Ok(());
        };
        match batch.positions().find(|p| p + table.offset >= table.rows) {
            None => Ok(()),
            Some(position) => Err(Error::Batch {
                what: "a position",
                expected: format!("below {}, the model's last", table.rows - table.offset),
                got: position.to_string(),
            }),
        }
    }

    fn embedded(&self, batch: &Batch) -> Result<Tensor> {
        let mut x = self.embed.embed(batch.tokens())?;
        if let Some(project) = &self.project_in {
            x = project.forward(&x)?;
        }
        if (self.spec.embed.scale - 1.0).abs() > f32::EPSILON {
            x = (x * f64::from(self.spec.embed.scale))?;
        }
        if let (Some(table), Some(learned)) = (&self.positions, &self.spec.embed.positions) {
            let rows: Vec<u32> = batch
                .positions()
                .map(|p| (p + learned.offset) as u32)
                .collect();
            x = (x + table.embed(&rows)?)?;
        }
        Ok(x)
    }

    /// Logits of the wanted rows, or their states.
    fn rows(&self, x: &Tensor, batch: &Batch) -> Result<Vec<Vec<f32>>> {
        if batch.wanted().is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<u32> = batch.wanted().iter().map(|w| w.row as u32).collect();
        let mut x = x.index_select(&Tensor::new(rows.as_slice(), &Device::Cpu)?, 0)?;
        if let Some(norm) = &self.norm {
            x = norm.forward(&x)?;
        }
        let states: Vec<bool> = batch.wanted().iter().map(|w| w.state).collect();
        if !states.contains(&true) {
            return self.logits(&x);
        }
        let mut logits = Vec::new();
        let heads: Vec<u32> = (0..)
            .zip(&states)
            .filter(|(_, s)| !**s)
            .map(|(i, _)| i)
            .collect();
        if !heads.is_empty() {
            let picked = x.index_select(&Tensor::new(heads.as_slice(), &Device::Cpu)?, 0)?;
            logits = self.logits(&picked)?;
        }
        let mut logits = logits.into_iter();
        let hidden = x.dims2()?.1;
        floats(&x, |all| {
            let each = all.chunks_exact(hidden).zip(&states);
            each.map(|(row, state)| {
                if *state {
                    row.to_vec()
                } else {
                    logits.next().unwrap_or_default()
                }
            })
            .collect()
        })
    }

    fn logits(&self, x: &Tensor) -> Result<Vec<Vec<f32>>> {
        let mut x = x.clone();
        if let Some(project) = &self.project_out {
            x = project.forward(&x)?;
        }
        let head = &self.spec.head;
        let finish = |v: f32| {
            let v = v * head.scale;
            head.softcap.map_or(v, |cap| (v / cap).tanh() * cap)
        };
        floats(&self.head.forward(&x)?, |all| {
            all.chunks_exact(self.spec.vocab)
                .map(|row| row.iter().map(|v| finish(*v)).collect())
                .collect()
        })
    }
}

impl Block {
    fn forward(&self, x: &Tensor, step: &Step, layer: usize, cache: &mut Cache) -> Result<Tensor> {
        let norms = &self.norms;
        let attend = |h: &Tensor| self.attention.forward(h, step, layer, cache);
        let x = self.branch(x, norms.pre_attn.as_ref(), norms.post_attn.as_ref(), attend)?;
        let mlp = |h: &Tensor| self.mlp.forward(h);
        self.branch(&x, norms.pre_mlp.as_ref(), norms.post_mlp.as_ref(), mlp)
    }

    fn branch(
        &self,
        x: &Tensor,
        pre: Option<&Norm>,
        post: Option<&Norm>,
        work: impl FnOnce(&Tensor) -> Result<Tensor>,
    ) -> Result<Tensor> {
        let normed =
            |x: &Tensor, n: Option<&Norm>| n.map_or_else(|| Ok(x.clone()), |n| n.forward(x));
        if self.placement == Placement::Sum {
            return normed(&added(x, &work(x)?, 1.0)?, pre);
        }
        let y = normed(&work(&normed(x, pre)?)?, post)?;
        added(x, &y, self.residual)
    }
}

/// `x + scale * y`
fn added(x: &Tensor, y: &Tensor, scale: f32) -> Result<Tensor> {
    let sum = floats(x, |x| floats(y, |y| kernel::add(x, y, scale)))??;
    Ok(Tensor::from_vec(sum, x.dims2()?, &Device::Cpu)?)
}
