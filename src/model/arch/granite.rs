//! Granite 3: Llama with four multipliers.

use super::{Arch, Usual};
use crate::{Config, Result, layer::Spec};

pub const ARCH: Arch = Arch {
    name: "granite",
    classes: &["GraniteForCausalLM"],
    types: &["granite"],
    gguf: &["granite"],
    defaults: "{}",
    spec,
};

fn spec(config: &Config) -> Result<Spec> {
    let usual = Usual::read(config)?;
    let mut spec = usual.llama(config)?;
    spec.embed.scale = config.float_or("embedding_multiplier", 1.0)? as f32;
    spec.head.scale = 1.0 / config.float_or("logits_scaling", 1.0)? as f32;
    let attention = config.float_or("attention_multiplier", 1.0)? as f32;
    let residual = config.float_or("residual_multiplier", 1.0)? as f32;
    for block in &mut spec.blocks {
        block.attention.scale = attention;
        block.residual = residual;
    }
    Ok(spec)
}
