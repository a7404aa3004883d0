"""What the tests share: the fixtures that the Rust tests read too, and one loaded model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ferrule import Runner, Which

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
TINY_LLAMA = FIXTURES / "text" / "tiny-llama"


@pytest.fixture(scope="session")
def tiny_llama() -> Path:
    """A whole model folder: random weights, so its answers mean nothing and are always the same."""
    return TINY_LLAMA


@pytest.fixture(scope="session")
def runner(tiny_llama: Path) -> Runner:
    return Runner(Which.Plain(tiny_llama))


@pytest.fixture(scope="session")
def chats() -> list[dict[str, Any]]:
    """Conversations with the prompt, its tokens and the greedy answer of another implementation."""
    return json.loads((TINY_LLAMA / "chats.json").read_text())


@pytest.fixture
def model_copy(tmp_path: Path) -> Path:
    """A model folder to break."""
    copy = tmp_path / "model"
    copy.mkdir()
    for file in TINY_LLAMA.iterdir():
        if file.name not in {"model.gguf", "golden.safetensors", "chats.json"}:
            shutil.copy(file, copy)
    return copy
