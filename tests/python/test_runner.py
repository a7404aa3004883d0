from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import ferrule
from ferrule import (
    ChatCompletionRequest,
    ChatCompletionStreamer,
    CompletionRequest,
    InvalidInputError,
    NotFoundError,
    Runner,
    TimedOutError,
    UnsupportedError,
    Which,
)


def greedy(chat: dict[str, Any], **more: Any) -> ChatCompletionRequest:
    """The request whose answer another implementation has given."""
    tokens = len(chat["greedy"])
    return ChatCompletionRequest(
        chat["messages"], "default", tool_schemas=chat["tools"], max_tokens=tokens, ignore_eos=True, **more
    )


def endless(**more: Any) -> ChatCompletionRequest:
    """A request that takes long enough to be interrupted."""
    return ChatCompletionRequest("Tell me everything.", "default", ignore_eos=True, n_choices=64, **more)


def test_the_tests_run_against_the_installed_wheel() -> None:
    assert "site-packages" in str(ferrule.__file__)


def test_answers_are_those_of_another_implementation(runner: Runner, chats: list[dict[str, Any]]) -> None:
    assert chats
    for chat in chats:
        response = runner.send_chat_completion_request(greedy(chat))
        assert response.choices[0].message.content == chat["text"]
        assert response.choices[0].finish_reason == "length"
        assert response.usage.prompt_tokens == len(chat["prompt_ids"])
        assert response.usage.completion_tokens == len(chat["greedy"])


def test_a_completion_goes_on_from_the_rendered_prompt(runner: Runner, chats: list[dict[str, Any]]) -> None:
    for chat in chats:
        request = CompletionRequest(chat["prompt"], "default", max_tokens=len(chat["greedy"]), ignore_eos=True)
        assert runner.send_completion_request(request).choices[0].text == chat["text"]


def test_a_completion_takes_tokens_and_echoes_text(runner: Runner, chats: list[dict[str, Any]]) -> None:
    chat = chats[0]
    request = {"prompt": chat["prompt_ids"], "max_tokens": 8, "ignore_eos": True, "echo": True}
    text = runner.send_completion_request(request).choices[0].text
    assert text.startswith(chat["prompt"])
    assert chat["text"].startswith(text.removeprefix(chat["prompt"]).rstrip("\N{REPLACEMENT CHARACTER}"))


def test_a_prompt_becomes_the_tokens_of_the_reference_and_back(runner: Runner, chats: list[dict[str, Any]]) -> None:
    for chat in chats:
        tokens = runner.tokenize_text(chat["prompt"], False, None)
        assert tokens == chat["prompt_ids"]
        assert runner.detokenize_text(tokens, False) == chat["prompt"]


def test_the_chunks_of_a_stream_add_up_to_the_whole_answer(runner: Runner, chats: list[dict[str, Any]]) -> None:
    streamer = runner.send_chat_completion_request(greedy(chats[0], stream=True))
    assert isinstance(streamer, ChatCompletionStreamer)
    chunks = list(streamer)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == chats[0]["text"]
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1].choices[0].finish_reason == "length"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == len(chats[0]["greedy"])
    assert len({chunk.id for chunk in chunks}) == 1
    assert list(streamer) == []


def test_a_closed_stream_ends_and_the_runner_goes_on(runner: Runner, chats: list[dict[str, Any]]) -> None:
    streamer = runner.send_chat_completion_request(endless(stream=True))
    assert isinstance(streamer, ChatCompletionStreamer)
    with streamer as same:
        assert next(same).choices[0].delta.role == "assistant"
    with pytest.raises(StopIteration):
        next(streamer)
    assert runner.send_chat_completion_request(greedy(chats[0])).choices[0].message.content == chats[0]["text"]


