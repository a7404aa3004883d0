//! Broken models: each is one line that names the file and what was expected, and never a panic.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use ferrule_types::{Fault as _, Kind};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Error, LoadOptions, TemplateSource, load};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures")
        .join(name)
}

/// A copy of the complete text fixture, to be damaged.
fn copy() -> TempDir {
    copy_of("text/tiny-llama")
}

fn copy_of(name: &str) -> TempDir {
    let target = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(fixture(name)).unwrap().flatten() {
        let file = entry.file_name();
        let beside = file == "golden.safetensors" || file == "model.gguf";
        if !beside || name.starts_with("gguf") {
            fs::copy(entry.path(), target.path().join(entry.file_name())).unwrap();
        }
    }
    target
}

fn edit(folder: &Path, file: &str, change: impl FnOnce(&mut Value)) {
    let path = folder.join(file);
    let mut value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, value.to_string()).unwrap();
}

/// Loads and expects one line that contains all of `said`.
fn fails(path: &Path, kind: Kind, said: &[&str]) -> Error {
    fails_with(path, &LoadOptions::default(), kind, said)
}

fn fails_with(path: &Path, options: &LoadOptions, kind: Kind, said: &[&str]) -> Error {
    let error = load(path, options).expect_err("a broken model was loaded");
    let text = error.to_string();
    assert!(!text.contains('\n'), "more than one line: {text}");
    for part in said {
        assert!(text.contains(part), "`{part}` is missing: {text}");
    }
    assert_eq!(error.kind(), kind, "{text}");
    error
}

fn cut(path: &Path, keep: usize) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..keep.min(bytes.len())]).unwrap();
}

#[test]
fn a_truncated_safetensors_file_says_how_much_is_missing() {
    for (keep, what) in [
        (0, "header"),
        (4, "header"),
        (100, "header"),
        (150_000, "tensor data"),
    ] {
        let folder = copy();
        cut(&folder.path().join("model.safetensors"), keep);
        fails(
            folder.path(),
            Kind::InvalidInput,
            &["model.safetensors", "cut short", what],
        );
    }
}

#[test]
fn a_truncated_gguf_file_says_how_much_is_missing() {
    let whole = fixture("text/tiny-llama/model.gguf");
    let bytes = fs::read(&whole).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    for keep in [0, 3, 10, 30, 200, 5_000, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&path, &bytes[..keep]).unwrap();
        fails(&path, Kind::InvalidInput, &["model.gguf", "cut short"]);
    }
    fs::write(&path, b"GGML and then nothing of ours").unwrap();
    fails(&path, Kind::InvalidInput, &["magic", "GGUF"]);
}

#[test]
fn a_wrong_tensor_shape_names_tensor_and_shapes() {
    let folder = copy();
    edit(folder.path(), "config.json", |c| {
        c["intermediate_size"] = json!(96);
    });
    fails(folder.path(), Kind::InvalidInput, &["gate_proj", "96"]);
}

#[test]
fn a_missing_tensor_is_named() {
    let folder = copy();
    edit(folder.path(), "config.json", |c| {
        c["num_hidden_layers"] = json!(3);
    });
    fails(folder.path(), Kind::NotFound, &["model.layers.2."]);
}

#[test]
fn a_missing_shard_is_named() {
    let folder = copy_of("arch/llama-sharded");
    let shard = fs::read_dir(folder.path())
        .unwrap()
        .flatten()
        .find(|e| e.file_name().to_string_lossy().contains("00002-of"))
        .unwrap();
    fs::remove_file(shard.path()).unwrap();
    let name = shard.file_name().to_string_lossy().into_owned();
    fails(folder.path(), Kind::NotFound, &[&name, "index.json"]);

    let folder = copy_of("gguf/llama-split");
    fs::remove_file(folder.path().join("model-00002-of-00002.gguf")).unwrap();
    fails(
        &folder.path().join("model-00001-of-00002.gguf"),
        Kind::NotFound,
        &["00002-of-00002"],
    );
}

#[test]
fn a_shard_outside_the_folder_is_refused() {
    let folder = copy_of("arch/llama-sharded");
    edit(folder.path(), "model.safetensors.index.json", |index| {
        let map = index["weight_map"].as_object_mut().unwrap();
        for (_, file) in map.iter_mut() {
            *file = json!("../elsewhere.safetensors");
        }
    });
    fails(folder.path(), Kind::NotFound, &["../elsewhere.safetensors"]);
}

