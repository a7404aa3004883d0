"""What comes back from a call, and the sentence that tells it."""

from __future__ import annotations

import random
from typing import Any

from .asking import fill, said_of
from .kinds import Values
from .render import Turn
from .template import Part, Slot, every_slot
from .world import Result, Tool


def exchange(
    draw: random.Random, values: Values, tool: Tool, text: str, arguments: dict[str, Any], call: str
) -> list[Turn]:
    """Request, `call` as it is written, result and answer."""
    result = _result(draw, tool)
    said = {key: said_of(value) for key, value in arguments.items()}
    for slot in every_slot(result.gives):
        if slot.kind and slot.name not in said:
            said[slot.name] = values.make(slot.kind, plain=True)[1]
    for slot in [*every_slot(result.gives), *every_slot(result.answer)]:
        said.setdefault(slot.name, "it")
    return [
        Turn("user", text),
        Turn("assistant", call),
        Turn("result", fill(result.gives, said)),
        Turn("assistant", sentence(result.answer, said)),
    ]


def _result(draw: random.Random, tool: Tool) -> Result:
    """One that worked, mostly."""
    failed = [one for one in tool.results if one.failed]
    worked = [one for one in tool.results if not one.failed]
    return draw.choice(failed if failed and (not worked or draw.random() < 0.12) else worked)


def sentence(answer: tuple[Part, ...], said: dict[str, str]) -> str:
    """An answer with a capital in front, unless a value stands there: that is copied as it is."""
    text = fill(answer, said)
    return text if answer and isinstance(answer[0], Slot) else text[:1].upper() + text[1:]
