//! Gemma 3, the text model: five sliding layers for each full one, a rope for either kind, normed heads.

use serde_json::Value;

use super::{Arch, Usual, gemma, gemma2};
use crate::{
    Config, Result,
    layer::{Placement, QkNorm, Rope, Spec},
};

pub const ARCH: Arch = Arch {
    name: "gemma3",
    classes: &["Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"],
    types: &["gemma3_text", "gemma3"],
    gguf: &["gemma3"],
    defaults: r#"{"vocab_size": 262208, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256, "max_position_embeddings": 131072}"#,
    spec,
};

const FULL: usize = 0;
const LOCAL: usize = 1;

fn spec(config: &Config) -> Result<Spec> {
    let mut usual = Usual::read(config)?;
    usual.tied = config.flag("tie_word_embeddings", true)?;
    let mut spec = gemma::base(config, &usual)?;
    spec.ropes = vec![
        rope(config, &usual, "full_attention")?,
        rope(config, &usual, "sliding_attention")?,
    ];
    spec.head.softcap = config
        .maybe_float("final_logit_softcapping")?
        .map(|c| c as f32);
    let softcap = config
        .maybe_float("attn_logit_softcapping")?
        .map(|c| c as f32);
    let window = config.size_or("sliding_window", 4096)?;
    let pattern = config.size_or("sliding_window_pattern", 6)?;
    let sliding = config.sliding_layers(usual.layers)?;
    let scale = gemma2::attention_scale(config, &usual, 62)?;
    spec.names = &gemma2::NAMES;
    for (layer, block) in spec.blocks.iter_mut().enumerate() {
        let slides = sliding
            .as_ref()
            .map_or(!(layer + 1).is_multiple_of(pattern), |s| s[layer]);
        block.placement = Placement::Around;
        block.attention.qk_norm = QkNorm::PerHead;
        block.attention.scale = scale;
        block.attention.softcap = softcap;
        block.attention.window = slides.then_some(window);
        block.attention.rope = Some(if slides { LOCAL } else { FULL });
    }
    Ok(spec)
}

/// Newer configurations have a table per kind of layer; older ones scale the full layers only.
fn rope(config: &Config, usual: &Usual, kind: &str) -> Result<Rope> {
    let tables = config.get("rope_parameters");
    if let Some(Value::Object(table)) = tables.and_then(|t| t.get(kind)) {
        return config.rope_from(Some(table), usual.head_dim, 10_000.0);
    }
    if kind == "full_attention" {
        return config.rope(usual.head_dim, 1_000_000.0);
    }
    let theta = config.float_or("rope_local_base_freq", 10_000.0)?;
    Ok(Rope::plain(usual.head_dim, theta))
}
