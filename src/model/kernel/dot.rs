//! Dot products in one fixed order of summation.
//!
//! Sixteen running sums take every sixteenth element, then they are folded pairwise. The tile of four
//! inputs exists only to read each weight once for four inputs; it sums every product in the same
//! order as the lone form, so results are bit-equal for any number of inputs.

const LANES: usize = 16;

/// `out[i] = w · x_i` for the rows `x_i` of `xs`, each as long as `w`.
pub fn dots(w: &[f32], xs: &[f32], out: &mut [f32]) {
    debug_assert_eq!(xs.len(), w.len() * out.len());
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: the features were just found on this processor.
        return unsafe { fused(w, xs, out) };
    }
    plain(w, xs, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn fused(w: &[f32], xs: &[f32], out: &mut [f32]) {
    tiles(w, xs, out, f32::mul_add);
}

fn plain(w: &[f32], xs: &[f32], out: &mut [f32]) {
    tiles(w, xs, out, |x, y, z| x * y + z);
}

// Both must become part of their caller: only there are the processor's wide registers allowed.
#[allow(clippy::inline_always)]
#[inline(always)]
fn tiles(w: &[f32], xs: &[f32], out: &mut [f32], fma: impl Fn(f32, f32, f32) -> f32 + Copy) {
    let width = w.len();
    let (four, rest) = out.as_chunks_mut::<4>();
    let split = four.len() * 4 * width;
    for (o, x) in four.iter_mut().zip(xs[..split].chunks_exact(4 * width)) {
        *o = tile::<4>(w, x, fma);
    }
    for (o, x) in rest.iter_mut().zip(xs[split..].chunks_exact(width)) {
        *o = tile::<1>(w, x, fma)[0];
    }
}

#[allow(clippy::inline_always)]
#[inline(always)]
fn tile<const N: usize>(w: &[f32], xs: &[f32], fma: impl Fn(f32, f32, f32) -> f32) -> [f32; N] {
    let width = w.len();
    let whole = width / LANES * LANES;
    let rows: [&[f32]; N] = std::array::from_fn(|i| &xs[i * width..(i + 1) * width]);
    let mut sums = [[0f32; LANES]; N];
    for at in (0..whole).step_by(LANES) {
        let ws = &w[at..at + LANES];
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
        w[whole..]
            .iter()
            .zip(&rows[i][whole..])
            .fold(fold[0], |z, (a, b)| fma(*a, *b, z))
    })
}

#[cfg(test)]
mod tests {
    use super::dots;

    fn dot(a: &[f32], b: &[f32]) -> f32 {
        let mut out = [0.0];
        dots(a, b, &mut out);
        out[0]
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
