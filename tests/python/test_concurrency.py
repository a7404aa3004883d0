"""Threads, signals, forks and the end of the interpreter: one Runner for all, and nothing hangs."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ferrule import ChatCompletionStreamer, InvalidInputError, LimitError, Runner, Which


def ask(runner: Runner, at: int) -> str | None:
    """An answer that is another one for each question."""
    request: dict[str, Any] = {"messages": f"Tell me number {at}.", "max_tokens": 8, "ignore_eos": True}
    return runner.send_chat_completion_request(request).choices[0].message.content


def program(model: Path, text: str, timeout: float = 30) -> subprocess.CompletedProcess[str]:
    """A program of its own, which has the model's folder in `model`."""
    source = f"import sys\nmodel = sys.argv[1]\n{text}"
    command = [sys.executable, "-c", source, str(model)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout)


def test_32_threads_get_the_answers_that_one_gets(runner: Runner) -> None:
    expected = [ask(runner, at) for at in range(32)]
    assert len(set(expected)) > 16
    barrier = threading.Barrier(32)

    def together(at: int) -> str | None:
        barrier.wait()
        return ask(runner, at)

    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(together, range(32))) == expected


def test_600_threads_may_wait_at_once(runner: Runner) -> None:
    expected = ask(runner, 1)
    with ThreadPoolExecutor(600) as pool:
        answers = list(pool.map(partial(ask, runner), [1] * 600))
    assert answers == [expected] * 600


def test_the_gil_is_free_while_a_model_loads(tiny_llama: Path) -> None:
    counted = 0
    done = threading.Event()

    def count() -> None:
        nonlocal counted
        while not done.is_set():
            counted += 1
            time.sleep(0.0005)

    counter = threading.Thread(target=count)
    counter.start()
    before = counted
    for _ in range(10):
        Runner(Which.Plain(tiny_llama))
    during = counted - before
    done.set()
    counter.join()
    # A held GIL would leave one for each load.
    assert during > 20


def test_a_consumer_that_never_reads_its_stream_is_in_nobodys_way(runner: Runner) -> None:
    expected = ask(runner, 1)
    idle = [
        runner.send_chat_completion_request({"messages": "Hi", "stream": True, "ignore_eos": True}) for _ in range(8)
    ]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(partial(ask, runner), [1] * 16)) == [expected] * 16
    for streamer in idle:
        assert isinstance(streamer, ChatCompletionStreamer)
        assert next(streamer).choices
        streamer.close()


def test_too_many_at_once_are_turned_away_with_a_limit(tiny_llama: Path) -> None:
    runner = Runner(Which.Plain(tiny_llama), max_seqs=1, max_queue=1)
    kept: list[Any] = []

    def begin() -> None:
        endless: dict[str, Any] = {"messages": "Hi", "stream": True, "ignore_eos": True}
        kept.append(runner.send_chat_completion_request(endless))

    def too_many() -> None:
        for _ in range(5):
            begin()

    with pytest.raises(LimitError, match="the queue holds 1; try again later"):
        too_many()
    for stream in kept:
        stream.close()
    # The engine lets go of them with its next step.
    for _ in range(100):
        try:
            assert ask(runner, 1)
        except LimitError:
            time.sleep(0.01)
        else:
            break
    else:
        raise AssertionError("closed streams still take the place of others")


def test_a_closed_runner_says_so_in_every_call(tiny_llama: Path) -> None:
    runner = Runner(Which.Plain(tiny_llama))
    runner.close()
    calls = [
        lambda: ask(runner, 1),
        lambda: runner.send_completion_request({"prompt": "Hi"}),
        lambda: runner.send_embedding_request({"input": "Hi"}),
        lambda: runner.tokenize_text("Hi"),
        lambda: runner.detokenize_text([1]),
        lambda: runner.max_sequence_length(),
        lambda: runner.list_models(),
        lambda: runner.is_model_loaded("x"),
        lambda: runner.unload_model("x"),
        lambda: runner.add_model(Which.Plain(tiny_llama)),
    ]
    for call in calls:
        with pytest.raises(InvalidInputError, match="were closed"):
            call()
    assert repr(runner) == "<ferrule.Runner, closed>"
    runner.close()


def test_closing_ends_what_is_being_read_with_an_error_that_says_so(tiny_llama: Path) -> None:
    with Runner(Which.Plain(tiny_llama)) as runner:
        streamer = runner.send_chat_completion_request({"messages": "Hi", "stream": True, "ignore_eos": True})
        assert isinstance(streamer, ChatCompletionStreamer)
        next(streamer)
        waiting = threading.Timer(0.05, runner.close)
        waiting.start()
        with pytest.raises(InvalidInputError, match="were closed"):
            runner.send_chat_completion_request({"messages": "Hi", "n": 100, "ignore_eos": True})
        waiting.join()
    with pytest.raises(InvalidInputError, match="were closed"):
        for _ in streamer:
            pass
    assert list(streamer) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a signal to oneself is another thing there")
