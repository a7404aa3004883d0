//! Every fixture of `tests/fixtures/` against the logits that another implementation computed.
#![allow(clippy::unwrap_used)]

use std::{
    collections::BTreeSet,
    io::Write as _,
    path::{Path, PathBuf},
};

use candle_core::quantized::GgmlDType;
use safetensors::SafeTensors;

use crate::{
    ARCHS, Batch, Block, Cache, CacheType, Decoder, Form, Opened, Want,
    source::{Mapped, Raw, Stored},
    weight::{Weight, floats},
};

const TOLERANCE: f32 = 1e-4;

fn fixtures(kind: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures")
        .join(kind);
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.join("golden.safetensors").is_file())
        .filter(|p| kind != "text" || p.join("config.json").is_file())
        .collect();
    folders.sort();
    assert!(!folders.is_empty(), "no fixtures under {kind}");
    folders
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap().to_string_lossy().into_owned()
}

/// Says a count where it is seen: the test runner swallows what is printed.
fn tell(what: &str) {
    let _ = writeln!(std::io::stderr(), "golden: {what}");
}

/// The reference's answers for one fixture.
struct Golden {
    ids: Vec<Vec<u32>>,
    rows: Vec<usize>,
    logits: Vec<Vec<f32>>,
    decode: Vec<Vec<f32>>,
    lens: Vec<usize>,
    last: Vec<Vec<f32>>,
    prompt: usize,
    greedy: Vec<u32>,
    llama_cpp_greedy: Option<Vec<u32>>,
}

impl Golden {
    fn read(folder: &Path) -> Self {
        let bytes = std::fs::read(folder.join("golden.safetensors")).unwrap();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let ints = |name: &str| -> Option<Vec<u32>> {
            let t = file.tensor(name).ok()?;
            let values = t
                .data()
                .chunks_exact(4)
                .map(|b| i32::from_le_bytes(b.try_into().unwrap()));
            Some(values.map(|v| v as u32).collect())
        };
        let floats = |name: &str| -> Vec<Vec<f32>> {
            let Ok(t) = file.tensor(name) else {
                return Vec::new();
            };
            let width = *t.shape().last().unwrap();
            let values: Vec<f32> = t
                .data()
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
                .collect();
            values.chunks(width).map(<[f32]>::to_vec).collect()
        };
        let width = *file.tensor("ids").unwrap().shape().last().unwrap();
        let sizes = |name: &str| {
            ints(name)
                .unwrap_or_default()
                .into_iter()
                .map(|v| v as usize)
                .collect()
        };
        Self {
            ids: ints("ids")
                .unwrap()
                .chunks(width)
                .map(<[u32]>::to_vec)
                .collect(),
            rows: sizes("rows"),
            logits: floats("logits"),
            decode: floats("decode"),
            lens: sizes("lens"),
            last: floats("last"),
            prompt: ints("prompt_len").map_or(12, |v| v[0] as usize),
            greedy: ints("greedy").unwrap_or_default(),
            llama_cpp_greedy: ints("llama_cpp_greedy"),
        }
    }
}

/// The largest difference, relative to the spread of the expected row.
fn error(got: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(got.len(), expected.len());
    let spread = expected.iter().fold(0f32, |m, v| m.max(v.abs())).max(1e-3);
    let worst = got
        .iter()
        .zip(expected)
        .map(|(a, b)| (a - b).abs())
        .fold(
            0f32,
            |m, d| if d.is_nan() { f32::INFINITY } else { m.max(d) },
        );
    worst / spread
}

fn worst(got: &[Vec<f32>], expected: &[Vec<f32>]) -> f32 {
    assert_eq!(got.len(), expected.len());
    got.iter()
        .zip(expected)
        .map(|(g, e)| error(g, e))
        .fold(0.0, f32::max)
}

const BLOCKS: u32 = 64;

fn cache(decoder: &Decoder) -> Cache {
    Cache::new(decoder.geometry(), CacheType::F32, BLOCKS as usize)
}

fn run(
    decoder: &Decoder,
    cache: &mut Cache,
    ids: &[u32],
    past: usize,
    want: Want,
) -> Vec<Vec<f32>> {
    let batch = Batch::single(&Block::several(0..BLOCKS), ids, past, 0, want).unwrap();
    decoder.forward(&batch, cache).unwrap()
}

fn prefill(decoder: &Decoder, golden: &Golden) -> f32 {
    let mut cache = cache(decoder);
    let all = run(decoder, &mut cache, &golden.ids[0], 0, Want::All);
    let rows: Vec<Vec<f32>> = golden.rows.iter().map(|r| all[*r].clone()).collect();
    worst(&rows, &golden.logits)
}

