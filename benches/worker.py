"""One engine in a process of its own. It is told what to do in lines of JSON, and answers each with one."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import TextIO

from engines.engine import Engine, Request


def main() -> None:
    module, model, threads = sys.argv[1:]
    end_with_the_parent()
    # Engines write logs to the standard output: that becomes the standard error, and the answers keep the real one.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    try:
        start = time.perf_counter()
        engine: Engine = import_module(f"engines.{module}").Engine(Path(model), int(threads))
        loaded = time.perf_counter() - start
    except BaseException as error:
        refuse(answers, error)
        sys.exit(1)
    print(json.dumps({"seconds": loaded, "about": engine.about()}), file=answers)
    for line in sys.stdin:
        try:
            requests = [Request(**one) for one in json.loads(line)]
            print(json.dumps({"times": engine.serve(requests)}), file=answers)
        except BaseException as error:
            refuse(answers, error)


def end_with_the_parent() -> None:
    """It stops this process most of the time; if it were killed then, this one would stand still for ever."""
    if sys.platform == "linux":
        set_signal_at_parents_death = 1
        ctypes.CDLL(None).prctl(set_signal_at_parents_death, signal.SIGKILL)


def refuse(answers: TextIO, error: BaseException) -> None:
    traceback.print_exc()
    print(json.dumps({"error": f"{type(error).__name__}: {error}".splitlines()[0]}), file=answers)


if __name__ == "__main__":
    main()
