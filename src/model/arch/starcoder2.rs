//! StarCoder 2: layer norms, a plain feed-forward half, biases everywhere, a sliding window.

use super::{Arch, Usual};
use crate::{
    Config, Result,
    layer::{Activation, COMMON, MlpSpec, Names, NormSpec, Spec},
};

pub const ARCH: Arch = Arch {
    name: "starcoder2",
    classes: &["Starcoder2ForCausalLM"],
    types: &["starcoder2"],
    gguf: &["starcoder2"],
    defaults: r#"{"num_key_value_heads": 2}"#,
    spec,
};

const NAMES: Names = Names {
    up: "model.layers.{}.mlp.c_fc",
    down: "model.layers.{}.mlp.c_proj",
    ..COMMON
};

fn spec(config: &Config) -> Result<Spec> {
    let mut usual = Usual::read(config)?;
    usual.tied = config.flag("tie_word_embeddings", true)?;
    let bias = config.flag("use_bias", true)?;
    let mut attention = usual.attention();
    attention.bias = bias;
    attention.out_bias = bias;
    let mlp = MlpSpec::Plain {
        width: usual.width,
        activation: config.activation("hidden_act", Activation::GeluTanh)?,
        bias,
    };
    let rope = config.rope(usual.head_dim, 10_000.0)?;
    let mut blocks = vec![Usual::block(attention, mlp); usual.layers];
    let windows = usual.windows(config, config.maybe_size("sliding_window")?)?;
    for (block, window) in blocks.iter_mut().zip(windows) {
        block.attention.window = window;
    }
    let mut spec = usual.decoder(config, rope, blocks)?;
    let eps = match config.maybe_float("norm_epsilon")? {
        Some(eps) => eps,
        None => config.float_or("layer_norm_eps", 1e-5)?,
    };
    spec.norm = NormSpec::layer(eps as f32);
    spec.names = &NAMES;
    Ok(spec)
}
