"""Loads one model from eight threads for a while, with every way to leave early, and watches the process's memory.

    python tests/python/soak.py SECONDS

`make soak` runs it. It fails if an answer changes, or if memory goes on growing after the first third.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from pathlib import Path

from ferrule import ChatCompletionRequest, ChatCompletionStreamer, FerruleError, Runner, TimedOutError, Which

MODEL = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "text" / "tiny-llama"
THREADS = 8
SLACK_MIB = 64


def memory_mib() -> float:
    """The memory that this process holds, from the system's own count."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / (1 << 20)


def main(seconds: float) -> int:
    runner = Runner(Which.Plain(MODEL))
    same = ChatCompletionRequest("Hello", "default", max_tokens=16, temperature=1.0, seed=1)
    expected = runner.send_chat_completion_request(same).choices[0].message.content
    end = time.monotonic() + seconds
    counts = {"answers": 0, "closed": 0, "timeouts": 0, "refused": 0, "loads": 0}
    wrong: list[str] = []
    lock = threading.Lock()

    def once(rng: random.Random) -> str:
        match rng.randrange(20):
            case 0:
                Runner(Which.Plain(MODEL)).tokenize_text("Hello")
                return "loads"
            case 1 | 2 | 3:
                chunks = runner.send_chat_completion_request({"messages": "Hi", "stream": True, "ignore_eos": True})
                assert isinstance(chunks, ChatCompletionStreamer)
                with chunks:
                    for _ in range(rng.randrange(20)):
                        next(chunks)
                return "closed"
            case 4:
                endless = ChatCompletionRequest("Hi", "default", n_choices=64, ignore_eos=True)
                try:
                    runner.send_chat_completion_request(endless, timeout=rng.random() / 20)
                except TimedOutError:
                    return "timeouts"
                return "answers"
            case 5:
                try:
                    runner.send_chat_completion_request({"messages": [{"role": "nobody"}]})
                except FerruleError:
                    return "refused"
                raise AssertionError("a message of nobody was answered")
            case _:
                answer = runner.send_chat_completion_request(same).choices[0].message.content
                assert answer == expected, f"{answer!r} instead of {expected!r}"
                return "answers"

    def work(seed: int) -> None:
        rng = random.Random(seed)
        while time.monotonic() < end and not wrong:
            try:
                what = once(rng)
            except Exception as error:  # whatever it is, it is told
                wrong.append(f"{type(error).__name__}: {error}")
                return
            with lock:
                counts[what] += 1

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    time.sleep(seconds / 3)
    warm = memory_mib()
    for thread in threads:
        thread.join()
    grown = memory_mib() - warm
    print(", ".join(f"{count} {what}" for what, count in counts.items()), f"in {seconds:.0f} s from {THREADS} threads")
    print(f"memory: {warm:.0f} MiB after a third of it, {grown:+.0f} MiB since (allowed {SLACK_MIB})")
    for problem in wrong:
        print(f"FAILED: {problem}")
    return int(bool(wrong) or grown > SLACK_MIB)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 60))
