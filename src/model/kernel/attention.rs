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
    {
        use std::arch::is_x86_feature_detected as has;
        if has!("avx512f") && has!("avx512vl") && has!("fma") {
            // SAFETY: the features were just found on this processor.
            return unsafe { fused_512(heads, queries, seen, unit) };
        }
        if has!("avx2") && has!("fma") {
            // SAFETY: as above.
            return unsafe { fused(heads, queries, seen, unit) };
        }
    }
    Running::new(heads, queries, seen, unit).run(seen, |x, y, z| x * y + z)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,fma")]
fn fused_512(heads: &Heads, queries: &[f32], seen: &Seen, unit: &Unit) -> Vec<f32> {
    Running::new(heads, queries, seen, unit).run(seen, f32::mul_add)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn fused(heads: &Heads, queries: &[f32], seen: &Seen, unit: &Unit) -> Vec<f32> {
    Running::new(heads, queries, seen, unit).run(seen, f32::mul_add)
}

/// The softmaxes of a unit's queries, as far as they have come. `[queries, heads]` each.
struct Running<'a> {
    heads: &'a Heads,
    unit: &'a Unit<'a>,
    /// The unit's queries, one after the other.
    queries: Vec<f32>,
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

/// One number for each position of a block.
type Lanes = [f32; BLOCK];

impl<'a> Running<'a> {
    fn new(heads: &'a Heads, queries: &[f32], seen: &Seen, unit: &'a Unit) -> Self {
        debug_assert_eq!(
            queries.len(),
            seen.batch.tokens().len() * heads.heads * heads.head_dim
        );
        let dim = heads.head_dim;
        let rows = unit.span.start + unit.first..unit.span.start + unit.first + unit.len;
        let count = unit.len * unit.heads;
        let mut own = Vec::with_capacity(count * dim);
        for row in rows {
            let at = (row * heads.heads + unit.head) * dim;
            own.extend_from_slice(&queries[at..at + unit.heads * dim]);
        }
        Self {
            heads,
            unit,
            queries: own,
            tops: vec![f32::NEG_INFINITY; count],
            sums: vec![0.0; count],
            mixed: vec![0.0; count * dim],
        }
    }

    // It must become part of its caller: only there are the processor's wide registers allowed.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn run(mut self, seen: &Seen, fma: impl Fn(f32, f32, f32) -> f32 + Copy) -> Vec<f32> {
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
        let met = self.lowest(first) / BLOCK..=last / BLOCK;
        for at in met {
            active.clear();
            active.extend((0..self.tops.len()).filter(|i| {
                let position = first + i / self.unit.heads;
                at * BLOCK <= position && (at + 1) * BLOCK > self.lowest(position)
            }));
            let (keys, values) = seen.cache.head(seen.layer, self.unit.kv_head, table[at]);
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
                self.meet(*four, at, &wide, fma);
            }
            for one in rest {
                self.meet([*one], at, &wide, fma);
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
        let window = self.heads.window;
        window.map_or(0, |w| (position + 1).saturating_sub(w))
    }

    /// `N` queries meet the block number `at` of their sequence.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn meet<const N: usize>(
        &mut self,
        which: [usize; N],
        at: usize,
        wide: &Wide,
        fma: impl Fn(f32, f32, f32) -> f32 + Copy,
    ) {
        let dim = self.heads.head_dim;
        let rows = which.map(|i| &self.queries[i * dim..(i + 1) * dim]);
        let mut weights = scores(rows, &wide.keys, fma);
        let mut fades = [0f32; N];
        for (n, i) in which.into_iter().enumerate() {
            fades[n] = self.fold(i, at, &mut weights[n], wide, fma);
        }
        let whole = dim / BLOCK * BLOCK;
        for begin in (0..whole).step_by(BLOCK) {
            self.mix::<N, BLOCK>(which, begin, &fades, &weights, &wide.values, fma);
        }
        for begin in whole..dim {
            self.mix::<N, 1>(which, begin, &fades, &weights, &wide.values, fma);
        }
    }

    /// Folds a query's scores in a block into its running softmax. The scores become the weights of the block's
    /// values; what was mixed before is to be multiplied by the answer.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn fold(
        &mut self,
        i: usize,
        at: usize,
        scores: &mut Lanes,
        wide: &Wide,
        fma: impl Fn(f32, f32, f32) -> f32 + Copy,
    ) -> f32 {
        let mut s = *scores;
        for (s, k) in s.iter_mut().zip(&wide.key_scales) {
            *s *= k * self.heads.scale;
        }
        if let Some(cap) = self.heads.softcap {
            for v in &mut s {
                *v = tanh(*v / cap, fma) * cap;
            }
        }
        let position = self.unit.span.past + self.unit.first + i / self.unit.heads;
        // Lanes before the first and from the last on are not seen.
        let first = self.lowest(position).saturating_sub(at * BLOCK) as i32;
        let last = (position + 1 - at * BLOCK).min(BLOCK) as i32;
        for (l, s) in (0i32..).zip(&mut s) {
            let seen = l >= first && l < last;
            *s = if seen { *s } else { f32::NEG_INFINITY };
        }
        let top = larger(self.tops[i], halved(s, larger));
        let fade = exp(self.tops[i] - top, fma);
        for v in &mut s {
            *v = exp(*v - top, fma);
        }
        self.tops[i] = top;
        self.sums[i] = fma(self.sums[i], fade, halved(s, |a, b| a + b));
        for (s, v) in s.iter_mut().zip(&wide.value_scales) {
            *s *= v;
        }
        *scores = s;
        fade
    }

    /// `W` elements of `N` mixes, from `begin` on: faded, and the block's values added by their weights.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn mix<const N: usize, const W: usize>(
        &mut self,
        which: [usize; N],
        begin: usize,
        fades: &[f32; N],
        weights: &[Lanes; N],
        values: &[f32],
        fma: impl Fn(f32, f32, f32) -> f32 + Copy,
    ) {
        let dim = self.heads.head_dim;
        let mut sums = [[0f32; W]; N];
        for n in 0..N {
            let at = which[n] * dim + begin;
            sums[n].copy_from_slice(&self.mixed[at..at + W]);
            for s in &mut sums[n] {
                *s *= fades[n];
            }
        }
        // The last row ends with the values: what begins at `begin` is shorter than whole rows, but holds `W` of each.
        for (l, row) in values[begin..].chunks(dim).enumerate().take(BLOCK) {
            let Some(row) = row.first_chunk::<W>() else {
                continue;
            };
            for n in 0..N {
                // Out and back in one piece, so that the sums stay in registers.
                let mut sum = sums[n];
                for w in 0..W {
                    sum[w] = fma(weights[n][l], row[w], sum[w]);
                }
                sums[n] = sum;
            }
        }
        for n in 0..N {
            let at = which[n] * dim + begin;
            self.mixed[at..at + W].copy_from_slice(&sums[n]);
        }
    }
}