#[test]
fn a_configuration_without_a_key_or_with_a_wrong_one_names_it() {
    for key in [
        "hidden_size",
        "num_attention_heads",
        "vocab_size",
        "num_hidden_layers",
    ] {
        let folder = copy();
        edit(folder.path(), "config.json", |c| {
            c.as_object_mut().unwrap().remove(key);
        });
        fails(
            folder.path(),
            Kind::InvalidInput,
            &["config.json", key, "got nothing"],
        );
        for value in [json!("many"), json!(0), json!(-3), json!(1_u64 << 60)] {
            let folder = copy();
            edit(folder.path(), "config.json", |c| c[key] = value.clone());
            fails(
                folder.path(),
                Kind::InvalidInput,
                &["config.json", key, &value.to_string()],
            );
        }
    }
    let folder = copy();
    edit(folder.path(), "config.json", |c| {
        c["hidden_act"] = json!("xielu");
    });
    fails(
        folder.path(),
        Kind::InvalidInput,
        &["hidden_act", "xielu", "silu"],
    );
    let folder = copy();
    fs::write(folder.path().join("config.json"), "{\"hidden_size\": 64,").unwrap();
    fails(
        folder.path(),
        Kind::InvalidInput,
        &["config.json", "line 1"],
    );
}

#[test]
fn a_count_that_no_memory_holds_is_refused_before_anything_is_made() {
    let folder = copy();
    edit(folder.path(), "config.json", |c| {
        c["num_hidden_layers"] = json!(2_000_000_000);
    });
    fails(folder.path(), Kind::InvalidInput, &["num_hidden_layers"]);
}

#[test]
fn an_unknown_architecture_lists_the_known_ones() {
    let folder = copy();
    edit(folder.path(), "config.json", |c| {
        c["architectures"] = json!(["MambaForCausalLM"]);
    });
    fails(
        folder.path(),
        Kind::Unsupported,
        &["MambaForCausalLM", "LlamaForCausalLM", "Qwen3ForCausalLM"],
    );
}

#[test]
fn a_template_with_a_syntax_error_names_line_and_column() {
    let folder = copy();
    edit(folder.path(), "tokenizer_config.json", |c| {
        c.as_object_mut().unwrap().remove("chat_template");
    });
    let template = "{% for m in messages %}\n{{ m.content }\n{% endfor %}";
    fs::write(folder.path().join("chat_template.jinja"), template).unwrap();
    fails(
        folder.path(),
        Kind::InvalidInput,
        &["chat_template.jinja", "2:"],
    );
    let options = LoadOptions {
        template: Some(TemplateSource::named("{% if %}")),
        ..LoadOptions::default()
    };
    fails_with(
        &fixture("text/tiny-llama"),
        &options,
        Kind::InvalidInput,
        &["given chat template"],
    );
}

#[test]
fn a_tokenizer_of_another_model_is_told_by_its_size() {
    let folder = copy_of("arch/llama");
    fs::copy(
        fixture("text/tiny-llama/tokenizer.json"),
        folder.path().join("tokenizer.json"),
    )
    .unwrap();
    fails(
        folder.path(),
        Kind::InvalidInput,
        &["512", "256", "different models"],
    );
}

#[test]
fn a_model_without_a_tokenizer_lists_what_was_looked_for() {
    fails(&fixture("arch/llama"), Kind::NotFound, &["tokenizer.json"]);
}

#[test]
fn what_is_not_a_model_says_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    fails(folder.path(), Kind::InvalidInput, &["an empty folder"]);
    fs::write(folder.path().join("notes.txt"), "hello").unwrap();
    fails(
        folder.path(),
        Kind::InvalidInput,
        &["notes.txt", "config.json"],
    );
    fails(
        &folder.path().join("notes.txt"),
        Kind::InvalidInput,
        &["notes.txt"],
    );
    fails(&folder.path().join("nothing"), Kind::NotFound, &["nothing"]);
    let folder = copy();
    fs::remove_file(folder.path().join("model.safetensors")).unwrap();
    fails(folder.path(), Kind::InvalidInput, &["model.safetensors"]);
}

#[test]
fn an_unreadable_tensor_type_lists_the_readable_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    let mut bytes = fs::read(fixture("text/tiny-llama/model.gguf")).unwrap();
    let name = b"token_embd.weight";
    let at = bytes.windows(name.len()).position(|w| w == name).unwrap();
    // Behind the name: rank, two dimensions, then the type.
    let kind = at + name.len() + 4 + 16;
    bytes[kind..kind + 4].copy_from_slice(&39_u32.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    fails(
        &path,
        Kind::Unsupported,
        &["token_embd.weight", "39", "Q4_K"],
    );
}

#[test]
fn tensors_that_no_layer_needs_may_have_any_type() {
    let folder = copy_of("arch/llama");
    fs::copy(
        fixture("arch/llama/golden.safetensors"),
        folder.path().join("extra.safetensors"),
    )
    .unwrap();
    fs::rename(
        folder.path().join("model.safetensors"),
        folder.path().join("main.safetensors"),
    )
    .unwrap();
    let names = |file: &str| {
        let bytes = fs::read(folder.path().join(file)).unwrap();
        let names: Vec<String> = safetensors::SafeTensors::deserialize(&bytes)
            .unwrap()
            .names()
            .into_iter()
            .map(str::to_owned)
            .collect();
        names
            .into_iter()
            .map(|n| (n, json!(file)))
            .collect::<Vec<_>>()
    };
    let mut map: serde_json::Map<String, Value> = names("main.safetensors").into_iter().collect();
    map.extend(names("extra.safetensors"));
    let index = json!({ "weight_map": map });
    fs::write(
        folder.path().join("model.safetensors.index.json"),
        index.to_string(),
    )
    .unwrap();
    crate::Opened::open(folder.path())
        .unwrap()
        .decoder(crate::Form::Stored)
        .unwrap();
}

