//! Claim: weights are read where they lie in the mapped file, so that decoding one token costs about
//! one reading of the file. Printed beside it: the speed at which the same machine reads memory.
//!
//!     make bench

use std::{
    fs,
    hint::black_box,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;
use ferrule::model::{Batch, Block, Cache, CacheType, Form, Opened, Want};
use serde_json::{Map, Value, json};

const HIDDEN: usize = 1024;
const WIDTH: usize = 4096;
const LAYERS: usize = 8;
const VOCAB: usize = 16_000;
const TOKENS: usize = 16;
const PROMPT: usize = 200;
const RUNS: usize = 5;

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let bytes = write_model(folder.path())?;
    let decoder = Opened::open(folder.path())?.decoder(Form::Stored)?;
    let mut rates = Vec::new();
    let mut prefills = Vec::new();
    let mut reads = Vec::new();
    for _ in 0..RUNS {
        reads.push(read_speed());
        let mut cache = Cache::new(decoder.geometry(), CacheType::F16, 64);
        let blocks = Block::several(0..8);
        decoder.forward(
            &Batch::single(&blocks, &[1, 2, 3, 4], 0, 64, Want::Last)?,
            &mut cache,
        )?;
        let prompt: Vec<u32> = (0..PROMPT as u32).collect();
        let others = Block::several(8..32);
        let start = Instant::now();
        decoder.forward(
            &Batch::single(&others, &prompt, 0, 256, Want::Last)?,
            &mut cache,
        )?;
        prefills.push(PROMPT as f64 / start.elapsed().as_secs_f64());
        let start = Instant::now();
        for at in 4..4 + TOKENS {
            decoder.forward(
                &Batch::single(&blocks, &[7], at, 64, Want::Last)?,
                &mut cache,
            )?;
        }
        rates.push(TOKENS as f64 / start.elapsed().as_secs_f64());
    }
    let (rate, read) = (median(&mut rates), median(&mut reads));
    let share = rate * bytes as f64 / read;
    let mut out = std::io::stdout();
    let cores = std::thread::available_parallelism()?;
    writeln!(
        out,
        "decode, bf16 mapped, {} MB, {cores} cores, median of {RUNS}",
        bytes >> 20
    )?;
    writeln!(out, "  decoded per second     {rate:8.2} tokens")?;
    let prefill = median(&mut prefills);
    writeln!(out, "  prompt per second      {prefill:8.2} tokens")?;
    writeln!(
        out,
        "  weights read           {:8.2} GB/s",
        rate * bytes as f64 / 1e9
    )?;
    writeln!(out, "  memory read (peer)     {:8.2} GB/s", read / 1e9)?;
    writeln!(out, "  share of the limit     {share:8.2}")?;
    Ok(())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Bytes per second when all cores sum a buffer that no cache holds.
fn read_speed() -> f64 {
    let buffer = vec![1_u64; 32 << 20];
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let part = buffer.len() / cores;
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        std::thread::scope(|scope| {
            for chunk in buffer.chunks(part) {
                scope.spawn(move || black_box(chunk.iter().fold(0_u64, |a, b| a.wrapping_add(*b))));
            }
        });
        best = best.min(start.elapsed());
    }
    (buffer.len() * 8) as f64 / best.as_secs_f64()
}

/// A random llama in bf16; the size of its weights.
fn write_model(folder: &Path) -> Result<usize> {
    let mut shapes = vec![("model.embed_tokens.weight".to_owned(), vec![VOCAB, HIDDEN])];
    for layer in 0..LAYERS {
        let mut add = |name: &str, shape: Vec<usize>| {
            shapes.push((format!("model.layers.{layer}.{name}.weight"), shape));
        };
        for name in ["q_proj", "k_proj", "v_proj", "o_proj"] {
            add(&format!("self_attn.{name}"), vec![HIDDEN, HIDDEN]);
        }
        add("mlp.gate_proj", vec![WIDTH, HIDDEN]);
        add("mlp.up_proj", vec![WIDTH, HIDDEN]);
        add("mlp.down_proj", vec![HIDDEN, WIDTH]);
        add("input_layernorm", vec![HIDDEN]);
        add("post_attention_layernorm", vec![HIDDEN]);
    }
    shapes.push(("model.norm.weight".into(), vec![HIDDEN]));
    let mut header = Map::new();
    let mut end = 0;
    for (name, shape) in &shapes {
        let start = end;
        end += shape.iter().product::<usize>() * 2;
        header.insert(
            name.clone(),
            json!({ "dtype": "BF16", "shape": shape, "data_offsets": [start, end] }),
        );
    }
    let mut header = Value::Object(header).to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut file = std::io::BufWriter::new(fs::File::create(folder.join("model.safetensors"))?);
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(&header)?;
    for i in 0..end / 2 {
        // Values around ±0.01, so that sums of random rows stay finite.
        let sign = (i.wrapping_mul(2_654_435_761) >> 7 & 1) as u16;
        file.write_all(&(sign << 15 | 0x3c20).to_le_bytes())?;
    }
    file.flush()?;
    let config = json!({
        "architectures": ["LlamaForCausalLM"], "hidden_size": HIDDEN, "intermediate_size": WIDTH,
        "num_hidden_layers": LAYERS, "num_attention_heads": 16, "vocab_size": VOCAB,
        "max_position_embeddings": 256, "rms_norm_eps": 1e-5, "tie_word_embeddings": true,
    });
    fs::write(folder.join("config.json"), config.to_string())?;
    Ok(end)
}
