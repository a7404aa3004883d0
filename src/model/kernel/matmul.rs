//! `y = x · Wᵀ` over rows in any stored form.

use super::{
    dot::{dots, dots_stored},
    grid::{SIDE, grid},
    rows::Rows,
    team::share_chunks,
};

/// Rows of the matrix handled at a time: enough to amortise a task, few enough to share evenly.
const BLOCK: usize = 32;
/// Up to here a row is widened on its way into the products instead of first.
const FEW: usize = 4;
/// Elements of widened rows that stay near.
const NEAR: usize = 1 << 16;
/// Inputs handled at a time.
const TILE: usize = 16;

/// `inputs` is `[count, width]`; the result `[count, rows]`.
pub fn matmul(weight: &dyn Rows, inputs: &[f32], count: usize) -> Vec<f32> {
    let (rows, width) = (weight.rows(), weight.width());
    debug_assert_eq!(inputs.len(), count * width);
    if count == 0 || rows == 0 {
        return Vec::new();
    }
    // Computed row by row of the matrix, hence transposed: [rows, count].
    let mut by_row = vec![0f32; rows * count];
    share_chunks(
        &mut by_row,
        BLOCK * count,
        BLOCK * count * width,
        |block, out| {
            let products = Products {
                weight,
                inputs,
                count,
                first: block * BLOCK,
            };
            if count <= FEW {
                products.row_by_row(out);
            } else {
                products.tiled(out);
            }
        },
    );
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

/// One task: some rows of the matrix with all inputs.
struct Products<'a> {
    weight: &'a dyn Rows,
    inputs: &'a [f32],
    count: usize,
    first: usize,
}

impl Products<'_> {
    /// For few inputs: each row is widened where it is used.
    fn row_by_row(&self, out: &mut [f32]) {
        let mut space = vec![0f32; self.weight.width()];
        for (row, out) in (self.first..).zip(out.chunks_exact_mut(self.count)) {
            match self.weight.dense(row) {
                Some((bytes, stored)) => dots_stored(bytes, stored, self.inputs, out),
                None => dots(line(self.weight, row, &mut space), self.inputs, out),
            }
        }
    }

    /// For many inputs: some rows are widened into the nearest cache, and a tile of inputs stays near while
    /// these rows pass over it.
    fn tiled(&self, out: &mut [f32]) {
        let width = self.weight.width();
        let lines = (NEAR / width / SIDE * SIDE).clamp(SIDE, BLOCK);
        let mut space = vec![0f32; lines * width];
        for (part, out) in out.chunks_mut(lines * self.count).enumerate() {
            let lines: Vec<&[f32]> = (self.first + part * lines..)
                .zip(space.chunks_exact_mut(width))
                .take(out.len() / self.count)
                .map(|(row, space)| line(self.weight, row, space))
                .collect();
            for (tile, inputs) in self.inputs.chunks(TILE * width).enumerate() {
                self.tile(&lines, inputs, tile * TILE, out);
            }
        }
    }

    /// All of `lines` with the inputs of one tile, which begins with input `at`.
    fn tile(&self, lines: &[&[f32]], inputs: &[f32], at: usize, out: &mut [f32]) {
        let width = self.weight.width();
        let (fours, rest) = lines.as_chunks::<SIDE>();
        for (rows, out) in fours.iter().zip(out.chunks_mut(SIDE * self.count)) {
            let mut at = at;
            let mut groups = inputs.chunks_exact(SIDE * width);
            for inputs in &mut groups {
                for (products, out) in grid(*rows, inputs).iter().zip(out.chunks_mut(self.count)) {
                    out[at..at + SIDE].copy_from_slice(products);
                }
                at += SIDE;
            }
            let inputs = groups.remainder();
            for (row, out) in rows.iter().zip(out.chunks_mut(self.count)) {
                dots(row, inputs, &mut out[at..at + inputs.len() / width]);
            }
        }
        let out = out.chunks_mut(self.count).skip(fours.len() * SIDE);
        for (row, out) in rest.iter().zip(out) {
            dots(row, inputs, &mut out[at..at + inputs.len() / width]);
        }
    }
}

/// A row as f32: as it stands, or widened into `space`.
fn line<'a>(weight: &'a dyn Rows, row: usize, space: &'a mut [f32]) -> &'a [f32] {
    if let Some(line) = weight.as_f32(row) {
        return line;
    }
    weight.widen(row, space);
    space
}

#[cfg(test)]
mod tests {
    use super::matmul;
    use crate::kernel::OwnedRows;

    #[test]
    fn a_product_is_right_and_the_same_bits_for_any_number_of_inputs() {
        for (rows, width, count) in [(1, 8, 1), (33, 40, 5), (70, 64, 37), (200, 96, 64)] {
            let noise = |seed: usize, n: usize| -> Vec<f32> {
                (0..n)
                    .map(|i| ((i * 7 + seed) as f32 * 0.61).sin())
                    .collect()
            };
            let (values, inputs) = (noise(1, rows * width), noise(2, count * width));
            let weight = OwnedRows::new(values.clone(), width);
            let all = matmul(&weight, &inputs, count);
            for (c, input) in inputs.chunks(width).enumerate() {
                let alone = matmul(&weight, input, 1);
                let together = &all[c * rows..(c + 1) * rows];
                assert!(
                    alone
                        .iter()
                        .zip(together)
                        .all(|(a, b)| a.to_bits() == b.to_bits())
                );
                for (row, got) in values.chunks(width).zip(&alone) {
                    let exact: f64 = row
                        .iter()
                        .zip(input)
                        .map(|(a, b)| f64::from(*a) * f64::from(*b))
                        .sum();
                    assert!((exact - f64::from(*got)).abs() < 1e-4);
                }
            }
        }
    }
}
