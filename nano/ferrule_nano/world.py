"""Reads world files: imagined tool servers, how they are asked, and what they give back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from .kinds import known_kind, options
from .template import Choice, Part, Piece, Slot, Wrong, every_set, every_slot, literal, parse, parse_piece


@dataclass
class Parameter:
    names: list[str]
    kind: str
    array: bool
    required: bool
    about: str

    @property
    def key(self) -> str:
        return self.names[0]


@dataclass
class Request:
    piece: Piece
    text: str

    @property
    def parts(self) -> tuple[Part, ...]:
        """The whole as one choice, so that what it always sets counts too."""
        return (Choice((self.piece,)),)


@dataclass
class Result:
    gives: tuple[Part, ...]
    answer: tuple[Part, ...]
    failed: bool


@dataclass
class Tool:
    world: str
    names: list[str]
    about: list[str] = field(default_factory=list[str])
    parameters: list[Parameter] = field(default_factory=list[Parameter])
    requests: list[Request] = field(default_factory=list[Request])
    results: list[Result] = field(default_factory=list[Result])

    @property
    def key(self) -> str:
        return self.names[0]

    def parameter(self, key: str) -> Parameter | None:
        return next((one for one in self.parameters if one.key == key), None)


@dataclass
class Step:
    """One call of a chain: the tool, its arguments as templates or literals, and what it gives."""

    tool: str
    arguments: dict[str, Any]
    gives: tuple[Part, ...] = ()


@dataclass
class Chain:
    requests: list[tuple[Part, ...]] = field(default_factory=list[tuple[Part, ...]])
    steps: list[Step] = field(default_factory=list[Step])
    answer: tuple[Part, ...] = ()


@dataclass
class World:
    name: str
    near: list[str] = field(default_factory=list[str])
    tools: list[Tool] = field(default_factory=list[Tool])
    chains: list[Chain] = field(default_factory=list[Chain])

    def tool(self, key: str) -> Tool | None:
        return next((one for one in self.tools if one.key == key), None)


_ARGUMENT = re.compile(r'([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|\[[^\]]*\]|\{[^{}]*\}|[^\s]+)')


def read(path: Path) -> World:
    """The world of one file. Raises `Wrong` with the line's number."""
    world: World | None = None
    chain: Chain | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.rstrip()
        if not line or line.startswith("#"):
            continue
        try:
            if line.startswith("world "):
                world = World(path.stem)
                continue
            if world is None:
                raise Wrong("the first line must be `world NAME`")
            if line.startswith("near "):
                world.near = [one.strip() for one in line[5:].split(",") if one.strip()]
            elif line.startswith("tool "):
                chain = None
                world.tools.append(Tool(world.name, _names(line[5:])))
            elif line == "chain":
                chain = Chain()
                world.chains.append(chain)
            elif chain is not None:
                _chain_line(chain, line)
            elif world.tools:
                _tool_line(world.tools[-1], line)
            else:
                raise Wrong("a line before the first tool")
        except Wrong as wrong:
            raise Wrong(f"{path.name}:{number}: {wrong}") from None
    if world is None:
        raise Wrong(f"{path.name}: empty")
    _check(world, path)
    return world


def read_all(folder: Path) -> list[World]:
    """The worlds of a folder. Raises `Wrong` if one is near another that is not there."""
    worlds = [read(path) for path in sorted(folder.glob("*.world"))]
    names = {world.name for world in worlds}
    for world in worlds:
        for one in world.near:
            if one not in names:
                raise Wrong(f"{world.name}.world: near `{one}`: there is no such world")
    return worlds


def _names(text: str) -> list[str]:
    names = [one.strip() for one in text.split("|")]
    for name in names:
        if not re.fullmatch(r"[A-Za-z_][\w.-]*\??", name):
            raise Wrong(f"`{name}` is no name")
    return names


def _tool_line(tool: Tool, line: str) -> None:
    mark, rest = line[0], line[1:].strip()
    if mark == ":":
        tool.about.append(rest)
    elif mark == "p":
        tool.parameters.append(_parameter(line))
    elif mark == ">":
        tool.requests.append(Request(parse_piece(rest), rest))
    elif mark in "=!":
        gives, arrow, answer = rest.rpartition("=>")
        if not arrow:
            raise Wrong("a result needs `=>` and an answer")
        gives = gives.strip().replace("\\n", "\n")
        tool.results.append(Result(parse(gives, groups=False), parse(answer.strip(), groups=False), mark == "!"))
    else:
        raise Wrong(f"a line of a tool begins with `:`, `p`, `>`, `=` or `!`, not with: {line[:30]}")


def _parameter(line: str) -> Parameter:
    names_text, colon, rest = line[1:].partition(":")
    kind, rest = _kind(rest.strip())
    array = rest.startswith("[]")
    about = rest.removeprefix("[]").strip()
    if not colon or not kind or (about and not re.fullmatch(r'".*"', about)):
        raise Wrong(f'expected `p name | other? : kind "description"`, came: {line}')
    names = _names(names_text.strip())
    required = not any(name.endswith("?") for name in names)
    if not known_kind(kind):
        raise Wrong(f"no kind is called `{kind}`")
    return Parameter([name.rstrip("?") for name in names], kind, array, required, about.strip('"'))


def _kind(text: str) -> tuple[str, str]:
    """A kind with its options, which may hold parentheses, and what stands after it."""
    found = re.match(r"[a-z_0-9]+", text)
    end = found.end() if found else 0
    depth = 0
    if text[end : end + 1] == "(":
        for at in range(end, len(text)):
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            if depth == 0:
                return text[: at + 1], text[at + 1 :]
    return text[:end], text[end:]


