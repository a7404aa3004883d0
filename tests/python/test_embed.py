"""Vectors and likelihoods of texts."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

import ferrule
from ferrule import CompletionRequest, EmbeddingRequest, InvalidInputError, Model, Runner


@pytest.fixture(scope="module")
def model(tiny_llama: Path) -> Iterator[Model]:
    with ferrule.load(tiny_llama) as loaded:
        yield loaded


def length(vector: list[float]) -> float:
    return math.sqrt(sum(each * each for each in vector))


@pytest.mark.parametrize("pooling", ["last", "mean", "first"])
def test_a_text_becomes_a_vector_of_length_one(model: Model, pooling: str) -> None:
    vectors = model.embed(["Hello", "Something else"], pooling)
    assert len(vectors) == 2
    assert len(vectors[0]) == len(vectors[1]) == 64
    assert vectors[0] != vectors[1]
    assert [length(vector) for vector in vectors] == pytest.approx([1, 1], abs=1e-4)


def test_a_vector_keeps_its_length_where_that_is_asked(model: Model) -> None:
    (plain,) = model.embed("Hello", normalize=False)
    (normal,) = model.embed("Hello")
    assert [each / length(plain) for each in plain] == pytest.approx(normal, abs=1e-4)


def test_tokens_give_the_vector_of_their_text(model: Model) -> None:
    tokens = model.tokenize("Hello", add_special=True)
    assert model.embed(tokens)[0] == pytest.approx(model.embed("Hello")[0], abs=1e-4)
    assert model.embed([tokens, tokens])[1] == pytest.approx(model.embed("Hello")[0], abs=1e-4)


def test_vectors_are_awaited_too(model: Model, runner: Runner) -> None:
    async def main() -> None:
        vectors = await asyncio.gather(*(model.aembed("Hello") for _ in range(10)))
        assert vectors == [model.embed("Hello")] * 10
        assert await runner.asend_embedding_request({"input": "Hello"}) == vectors[0]

    asyncio.run(main())


def test_the_mirrored_request_is_taken(model: Model, runner: Runner) -> None:
    expected = model.embed(["a", "b"])
    assert runner.send_embedding_request(EmbeddingRequest(["a", "b"])) == expected
    assert runner.send_embedding_request({"input": ["a", "b"], "model": "x", "encoding_format": "float"}) == expected


def test_a_pooling_that_nobody_knows_is_told(model: Model) -> None:
    with pytest.raises(InvalidInputError, match="`pooling` must be last, mean or first, got max"):
        model.embed("Hello", "max")


def test_a_text_that_is_too_long_is_told_or_cut(model: Model) -> None:
    long = [5] * 2000
    with pytest.raises(ferrule.LimitError, match="2000"):
        model.embed(long)
    assert len(model.embed(long, truncate=True)[0]) == 64


def test_a_text_is_as_likely_as_its_tokens_were_when_they_were_chosen(model: Model, runner: Runner) -> None:
    request = CompletionRequest("The", "default", max_tokens=6, ignore_eos=True, logprobs=True, top_logprobs=2)
    chosen = runner.send_completion_request(request).choices[0].logprobs
    assert chosen is not None
    prompt = model.tokenize("The", add_special=True)
    tokens = model.generate("The", raw=True, max_tokens=6, ignore_eos=True).tokens
    scores = model.logprobs(prompt + tokens, top=2)
    assert len(scores) == len(prompt) + len(tokens) - 1
    told = [token.logprob for token in scores[len(prompt) - 1 :]]
    assert told == pytest.approx([token.logprob for token in chosen.content], abs=1e-3)
    assert all(len(token.top_logprobs) == 2 for token in scores)
