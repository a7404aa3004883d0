"""How a tool is asked for: a template with values in it, as somebody may have typed it."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from typing import Any, cast

from . import kinds
from .kinds import Drawn, Values
from .template import Chosen, Slot, choose
from .wording import NO_VERBS
from .world import Parameter, Tool

# Kinds of values that have several words, and stand in quotes more often.
_LONG = ("sentence", "title", "query", "code", "sql", "cmd", "regex")
_POLITE = ["please ", "Please ", "hey, ", "can you ", "could you please ", "I need you to ", "ok, ", "now "]
_ENDS = [".", ".", "!", " please", ", please", ", thanks", " thank you"]


@dataclass
class Asked:
    """A request, the call's arguments by parameter key, and how the template came out."""

    text: str
    arguments: dict[str, Any]
    chosen: Chosen


class Asker:
    """Makes requests. `verbs` are the words that may get a polite word in front."""

    def __init__(self, draw: random.Random, values: Values, verbs: frozenset[str]) -> None:
        self.draw = draw
        self.values = values
        self.verbs = verbs

    def ask(self, tool: Tool) -> Asked:
        chosen = choose(self.draw.choice(tool.requests).parts, self.draw, keep=0.45)
        arguments, said = self._fill(tool, chosen)
        text = ""
        for part in chosen.parts:
            if isinstance(part, str):
                text += part
            else:
                text += self._quoted(said[part.name], tool.parameter(part.name), text)
        for key, value in chosen.sets.items():
            parameter = tool.parameter(key)
            arguments[key] = fit(parameter, value) if parameter else value
        ordered = {one.key: arguments[one.key] for one in tool.parameters if one.key in arguments}
        return Asked(self.finish(text, isinstance(chosen.parts[0], str)), ordered, chosen)

    def _fill(self, tool: Tool, chosen: Chosen) -> tuple[dict[str, Any], dict[str, str]]:
        """A value for each slot, and how it is said; no two are said alike, or nobody could tell which is which."""
        arguments: dict[str, Any] = {}
        said: dict[str, str] = {}
        for slot in chosen.slots():
            if slot.name in said:
                continue
            parameter = tool.parameter(slot.name)
            assert parameter is not None, "world.py has checked that requests name parameters"
            for _ in range(8):
                arguments[slot.name], said[slot.name] = self.value(parameter.kind, parameter.array)
                if list(said.values()).count(said[slot.name]) == 1:
                    break
        return arguments, said

    def value(self, kind: str, array: bool) -> Drawn:
        if not array:
            return self.values.make(kind)
        made = [self.values.make(kind) for _ in range(self.draw.choice([1, 2, 2, 2, 3, 3, 4]))]
        values: list[Any] = []
        said: list[str] = []
        for value, text in made:
            if value not in values:
                values.append(value)
                said.append(text)
        if len(said) == 1:
            return values, said[0]
        return values, ", ".join(said[:-1]) + self.draw.choice([" and ", " and ", ", ", ", and "]) + said[-1]

    def _quoted(self, said: str, parameter: Parameter | None, before: str) -> str:
        """Long values are put in quotes now and then, unless the template does so."""
        if before.endswith(('"', "'", "`", "“")) or parameter is None or parameter.array:
            return said
        long = kinds.base(parameter.kind) in _LONG
        if self.draw.random() < (0.3 if long else 0.05) and '"' not in said:
            mark = self.draw.choice(['""', '""', "''", "``"])
            return mark[0] + said + mark[1]
        return said

    def finish(self, text: str, ours: bool) -> str:
        """How it was typed: capital or not, a polite word, a full stop. `ours` is whether no value begins it."""
        draw = self.draw
        text = re.sub(r"\s+", " ", text).strip().replace(" ,", ",").replace(" ?", "?")
        if draw.random() < 0.1 and not text.endswith(("?", "!")) and text.split(" ")[0].lower() in self.verbs:
            text, ours = draw.choice(_POLITE) + text, True
        # Only a word of ours gets a capital: a value goes into the call as it was typed.
        first = re.match(r"[a-z']+(?=[ ,])", text)
        if draw.random() < 0.35 and ours and first and (first[0] in self.verbs or first[0] in NO_VERBS):
            text = text[0].upper() + text[1:]
        if draw.random() < 0.22 and text[-1:].isalnum():
            polite = re.search(r"\b(please|thank|thanks|(can|could) you)\b", text, re.I)
            text += draw.choice(_ENDS[:3] if polite else _ENDS)
        return text


def fit(parameter: Parameter, value: Any) -> Any:
    """A literal as the parameter's type wants it."""
    if parameter.array:
        given = cast("list[Any]", value) if isinstance(value, list) else [one.strip() for one in str(value).split(",")]
        return [_scalar(parameter, one) for one in given]
    return _scalar(parameter, value)


def _scalar(parameter: Parameter, value: Any) -> Any:
    if kinds.base(parameter.kind) in ("int", "num", "bool"):
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value if isinstance(value, str) else json.dumps(value)


def said_of(value: Any) -> str:
    """A value as an answer says it."""
    if isinstance(value, list):
        texts = [str(one) for one in cast("list[Any]", value)]
        return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " and " + texts[-1]
    return value if isinstance(value, str) else json.dumps(value)


def fill(parts: tuple[Any, ...], said: dict[str, str]) -> str:
    """A template without groups, with its values."""
    return "".join(said[part.name] if isinstance(part, Slot) else part for part in parts)
