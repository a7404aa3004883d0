//! The parts that all architectures are made of.
//!
//! An arch file describes a decoder as a [`Spec`]; [`build`] makes it from a weight file; the result
//! runs batches. It does not know which architecture it is running, nor what a file format looks like.

mod activation;
mod attention;
mod build;
mod decoder;
mod linear;
mod mlp;
mod names;
mod norm;
mod rope;
mod spec;
mod weights;

pub use activation::Activation;
pub(crate) use attention::{Attention, Project};
pub use build::build;
pub use decoder::Decoder;
pub(crate) use decoder::{Block as DecoderBlock, Norms};
pub(crate) use linear::Linear;
pub(crate) use mlp::{Experts, Mlp as DecoderMlp};
pub use names::{COMMON, GGUF, Names};
pub(crate) use names::{at, at_expert};
pub(crate) use norm::Norm;
pub use norm::{NormKind, NormSpec};
pub use rope::{Rope, Scaling};
pub use spec::{
    Attention as AttentionSpec, Block as BlockSpec, Embed, Head, Mlp as MlpSpec, Placement,
    Positions, QkNorm, Spec,
};
pub(crate) use weights::Weights;
pub use weights::{Form, Origin};
