"""`ferrule.load` and what it gives."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ferrule
from ferrule import Answer, InvalidInputError, Model, Piece, Which


@pytest.fixture(scope="module")
def model(tiny_llama: Path) -> Iterator[Model]:
    with ferrule.load(tiny_llama) as loaded:
        yield loaded


def greedy(chat: dict[str, Any]) -> dict[str, Any]:
    return {"max_tokens": len(chat["greedy"]), "ignore_eos": True, "tools": chat["tools"] or None}


def test_an_answer_is_its_text_and_more(model: Model, chats: list[dict[str, Any]]) -> None:
    for chat in chats:
        answer = model.generate(chat["messages"], **greedy(chat))
        assert isinstance(answer, Answer)
        assert str(answer) == answer.text == chat["text"]
        assert answer.finish_reason == "length"
        assert answer.tokens == chat["greedy"]
        assert answer.usage.prompt_tokens == len(chat["prompt_ids"])
        assert [choice.text for choice in answer.choices] == [answer.text]


def test_a_prompt_is_a_message_a_text_or_tokens(model: Model, chats: list[dict[str, Any]]) -> None:
    chat = chats[0]
    for prompt, raw in ((chat["messages"], False), (chat["prompt"], True), (chat["prompt_ids"], False)):
        assert model.generate(prompt, raw=raw, **greedy(chat)).text == chat["text"]
    said = [{"role": "user", "content": "Hello"}]
    assert model.generate("Hello", max_tokens=4).tokens == model.generate(said, max_tokens=4).tokens


def test_pieces_are_strings_that_add_up(model: Model, chats: list[dict[str, Any]]) -> None:
    chat = chats[0]
    pieces = list(model.stream(chat["messages"], **greedy(chat)))
    assert all(isinstance(piece, Piece) for piece in pieces)
    assert "".join(pieces) == chat["text"]
    assert [piece.token for piece in pieces if piece.token is not None] == chat["greedy"]
    assert pieces[-1].finish_reason == "length"
    assert pieces[-1].usage is not None
    assert pieces[-1].usage.completion_tokens == len(chat["greedy"])
    assert all(piece.finish_reason is None for piece in pieces[:-1])


def test_everything_is_awaited_too(model: Model, chats: list[dict[str, Any]]) -> None:
    chat = chats[0]

    async def main() -> tuple[str, str, str]:
        answer = await model.agenerate(chat["messages"], **greedy(chat))
        soon = "".join([piece async for piece in model.astream(chat["messages"], **greedy(chat))])
        now = "".join([piece async for piece in model.stream(chat["messages"], **greedy(chat))])
        return answer.text, soon, now

    assert asyncio.run(main()) == (chat["text"],) * 3


def test_an_asynchronous_stream_that_nobody_reads_costs_nothing(model: Model) -> None:
    before = model.stats()["requests"]
    stream = model.astream("Hello")
    stream.close()
    assert list(stream) == []
    assert model.stats()["requests"] == before


def test_several_answers_come_in_order(model: Model) -> None:
    answer = model.generate("Hello", n=3, temperature=2.0, seed=1, max_tokens=8)
    assert len(answer.choices) == 3
    assert answer.text == answer.choices[0].text
    assert len({choice.text for choice in answer.choices}) > 1


def test_likelihoods_come_on_demand(model: Model) -> None:
    assert model.generate("Hello", max_tokens=2).logprobs is None
    logprobs = model.generate("Hello", max_tokens=2, ignore_eos=True, top_logprobs=2).logprobs
    assert logprobs is not None
    assert [len(token.top_logprobs) for token in logprobs.content] == [2, 2]


def test_texts_become_tokens_and_back(model: Model, chats: list[dict[str, Any]]) -> None:
    for chat in chats:
        assert model.tokenize(chat["prompt"]) == chat["prompt_ids"]
        assert model.detokenize(chat["prompt_ids"]) == chat["prompt"]
    chat = next(chat for chat in chats if not chat["tools"])
    assert model.count(chat["messages"]) == len(chat["prompt_ids"])


def test_a_model_says_what_it_is_and_what_it_has_done(tiny_llama: Path) -> None:
    with ferrule.load(tiny_llama, name="tiny") as model:
        assert model.name == model.card["name"] == "tiny"
        assert model.context_length == model.card["context_length"] == 1024
        assert model.generate("Hello", max_tokens=3, ignore_eos=True).model == "tiny"
        assert model.stats()["requests"] == 1
        assert repr(model).startswith("<ferrule.Model tiny (llama, ")
    assert repr(model).endswith(", closed>")
    with pytest.raises(InvalidInputError, match="were closed"):
        model.generate("Hello")


def test_a_file_is_named_in_each_way_that_users_know(tiny_llama: Path, chats: list[dict[str, Any]]) -> None:
    chat = chats[0]
    for model in (
        ferrule.load(tiny_llama / "model.gguf"),
        ferrule.load(str(tiny_llama), file="model.gguf"),
        ferrule.load(Which.GGUF(tiny_llama, "model.gguf")),
    ):
        assert model.generate(chat["messages"], **greedy(chat)).text == chat["text"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"temperature": float("nan")}, "`temperature` must be 0 or more, got NaN"),
        ({"max_tokens": -1}, "`max_tokens` must be a whole number from 0 to 18446744073709551615, got -1"),
        ({"max_tokens": 0}, "`max_tokens` must be 1 or more, got 0"),
        ({"n": -1}, "`n` must be a whole number from 0 to 4294967295, got -1"),
        ({"seed": 1 << 64}, "`seed` must be a whole number from 0 to"),
        ({"regex": "a", "choices": ["b"]}, "must be given one at a time, got several"),
        ({"choices": []}, "`constraint.choice` must be one text or more"),
        ({"schema": "{"}, "grammar: EOF while parsing"),
        ({"timeout": -1.0}, "`timeout` must be 0 or more seconds"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(model: Model, arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidInputError, match=problem):
        model.generate("Hello", **arguments)


def test_options_of_the_engine_are_checked(tiny_llama: Path) -> None:
    with pytest.raises(InvalidInputError, match="kv_cache_type must be f32, f16, bf16, q8, got `q3`"):
        ferrule.load(tiny_llama, kv_cache_type="q3")
    model = ferrule.load(
        tiny_llama, kv_cache_type="q8", kv_cache_mb=16, prefix_cache=False, speculation=False, max_sequences=2
    )
    assert model.generate("Hello", max_tokens=1).usage.completion_tokens <= 1
