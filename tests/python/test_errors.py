"""Bad input: one line that names the file and the expectation, and the class that Python users expect."""

from __future__ import annotations

import io
import json
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ferrule.errors
from ferrule import FerruleError, InvalidInputError, NotFoundError, Runner, UpstreamError, Which


def one_line(caught: pytest.ExceptionInfo[FerruleError]) -> str:
    text = str(caught.value)
    assert text
    assert "\n" not in text
    return text


def change_json(file: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def breaks(folder: Path) -> None:
        content = json.loads((folder / file).read_text())
        change(content)
        (folder / file).write_text(json.dumps(content))

    return breaks


def truncate(file: str, size: int) -> Callable[[Path], None]:
    def breaks(folder: Path) -> None:
        content = (folder / file).read_bytes()
        (folder / file).write_bytes(content[:size])

    return breaks


def write(file: str, content: bytes) -> Callable[[Path], None]:
    def breaks(folder: Path) -> None:
        (folder / file).write_bytes(content)

    return breaks


def remove(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


def wrong_shape(folder: Path) -> None:
    """Says in the header that a norm is twice as long as the model's, and takes the bytes from its neighbour."""
    file = folder / "model.safetensors"
    content = file.read_bytes()
    (size,) = struct.unpack("<Q", content[:8])
    header: dict[str, Any] = json.loads(content[8 : 8 + size])
    header["model.norm.weight"]["shape"] = [32, 2]
    changed = json.dumps(header).encode()
    file.write_bytes(struct.pack("<Q", len(changed)) + changed + content[8 + size :])


def missing_shard(folder: Path) -> None:
    weights = folder / "model.safetensors"
    content = weights.read_bytes()
    (size,) = struct.unpack("<Q", content[:8])
    names = json.loads(content[8 : 8 + size])
    index = {"weight_map": {name: "model-00001-of-00002.safetensors" for name in names if name != "__metadata__"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    weights.unlink()


@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        pytest.param(truncate("model.safetensors", 4), ["model.safetensors"], id="no header"),
        pytest.param(truncate("model.safetensors", 200), ["model.safetensors"], id="half a header"),
        pytest.param(truncate("model.safetensors", 100_000), ["model.safetensors"], id="half the weights"),
        pytest.param(write("model.safetensors", b"\xff" * 64), ["model.safetensors"], id="a header of 2^64 bytes"),
        pytest.param(wrong_shape, ["model.norm.weight", "[32, 2]", "[64]"], id="wrong shape"),
        pytest.param(missing_shard, ["model-00001-of-00002.safetensors"], id="missing shard"),
        pytest.param(remove("model.safetensors"), ["model"], id="no weights"),
        pytest.param(remove("config.json"), ["config.json"], id="no config"),
        pytest.param(write("config.json", b"{"), ["config.json", "line 1"], id="config is no JSON"),
        pytest.param(
            change_json("config.json", lambda c: c.pop("hidden_size")),
            ["config.json", "hidden_size"],
            id="config without a key",
        ),
        pytest.param(
            change_json("config.json", lambda c: c.update(architectures=["NobodyForCausalLM"], model_type="nobody")),
            ["NobodyForCausalLM", "LlamaForCausalLM"],
            id="unknown architecture",
        ),
        pytest.param(
            change_json("config.json", lambda c: c.update(vocab_size=100)), ["512", "100"], id="smaller vocabulary"
        ),
        pytest.param(
            change_json("tokenizer_config.json", lambda c: c.update(chat_template="line one\n{% if %}")),
            ["tokenizer_config.json", "2:7", "syntax error"],
            id="template with a syntax error",
        ),
        pytest.param(write("tokenizer.json", b"{}"), ["tokenizer.json"], id="no tokenizer"),
    ],
)
def test_a_broken_folder_is_told_in_one_line(model_copy: Path, breaks: Callable[[Path], None], told: list[str]) -> None:
    breaks(model_copy)
    with pytest.raises(FerruleError) as caught:
        Runner(Which.Plain(model_copy)).send_chat_completion_request({"messages": "Hi", "max_tokens": 1})
    text = one_line(caught)
    for word in told:
        assert word in text
    assert caught.value.kind in {"invalid_input", "not_found", "unsupported"}


@pytest.mark.parametrize("size", [0, 3, 20, 5_000, 100_000])
def test_a_truncated_gguf_is_told_in_one_line(tiny_llama: Path, tmp_path: Path, size: int) -> None:
    file = tmp_path / "cut.gguf"
    file.write_bytes((tiny_llama / "model.gguf").read_bytes()[:size])
    with pytest.raises(InvalidInputError) as caught:
        Runner(Which.GGUF(file))
    assert "cut.gguf" in one_line(caught)


def test_a_missing_path_is_a_file_not_found_error(tmp_path: Path) -> None:
    for which in (Which.Plain(tmp_path / "nothing"), Which.GGUF(tmp_path, "nothing.gguf")):
        with pytest.raises(FileNotFoundError, match=r"nothing.*no such file or folder") as caught:
            Runner(which)
        assert isinstance(caught.value, NotFoundError)


def test_a_folder_that_is_no_model_says_what_a_model_is(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(InvalidInputError, match=r"is not a model: expected .*config\.json.* found notes\.txt"):
        Runner(Which.Plain(tmp_path))


def test_the_cause_is_chained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(NotFoundError, match="could not read the token file") as caught:
        Runner(Which.Plain("org/name"), token_source=f"path:{tmp_path}/token")
    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_every_kind_has_a_class_of_its_own_and_the_built_in_that_fits() -> None:
    classes = [each for each in vars(ferrule.errors).values() if isinstance(each, type)]
    kinds = {cls.kind: cls for cls in classes if issubclass(cls, FerruleError) and cls is not FerruleError}
    fits: dict[str, type[Exception]] = {
        "invalid_input": ValueError,
        "not_found": FileNotFoundError,
        "unsupported": NotImplementedError,
        "denied": PermissionError,
        "limit": FerruleError,
        "timeout": TimeoutError,
        "cancelled": FerruleError,
        "upstream": ConnectionError,
        "internal": RuntimeError,
    }
    assert set(kinds) == set(fits)
    for kind, built_in in fits.items():
        assert issubclass(kinds[kind], built_in)
        assert str(kinds[kind]("as it was said")) == "as it was said"


def test_an_error_survives_pickling() -> None:
    again = pickle.load(io.BytesIO(pickle.dumps(UpstreamError("the hub fell over"))))
    assert isinstance(again, UpstreamError)
    assert str(again) == "the hub fell over"
