//! GPT-2: learned positions, layer norms, one matrix for queries, keys and values, all with biases.

use super::{Arch, Usual};
use crate::{
    Config, Result,
    layer::{
        Activation, AttentionSpec, COMMON, Embed, Head, MlpSpec, Names, NormSpec, Positions, Spec,
    },
};

pub const ARCH: Arch = Arch {
    name: "gpt2",
    classes: &["GPT2LMHeadModel"],
    types: &["gpt2"],
    gguf: &["gpt2"],
    defaults: "{}",
    spec,
};

const NAMES: Names = Names {
    embed: "transformer.wte",
    positions: "transformer.wpe",
    norm: "transformer.ln_f",
    head: "lm_head",
    qkv: "transformer.h.{}.attn.c_attn",
    o: "transformer.h.{}.attn.c_proj",
    pre_attn: "transformer.h.{}.ln_1",
    pre_mlp: "transformer.h.{}.ln_2",
    up: "transformer.h.{}.mlp.c_fc",
    down: "transformer.h.{}.mlp.c_proj",
    ..COMMON
};

fn spec(config: &Config) -> Result<Spec> {
    // GGUF metadata comes under the usual keys, GPT-2's own configuration under older ones.
    let size = |old: &str, usual: &str| {
        config
            .maybe_size(old)?
            .map_or_else(|| config.size(usual), Ok)
    };
    let hidden = size("n_embd", "hidden_size")?;
    let heads = size("n_head", "num_attention_heads")?;
    let layers = if config.has("n_layer") {
        "n_layer"
    } else {
        "num_hidden_layers"
    };
    let layers = config.layers(layers)?;
    let context = size("n_positions", "max_position_embeddings")?;
    let width = match config.maybe_size("n_inner")? {
        Some(width) => width,
        None => config.size_or("intermediate_size", 4 * hidden)?,
    };
    if !hidden.is_multiple_of(heads) {
        return Err(config.wrong(
            "n_embd",
            format!("a multiple of {heads}, the number of heads"),
            hidden,
        ));
    }
    let mut attention = AttentionSpec::new(heads, heads, hidden / heads);
    attention.fused = true;
    attention.bias = true;
    attention.out_bias = true;
    attention.rope = None;
    if !config.flag("scale_attn_weights", true)? {
        attention.scale = 1.0;
    }
    let mlp = MlpSpec::Plain {
        width,
        activation: config.activation("activation_function", Activation::GeluTanh)?,
        bias: true,
    };
    let eps = match config.maybe_float("layer_norm_epsilon")? {
        Some(eps) => eps,
        None => config.float_or("layer_norm_eps", 1e-5)?,
    };
    let mut blocks = vec![Usual::block(attention, mlp); layers];
    if config.flag("scale_attn_by_inverse_layer_idx", false)? {
        for (layer, block) in blocks.iter_mut().enumerate() {
            block.attention.scale /= (layer + 1) as f32;
        }
    }
    Ok(Spec {
        vocab: config.size("vocab_size")?,
        hidden,
        context,
        embed: Embed {
            positions: Some(Positions {
                rows: context,
                offset: 0,
            }),
            ..Embed::plain(hidden)
        },
        norm: NormSpec::layer(eps as f32),
        ropes: Vec::new(),
        blocks,
        final_norm: true,
        head: Head::new(config.flag("tie_word_embeddings", true)?),
        names: &NAMES,
        transposed: true,
    })
}
