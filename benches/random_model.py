"""Writes the model that the benchmarks run: a Llama of 1.1 billion random parameters, as a GGUF file.

    python benches/random_model.py [FOLDER] [--model Q4_K_M|Q8_0]

It needs nothing but Python's own library. No quantiser runs: the blocks are random bytes whose scales are set so that
weights have mean zero and activations keep their size from layer to layer. Speed depends on shapes and types alone, so
that this model is as fast as a trained one; its answers mean nothing.

The vocabulary makes texts of a known length: any " xyz" (a space and three small letters) is one token, in every
engine that knows byte-level BPE.
"""

from __future__ import annotations

import argparse
import os
import random
import struct
import sys
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from string import ascii_lowercase
from typing import BinaryIO

LAYERS, HIDDEN, INNER, HEADS, KV_HEADS, VOCABULARY, CONTEXT = 16, 2048, 8192, 32, 8, 32_000, 8192
NARROW = HIDDEN * KV_HEADS // HEADS

# The names of the files carry it: a change of what is written makes new files.
VERSION = 1
MODELS = ("Q4_K_M", "Q8_0")

ALIGNMENT = 32
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
NORMAL, CONTROL = 1, 3
# name: (number in the file, values per block, bytes per block)
TYPES = {"F32": (0, 1, 4), "Q8_0": (8, 32, 34), "Q4_K": (12, 256, 144), "Q6_K": (14, 256, 210)}
FILE_TYPES = {"Q4_K_M": 15, "Q8_0": 7}

SPECIAL = ("<unk>", "<s>", "</s>")
TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"

Tensor = tuple[str, str, tuple[int, ...]]


def path(folder: Path, model: str) -> Path:
    return folder / f"random-llama-1b-v{VERSION}-{model}.gguf"


def ensure(folder: Path, model: str) -> Path:
    """The file, written if it is not there yet."""
    file = path(folder, model)
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        print(f"writing {file}", file=sys.stderr, flush=True)
        # Two runs may write at once: each its own file, and the last to finish gives it its name.
        partial = file.with_suffix(f".{os.getpid()}.part")
        try:
            with partial.open("wb") as out:
                write(out, model)
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
    return file


