"""Requests that take two calls, the second with something out of the first one's result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from .answering import sentence
from .asking import Asker, fill, fit
from .kinds import Values
from .offering import Offerer
from .render import Example, Shown, Turn, call_text
from .template import Slot, choose
from .world import Chain, Step, Tool, World

# A chain needs room for its results.
_MOST = 10


@dataclass
class _Filled:
    """A chain with its values: what each slot is and how it is said, the calls and what they give."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    said: dict[str, str] = field(default_factory=dict[str, str])
    calls: list[tuple[Tool, dict[str, Any]]] = field(default_factory=list[tuple[Tool, dict[str, Any]]])
    gives: list[str] = field(default_factory=list[str])


def chain_example(world: World, chain: Chain, asker: Asker, offerer: Offerer, level: float) -> Example:
    draw = asker.draw
    filled = _filled(world, chain, asker.values)
    parts = choose(draw.choice(chain.requests), draw, keep=1.0).parts
    text = asker.finish(fill(tuple(parts), filled.said), isinstance(parts[0], str))
    used = [tool for tool, _ in filled.calls]
    room = max(0, min(offerer.count_at(level), _MOST) - len(set(map(id, used))))
    others = offerer.distractors(world, used[0], room, also=used)
    shown = _shown(filled, offerer)
    tools = offerer.fill_up([one for one, _ in shown.values()], others)
    turns = [Turn("user", text)]
    for (tool, arguments), given in zip(filled.calls, filled.gives, strict=True):
        one, names = shown[id(tool)]
        turns += [Turn("assistant", written(one, names, arguments), learn=True), Turn("result", given)]
    turns.append(Turn("assistant", sentence(chain.answer, filled.said), learn=True))
    return Example(turns, tools, "chain", world.name)


def written(shown: Shown, names: dict[str, str], arguments: dict[str, Any]) -> str:
    """The call with the names that are shown, its arguments in the order of the schema."""
    keys = {names[key]: value for key, value in arguments.items()}
    return call_text(shown.name, {key: keys[key] for key in shown.properties if key in keys})


def _filled(world: World, chain: Chain, values: Values) -> _Filled:
    filled = _Filled()
    for step in chain.steps:
        tool = world.tool(step.tool)
        assert tool is not None, "world.py has checked that chains name tools"
        filled.calls.append((tool, _arguments(tool, step, filled, values)))
        _learn(step.gives, filled, values, plain=True)
        filled.gives.append(fill(step.gives, filled.said))
    return filled


def _arguments(tool: Tool, step: Step, filled: _Filled, values: Values) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for key, value in step.arguments.items():
        parameter = tool.parameter(key)
        assert parameter is not None, "world.py has checked that calls name parameters"
        arguments[key] = fit(parameter, _argument(value, filled, values))
    return arguments


def _argument(value: Any, filled: _Filled, values: Values) -> Any:
    """A literal as it stands, a lone slot as its value, anything else as text."""
    if isinstance(value, list):
        return [_item(item, filled, values) for item in cast("list[Any]", value)]
    if not isinstance(value, tuple):
        return value
    parts = cast("tuple[Any, ...]", value)
    _learn(parts, filled, values)
    if len(parts) == 1 and isinstance(parts[0], Slot):
        return filled.values[parts[0].name]
    return fill(parts, filled.said)


def _item(value: Any, filled: _Filled, values: Values) -> Any:
    """Of a list: always text."""
    if not isinstance(value, tuple):
        return value
    parts = cast("tuple[Any, ...]", value)
    _learn(parts, filled, values)
    return fill(parts, filled.said)


def _learn(parts: Iterable[Any], filled: _Filled, values: Values, plain: bool = False) -> None:
    """Makes the values of slots that are met for the first time."""
    for part in parts:
        if isinstance(part, Slot) and part.name not in filled.said:
            made, said = values.make(part.kind or "word", plain=plain)
            filled.values[part.name], filled.said[part.name] = made, said


def _shown(filled: _Filled, offerer: Offerer) -> dict[int, tuple[Shown, dict[str, str]]]:
    """The chain's tools with every parameter that any of its calls gives; the first one fits the request."""
    shown: dict[int, tuple[Shown, dict[str, str]]] = {}
    for tool, _ in filled.calls:
        if id(tool) not in shown:
            one, names = offerer.show(tool, {key for other, made in filled.calls if other is tool for key in made})
            one.fits = not shown
            shown[id(tool)] = (one, names)
    return shown
