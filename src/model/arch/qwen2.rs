//! Qwen 2 and 2.5: Llama with biases on queries, keys and values.

use super::{Arch, Usual};
use crate::{Config, Result, layer::Spec};

pub const ARCH: Arch = Arch {
    name: "qwen2",
    classes: &["Qwen2ForCausalLM"],
    types: &["qwen2"],
    gguf: &["qwen2"],
    defaults: "{}",
    spec,
};

fn spec(config: &Config) -> Result<Spec> {
    let usual = Usual::read(config)?;
    let mut spec = usual.llama(config)?;
    spec.ropes[0].interleaved = false;
    let windows = windows(config, &usual)?;
    for (block, window) in spec.blocks.iter_mut().zip(windows) {
        block.attention.bias = true;
        block.attention.out_bias = false;
        block.attention.window = window;
    }
    Ok(spec)
}

/// The window counts only where `use_sliding_window` says so, and then from `max_window_layers` on.
pub(super) fn windows(config: &Config, usual: &Usual) -> Result<Vec<Option<usize>>> {
    if !config.flag("use_sliding_window", false)? {
        return Ok(vec![None; usual.layers]);
    }
    let window = config.maybe_size("sliding_window")?;
    if config.has("layer_types") {
        return usual.windows(config, window);
    }
    let first = config
        .get("max_window_layers")
        .and_then(serde_json::Value::as_u64)
        .unwrap_or(28) as usize;
    Ok((0..usual.layers)
        .map(|l| window.filter(|_| l >= first))
        .collect())
}
