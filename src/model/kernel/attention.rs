//! Attention of ragged queries over each sequence's own keys: no padding, no masks.

use rayon::prelude::*;

use super::dot::{add_scaled, dot};

const WORTH_SHARING: usize = 1 << 15;

/// The shape and the constants of one layer's attention.
#[derive(Clone, Copy, Debug)]
pub struct Heads {
    pub heads: usize,
    pub kv_heads: usize,
    pub head_dim: usize,
    pub scale: f32,
    pub softcap: Option<f32>,
    /// How many of the latest positions a query sees, itself included; `None` is all.
    pub window: Option<usize>,
}

/// What one query may look at.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    /// `[positions, kv_heads * head_dim]`, this query's own position included.
    pub keys: &'a [f32],
    pub values: &'a [f32],
    /// The query's own position.
    pub position: usize,
}

/// `queries` is `[n, heads * head_dim]` with one [`Keys`] per row; so is the result.
pub fn attend(heads: &Heads, queries: &[f32], seen: &[Keys]) -> Vec<f32> {
    let Heads {
        heads: h,
        kv_heads,
        head_dim,
        ..
    } = *heads;
    let mut out = vec![0f32; queries.len()];
    let one = |(i, out): (usize, &mut [f32])| {
        let (row, head) = (i / h, i % h);
        let query = &queries[i * head_dim..(i + 1) * head_dim];
        attend_one(heads, query, &seen[row], head * kv_heads / h, out);
    };
    let work: usize = seen.iter().map(|k| (k.position + 1) * h * head_dim).sum();
    if work < WORTH_SHARING {
        out.chunks_exact_mut(head_dim).enumerate().for_each(one);
    } else {
        out.par_chunks_exact_mut(head_dim).enumerate().for_each(one);
    }
    out
}

fn attend_one(heads: &Heads, query: &[f32], seen: &Keys, kv_head: usize, out: &mut [f32]) {
    let dim = heads.head_dim;
    let stride = heads.kv_heads * dim;
    let first = heads
        .window
        .map_or(0, |w| (seen.position + 1).saturating_sub(w));
    let row = |table: &'_ [f32], at: usize| -> std::ops::Range<usize> {
        let start = at * stride + kv_head * dim;
        debug_assert!(start + dim <= table.len());
        start..start + dim
    };
    let mut scores: Vec<f32> = (first..=seen.position)
        .map(|at| {
            let s = dot(query, &seen.keys[row(seen.keys, at)]) * heads.scale;
            heads.softcap.map_or(s, |cap| (s / cap).tanh() * cap)
        })
        .collect();
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for s in &mut scores {
        *s = (*s - top).exp();
        sum += *s;
    }
    for (at, p) in (first..).zip(&scores) {
        add_scaled(p / sum, &seen.values[row(seen.values, at)], out);
    }
}
