//! GGUF metadata under the keys of a config.json, so that an arch file reads one form.

use std::path::Path;

use serde_json::{Map, Value as Json, json};

use crate::{
    Config, Error, Result,
    config::Flavour,
    kernel::{DenseRows, Rows},
    source::{GgufFile, Source, Value},
};

/// GGUF key (after the architecture's name) and config.json key.
const KEYS: &[(&str, &str)] = &[
    ("attention.head_count", "num_attention_heads"),
    ("attention.head_count_kv", "num_key_value_heads"),
    ("attention.key_length", "head_dim"),
    ("attention.layer_norm_epsilon", "layer_norm_eps"),
    ("attention.layer_norm_rms_epsilon", "rms_norm_eps"),
    ("attention.scale", "attention_multiplier"),
    ("attention.sliding_window", "sliding_window"),
    ("attn_logit_softcapping", "attn_logit_softcapping"),
    ("block_count", "num_hidden_layers"),
    ("context_length", "max_position_embeddings"),
    ("embedding_length", "hidden_size"),
    ("embedding_scale", "embedding_multiplier"),
    ("expert_count", "num_local_experts"),
    ("expert_feed_forward_length", "moe_intermediate_size"),
    ("expert_used_count", "num_experts_per_tok"),
    ("feed_forward_length", "intermediate_size"),
    ("final_logit_softcapping", "final_logit_softcapping"),
    ("logit_scale", "logits_scaling"),
    ("residual_scale", "residual_multiplier"),
    ("rope.dimension_count", "rotary_dim"),
    ("rope.freq_base", "rope_theta"),
    ("rope.freq_base_swa", "rope_local_base_freq"),
];

/// The value of `general.architecture`.
pub fn architecture(file: &GgufFile) -> Result<&str> {
    file.get("general.architecture")
        .and_then(Value::as_str)
        .ok_or_else(|| Error::Config {
            path: file.path().to_owned(),
            key: "general.architecture".into(),
            expected: "the name of an architecture".into(),
            got: "nothing".into(),
        })
}

/// The configuration that the metadata amounts to.
pub fn config(file: &GgufFile) -> Result<Config> {
    let arch = architecture(file)?.to_owned();
    let get = |key: &str| file.get(&format!("{arch}.{key}"));
    let mut keys = Map::new();
    for (from, to) in KEYS {
        if let Some(value) = get(from).and_then(|v| number(file.path(), from, v).transpose()) {
            keys.insert((*to).into(), value?);
        }
    }
    // Zero experts and a window of zero mean none.
    for key in ["num_local_experts", "sliding_window"] {
        if keys.get(key).is_some_and(|v| v.as_u64() == Some(0)) {
            keys.remove(key);
        }
    }
    let rows = |name: &str| file.find(name).and_then(|t| t.shape.first().copied());
    if let Some(vocab) = rows("token_embd.weight") {
        keys.insert("vocab_size".into(), vocab.into());
    }
    let tied = file.find("output.weight").is_none();
    keys.insert("tie_word_embeddings".into(), tied.into());
    if let Some(scaling) = rope_scaling(file, &get)? {
        keys.insert("rope_scaling".into(), scaling);
    }
    Ok(Config::new(file.path(), keys, Flavour::Gguf))
}

/// A number as JSON; a list with one entry per layer only when all are the same.
fn number(path: &Path, key: &str, value: &Value) -> Result<Option<Json>> {
    Ok(match value {
        Value::Uint(v) => Some(json!(v)),
        Value::Int(v) => Some(json!(v)),
        Value::Float(v) => Some(json!(v)),
        Value::Bool(v) => Some(json!(v)),
        Value::String(v) => Some(json!(v)),
        Value::Strings(_) => None,
        Value::Array(items) => match items.split_first() {
            None => None,
            Some((first, rest)) if rest.iter().all(|v| v == first) => number(path, key, first)?,
            Some(_) => {
                return Err(Error::Config {
                    path: path.to_owned(),
                    key: key.into(),
                    expected: "one value for all layers".into(),
                    got: "values that differ from layer to layer".into(),
                });
            }
        },
    })
}

fn rope_scaling<'a>(
    file: &GgufFile,
    get: &impl Fn(&str) -> Option<&'a Value>,
) -> Result<Option<Json>> {
    let float = |key: &str| get(key).and_then(Value::as_f64);
    let original = get("rope.scaling.original_context_length")
        .or_else(|| get("context_length"))
        .and_then(Value::as_u64);
    let short = factors(file, "rope_factors_short.weight")?;
    let long = factors(file, "rope_factors_long.weight")?;
    if let (Some(short), Some(long)) = (short, long) {
        return Ok(Some(json!({
            "rope_type": "longrope",
            "short_factor": short,
            "long_factor": long,
            "attention_factor": float("rope.scaling.attn_factor"),
            "original_max_position_embeddings": original,
        })));
    }
    // Llama 3's scaling comes as ready divisors, the same for every length.
    if let Some(divisors) = factors(file, "rope_freqs.weight")? {
        return Ok(Some(json!({
            "rope_type": "longrope",
            "short_factor": divisors,
            "long_factor": divisors,
            "attention_factor": 1.0,
            "original_max_position_embeddings": original,
        })));
    }
    let kind = get("rope.scaling.type")
        .and_then(Value::as_str)
        .unwrap_or("none");
    // Files from before `rope.scaling.*` have one key for a linear factor.
    let factor = float("rope.scaling.factor").or_else(|| float("rope.scale_linear"));
    Ok(match (kind, factor) {
        ("yarn", Some(factor)) => Some(json!({
            "rope_type": "yarn",
            "factor": factor,
            "attention_factor": float("rope.scaling.attn_factor").map(|a| a * (1.0 + 0.1 * factor.ln())),
            "beta_fast": float("rope.scaling.yarn_beta_fast"),
            "beta_slow": float("rope.scaling.yarn_beta_slow"),
            "original_max_position_embeddings": original,
        })),
        (_, Some(factor)) if factor > 0.0 && (factor - 1.0).abs() > f64::EPSILON => {
            Some(json!({ "rope_type": "linear", "factor": factor }))
        }
        _ => None,
    })
}

fn factors(file: &GgufFile, name: &str) -> Result<Option<Vec<f32>>> {
    let Some(raw) = file.find(name) else {
        return Ok(None);
    };
    let length = raw.elements();
    let rows = DenseRows::new(raw.view.clone(), raw.stored, 1, length);
    let rows = rows.ok_or_else(|| Error::UnsupportedDtype {
        path: file.path().to_owned(),
        name: name.into(),
        dtype: raw.stored.name(),
        known: "f32, f16 and bf16 for this tensor",
    })?;
    let mut out = vec![0.0; length];
    rows.widen(0, &mut out);
    Ok(Some(out))
}
