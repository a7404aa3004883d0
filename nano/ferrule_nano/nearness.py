"""Which worlds and tools are so near each other that a request of one may fit the other.

They are not offered together: an example must have one right answer.
"""

from __future__ import annotations

import math
from collections import Counter

from .wording import content_words, plain
from .world import Tool, World

# The cosine from which two worlds count as near. Pairs just below share words, and seldom a request.
NEAR = 0.22
# The share of common words from which two tools are asked for alike.
ALIKE = 0.5


class Nearness:
    """Answers for a fixed set of worlds."""

    def __init__(self, worlds: list[World]) -> None:
        self._near = near_worlds(worlds)
        self._asked = {
            id(tool): Counter(content_words(" ".join(plain(one.text) for one in tool.requests)))
            for world in worlds
            for tool in world.tools
        }

    def near(self, one: World, other: World) -> bool:
        """By their words, or because one of them says so."""
        return other.name in self._near[one.name] or other.name in one.near or one.name in other.near

    def alike(self, one: Tool, other: Tool) -> bool:
        """Whether requests for the two use the same words."""
        asked, theirs = self._asked[id(one)], self._asked[id(other)]
        shared = sum(min(count, theirs[word]) for word, count in asked.items())
        return shared > ALIKE * min(asked.total(), theirs.total())


def near_worlds(worlds: list[World], limit: float = NEAR) -> dict[str, set[str]]:
    """For each world those whose requests use the same words, rare words counting more."""
    bags = {world.name: _bag(world) for world in worlds}
    spread: Counter[str] = Counter(word for bag in bags.values() for word in bag)
    weighted = {
        name: {word: count * math.log(1 + len(worlds) / spread[word]) for word, count in bag.items()}
        for name, bag in bags.items()
    }
    norms = {name: math.sqrt(sum(value * value for value in bag.values())) or 1.0 for name, bag in weighted.items()}
    near: dict[str, set[str]] = {name: set() for name in bags}
    for one, bag in weighted.items():
        for other, theirs in weighted.items():
            if one < other:
                product = sum(value * theirs.get(word, 0.0) for word, value in bag.items())
                if product / (norms[one] * norms[other]) > limit:
                    near[one].add(other)
                    near[other].add(one)
    return near


def _bag(world: World) -> Counter[str]:
    """In how many tools of the world a word stands."""
    return Counter(
        word
        for tool in world.tools
        for word in set(content_words(tool.key + " " + " ".join(plain(one.text) for one in tool.requests)))
    )
