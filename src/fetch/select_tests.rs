use super::*;

fn id() -> ModelId {
    ModelId::parse("org/name").unwrap()
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|&name| name.to_owned()).collect()
}

fn chosen(list: &[&str], want: &Want) -> Vec<String> {
    choose(&id(), &names(list), want).unwrap()
}

fn refused(list: &[&str], want: &Want) -> Error {
    choose(&id(), &names(list), want).unwrap_err()
}

fn missing(list: &[&str], want: &Want) -> Option<String> {
    complete(&id(), &names(list), want, &|_| None).err()
}

fn gguf(list: &[&str]) -> Want {
    Want::Gguf(names(list))
}

#[test]
fn only_what_loading_needs_is_chosen() {
    let all = [
        ".gitattributes",
        "README.md",
        "config.json",
        "generation_config.json",
        "flax_model.msgpack",
        "model.safetensors",
        "pytorch_model.bin",
        "original/consolidated.00.pth",
        "onnx/model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "chat_template.jinja",
        "training_args.json",
        "vocab.json",
        "merges.txt",
    ];
    assert_eq!(
        chosen(&all, &Want::Model),
        [
            "chat_template.jinja",
            "config.json",
            "generation_config.json",
            "merges.txt",
            "model.safetensors",
            "special_tokens_map.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "vocab.json",
        ]
    );
    assert!(!chosen(&all, &Want::Tokenizer).contains(&"model.safetensors".to_owned()));
    assert_eq!(
        chosen(&all, &Want::Files(names(&["onnx/model.safetensors"]))),
        ["onnx/model.safetensors"]
    );
}

#[test]
fn shards_come_with_their_index_and_without_the_consolidated_copy() {
    let shards = [
        "config.json",
        "consolidated.safetensors",
        "consolidated.safetensors.index.json",
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors",
        "model.safetensors.index.json",
        "adapter_model.safetensors",
    ];
    assert_eq!(
        chosen(&shards, &Want::Model),
        [
            "config.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json"
        ]
    );
    assert_eq!(
        chosen(
            &["config.json", "consolidated.safetensors", "params.json"],
            &Want::Model
        ),
        ["config.json", "consolidated.safetensors"]
    );
}

#[test]
fn pickled_weights_are_refused_by_name() {
    let error = refused(&["config.json", "pytorch_model.bin"], &Want::Model);
    assert!(
        matches!(&error, Error::OnlyPickled { found, .. } if found == &["pytorch_model.bin"]),
        "{error}"
    );
    assert!(matches!(
        refused(&["README.md"], &Want::Model),
        Error::NoWeights { .. }
    ));
}

#[test]
fn a_split_gguf_is_taken_whole() {
    let split = [
        "q8/x-00001-of-00002.gguf",
        "q8/x-00002-of-00002.gguf",
        "y.Q4_0.gguf",
        "mmproj-x.gguf",
    ];
    for wanted in ["q8/x-00001-of-00002.gguf", "q8/x-00002-of-00002.gguf"] {
        assert_eq!(chosen(&split, &gguf(&[wanted])), split[..2]);
    }
    let error = refused(&split[1..], &gguf(&["q8/x-00002-of-00002.gguf"]));
    assert!(
        matches!(&error, Error::NoFile { file, .. } if file == split[0]),
        "{error}"
    );
    assert_eq!(
        chosen(&split, &gguf(&["y.Q4_0.gguf", "mmproj-x.gguf"])),
        split[2..],
        "a projector is taken by name"
    );
}

#[test]
fn the_only_gguf_is_taken_and_several_are_a_question() {
    assert_eq!(
        chosen(
            &["README.md", "x.gguf", "mmproj-x.gguf", "x.imatrix.gguf"],
            &gguf(&[])
        ),
        ["x.gguf"]
    );
    assert_eq!(chosen(&["x.gguf"], &Want::Model), ["x.gguf"]);
    let quantised = [
        "x-Q2_K.gguf",
        "x-Q4_K_M.gguf",
        "x-Q4_K_S.gguf",
        "x-Q8_0.gguf",
    ];
    assert_eq!(chosen(&quantised, &gguf(&[])), ["x-Q4_K_M.gguf"]);
    assert_eq!(
        chosen(&[quantised[0], quantised[3]], &gguf(&[])),
        ["x-Q8_0.gguf"]
    );
    let error = refused(&[quantised[0], quantised[2]], &gguf(&[])).to_string();
    assert!(error.contains("x-Q2_K.gguf, x-Q4_K_S.gguf"), "{error}");
    assert!(matches!(
        refused(&["a-Q8_0.gguf", "b-Q8_0.gguf"], &gguf(&[])),
        Error::AmbiguousGguf { .. }
    ));
}

#[test]
fn a_quantisation_is_matched_as_a_whole_word() {
    let files = [
        "m-IQ4_XS.gguf",
        "m-Q4_K_M.gguf",
        "m-Q4_K.gguf",
        "m_q5_k_m.gguf",
        "Q6_K/m.gguf",
    ];
    for (wanted, expected) in [
        ("Q4_K", files[2]),
        ("q4_k_m", files[1]),
        ("Q5_K_M", files[3]),
        ("IQ4_XS", files[0]),
        ("Q6_K", files[4]),
    ] {
        assert_eq!(chosen(&files, &gguf(&[wanted])), [expected]);
    }
    let error = refused(&files, &gguf(&["Q3_K"])).to_string();
    assert!(
        error.contains("Q3_K") && error.contains("m-Q4_K.gguf"),
        "{error}"
    );
    assert!(matches!(
        refused(&files, &gguf(&["other.gguf"])),
        Error::NoGguf { .. }
    ));
}

#[test]
fn a_snapshot_is_complete_when_configuration_tokenizer_and_all_weights_are_there() {
    let whole = ["config.json", "model.safetensors", "tokenizer.json"];
    assert_eq!(missing(&whole, &Want::Model), None);
    assert_eq!(
        missing(&whole[1..], &Want::Model).as_deref(),
        Some("config.json")
    );
    assert_eq!(
        missing(&whole[..2], &Want::Model).as_deref(),
        Some("a tokenizer")
    );
    assert_eq!(
        missing(&["config.json", "tokenizer.json"], &Want::Model).as_deref(),
        Some("weights")
    );
    assert_eq!(missing(&["tokenizer.json"], &Want::Tokenizer), None);
    assert_eq!(
        missing(&whole, &Want::Files(names(&["x.json"]))).as_deref(),
        Some("x.json")
    );
}

#[test]
fn a_missing_shard_is_noticed_by_its_number_or_by_the_index() {
    let first = "model-00001-of-00002.safetensors";
    let second = "model-00002-of-00002.safetensors";
    let some = ["config.json", "tokenizer.json", first];
    assert_eq!(missing(&some, &Want::Model).as_deref(), Some(second));

    let odd = names(&[
        "config.json",
        "tokenizer.json",
        "a.safetensors",
        "x.safetensors.index.json",
    ]);
    let index = |_: &str| Some(names(&["a.safetensors", "b.safetensors"]));
    assert_eq!(
        complete(&id(), &odd, &Want::Model, &index).err().as_deref(),
        Some("b.safetensors")
    );

    assert_eq!(
        missing(&["x-00001-of-00002.gguf"], &gguf(&[])).as_deref(),
        Some("x-00002-of-00002.gguf")
    );
    assert_eq!(
        missing(&["x-Q4_0.gguf"], &gguf(&["Q8_0"])).as_deref(),
        Some("Q8_0")
    );
}
