//! Attention of ragged queries, each over its own sequence's blocks: no padding, no copies.
//!
//! Blocks are met in order and folded into a running softmax. What is done for a query depends on its own
//! position alone, so its numbers are the same bits however prompt and batch are cut. A block is widened once
//! for all queries of a tile and all heads that share its keys.

use super::{
    exp::{exp, tanh},
    team::share_chunks,
};
use crate::{Batch, Block, Cache, batch::Span, cache::BLOCK};

/// Fewer units than this leave threads without work on many a machine.
const THREADS: usize = 8;
/// Queries of one sequence handled together.
const TILE: usize = 8;
/// Queries whose sums run side by side, so that none waits for its own last product.
const ABREAST: usize = 4;

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

/// What the queries of a step look at.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    pub cache: &'a Cache,
    pub layer: usize,
    pub batch: &'a Batch,
}

/// Some queries of one sequence, with some of the heads that share one key head.
struct Unit<'a> {
    span: &'a Span,
    first: usize,
    len: usize,
    kv_head: usize,
    /// Its first head, and how many.
    head: usize,
    heads: usize,
}

/// `queries` is `[n, heads * head_dim]`, a row for each token of the batch; so is the result.
pub fn attend(heads: &Heads, queries: &[f32], seen: &Seen) -> Vec<f32> {
    let units = units(heads, seen.batch);
    let seen_by = |u: &Unit| u.len * u.heads * (u.span.past + u.first + 1);
    let work: usize = units.iter().map(seen_by).sum();
    let mut parts = vec![Vec::new(); units.len()];
    let each = 2 * work * heads.head_dim / units.len().max(1);
    share_chunks(&mut parts, 1, each, |i, part| {
        part[0] = mixed(heads, queries, seen, &units[i]);
    });
    let width = heads.heads * heads.head_dim;
    let mut out = vec![0f32; queries.len()];
    for (unit, values) in units.iter().zip(&parts) {
        let part = unit.heads * heads.head_dim;
        let rows = unit.span.start + unit.first..;
        for (row, values) in rows.zip(values.chunks_exact(part)) {
            let at = row * width + unit.head * heads.head_dim;
            out[at..at + part].copy_from_slice(values);
        }
    }
    out
}

fn units<'a>(heads: &Heads, batch: &'a Batch) -> Vec<Unit<'a>> {
    let tiles: Vec<_> = batch
        .spans()
        .iter()
        .flat_map(|span| {
            let firsts = (0..span.len).step_by(TILE);
            firsts.map(move |first| (span, first, TILE.min(span.len - first)))
        })
        .collect();
    let group = heads.heads / heads.kv_heads;
    // Heads with the same keys stay together, unless that leaves threads without work.
    let enough = tiles.len() * heads.kv_heads >= THREADS;
    let together = if enough {
        group
    } else {
        group.div_ceil(2).max(1)
    };
    let with_heads = tiles.into_iter().flat_map(|(span, first, len)| {
        (0..heads.heads).step_by(group).flat_map(move |begin| {
            let firsts = (begin..begin + group).step_by(together);
            firsts.map(move |head| Unit {
                span,
                first,
                len,
                kv_head: begin / group,
                head,
                heads: together.min(begin + group - head),
            })
        })
    });
    with_heads.collect()
}

fn mixed(heads: &Heads, queries: &[f32], seen: &Seen, unit: &Unit) -> Vec<f32> {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: the features were just found on this processor.
        return unsafe { fused(heads, queries, seen, unit) };
    }
    Running::new(heads, unit).run(queries, seen, |x, y, z| x * y + z)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn fused(heads: &Heads, queries: &[f32], seen: &Seen, unit: &Unit) -> Vec<f32> {
    Running::new(heads, unit).run(queries, seen, f32::mul_add)
}

/// The softmaxes of a unit's queries, as far as they have come. `[queries, heads]` each.
struct Running<'a> {
    heads: &'a Heads,
    unit: &'a Unit<'a>,
    /// How many heads each query has here.
    group: usize,
    tops: Vec<f32>,
    sums: Vec<f32>,
    mixed: Vec<f32>,
}

/// A block's keys and values of one head, widened.
struct Wide {
    keys: Vec<f32>,
    values: Vec<f32>,
    key_scales: [f32; BLOCK],
    value_scales: [f32; BLOCK],
}

