//! Gemma 2: norms around each branch, soft caps, every other layer slides.

use super::{Arch, Usual, gemma};
use crate::{
    Config, Result,
    layer::{COMMON, Names, Placement, Spec},
};

pub const ARCH: Arch = Arch {
    name: "gemma2",
    classes: &["Gemma2ForCausalLM"],
    types: &["gemma2"],
    gguf: &["gemma2"],
    defaults: r#"{"attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0}"#,
    spec,
};

/// Norms around each branch need four names.
pub(super) const NAMES: Names = Names {
    post_attn: "model.layers.{}.post_attention_layernorm",
    pre_mlp: "model.layers.{}.pre_feedforward_layernorm",
    post_mlp: "model.layers.{}.post_feedforward_layernorm",
    ..COMMON
};

fn spec(config: &Config) -> Result<Spec> {
    let mut usual = Usual::read(config)?;
    usual.tied = config.flag("tie_word_embeddings", true)?;
    let mut spec = gemma::base(config, &usual)?;
    spec.head.softcap = cap(config, "final_logit_softcapping", 30.0)?;
    let softcap = cap(config, "attn_logit_softcapping", 50.0)?;
    let window = Some(config.size_or("sliding_window", 4096)?);
    let sliding = config.sliding_layers(usual.layers)?;
    let scale = attention_scale(config, &usual, 46)?;
    spec.names = &NAMES;
    for (layer, block) in spec.blocks.iter_mut().enumerate() {
        block.placement = Placement::Around;
        block.attention.softcap = softcap;
        block.attention.scale = scale;
        let slides = sliding.as_ref().map_or(layer % 2 == 0, |s| s[layer]);
        block.attention.window = window.filter(|_| slides);
    }
    Ok(spec)
}

/// A soft cap; the first GGUF files were written without the keys.
fn cap(config: &Config, key: &str, usual: f64) -> Result<Option<f32>> {
    let given = config.maybe_float(key)?;
    let cap = given.or(config.is_gguf().then_some(usual));
    Ok(cap.map(|c| c as f32))
}

/// By `query_pre_attn_scalar`. GGUF files lack the key: there the largest model, known by its number of
/// layers, divides by the hidden width per head and the others by the head's width.
pub(super) fn attention_scale(config: &Config, usual: &Usual, largest: usize) -> Result<f32> {
    let default = if config.is_gguf() && usual.layers == largest {
        usual.hidden / usual.heads
    } else if config.is_gguf() {
        usual.head_dim
    } else {
        256
    };
    let scalar = config.float_or("query_pre_attn_scalar", default as f64)?;
    Ok(1.0 / (scalar as f32).sqrt())
}
