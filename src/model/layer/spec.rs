//! What a decoder is made of: the whole answer of an arch file.

use super::{Activation, Names, NormSpec, Rope};
use crate::{Geometry, HeadShape};

/// A decoder, described.
#[derive(Clone, Debug)]
pub struct Spec {
    pub vocab: usize,
    pub hidden: usize,
    /// The longest sequence the model was made for.
    pub context: usize,
    pub embed: Embed,
    pub norm: NormSpec,
    pub ropes: Vec<Rope>,
    pub blocks: Vec<Block>,
    pub final_norm: bool,
    pub head: Head,
    pub names: &'static Names,
    /// The linear weights of the file are `[in, out]`.
    pub transposed: bool,
}

impl Spec {
    /// What a cache for this decoder holds per position.
    pub fn geometry(&self) -> Geometry {
        let shape = |b: &Block| HeadShape {
            heads: b.attention.kv_heads,
            dim: b.attention.head_dim,
        };
        Geometry {
            layers: self.blocks.iter().map(shape).collect(),
        }
    }
}

/// From token ids to the first hidden state.
#[derive(Clone, Copy, Debug)]
pub struct Embed {
    pub scale: f32,
    /// The width of the table, where it is not the hidden width: a projection follows.
    pub width: usize,
    pub positions: Option<Positions>,
}

/// Learned positions.
#[derive(Clone, Copy, Debug)]
pub struct Positions {
    pub rows: usize,
    /// Rows skipped at the front of the table.
    pub offset: usize,
}

/// From the last hidden state to logits.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    pub tied: bool,
    pub bias: bool,
    pub scale: f32,
    pub softcap: Option<f32>,
}

#[derive(Clone, Copy, Debug)]
pub struct Block {
    pub attention: Attention,
    pub mlp: Mlp,
    pub placement: Placement,
    /// What each branch is multiplied by before it is added.
    pub residual: f32,
}

/// Where a block's norms stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Before each branch.
    Before,
    /// On each branch's result, before it is added.
    After,
    /// Both.
    Around,
    /// On the sum.
    Sum,
}

#[derive(Clone, Copy, Debug)]
pub struct Attention {
    pub heads: usize,
    pub kv_heads: usize,
    pub head_dim: usize,
    pub scale: f32,
    pub softcap: Option<f32>,
    pub window: Option<usize>,
    /// Which of the decoder's ropes; `None` is no position at all.
    pub rope: Option<usize>,
    pub qk_norm: QkNorm,
    pub bias: bool,
    pub out_bias: bool,
    /// Queries, keys and values stand in one matrix.
    pub fused: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QkNorm {
    No,
    PerHead,
    /// Over all heads at once.
    Whole,
}

#[derive(Clone, Copy, Debug)]
pub enum Mlp {
    Gated {
        width: usize,
        activation: Activation,
        /// Gate and up stand in one matrix.
        fused: bool,
        bias: bool,
    },
    Plain {
        width: usize,
        activation: Activation,
        bias: bool,
    },
    Experts {
        count: usize,
        active: usize,
        width: usize,
        activation: Activation,
        /// The weights of the chosen experts are made to sum to one.
        renormalise: bool,
    },
}

impl Attention {
    /// Plain multi-head attention over `hidden`, scaled by the root of the head's width.
    pub fn new(heads: usize, kv_heads: usize, head_dim: usize) -> Self {
        Self {
            heads,
            kv_heads,
            head_dim,
            scale: 1.0 / (head_dim as f32).sqrt(),
            softcap: None,
            window: None,
            rope: Some(0),
            qk_norm: QkNorm::No,
            bias: false,
            out_bias: false,
            fused: false,
        }
    }
}

impl Embed {
    pub fn plain(hidden: usize) -> Self {
        Self {
            scale: 1.0,
            width: hidden,
            positions: None,
        }
    }
}

impl Head {
    pub fn new(tied: bool) -> Self {
        Self {
            tied,
            bias: false,
            scale: 1.0,
            softcap: None,
        }
    }
}
