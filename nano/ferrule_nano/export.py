"""The trained network as one GGUF file in the layout of Qwen3, with tokenizer and chat template."""

# The trainer's libraries are in no environment of the tests: what comes from them has no types here.
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from tokenizers import Tokenizer

from .data import Encoder
from .network import Network, Shape
from .render import END, SPECIAL

HERE = Path(__file__).resolve().parent.parent
CONTEXT = 2048
_NAMES = {
    "attention_norm": "attn_norm",
    "q": "attn_q",
    "k": "attn_k",
    "v": "attn_v",
    "o": "attn_output",
    "q_norm": "attn_q_norm",
    "k_norm": "attn_k_norm",
    "feed_norm": "ffn_norm",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
}


def load(folder: Path, name: str = "checkpoint.pt") -> tuple[Network, Encoder]:
    """The network of a checkpoint and its tokenizer."""
    encoder = Encoder(Tokenizer.from_file(str(folder / "tokenizer.json")))
    state = torch.load(folder / name)
    network = Network(Shape(**state["shape"]), encoder.plain, encoder.capital, encoder.space)
    network.load_state_dict(state["network"])
    return network.eval(), encoder


@torch.no_grad()
def export(network: Network, tokenizer: Tokenizer, path: Path, about: dict[str, Any]) -> None:
    shape = network.shape
    writer = gguf.GGUFWriter(path, "qwen3")
    writer.add_name("ferrule-nano")
    writer.add_description("Ferrule Nano: a very small model that calls tools. See nano/README.md.")
    writer.add_license("MIT OR Apache-2.0")
    for key, value in about.items():
        writer.add_string(f"ferrule.nano.{key}", str(value))
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.groups)
    writer.add_key_length(shape.head)
    writer.add_value_length(shape.head)
    writer.add_rope_freq_base(shape.theta)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    _vocabulary(writer, tokenizer)
    writer.add_chat_template((HERE / "chat_template.jinja").read_text(encoding="utf-8"))
    _add(writer, "token_embd.weight", network.table())
    _add(writer, "output_norm.weight", network.norm.weight)
    for at, block in enumerate(network.blocks):
        for ours, theirs in _NAMES.items():
            _add(writer, f"blk.{at}.{theirs}.weight", getattr(block, ours).weight)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _vocabulary(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    by_id = [token for token, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("ferrule-nano")
    writer.add_token_list(by_id)
    writer.add_token_types([gguf.TokenType.CONTROL if token in SPECIAL else gguf.TokenType.NORMAL for token in by_id])
    writer.add_token_merges([pair if isinstance(pair, str) else " ".join(pair) for pair in merges])
    writer.add_eos_token_id(by_id.index(END))
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(False)


def _add(writer: gguf.GGUFWriter, name: str, values: torch.Tensor) -> None:
    array = values.float().numpy()
    if array.ndim == 1:
        writer.add_tensor(name, array)
    else:
        packed = gguf.quants.quantize(np.ascontiguousarray(array), gguf.GGMLQuantizationType.Q8_0)
        writer.add_tensor(name, packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the built-in model's GGUF file.")
    parser.add_argument("--run", type=Path, required=True, help="folder with checkpoint.pt and tokenizer.json")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    network, encoder = load(options.run)
    seen = torch.load(options.run / "checkpoint.pt")["seen"]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    export(network, encoder.tokenizer, options.out, {"tokens_seen": seen})
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB, {seen / 1e6:.1f} M tokens seen")


if __name__ == "__main__":
    main()
