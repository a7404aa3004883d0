//! OLMo 2: norms on the branches' results, queries and keys normalised over all heads at once.

use super::{Arch, Usual};
use crate::{
    Config, Result,
    layer::{COMMON, Names, Placement, QkNorm, Spec},
};

pub const ARCH: Arch = Arch {
    name: "olmo2",
    classes: &["Olmo2ForCausalLM"],
    types: &["olmo2"],
    gguf: &["olmo2"],
    defaults: r#"{"rms_norm_eps": 1e-5}"#,
    spec,
};

const NAMES: Names = Names {
    post_attn: "model.layers.{}.post_attention_layernorm",
    post_mlp: "model.layers.{}.post_feedforward_layernorm",
    ..COMMON
};

fn spec(config: &Config) -> Result<Spec> {
    let mut spec = Usual::read(config)?.llama(config)?;
    spec.ropes[0].interleaved = false;
    for block in &mut spec.blocks {
        block.placement = Placement::After;
        block.attention.qk_norm = QkNorm::Whole;
    }
    spec.names = &NAMES;
    Ok(spec)
}
