"""Answers that must match something."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ferrule
from ferrule import ChatCompletionRequest, InvalidInputError, Model, Runner

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}


class Verdict:
    """What Pydantic's models look like from here."""

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        return SCHEMA


@pytest.fixture(scope="module")
def model(tiny_llama: Path) -> Iterator[Model]:
    with ferrule.load(tiny_llama) as loaded:
        yield loaded


@pytest.mark.parametrize(
    "schema", [SCHEMA, json.dumps(SCHEMA), Verdict, Verdict()], ids=["dict", "text", "class", "it"]
)
def test_an_answer_follows_a_schema(model: Model, schema: Any) -> None:
    answer = model.generate("Is it?", schema=schema, max_tokens=64, temperature=1.0, seed=1)
    assert answer.finish_reason == "stop"
    assert set(json.loads(answer.text)) == {"ok"}


def test_an_answer_is_one_of_the_choices(model: Model) -> None:
    choices = ["yes", "no", "it (depends) + more?", "a|b"]
    for seed in range(8):
        assert model.generate("Is it?", choices=choices, temperature=2.0, seed=seed).text in choices


def test_an_answer_matches_an_expression_or_a_grammar(model: Model) -> None:
    assert re.fullmatch("[0-9]{3}", model.generate("How many?", regex="[0-9]{3}").text)
    grammar = 'start: "one" | "two"'
    assert model.generate("How many?", grammar=grammar).text in {"one", "two"}


@pytest.mark.parametrize(
    "arguments",
    [
        {"grammar": SCHEMA},
        {"grammar": Verdict},
        {"grammar": json.dumps(SCHEMA), "grammar_type": "json_schema"},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "v", "schema": SCHEMA, "strict": True}}},
    ],
    ids=["dict", "class", "text", "response_format"],
)
def test_every_dialect_of_a_request_says_the_same(runner: Runner, arguments: dict[str, Any]) -> None:
    request = ChatCompletionRequest("Is it?", "default", max_tokens=64, **arguments)
    text = runner.send_chat_completion_request(request).choices[0].message.content
    assert set(json.loads(text or "")) == {"ok"}


def test_a_list_is_a_grammar_of_choices(runner: Runner) -> None:
    request = {"messages": "Is it?", "grammar": ["yes", "no"], "max_tokens": 8}
    assert runner.send_chat_completion_request(request).choices[0].message.content in {"yes", "no"}


def test_any_object_will_do(runner: Runner) -> None:
    request = {"messages": "Hi", "response_format": {"type": "json_object"}, "max_tokens": 400, "seed": 1}
    choice = runner.send_chat_completion_request(request).choices[0]
    assert (choice.message.content or "").lstrip().startswith("{")


def test_an_impossible_grammar_says_where(model: Model) -> None:
    with pytest.raises(InvalidInputError, match=r"grammar|regex"):
        model.generate("Hi", regex="a(")
    with pytest.raises(InvalidInputError, match=r"\d"):
        model.generate("Hi", grammar='start: "a" |\n  missing\n')


def test_a_schema_that_would_fill_the_memory_is_refused(model: Model) -> None:
    bomb: dict[str, Any] = {"type": "string", "pattern": "(a{1,1000}){1,1000}"}
    for _ in range(4):
        bomb = {"type": "object", "properties": {f"p{at}": bomb for at in range(20)}}
    with pytest.raises((InvalidInputError, ferrule.LimitError)):
        model.generate("Hi", schema=bomb, timeout=20)
