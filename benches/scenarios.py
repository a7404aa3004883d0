"""What the benchmarks measure. A scenario asks an engine for answers and makes figures of when their tokens came.

Every prompt is new, except where reuse is what is measured; all engines get the same ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles

from engines.engine import Request
from machine import busy
from random_model import words

Serve = Callable[[list[Request]], list[list[float]]]
Figures = dict[str, float]

SHORT = 16
BUSY = 2


@dataclass(frozen=True)
class Size:
    """How much work a run does."""

    prompt: int = 512
    answer: int = 64
    shared_answer: int = 32
    arrivals: int = 28
    prefix: int = 1000


FULL = Size()
QUICK = Size(answer=16, shared_answer=16, arrivals=10)


@dataclass(frozen=True)
class Scenario:
    name: str
    run: Callable[[Serve, Size, int], Figures]


@dataclass(frozen=True)
class Metric:
    scenario: str
    name: str
    title: str
    unit: str
    more_is_better: bool = True


def request(length: int, tokens: int, seed: int, at: float = 0.0) -> Request:
    return Request(words(length, seed), length, tokens, at)


def prefill(serve: Serve, size: Size, seed: int) -> Figures:
    [[first]] = serve([request(size.prompt, 1, seed)])
    return {"prefill": size.prompt / first}


def rate(times: list[float]) -> float:
    return (len(times) - 1) / (times[-1] - times[0])


def decode(serve: Serve, size: Size, seed: int) -> Figures:
    [times] = serve([request(SHORT, size.answer, seed)])
    return {"decode": rate(times)}


def together(count: int) -> Callable[[Serve, Size, int], Figures]:
    def run(serve: Serve, size: Size, seed: int) -> Figures:
        # Prompts of one token, so that all begin at once; and mistral.rs cannot compute longer ones together.
        answers = serve([request(1, size.answer, seed + at) for at in range(count)])
        return {f"together-{count}": joint_rate(answers)}

    return run


def joint_rate(answers: list[list[float]]) -> float:
    """Tokens per second of all answers while all are being written; prompts are measured elsewhere.

    Where that is less than half of the work (one may be done before another begins): from the first token to the last.
    """
    begin, end = max(times[0] for times in answers), min(times[-1] for times in answers)
    inside = sum(begin < at <= end for times in answers for at in times)
    if inside < sum(map(len, answers)) / 2:
        begin, end = min(times[0] for times in answers), max(times[-1] for times in answers)
        inside = sum(begin < at <= end for times in answers for at in times)
    return inside / (end - begin)


ARRIVALS_PER_SECOND = 8


def arrivals(serve: Serve, size: Size, seed: int) -> Figures:
    asked = [request(64, 16, seed + at, at / ARRIVALS_PER_SECOND) for at in range(size.arrivals)]
    waits = [times[0] - one.at for one, times in zip(asked, serve(asked), strict=True)]
    return {"arrivals-median": median(waits), "arrivals-p95": quantiles(waits, n=20, method="inclusive")[-1]}


def prefix(serve: Serve, size: Size, seed: int) -> Figures:
    shared, length = words(size.prefix, seed), size.prefix + 8
    # A few tokens are answered: an engine may keep only what has come to its end.
    [cold] = serve([Request(shared + words(8, seed + 1), length, 4)])
    [again] = serve([Request(shared + words(8, seed + 2), length, 4)])
    return {"prefix-cold": cold[0], "prefix-again": again[0], "prefix": cold[0] / again[0]}


def shared(serve: Serve, size: Size, seed: int) -> Figures:
    [quiet] = serve([request(SHORT, size.shared_answer, seed)])
    with busy(BUSY):
        [loud] = serve([request(SHORT, size.shared_answer, seed + 1)])
    return {"shared-decode": rate(loud), "shared": rate(loud) / rate(quiet)}


SCENARIOS = (
    Scenario("prefill", prefill),
    Scenario("decode", decode),
    Scenario("together-8", together(8)),
    Scenario("together-16", together(16)),
    Scenario("arrivals", arrivals),
    Scenario("prefix", prefix),
    Scenario("shared", shared),
)


def metrics(size: Size) -> tuple[Metric, ...]:
    """The rows of the table."""
    return (
        Metric("prefill", "prefill", f"prompt of {size.prompt} tokens", "tok/s"),
        Metric("decode", "decode", f"answer of {size.answer} tokens, alone", "tok/s"),
        Metric("together-8", "together-8", "8 answers together", "tok/s"),
        Metric("together-16", "together-16", "16 answers together", "tok/s"),
        Metric("arrivals", "arrivals-median", f"first token, {ARRIVALS_PER_SECOND} arrivals/s, median", "s", False),
        Metric("arrivals", "arrivals-p95", f"first token, {ARRIVALS_PER_SECOND} arrivals/s, 95 %", "s", False),
        Metric("prefix", "prefix-cold", f"first token after {size.prefix + 8} tokens", "s", False),
        Metric("prefix", "prefix-again", f"… of which {size.prefix} were there before", "s", False),
        Metric("prefix", "prefix", "… faster than the first time", "times"),
        Metric("shared", "shared-decode", f"answer while {BUSY} other processes are busy", "tok/s"),
        Metric("shared", "shared", "… share of the quiet speed", "of 1"),
    )
