//! Qwen 3: queries and keys are normalised head by head.

use super::{Arch, Usual, qwen2};
use crate::{
    Config, Result,
    layer::{QkNorm, Spec},
};

pub const ARCH: Arch = Arch {
    name: "qwen3",
    classes: &["Qwen3ForCausalLM"],
    types: &["qwen3"],
    gguf: &["qwen3"],
    defaults: r#"{"head_dim": 128}"#,
    spec,
};

pub(super) fn spec(config: &Config) -> Result<Spec> {
    let usual = Usual::read(config)?;
    let mut spec = usual.llama(config)?;
    spec.ropes[0].interleaved = false;
    let windows = qwen2::windows(config, &usual)?;
    for (block, window) in spec.blocks.iter_mut().zip(windows) {
        block.attention.qk_norm = QkNorm::PerHead;
        block.attention.window = window;
    }
    Ok(spec)
}