def word(number: int) -> str:
    """The text of one token, for numbers from 0 to 17,575."""
    first, rest = divmod(number % 26**3, 26 * 26)
    return " " + ascii_lowercase[first] + ascii_lowercase[rest // 26] + ascii_lowercase[rest % 26]


def words(count: int, seed: int) -> str:
    """A text of so many tokens."""
    rng = random.Random(seed)
    return "".join(word(rng.randrange(26**3)) for _ in range(count))


def tensors(model: str) -> Iterator[Tensor]:
    """Names, types and shapes (rows first), with llama.cpp's mixture for Q4_K_M."""

    def kind(more: bool) -> str:
        return model if model == "Q8_0" else "Q6_K" if more else "Q4_K"

    yield "token_embd.weight", kind(False), (VOCABULARY, HIDDEN)
    for at in range(LAYERS):
        # llama.cpp's use_more_bits: the first and the last eighth, and every third layer between.
        eighth = LAYERS // 8
        more = at < eighth or at >= 7 * eighth or (at - eighth) % 3 == 2
        for name, of, shape in (
            ("attn_norm", "F32", (HIDDEN,)),
            ("attn_q", kind(False), (HIDDEN, HIDDEN)),
            ("attn_k", kind(False), (NARROW, HIDDEN)),
            ("attn_v", kind(more), (NARROW, HIDDEN)),
            ("attn_output", kind(False), (HIDDEN, HIDDEN)),
            ("ffn_norm", "F32", (HIDDEN,)),
            ("ffn_gate", kind(False), (INNER, HIDDEN)),
            ("ffn_up", kind(False), (INNER, HIDDEN)),
            ("ffn_down", kind(more), (HIDDEN, INNER)),
        ):
            yield f"blk.{at}.{name}.weight", of, shape
    yield "output_norm.weight", "F32", (HIDDEN,)
    yield "output.weight", kind(True), (VOCABULARY, HIDDEN)


def size(tensor: Tensor) -> int:
    _, values, stored = TYPES[tensor[1]]
    count = 1
    for length in tensor[2]:
        count *= length
    return count // values * stored


def parameters() -> int:
    return sum(size(t) // TYPES[t[1]][2] * TYPES[t[1]][1] for t in tensors("Q8_0"))


def write(out: BinaryIO, model: str) -> None:
    wanted = list(tensors(model))
    header = bytearray(b"GGUF" + struct.pack("<IQ", 3, len(wanted)))
    metadata = list(keys(model))
    header += struct.pack("<Q", len(metadata)) + b"".join(metadata)
    offset = 0
    for tensor in wanted:
        name, of, shape = tensor
        header += text(name) + struct.pack("<I", len(shape))
        header += b"".join(struct.pack("<Q", length) for length in reversed(shape))
        header += struct.pack("<IQ", TYPES[of][0], offset)
        offset += padded(size(tensor))
    out.write(header.ljust(padded(len(header)), b"\0"))
    rng = random.Random(VERSION)
    for tensor in wanted:
        out.write(data(tensor, rng).ljust(padded(size(tensor)), b"\0"))


def padded(length: int) -> int:
    return -(-length // ALIGNMENT) * ALIGNMENT


def data(tensor: Tensor, rng: random.Random) -> bytes:
    """The blocks of a tensor; about 1 / sqrt(row) is what its weights deviate from zero."""
    _, of, shape = tensor
    if of == "F32":
        return struct.pack("<f", 1.0) * shape[0]
    deviation = shape[-1] ** -0.5
    blocks = bytearray(rng.randbytes(size(tensor)))
    stored = TYPES[of][2]
    count = len(blocks) // stored

    def put(at: int, column: bytes) -> None:
        blocks[at::stored] = column

    def put_half(at: int, value: float) -> None:
        for i, byte in enumerate(struct.pack("<e", value)):
            put(at + i, bytes([byte]) * count)

    if of == "Q8_0":
        # Half d, then 32 integers.
        put_half(0, deviation / 73)
    elif of == "Q4_K":
        # Half d, half dmin, eight scales and eight minimums of 6 bits, 256 integers of 4 bits. A minimum that is 7.5
        # times the scale puts the mean at zero. Scales of 16 to 31 have their top bits (01) in the first eight bytes
        # and the same low bits for scale and minimum in the last four.
        step = deviation / (24 * 4.6)
        put_half(0, step)
        put_half(2, step * 7.5)
        same = bytes(nibble * 17 for nibble in range(16))
        for i in range(4):
            first = bytes(0x40 | 0x10 | v & 0x0F for v in rng.randbytes(count))
            put(4 + i, first)
            put(8 + i, first)
            put(12 + i, bytes(same[v & 0x0F] for v in rng.randbytes(count)))
    else:
        # 128 + 64 bytes of integers, 16 scales of 8 bits, half d. Scales of either sign put the mean at zero.
        signed = bytes((8 | v & 7 if v & 0x80 else -(8 | v & 7)) & 0xFF for v in range(256))
        for at in range(192, 208):
            put(at, rng.randbytes(count).translate(signed))
        put_half(208, deviation / (11.5 * 18.5))
    return bytes(blocks)


def keys(model: str) -> Iterator[bytes]:
    def number(key: str, value: int) -> bytes:
        return text(key) + struct.pack("<II", UINT32, value)

    def real(key: str, value: float) -> bytes:
        return text(key) + struct.pack("<If", FLOAT32, value)

    def flag(key: str, value: bool) -> bytes:
        return text(key) + struct.pack("<IB", BOOL, value)

    def string(key: str, value: str) -> bytes:
        return text(key) + struct.pack("<I", STRING) + text(value)

    def strings(key: str, values: list[str]) -> bytes:
        head = struct.pack("<IIQ", ARRAY, STRING, len(values))
        return text(key) + head + b"".join(text(v) for v in values)

    tokens, merges = vocabulary()
    yield string("general.architecture", "llama")
    yield string("general.name", f"random llama {model}")
    yield number("general.file_type", FILE_TYPES[model])
    yield number("general.quantization_version", 2)
    yield number("llama.block_count", LAYERS)
    yield number("llama.context_length", CONTEXT)
    yield number("llama.embedding_length", HIDDEN)
    yield number("llama.feed_forward_length", INNER)
    yield number("llama.attention.head_count", HEADS)
    yield number("llama.attention.head_count_kv", KV_HEADS)
    yield number("llama.rope.dimension_count", HIDDEN // HEADS)
    yield number("llama.vocab_size", VOCABULARY)
    yield real("llama.attention.layer_norm_rms_epsilon", 1e-5)
    yield real("llama.rope.freq_base", 10_000.0)
    yield string("tokenizer.ggml.model", "gpt2")
    yield string("tokenizer.ggml.pre", "gpt-2")
    yield strings("tokenizer.ggml.tokens", tokens)
    types = [CONTROL if token in SPECIAL else NORMAL for token in tokens]
    yield (
        text("tokenizer.ggml.token_type")
        + struct.pack("<IIQ", ARRAY, INT32, len(types))
        + struct.pack(f"<{len(types)}i", *types)
    )
    yield strings("tokenizer.ggml.merges", merges)
    yield number("tokenizer.ggml.unknown_token_id", 0)
    yield number("tokenizer.ggml.bos_token_id", 1)
    yield number("tokenizer.ggml.eos_token_id", 2)
    yield flag("tokenizer.ggml.add_bos_token", False)
    yield flag("tokenizer.ggml.add_eos_token", False)
    yield string("tokenizer.chat_template", TEMPLATE)


def vocabulary() -> tuple[list[str], list[str]]:
    """Special tokens, GPT-2's letters for the 256 bytes, then beginnings of words: one letter, two, three, four."""
    tokens = [*SPECIAL, *byte_letters()]
    merges: list[str] = []
    for length in range(1, 5):
        for letters in product(ascii_lowercase, repeat=length):
            if len(tokens) == VOCABULARY:
                break
            before, last = "Ġ" + "".join(letters[:-1]), letters[-1]
            tokens.append(before + last)
            merges.append(f"{before} {last}")
    return tokens, merges


def byte_letters() -> Iterable[str]:
    """Bytes that print stand for themselves, the others for the letters from 256 on."""
    others = 256
    for byte in range(256):
        if 33 <= byte <= 126 or 161 <= byte <= 172 or byte >= 174:
            yield chr(byte)
        else:
            yield chr(others)
            others += 1


def text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def cache() -> Path:
    """Where the files lie: `FERRULE_BENCH_DIR`, or a folder of the user's cache."""
    named = os.environ.get("FERRULE_BENCH_DIR")
    return Path(named) if named else Path.home() / ".cache" / "ferrule" / "bench"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=cache())
    parser.add_argument("--model", choices=MODELS, action="append", help="which to write (default: all)")
    asked = parser.parse_args()
    for model in asked.model or MODELS:
        file = ensure(asked.folder, model)
        print(f"{file}: {parameters() / 1e9:.2f} billion parameters, {file.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
