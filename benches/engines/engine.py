"""What the benchmarks ask of an engine, and what its adapter may use to answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Protocol


@dataclass(frozen=True)
class Request:
    prompt: str
    length: int
    """How many tokens the prompt has. An engine that counts otherwise does other work, and says so by failing."""
    tokens: int
    """How many tokens to answer, greedily, whatever they are."""
    at: float = 0.0
    """When it arrives, in seconds after the first."""


class Engine(Protocol):
    def __init__(self, model: Path, threads: int) -> None:
        """Loads the model, to compute with so many threads. The worker has set the usual environment variables."""
        ...

    def about(self) -> str:
        """How it is set up, where that is not its default."""
        ...

    def serve(self, requests: list[Request]) -> list[list[float]]:
        """Answers requests as they arrive, together if it can: when each token of each was there, in seconds.

        A prompt that begins like an earlier one may reuse what was computed for that.
        """
        ...


@dataclass(frozen=True)
class Chunk:
    text: str | None
    usage: tuple[int, int] | None
    """Tokens of the prompt and of the answer; in the last chunk."""


def serve_with_threads(requests: list[Request], stream: Callable[[Request], Iterable[Chunk]]) -> list[list[float]]:
    """For engines that stream to one thread per request."""
    found: list[list[float] | BaseException] = [[] for _ in requests]
    # Threads take a moment to start: they all do before the first request arrives.
    start = time.perf_counter() + 0.002 * len(requests)

    def answer(index: int, request: Request) -> None:
        try:
            time.sleep(max(0.0, start + request.at - time.perf_counter()))
            found[index] = times(request, stream(request), start)
        except BaseException as error:
            found[index] = error

    threads = [Thread(target=answer, args=pair, daemon=True) for pair in enumerate(requests)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done: list[list[float]] = []
    for one in found:
        if isinstance(one, BaseException):
            raise one
        done.append(one)
    return done


def times(request: Request, chunks: Iterable[Chunk], start: float) -> list[float]:
    """When each token came; one whose text is held back (half a character) comes with the next."""
    seen: list[float] = []
    usage = None
    now = start
    for chunk in chunks:
        now = time.perf_counter()
        if chunk.text:
            seen.append(now - start)
        usage = chunk.usage or usage
    if usage != (request.length, request.tokens):
        raise RuntimeError(f"expected {request.length} tokens and {request.tokens} more, computed {usage}")
    return (seen + [now - start] * request.tokens)[: request.tokens]