impl<'a> Running<'a> {
    fn new(heads: &'a Heads, unit: &'a Unit) -> Self {
        let group = unit.heads;
        let count = unit.len * group;
        Self {
            heads,
            unit,
            group,
            tops: vec![f32::NEG_INFINITY; count],
            sums: vec![0.0; count],
            mixed: vec![0.0; count * heads.head_dim],
        }
    }

    // It must become part of its caller: only there are the processor's wide registers allowed.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn run(
        mut self,
        queries: &[f32],
        seen: &Seen,
        fma: impl Fn(f32, f32, f32) -> f32 + Copy,
    ) -> Vec<f32> {
        let dim = self.heads.head_dim;
        let first = self.unit.span.past + self.unit.first;
        let last = first + self.unit.len - 1;
        let table: &[Block] = seen.batch.table(self.unit.span);
        let kind = seen.cache.kind();
        let mut wide = Wide {
            keys: vec![0.0; dim * BLOCK],
            values: vec![0.0; dim * BLOCK],
            key_scales: [1.0; BLOCK],
            value_scales: [1.0; BLOCK],
        };
        let mut active = Vec::with_capacity(self.tops.len());
        for (at, block) in table
            .iter()
            .enumerate()
            .take(last / BLOCK + 1)
            .skip(self.lowest(first) / BLOCK)
        {
            active.clear();
            active.extend((0..self.tops.len()).filter(|i| {
                let position = first + i / self.group;
                at * BLOCK <= position && (at + 1) * BLOCK > self.lowest(position)
            }));
            let (keys, values) = seen.cache.head(seen.layer, self.unit.kv_head, *block);
            kind.widen(keys, &mut wide.keys, &mut wide.key_scales);
            kind.widen(values, &mut wide.values, &mut wide.value_scales);
            // Behind the last position stands what an earlier sequence left. It weighs nothing, but nothing times
            // what overflowed there would still be no number.
            let own = last + 1 - at * BLOCK;
            if own < BLOCK {
                wide.values[own * dim..].fill(0.0);
                wide.value_scales[own..].fill(1.0);
            }
            let (abreast, rest) = active.as_chunks::<ABREAST>();
            for four in abreast {
                self.meet(*four, at, queries, &wide, fma);
            }
            for one in rest {
                self.meet([*one], at, queries, &wide, fma);
            }
        }
        for (mixed, sum) in self.mixed.chunks_exact_mut(dim).zip(&self.sums) {
            for v in mixed {
                *v /= sum;
            }
        }
        self.mixed
    }

    /// The first position that the query at `position` sees.
    fn lowest(&self, position: usize) -> usize {
        self.heads
            .window
            .map_or(0, |w| (position + 1).saturating_sub(w))
    }

    fn query<'q>(&self, i: usize, queries: &'q [f32]) -> &'q [f32] {
        let row = self.unit.span.start + self.unit.first + i / self.group;
        let head = self.unit.head + i % self.group;
        let at = (row * self.heads.heads + head) * self.heads.head_dim;
        &queries[at..at + self.heads.head_dim]
    }

    /// `N` queries meet the block number `at` of their sequence.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn meet<const N: usize>(
        &mut self,
        which: [usize; N],
        at: usize,
        queries: &[f32],
        wide: &Wide,
        fma: impl Fn(f32, f32, f32) -> f32 + Copy,
    ) {
        let rows: [&[f32]; N] = which.map(|i| self.query(i, queries));
        let mut scores = [[0f32; BLOCK]; N];
        for (d, keys) in wide.keys.as_chunks::<BLOCK>().0.iter().enumerate() {
            for (scores, row) in scores.iter_mut().zip(rows) {
                // Out and back in one piece, so that the sums stay in registers.
                let (mut s, q) = (*scores, row[d]);
                for l in 0..BLOCK {
                    s[l] = fma(q, keys[l], s[l]);
                }
                *scores = s;
            }
        }
        for (i, scores) in which.into_iter().zip(scores) {
            self.fold(i, at, scores, wide, fma);
        }
    }

    /// Folds a query's scores in a block into its running softmax.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn fold(
        &mut self,
        i: usize,
        at: usize,
        mut scores: [f32; BLOCK],
        wide: &Wide,
        fma: impl Fn(f32, f32, f32) -> f32 + Copy,
    ) {
        let dim = self.heads.head_dim;
        for (s, k) in scores.iter_mut().zip(&wide.key_scales) {
            *s *= k * self.heads.scale;
        }
        if let Some(cap) = self.heads.softcap {
            for s in &mut scores {
                *s = tanh(*s / cap, fma) * cap;
            }
        }
        let position = self.unit.span.past + self.unit.first + i / self.group;
        let lowest = self.lowest(position);
        for (l, s) in scores.iter_mut().enumerate() {
            let key = at * BLOCK + l;
            if key > position || key < lowest {
                *s = f32::NEG_INFINITY;
            }
        }
        // In halves rather than in order: only then can it be done in wide registers.
        let mut halves = scores;
        let mut half = BLOCK / 2;
        while half > 0 {
            for l in 0..half {
                halves[l] = halves[l].max(halves[l + half]);
            }
            half /= 2;
        }
        let top = self.tops[i].max(halves[0]);
        let fade = exp(self.tops[i] - top, fma);
        let mut sum = scores;
        for (s, weight) in sum.iter_mut().zip(&mut scores) {
            *s = exp(*weight - top, fma);
            *weight = *s;
        }
        let mut half = BLOCK / 2;
        while half > 0 {
            for l in 0..half {
                sum[l] += sum[l + half];
            }
            half /= 2;
        }
        self.tops[i] = top;
        self.sums[i] = fma(self.sums[i], fade, sum[0]);
        for (w, v) in scores.iter_mut().zip(&wide.value_scales) {
            *w *= v;
        }
        let mixed = &mut self.mixed[i * dim..(i + 1) * dim];
        let whole = dim / 32 * 32;
        for begin in (0..whole).step_by(32) {
            mix::<32>(
                &mut mixed[begin..],
                fade,
                &scores,
                &wide.values[begin..],
                dim,
                fma,
            );
        }
        for begin in whole..dim {
            mix::<1>(
                &mut mixed[begin..],
                fade,
                &scores,
                &wide.values[begin..],
                dim,
                fma,
            );
        }
    }
}

