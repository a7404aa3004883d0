//! Products of four rows with four inputs at once, in the order of [`super::dot`].

use super::dot::dots;

/// Rows, and inputs, of a grid.
pub const SIDE: usize = 4;

/// The products of four rows with four inputs, which stand one after the other; `[row][input]`.
///
/// Each number that is read is used four times, so that reading does not hold up the sums. The sums are those
/// of [`dots`]: sixteen for each product, which here is one register.
pub fn grid(rows: [&[f32]; SIDE], inputs: &[f32]) -> [[f32; SIDE]; SIDE] {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx512f") {
        // SAFETY: the feature was just found on this processor.
        return unsafe { avx512(rows, inputs) };
    }
    rows.map(|row| {
        let mut out = [0.0; SIDE];
        dots(row, inputs, &mut out);
        out
    })
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn avx512(rows: [&[f32]; SIDE], inputs: &[f32]) -> [[f32; SIDE]; SIDE] {
    use std::arch::x86_64::{
        _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_setzero_ps, _mm512_storeu_ps,
    };
    let width = rows[0].len();
    let inputs: [&[f32]; SIDE] = std::array::from_fn(|i| &inputs[i * width..(i + 1) * width]);
    let count = width / 16;
    let w = rows.map(|row| &row.as_chunks::<16>().0[..count]);
    let x = inputs.map(|row| &row.as_chunks::<16>().0[..count]);
    let mut sums = [[_mm512_setzero_ps(); SIDE]; SIDE];
    for at in 0..count {
        // SAFETY: sixteen floats are read from arrays of sixteen.
        let load = |from: &[f32; 16]| unsafe { _mm512_loadu_ps(from.as_ptr()) };
        let w = [
            load(&w[0][at]),
            load(&w[1][at]),
            load(&w[2][at]),
            load(&w[3][at]),
        ];
        let x = [
            load(&x[0][at]),
            load(&x[1][at]),
            load(&x[2][at]),
            load(&x[3][at]),
        ];
        let add = |row: [_; SIDE], w| {
            [
                _mm512_fmadd_ps(w, x[0], row[0]),
                _mm512_fmadd_ps(w, x[1], row[1]),
                _mm512_fmadd_ps(w, x[2], row[2]),
                _mm512_fmadd_ps(w, x[3], row[3]),
            ]
        };
        sums = [
            add(sums[0], w[0]),
            add(sums[1], w[1]),
            add(sums[2], w[2]),
            add(sums[3], w[3]),
        ];
    }
    // Out of the registers in one piece: sums that are looked up one by one would never have been in any.
    let folded = sums.map(|row| {
        row.map(|sums| {
            let mut fold = [0f32; 16];
            // SAFETY: sixteen floats are written to an array of sixteen.
            unsafe { _mm512_storeu_ps(fold.as_mut_ptr(), sums) };
            fold
        })
    });
    let mut out = [[0f32; SIDE]; SIDE];
    for r in 0..SIDE {
        for n in 0..SIDE {
            let mut fold = folded[r][n];
            for half in [8, 4, 2, 1] {
                for l in 0..half {
                    fold[l] += fold[l + half];
                }
            }
            let rest = rows[r][count * 16..].iter().zip(&inputs[n][count * 16..]);
            out[r][n] = rest.fold(fold[0], |sum, (w, x)| w.mul_add(*x, sum));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{SIDE, dots, grid};

    #[test]
    fn a_grid_has_the_bits_of_its_single_products() {
        for width in [1, 15, 16, 17, 64, 257] {
            let noise = |seed: usize| -> Vec<f32> {
                let value = |i: usize| ((i + seed * 999) as f32 * 0.37).sin();
                (0..width * SIDE).map(value).collect()
            };
            let (w, x) = (noise(1), noise(2));
            let rows: [&[f32]; SIDE] = std::array::from_fn(|i| &w[i * width..(i + 1) * width]);
            for (row, got) in rows.iter().zip(grid(rows, &x)) {
                let mut alone = [0.0; SIDE];
                for (x, out) in x.chunks(width).zip(&mut alone) {
                    dots(row, x, std::slice::from_mut(out));
                }
                assert_eq!(alone.map(f32::to_bits), got.map(f32::to_bits));
            }
        }
    }
}