def test_a_stream_has_one_reader_at_a_time_and_may_be_closed_by_another_thread(tiny_llama: Path) -> None:
    # A prompt that takes a while, so that the first reader waits.
    template = "{% for i in range(900) %}a {% endfor %}"
    runner = Runner(Which.Plain(tiny_llama), chat_template=template)
    told: list[str] = []
    for _ in range(20):
        streamer = runner.send_chat_completion_request({"messages": "Hi", "stream": True, "n": 8})
        assert isinstance(streamer, ChatCompletionStreamer)

        def read(streamer: ChatCompletionStreamer = streamer) -> None:
            try:
                for _ in streamer:
                    pass
            except InvalidInputError as error:
                told.append(str(error))

        readers = [threading.Thread(target=read) for _ in range(4)]
        for reader in readers:
            reader.start()
        streamer.close()
        for reader in readers:
            reader.join()
    assert set(told) <= {"`streamer` must be read by one at a time, got a second reader"}


def test_a_program_may_end_while_a_model_answers(tiny_llama: Path) -> None:
    program = """
import sys, ferrule
runner = ferrule.Runner(ferrule.Which.Plain(sys.argv[1]))
stream = runner.send_chat_completion_request({"messages": "Hi", "stream": True, "ignore_eos": True})
next(stream)
try:
    runner.send_chat_completion_request({"messages": "Hi", "n": 128, "ignore_eos": True}, timeout=0.05)
except TimeoutError:
    print("bye")
"""
    command = [sys.executable, "-c", program, str(tiny_llama)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "bye\n", "")


def test_a_seed_repeats_an_answer_and_another_gives_another(runner: Runner) -> None:
    def sampled(seed: int) -> str | None:
        request = ChatCompletionRequest("Hello", "default", temperature=2.0, max_tokens=24, seed=seed)
        return runner.send_chat_completion_request(request).choices[0].message.content

    assert sampled(1) == sampled(1)
    assert len({sampled(seed) for seed in range(5)}) > 1


def test_the_runners_seed_is_for_requests_that_bring_none(tiny_llama: Path) -> None:
    def sampled(seed: int, own: int | None = None) -> str | None:
        runner = Runner(Which.Plain(tiny_llama), seed=seed)
        request = ChatCompletionRequest("Hello", "default", temperature=2.0, max_tokens=24, seed=own)
        return runner.send_chat_completion_request(request).choices[0].message.content

    assert sampled(1) == sampled(1)
    assert sampled(1) != sampled(2)
    assert sampled(1, own=3) == sampled(2, own=3)


def test_several_choices_come_back_in_order(runner: Runner) -> None:
    request = ChatCompletionRequest("Hello", "default", n_choices=4, temperature=2.0, seed=7, max_tokens=8)
    choices = runner.send_chat_completion_request(request).choices
    assert [choice.index for choice in choices] == [0, 1, 2, 3]
    assert len({choice.message.content for choice in choices}) > 1


def test_a_stop_string_ends_the_answer_and_is_no_part_of_it(runner: Runner, chats: list[dict[str, Any]]) -> None:
    whole: str = chats[0]["text"]
    request = ChatCompletionRequest(chats[0]["messages"], "default", stop_seqs=[whole[3:6]], max_tokens=32)
    choice = runner.send_chat_completion_request(request).choices[0]
    assert choice.message.content == whole[:3]
    assert choice.finish_reason == "stop"
    assert choice.stop_sequence == whole[3:6]


def test_logprobs_say_how_likely_each_token_was(runner: Runner) -> None:
    request = ChatCompletionRequest("Hello", "default", logprobs=True, top_logprobs=2, max_tokens=3, ignore_eos=True)
    logprobs = runner.send_chat_completion_request(request).choices[0].logprobs
    assert logprobs is not None
    assert len(logprobs.content) == 3
    for token in logprobs.content:
        assert token.logprob <= 0
        assert len(token.top_logprobs) == 2
        # The answer is greedy, so the chosen token is the likeliest.
        assert token.top_logprobs[0].logprob == token.logprob
        assert bytes(token.bytes).decode(errors="replace") == token.token


