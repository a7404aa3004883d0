"""What counts as right, with which certainty, and what a model must beat. Knows neither the engine nor the trainer."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from .wording import content_words

# A tool's name and the arguments.
Called = tuple[str, dict[str, Any]]


@dataclass
class Score:
    right: int = 0
    count: int = 0

    def note(self, right: bool) -> None:
        self.right += right
        self.count += 1

    def __str__(self) -> str:
        if not self.count:
            return "-"
        low, high = interval(self.right, self.count)
        return f"{self.right / self.count:.3f} [{low:.2f}, {high:.2f}] n {self.count}"


@dataclass
class Table:
    """Scores by what they are about, in the order in which they first came."""

    title: str
    rows: dict[str, Score] = field(default_factory=dict[str, Score])

    def note(self, row: str, right: bool) -> None:
        self.rows.setdefault(row, Score()).note(right)

    def print(self) -> None:
        print(f"\n{self.title}\n")
        print("| what | right |")
        print("|---|---|")
        for name, score in self.rows.items():
            print(f"| {name} | {score} |")

    def as_json(self) -> dict[str, Any]:
        return {name: {"right": score.right, "n": score.count} for name, score in self.rows.items()}


def interval(right: int, count: int) -> tuple[float, float]:
    """Wilson's interval of a share, at 95 %."""
    z, share = 1.96, right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    # Rounding may leave the ends a hair outside.
    return max(0.0, middle - half), min(1.0, middle + half)


def same(got: Called, want: Called) -> bool:
    """The same tool with equal arguments."""
    return got[0] == want[0] and equal(got[1], want[1])


def equal(got: Any, want: Any) -> bool:
    """Numbers as numbers, arrays in any order."""
    if isinstance(want, bool) or isinstance(got, bool):
        return got is want
    if isinstance(want, (int, float)) and isinstance(got, (int, float)):
        return float(got) == float(want)
    if isinstance(want, dict) and isinstance(got, dict):
        wants, gots = cast("dict[str, Any]", want), cast("dict[str, Any]", got)
        return wants.keys() == gots.keys() and all(equal(gots[key], value) for key, value in wants.items())
    if isinstance(want, list) and isinstance(got, list):
        return _texts(cast("list[Any]", got)) == _texts(cast("list[Any]", want))
    return got == want


def _texts(items: list[Any]) -> list[str]:
    """The items in an order that does not depend on theirs; 2 and 2.0 are one."""
    return sorted(json.dumps(float(one) if type(one) is int else one, sort_keys=True) for one in items)


def overlap(request: str, tools: Iterable[tuple[str, str]]) -> list[str]:
    """The tools, as name and description, that share most words with the request: several where they tie."""
    asked = set(content_words(request))
    scores = {
        name: len(asked & (words := set(content_words(f"{name} {about}")))) / (len(words) ** 0.5 or 1)
        for name, about in tools
    }
    best = max(scores.values())
    return [name for name, score in scores.items() if score == best]


def group(size: int) -> str:
    """The row of a table for so many tools."""
    return next(name for most, name in ((1, "1"), (2, "2"), (4, "3-4"), (8, "5-8"), (math.inf, "9+")) if size <= most)
