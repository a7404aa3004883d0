//! Mixtral: Mistral with experts.

use super::{Arch, Usual};
use crate::{
    Config, Result,
    layer::{Activation, COMMON, MlpSpec, Names, Spec},
};

pub const ARCH: Arch = Arch {
    name: "mixtral",
    classes: &["MixtralForCausalLM"],
    types: &["mixtral"],
    gguf: &[],
    spec,
};

const NAMES: Names = Names {
    router: "model.layers.{}.block_sparse_moe.gate",
    expert_gate: "model.layers.{}.block_sparse_moe.experts.{e}.w1",
    expert_up: "model.layers.{}.block_sparse_moe.experts.{e}.w3",
    expert_down: "model.layers.{}.block_sparse_moe.experts.{e}.w2",
    ..COMMON
};

pub(super) fn spec(config: &Config) -> Result<Spec> {
    let usual = Usual::read(config)?;
    let mut spec = usual.llama(config)?;
    let experts = MlpSpec::Experts {
        count: config.size("num_local_experts")?,
        active: config.size("num_experts_per_tok")?,
        width: usual.width,
        activation: config.activation("hidden_act", Activation::Silu)?,
        renormalise: true,
    };
    let windows = usual.windows(config, config.maybe_size("sliding_window")?);
    for (block, window) in spec.blocks.iter_mut().zip(windows) {
        block.attention.window = window;
        block.mlp = experts;
    }
    spec.names = &NAMES;
    Ok(spec)
}