#[test]
fn numbers_that_would_overflow_or_fill_the_memory_are_refused_by_name() {
    for (fixture, key, value) in [
        ("arch/phi3", "partial_rotary_factor", json!(1e10)),
        ("arch/phi3", "partial_rotary_factor", json!(2.0)),
        ("arch/phi3", "partial_rotary_factor", json!(-1)),
        ("arch/llama", "num_attention_heads", json!(1 << 30)),
        ("arch/gemma3", "layer_types", json!(["full_attention"])),
        ("arch/opt", "layer_norm_elementwise_affine", json!(false)),
    ] {
        let folder = copy_of(fixture);
        edit(folder.path(), "config.json", |c| {
            c.as_object_mut().unwrap().remove("rope_parameters");
            c[key] = value.clone();
        });
        let error = crate::Opened::open(folder.path()).unwrap_err();
        assert_eq!(error.kind(), Kind::InvalidInput, "{error}");
        assert!(error.to_string().contains(key), "{error}");
    }
    let folder = copy_of("mlx/llama-4bit");
    edit(folder.path(), "config.json", |c| {
        c["quantization"]["bits"] = json!(1_u64 << 62);
    });
    let error = crate::Opened::open(folder.path()).unwrap_err();
    assert!(error.to_string().contains("quantization"), "{error}");
}

#[test]
fn added_tokens_without_a_row_are_carried_along() {
    let folder = copy();
    edit(folder.path(), "tokenizer.json", |t| {
        let added = t["added_tokens"].as_array_mut().unwrap();
        let mut more = added[0].clone();
        more["id"] = json!(512);
        more["content"] = json!("<pad>");
        added.push(more);
    });
    load(folder.path(), &LoadOptions::default()).unwrap();
}

#[test]
fn a_gguf_file_beside_a_configuration_is_the_model() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(
        fixture("text/tiny-llama/model.gguf"),
        folder.path().join("model-f16.gguf"),
    )
    .unwrap();
    fs::write(folder.path().join("mmproj-model-f16.gguf"), "not this one").unwrap();
    fs::write(
        folder.path().join("config.json"),
        "{\"model_type\": \"llama\"}",
    )
    .unwrap();
    load(folder.path(), &LoadOptions::default()).unwrap();
}

#[test]
fn a_model_larger_than_the_memory_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.gguf");
    fs::write(&path, gguf_of_a_terabyte()).unwrap();
    // The file is sparse: it says a terabyte and takes a few kilobytes.
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    if file.set_len(2 << 40).is_err() {
        return;
    }
    let opened = crate::Opened::open(&path).unwrap();
    let error = opened.decoder(crate::Form::Stored).unwrap_err();
    assert_eq!(error.kind(), Kind::Limit, "{error}");
    assert!(
        error.to_string().contains("huge.gguf") && error.to_string().contains("MB"),
        "{error}"
    );
}

/// A llama header whose embedding and feed-forward matrices are 8-bit and very large.
fn gguf_of_a_terabyte() -> Vec<u8> {
    let mut out = Vec::new();
    let text = |out: &mut Vec<u8>, s: &str| {
        out.extend((s.len() as u64).to_le_bytes());
        out.extend(s.as_bytes());
    };
    let numbers: [(&str, u32); 6] = [
        ("llama.embedding_length", 1 << 20),
        ("llama.block_count", 1),
        ("llama.attention.head_count", 1 << 10),
        ("llama.feed_forward_length", 1 << 20),
        ("llama.context_length", 64),
        ("llama.vocab_size", 1 << 20),
    ];
    out.extend(b"GGUF");
    out.extend(3_u32.to_le_bytes());
    out.extend(1_u64.to_le_bytes());
    out.extend((numbers.len() as u64 + 1).to_le_bytes());
    text(&mut out, "general.architecture");
    out.extend(8_u32.to_le_bytes());
    text(&mut out, "llama");
    for (key, value) in numbers {
        text(&mut out, key);
        out.extend(4_u32.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    text(&mut out, "token_embd.weight");
    out.extend(2_u32.to_le_bytes());
    out.extend((1_u64 << 20).to_le_bytes());
    out.extend((1_u64 << 20).to_le_bytes());
    out.extend(8_u32.to_le_bytes());
    out.extend(0_u64.to_le_bytes());
    out
}
