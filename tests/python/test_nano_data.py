"""The built-in model's data: every world reads, and what the generator makes of them can be learnt."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, cast

import pytest

from conftest import ROOT
from ferrule_nano import count, kinds, world
from ferrule_nano.chat import split_call
from ferrule_nano.examples import Maker
from ferrule_nano.render import CALL, REFUSAL, TOOL, Example, Shown, Turn, render, tool_line
from ferrule_nano.split import held_out_word, held_out_world
from ferrule_nano.talk import Talk
from ferrule_nano.template import every_set
from ferrule_nano.wording import content_words, first_verbs, lexicon
from ferrule_nano.world import World

NANO = ROOT / "nano"
PIECES = ["ab", "cd", "ing", "re", "tion"]
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
}
KINDS = {"call", "refuse", "answer", "chain", "follow", "earlier", "talk", "memory", "never"}


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return world.read_all(NANO / "worlds")


@pytest.fixture(scope="module")
def talk() -> Talk:
    return Talk.read(NANO / "talk")


@pytest.fixture(scope="module")
def examples(worlds: list[World], talk: Talk) -> dict[str, list[Example]]:
    made: dict[str, list[Example]] = {}
    for split in ("train", "test"):
        maker = Maker(worlds, talk, split, 5, PIECES)
        made[split] = [maker.example(1.0 if number % 2 else 0.3) for number in range(1500)]
    return made


@pytest.fixture(scope="module", params=["train", "test"])
def split(request: pytest.FixtureRequest) -> str:
    return request.param


def calls(example: Example) -> Iterator[tuple[Shown, dict[str, Any], str]]:
    """Each call that is taught: its tool, its arguments, and all that was said before."""
    for at, turn in enumerate(example.turns):
        if turn.learn and turn.text.startswith(CALL):
            name, arguments = split_call(turn.text)
            (tool,) = (one for one in example.tools if one.name == name)
            yield tool, arguments, "\n".join(one.text for one in example.turns[:at])


def test_worlds_have_names_of_their_own_and_enough_to_ask(worlds: list[World]) -> None:
    assert len(worlds) >= 250
    for one in worlds:
        assert len(one.tools) >= 4, one.name


def test_both_splits_have_worlds(worlds: list[World]) -> None:
    held = sum(held_out_world(one.name) for one in worlds)
    assert 0.05 < held / len(worlds) < 0.2


def test_no_request_is_that_of_two_tools(worlds: list[World]) -> None:
    for one in worlds:
        seen = Counter((request.text, closed(tool)) for tool in one.tools for request in tool.requests)
        assert [text for (text, _), count in seen.items() if count > 1] == [], one.name


def closed(tool: world.Tool) -> tuple[str, ...]:
    """The lists of values that tell one tool from another: nothing else is ever said for them."""
    return tuple(one.kind for one in tool.parameters if kinds.base(one.kind) == "enum")


def test_the_talk_has_every_topic(talk: Talk) -> None:
    assert {"greetings", "identity", "help", "cannot_alone", "simple_facts"} <= {entry.topic for entry in talk.plain}
    assert len(talk.memory) > 50
    assert len(talk.never) > 10


def test_a_seed_decides_the_examples(worlds: list[World], talk: Talk) -> None:
    def some(seed: int) -> list[dict[str, Any]]:
        maker = Maker(worlds[:40], talk, "train", seed, PIECES)
        return [asdict(maker.example()) for _ in range(60)]

    assert some(3) == some(3)
    assert some(3) != some(4)


def test_every_kind_of_example_comes(examples: dict[str, list[Example]], split: str) -> None:
    assert {one.kind for one in examples[split]} == KINDS


def test_arguments_follow_the_schema_and_its_order(examples: dict[str, list[Example]], split: str) -> None:
    for example in examples[split]:
        for tool, arguments, _ in calls(example):
            assert list(arguments) == [key for key in tool.properties if key in arguments], example
            assert set(tool.required) <= arguments.keys(), example
            for key, value in arguments.items():
                assert valid(value, tool.properties[key]), example


def valid(value: Any, schema: dict[str, Any]) -> bool:
    if not isinstance(value, TYPES[schema["type"]]) or (isinstance(value, bool) and schema["type"] != "boolean"):
        return False
    if "enum" in schema:
        return value in schema["enum"]
    if schema["type"] != "array":
        return True
    items = cast("list[Any]", value)
    return bool(items) and all(valid(one, schema["items"]) for one in items)


def test_strings_can_be_copied(examples: dict[str, list[Example]], split: str, worlds: list[World]) -> None:
    by_meaning = {one.name: literals(one) for one in worlds}
    for example in examples[split]:
        for tool, arguments, said in calls(example):
            for key, value in arguments.items():
                known = by_meaning[example.source.split(".")[0]]
                for text in strings(value, tool.properties[key]):
                    assert text in said or text in known, (text, said)


def strings(value: Any, schema: dict[str, Any]) -> Iterator[str]:
    if isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from strings(one, schema["items"])
    elif isinstance(value, str) and "enum" not in schema:
        yield value


def literals(one: World) -> set[str]:
    """What the world's templates set by what they mean."""
    found = {str(value) for tool in one.tools for request in tool.requests for _, value in every_set(request.parts)}
    return found | {str(value) for chain in one.chains for step in chain.steps for value in step.arguments.values()}


