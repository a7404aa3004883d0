from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ferrule import Runner, Which

ASK = {"messages": "Hello", "max_tokens": 4}

PROGRAM = """
import sys, logging
from ferrule import Runner, Which
{setup}
Runner(Which.Plain(sys.argv[1])).send_chat_completion_request({{"messages": "Hello", "max_tokens": 1}})
"""


class Keeping(logging.Handler):
    """Keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def ours() -> Iterator[logging.Logger]:
    """The logger of ferrule, as it was afterwards."""
    logger = logging.getLogger("ferrule")
    yield logger
    logger.setLevel(logging.NOTSET)
    logger.handlers.clear()
    logger.propagate = True


def run(model: Path, setup: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """A program of its own, since the environment is looked at once."""
    clean = {key: value for key, value in os.environ.items() if key not in {"FERRULE_LOG", "RUST_LOG"}}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(setup=setup), str(model)],
        env=clean | environment,
        capture_output=True,
        text=True,
        check=True,
    )


def test_nothing_is_printed_unless_it_is_asked_for(tiny_llama: Path) -> None:
    done = run(tiny_llama)
    assert (done.stdout, done.stderr) == ("", "")


def test_pythons_own_settings_are_enough(tiny_llama: Path) -> None:
    done = run(tiny_llama, "logging.basicConfig(level=logging.INFO, format='%(levelname)s %(name)s: %(message)s')")
    assert "INFO ferrule.python.turn: loaded model=" in done.stderr
    assert "DEBUG" not in done.stderr


@pytest.mark.parametrize("variable", ["FERRULE_LOG", "RUST_LOG"])
def test_the_environment_is_enough(tiny_llama: Path, variable: str) -> None:
    done = run(tiny_llama, **{variable: "debug"})
    assert "INFO ferrule.python.turn: loaded model=" in done.stderr
    assert "DEBUG ferrule.python.answer: answered" in done.stderr
    assert done.stdout == ""


def test_the_environment_does_not_double_what_a_program_shows(tiny_llama: Path) -> None:
    done = run(tiny_llama, "logging.basicConfig(format='%(name)s: %(message)s')", FERRULE_LOG="info")
    assert done.stderr.count("loaded model=") == 1
    assert "answered" not in done.stderr


def test_what_is_left_is_handed_over_at_exit(tiny_llama: Path) -> None:
    setup = "logging.basicConfig(level=1); import atexit; atexit.register(print, 'bye')"
    done = run(tiny_llama, setup)
    assert "loaded" in done.stderr
    assert done.stdout == "bye\n"


def test_a_record_says_where_and_when_it_happened(runner: Runner, ours: logging.Logger) -> None:
    keeping = Keeping()
    ours.addHandler(keeping)
    ours.setLevel(logging.DEBUG)
    before = time.time()
    runner.send_chat_completion_request(ASK)
    (record,) = [each for each in keeping.records if each.name == "ferrule.python.answer"]
    assert record.getMessage().startswith("answered prompt_tokens=")
    assert record.levelno == logging.DEBUG
    assert record.pathname.endswith("answer.rs")
    assert record.threadName == "ferrule-io"
    assert before <= record.created <= time.time()


def test_levels_are_followed_from_one_request_to_the_next(runner: Runner, ours: logging.Logger) -> None:
    keeping = Keeping()
    ours.addHandler(keeping)
    for level, heard in ((logging.WARNING, 0), (logging.DEBUG, 1), (logging.INFO, 1)):
        ours.setLevel(level)
        runner.send_chat_completion_request(ASK)
        assert sum("answered" in each.getMessage() for each in keeping.records) == heard


def test_one_module_can_be_heard_alone(runner: Runner, ours: logging.Logger) -> None:
    keeping = Keeping()
    ours.addHandler(keeping)
    alone = logging.getLogger("ferrule.python.answer")
    alone.setLevel(logging.DEBUG)
    try:
        runner.send_chat_completion_request(ASK)
    finally:
        alone.setLevel(logging.NOTSET)
    assert {each.name for each in keeping.records} == {"ferrule.python.answer"}


@pytest.mark.timeout(30)
def test_eight_threads_log_through_a_slow_handler_that_calls_back(
    runner: Runner, tiny_llama: Path, ours: logging.Logger
) -> None:
    names: set[str | None] = set()
    inside = threading.local()

    class Nosy(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            names.add(record.threadName)
            time.sleep(0.001)
            if not getattr(inside, "already", False):
                inside.already = True
                try:
                    runner.tokenize_text("again")
                finally:
                    inside.already = False

    ours.addHandler(Nosy())
    ours.setLevel(1)

    def work(_: int) -> int:
        own = Runner(Which.Plain(tiny_llama))
        return sum(own.send_chat_completion_request(ASK).usage.completion_tokens for _ in range(5))

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(work, range(8)))) == 8
    assert names


def test_a_handler_that_fails_does_not_fail_the_request(
    runner: Runner, ours: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    class Failing(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:
            raise RuntimeError("full disk")

    ours.addHandler(Failing())
    ours.setLevel(logging.DEBUG)
    assert runner.send_chat_completion_request(ASK).choices
    assert "full disk" in str(told[0].exc_value)
