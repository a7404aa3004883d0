//! SmolLM3: Llama with no positions at all in every fourth layer.

use super::{Arch, Usual};
use crate::{Config, Result, layer::Spec};

pub const ARCH: Arch = Arch {
    name: "smollm3",
    classes: &["SmolLM3ForCausalLM"],
    types: &["smollm3"],
    gguf: &["smollm3"],
    defaults: r#"{"rope_theta": 2000000.0, "num_key_value_heads": 4}"#,
    spec,
};

fn spec(config: &Config) -> Result<Spec> {
    let mut usual = Usual::read(config)?;
    usual.tied = config.flag("tie_word_embeddings", true)?;
    let mut spec = usual.llama(config)?;
    // One entry per layer, 1 where the rope turns: the name says the opposite.
    let turned: Option<Vec<bool>> = config
        .list("no_rope_layers")
        .filter(|l| l.len() == usual.layers)
        .map(|l| l.iter().map(|v| v.as_u64() != Some(0)).collect());
    let every = config.size_or("no_rope_layer_interval", 4)?;
    let window = if config.flag("use_sliding_window", false)? {
        config.maybe_size("sliding_window")?
    } else {
        None
    };
    let windows = usual.windows(config, window)?;
    for (layer, (block, window)) in spec.blocks.iter_mut().zip(windows).enumerate() {
        let turns = turned
            .as_ref()
            .map_or(!(layer + 1).is_multiple_of(every), |t| t[layer]);
        block.attention.rope = turns.then_some(0);
        block.attention.window = window;
    }
    Ok(spec)
}
