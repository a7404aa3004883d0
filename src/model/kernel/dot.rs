//! Dot products in one fixed order of summation.
//!
//! Sixteen running sums take every sixteenth element, then they are folded pairwise. The tile of four
//! inputs exists only to read each weight once for four inputs; it sums every product in the same
//! order as the lone form, so results are bit-equal for any number of inputs.

use half::{bf16, f16};

use super::widen::half_to_float;
use crate::source::Stored;

const LANES: usize = 16;
/// Bytes between a use of weights and the ones that are asked for meanwhile: the processor's own foresight
/// ends with each page.
const AHEAD: usize = 4096;

/// `out[i] = w · x_i` for the rows `x_i` of `xs`, each as long as `w`.
pub fn dots(w: &[f32], xs: &[f32], out: &mut [f32]) {
    debug_assert_eq!(xs.len(), w.len() * out.len());
    run(w, xs, out);
}

/// The same for a row that is widened on its way into the product, and the same bits. Quicker for few
/// inputs only: each tile of them widens the row again.
pub fn dots_stored(w: &[u8], stored: Stored, xs: &[f32], out: &mut [f32]) {
    match stored {
        Stored::F32 => run(Words(w.as_chunks().0), xs, out),
        Stored::Bf16 => run(Bf16(w.as_chunks().0), xs, out),
        Stored::F16 => run(F16(w.as_chunks().0), xs, out),
        Stored::U32 | Stored::Ggml(_) | Stored::Other(_) => {
            debug_assert!(false, "not a dense type");
        }
    }
}

/// A row of weights in whatever dense form.
trait Line: Copy {
    fn width(self) -> usize;
    fn sixteen(self, at: usize) -> [f32; LANES];
    fn one(self, at: usize) -> f32;
}

// What a line gives must become part of the loop: only there are the processor's wide registers allowed.
#[allow(clippy::inline_always)]
impl Line for &[f32] {
    #[inline(always)]
    fn width(self) -> usize {
        self.len()
    }

    #[inline(always)]
    fn sixteen(self, at: usize) -> [f32; LANES] {
        let mut out = [0.0; LANES];
        out.copy_from_slice(&self[at..at + LANES]);
        out
    }

    #[inline(always)]
    fn one(self, at: usize) -> f32 {
        self[at]
    }
}

#[derive(Clone, Copy)]
struct Words<'a>(&'a [[u8; 4]]);
#[derive(Clone, Copy)]
struct Bf16<'a>(&'a [[u8; 2]]);
#[derive(Clone, Copy)]
struct F16<'a>(&'a [[u8; 2]]);

macro_rules! line {
    ($name:ident, $wide:expr, $exact:expr) => {
        #[allow(clippy::inline_always)]
        impl Line for $name<'_> {
            #[inline(always)]
            fn width(self) -> usize {
                self.0.len()
            }

            #[inline(always)]
            fn sixteen(self, at: usize) -> [f32; LANES] {
                let part = &self.0[at..at + LANES];
                ask(part.as_flattened());
                let mut out = [0.0; LANES];
                for (o, b) in out.iter_mut().zip(part) {
                    *o = $wide(*b);
                }
                out
            }

            #[inline(always)]
            fn one(self, at: usize) -> f32 {
                $exact(self.0[at])
            }
        }
    };
}

line!(Words, f32::from_le_bytes, f32::from_le_bytes);
line!(
    Bf16,
    |b| f32::from_bits(u32::from(u16::from_le_bytes(b)) << 16),
    |b| bf16::from_le_bytes(b).to_f32()
);
line!(F16, |b| half_to_float(u16::from_le_bytes(b)), |b| {
    f16::from_le_bytes(b).to_f32()
});

