"""How a talk with tools looks to the model; the same text that the model's chat template writes.

The tools stand after the last request, so that every description is read with the request in view; the description
stands before the name, so that the choice is to look at the mark of the fitting tool and go on from there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, cast

END = "<|end|>"
TOOL = "<|tool|>"
CALL = "<|call|>"
SPECIAL = ["<|endoftext|>", END, "<|system|>", "<|user|>", "<|assistant|>", "<|result|>", "<|tools|>", TOOL, CALL]
REFUSAL = "I have no tool for that."
ABOUT_WORDS = 28


@dataclass
class Shown:
    """A tool as it is offered: its name, description and parameters by JSON Schema."""

    name: str
    about: str
    properties: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    required: list[str] = field(default_factory=list[str])
    fits: bool = False
    given: frozenset[str] = frozenset()


@dataclass
class Turn:
    """One message. `learn` is whether the model is taught to write it."""

    role: str
    text: str
    learn: bool = False
    # Other answers that are as right, in lower case.
    also: frozenset[str] = frozenset()


@dataclass
class Example:
    turns: list[Turn]
    tools: list[Shown]
    kind: str
    source: str = ""


@dataclass
class Span:
    """A stretch of the rendered text and what it is taught as."""

    start: int
    end: int
    what: str
    value: int = 1


def call_text(name: str, arguments: dict[str, Any]) -> str:
    return CALL + name + json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))


_SHORT = {"integer": "int", "number": "num", "boolean": "bool"}


def short_type(schema: dict[str, Any]) -> str:
    """`:int`, `:a|b`, `[]` and the like; a plain string has none."""
    if schema.get("anyOf"):
        branches: list[dict[str, Any]] = schema["anyOf"]
        schema = next((one for one in branches if one.get("type") != "null"), dict[str, Any]())
    if schema.get("enum"):
        return ":" + "|".join(str(one) for one in schema["enum"])
    kind = _first(schema.get("type"), "any")
    if kind == "array":
        items: dict[str, Any] = schema.get("items") or {}
        return "[]" + _short(_first(items.get("type"), "string"))
    return _short(kind)


def _first(kind: Any, otherwise: str) -> str:
    """Of a type that may be a list of types."""
    kinds = cast("list[str]", kind) if isinstance(kind, list) else [kind]
    return kinds[0] if kinds and kinds[0] else otherwise


def _short(kind: str) -> str:
    return "" if kind == "string" else ":" + _SHORT.get(kind, kind)


def tool_line(tool: Shown) -> str:
    """How a tool is shown."""
    about = " ".join(tool.about.split()[:ABOUT_WORDS])
    return f"{tool.name}{': ' + about if about else ''}{TOOL}{tool.name}({', '.join(_keys(tool))})\n"


def _keys(tool: Shown) -> list[str]:
    return [key + ("" if key in tool.required else "?") + short_type(schema) for key, schema in tool.properties.items()]


def render(example: Example) -> tuple[str, list[Span]]:
    """The text, and what is taught where."""
    text = ""
    spans: list[Span] = []
    last_user = max((at for at, turn in enumerate(example.turns) if turn.role == "user"), default=-1)
    for at, turn in enumerate(example.turns):
        text += f"<|{turn.role}|>"
        start = len(text)
        text += turn.text + END
        if turn.learn:
            spans.append(Span(start, len(text), "target"))
        if at == last_user:
            spans.append(Span(start, len(text), "request"))
            if example.tools:
                text = _tools(example, text, spans)
    return text, spans


def _tools(example: Example, text: str, spans: list[Span]) -> str:
    text += "<|tools|>"
    for tool in example.tools:
        line = tool_line(tool)
        mark = len(text) + line.index(TOOL)
        spans.append(Span(len(text), mark, "about"))
        spans.append(Span(mark, mark + len(TOOL), "fits", int(tool.fits)))
        if tool.fits:
            at = mark + len(TOOL) + len(tool.name) + 1
            for key, shown in zip(tool.properties, _keys(tool), strict=True):
                spans.append(Span(at, at + len(key), "given", int(key in tool.given)))
                at += len(shown) + len(", ")
        text += line
    return text + END