/// Token by token; `None` where the reference's own decode is defined differently.
fn decode(decoder: &Decoder, golden: &Golden, primed: usize) -> f32 {
    let mut cache = cache(decoder);
    let ids = &golden.ids[0];
    let mut all = run(decoder, &mut cache, &ids[..primed], 0, Want::All);
    for at in primed..ids.len() {
        all.extend(run(decoder, &mut cache, &ids[at..=at], at, Want::Last));
    }
    let rows: Vec<Vec<f32>> = golden.rows.iter().map(|r| all[*r].clone()).collect();
    worst(&rows, &golden.decode)
}

fn ragged(decoder: &Decoder, golden: &Golden) -> f32 {
    let mut cache = cache(decoder);
    let mut batch = Batch::new();
    for (i, (ids, len)) in (0..).zip(golden.ids.iter().zip(&golden.lens)) {
        let blocks = Block::several(i * BLOCKS / 8..(i + 1) * BLOCKS / 8);
        batch.push(&blocks, &ids[..*len], 0, 0, Want::Last).unwrap();
    }
    worst(&decoder.forward(&batch, &mut cache).unwrap(), &golden.last)
}

fn argmax(row: &[f32]) -> u32 {
    let best = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.unwrap().0 as u32
}

fn greedy(decoder: &Decoder, golden: &Golden, steps: usize, afresh: bool) -> Vec<u32> {
    let mut cache = cache(decoder);
    let mut ids = golden.ids[0][..golden.prompt].to_vec();
    let mut logits = run(decoder, &mut cache, &ids, 0, Want::Last);
    let mut out = Vec::new();
    for _ in 0..steps {
        let next = argmax(&logits[0]);
        out.push(next);
        ids.push(next);
        logits = if afresh {
            run(decoder, &mut cache, &ids, 0, Want::Last)
        } else {
            run(decoder, &mut cache, &[next], ids.len() - 1, Want::Last)
        };
    }
    out
}

