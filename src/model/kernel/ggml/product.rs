//! Products of one panel with some inputs.
//!
//! Whole numbers are summed exactly. Floats are summed block by block in ascending order, in one fused step
//! or two: the same bits in every form, whatever other inputs stand beside.

#[cfg(target_arch = "x86_64")]
use super::x86::{Avx2, Avx512};
use super::{
    format::{Format, ROWS, Sizes, chunk},
    inputs::{Inputs, Short, Wide},
    simd::{Plain, Simd},
};

/// In which form to compute.
#[derive(Clone, Copy)]
pub enum Form {
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    Plain,
}

impl Form {
    /// The fastest that this processor can do.
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if let Some(simd) = Avx512::found() {
                return Self::Avx512(simd);
            }
            if let Some(simd) = Avx2::found() {
                return Self::Avx2(simd);
            }
        }
        Self::Plain
    }
}

/// Sixteen rows over their whole width.
#[derive(Clone, Copy)]
pub struct Panel<'a> {
    pub levels: &'a [[u8; 64]],
    pub sides: &'a [[u8; 32]],
}

/// Writes the products of `panel` with the inputs from `first` on, one place of `out` for each.
pub fn products<F: Format>(
    form: Form,
    panel: Panel,
    inputs: &Inputs,
    first: usize,
    out: &mut [[f32; ROWS]],
) {
    match form {
        // SAFETY: the value shows that the features were found.
        #[cfg(target_arch = "x86_64")]
        Form::Avx512(simd) => unsafe { avx512::<F>(simd, panel, inputs, first, out) },
        // SAFETY: the value shows that the features were found.
        #[cfg(target_arch = "x86_64")]
        Form::Avx2(simd) => unsafe { avx2::<F>(simd, panel, inputs, first, out) },
        Form::Plain => {
            let tiles = Tiles::new::<F>(panel, inputs, first);
            tiles.run::<Plain, F, 1>(Plain, 0, out);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn avx512<F: Format>(
    simd: Avx512,
    panel: Panel,
    inputs: &Inputs,
    first: usize,
    out: &mut [[f32; ROWS]],
) {
    let tiles = Tiles::new::<F>(panel, inputs, first);
    let at = tiles.run::<_, F, 8>(simd, 0, out);
    let at = tiles.run::<_, F, 4>(simd, at, out);
    let at = tiles.run::<_, F, 2>(simd, at, out);
    tiles.run::<_, F, 1>(simd, at, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,f16c")]
fn avx2<F: Format>(
    simd: Avx2,
    panel: Panel,
    inputs: &Inputs,
    first: usize,
    out: &mut [[f32; ROWS]],
) {
    let tiles = Tiles::new::<F>(panel, inputs, first);
    let at = tiles.run::<_, F, 2>(simd, 0, out);
    tiles.run::<_, F, 1>(simd, at, out);
}

/// Bytes between a use of weights and the ones that are asked for meanwhile.
const AHEAD: usize = 4096;

struct Tiles<'a> {
    panel: Panel<'a>,
    blocks: usize,
    inputs: &'a Inputs,
    first: usize,
}

// All of it must become part of its caller: only there are the processor's wide registers allowed.
#[allow(clippy::inline_always)]
impl<'a> Tiles<'a> {
    #[inline(always)]
    fn new<F: Format>(panel: Panel<'a>, inputs: &'a Inputs, first: usize) -> Self {
        Self {
            panel,
            blocks: panel.sides.len() / F::SIDE,
            inputs,
            first,
        }
    }

    /// As many tiles of `N` inputs as there are from `at` on; where it stopped.
    #[inline(always)]
    fn run<S: Simd, F: Format, const N: usize>(
        &self,
        simd: S,
        mut at: usize,
        out: &mut [[f32; ROWS]],
    ) -> usize {
        let blocks = self.blocks;
        while at + N <= out.len() {
            let from = |i: usize| (self.first + at + i) * blocks;
            let sums = match self.inputs {
                Inputs::Wide(all) => {
                    let x = std::array::from_fn(|i| &all[from(i)..from(i) + blocks]);
                    wide::<S, F, N>(simd, self.panel, x)
                }
                Inputs::Short(all) => {
                    let x = std::array::from_fn(|i| &all[from(i)..from(i) + blocks]);
                    short::<S, F, N>(simd, self.panel, x)
                }
            };
            for (o, sum) in out[at..at + N].iter_mut().zip(sums) {
                *o = simd.array(sum);
            }
            at += N;
        }
        at
    }
}

#[allow(clippy::inline_always)]
#[inline(always)]
fn ask<S: Simd>(simd: S, words: &[[u8; 64]]) {
    for word in words {
        simd.ask(word, AHEAD);
    }
}

/// Adds the products of four or eight groups with the inputs' words from `at` on.
#[allow(clippy::inline_always)]
#[inline(always)]
fn dots<S: Simd, F: Format>(
    simd: S,
    mut sum: S::Ints,
    groups: &[S::Bytes],
    words: &[i32],
) -> S::Ints {
    for (bytes, word) in groups.iter().zip(words) {
        sum = if F::BITS == 8 {
            simd.dot::<true>(sum, *bytes, *word)
        } else {
            simd.dot::<false>(sum, *bytes, *word)
        };
    }
    sum
}

#[allow(clippy::inline_always)]
#[inline(always)]
fn wide<S: Simd, F: Format, const N: usize>(
    simd: S,
    panel: Panel,
    x: [&[Wide]; N],
) -> [S::Floats; N] {
    let mut sums = [simd.floats(0.0); N];
    if F::BLOCK != 256 {
        return sums;
    }
    let levels = panel.levels.chunks_exact(F::CHUNKS * F::BITS);
    for (b, (levels, side)) in levels.zip(panel.sides.chunks_exact(F::SIDE)).enumerate() {
        let x: [&Wide; N] = std::array::from_fn(|n| &x[n][b]);
        let mut whole = [simd.ints(0); N];
        let mut rest = [simd.ints(0); N];
        for p in 0..F::PAIRS {
            let pair = simd.pairs(&side[p]);
            let beside = if F::LEAST {
                simd.pairs(&side[F::PAIRS + 1 + p])
            } else {
                pair
            };
            for (rest, x) in rest.iter_mut().zip(x) {
                let sums = if F::PART == 32 {
                    x.thirties[p % 4]
                } else {
                    x.sixteens[p]
                };
                *rest = simd.dot_pairs(*rest, beside, sums);
            }
            let scales = [simd.first(pair), simd.second(pair)];
            if F::PART == 32 {
                for (half, scale) in scales.into_iter().enumerate() {
                    let c = 2 * p + half;
                    let words = &levels[c * F::BITS..(c + 1) * F::BITS];
                    ask(simd, words);
                    let groups = chunk::<S, F>(simd, words);
                    for (whole, x) in whole.iter_mut().zip(x) {
                        let words = &x.words[c * 8..c * 8 + 8];
                        let sum = dots::<S, F>(simd, simd.ints(0), &groups, words);
                        *whole = simd.add_product(*whole, sum, scale);
                    }
                }
            } else {
                let words = &levels[p * F::BITS..(p + 1) * F::BITS];
                ask(simd, words);
                let groups = chunk::<S, F>(simd, words);
                for (half, scale) in scales.into_iter().enumerate() {
                    for (whole, x) in whole.iter_mut().zip(x) {
                        let words = &x.words[p * 8 + half * 4..p * 8 + half * 4 + 4];
                        let groups = &groups[half * 4..half * 4 + 4];
                        let sum = dots::<S, F>(simd, simd.ints(0), groups, words);
                        *whole = simd.add_product(*whole, sum, scale);
                    }
                }
            }
        }
        let factor = simd.halves(&side[F::PAIRS]);
        for (n, sum) in sums.iter_mut().enumerate() {
            let mut whole = whole[n];
            if F::OFFSET != 0 {
                whole = simd.add_product(whole, rest[n], simd.ints(-F::OFFSET));
            }
            let worth = simd.times(factor, simd.floats(x[n].scale));
            *sum = simd.fused(simd.rounded(whole), worth, *sum);
            if F::LEAST {
                let least = simd.halves(&side[2 * F::PAIRS + 1]);
                let worth = simd.times(least, simd.floats(-x[n].scale));
                *sum = simd.fused(simd.rounded(rest[n]), worth, *sum);
            }
        }
    }
    sums
}

#[allow(clippy::inline_always)]
#[inline(always)]
fn short<S: Simd, F: Format, const N: usize>(
    simd: S,
    panel: Panel,
    x: [&[Short]; N],
) -> [S::Floats; N] {
    let mut sums = [simd.floats(0.0); N];
    if F::BLOCK != 32 {
        return sums;
    }
    let levels = panel.levels.chunks_exact(F::BITS);
    for (b, (levels, side)) in levels.zip(panel.sides.chunks_exact(F::SIDE)).enumerate() {
        ask(simd, levels);
        let groups = chunk::<S, F>(simd, levels);
        let factor = simd.halves(&side[0]);
        for (sum, x) in sums.iter_mut().zip(x) {
            let x = &x[b];
            // The start stands for an offset of 128; the others are powers of two below.
            let start = if F::OFFSET == 0 {
                0
            } else {
                x.start / (128 / F::OFFSET)
            };
            let whole = dots::<S, F>(simd, simd.ints(start), &groups, &x.words);
            let worth = simd.times(factor, simd.floats(x.scale));
            *sum = simd.fused(simd.rounded(whole), worth, *sum);
            if F::LEAST {
                *sum = simd.fused(simd.halves(&side[1]), simd.floats(-x.total), *sum);
            }
        }
    }
    sums
}
