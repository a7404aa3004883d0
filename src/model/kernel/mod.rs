//! The arithmetic on the CPU: plain slices in, plain slices out.
//!
//! Dense weights and MLX's are read row by row where they are mapped and widened to f32 on the way through
//! the cache; ggml's blocks are copied once into the order of their products ([`ggml`]). No second copy of a
//! model ever stands in memory. Every (row, input) product sums in one fixed order, whatever else is in the
//! batch: a sequence's numbers do not depend on its neighbours.
//! It does not know layers, architectures or files. A device backend takes its place beside it here.

mod activation;
mod affine;
mod attention;
mod dot;
mod exp;
mod ggml;
mod grid;
mod matmul;
mod norm;
mod rows;
mod team;
mod widen;

pub use activation::{Activation, activate, gate};
pub use affine::{Affine, AffineRows};
pub use attention::{Heads, Seen, attend};
pub use ggml::{Inputs, Kind, Packed};
pub use matmul::matmul;
pub use norm::add;
pub use norm::{layer_norm, rms_norm};
pub use rows::{DenseRows, OwnedRows, Rows};
pub use team::share_chunks;
pub use widen::widen;
