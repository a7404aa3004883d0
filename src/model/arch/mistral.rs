//! Mistral: Llama with a sliding window.

use super::{Arch, Usual};
use crate::{Config, Result, layer::Spec};

pub const ARCH: Arch = Arch {
    name: "mistral",
    classes: &["MistralForCausalLM"],
    types: &["mistral"],
    gguf: &[],
    spec,
};

fn spec(config: &Config) -> Result<Spec> {
    let usual = Usual::read(config)?;
    let mut spec = usual.llama(config)?;
    let windows = usual.windows(config, config.maybe_size("sliding_window")?);
    for (block, window) in spec.blocks.iter_mut().zip(windows) {
        block.attention.window = window;
    }
    Ok(spec)
}