def _chain_line(chain: Chain, line: str) -> None:
    if line.startswith("=>"):
        chain.answer = parse(line[2:].strip(), groups=False)
    elif line.startswith(">"):
        chain.requests.append(parse(line[1:].strip()))
    elif line.startswith("call "):
        name, _, rest = line[5:].strip().partition(" ")
        chain.steps.append(Step(name, {key: _argument(value) for key, value in _ARGUMENT.findall(rest)}))
    elif line.startswith("=") and chain.steps:
        chain.steps[-1].gives = parse(line[1:].strip().replace("\\n", "\n"), groups=False)
    else:
        raise Wrong(f"a line of a chain begins with `>`, `call`, `=` or `=>`, not with: {line[:30]}")


def _argument(text: str) -> Any:
    if text.startswith("[") and "{" in text:
        items = re.split(r",(?![^{}]*\})", text[1:-1])
        return [parse(one.strip().strip('"'), groups=False) for one in items if one.strip()]
    if "{" in text:
        return parse(text.strip('"'), groups=False)
    return literal(text)


def _check(world: World, path: Path) -> None:
    keys = [tool.key for tool in world.tools]
    for twice in {key for key in keys if keys.count(key) > 1}:
        raise Wrong(f"{path.name}: tool `{twice}` is there twice")
    for tool in world.tools:
        try:
            _check_tool(tool)
        except Wrong as wrong:
            raise Wrong(f"{path.name}: tool {tool.key}: {wrong}") from None
    for chain in world.chains:
        try:
            _check_chain(world, chain)
        except Wrong as wrong:
            raise Wrong(f"{path.name}: chain: {wrong}") from None


def _check_tool(tool: Tool) -> None:
    if not tool.about or len(tool.requests) < 3:
        raise Wrong("needs at least one description and three requests")
    keys = {one.key for one in tool.parameters}
    for request in tool.requests:
        for slot in every_slot(request.parts):
            if slot.name not in keys:
                raise Wrong(f"`{{{slot.name}}}` is no parameter (request: {request.text})")
        for key, value in every_set(request.parts):
            parameter = tool.parameter(key)
            if parameter is None:
                raise Wrong(f"`~{key}=` is no parameter (request: {request.text})")
            _check_literal(parameter, value)
        always = _always(request.parts)
        for one in tool.parameters:
            if one.required and one.key not in always:
                raise Wrong(f"required `{one.key}` can be missing from: {request.text}")
    for result in tool.results:
        known = {slot.name for slot in every_slot(result.gives) if slot.kind}
        for slot in every_slot(result.gives) + every_slot(result.answer):
            if slot.kind and not known_kind(slot.kind):
                raise Wrong(f"no kind is called `{slot.kind}`")
            if not slot.kind and slot.name not in keys | known:
                raise Wrong(f"`{{{slot.name}}}` of a result is neither a parameter nor given a kind")


def _check_literal(parameter: Parameter, value: Any) -> None:
    if parameter.kind == "bool" and not isinstance(value, bool):
        raise Wrong(f"`~{parameter.key}={value}` should be true or false")
    if parameter.kind.startswith("enum(") and not parameter.array and str(value) not in options(parameter.kind):
        raise Wrong(f"`~{parameter.key}={value}` is not one of {parameter.kind}")


def _always(parts: tuple[Part, ...]) -> set[str]:
    """What every outcome of the template gives: nothing that is optional, and of a choice what each of it gives."""
    sure: set[str] = set()
    for part in parts:
        if isinstance(part, Slot):
            sure.add(part.name)
        elif isinstance(part, Choice):
            sure |= set[str].intersection(*({*piece.sets} | _always(piece.parts) for piece in part.of))
    return sure


def _check_chain(world: World, chain: Chain) -> None:
    if not chain.requests or len(chain.steps) < 2 or not chain.answer:
        raise Wrong("needs `>`, two `call` lines and `=>`")
    known: set[str] = set()
    for step in chain.steps:
        tool = world.tool(step.tool)
        if tool is None:
            raise Wrong(f"no tool has the first name `{step.tool}`")
        for key, value in step.arguments.items():
            if tool.parameter(key) is None:
                raise Wrong(f"`{step.tool}` has no parameter `{key}`")
            for part in _parts(value):
                _learn(part, known)
        for one in tool.parameters:
            if one.required and one.key not in step.arguments:
                raise Wrong(f"call {step.tool} lacks `{one.key}`")
        for part in step.gives:
            _learn(part, known)
    for parts in [*chain.requests, chain.answer]:
        for slot in every_slot(parts):
            if slot.name not in known:
                raise Wrong(f"`{{{slot.name}}}` is used in no call and no result")


def _parts(argument: Any) -> list[Part]:
    """Of an argument of a chain: those of its template, or of the templates in its list."""
    if isinstance(argument, list):
        return [part for item in cast("list[Any]", argument) for part in _parts(item)]
    return list(cast("tuple[Part, ...]", argument)) if isinstance(argument, tuple) else []


def _learn(part: Part, known: set[str]) -> None:
    if isinstance(part, Slot):
        if part.kind:
            if not known_kind(part.kind):
                raise Wrong(f"no kind is called `{part.kind}`")
            known.add(part.name)
        elif part.name not in known:
            raise Wrong(f"`{{{part.name}}}` needs a kind at its first use in a call or result")