/// What each row scores at each position of a block.
#[allow(clippy::inline_always)]
#[inline(always)]
fn scores<const N: usize>(
    rows: [&[f32]; N],
    keys: &[f32],
    fma: impl Fn(f32, f32, f32) -> f32 + Copy,
) -> [Lanes; N] {
    let (keys, _) = keys.as_chunks::<BLOCK>();
    // One length for all, so that no place needs a check.
    let rows = rows.map(|row| &row[..keys.len()]);
    let mut scores = [[0f32; BLOCK]; N];
    for (d, keys) in keys.iter().enumerate() {
        for n in 0..N {
            let (mut s, q) = (scores[n], rows[n][d]);
            for l in 0..BLOCK {
                s[l] = fma(q, keys[l], s[l]);
            }
            scores[n] = s;
        }
    }
    scores
}

/// Folds lanes pairwise: the upper half into the lower one, until one is left.
#[allow(clippy::inline_always)]
#[inline(always)]
fn halved(mut lanes: Lanes, fold: impl Fn(f32, f32) -> f32) -> f32 {
    let mut half = BLOCK / 2;
    while half > 0 {
        for l in 0..half {
            lanes[l] = fold(lanes[l], lanes[l + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// As the processor does it: no question is asked about what is not a number.
#[allow(clippy::inline_always)]
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
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
