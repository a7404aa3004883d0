//! The arithmetic on the CPU: plain slices in, plain slices out.
//!
//! Weights are read row by row in the form their file has (mapped bf16, f16, f32, MLX's packed
//! integers) and widened to f32 on the way through the cache, so that no second copy of a model ever
//! stands in memory. Every (row, input) product sums in one fixed order, whatever else is in the
//! batch: a sequence's numbers do not depend on its neighbours.
//! It does not know layers, architectures or files. A device backend takes its place beside it here.

mod affine;
mod attention;
mod dot;
mod exp;
mod matmul;
mod rows;
mod team;
mod widen;

pub use affine::{Affine, AffineRows};
pub use attention::{Heads, Seen, attend};
pub use matmul::matmul;
pub use rows::{DenseRows, OwnedRows, Rows};
pub use widen::widen;
