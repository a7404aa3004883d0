//! Where each part of a model stands in a checkpoint. `{}` is the layer, `{e}` the expert.

/// The names of one family of checkpoints.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    pub embed: &'static str,
    pub positions: &'static str,
    pub project_in: &'static str,
    pub project_out: &'static str,
    pub norm: &'static str,
    pub head: &'static str,
    pub q: &'static str,
    pub k: &'static str,
    pub v: &'static str,
    pub qkv: &'static str,
    pub o: &'static str,
    pub q_norm: &'static str,
    pub k_norm: &'static str,
    pub pre_attn: &'static str,
    pub post_attn: &'static str,
    pub pre_mlp: &'static str,
    pub post_mlp: &'static str,
    pub gate: &'static str,
    pub up: &'static str,
    pub gate_up: &'static str,
    pub down: &'static str,
    pub router: &'static str,
    pub expert_gate: &'static str,
    pub expert_up: &'static str,
    pub expert_down: &'static str,
    /// The same with all experts of a layer in one tensor.
    pub stacked_gate: &'static str,
    pub stacked_up: &'static str,
    pub stacked_down: &'static str,
}

/// The names of Llama's checkpoints, which most others follow.
pub const COMMON: Names = Names {
    embed: "model.embed_tokens",
    positions: "",
    project_in: "",
    project_out: "",
    norm: "model.norm",
    head: "lm_head",
    q: "model.layers.{}.self_attn.q_proj",
    k: "model.layers.{}.self_attn.k_proj",
    v: "model.layers.{}.self_attn.v_proj",
    qkv: "model.layers.{}.self_attn.qkv_proj",
    o: "model.layers.{}.self_attn.o_proj",
    q_norm: "model.layers.{}.self_attn.q_norm",
    k_norm: "model.layers.{}.self_attn.k_norm",
    pre_attn: "model.layers.{}.input_layernorm",
    post_attn: "",
    pre_mlp: "model.layers.{}.post_attention_layernorm",
    post_mlp: "",
    gate: "model.layers.{}.mlp.gate_proj",
    up: "model.layers.{}.mlp.up_proj",
    gate_up: "model.layers.{}.mlp.gate_up_proj",
    down: "model.layers.{}.mlp.down_proj",
    router: "model.layers.{}.mlp.gate",
    expert_gate: "model.layers.{}.mlp.experts.{e}.gate_proj",
    expert_up: "model.layers.{}.mlp.experts.{e}.up_proj",
    expert_down: "model.layers.{}.mlp.experts.{e}.down_proj",
    stacked_gate: "model.layers.{}.mlp.switch_mlp.gate_proj",
    stacked_up: "model.layers.{}.mlp.switch_mlp.up_proj",
    stacked_down: "model.layers.{}.mlp.switch_mlp.down_proj",
};

/// The names of every GGUF file.
pub const GGUF: Names = Names {
    embed: "token_embd",
    positions: "position_embd",
    project_in: "",
    project_out: "",
    norm: "output_norm",
    head: "output",
    q: "blk.{}.attn_q",
    k: "blk.{}.attn_k",
    v: "blk.{}.attn_v",
    qkv: "blk.{}.attn_qkv",
    o: "blk.{}.attn_output",
    q_norm: "blk.{}.attn_q_norm",
    k_norm: "blk.{}.attn_k_norm",
    pre_attn: "blk.{}.attn_norm",
    post_attn: "blk.{}.post_attention_norm",
    pre_mlp: "blk.{}.ffn_norm",
    post_mlp: "blk.{}.post_ffw_norm",
    gate: "blk.{}.ffn_gate",
    up: "blk.{}.ffn_up",
    gate_up: "blk.{}.ffn_up",
    down: "blk.{}.ffn_down",
    router: "blk.{}.ffn_gate_inp",
    expert_gate: "blk.{}.ffn_gate.{e}",
    expert_up: "blk.{}.ffn_up.{e}",
    expert_down: "blk.{}.ffn_down.{e}",
    stacked_gate: "blk.{}.ffn_gate_exps",
    stacked_up: "blk.{}.ffn_up_exps",
    stacked_down: "blk.{}.ffn_down_exps",
};

/// Fills in the layer.
pub fn at(pattern: &str, layer: usize) -> String {
    pattern.replace("{}", &layer.to_string())
}

/// Fills in the layer and the expert.
pub fn at_expert(pattern: &str, layer: usize, expert: usize) -> String {
    at(pattern, layer).replace("{e}", &expert.to_string())
}
