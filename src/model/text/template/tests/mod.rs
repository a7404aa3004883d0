#![allow(clippy::unwrap_used)]

mod failing;
mod found;
mod reference;
mod shaped;

use std::sync::LazyLock;

use serde_json::Value;

use super::run::{NAME, run};
use super::{ChatTemplate, Inputs, env, source};
use crate::text::fixtures::{byte_level, tokenizer};
use crate::text::{Error, Tokenizer};

/// Renders a context as it stands, as transformers would.
fn render(template: &str, context: &Value) -> Result<String, String> {
    let mut context = context.clone();
    for (c, name) in source::LOOKS {
        context[name] = c.to_string().into();
    }
    let mut env = env::environment();
    env.add_template_owned(NAME, source::prepared(template))
        .and_then(|()| run(&env, &context))
        .map_err(|e| e.to_string())
}

/// Renders messages as a caller does.
fn write(source: &str, messages: &[Value]) -> Result<String, Error> {
    let inputs = Inputs {
        messages,
        ..Inputs::default()
    };
    ChatTemplate::new(source, "t")?
        .render(&inputs, &TOKENIZER)
        .map(|prompt| prompt.text())
}

static TOKENIZER: LazyLock<Tokenizer> = LazyLock::new(any_tokenizer);

fn any_tokenizer() -> Tokenizer {
    tokenizer(&byte_level(&[
        ("<|im_start|>", true),
        ("<|im_end|>", true),
        ("<tool_call>", false),
        ("<think>", false),
        ("<s>", true),
        ("[INST]", true),
        ("[TOOL_CALLS]", true),
        ("<|user|>", true),
        ("<|end|>", true),
        ("<start_of_turn>", true),
        ("<|start_header_id|>", true),
        ("<|eot_id|>", true),
    ]))
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}