#[test]
fn every_architecture_agrees_with_the_reference() {
    let mut seen = BTreeSet::new();
    let mut count = 0;
    let mut failures = Vec::new();
    for folder in fixtures("arch") {
        let name = name(&folder);
        let golden = Golden::read(&folder);
        let opened = Opened::open(&folder).unwrap_or_else(|e| panic!("{name}: {e}"));
        let decoder = opened
            .decoder(Form::Stored)
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        // The reference recomputes the whole sequence's rope for these at every length.
        let (moving, long) = (name == "llama-dynamic", name == "phi3-longrope-long");
        let mut checks = vec![
            ("prefill", prefill(&decoder, &golden)),
            ("ragged", ragged(&decoder, &golden)),
        ];
        if !moving {
            checks.push((
                "decode",
                decode(&decoder, &golden, if long { 34 } else { 1 }),
            ));
        }
        for (what, error) in checks {
            if error > TOLERANCE {
                failures.push(format!("{name}: {what} is off by {error:e}"));
            }
        }
        let ours = greedy(&decoder, &golden, golden.greedy.len(), moving);
        if ours != golden.greedy {
            failures.push(format!(
                "{name}: greedy {ours:?}, expected {:?}",
                golden.greedy
            ));
        }
        seen.insert(opened.arch.name);
        count += 1;
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let missing: Vec<_> = ARCHS
        .iter()
        .map(|a| a.name)
        .filter(|n| !seen.contains(n))
        .collect();
    assert!(missing.is_empty(), "no fixture ran for {missing:?}");
    tell(&format!(
        "{} architectures agree with the reference, in {count} models",
        seen.len()
    ));
}

#[test]
fn older_configurations_mean_the_same_model() {
    let mut count = 0;
    for folder in fixtures("arch") {
        let old = folder.join("config.old.json");
        if !old.is_file() {
            continue;
        }
        let copy = tempfile::tempdir().unwrap();
        std::fs::copy(old, copy.path().join("config.json")).unwrap();
        std::fs::copy(
            folder.join("model.safetensors"),
            copy.path().join("model.safetensors"),
        )
        .unwrap();
        let decoder = Opened::open(copy.path())
            .unwrap()
            .decoder(Form::Stored)
            .unwrap();
        let error = prefill(&decoder, &Golden::read(&folder));
        assert!(error <= TOLERANCE, "{}: {error:e}", name(&folder));
        count += 1;
    }
    assert!(count > 5, "only {count} older configurations");
}

/// The GGUF file of a fixture folder, the first part of a split one.
fn gguf(folder: &Path) -> PathBuf {
    let whole = folder.join("model.gguf");
    if whole.is_file() {
        whole
    } else {
        folder.join("model-00001-of-00002.gguf")
    }
}

/// Quantised products round their inputs to eight bits. On these models (random weights, one or two
/// layers) that moves a logit by up to this share of the row's largest; the weights alone agree to 1e-4.
const ROUNDED_INPUTS: f32 = 0.06;

#[test]
fn gguf_files_agree_with_the_reference_and_with_llama_cpp() {
    let mut failures = Vec::new();
    let mut count = 0;
    for folder in fixtures("gguf") {
        let name = name(&folder);
        let golden = Golden::read(&folder);
        let opened = Opened::open(&gguf(&folder)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let exact = opened
            .decoder(Form::Dense(Stored::F32))
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        for (what, error) in [
            ("prefill", prefill(&exact, &golden)),
            ("ragged", ragged(&exact, &golden)),
        ] {
            if error > TOLERANCE {
                failures.push(format!("{name}: {what} is off by {error:e}"));
            }
        }
        let ours = greedy(&exact, &golden, golden.greedy.len(), false);
        for expected in [Some(&golden.greedy), golden.llama_cpp_greedy.as_ref()]
            .into_iter()
            .flatten()
        {
            if &ours != expected {
                failures.push(format!("{name}: greedy {ours:?}, expected {expected:?}"));
            }
        }
        let stored = prefill(&opened.decoder(Form::Stored).unwrap(), &golden);
        if stored > ROUNDED_INPUTS {
            failures.push(format!("{name}: with rounded inputs off by {stored:e}"));
        }
        count += 1;
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    tell(&format!(
        "{count} GGUF files agree with the reference and with llama.cpp"
    ));
}

#[test]
fn mlx_folders_agree_with_the_reference() {
    let mut count = 0;
    for folder in fixtures("mlx") {
        let name = name(&folder);
        if name.contains("mxfp4") {
            let refused = Opened::open(&folder).unwrap_err().to_string();
            assert!(refused.contains("mxfp4"), "{refused}");
            continue;
        }
        let golden = Golden::read(&folder);
        let decoder = Opened::open(&folder).and_then(|o| o.decoder(Form::Stored));
        let decoder = decoder.unwrap_or_else(|e| panic!("{name}: {e}"));
        for error in [
            prefill(&decoder, &golden),
            ragged(&decoder, &golden),
            decode(&decoder, &golden, 1),
        ] {
            assert!(error <= TOLERANCE, "{name}: {error:e}");
        }
        assert_eq!(
            greedy(&decoder, &golden, golden.greedy.len(), false),
            golden.greedy,
            "{name}"
        );
        count += 1;
    }
    assert!(count >= 6, "only {count} folders");
    tell(&format!("{count} MLX folders agree with the reference"));
}

#[test]
fn a_model_quantised_while_it_loads_stays_near_itself() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/arch/llama-256");
    let golden = Golden::read(&folder);
    let opened = Opened::open(&folder).unwrap();
    for (kind, bound) in [
        (GgmlDType::Q8_0, 0.08),
        (GgmlDType::Q6K, 0.12),
        (GgmlDType::Q4K, 0.5),
    ] {
        let error = prefill(&opened.decoder(Form::Quantised(kind)).unwrap(), &golden);
        assert!(error > 0.0 && error < bound, "{kind:?}: {error}");
    }
}

#[test]
fn every_block_format_is_widened_as_its_makers_do() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/gguf/blocks.safetensors");
    let bytes = std::fs::read(&path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let kinds = [
        ("Q4_0", GgmlDType::Q4_0),
        ("Q4_1", GgmlDType::Q4_1),
        ("Q5_0", GgmlDType::Q5_0),
        ("Q5_1", GgmlDType::Q5_1),
        ("Q8_0", GgmlDType::Q8_0),
        ("Q2_K", GgmlDType::Q2K),
        ("Q3_K", GgmlDType::Q3K),
        ("Q4_K", GgmlDType::Q4K),
        ("Q5_K", GgmlDType::Q5K),
        ("Q6_K", GgmlDType::Q6K),
    ];
    for (name, kind) in kinds {
        let raw = file.tensor(&format!("{name}.raw")).unwrap();
        let expected = file.tensor(&format!("{name}.values")).unwrap();
        let expected: Vec<f32> = expected
            .data()
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("block");
        std::fs::write(&place, raw.data()).unwrap();
        let view = Mapped::open(&place)
            .unwrap()
            .view(0..raw.data().len() as u64)
            .unwrap();
        let raw = Raw {
            name: name.into(),
            stored: Stored::Ggml(kind),
            shape: vec![2, 512],
            view,
        };
        let weight = Weight::ggml(&raw, kind, 2, 512).unwrap();
        let got = floats(&weight.embed(&[0, 1]).unwrap(), <[f32]>::to_vec).unwrap();
        for (g, e) in got.iter().zip(&expected) {
            assert!(
                (g - e).abs() <= 1e-6 * e.abs().max(1.0),
                "{name}: {g} instead of {e}"
            );
        }
    }
}

/// A fixture with the outermost part of its tensors' names left out, as some checkpoints on the hub have them.
fn without_prefix(name: &str, prefix: &str) -> tempfile::TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/arch")
        .join(name);
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(from.join("config.json"), folder.path().join("config.json")).unwrap();
    let bytes = std::fs::read(from.join("model.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let bare = |name: String| {
        name.strip_prefix(prefix)
            .map_or(name.clone(), str::to_owned)
    };
    let tensors = file
        .tensors()
        .into_iter()
        .map(|(name, view)| (bare(name), view));
    let target = folder.path().join("model.safetensors");
    safetensors::serialize_to_file(tensors, None, &target).unwrap();
    folder
}

#[test]
fn checkpoints_of_a_bare_base_model_load_too() {
    for (name, prefix) in [
        ("gpt2", "transformer."),
        ("opt", "model."),
        ("qwen2-tied", "model."),
    ] {
        let folder = without_prefix(name, prefix);
        let decoder = Opened::open(folder.path())
            .unwrap()
            .decoder(Form::Stored)
            .unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/fixtures/arch")
            .join(name);
        let error = prefill(&decoder, &Golden::read(&from));
        assert!(error <= TOLERANCE, "{name}: {error:e}");
    }
}

/// A fixture whose configuration lacks `keys`: the row's defaults must stand in for them.
fn without_keys(
    name: &str,
    keys: &[&str],
    set: &[(&str, serde_json::Value)],
) -> crate::Result<Opened> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/arch")
        .join(name);
    let folder = tempfile::tempdir().unwrap();
    let config = std::fs::read(from.join("config.json")).unwrap();
    let mut config: serde_json::Value = serde_json::from_slice(&config).unwrap();
    for key in keys {
        config.as_object_mut().unwrap().remove(*key);
    }
    for (key, value) in set {
        config[*key] = value.clone();
    }
    std::fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    std::fs::copy(
        from.join("model.safetensors"),
        folder.path().join("model.safetensors"),
    )
    .unwrap();
    Opened::open(folder.path())
}

#[test]
fn keys_that_a_configuration_leaves_out_mean_what_they_mean_to_the_reference() {
    // The wrapper of Gemma 3's larger models keeps its text keys under `text_config`, and few of them.
    let open = |name, keys: &[&str]| without_keys(name, keys, &[]).unwrap().spec;
    let gemma = open(
        "gemma3",
        &[
            "num_attention_heads",
            "num_key_value_heads",
            "head_dim",
            "vocab_size",
        ],
    );
    let attention = gemma.blocks[0].attention;
    assert_eq!(
        (attention.heads, attention.kv_heads, attention.head_dim),
        (8, 4, 256)
    );
    assert_eq!(gemma.vocab, 262_208);
    assert!((open("phi3", &["rms_norm_eps"]).norm.eps - 1e-5).abs() < 1e-9);
    assert!((open("mixtral", &["rope_parameters"]).ropes[0].theta - 1e6).abs() < 1.0);
    assert!((open("smollm3", &["rope_parameters"]).ropes[0].theta - 2e6).abs() < 1.0);
    assert_eq!(
        open("mistral-swa", &["sliding_window"]).blocks[0]
            .attention
            .window,
        Some(4096)
    );
    let none = [("sliding_window", serde_json::Value::Null)];
    let mistral = without_keys("mistral-swa", &[], &none).unwrap().spec;
    assert_eq!(mistral.blocks[0].attention.window, None);
    assert_eq!(
        open("gemma2", &["attn_logit_softcapping"]).blocks[0]
            .attention
            .softcap,
        Some(50.0)
    );
    assert!(open("glm4", &["attention_bias"]).blocks[0].attention.bias);
}

#[test]
fn stretched_positions_reach_beyond_the_stated_context() {
    let yarn = without_keys("llama-yarn", &[], &[("max_position_embeddings", 32.into())]);
    assert_eq!(yarn.unwrap().spec.context, 128);
}
