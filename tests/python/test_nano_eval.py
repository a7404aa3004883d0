"""The shipped weights, measured in small: `make nano-eval` has the whole of it."""

from __future__ import annotations

import pytest

import ferrule
from ferrule_nano.evaluate import Asked, synthetic
from ferrule_nano.scoring import Table


@pytest.fixture(scope="module")
def table() -> Table:
    with ferrule.load() as model:
        return synthetic(Asked(model, "copy"), 40, seed=7)


def share(table: Table, row: str) -> float:
    score = table.rows[row]
    return score.right / score.count


def test_the_shipped_model_chooses_better_than_chance_and_fills_arguments(table: Table) -> None:
    """Loose bounds, for a small draw: weights that were never trained, or the wrong template, fail by far."""
    assert share(table, "right tool") > 0.4
    assert share(table, "arguments, given the tool") > 0.4


def test_the_shipped_model_remembers(table: Table) -> None:
    assert share(table, "memory") > 0.2
