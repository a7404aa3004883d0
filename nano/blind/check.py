#!/usr/bin/env python3
"""Check requests.jsonl against the schemas that fetch.py wrote, and count the requests.

    python3 check.py --schemas DIR [--requests requests.jsonl]

Exit status 1 if anything is wrong. Standard library only (Python >= 3.10)."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any, cast

HERE = Path(__file__).resolve().parent
# Tools that no request aims at: a deprecated double of another tool (a right answer under
# "also"), and a tool whose argument is an array of objects.
SKIPPED = {"filesystem": {"read_file", "edit_file"}}
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
KEYWORDS = {
    "type",
    "enum",
    "const",
    "anyOf",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
}
NOTES = {"title", "description", "default", "examples", "$schema"}
WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
NUMBER_WORDS = {
    **{word: value for value, word in enumerate(WORDS)},
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "hundred": 100,
}


def violations(value: Any, schema: dict[str, Any], where: str) -> list[str]:
    """What is wrong with a value under the subset of JSON Schema named in KEYWORDS."""
    found = [f"{where}: this checker does not know the keyword {key}" for key in schema if key not in KEYWORDS | NOTES]
    if "type" in schema:
        kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        is_one = any(
            isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool)) for kind in kinds
        )
        if not is_one:
            return [*found, f"{where}: {value!r} is not of type {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r} is not one of {schema['enum']}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{where}: {value!r} is not {schema['const']!r}")
    if "anyOf" in schema and all(violations(value, one, where) for one in schema["anyOf"]):
        found.append(f"{where}: {value!r} fits no branch of anyOf")
    if isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            found.append(f"{where}: {value!r} has a wrong length")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(f"{where}: {value!r} does not match {schema['pattern']}")
    elif isinstance(value, (int, float)):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            found.append(f"{where}: {value!r} is out of range")
    elif isinstance(value, list):
        items = cast("list[Any]", value)
        if not schema.get("minItems", 0) <= len(items) <= schema.get("maxItems", len(items)):
            found.append(f"{where}: wrong number of items")
        for number, item in enumerate(items):
            found += violations(item, schema.get("items", {}), f"{where}[{number}]")
    elif isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{where}: {name} is missing" for name in schema.get("required", []) if name not in value]
        for name, item in cast("dict[str, Any]", value).items():
            if name in known:
                found += violations(item, known[name], f"{where}.{name}")
            else:  # stricter than JSON Schema: a request never needs a name that the schema lacks
                found.append(f"{where}: {name} is not in the schema")
    return found


def plain(text: str) -> str:
    """A text without what may differ between two forms of one value."""
    return re.sub(r"(\./|\*\*/|/(?=\W|$))", "", text.casefold())


def not_said(value: Any, schema: dict[str, Any], talk: str, loosely: bool) -> list[Any]:
    """The strings (outside enums) and numbers of a value that the conversation does not give."""
    if isinstance(value, list):
        return [
            gap for item in cast("list[Any]", value) for gap in not_said(item, schema.get("items", {}), talk, loosely)
        ]
    if isinstance(value, bool) or "enum" in schema:
        return []
    if isinstance(value, (int, float)):
        words = [int(w) if w.isdigit() else NUMBER_WORDS.get(w) for w in re.findall(r"\d+|[a-z]+", talk.casefold())]
        return [] if value in words else [value]
    return [] if value in talk or (loosely and plain(value) in plain(talk)) else [value]


def check_call(call: dict[str, Any], tools: dict[str, Any], talk: str, loosely: bool) -> list[str]:
    tool, arguments = call["tool"], call["arguments"]
    if tool not in tools:
        return [f"there is no tool {tool}"]
    schema = tools[tool]["inputSchema"]
    found = violations(arguments, schema, tool)
    for name, value in arguments.items():
        part = schema.get("properties", {}).get(name, {})
        found += [f"{tool}.{name}: {gap!r} is not said" for gap in not_said(value, part, talk, loosely)]
    return found


def check_request(request: dict[str, Any], servers: dict[str, dict[str, Any]]) -> list[str]:
    if set(request) != {"id", "server", "messages", "tool", "arguments", "also"}:
        return [f"wrong fields {sorted(request)}"]
    if request["server"] not in servers:
        return [f"unknown server {request['server']}"]
    tools, messages = servers[request["server"]], request["messages"]
    roles = [message["role"] for message in messages]
    if roles != ["user", "assistant"] * (len(roles) // 2) + ["user"]:
        return [f"roles must alternate and end with the user: {roles}"]
    talk = "\n".join(message["content"] for message in messages)
    found = [f"the conversation names the tool {name}" for name in tools if name in talk]
    if request["tool"] is None:
        return found + (["no tool, but arguments"] if request["arguments"] or request["also"] else [])
    found += check_call(request, tools, talk, loosely=False)
    calls = [(request["tool"], request["arguments"])]
    for other in request["also"]:
        found += check_call(other, tools, talk, loosely=True)
        if (other["tool"], other["arguments"]) in calls:
            found.append("the same answer twice")
        calls.append((other["tool"], other["arguments"]))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schemas", type=Path, required=True, help="the folder that fetch.py wrote")
    parser.add_argument("--requests", type=Path, default=HERE / "requests.jsonl")
    args = parser.parse_args()
    requests = [json.loads(line) for line in args.requests.read_text(encoding="utf-8").splitlines()]
    servers: dict[str, dict[str, Any]] = {}
    for name in sorted({request["server"] for request in requests}):
        path = args.schemas / f"{name}.json"
        if not path.exists():
            sys.exit(f"check.py: {path} is missing: run fetch.py --out {args.schemas} first")
        servers[name] = {tool["name"]: tool for tool in json.loads(path.read_text(encoding="utf-8"))}
    problems = [f"{r['id']}: {problem}" for r in requests for problem in check_request(r, servers)]
    for key, what in (("id", "id"), ("messages", "conversation")):
        seen = Counter(json.dumps(request[key]) for request in requests)
        problems += [f"{what} used {count} times: {text}" for text, count in seen.items() if count > 1]
    calls = Counter((request["server"], request["tool"]) for request in requests)
    for name, tools in servers.items():
        right = sum(calls[name, tool] for tool in tools)
        print(f"{name}: {right} with a tool, {calls[name, None]} without")
        for tool in tools:
            skipped = tool in SKIPPED.get(name, set())
            print(f"  {calls[name, tool]:3} {tool}{' (skipped)' if skipped else ''}")
            if calls[name, tool] < 2 and not skipped:
                problems.append(f"{name}: fewer than two requests for {tool}")
        if right < 40:
            problems.append(f"{name}: fewer than 40 requests with a tool")
    kinds: Counter[str] = Counter()
    for request in requests:
        kinds["call" if request["tool"] else "no call"] += 1
        kinds["with earlier turns"] += len(request["messages"]) > 1
        kinds["call with an optional argument"] += bool(request["tool"]) and bool(
            set(request["arguments"])
            - set(servers[request["server"]][request["tool"]]["inputSchema"].get("required", []))
        )
        kinds["call without arguments"] += bool(request["tool"]) and not request["arguments"]
        kinds["with other right answers"] += bool(request["also"])
    print(f"all: {len(requests)}; " + ", ".join(f"{count} {kind}" for kind, count in kinds.items()))
    if len(requests) < 130 or kinds["no call"] < 20 or kinds["with earlier turns"] < 10:
        problems.append("too few requests overall, without a tool, or with earlier turns")
    for problem in problems:
        print(f"check.py: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