#[allow(clippy::inline_always)]
#[inline(always)]
fn ask(from: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: only a hint; no address is wrong.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(from.as_ptr().wrapping_add(AHEAD).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (from, AHEAD);
}

fn run(w: impl Line, xs: &[f32], out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: the features were just found on this processor.
        return unsafe { fused(w, xs, out) };
    }
    plain(w, xs, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn fused(w: impl Line, xs: &[f32], out: &mut [f32]) {
    tiles(w, xs, out, f32::mul_add);
}

fn plain(w: impl Line, xs: &[f32], out: &mut [f32]) {
    tiles(w, xs, out, |x, y, z| x * y + z);
}

// Both must become part of their caller: only there are the processor's wide registers allowed.
#[allow(clippy::inline_always)]
#[inline(always)]
fn tiles(w: impl Line, xs: &[f32], out: &mut [f32], fma: impl Fn(f32, f32, f32) -> f32 + Copy) {
    let width = w.width();
    let (four, rest) = out.as_chunks_mut::<4>();
    let split = four.len() * 4 * width;
    for (o, x) in four.iter_mut().zip(xs[..split].chunks_exact(4 * width)) {
        *o = tile::<_, _, 4>(w, x, fma);
    }
    for (o, x) in rest.iter_mut().zip(xs[split..].chunks_exact(width)) {
        *o = tile::<_, _, 1>(w, x, fma)[0];
    }
}

#[allow(clippy::inline_always)]
#[inline(always)]
fn tile<L: Line, F: Fn(f32, f32, f32) -> f32, const N: usize>(
    w: L,
    xs: &[f32],
    fma: F,
) -> [f32; N] {
    let width = w.width();
    let whole = width / LANES * LANES;
    let rows: [&[f32]; N] = std::array::from_fn(|i| &xs[i * width..(i + 1) * width]);
    let mut sums = [[0f32; LANES]; N];
    for at in (0..whole).step_by(LANES) {
        let ws = w.sixteen(at);
        for (sum, row) in sums.iter_mut().zip(rows) {
            let x = &row[at..at + LANES];
            if N == 1 {
                for l in 0..LANES {
                    sum[l] = fma(ws[l], x[l], sum[l]);
                }
                continue;
            }
            // Out and back in one piece: several sums that are changed in place do not stay in registers
            // (six times slower); a single one does, and is faster so.
            let mut s = *sum;
            for l in 0..LANES {
                s[l] = fma(ws[l], x[l], s[l]);
            }
            *sum = s;
        }
    }
    std::array::from_fn(|i| {
        let mut fold = sums[i];
        let mut half = LANES / 2;
        while half > 0 {
            for l in 0..half {
                fold[l] += fold[l + half];
            }
            half /= 2;
        }
        (whole..width).fold(fold[0], |z, at| fma(w.one(at), rows[i][at], z))
    })
}

#[cfg(test)]
mod tests {
    use super::{dots, dots_stored};
    use crate::source::Stored;

    fn dot(a: &[f32], b: &[f32]) -> f32 {
        let mut out = [0.0];
        dots(a, b, &mut out);
        out[0]
    }

    #[test]
    fn a_row_that_is_widened_on_its_way_gives_the_same_bits() {
        for width in [1, 15, 16, 17, 64, 257] {
            let short: Vec<u16> = (0..width)
                .map(|i| 0x3800 + (i * 37 % 2000) as u16)
                .collect();
            let bytes: Vec<u8> = short.iter().flat_map(|h| h.to_le_bytes()).collect();
            let xs: Vec<f32> = (0..width * 7).map(|i| (i as f32 * 0.11).cos()).collect();
            for stored in [Stored::F16, Stored::Bf16] {
                let mut wide = vec![0.0; width];
                super::super::widen::widen(&bytes, stored, &mut wide);
                let (mut expected, mut got, mut again) = ([0.0; 7], [0.0; 7], [0.0; 7]);
                dots(&wide, &xs, &mut expected);
                dots_stored(&bytes, stored, &xs, &mut got);
                let words: Vec<u8> = wide.iter().flat_map(|v| v.to_le_bytes()).collect();
                dots_stored(&words, Stored::F32, &xs, &mut again);
                assert_eq!(expected.map(f32::to_bits), got.map(f32::to_bits));
                assert_eq!(expected.map(f32::to_bits), again.map(f32::to_bits));
            }
        }
    }

    #[test]
    fn a_product_is_the_same_bits_alone_and_among_others() {
        for width in [1, 15, 16, 17, 64, 257] {
            let w: Vec<f32> = (0..width).map(|i| (i as f32 * 0.37).sin()).collect();
            let xs: Vec<f32> = (0..width * 7).map(|i| (i as f32 * 0.11).cos()).collect();
            let mut together = [0.0; 7];
            dots(&w, &xs, &mut together);
            for (x, t) in xs.chunks(width).zip(together) {
                assert_eq!(dot(&w, x).to_bits(), t.to_bits());
                let exact: f64 = w
                    .iter()
                    .zip(x)
                    .map(|(a, b)| f64::from(*a) * f64::from(*b))
                    .sum();
                assert!((exact - f64::from(t)).abs() < 1e-4);
            }
        }
    }
}
