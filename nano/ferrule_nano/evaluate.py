"""Measures the model as the engine runs it: held-out synthetic requests, and the blind requests over real servers.

    python -m ferrule_nano.evaluate --model builtin --schemas FOLDER

A wrong tool, a wrong argument or a missing one make a call wrong. Intervals are Wilson's, at 95 %.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path
from typing import Any

import ferrule
from ferrule.parse import parse

from . import world
from .chat import function, messages_of, shown_of, split_call, turns_of
from .examples import Maker
from .render import CALL, Example, render
from .scoring import Called, Table, group, overlap, same
from .talk import Talk

HERE = Path(__file__).resolve().parent.parent


class Asked:
    """The model under test, asked in one of three ways: `copy` (as shipped), `schema` (no copy rule), `free`."""

    def __init__(self, model: ferrule.Model, way: str) -> None:
        self.model = model
        self.way = way

    def answer(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> tuple[list[Called], str]:
        """The calls and the text of an answer."""
        if self.way == "free" and tools:
            return self._free(messages, tools)
        options: dict[str, Any] = {"copy_arguments": False} if self.way == "schema" else {}
        made = self.model.generate(messages, tools=tools or None, temperature=0.0, max_tokens=200, **options)
        calls = [(call.function.name or "", json.loads(call.function.arguments or "{}")) for call in made.tool_calls]
        return calls, made.text

    def _free(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> tuple[list[Called], str]:
        text = render(Example(turns_of(messages), [shown_of(one) for one in tools], "free"))[0] + "<|assistant|>"
        made = self.model.generate(self.model.tokenize(text), temperature=0.0, max_tokens=200)
        found = parse(self.model.detokenize(made.tokens), "nano")
        return [(call.name, _arguments(call.arguments)) for call in found.calls], made.text


def _arguments(text: str) -> dict[str, Any]:
    """Of a call that nothing constrained: what is no JSON is no argument that anybody wants."""
    try:
        return json.loads(text or "{}")
    except ValueError:
        return {"": text}


def synthetic(asked: Asked, count: int, seed: int = 4242) -> Table:
    """Held-out worlds and words, by the generator."""
    worlds, talk = world.read_all(HERE / "worlds"), Talk.read(HERE / "talk")
    maker = Maker(worlds, talk, "test", seed)
    table = Table(f"Synthetic, held-out worlds and words ({asked.way})")
    for kind, share in (
        ("call", 1.0),
        ("refuse", 0.4),
        ("answer", 0.3),
        ("chain", 0.15),
        ("follow", 0.15),
        ("earlier", 0.15),
        ("talk_example", 0.5),
    ):
        for _ in range(int(count * share)):
            _synthetic_one(asked, getattr(maker, kind)(1.0), table)
    return table


def _synthetic_one(asked: Asked, example: Example, table: Table) -> None:
    tools = [function(one) for one in example.tools]
    learnt = [at for at, turn in enumerate(example.turns) if turn.learn]
    for number, at in enumerate(learnt):
        want = example.turns[at].text
        calls, text = asked.answer(messages_of(example, at), tools)
        if want.startswith(CALL):
            _call(table, example, split_call(want), calls, number)
        elif example.kind == "refuse":
            table.note("refusal", not calls)
        else:
            name = {"answer": "answer from a result", "chain": "answer at a chain's end"}.get(
                example.kind, example.kind
            )
            answer = text.strip().lower()
            table.note(name, not calls and (answer == want.lower() or answer in example.turns[at].also))


def _call(table: Table, example: Example, want: Called, calls: list[Called], number: int) -> None:
    named = bool(calls) and calls[0][0] == want[0]
    right = len(calls) == 1 and same(calls[0], want)
    if number:
        table.note("second call of a chain", right)
        return
    size = len(example.tools)
    request = next(turn.text for turn in reversed(example.turns) if turn.role == "user")
    best = overlap(request, ((one.name, one.about) for one in example.tools))
    table.note("overlap baseline: right tool", random.Random(request).choice(best) == want[0])
    table.note("right tool", named)
    table.note(f"right tool of {group(size)}", named)
    table.note("whole call", right)
    if size <= 8:
        table.note("whole call, 1-8 tools", right)
    if named:
        table.note("arguments, given the tool", right)


def blind(asked: Asked, schemas: Path, size: int | None) -> Table:
    """The hand-written requests, with `size` tools of the server offered (all of them by default)."""
    table = Table(f"Blind requests, {'all' if size is None else size} tools of a real server ({asked.way})")
    listed = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(schemas.glob("*.json"))}
    for line in (HERE / "blind" / "requests.jsonl").read_text(encoding="utf-8").splitlines():
        request = json.loads(line)
        tools = offered(request, listed[request["server"]], size)
        functions = [
            {
                "type": "function",
                "function": {
                    "name": one["name"],
                    "description": one.get("description", ""),
                    "parameters": one["inputSchema"],
                },
            }
            for one in tools
        ]
        calls, _ = asked.answer(request["messages"], functions)
        if request["tool"] is None:
            table.note("refusal", not calls)
            continue
        wants = [
            (request["tool"], request["arguments"]),
            *((one["tool"], one["arguments"]) for one in request.get("also", [])),
        ]
        names = {name for name, _ in wants}
        named = bool(calls) and calls[0][0] in names
        right = len(calls) == 1 and any(same(calls[0], want) for want in wants)
        best = overlap(request["messages"][-1]["content"], ((one["name"], one.get("description", "")) for one in tools))
        table.note("chance: right tool", random.Random(request["id"]).random() < len(names) / len(tools))
        table.note("overlap baseline: right tool", random.Random(request["id"]).choice(best) in names)
        table.note("right tool", named)
        table.note("whole call", right)
        table.note(f"whole call, {request['server']}", right)
        if named:
            table.note("arguments, given the tool", right)
    return table


def offered(request: dict[str, Any], tools: list[dict[str, Any]], size: int | None) -> list[dict[str, Any]]:
    """The right tools, and others of the server by a draw that is the same every time."""
    if size is None or size >= len(tools):
        return tools
    draw = random.Random(f"{request['id']} {size}")
    names = {request["tool"], *(one["tool"] for one in request.get("also", []))}
    right = [one for one in tools if one["name"] in names]
    others = [one for one in tools if one["name"] not in names]
    draw.shuffle(others)
    chosen = right + others[: max(0, size - len(right))]
    draw.shuffle(chosen)
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the built-in model through the engine.")
    parser.add_argument("--model", default="builtin", help="`builtin`, or a GGUF file")
    parser.add_argument(
        "--schemas",
        type=Path,
        help="folder of real servers' tool lists, as blind/fetch.py writes it; without it only the synthetic part runs",
    )
    parser.add_argument("--count", type=int, default=400, help="synthetic calls")
    parser.add_argument("--ways", default="copy,schema,free")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    options = parser.parse_args()
    began = time.time()
    found: dict[str, Any] = {}
    with ferrule.load(options.model) as model:
        for way in options.ways.split(","):
            asked = Asked(model, way)
            tables = [synthetic(asked, options.count)]
            if options.schemas:
                tables += [blind(asked, options.schemas, size) for size in (4, 8, None)]
            for table in tables:
                table.print()
                found[table.title] = table.as_json()
    print(f"\n{time.time() - began:.0f} s")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