/// `N` elements of a mix: faded, and the block's values added by their weights.
#[allow(clippy::inline_always)]
#[inline(always)]
fn mix<const N: usize>(
    mixed: &mut [f32],
    fade: f32,
    weights: &[f32; BLOCK],
    values: &[f32],
    stride: usize,
    fma: impl Fn(f32, f32, f32) -> f32 + Copy,
) {
    let mut sum = [0f32; N];
    sum.copy_from_slice(&mixed[..N]);
    for s in &mut sum {
        *s *= fade;
    }
    for (l, w) in weights.iter().enumerate() {
        let row = &values[l * stride..l * stride + N];
        for (s, v) in sum.iter_mut().zip(row) {
            *s = fma(*w, *v, *s);
        }
    }
    mixed[..N].copy_from_slice(&sum);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Heads, Seen, attend};
    use crate::{Batch, Block, Cache, CacheType, Geometry, HeadShape, Want};

    fn noise(seed: usize, n: usize) -> Vec<f32> {
        (0..n)
            .map(|i| ((i * 13 + seed * 101) as f32 * 0.173).sin() * 2.0)
            .collect()
    }

    const LEN: usize = 45;

    fn heads(heads: usize, kv_heads: usize, head_dim: usize) -> Heads {
        Heads {
            heads,
            kv_heads,
            head_dim,
            scale: 0.3,
            softcap: None,
            window: None,
        }
    }

    /// Attention over one sequence of [`LEN`] tokens that comes in pieces of `cut` tokens.
    fn computed(shape: &Heads, kind: CacheType, cut: usize) -> Vec<f32> {
        let (q, kv) = (
            shape.heads * shape.head_dim,
            shape.kv_heads * shape.head_dim,
        );
        let (queries, keys, values) = (noise(1, LEN * q), noise(2, LEN * kv), noise(3, LEN * kv));
        let layer = HeadShape {
            heads: shape.kv_heads,
            dim: shape.head_dim,
        };
        let mut cache = Cache::new(
            Geometry {
                layers: vec![layer],
            },
            kind,
            8,
        );
        let table = [Block(6), Block(1), Block(4)];
        let mut out = Vec::new();
        for past in (0..LEN).step_by(cut) {
            let len = cut.min(LEN - past);
            let batch = Batch::single(&table, &vec![0; len], past, LEN, Want::None).unwrap();
            cache.check(&batch).unwrap();
            let (k, v) = (past * kv..(past + len) * kv, past * kv..(past + len) * kv);
            cache.write(0, &table, &batch.spans()[0], &keys[k], &values[v]);
            let seen = Seen {
                cache: &cache,
                layer: 0,
                batch: &batch,
            };
            out.extend(attend(shape, &queries[past * q..(past + len) * q], &seen));
        }
        out
    }

    fn exact(shape: &Heads) -> Vec<f64> {
        let (h, d) = (shape.heads, shape.head_dim);
        let kv = shape.kv_heads * d;
        let (queries, keys, values) = (
            noise(1, LEN * h * d),
            noise(2, LEN * kv),
            noise(3, LEN * kv),
        );
        let mut out = Vec::new();
        for position in 0..LEN {
            let lowest = shape.window.map_or(0, |w| (position + 1).saturating_sub(w));
            for head in 0..h {
                let shared = head * shape.kv_heads / h * d;
                let weights: Vec<f64> = (lowest..=position)
                    .map(|at| {
                        let score: f64 = (0..d)
                            .map(|i| {
                                f64::from(queries[(position * h + head) * d + i])
                                    * f64::from(keys[at * kv + shared + i])
                            })
                            .sum();
                        let score = score * f64::from(shape.scale);
                        shape
                            .softcap
                            .map_or(score, |c| (score / f64::from(c)).tanh() * f64::from(c))
                            .exp()
                    })
                    .collect();
                let sum: f64 = weights.iter().sum();
                out.extend((0..d).map(|i| {
                    let mixed = (lowest..)
                        .zip(&weights)
                        .map(|(at, w)| w * f64::from(values[at * kv + shared + i]));
                    mixed.sum::<f64>() / sum
                }));
            }
        }
        out
    }

    #[test]
    fn every_shape_agrees_with_the_plain_definition() {
        let mut shapes = vec![
            heads(4, 4, 8),
            heads(8, 2, 64),
            heads(6, 1, 36),
            heads(3, 3, 33),
        ];
        shapes.push(Heads {
            window: Some(20),
            ..heads(4, 2, 16)
        });
        shapes.push(Heads {
            window: Some(1),
            softcap: Some(3.0),
            ..heads(4, 2, 16)
        });
        for shape in shapes {
            for (kind, near) in [
                (CacheType::F32, 1e-5),
                (CacheType::F16, 5e-3),
                (CacheType::Bf16, 5e-2),
                (CacheType::Q8, 1e-1),
            ] {
                for (got, want) in computed(&shape, kind, LEN).iter().zip(exact(&shape)) {
                    assert!(
                        (f64::from(*got) - want).abs() < near,
                        "{shape:?} {kind:?}: {got} {want}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_an_earlier_sequence_left_in_a_block_is_not_seen() {
        let shape = heads(4, 2, 40);
        let (q, kv) = (4 * 40, 2 * 40);
        for kind in CacheType::ALL {
            let layer = HeadShape { heads: 2, dim: 40 };
            let layers = vec![layer];
            let mut cache = Cache::new(Geometry { layers }, kind, 2);
            let table = [Block(0), Block(1)];
            let mut computed = |left: f32| -> Vec<u32> {
                let earlier = Batch::single(&table, &[0; 32], 0, 32, Want::None).unwrap();
                cache.check(&earlier).unwrap();
                let rows = vec![left; 32 * kv];
                cache.write(0, &table, &earlier.spans()[0], &rows, &rows);
                let batch = Batch::single(&table, &[0; 19], 0, 19, Want::None).unwrap();
                let (keys, values) = (noise(2, 19 * kv), noise(3, 19 * kv));
                cache.write(0, &table, &batch.spans()[0], &keys, &values);
                let seen = Seen {
                    cache: &cache,
                    layer: 0,
                    batch: &batch,
                };
                let mixed = attend(&shape, &noise(1, 19 * q), &seen);
                mixed.iter().map(|v| v.to_bits()).collect()
            };
            let clean = computed(0.0);
            for left in [f32::NAN, f32::INFINITY, 1e30] {
                assert_eq!(computed(left), clean, "{kind:?} {left}");
            }
        }
    }

    #[test]
    fn a_prompt_cut_anywhere_gives_the_same_bits() {
        for shape in [
            heads(8, 2, 64),
            Heads {
                window: Some(18),
                softcap: Some(5.0),
                ..heads(4, 4, 24)
            },
        ] {
            for kind in CacheType::ALL {
                let whole: Vec<u32> = computed(&shape, kind, LEN)
                    .iter()
                    .map(|v| v.to_bits())
                    .collect();
                for cut in [1, 2, 5, 16, 17] {
                    let cut: Vec<u32> = computed(&shape, kind, cut)
                        .iter()
                        .map(|v| v.to_bits())
                        .collect();
                    assert_eq!(whole, cut);
                }
            }
        }
    }
}
