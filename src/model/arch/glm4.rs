//! GLM 4: half of each head is turned, in neighbouring pairs; norms around each branch.

use super::{Arch, Usual};
use crate::{
    Config, Result,
    layer::{Activation, COMMON, MlpSpec, Names, Placement, Spec},
};

pub const ARCH: Arch = Arch {
    name: "glm4",
    classes: &["Glm4ForCausalLM"],
    types: &["glm4"],
    gguf: &["glm4"],
    defaults: r#"{"attention_bias": true, "rms_norm_eps": 1.5625e-7, "num_key_value_heads": 2}"#,
    spec,
};

const NAMES: Names = Names {
    post_attn: "model.layers.{}.post_self_attn_layernorm",
    post_mlp: "model.layers.{}.post_mlp_layernorm",
    ..COMMON
};

fn spec(config: &Config) -> Result<Spec> {
    let usual = Usual::read(config)?;
    let mut attention = usual.attention();
    attention.bias = config.flag("attention_bias", false)?;
    let mlp = MlpSpec::Gated {
        width: usual.width,
        activation: config.activation("hidden_act", Activation::Silu)?,
        fused: true,
        bias: false,
    };
    let mut rope = config.rope(usual.rotary(config, 0.5)?, 10_000.0)?;
    rope.interleaved = true;
    let mut block = Usual::block(attention, mlp);
    block.placement = Placement::Around;
    let mut spec = usual.decoder(config, rope, vec![block; usual.layers])?;
    spec.names = &NAMES;
    Ok(spec)
}
