"""Counts what the data is made of, and writes it into the model card.

python -m ferrule_nano.count [--write]
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from . import world
from .kinds import base
from .split import held_out_world
from .talk import Talk
from .wording import lexicon

HERE = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"(?<=<!-- count -->\n).*?(?=<!-- end -->)", re.S)


def table() -> str:
    """The rows of the model card, as Markdown."""
    worlds, talk = world.read_all(HERE / "worlds"), Talk.read(HERE / "talk")
    tools = [tool for one in worlds for tool in one.tools]
    parameters = [one for tool in tools for one in tool.parameters]
    rows = {
        "worlds (held out)": f"{len(worlds)} ({sum(held_out_world(one.name) for one in worlds)})",
        "tools": f"{len(tools)}, with {sum(len(tool.names) for tool in tools)} names"
        f" and {sum(len(tool.about) for tool in tools)} descriptions",
        "parameters": f"{len(parameters)}: {sum(not one.required for one in parameters)} optional,"
        f" {sum(one.array for one in parameters)} arrays,"
        f" {sum(base(one.kind) == 'enum' for one in parameters)} enums,"
        f" {sum(base(one.kind) == 'bool' for one in parameters)} booleans",
        "request templates": str(sum(len(tool.requests) for tool in tools)),
        "results with their answers": str(sum(len(tool.results) for tool in tools)),
        "chains of two calls": str(sum(len(one.chains) for one in worlds)),
        "words that values are made of": str(len(lexicon(worlds))),
        "small talk: entries, facts to keep, facts never told": f"{len(talk.plain)}, {len(talk.memory)},"
        f" {len(talk.never)}",
    }
    return "| | |\n|---|---|\n" + "".join(f"| {what} | {count} |\n" for what, count in rows.items())


def written(card: str) -> str:
    """The card with the counts of today."""
    return _BLOCK.sub(table().replace("\\", r"\\"), card)


def main() -> None:
    parser = argparse.ArgumentParser(description="Count what the data is made of.")
    parser.add_argument("--write", action="store_true", help="into nano/README.md")
    if parser.parse_args().write:
        card = HERE / "README.md"
        card.write_text(written(card.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(table(), end="")


if __name__ == "__main__":
    main()
