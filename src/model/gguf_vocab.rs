//! The vocabulary and the templates inside a GGUF file.

use crate::{
    Result,
    source::{GgufFile, Value},
    text::{ChatTemplate, GgufVocab},
};

/// The vocabulary, or nothing when the file has none.
pub fn vocab(file: &GgufFile) -> Option<GgufVocab> {
    let get = |key: &str| file.get(&format!("tokenizer.ggml.{key}"));
    let text = |key: &str| get(key).and_then(Value::as_str).map(str::to_owned);
    let id = |key: &str| {
        let value = get(&format!("{key}_token_id")).and_then(Value::as_u64);
        value.and_then(|v| u32::try_from(v).ok())
    };
    let flag = |key: &str| get(key).and_then(Value::as_bool);
    let model = text("model").filter(|m| m != "no_vocab" && m != "none")?;
    Some(GgufVocab {
        model,
        pre: text("pre"),
        tokens: strings(get("tokens")),
        scores: numbers(get("scores"), |v| v.as_f64().map(|f| f as f32)),
        token_types: numbers(get("token_type"), |v| {
            v.as_i64().and_then(|i| i32::try_from(i).ok())
        }),
        merges: strings(get("merges")),
        added_tokens: strings(get("added_tokens")),
        bos: id("bos"),
        eos: id("eos"),
        unk: id("unknown"),
        pad: id("padding"),
        eot: id("eot"),
        eom: id("eom"),
        add_bos: flag("add_bos_token"),
        add_eos: flag("add_eos_token"),
        add_space_prefix: flag("add_space_prefix"),
        arch: file
            .get("general.architecture")
            .and_then(Value::as_str)
            .map(str::to_owned),
    })
}

/// The file's own chat template.
pub fn template(file: &GgufFile) -> Result<Option<ChatTemplate>> {
    let text = |key: &str| file.get(key).and_then(Value::as_str);
    let tools = text("tokenizer.chat_template.tool_use");
    match text("tokenizer.chat_template") {
        Some(source) => Ok(Some(ChatTemplate::from_gguf(source, tools)?)),
        None => Ok(None),
    }
}

fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Strings(list)) => list.clone(),
        _ => Vec::new(),
    }
}

fn numbers<T>(value: Option<&Value>, read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(read).collect(),
        _ => Vec::new(),
    }
}
