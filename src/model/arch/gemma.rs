//! Gemma: scaled embeddings, norms stored less one, gelu.

use super::{Arch, Usual};
use crate::{
    Config, Result,
    layer::{Activation, NormKind, Spec},
};

pub const ARCH: Arch = Arch {
    name: "gemma",
    classes: &["GemmaForCausalLM"],
    types: &["gemma"],
    gguf: &["gemma"],
    defaults: "{}",
    spec,
};

fn spec(config: &Config) -> Result<Spec> {
    let mut usual = Usual::read(config)?;
    usual.tied = config.flag("tie_word_embeddings", true)?;
    base(config, &usual)
}

/// What all generations share.
pub(super) fn base(config: &Config, usual: &Usual) -> Result<Spec> {
    let mut attention = usual.attention();
    attention.bias = config.flag("attention_bias", false)?;
    attention.out_bias = attention.bias;
    // `hidden_act` of the first checkpoints says "gelu" and means the tanh form; `hidden_activation` came to say so.
    let mlp = usual.gated(config.activation("hidden_activation", Activation::GeluTanh)?);
    let blocks = vec![Usual::block(attention, mlp); usual.layers];
    let rope = config.rope(usual.head_dim, 10_000.0)?;
    let mut spec = usual.decoder(config, rope, blocks)?;
    spec.embed.scale = (usual.hidden as f32).sqrt();
    spec.norm.kind = NormKind::RmsFromOne;
    Ok(spec)
}
