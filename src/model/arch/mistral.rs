//! Mistral: Llama with a sliding window.

use super::{Arch, Usual};
use crate::{Config, Result, layer::Spec};

pub const ARCH: Arch = Arch {
    name: "mistral",
    classes: &["MistralForCausalLM"],
    types: &["mistral"],
    gguf: &[],
    defaults: r#"{"num_key_value_heads": 8, "sliding_window": 4096, "max_position_embeddings": 131072}"#,
    spec,
};

fn spec(config: &Config) -> Result<Spec> {
    let usual = Usual::read(config)?;
    let mut spec = usual.llama(config)?;
    let windows = usual.windows(config, config.maybe_size("sliding_window")?)?;
    for (block, window) in spec.blocks.iter_mut().zip(windows) {
        block.attention.window = window;
    }
    Ok(spec)
}
