"""The format of world and talk files: what is wrong is told with its place, and nothing else happens."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from ferrule_nano import talk, world
from ferrule_nano.template import Choice, Maybe, Piece, Slot, Wrong, choose, every_set, every_slot, literal, parse

TOOL = """world w
tool read | cat
: Read a file.
p path : path "Which file"
p lines? : int(1,9)
p mode? : enum(text,binary)
p raw? : bool
> read {path}
> show {path}
> open {path}[ as bytes~raw=true]
= {text:sentence} => It says {text}.
"""
CHAIN = """chain
> read {p}
call read path={p:path}
= {t:sentence}
call read path={p}
= {u:sentence}
=> It says {u}.
"""


def read(tmp_path: Path, text: str) -> world.World:
    path = tmp_path / "w.world"
    path.write_text(text)
    return world.read(path)


def test_a_world_is_read(tmp_path: Path) -> None:
    made = read(tmp_path, "# a comment\n\n" + TOOL.replace("tool", "near a, b\ntool", 1) + CHAIN)
    assert (made.name, made.near) == ("w", ["a", "b"])
    (tool,) = made.tools
    assert tool.names == ["read", "cat"]
    assert [(one.key, one.required, one.array) for one in tool.parameters][:2] == [
        ("path", True, False),
        ("lines", False, False),
    ]
    assert len(tool.requests) == 3
    assert [step.tool for step in made.chains[0].steps] == ["read", "read"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "w.world: empty"),
        ("tool t\n", "w.world:1: the first line must be `world NAME`"),
        ("world w\n: text\n", "w.world:2: a line before the first tool"),
        (TOOL + "tool 1st\n", "`1st` is no name"),
        (TOOL + "= {}\n", "a result needs `=>` and an answer"),
        (TOOL + "? what\n", "a line of a tool begins with `:`, `p`, `>`, `=` or `!`, not with: ? what"),
        (TOOL + "p path\n", 'expected `p name | other? : kind "description"`'),
        (TOOL + "p x : int no quotes\n", 'expected `p name | other? : kind "description"`'),
        (TOOL + "p x : colour\n", "no kind is called `colour`"),
        (TOOL + "p x : enum()\n", "no kind is called `enum()`"),
        (TOOL + "> (a|b\n", "`)` is missing in: (a|b"),
        (TOOL + "> a|b\n", "`|` stands outside of a choice"),
        (TOOL + "> a)\n", "`)` stands alone in: a)"),
        (TOOL + "> {a\n", "`{` stands alone in: {a"),
        (TOOL + "> a ~ b\n", "`~` sets nothing in: a ~ b; write ~key=value"),
        (TOOL + "> {path} {name}\n", "`{name}` is no parameter (request: {path} {name})"),
        (TOOL + "> {path}~size=1\n", "`~size=` is no parameter"),
        (TOOL + "> {path}~raw=1\n", "`~raw=1` should be true or false"),
        (TOOL + "> {path}~mode=hex\n", "`~mode=hex` is not one of enum(text,binary)"),
        (TOOL + "> read[ {path}]\n", "required `path` can be missing from: read[ {path}]"),
        (TOOL + "> (read {path}|read)\n", "required `path` can be missing from: (read {path}|read)"),
        (TOOL + "= {x:colour} => ok\n", "no kind is called `colour`"),
        (TOOL + "= ok => It is {size}.\n", "`{size}` of a result is neither a parameter nor given a kind"),
        (TOOL + "tool read\n: Twice.\n> a\n> b\n> c\n", "tool `read` is there twice"),
        (TOOL + "tool empty\n", "tool empty: needs at least one description and three requests"),
        (TOOL + "chain\nwhat\n", "a line of a chain begins with `>`, `call`, `=` or `=>`, not with: what"),
        (TOOL + "chain\n> read\n", "chain: needs `>`, two `call` lines and `=>`"),
        (TOOL + CHAIN.replace("call read", "call cat", 1), "no tool has the first name `cat`"),
        (TOOL + CHAIN.replace("path={p}", "file={p}"), "`read` has no parameter `file`"),
        (TOOL + CHAIN.replace("path={p}", "lines=3"), "call read lacks `path`"),
        (TOOL + CHAIN.replace("> read {p}", "> read {q}"), "`{q}` is used in no call and no result"),
        (TOOL + CHAIN.replace("{u:sentence}", "{u:colour}"), "no kind is called `colour`"),
        (TOOL + CHAIN.replace("{p:path}", "{p}"), "`{p}` needs a kind at its first use in a call or result"),
    ],
)
def test_what_is_wrong_with_a_world_is_told(text: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(Wrong) as told:
        read(tmp_path, text)
    assert wrong in str(told.value)
    assert "w.world" in str(told.value)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("hello\n", "a line begins with `>` or `<`, not with: hello"),
        ("> hello\n", "needs both `>` and `<` lines"),
        ("> hello {x}\n< hi\n", "`{x}` has no kind"),
        ("> hello {x:colour}\n< hi\n", "no kind is called `colour`"),
        ("> (hello\n< hi\n", "`)` is missing in: (hello"),
    ],
)
def test_what_is_wrong_with_a_talk_is_told(text: str, wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "t.talk"
    path.write_text(text)
    with pytest.raises(Wrong, match=r"t\.talk: .*in the entry that begins with") as told:
        talk.read(path)
    assert wrong in str(told.value)


def test_a_memory_has_what_is_told_and_what_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "t.talk"
    path.write_text("> I am {x:person}\n< Hello.\nlater\n> who am I?\n< You are {x}.\n\nnever\n> age?\n< Not told.\n")
    told, never = talk.read(path)
    assert told.later is not None
    assert never.later is not None
    assert never.says == []
    made = talk.Talk([told, never])
    assert (len(made.plain), len(made.memory), len(made.never)) == (0, 1, 1)


def test_a_template_is_parts() -> None:
    assert parse("a {x} (b|{y:int(1,2)}~k=2) [c~raw=true]") == (
        "a ",
        Slot("x", None),
        " ",
        Choice((Piece(("b",)), Piece((Slot("y", "int(1,2)"),), {"k": 2}))),
        " ",
        Maybe(Piece(("c",), {"raw": True})),
    )


def test_in_results_only_slots_are_special() -> None:
    assert parse('{"a": [{n:int(1,9)}]} (x|y)', groups=False) == (
        '{"a": [',
        Slot("n", "int(1,9)"),
        "]} (x|y)",
    )


def test_a_setting_within_a_group_may_have_spaces_and_outside_ends_with_its_word() -> None:
    assert every_set(parse("(up~to=new york|down)")) == [("to", "new york")]
    assert every_set((Choice((Piece(("x",), {"a": 1}),)),)) == [("a", 1)]
    draw = random.Random(1)
    assert "".join(map(str, choose(parse("go~fast=true, please"), draw).parts)) == "go, please"


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("12", 12), ("1.5", 1.5), ('"a b"', "a b"), ("a b", "a b"), ("", "")]
)
def test_a_literal_is_what_it_looks_like(text: str, value: object) -> None:
    assert literal(text) == value


def test_any_text_is_a_template_or_wrong() -> None:
    draw = random.Random(7)
    pieces = [*"(){}[]|~=:, ax1\\\"'?!", "{x}", "{x:int(1,2)}", "~k=v", "[a]", "(a|b)", "é", "\n"]
    for _ in range(6000):
        text = "".join(draw.choice(pieces) for _ in range(draw.randint(0, 14)))
        for groups in (True, False):
            try:
                parts = parse(text, groups=groups)
            except Wrong:
                assert groups, f"without groups everything is text or a slot: {text}"
            else:
                choose(parts, draw)
                every_slot(parts)
                every_set(parts)


def test_any_file_is_a_world_or_wrong(tmp_path: Path) -> None:
    draw = random.Random(8)
    lines = [*TOOL.splitlines(), *CHAIN.splitlines(), "chain", "tool", "p", ">", "=", "=>", "!", "call", "near", "{"]
    for _ in range(400):
        text = "\n".join(["world w", *(draw.choice(lines) for _ in range(draw.randint(0, 16)))])
        with suppress(Wrong):
            read(tmp_path, text)


def test_a_world_is_near_worlds_that_there_are(tmp_path: Path) -> None:
    (tmp_path / "w.world").write_text("world w\nnear other\n")
    with pytest.raises(Wrong, match=r"w\.world: near `other`: there is no such world"):
        world.read_all(tmp_path)
    (tmp_path / "other.world").write_text("world other\n")
    assert [one.name for one in world.read_all(tmp_path)] == ["other", "w"]
