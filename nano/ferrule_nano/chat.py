"""Examples as the messages and tools of a chat request, and back."""

from __future__ import annotations

import json
from typing import Any

from .render import CALL, Example, Shown, Turn, call_text
from .scoring import Called


def messages_of(example: Example, upto: int) -> list[dict[str, Any]]:
    """The turns before `upto` as chat messages."""
    made: list[dict[str, Any]] = []
    for turn in example.turns[:upto]:
        if turn.role == "assistant" and turn.text.startswith(CALL):
            # The arguments as the model wrote them, which is what a caller hands back.
            name, brace, arguments = turn.text.removeprefix(CALL).partition("{")
            call: dict[str, Any] = {"id": f"c{len(made)}", "type": "function"}
            call["function"] = {"name": name, "arguments": brace + arguments}
            made.append({"role": "assistant", "content": "", "tool_calls": [call]})
        elif turn.role == "result":
            made.append({"role": "tool", "content": turn.text, "tool_call_id": f"c{len(made) - 1}"})
        else:
            made.append({"role": turn.role, "content": turn.text})
    return made


def turns_of(messages: list[dict[str, Any]]) -> list[Turn]:
    """The messages as turns."""
    made: list[Turn] = []
    for message in messages:
        calls: list[dict[str, Any]] = message.get("tool_calls") or []
        text: str = message["content"] or ""
        for call in calls:
            text += call_text(call["function"]["name"], json.loads(call["function"]["arguments"]))
        made.append(Turn("result" if message["role"] == "tool" else message["role"], text))
    return made


def split_call(text: str) -> Called:
    """The name and the arguments of a turn that is a call."""
    name, _, arguments = text.removeprefix(CALL).partition("{")
    return name, json.loads("{" + arguments)


def function(tool: Shown) -> dict[str, Any]:
    """The tool as a request lists it."""
    parameters = {"type": "object", "properties": tool.properties, "required": tool.required}
    return {"type": "function", "function": {"name": tool.name, "description": tool.about, "parameters": parameters}}


def shown_of(tool: dict[str, Any]) -> Shown:
    """The tool of a request as the trainer shows it."""
    one = tool["function"]
    schema: dict[str, Any] = one.get("parameters") or {}
    properties: dict[str, dict[str, Any]] = schema.get("properties") or {}
    required: list[str] = schema.get("required") or []
    return Shown(one["name"], one.get("description") or "", properties, required)
