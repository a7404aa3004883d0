//! `y = x · Wᵀ` over rows in any stored form.

use rayon::prelude::*;

use super::{dot::dots, rows::Rows};

/// Rows of the matrix handled at a time: enough to amortise a task, few enough to share evenly.
const BLOCK: usize = 32;
/// Below this many products a second thread costs more than it brings.
const WORTH_SHARING: usize = 1 << 16;

/// `inputs` is `[count, width]`; the result `[count, rows]`.
pub fn matmul(weight: &dyn Rows, inputs: &[f32], count: usize) -> Vec<f32> {
    let (rows, width) = (weight.rows(), weight.width());
    debug_assert_eq!(inputs.len(), count * width);
    if count == 0 || rows == 0 {
        return Vec::new();
    }
    // Computed row by row of the matrix, hence transposed: [rows, count].
    let mut by_row = vec![0f32; rows * count];
    let fill = |(block, out): (usize, &mut [f32])| {
        let mut scratch = Vec::new();
        for (i, out) in out.chunks_exact_mut(count).enumerate() {
            let row = block * BLOCK + i;
            if let Some(w) = weight.as_f32(row) {
                dots(w, inputs, out);
            } else {
                scratch.resize(width, 0.0);
                weight.widen(row, &mut scratch);
                dots(&scratch, inputs, out);
            }
        }
    };
    if rows * width * count < WORTH_SHARING {
        by_row.chunks_mut(BLOCK * count).enumerate().for_each(fill);
    } else {
        by_row
            .par_chunks_mut(BLOCK * count)
            .enumerate()
            .for_each(fill);
    }
    if count == 1 {
        return by_row;
    }
    let mut out = vec![0f32; rows * count];
    for (r, values) in by_row.chunks_exact(count).enumerate() {
        for (c, v) in values.iter().enumerate() {
            out[c * rows + r] = *v;
        }
    }
    out
}
