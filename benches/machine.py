"""The machine that the benchmarks run on: what it is, how busy it is, and how fast it reads memory."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

MEGABYTES = 256
PASSES = 4

# Looks for a byte that is not there: C's memchr, which is as fast as memory is. Waits for a line to begin.
READ = f"""
import sys, time
memory = bytearray(b"a") * ({MEGABYTES} << 20)
memory.find(b"b")
print("ready", flush=True)
sys.stdin.readline()
for _ in range({PASSES}):
    start = time.perf_counter()
    memory.find(b"b")
    print(time.perf_counter() - start)
"""


def cores() -> int:
    return len(os.sched_getaffinity(0))


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    family = [line.partition(":")[2].strip() for line in lines if line.startswith(("cpu family", "model\t"))]
    wide = ", AVX-512" if any("avx512f" in line for line in lines if line.startswith("flags")) else ""
    return f"{names[0] if names else 'unknown'} (family {', model '.join(family[:2])}{wide})"


def load() -> str:
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def read_speed() -> float:
    """Bytes per second when all cores read memory that no cache holds."""
    readers = [
        subprocess.Popen([sys.executable, "-c", READ], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(cores())
    ]
    for reader in readers:
        assert reader.stdout
        reader.stdout.readline()
    for reader in readers:
        assert reader.stdin
        reader.stdin.write("\n")
        reader.stdin.flush()
    best = [min(float(line) for line in reader.communicate()[0].split()) for reader in readers]
    return sum((MEGABYTES << 20) / seconds for seconds in best)


def taken_by_others(seconds: float = 0.2) -> float:
    """The share of the cores that other processes use, while this one waits."""

    def ticks() -> list[int]:
        return [int(text) for text in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]

    before = ticks()
    time.sleep(seconds)
    spent = [after - at for after, at in zip(ticks(), before, strict=True)]
    # The fourth and fifth are idle and waiting for a disk; the eighth is stolen by other machines.
    return 1 - (spent[3] + spent[4]) / max(1, sum(spent))


def peak_memory(process: int) -> float | None:
    """The most bytes that a process had in memory, mapped files included."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return None
    return next((float(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), None)


@contextmanager
def busy(loops: int) -> Generator[None]:
    """Meanwhile, so many processes do nothing as fast as they can."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()
