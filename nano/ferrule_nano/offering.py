"""What is offered: the tools beside the right one, and how each of them is written."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterable
from typing import Any

from . import kinds
from .nearness import Nearness
from .render import Shown
from .world import Parameter, Tool, World

_TYPES = {"int": "integer", "num": "number", "bool": "boolean"}
# How many tools are offered, and how often.
_SIZES = [(1, 1), (2, 2), (3, 4), (5, 8), (9, 15)]
_SHARES = [0.07, 0.13, 0.27, 0.31, 0.22]


class Offerer:
    """Chooses tools out of `worlds` and shows them as servers would write them."""

    def __init__(self, draw: random.Random, worlds: list[World]) -> None:
        self.draw = draw
        self.worlds = worlds
        self.nearness = Nearness(worlds)
        # Some servers explain themselves at length; their tools come together.
        self.wordy = False

    def count(self) -> int:
        low, high = self.draw.choices(_SIZES, _SHARES)[0]
        return self.draw.randint(low, high)

    def count_at(self, level: float) -> int:
        """Few tools while the training is young."""
        return self.count() if self.draw.random() < level else self.draw.choice([1, 2, 2, 3])

    def distractors(self, world: World, tool: Tool, count: int, also: Iterable[Tool] = ()) -> list[Tool]:
        """Tools beside `tool`: of its own world, of others, or both."""
        skip = {id(tool), *(id(one) for one in also)}
        own = [one for one in world.tools if id(one) not in skip]
        self.draw.shuffle(own)
        share = self.draw.choices([1.0, 0.5, 0.0], [0.6, 0.25, 0.15])[0]
        chosen = own[: math.ceil(count * share)]
        other: World | None = None
        for _ in range(60):
            if len(chosen) >= count:
                break
            # Several of one world, as a second server would bring them.
            if other is None or self.draw.random() < 0.25:
                other = self.draw.choice(self.worlds)
            if other is world or self.nearness.near(world, other):
                other = None
                continue
            one = self.draw.choice(other.tools)
            if one not in chosen and not self.nearness.alike(tool, one):
                chosen.append(one)
        return chosen

    def show(self, tool: Tool, given: Iterable[str]) -> tuple[Shown, dict[str, str]]:
        """One way that the tool may be written, and the parameters' names by their keys."""
        draw = self.draw
        given = set(given)
        kept = [one for one in tool.parameters if one.required or one.key in given or draw.random() < 0.75]
        if draw.random() < 0.1:
            draw.shuffle(kept)
        names: dict[str, str] = {}
        for one in kept:
            name = draw.choice(one.names) if draw.random() < 0.5 else one.key
            names[one.key] = one.key if name in names.values() else name
        about = max(tool.about, key=len) if self.wordy else draw.choice(tool.about) if draw.random() < 0.94 else ""
        if about and draw.random() < 0.1:
            about = about.split(". ")[0]
        name = restyled(draw.choice(tool.names), draw)
        if draw.random() < 0.06:
            name = restyled(tool.world.split("_")[0] + draw.choice(["_", "__", "-"]) + name, draw)
        properties = {names[one.key]: schema(one) for one in kept}
        required = [names[one.key] for one in kept if one.required]
        return Shown(name, about, properties, required, given=frozenset(names[key] for key in given)), names

    def offer(self, tool: Tool, others: list[Tool], given: Iterable[str]) -> tuple[list[Shown], dict[str, str]]:
        """`tool` among others in any order, and the names of its parameters by their keys."""
        one, names = self.show(tool, given)
        one.fits = True
        return self.fill_up([one], others), names

    def fill_up(self, shown: list[Shown], others: list[Tool]) -> list[Shown]:
        """`shown` and `others` in any order; of two that happen to have one name, the first."""
        shown = list(shown)
        taken = {one.name for one in shown}
        for other in others:
            one, _ = self.show(other, ())
            if one.name not in taken:
                taken.add(one.name)
                shown.append(one)
        self.draw.shuffle(shown)
        return shown


def schema(parameter: Parameter) -> dict[str, Any]:
    """The parameter's JSON Schema."""
    base = kinds.base(parameter.kind)
    one: dict[str, Any] = {"type": _TYPES.get(base, "string")}
    if base == "enum":
        one["enum"] = kinds.options(parameter.kind)
    return {"type": "array", "items": one} if parameter.array else one


def restyled(name: str, draw: random.Random) -> str:
    """The same name in another habit of writing."""
    words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)
    chance = draw.random()
    if chance < 0.72 or len(words) < 2:
        return name
    words = [word.lower() for word in words]
    if chance < 0.82:
        return words[0] + "".join(word.capitalize() for word in words[1:])
    return ("-" if chance < 0.92 else "_").join(words)
