//! Llama 2 and 3 and everything built alike: SmolLM, Yi, TinyLlama, DeepSeek's distillations …
//!
//! In GGUF files the same name also stands for Mistral and, where there are experts, for Mixtral.

use super::{Arch, Usual, mixtral};
use crate::{Config, Result, layer::Spec};

pub const ARCH: Arch = Arch {
    name: "llama",
    classes: &["LlamaForCausalLM", "LLaMAForCausalLM", "YiForCausalLM"],
    types: &["llama"],
    gguf: &["llama"],
    defaults: "{}",
    spec,
};

fn spec(config: &Config) -> Result<Spec> {
    if config.has("num_local_experts") {
        return mixtral::spec(config);
    }
    Usual::read(config)?.llama(config)
}