def test_one_tool_fits_a_call_and_none_a_refusal(examples: dict[str, list[Example]], split: str) -> None:
    for example in examples[split]:
        names = [tool.name for tool in example.tools]
        assert len(set(names)) == len(names), names
        fitting = [tool.name for tool in example.tools if tool.fits]
        first = next(turn for turn in example.turns if turn.learn)
        if first.text.startswith(CALL):
            assert fitting == [split_call(first.text)[0]], example
        else:
            assert fitting == [], example
        if example.kind == "refuse":
            assert first.text == REFUSAL


def test_results_that_look_like_json_are(examples: dict[str, list[Example]], split: str) -> None:
    for example in examples[split]:
        for turn in example.turns:
            if turn.role == "result" and re.match(r"\{|\[[\[{\"]|\[\]", turn.text):
                json.loads(turn.text)


def test_answers_have_no_slots_left(examples: dict[str, list[Example]], split: str) -> None:
    for example in examples[split]:
        for turn in example.turns:
            if turn.role == "assistant" and not turn.text.startswith(CALL):
                assert turn.text
                assert not re.search(r"\{[a-z_]+(:[^}]*)?\}", turn.text), turn.text


def test_training_sees_no_world_that_is_held_out(worlds: list[World], talk: Talk) -> None:
    for split in ("train", "test"):
        maker = Maker(worlds, talk, split, 1)
        assert {held_out_world(one.name) for one in maker.worlds} == {split == "test"}
        for _ in range(300):
            source = maker.example().source.split(".")[0]
            assert not source or held_out_world(source) == (split == "test")


def test_training_draws_no_word_that_is_held_out(worlds: list[World], talk: Talk) -> None:
    maker = Maker(worlds, talk, "train", 1)
    pools = [maker.values.lexicon, kinds.w.FIRST, kinds.w.CITY, kinds.w.STEM, kinds.w.TITLE_HEAD]
    assert not any(held_out_word(maker.values.pick(pool)) for pool in pools for _ in range(200))
    tester = Maker(worlds, talk, "test", 1)
    assert all(held_out_word(tester.values.pick(pool)) for pool in pools[1:] for _ in range(200))


def test_spans_are_where_they_say(examples: dict[str, list[Example]], split: str) -> None:
    for example in examples[split][:300]:
        text, spans = render(example)
        targets = [text[span.start : span.end] for span in spans if span.what == "target"]
        assert targets == [turn.text + "<|end|>" for turn in example.turns if turn.learn]
        marks = [span for span in spans if span.what == "fits"]
        assert [text[span.start : span.end] for span in marks] == [TOOL] * len(example.tools)
        assert [bool(span.value) for span in marks] == [tool.fits for tool in example.tools]
        (request,) = (text[span.start : span.end] for span in spans if span.what == "request")
        assert request == [turn.text for turn in example.turns if turn.role == "user"][-1] + "<|end|>"


