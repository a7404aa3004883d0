from __future__ import annotations

import inspect
import json
from typing import Any

import pytest

from ferrule import (
    ChatCompletionRequest,
    CompletionRequest,
    InvalidInputError,
    Runner,
    ToolChoice,
    UnsupportedError,
)

TOOL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "get_weather", "description": "Weather", "parameters": {}},
}


def test_the_positional_order_is_the_mirrored_one() -> None:
    chat = "messages, model, logprobs, n_choices, logit_bias, top_logprobs, max_tokens, presence_penalty, \
frequency_penalty, repetition_penalty, stop_seqs, temperature, top_p, top_k, stream, grammar, grammar_type, min_p, \
tool_schemas, tool_choice, dry_multiplier, dry_base, dry_allowed_length, dry_sequence_breakers, web_search_options, \
enable_thinking, truncate_sequence, reasoning_effort, max_tool_rounds, tool_dispatch_url, enable_code_execution, \
enable_shell, shell_skills, agent_permission, agent_approval_callback, code_execution_permission, session_id, files, \
input_files, ignore_eos"
    completion = "prompt, model, best_of, echo_prompt, presence_penalty, frequency_penalty, repetition_penalty, \
logit_bias, max_tokens, n_choices, stop_seqs, temperature, top_p, suffix, top_k, grammar, grammar_type, min_p, \
tool_schemas, tool_choice, dry_multiplier, dry_base, dry_allowed_length, dry_sequence_breakers, truncate_sequence, \
ignore_eos"
    for cls, order in ((ChatCompletionRequest, chat), (CompletionRequest, completion)):
        parameters = inspect.signature(cls).parameters.values()
        positional = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
        assert ", ".join(positional) == order


def test_arguments_are_attributes() -> None:
    messages = [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]
    request = ChatCompletionRequest(
        messages, "m", True, 2, {5: 1.5}, stop_seqs="end", temperature=0.5, tool_schemas=[TOOL], seed=3
    )
    assert request.messages == messages
    assert request.model == "m"
    assert request.logprobs is True
    assert request.n_choices == 2
    assert request.logit_bias == {5: 1.5}
    assert request.stop_seqs == ["end"]
    assert request.temperature == 0.5
    assert request.tool_schemas == [TOOL]
    assert request.seed == 3
    assert request.top_p is None
    assert CompletionRequest([1, 2], "m").prompt == [1, 2]


def test_a_request_shows_what_was_set() -> None:
    request = ChatCompletionRequest("hi", "m", temperature=0.5)
    assert repr(request) == "ChatCompletionRequest(messages='hi', model='m', n_choices=1, temperature=0.5)"


def test_a_request_cannot_be_changed() -> None:
    request = ChatCompletionRequest("hi", "m")
    with pytest.raises(AttributeError):
        request.model = "other"  # pyright: ignore[reportAttributeAccessIssue]


def test_a_dict_with_the_keys_of_the_api_is_a_request(runner: Runner) -> None:
    asked = {
        "model": "m",
        "messages": [{"role": "user", "content": "Hello"}],
        "max_completion_tokens": 4,
        "n": 2,
        "stop": ["never"],
        "logit_bias": {"5": -1},
        "user": "somebody",
        "stream_options": {"include_usage": True},
    }
    response = runner.send_chat_completion_request(asked)
    assert len(response.choices) == 2
    assert "model" in asked, "the caller's dict is not changed"


def test_null_in_a_dict_is_what_was_left_open(runner: Runner) -> None:
    left = dict.fromkeys(["model", "n", "stop", "stream", "logprobs", "max_completion_tokens", "tools", "seed"])
    response = runner.send_chat_completion_request({"messages": "Hello", "max_tokens": 2, **left})
    assert response.usage.completion_tokens == 2
    text = runner.send_completion_request({"prompt": "Hello", "max_tokens": 2, "stream": False, "best_of": None})
    assert text.usage.completion_tokens == 2


@pytest.mark.parametrize(
    "twice",
    [{"stop": "a", "stop_seqs": ["b"]}, {"max_tokens": 1, "max_completion_tokens": 2}, {"n": 1, "n_choices": 2}],
)
def test_two_keys_for_one_setting_are_told(runner: Runner, twice: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError, match=r"must be absent beside `\w+`, which means the same, got both"):
        runner.send_chat_completion_request({"messages": "Hello", **twice})


