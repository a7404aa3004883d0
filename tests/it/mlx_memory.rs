//! A quantised folder stays quantised: running it takes little more memory than its file.

use std::{fs, io::Write as _, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use ferrule::model::{Batch, Block, Cache, CacheType, Form, Opened, Want};
use serde_json::{Map, Value, json};

const HIDDEN: usize = 1024;
const WIDTH: usize = 6144;
const LAYERS: usize = 8;
const VOCAB: usize = 32_000;
const GROUP: usize = 64;
const BITS: usize = 4;
/// Names the folder to the process that is measured.
const FOLDER: &str = "FERRULE_TEST_MLX_FOLDER";

#[test]
fn a_quantised_folder_takes_at_most_a_third_more_memory_than_its_file() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let size = write_model(folder.path())?;
    let child = Command::new(std::env::current_exe()?)
        .args([
            "--exact",
            "mlx_memory::the_process_that_is_measured",
            "--nocapture",
        ])
        .env(FOLDER, folder.path())
        .output()?;
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    ensure!(child.status.success(), "{said}");
    let peak = said.lines().find_map(|l| l.split("peak kB: ").nth(1));
    let peak: u64 = peak.context("no peak was printed")?.trim().parse()?;
    let ratio = (peak * 1024) as f64 / size as f64;
    writeln!(
        std::io::stderr(),
        "mlx: peak memory is {ratio:.2} of a file of {} MB",
        size >> 20
    )?;
    ensure!(ratio < 1.3, "peak memory is {ratio:.2} of the file");
    Ok(())
}

/// Does nothing unless the test above started it.
#[test]
fn the_process_that_is_measured() -> Result<()> {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return Ok(());
    };
    let decoder = Opened::open(Path::new(&folder))?.decoder(Form::Stored)?;
    let mut cache = Cache::new(decoder.geometry(), CacheType::F16, 64);
    let blocks = Block::several(0..8);
    let mut logits = decoder.forward(
        &Batch::single(&blocks, &[1, 2, 3], 0, 8, Want::Last)?,
        &mut cache,
    )?;
    logits.extend(decoder.forward(&Batch::single(&blocks, &[4], 3, 8, Want::Last)?, &mut cache)?);
    ensure!(
        logits.iter().flatten().all(|l| l.is_finite()),
        "a logit is not finite"
    );
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    writeln!(
        std::io::stdout(),
        "peak kB: {}",
        peak.context("no VmHWM")?.trim().trim_end_matches("kB")
    )?;
    Ok(())
}

/// Writes a random llama of about 200 million parameters; the size of its weight file.
fn write_model(folder: &Path) -> Result<u64> {
    let mut tensors: Vec<(String, &str, Vec<usize>)> = Vec::new();
    let packed = |tensors: &mut Vec<_>, name: String, rows: usize, width: usize| {
        tensors.push((
            format!("{name}.weight"),
            "U32",
            vec![rows, width * BITS / 32],
        ));
        tensors.push((format!("{name}.scales"), "BF16", vec![rows, width / GROUP]));
        tensors.push((format!("{name}.biases"), "BF16", vec![rows, width / GROUP]));
    };
    packed(&mut tensors, "model.embed_tokens".into(), VOCAB, HIDDEN);
    tensors.push(("model.norm.weight".into(), "BF16", vec![HIDDEN]));
    for layer in 0..LAYERS {
        let at = |name: &str| format!("model.layers.{layer}.{name}");
        for name in ["q_proj", "k_proj", "v_proj", "o_proj"] {
            packed(
                &mut tensors,
                at(&format!("self_attn.{name}")),
                HIDDEN,
                HIDDEN,
            );
        }
        packed(&mut tensors, at("mlp.gate_proj"), WIDTH, HIDDEN);
        packed(&mut tensors, at("mlp.up_proj"), WIDTH, HIDDEN);
        packed(&mut tensors, at("mlp.down_proj"), HIDDEN, WIDTH);
        tensors.push((at("input_layernorm.weight"), "BF16", vec![HIDDEN]));
        tensors.push((at("post_attention_layernorm.weight"), "BF16", vec![HIDDEN]));
    }
    let config = json!({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama",
        "hidden_size": HIDDEN, "intermediate_size": WIDTH, "num_hidden_layers": LAYERS,
        "num_attention_heads": 16, "num_key_value_heads": 16, "vocab_size": VOCAB,
        "max_position_embeddings": 256, "rms_norm_eps": 1e-5, "tie_word_embeddings": true,
        "quantization": { "group_size": GROUP, "bits": BITS },
    });
    fs::write(folder.join("config.json"), config.to_string())?;
    write_safetensors(&folder.join("model.safetensors"), &tensors)
}

fn write_safetensors(path: &Path, tensors: &[(String, &str, Vec<usize>)]) -> Result<u64> {
    let mut header = Map::new();
    let mut end = 0;
    for (name, dtype, shape) in tensors {
        let width = if *dtype == "U32" { 4 } else { 2 };
        let start = end;
        end += shape.iter().product::<usize>() * width;
        let entry = json!({ "dtype": dtype, "shape": shape, "data_offsets": [start, end] });
        header.insert(name.clone(), entry);
    }
    let mut header = Value::Object(header).to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut file = std::io::BufWriter::new(fs::File::create(path)?);
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(&header)?;
    let mut noise = 0x9E37_79B9_7F4A_7C15_u64;
    for (_, dtype, shape) in tensors {
        let count = shape.iter().product::<usize>();
        // Small scales keep the sums of random rows finite.
        let scale = 0x3a80_u16.to_le_bytes();
        for _ in 0..count / 2 {
            noise = noise
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            match *dtype {
                "U32" => file.write_all(&noise.to_le_bytes())?,
                _ => file.write_all(&[scale, scale].concat())?,
            }
        }
    }
    file.flush()?;
    Ok(fs::metadata(path)?.len())
}
