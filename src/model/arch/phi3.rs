//! Phi 3, 3.5 and 4: queries, keys and values in one matrix, gate and up in another; longrope.

use super::{Arch, Usual};
use crate::{
    Config, Result,
    layer::{Activation, MlpSpec, Spec},
};

pub const ARCH: Arch = Arch {
    name: "phi3",
    classes: &["Phi3ForCausalLM"],
    types: &["phi3"],
    gguf: &["phi3"],
    defaults: r#"{"rms_norm_eps": 1e-5}"#,
    spec,
};

fn spec(config: &Config) -> Result<Spec> {
    let usual = Usual::read(config)?;
    let mut attention = usual.attention();
    attention.fused = true;
    let mlp = MlpSpec::Gated {
        width: usual.width,
        activation: config.activation("hidden_act", Activation::Silu)?,
        fused: true,
        bias: false,
    };
    let rope = config.rope(usual.rotary(config, 1.0)?, 10_000.0)?;
    let mut blocks = vec![Usual::block(attention, mlp); usual.layers];
    let windows = usual.windows(config, config.maybe_size("sliding_window")?)?;
    for (block, window) in blocks.iter_mut().zip(windows) {
        block.attention.window = window;
    }
    usual.decoder(config, rope, blocks)
}