class Index:
    """A whole number of another library."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number


def test_what_python_takes_for_a_whole_number_is_one(runner: Runner) -> None:
    three: Any = Index(3)
    counts = {"max_tokens": three, "seed": three, "top_k": three, "n_choices": three, "min_tokens": three}
    request = ChatCompletionRequest("Hi", "m", logit_bias={three: 1.0}, **counts)
    assert (request.max_tokens, request.seed, request.logit_bias) == (3, 3, {3: 1.0})
    assert len(runner.send_chat_completion_request(request).choices) == 3


def test_a_key_that_nobody_knows_is_told(runner: Runner) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'temprature'"):
        runner.send_chat_completion_request({"messages": "Hello", "temprature": 1})


def test_a_request_that_is_neither_is_told(runner: Runner) -> None:
    wrong: Any = 3
    with pytest.raises(TypeError, match="must be a ChatCompletionRequest or a dict, got int"):
        runner.send_chat_completion_request(wrong)


def test_tools_are_objects_or_texts(runner: Runner, chats: list[dict[str, Any]]) -> None:
    chat = next(chat for chat in chats if chat["tools"])
    for tools in (chat["tools"], [json.dumps(tool) for tool in chat["tools"]]):
        request = ChatCompletionRequest(chat["messages"], "m", tool_schemas=tools, max_tokens=1)
        assert runner.send_chat_completion_request(request).usage.prompt_tokens == len(chat["prompt_ids"])


@pytest.mark.parametrize("choice", [ToolChoice.NoTools, "none"])
def test_without_tools_means_that_the_model_sees_none(
    runner: Runner, chats: list[dict[str, Any]], choice: ToolChoice | str
) -> None:
    chat = next(chat for chat in chats if chat["tools"])
    bare = ChatCompletionRequest(chat["messages"], "m", max_tokens=1)
    none = ChatCompletionRequest(chat["messages"], "m", tool_schemas=chat["tools"], tool_choice=choice, max_tokens=1)
    tokens = [runner.send_chat_completion_request(each).usage.prompt_tokens for each in (bare, none)]
    assert tokens[0] == tokens[1]


def test_a_pydantic_like_object_is_read_by_its_dump(runner: Runner) -> None:
    class Message:
        def model_dump(self) -> dict[str, str]:
            return {"role": "user", "content": "Hello"}

    messages: Any = [Message()]
    runner.send_chat_completion_request(ChatCompletionRequest(messages, "m", max_tokens=1))


class Endless(list[Any]):
    """Contains itself."""

    def __init__(self) -> None:
        super().__init__()
        self.append(self)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"messages": [{"role": "user", "content": {3}}]}, r"`messages\[0\]\.content` must be JSON, got set"),
        ({"messages": [{"role": "user", "content": "\ud800"}]}, r"`messages\[0\]\.content` must be valid Unicode"),
        ({"messages": [{"content": "nobody"}]}, r"messages\[0\]: missing field `role`"),
        ({"messages": [{"role": "nobody", "content": ""}]}, r"messages\[0\]: role must be system, .* got `nobody`"),
        ({"messages": [{"role": "user", "content": 3}]}, r"messages\[0\]: content must be a string, a list"),
        ({"messages": Endless()}, "must be at most 128 levels deep"),
        ({"messages": [{1: 2}]}, r"`messages\[0\]` must be an object whose keys are strings"),
        ({"messages": [{"role": "user", "content": "", "x": float("nan")}]}, "must be a finite number, got NaN"),
        ({"messages": []}, "empty"),
        ({"messages": 3}, "`messages` must be a string or a list, got 3"),
        ({"temperature": -1.0}, "`temperature` must be 0 or more, got -1"),
        ({"temperature": float("nan")}, "`temperature` must be 0 or more, got NaN"),
        ({"top_p": 0.0}, "`top_p` must be above 0 and at most 1, got 0"),
        ({"top_p": 1.5}, "`top_p` must be above 0 and at most 1, got 1.5"),
        ({"n_choices": 0}, "`n` must be from 1 to 128, got 0"),
        ({"max_tokens": 1 << 70}, f"`max_tokens` must be a whole number from 0 to {2**64 - 1}, got {1 << 70}"),
        ({"seed": -1}, f"`seed` must be a whole number from 0 to {2**64 - 1}, got -1"),
        ({"top_k": 1 << 70}, f"`top_k` must be a whole number from 0 to {2**32 - 1}, got {1 << 70}"),
        ({"top_logprobs": 3}, "`top_logprobs` must be 0 unless `logprobs` is true"),
        ({"tool_schemas": ["{"]}, r"tool_schemas\[0\]: EOF while parsing an object at line 1 column 1"),
        ({"tool_schemas": [{"type": "function"}]}, "missing field `name`"),
        ({"grammar": "a+"}, "`grammar_type` must be given with `grammar`"),
        ({"grammar": "a+", "grammar_type": "poem"}, "grammar: unknown variant `poem`, expected one of .*`regex`"),
        ({"grammar": "{", "grammar_type": "json_schema"}, "grammar: EOF while parsing"),
        ({"reasoning_effort": "huge"}, "`reasoning_effort` must be off, none, low"),
        ({"reasoning_effort": "none", "enable_thinking": True}, "`enable_thinking` must be false beside"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(runner: Runner, arguments: dict[str, Any], problem: str) -> None:
    usual: dict[str, Any] = {"messages": "Hi", "model": "m"}
    with pytest.raises(InvalidInputError, match=problem) as caught:
        runner.send_chat_completion_request(ChatCompletionRequest(**usual | arguments))
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "arguments",
    [
        {"temperature": "hot"},
        {"max_tokens": 1.5},
        {"stream": "yes"},
        {"stop_seqs": 3},
        {"logit_bias": [1]},
        {"logit_bias": {"x": 1}},
        {"logit_bias": {5.5: 1}},
        {"tool_choice": 3},
    ],
)
def test_a_wrong_type_is_a_type_error(arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"must be|object cannot be|is not an instance"):
        ChatCompletionRequest("Hi", "m", **arguments)


@pytest.mark.parametrize(
    "argument", ["web_search_options", "tool_dispatch_url", "enable_shell", "session_id", "files", "input_files"]
)
def test_what_would_change_answers_and_is_not_built_is_refused(argument: str) -> None:
    values: dict[str, Any] = {"tool_dispatch_url": "http://x", "enable_shell": True, "session_id": "s"}
    arguments: dict[str, Any] = {argument: values.get(argument, [])}
    with pytest.raises(UnsupportedError, match=f"does not support `{argument}` of ChatCompletionRequest"):
        ChatCompletionRequest("Hi", "m", **arguments)


def test_a_bound_on_tools_that_nobody_calls_is_ignored_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="ferrule ignores `max_tool_rounds`"):
        ChatCompletionRequest("Hi", "m", max_tool_rounds=3)
