from __future__ import annotations

import json
import time
from typing import Any

import pytest

from ferrule import ChatCompletionResponse, CompletionResponse, Runner


@pytest.fixture(scope="module")
def response(runner: Runner) -> ChatCompletionResponse:
    request = {"messages": "Hello", "max_tokens": 3, "ignore_eos": True, "logprobs": True, "top_logprobs": 1}
    return runner.send_chat_completion_request(request)


def test_the_shape_is_that_of_the_api(response: ChatCompletionResponse) -> None:
    assert response.object == "chat.completion"
    assert response.system_fingerprint == "local"
    assert response.id.startswith("chatcmpl-")
    assert response.created > 1_700_000_000
    (choice,) = response.choices
    assert (choice.index, choice.finish_reason, choice.stop_sequence) == (0, "length", None)
    assert (choice.message.role, choice.message.tool_calls, choice.message.reasoning_content) == (
        "assistant",
        None,
        None,
    )


def test_usage_adds_up(response: ChatCompletionResponse) -> None:
    usage = response.usage
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    # Other tests may have left the prompt's beginning in the cache.
    assert 0 <= usage.prompt_tokens_details.cached_tokens < usage.prompt_tokens
    assert usage.total_time_sec > 0
    assert usage.avg_tok_per_sec > 0


def test_a_dump_says_the_same_as_the_attributes(response: ChatCompletionResponse) -> None:
    dump: dict[str, Any] = response.model_dump()
    assert dump["id"] == response.id
    assert dump["choices"][0]["message"]["content"] == response.choices[0].message.content
    assert dump["choices"][0]["logprobs"]["content"][0]["token"]
    assert json.loads(response.model_dump_json()) == dump
    assert json.loads(response.model_dump_json(indent=2)) == dump
    assert "\n" not in response.model_dump_json()
    assert response.model_dump_json(2).startswith('{\n  "id"')


def test_every_part_has_a_dump_and_a_repr(response: ChatCompletionResponse) -> None:
    choice = response.choices[0]
    assert choice.logprobs is not None
    token = choice.logprobs.content[0]
    for part in (response, choice, choice.message, choice.logprobs, token, token.top_logprobs[0], response.usage):
        assert part.model_dump() == json.loads(part.model_dump_json())
        assert repr(part).startswith(type(part).__name__ + "(")
    assert repr(choice).startswith("Choice(finish_reason='length', index=0, message=ResponseMessage(content=")


def test_a_response_cannot_be_changed(response: ChatCompletionResponse) -> None:
    with pytest.raises(AttributeError):
        response.model = "other"  # pyright: ignore[reportAttributeAccessIssue]


def test_the_message_of_a_response_is_the_next_requests_history(
    runner: Runner, response: ChatCompletionResponse
) -> None:
    question = {"role": "user", "content": "Hello"}
    history: Any = [question, response.choices[0].message, {"role": "user", "content": "And now?"}]
    assert runner.send_chat_completion_request({"messages": history, "max_tokens": 1}).choices


def test_ids_are_not_repeated(runner: Runner) -> None:
    ids = {runner.send_chat_completion_request({"messages": "Hi", "max_tokens": 1}).id for _ in range(20)}
    assert len(ids) == 20


def test_a_completion_has_the_shape_of_the_api(runner: Runner) -> None:
    response: CompletionResponse = runner.send_completion_request({"prompt": "The", "max_tokens": 2})
    assert response.object == "text_completion"
    assert response.id.startswith("cmpl-")
    assert response.choices[0].text == response.model_dump()["choices"][0]["text"]


def test_reading_a_text_does_not_cost_the_likelihoods_beside_it(runner: Runner) -> None:
    def seconds(tokens: int) -> float:
        request = {"messages": "Hello", "max_tokens": tokens, "ignore_eos": True, "logprobs": True, "top_logprobs": 20}
        answer = runner.send_chat_completion_request(request)
        logprobs = answer.choices[0].logprobs
        assert logprobs is not None
        assert len(logprobs.content) == tokens
        assert len(logprobs.content[-1].top_logprobs) == 20
        began = time.perf_counter()
        for _ in range(200):
            assert answer.choices[0].finish_reason == "length"
        return time.perf_counter() - began

    assert seconds(800) < 50 * seconds(1)