def test_eight_threads_share_a_runner(runner: Runner, chats: list[dict[str, Any]]) -> None:
    def answer(at: int) -> bool:
        chat = chats[at % len(chats)]
        response = runner.send_chat_completion_request(greedy(chat))
        return response.choices[0].message.content == chat["text"]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(answer, range(64)))


def test_the_gil_is_free_while_a_model_answers(runner: Runner) -> None:
    counted = 0
    done = threading.Event()

    def count() -> None:
        nonlocal counted
        while not done.is_set():
            counted += 1
            time.sleep(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    before = counted
    with pytest.raises(TimedOutError):
        runner.send_chat_completion_request(endless(), timeout=0.5)
    during = counted - before
    done.set()
    counter.join()
    # A held GIL would leave one or two; a busy machine leaves fewer than the 500 of a quiet one.
    assert during > 20


def test_a_timeout_is_told_in_time_and_leaves_the_runner_usable(runner: Runner, chats: list[dict[str, Any]]) -> None:
    started = time.monotonic()
    with pytest.raises(TimeoutError, match=r"within the timeout of 300ms"):
        runner.send_chat_completion_request(endless(), timeout=0.3)
    assert time.monotonic() - started < 5
    assert runner.send_chat_completion_request(greedy(chats[0])).choices[0].message.content == chats[0]["text"]


@pytest.mark.skipif(sys.platform == "win32", reason="a signal to oneself is another thing there")
def test_ctrl_c_interrupts_an_answer_and_leaves_the_runner_usable(runner: Runner, chats: list[dict[str, Any]]) -> None:
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT))
    timer.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        runner.send_chat_completion_request(endless(), timeout=30)
    assert time.monotonic() - started < 5
    timer.join()
    assert runner.send_chat_completion_request(greedy(chats[0])).choices[0].message.content == chats[0]["text"]


def test_a_runner_says_what_it_is(runner: Runner, tiny_llama: Path) -> None:
    assert runner.max_sequence_length() == 1024
    assert runner.list_models() == [str(tiny_llama)]
    assert "llama" in repr(runner)


def test_a_model_is_found_by_its_name_only(runner: Runner, tiny_llama: Path) -> None:
    request = ChatCompletionRequest("Hello", "whatever", max_tokens=1)
    runner.send_chat_completion_request(request, model_id=str(tiny_llama))
    with pytest.raises(NotFoundError, match="there is no model `other`"):
        runner.send_chat_completion_request(request, model_id="other")


@pytest.mark.parametrize(
    "argument",
    [
        "anymoe_config",
        "search_callback",
        "tool_callbacks",
        "mcp_client_config",
        "code_execution_config",
        "shell_config",
    ],
)
def test_what_would_change_answers_and_is_not_built_is_refused(tiny_llama: Path, argument: str) -> None:
    arguments: dict[str, Any] = {argument: object()}
    with pytest.raises(UnsupportedError, match=f"does not support `{argument}` of Runner"):
        Runner(Which.Plain(tiny_llama), **arguments)


@pytest.mark.parametrize(
    ("argument", "value"), [("mtp_n_predict", 2), ("paged_attn", True), ("no_paged_attn", True), ("pa_blk_size", 32)]
)
def test_what_only_tunes_is_ignored_with_a_warning(tiny_llama: Path, argument: str, value: object) -> None:
    arguments: dict[str, Any] = {argument: value}
    with pytest.warns(UserWarning, match=f"ferrule ignores `{argument}` of Runner"):
        Runner(Which.Plain(tiny_llama), **arguments)


def test_a_template_of_ones_own_is_used(tiny_llama: Path, tmp_path: Path) -> None:
    file = tmp_path / "plain.jinja"
    file.write_text("{{ messages[0].content }}")
    for template in (file, "{{ messages[0].content }}"):
        runner = Runner(Which.Plain(tiny_llama), chat_template=template)
        request = ChatCompletionRequest("one two", "default", max_tokens=1)
        usage = runner.send_chat_completion_request(request).usage
        assert usage.prompt_tokens == len(runner.tokenize_text("one two"))
