"""How the built-in model is measured, and that it reads a talk as it was trained to."""

from __future__ import annotations

from typing import Any

import pytest

import ferrule
from conftest import ROOT
from ferrule_nano import world
from ferrule_nano.chat import function, messages_of, shown_of, split_call, turns_of
from ferrule_nano.examples import Maker
from ferrule_nano.render import Example, call_text, render
from ferrule_nano.scoring import Score, Table, equal, group, interval, overlap, same
from ferrule_nano.talk import Talk

NANO = ROOT / "nano"


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    worlds = [world.read(NANO / "worlds" / f"{name}.world") for name in ("files", "weather", "git_repo", "recipes")]
    maker = Maker(worlds, Talk.read(NANO / "talk"), "test", 6, every_world=True)
    return [maker.example() for _ in range(120)]


@pytest.mark.parametrize(
    ("got", "want", "right"),
    [
        (1, 1.0, True),
        (1, "1", False),
        (True, 1, False),
        (1, True, False),
        (True, True, True),
        ("a", "a", True),
        ("a", "A", False),
        ([1, 2], [2.0, 1], True),
        (["a", "b"], ["b", "a"], True),
        (["a"], ["a", "a"], False),
        ([True], [1], False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1, "b": None}, {"a": 1}, False),
        ({"a": {"b": [2]}}, {"a": {"b": [2]}}, True),
        (None, None, True),
        ({"": "no json"}, {}, False),
    ],
)
def test_arguments_are_equal_by_value(got: Any, want: Any, right: bool) -> None:
    assert equal(got, want) is right


def test_a_call_is_right_with_its_tool_and_its_arguments() -> None:
    assert same(("read", {"path": "a", "head": 3}), ("read", {"head": 3, "path": "a"}))
    assert not same(("read", {}), ("list", {}))
    assert not same(("read", {}), ("read", {"path": "a"}))


def test_an_interval_holds_the_share_and_narrows() -> None:
    assert interval(0, 10) == pytest.approx((0.0, 0.278), abs=1e-3)
    assert interval(10, 10) == pytest.approx((0.722, 1.0), abs=1e-3)
    assert interval(50, 100) == pytest.approx((0.404, 0.596), abs=1e-3)


def test_a_table_counts_in_the_order_of_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("Some")
    for row, right in (("b", True), ("a", False), ("b", False)):
        table.note(row, right)
    assert table.as_json() == {"b": {"right": 1, "n": 2}, "a": {"right": 0, "n": 1}}
    table.print()
    assert "| b | 0.500 [0.09, 0.91] n 2 |\n| a | 0.000 [" in capsys.readouterr().out
    assert str(Score()) == "-"


def test_the_overlap_baseline_names_every_tool_that_ties() -> None:
    tools = [("read_file", "Read a file."), ("list_files", "List the files."), ("get_weather", "The weather.")]
    assert overlap("how is the weather", tools) == ["get_weather"]
    assert overlap("nothing of it", tools) == ["read_file", "list_files", "get_weather"]


def test_tools_are_counted_in_groups() -> None:
    assert [group(size) for size in (1, 2, 3, 4, 5, 8, 9, 15)] == ["1", "2", "3-4", "3-4", "5-8", "5-8", "9+", "9+"]


def test_a_call_is_split_where_its_arguments_begin() -> None:
    assert split_call(call_text("a.b", {"x": "{1}"})) == ("a.b", {"x": "{1}"})


def test_messages_and_turns_are_one_talk(examples: list[Example]) -> None:
    for example in examples:
        turns = turns_of(messages_of(example, len(example.turns)))
        assert [(one.role, one.text) for one in turns] == [(one.role, one.text) for one in example.turns]
        again = [shown_of(function(one)) for one in example.tools]
        assert render(Example(turns, again, ""))[0] == render(example)[0]


def test_the_chat_template_writes_what_the_model_was_trained_on(examples: list[Example]) -> None:
    jinja2 = pytest.importorskip("jinja2")
    template = jinja2.Environment().from_string((NANO / "chat_template.jinja").read_text())
    for example in examples:
        messages, tools = messages_of(example, len(example.turns)), [function(one) for one in example.tools]
        assert template.render(messages=messages, tools=tools) == render(example)[0]


def test_the_engine_reads_a_talk_as_the_model_was_trained_on(
    examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    try:
        model = ferrule.load("builtin")
    except (ferrule.NotFoundError, ferrule.UpstreamError):
        pytest.skip("this wheel has no built-in model yet")
    with model:
        for example in examples[:24]:
            upto = max(at for at, turn in enumerate(example.turns) if turn.role == "user") + 1
            begun = Example(example.turns[:upto], example.tools, "")
            text = render(begun)[0] + "<|assistant|>"
            asked = model.generate(
                messages_of(begun, upto),
                tools=[function(one) for one in example.tools] or None,
                max_tokens=1,
            )
            assert asked.usage.prompt_tokens == len(model.tokenize(text))
