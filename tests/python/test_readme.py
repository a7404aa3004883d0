"""What the README shows, works."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

README = (ROOT / "README.md").read_text()
SCRIPT = str(Path(sys.executable).parent / "ferrule")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("block", blocks("python"))
def test_its_python_runs(block: str, tiny_llama: Path) -> None:
    assert "./my-model" in block
    source = block.replace("./my-model", str(tiny_llama))
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()


def test_its_commands_run(tiny_llama: Path, tmp_path: Path) -> None:
    question = tmp_path / "question.txt"
    question.write_text("What is the weather in Paris?")
    lines = [line.split("#")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    commands = [line for line in lines if line.startswith("ferrule ") and "pull" not in line and "list" not in line]
    assert len(commands) >= 4
    for command in commands:
        command = command.replace("./model.gguf", f"{tiny_llama}/model.gguf").replace("./my-model", str(tiny_llama))
        command = command.replace("question.txt", str(question)).replace("ferrule ", f"{SCRIPT} ", 1)
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, timeout=30)
        # Where no model is named, one line says which one answers.
        told = [line for line in done.stderr.splitlines() if "built-in demo model" not in line]
        assert (done.returncode, told) == (0, []), command
        assert done.stdout.strip(), command


def test_its_make_targets_exist() -> None:
    targets = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))
    made = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets <= made


def test_it_is_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) <= 150
