"""Types as a user's type checker sees them: the assertions below are checked by pyright and mypy, and run as well."""

from __future__ import annotations

import subprocess
import sys
from os import PathLike
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import assert_type

import ferrule
from ferrule import (
    ChatCompletionChunkResponse,
    ChatCompletionRequest,
    ChatCompletionStreamer,
    Choice,
    CompletionResponse,
    InvalidInputError,
    Piece,
    Runner,
    TopLogprob,
    Which,
)


def test_what_a_runner_gives_has_its_type(runner: Runner) -> None:
    response = runner.send_chat_completion_request({"messages": "Hi", "max_tokens": 1})
    assert_type(response.choices, list[Choice] | Any)
    streamer = runner.send_chat_completion_request({"messages": "Hi", "stream": True, "max_tokens": 1})
    assert isinstance(streamer, ChatCompletionStreamer)
    for chunk in streamer:
        assert_type(chunk.choices[0].delta.content, str | None)
    assert_type(runner.send_completion_request({"prompt": "Hi", "max_tokens": 1}), CompletionResponse)
    assert_type(runner.tokenize_text("Hi"), list[int])
    assert_type(runner.max_sequence_length(), int)


def test_attributes_of_requests_and_models_have_their_types() -> None:
    request = ChatCompletionRequest("Hi", "m")
    assert_type(request.temperature, float | None)
    assert_type(request.messages, str | list[dict[str, Any]])
    assert_type(Which.Plain("x").model_id, str | PathLike[str])
    assert_type(Which.GGUF("x", ["a", "b"]).quantized_filename, str | list[str] | None)


def test_the_native_calls_have_their_types(tiny_llama: Path) -> None:
    model = ferrule.load(tiny_llama)
    answer = model.generate("Hi", max_tokens=1)
    assert_type(answer.text, str)
    assert_type(answer.usage.completion_tokens, int)
    for piece in model.stream([{"role": "user", "content": "Hi"}], max_tokens=1):
        assert_type(piece, Piece)
        assert_type(piece.token, int | None)


async def coroutines_have_their_types(runner: Runner, model: ferrule.Model) -> None:
    """A coroutine that users may write; only the type checkers read it."""
    assert_type((await runner.asend_completion_request({"prompt": "Hi"})).choices[0].text, str)
    assert_type(await runner.asend_embedding_request({"input": "Hi"}), list[list[float]])
    streamer = await runner.asend_chat_completion_request({"messages": "Hi", "stream": True})
    assert isinstance(streamer, ChatCompletionStreamer)
    async with streamer as same:
        async for chunk in same:
            assert_type(chunk, ChatCompletionChunkResponse)
    assert_type((await model.agenerate("Hi")).text, str)
    async for piece in model.astream("Hi"):
        assert_type(piece, Piece)


def candidates(choice: Choice) -> list[TopLogprob]:
    """A function that users may write."""
    return [top for token in choice.logprobs.content for top in token.top_logprobs] if choice.logprobs else []


def test_an_error_has_its_kind() -> None:
    assert_type(InvalidInputError("x").kind, str)


def test_mypy_agrees_with_this_file() -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(Path(__file__))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Runner('model')", "incompatible type"),
        ("ChatCompletionRequest(messages='Hi')", "Missing positional argument"),
        ("ChatCompletionRequest('Hi', 'm', temperature='hot')", "incompatible type"),
        ("Runner(Which.Plain('x')).send_chat_completion_request(3)", "incompatible type"),
    ],
)
def test_mypy_sees_what_is_wrong(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "wrong.py").write_text(f"from ferrule import ChatCompletionRequest, Runner, Which\n{line}\n")
    command = [sys.executable, "-m", "mypy", "--strict", "wrong.py", "--cache-dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert told in done.stdout
