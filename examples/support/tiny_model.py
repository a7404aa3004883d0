"""Makes a tiny Llama of random numbers, with nothing but Python's own library.

    python examples/support/tiny_model.py FOLDER

It is a whole model folder, as a hub would give it: configuration, weights in safetensors, and the tokenizer and chat
template of the tests' fixture. It computes like a real model of its architecture and knows nothing.
"""

import json
import random
import shutil
import struct
import sys
from array import array
from pathlib import Path

FIXTURE = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "text" / "tiny-llama"

HIDDEN, INNER, LAYERS, HEADS, KV_HEADS, VOCABULARY = 64, 160, 2, 4, 2, 512

CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": HIDDEN,
    "intermediate_size": INNER,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "num_key_value_heads": KV_HEADS,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": 1024,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "tie_word_embeddings": True,
    "eos_token_id": [505, 507],
    "torch_dtype": "float32",
}


def shapes() -> dict[str, list[int]]:
    """The tensors of a Llama, by their names in a checkpoint."""
    narrow = HIDDEN * KV_HEADS // HEADS
    layer = {
        "input_layernorm": [HIDDEN],
        "self_attn.q_proj": [HIDDEN, HIDDEN],
        "self_attn.k_proj": [narrow, HIDDEN],
        "self_attn.v_proj": [narrow, HIDDEN],
        "self_attn.o_proj": [HIDDEN, HIDDEN],
        "post_attention_layernorm": [HIDDEN],
        "mlp.gate_proj": [INNER, HIDDEN],
        "mlp.up_proj": [INNER, HIDDEN],
        "mlp.down_proj": [HIDDEN, INNER],
    }
    found = {"model.embed_tokens.weight": [VOCABULARY, HIDDEN], "model.norm.weight": [HIDDEN]}
    for at in range(LAYERS):
        found |= {f"model.layers.{at}.{name}.weight": shape for name, shape in layer.items()}
    return found


def write_weights(file: Path, seed: int) -> int:
    """Writes a safetensors file: the length of a JSON header, the header, then the numbers."""
    rng = random.Random(seed)
    header: dict[str, object] = {}
    numbers = array("f")
    for name, shape in shapes().items():
        start = len(numbers)
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        middle, spread = (1.0, 0.1) if len(shape) == 1 else (0.0, HIDDEN**-0.5)
        numbers.extend(rng.gauss(middle, spread) for _ in range(count))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start * 4, len(numbers) * 4]}
    if sys.byteorder == "big":
        numbers.byteswap()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file.write_bytes(struct.pack("<Q", len(text)) + text + numbers.tobytes())
    return len(numbers)


def make(folder: Path, seed: int = 0) -> int:
    """Makes the model and says how many parameters it has."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=2))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(FIXTURE / name, folder)
    return write_weights(folder / "model.safetensors", seed)


if __name__ == "__main__":
    print(f"{make(Path(sys.argv[1]))} random parameters in {sys.argv[1]}")
