//! OPT: learned positions that start at the third row, layer norms, relu.

use super::{Arch, Usual};
use crate::{
    Config, Result,
    layer::{
        Activation, AttentionSpec, COMMON, Embed, Head, MlpSpec, Names, NormSpec, Placement,
        Positions, Spec,
    },
};

pub const ARCH: Arch = Arch {
    name: "opt",
    classes: &["OPTForCausalLM"],
    types: &["opt"],
    gguf: &[],
    defaults: "{}",
    spec,
};

const NAMES: Names = Names {
    embed: "model.decoder.embed_tokens",
    positions: "model.decoder.embed_positions",
    project_in: "model.decoder.project_in",
    project_out: "model.decoder.project_out",
    norm: "model.decoder.final_layer_norm",
    q: "model.decoder.layers.{}.self_attn.q_proj",
    k: "model.decoder.layers.{}.self_attn.k_proj",
    v: "model.decoder.layers.{}.self_attn.v_proj",
    o: "model.decoder.layers.{}.self_attn.out_proj",
    pre_attn: "model.decoder.layers.{}.self_attn_layer_norm",
    pre_mlp: "model.decoder.layers.{}.final_layer_norm",
    up: "model.decoder.layers.{}.fc1",
    down: "model.decoder.layers.{}.fc2",
    ..COMMON
};

/// The first rows of the position table belonged to padding.
const OFFSET: usize = 2;

fn spec(config: &Config) -> Result<Spec> {
    let hidden = config.size("hidden_size")?;
    let heads = config.size("num_attention_heads")?;
    let context = config.size("max_position_embeddings")?;
    let bias = config.flag("enable_bias", true)?;
    if !hidden.is_multiple_of(heads) {
        return Err(config.wrong(
            "hidden_size",
            format!("a multiple of {heads}, the number of heads"),
            hidden,
        ));
    }
    if !config.flag("layer_norm_elementwise_affine", true)? {
        return Err(config.wrong("layer_norm_elementwise_affine", "true", false));
    }
    let mut attention = AttentionSpec::new(heads, heads, hidden / heads);
    attention.bias = bias;
    attention.out_bias = bias;
    attention.rope = None;
    let mlp = MlpSpec::Plain {
        width: config.size("ffn_dim")?,
        activation: config.activation("activation_function", Activation::Relu)?,
        bias,
    };
    let before = config.flag("do_layer_norm_before", true)?;
    let mut block = Usual::block(attention, mlp);
    if !before {
        block.placement = Placement::Sum;
    }
    Ok(Spec {
        vocab: config.size("vocab_size")?,
        hidden,
        context,
        embed: Embed {
            scale: 1.0,
            width: config.size_or("word_embed_proj_dim", hidden)?,
            positions: Some(Positions {
                rows: context + OFFSET,
                offset: OFFSET,
            }),
        },
        norm: NormSpec::layer(1e-5),
        ropes: Vec::new(),
        blocks: vec![block; config.layers("num_hidden_layers")?],
        final_norm: before && !config.flag("_remove_final_layer_norm", false)?,
        head: Head::new(config.flag("tie_word_embeddings", true)?),
        names: &NAMES,
        transposed: false,
    })
}
