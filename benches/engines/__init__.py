"""The engines that the benchmarks compare: one file and one row each.

To add one: a file with a class `Engine` (see `engine.py`), and its row here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    name: str
    """What `--engines` and the JSON call it."""
    title: str
    """What the table calls it."""
    module: str
    """The file in this folder, whose class `Engine` drives it."""
    package: str
    """What pip calls it."""
    venv: str
    """The virtual environment that has it, in the folder of the project."""


# The first is ours; the others are its peers.
TABLE = (
    Row("ferrule", "Ferrule", "ferrule_", "ferrule", ".venv-bench"),
    Row("llamacpp", "llama.cpp", "llamacpp", "llama-cpp-python", ".venv-peers"),
    Row("mistralrs", "mistral.rs", "mistralrs_", "mistralrs", ".venv-peers"),
)