def test_what_is_taught_of_an_argument_stands_at_its_name() -> None:
    # The letter is in a type before it.
    tool = Shown("go", "", {"a": {"type": "boolean"}, "l": {"type": "boolean"}}, ["a"], True, frozenset({"l"}))
    text, spans = render(Example([Turn("user", "Go")], [tool], "call"))
    given = [(text[span.start : span.end], span.value) for span in spans if span.what == "given"]
    assert given == [("a", 0), ("l", 1)]
    assert text[next(span.start for span in spans if span.value and span.what == "given") :].startswith("l?:bool)")


@pytest.mark.parametrize(
    ("schema", "short"),
    [
        ({"type": "string"}, ""),
        ({}, ":any"),
        ({"type": "integer"}, ":int"),
        ({"type": "number"}, ":num"),
        ({"type": "boolean"}, ":bool"),
        ({"type": "object"}, ":object"),
        ({"type": ["integer", "null"]}, ":int"),
        ({"enum": ["a", "b"]}, ":a|b"),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, ":int"),
        ({"anyOf": [{"type": "null"}]}, ":any"),
        ({"type": "array"}, "[]"),
        ({"type": "array", "items": {"type": "string"}}, "[]"),
        ({"type": "array", "items": {"type": "number"}}, "[]:num"),
    ],
)
def test_a_schema_is_shown_short(schema: dict[str, Any], short: str) -> None:
    assert tool_line(Shown("t", "Does.", {"a": schema}, ["a"])) == f"t: Does.<|tool|>t(a{short})\n"


def test_a_long_description_is_cut() -> None:
    line = tool_line(Shown("t", "word " * 99))
    assert line == "t: " + " ".join(["word"] * 28) + "<|tool|>t()\n"


def test_values_are_of_their_kind(worlds: list[World], talk: Talk) -> None:
    maker = Maker(worlds, talk, "train", 2, PIECES)
    for _ in range(300):
        number, said = maker.values.make("int(3,9)")
        assert number in range(3, 10)
        assert said == str(number) or said == kinds.w.PLACE_NUMBER[number - 1]
        assert maker.values.make("enum(a,b c)")[0] in {"a", "b c"}
        assert maker.values.make("from(x,y)", plain=True)[0] in {"x", "y"}
        assert maker.values.make("bool")[0] in {True, False}
        # A result says a date that somebody could look up.
        assert re.search(r"\d", maker.values.make("date", plain=True)[1])


def test_words_are_read_as_people_mean_them(worlds: list[World]) -> None:
    assert content_words("Lists the files of listTags") == ["list", "fil", "list", "tag"]
    assert {"show", "delete", "open"} <= first_verbs(worlds)
    words = lexicon(worlds)
    assert words == sorted(set(words))
    assert not {"the", "please", "what"} & set(words)


def test_the_model_card_counts_what_is_there() -> None:
    card = (NANO / "README.md").read_text(encoding="utf-8")
    assert count.written(card) == card, "run PYTHONPATH=nano python -m ferrule_nano.count --write"


def test_tools_used_before_are_still_offered(examples: dict[str, list[Example]], split: str) -> None:
    for example in examples[split]:
        for turn in example.turns:
            if turn.text.startswith(CALL):
                name, arguments = split_call(turn.text)
                (tool,) = (one for one in example.tools if one.name == name)
                assert arguments.keys() <= tool.properties.keys(), example


def test_what_was_never_told_is_asked_after_other_facts(worlds: list[World], talk: Talk) -> None:
    maker = Maker(worlds[:9], talk, "train", 4)
    made = [
        turns for turns, kind in (talk.turns(maker.draw, maker.values, False) for _ in range(900)) if kind == "never"
    ]
    assert {len(turns) for turns in made} == {2, 4, 6}
