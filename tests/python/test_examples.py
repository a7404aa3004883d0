"""Every example runs as its head says, and stays short enough to be read."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

EXAMPLES = ROOT / "examples"
SCRIPTS = sorted(EXAMPLES.glob("[0-9]*.py"))
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


def run(*command: str | Path, check: bool = True) -> str:
    quiet = {key: value for key, value in os.environ.items() if key not in {"FERRULE_LOG", "RUST_LOG"}}
    done = subprocess.run(
        [sys.executable, *map(str, command)], capture_output=True, text=True, cwd=ROOT, env=quiet, check=False
    )
    assert done.returncode == 0 or not check, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_there_are_examples() -> None:
    assert SCRIPTS


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_an_example_runs_and_says_something(script: Path) -> None:
    assert run(script).strip()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_an_example_is_short_and_says_how_it_is_run(script: Path) -> None:
    source = script.read_text()
    head = ast.get_docstring(ast.parse(source)) or ""
    assert f"python examples/{script.name}" in head
    assert len(source.removeprefix(f'"""{head}').splitlines()) <= 50
    assert len(source.splitlines()) - len(head.splitlines()) <= 40


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_a_notebook_runs_from_top_to_bottom_and_carries_no_output(notebook: Path) -> None:
    cells = json.loads(notebook.read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert run("-c", "\n".join("".join(cell["source"]) for cell in code)).strip()


def test_the_demo_runs_and_says_which_models_answer() -> None:
    said = run(EXAMPLES / "demo.py")
    assert said.index("the built-in demo model, ferrule-nano, answers") < said.index("list_files(")
    assert "random numbers" in said
    assert "asked again with the same seed: the same" in said


def test_the_docstring_of_the_package_runs(tiny_llama: Path) -> None:
    source = "import ferrule\nlines = [l[4:] for l in ferrule.__doc__.splitlines() if l.startswith('>>> ')]\n"
    source += f"exec('\\n'.join(lines).replace('path/to/model', {str(tiny_llama)!r}))"
    assert run("-c", source).strip()
