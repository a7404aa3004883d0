"""Offers Python functions to the model that comes with ferrule, and runs the one that it calls; nothing is downloaded.

    python examples/10_builtin.py ["How many words are in README.md?"]

You see the call that the model wrote, with arguments that fit the function's schema, and what the function returned.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import ferrule


def count_words(path: str) -> int:
    return len(Path(path).read_text(errors="replace").split()) if Path(path).is_file() else 0


def list_files(folder: str) -> list[str]:
    return sorted(one.name for one in Path(folder).iterdir()) if Path(folder).is_dir() else []


def offer(function: Callable[..., object], about: str, key: str) -> dict[str, object]:
    schema = {"type": "object", "properties": {key: {"type": "string"}}, "required": [key]}
    return {"name": function.__name__, "description": about, "parameters": schema}


functions = {"count_words": count_words, "list_files": list_files}
tools = [
    {"type": "function", "function": offer(count_words, "Count the words of a file.", "path")},
    {"type": "function", "function": offer(list_files, "List the files of a folder.", "folder")},
]
request = sys.argv[1] if len(sys.argv) > 1 else "How many words are in README.md?"

with ferrule.load() as model:
    # Required: a call is certain. With "auto", the default, the model may answer in words instead.
    answer = model.generate(request, tools=tools, tool_choice="required", max_tokens=100)

print("asked: ", request)
for function in [call.function for call in answer.tool_calls]:
    print("called:", function.name, function.arguments)
    print("result:", functions[function.name or ""](**json.loads(function.arguments or "{}")))
