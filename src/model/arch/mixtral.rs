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
    defaults: r#"{"num_key_value_heads": 8, "rms_norm_eps": 1e-5, "rope_theta": 1000000.0, "max_position_embeddings": 131072, "num_local_experts": 8, "num_experts_per_tok": 2}"#,
    spec,
};

const NAMES: Names = Names {
    router: "model.layers.{}.block_sparse_moe.gate",
    expert_gate: "model.layers.{}.block_sparse_moe.experts.{e}.w1",
    expert_up: "model.layers.{}.block_sparse_moe.experts.{e}.w3",
    expert_down: "model.layers.{}.block_sparse_moe.experts.{e}.w2",
    stacked_gate: "model.layers.{}.block_sparse_moe.switch_mlp.gate_proj",
    stacked_up: "model.layers.{}.block_sparse_moe.switch_mlp.up_proj",
    stacked_down: "model.layers.{}.block_sparse_moe.switch_mlp.down_proj",
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
    let windows = usual.windows(config, config.maybe_size("sliding_window")?)?;
    for (block, window) in spec.blocks.iter_mut().zip(windows) {
        block.attention.window = window;
        block.mlp = experts;
    }
    spec.names = &NAMES;
    Ok(spec)
}
