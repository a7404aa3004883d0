//! Qwen 3 with experts in every layer, or in every so-many-th.

use super::{Arch, qwen3};
use crate::{
    Config, Result,
    layer::{Activation, MlpSpec, Spec},
};

pub const ARCH: Arch = Arch {
    name: "qwen3_moe",
    classes: &["Qwen3MoeForCausalLM"],
    types: &["qwen3_moe"],
    gguf: &["qwen3moe"],
    defaults: r#"{"num_key_value_heads": 4}"#,
    spec,
};

fn spec(config: &Config) -> Result<Spec> {
    let mut spec = qwen3::spec(config)?;
    let count = match config.maybe_size("num_experts")? {
        Some(count) => count,
        None => config.size("num_local_experts")?,
    };
    let experts = MlpSpec::Experts {
        count,
        active: config.size("num_experts_per_tok")?,
        width: config.size("moe_intermediate_size")?,
        activation: config.activation("hidden_act", Activation::Silu)?,
        // GGUF has no key for it: every published model of this kind does.
        renormalise: config.flag("norm_topk_prob", config.is_gguf())?,
    };
    let step = config.size_or("decoder_sparse_step", 1)?;
    let dense: Vec<u64> = config
        .list("mlp_only_layers")
        .map(|l| l.iter().filter_map(serde_json::Value::as_u64).collect())
        .unwrap_or_default();
    for (layer, block) in spec.blocks.iter_mut().enumerate() {
        if !dense.contains(&(layer as u64)) && (layer + 1).is_multiple_of(step) {
            block.mlp = experts;
        }
    }
    Ok(spec)
}
