"""Calls and thoughts in the answers of a model: told apart, streamed and whole, and held to what was asked for.

The model is random. So a grammar makes it write what a test wants, or the choice of tools does.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

import ferrule
from ferrule import ChatCompletionRequest, ChatCompletionStreamer, InvalidInputError, Model, Piece, Runner, ToolChoice
from ferrule.parse import Arguments, CallFinished, CallStarted

CITIES = ["Paris", "Rome"]
WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"enum": CITIES}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
CLOCK: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "my-clock",
        "parameters": {"type": "object", "properties": {}, "additionalProperties": False},
    },
}
TOOLS = [WEATHER, CLOCK]
WEATHER_ONLY = {"type": "function", "function": {"name": "weather"}}

# Marks are tokens of this vocabulary, and stand without quotes.
CALL = r"""<tool_call> "\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\"}}\n" </tool_call>"""
SPELLED = r"""<tool_call>\n\{"name": "weather", "arguments": \{"city": "Paris"\}\}\n</tool_call>"""


@pytest.fixture(scope="module")
def model(tiny_llama: Path) -> Model:
    return ferrule.load(tiny_llama)


def asked(**more: Any) -> ChatCompletionRequest:
    usual: dict[str, Any] = {"tool_schemas": TOOLS, "seed": 1, "temperature": 1.0, "max_tokens": 200}
    return ChatCompletionRequest("What is the weather in Paris?", "default", **usual | more)


def says(grammar: str, **more: Any) -> ChatCompletionRequest:
    """A request whose answer is what the grammar says."""
    return asked(grammar=f"start: {grammar}", grammar_type="lark", **more)


def gathered(runner: Runner, request: ChatCompletionRequest) -> list[dict[str, Any]]:
    """What a client makes of a stream, for each choice."""
    streamer = runner.send_chat_completion_request(request)
    assert isinstance(streamer, ChatCompletionStreamer)
    choices: dict[int, dict[str, Any]] = {}
    for chunk in streamer:
        (choice,) = chunk.choices
        told = choices.setdefault(choice.index, {"content": "", "reasoning": "", "calls": [], "problems": []})
        told["content"] += choice.delta.content or ""
        told["reasoning"] += choice.delta.reasoning_content or ""
        told["problems"] += [problem.problem for problem in choice.problems]
        told["finish_reason"] = choice.finish_reason
        for call in choice.delta.tool_calls or []:
            if call.index == len(told["calls"]):
                assert call.id
                assert call.type == call.tp == "function"
                told["calls"].append([call.function.name, ""])
            else:
                assert call.id is None
                assert call.function.name is None
            told["calls"][call.index][1] += call.function.arguments
    return [choices[index] for index in sorted(choices)]


def test_a_call_is_no_part_of_the_content(runner: Runner) -> None:
    response = runner.send_chat_completion_request(says(CALL))
    (choice,) = response.choices
    assert choice.finish_reason == "tool_calls"
    assert (choice.message.content, choice.message.reasoning_content) == (None, None)
    assert choice.message.tool_calls is not None
    (call,) = choice.message.tool_calls
    assert (call.index, call.type, call.tp) == (0, "function", "function")
    assert call.id is not None
    assert call.id.startswith("call_")
    assert call.function.name == "weather"
    assert json.loads(call.function.arguments) == {"city": "Paris"}
    assert response.model_dump()["choices"][0]["message"]["tool_calls"][0]["type"] == "function"


def test_text_around_a_call_is_content(runner: Runner) -> None:
    (choice,) = runner.send_chat_completion_request(says(f'"Let me look." {CALL}')).choices
    assert choice.message.content == "Let me look."
    assert choice.finish_reason == "tool_calls"


def test_a_stream_says_the_same_in_deltas(runner: Runner) -> None:
    (told,) = gathered(runner, says(f'"Let me look." {CALL} {CALL}', stream=True))
    assert told["content"] == "Let me look."
    assert [(name, json.loads(arguments)) for name, arguments in told["calls"]] == [("weather", {"city": "Paris"})] * 2
    assert (told["finish_reason"], told["problems"]) == ("tool_calls", [])


def test_arguments_come_in_fragments(runner: Runner) -> None:
    streamer = runner.send_chat_completion_request(says(CALL, stream=True))
    assert isinstance(streamer, ChatCompletionStreamer)
    fragments = [
        call.function.arguments
        for chunk in streamer
        for call in chunk.choices[0].delta.tool_calls or []
        if call.function
    ]
    assert len([fragment for fragment in fragments if fragment]) > 1


def test_a_mark_that_is_spelled_out_is_text(runner: Runner) -> None:
    request = asked(grammar=SPELLED, grammar_type="regex")
    (choice,) = runner.send_chat_completion_request(request).choices
    assert choice.message.tool_calls is None
    assert choice.message.content is not None
    assert choice.message.content.startswith("<tool_call>\n{")
    assert choice.finish_reason == "stop"


@pytest.mark.parametrize("stream", [False, True])
def test_a_tool_that_was_not_offered_is_a_problem(runner: Runner, stream: bool) -> None:
    request = says(CALL, tool_schemas=[CLOCK], stream=stream)
    if stream:
        (told,) = gathered(runner, request)
        assert (told["calls"], told["problems"], told["finish_reason"]) == ([], ["undeclared"], "stop")
    else:
        (choice,) = runner.send_chat_completion_request(request).choices
        assert choice.message.tool_calls is None
        assert [(problem.problem, problem.name) for problem in choice.problems] == [("undeclared", "weather")]
        assert choice.finish_reason == "stop"


def test_without_tools_nothing_is_a_call(runner: Runner) -> None:
    for more in ({"tool_schemas": None}, {"tool_choice": "none"}):
        (choice,) = runner.send_chat_completion_request(says(CALL, **more)).choices
        assert (choice.message.tool_calls, choice.problems) == (None, [])
        assert choice.message.content is not None
        assert choice.message.content.startswith("<tool_call>\n{")


def test_thoughts_are_told_apart_with_and_without_tools(runner: Runner) -> None:
    grammar = r'<think> "\nOne and one.\n" </think> "\n\nTwo."'
    for tools in (TOOLS, None):
        (choice,) = runner.send_chat_completion_request(says(grammar, tool_schemas=tools)).choices
        assert choice.message.reasoning_content is not None
        assert choice.message.reasoning_content.strip() == "One and one."
        assert (choice.message.content or "").strip() == "Two."
        (told,) = gathered(runner, says(grammar, tool_schemas=tools, stream=True))
        assert told["reasoning"] == choice.message.reasoning_content
        assert told["content"] == choice.message.content


def test_a_call_within_a_thought_is_not_made(runner: Runner) -> None:
    (choice,) = runner.send_chat_completion_request(says(f'<think> {CALL} </think> "No."')).choices
    assert (choice.message.content, choice.message.tool_calls) == ("No.", None)
    assert [problem.problem for problem in choice.problems] == ["in_reasoning"]
    assert choice.finish_reason == "stop"


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("choice", ["required", ToolChoice.Required, "any"])
def test_a_required_call_is_always_made(runner: Runner, choice: Any, seed: int) -> None:
    request = asked(tool_choice=choice, seed=seed, parallel_tool_calls=False, enable_thinking=False)
    (answer,) = runner.send_chat_completion_request(request).choices
    assert (answer.finish_reason, answer.message.content, answer.problems) == ("tool_calls", None, [])
    (call,) = answer.message.tool_calls or []
    arguments = json.loads(call.function.arguments)
    assert (call.function.name, arguments) == ("my-clock", {}) or (
        call.function.name == "weather" and arguments["city"] in CITIES
    )


@pytest.mark.parametrize(
    "choice",
    [
        {"type": "function", "function": {"name": "weather"}},
        {"type": "function", "name": "weather"},
        {"type": "tool", "name": "weather"},
        {
            "type": "allowed_tools",
            "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "weather"}}]},
        },
    ],
    ids=["chat", "responses", "anthropic", "allowed"],
)
def test_a_tool_can_be_named(runner: Runner, choice: dict[str, Any]) -> None:
    request = asked(tool_choice=choice, parallel_tool_calls=False, enable_thinking=False, stream=True)
    assert request.tool_choice == choice
    (told,) = gathered(runner, request)
    ((name, arguments),) = told["calls"]
    assert name == "weather"
    assert json.loads(arguments)["city"] in CITIES


def test_several_calls_may_stand_in_one_answer_unless_they_may_not(runner: Runner) -> None:
    def calls(parallel: bool | None, seed: int) -> int:
        request = asked(
            tool_choice="required", parallel_tool_calls=parallel, seed=seed, max_tokens=120, enable_thinking=False
        )
        return len(runner.send_chat_completion_request(request).choices[0].message.tool_calls or [])

    assert [calls(False, seed) for seed in range(6)] == [1] * 6
    assert max(calls(True, seed) for seed in range(6)) > 1
    assert max(calls(None, seed) for seed in range(6)) > 1


def test_a_tool_of_an_allowed_list_is_called_and_no_other(runner: Runner) -> None:
    allowed = {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [{"name": "my-clock"}]}}
    (choice,) = runner.send_chat_completion_request(says(CALL, tool_choice=allowed)).choices
    assert [problem.problem for problem in choice.problems] == ["undeclared"]


def test_once_a_call_has_begun_it_is_whole(runner: Runner) -> None:
    """With `auto` the model is free until it writes the mark; then its syntax holds it."""
    begun = 0
    for seed in range(40):
        request = asked(seed=seed, max_tokens=300, logit_bias={508: 8.0}, ignore_eos=False)
        (choice,) = runner.send_chat_completion_request(request).choices
        calls = choice.message.tool_calls or []
        begun += bool(calls)
        for call in calls:
            arguments = json.loads(call.function.arguments)
            assert arguments == {} if call.function.name == "my-clock" else arguments["city"] in CITIES
        assert choice.finish_reason == "length" or not choice.problems
    assert begun


def test_each_choice_has_calls_of_its_own(runner: Runner) -> None:
    request: dict[str, Any] = {"tool_choice": "required", "parallel_tool_calls": False, "enable_thinking": False}
    response = runner.send_chat_completion_request(asked(n_choices=3, **request))
    calls = [choice.message.tool_calls or [] for choice in response.choices]
    assert [len(each) for each in calls] == [1, 1, 1]
    assert len({each[0].id for each in calls}) == 3
    streamed = gathered(runner, asked(n_choices=3, stream=True, **request))
    assert [told["calls"] for told in streamed] == [
        [[each[0].function.name, each[0].function.arguments]] for each in calls
    ]


def test_an_answer_that_is_cut_within_a_call_says_so(runner: Runner) -> None:
    (choice,) = runner.send_chat_completion_request(says(CALL, max_tokens=20)).choices
    assert choice.finish_reason == "length"
    assert choice.message.tool_calls is None
    assert [problem.problem for problem in choice.problems] == ["truncated"]


def test_a_message_with_calls_goes_back_as_it_came(runner: Runner) -> None:
    first = runner.send_chat_completion_request(says(CALL)).choices[0].message
    assert first.tool_calls is not None
    result = {"role": "tool", "tool_call_id": first.tool_calls[0].id, "content": "Sunny."}
    question = {"role": "user", "content": "What is the weather in Paris?"}
    messages: Any = [question, first, result]
    request = ChatCompletionRequest(messages, "default", tool_schemas=TOOLS, max_tokens=1)
    written = ChatCompletionRequest(
        [question, {"role": "assistant", "content": None, "tool_calls": first.model_dump()["tool_calls"]}, result],
        "default",
        tool_schemas=TOOLS,
        max_tokens=1,
    )
    tokens = [runner.send_chat_completion_request(each).usage.prompt_tokens for each in (request, written)]
    assert tokens[0] == tokens[1]
    alone = ChatCompletionRequest([question], "default", tool_schemas=TOOLS, max_tokens=1)
    assert tokens[0] > runner.send_chat_completion_request(alone).usage.prompt_tokens + 20


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"tool_choice": "perhaps"}, "`tool_choice` must be"),
        ({"tool_choice": {"type": "function"}}, "`tool_choice` must be"),
        ({"tool_choice": "required", "tool_schemas": None}, "`tool_choice` must be"),
        ({"tool_choice": "required", "grammar": "a", "grammar_type": "regex"}, "`tool_choice` must be"),
    ],
)
def test_a_choice_that_cannot_be_made_is_told(runner: Runner, arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        runner.send_chat_completion_request(asked(**arguments))


def test_names_that_nobody_has_are_told(runner: Runner) -> None:
    named = {"type": "function", "function": {"name": "wether"}}
    with pytest.raises(ferrule.NotFoundError, match="weather, my-clock"):
        runner.send_chat_completion_request(asked(tool_choice=named))
    with pytest.raises(ferrule.NotFoundError, match="is it `hermes`"):
        runner.send_chat_completion_request(asked(syntax="hermez"))
    with pytest.raises(ferrule.NotFoundError, match="is it `qwen3`"):
        runner.send_chat_completion_request(asked(reasoning="qwenn3"))


def test_a_syntax_can_be_named(runner: Runner) -> None:
    request = says(r'"[TOOL_CALLS][{\"name\": \"my-clock\", \"arguments\": {}}]"', syntax="mistral")
    (choice,) = runner.send_chat_completion_request(request).choices
    assert [call.function.name for call in choice.message.tool_calls or []] == ["my-clock"]


def test_the_likelihoods_of_a_call_s_tokens_are_there(runner: Runner) -> None:
    response = runner.send_chat_completion_request(says(CALL, logprobs=True))
    logprobs = response.choices[0].logprobs
    assert logprobs is not None
    assert "".join(token.token for token in logprobs.content).startswith("<tool_call>\n{")


def test_the_native_calls_tell_the_same(model: Model) -> None:
    more: dict[str, Any] = {"tools": TOOLS, "grammar": f'start: <think> "Hm." </think> "So." {CALL}'}
    answer = model.generate("What is the weather in Paris?", **more)
    assert (answer.text, answer.reasoning, answer.finish_reason) == ("So.", "Hm.", "tool_calls")
    assert [call.function.name for call in answer.tool_calls] == ["weather"]
    assert answer.choices[0].tool_calls == answer.tool_calls
    pieces = list(model.stream("What is the weather in Paris?", **more))
    assert "".join(pieces) == answer.text
    events = [event for piece in pieces for event in piece.events]
    assert [event.name for event in events if isinstance(event, CallStarted)] == ["weather"]
    assert "".join(event.fragment for event in events if isinstance(event, Arguments)) == '{"city": "Paris"}'
    assert isinstance(events[-1], CallFinished)
    assert pieces[-1].finish_reason == "tool_calls"


def test_the_native_calls_take_a_choice(model: Model) -> None:
    answer = model.generate("Hi", tools=TOOLS, tool_choice="required", parallel_tool_calls=False, enable_thinking=False)
    assert len(answer.tool_calls) == 1
    assert (answer.text, answer.problems) == ("", [])


def test_coroutines_read_the_same(model: Model) -> None:
    more: dict[str, Any] = {"tools": TOOLS, "grammar": f"start: {CALL}"}

    async def both() -> tuple[Any, list[Piece]]:
        answer = await model.agenerate("Hi", **more)
        return answer, [piece async for piece in model.astream("Hi", **more)]

    answer, pieces = asyncio.run(both())
    assert answer.tool_calls[0].function.name == "weather"
    assert any(isinstance(event, CallFinished) for piece in pieces for event in piece.events)


def test_what_is_no_conversation_is_not_read(model: Model) -> None:
    grammar = f'start: <think> "Hm." </think> "So." {CALL}'
    answer = model.generate("Hi", raw=True, grammar=grammar)
    assert answer.text.startswith("<think>Hm.</think>So.<tool_call>\n{")
    assert (answer.reasoning, answer.tool_calls) == (None, [])


def test_a_required_call_may_be_thought_over_first(runner: Runner) -> None:
    grammar_free = asked(tool_choice="required", parallel_tool_calls=False, max_tokens=400, seed=2)
    (choice,) = runner.send_chat_completion_request(grammar_free).choices
    assert choice.finish_reason in {"tool_calls", "length"}
    assert len(choice.message.tool_calls or []) <= 1
    assert not (choice.message.content or "").strip()


def test_a_template_that_shows_no_tools_is_told_of_them_in_words(tiny_llama: Path) -> None:
    template = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
    model = ferrule.load(tiny_llama, chat_template=template)
    plain = model.generate("Hi", max_tokens=1)
    told = model.generate("Hi", max_tokens=1, tools=TOOLS)
    assert told.usage.prompt_tokens > plain.usage.prompt_tokens + 20

    answer = model.generate("Hi", tools=TOOLS, tool_choice=WEATHER_ONLY, parallel_tool_calls=False, seed=3)
    (call,) = answer.tool_calls
    assert call.function.name == "weather"
    assert json.loads(call.function.arguments)["city"] in CITIES


TRAVEL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "travel",
        "parameters": {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]},
    },
}
TRAVELLER: list[dict[str, Any]] = [
    {"role": "user", "content": "Book me a train to Rome."},
    {"role": "assistant", "content": "Paris would be cheaper."},
    {"role": "user", "content": 'No, "Bad Aibling", then.'},
]
SAID = {"Book", "me", "a", "train", "to", "Rome", "No", "Bad", "Aibling", "then"}


def destinations(model: Model, **more: Any) -> list[str]:
    """Where a model would go that says anything rather than that."""
    usual: dict[str, Any] = {"tools": [TRAVEL], "tool_choice": "required", "enable_thinking": False}
    usual |= {"syntax": "nano", "parallel_tool_calls": False, "temperature": 1.0, "max_tokens": 200}
    answers = [model.generate(TRAVELLER, seed=seed, **usual | more) for seed in range(8)]
    calls = [call for answer in answers if answer.finish_reason == "tool_calls" for call in answer.tool_calls]
    return [json.loads(call.function.arguments)["to"] for call in calls]


@pytest.mark.parametrize(
    "more", [{}, {"copy_arguments": True}, {"copy_arguments": None}], ids=["absent", "yes", "none"]
)
def test_a_model_that_copies_says_nothing_that_nobody_said_to_it(model: Model, more: dict[str, Any]) -> None:
    told = destinations(model, **more)
    assert len(told) == 8
    for place in told:
        assert any(place in message["content"] for message in TRAVELLER if message["role"] == "user")
        assert set(re.findall(r"\w+", place)) <= SAID


def test_copying_can_be_turned_off(model: Model, runner: Runner) -> None:
    told = destinations(model, copy_arguments=False)
    assert not all(set(re.findall(r"\w+", place)) <= SAID for place in told)
    request = asked(tool_schemas=[TRAVEL], tool_choice="required", syntax="nano", copy_arguments=False)
    assert request.copy_arguments is False


def test_only_models_that_are_taught_to_copy_do(model: Model) -> None:
    told = destinations(model, syntax="hermes", copy_arguments=True)
    assert not all(set(re.findall(r"\w+", place)) <= SAID for place in told)