def test_ctrl_c_is_felt_soon(tiny_llama: Path) -> None:
    done = program(
        tiny_llama,
        """
import os, signal, threading, time
from ferrule import Runner, Which
runner = Runner(Which.Plain(model))
sent = 0.0
def press():
    global sent
    sent = time.monotonic()
    os.kill(os.getpid(), signal.SIGINT)
threading.Timer(0.3, press).start()
try:
    runner.send_chat_completion_request({"messages": "Hi", "n": 128, "ignore_eos": True})
except KeyboardInterrupt:
    print(f"{time.monotonic() - sent:.3f}")
print(runner.send_chat_completion_request({"messages": "Hi", "max_tokens": 1}).usage.completion_tokens)
""",
    )
    assert done.returncode == 0, done.stderr
    seconds, tokens = done.stdout.split()
    print(f"felt after {seconds} s")
    assert float(seconds) < 2
    assert tokens == "1"


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="there are no forks")
def test_a_forked_child_is_told_to_load_after_the_fork(tiny_llama: Path) -> None:
    done = program(
        tiny_llama,
        """
import os, warnings
warnings.simplefilter("ignore")
from ferrule import Runner, UnsupportedError, Which
runner = Runner(Which.Plain(model))
streamer = runner.send_chat_completion_request({"messages": "Hi", "stream": True, "ignore_eos": True})
next(streamer)
pid = os.fork()
if pid == 0:
    for call in (
        lambda: runner.send_chat_completion_request({"messages": "Hi"}),
        lambda: next(streamer),
        lambda: runner.list_models(),
        lambda: runner.tokenize_text("Hi"),
    ):
        try:
            call()
        except UnsupportedError as error:
            print("child:", "after the fork" in str(error) and "spawn" in str(error), flush=True)
    del runner, streamer
    sys.exit(0)
_, status = os.waitpid(pid, 0)
print("parent:", status, runner.send_chat_completion_request({"messages": "Hi", "max_tokens": 1}).object)
""",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["child: True"] * 4 + ["parent: 0 chat.completion"]
    assert done.stderr == ""


ENDINGS = {
    "a daemon thread waits": """
import threading, time
threading.Thread(target=lambda: runner.send_chat_completion_request(endless), daemon=True).start()
time.sleep(0.2)
""",
    "many daemon threads read": """
import threading, time
def read():
    while True:
        for chunk in runner.send_chat_completion_request({"messages": "Hi", "stream": True, "ignore_eos": True}):
            pass
for _ in range(8):
    threading.Thread(target=read, daemon=True).start()
time.sleep(0.2)
""",
    "a generator is left open": """
def pieces():
    with runner.send_chat_completion_request({"messages": "Hi", "stream": True, "ignore_eos": True}) as chunks:
        for chunk in chunks:
            yield chunk
left = pieces()
next(left)
""",
    "an exit handler asks": """
import atexit
atexit.register(lambda: runner.send_chat_completion_request({"messages": "Hi", "max_tokens": 1}))
""",
    "a destructor asks": """
class Last:
    def __del__(self, runner=runner):
        try:
            runner.tokenize_text("Hi")
        except Exception:
            pass
last = Last()
""",
    "a future is awaited by nobody": """
import asyncio
async def main():
    asyncio.ensure_future(runner.asend_chat_completion_request(endless))
    await asyncio.sleep(0.1)
asyncio.run(main())
""",
    "an event loop runs in a daemon thread": """
import asyncio, threading, time
async def main():
    while True:
        async for chunk in await runner.asend_chat_completion_request({"messages": "Hi", "stream": True}):
            pass
threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
time.sleep(0.2)
""",
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS.keys())
def test_a_program_ends_at_once_whatever_goes_on(tiny_llama: Path, ending: str) -> None:
    begin = """
from ferrule import Runner, Which
runner = Runner(Which.Plain(model))
endless = {"messages": "Hi", "n": 128, "ignore_eos": True}
"""
    started = time.monotonic()
    done = program(tiny_llama, begin + ending + "print('bye')\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "bye\n", "")
    assert time.monotonic() - started < 10


def test_an_exit_handler_that_awaits_too_late_is_told_so(tiny_llama: Path) -> None:
    done = program(
        tiny_llama,
        """
import asyncio, atexit
request = {"messages": "Hi", "max_tokens": 1}
async def main():
    try:
        await runner.asend_chat_completion_request(request)
    except RuntimeError as error:
        print(error)
def last():
    asyncio.run(main())
    print(runner.send_chat_completion_request(request).object)
atexit.register(last)
from ferrule import Runner, Which
runner = Runner(Which.Plain(model))
""",
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = "python is about to end: nothing that is awaited would come any more"
    assert done.stdout.splitlines() == [told, "chat.completion"]
