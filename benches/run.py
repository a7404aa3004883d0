"""Measures Ferrule beside its peers: the same model file, the same work, in one run.

    make bench-peers     # once: llama-cpp-python and mistralrs, into .venv-peers
    make bench           # ARGS="--quick --engines ferrule,llamacpp --json figures.json"

Every engine runs in a process of its own, which stands still while another is measured. Engines take turns within each
scenario, and rounds repeat all of it, so that a noisy minute hits all alike; the table has the medians.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean, median
from typing import Any

import machine
import random_model
from engines import TABLE, Row
from engines.engine import Request
from scenarios import FULL, QUICK, SCENARIOS, Metric, Scenario, Size, metrics

BENCHES = Path(__file__).resolve().parent
ROOT = BENCHES.parent
PATIENCE_SECONDS = 600


class FailedError(Exception):
    """An engine could not do what it was asked; its log says more."""


class Worker:
    """An engine's process. It runs while it is asked for something, and is stopped in between."""

    def __init__(self, row: Row, python: Path, model: Path, threads: int | None) -> None:
        self.row = row
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed with the process)
        variables = dict(os.environ, HF_HUB_OFFLINE="1")
        if threads:
            # Those that the engines written in Rust read; llama.cpp is told.
            for name in ("RAYON_NUM_THREADS", "CANDLE_NUM_THREADS", "FERRULE_THREADS"):
                variables[name] = str(threads)
        command = [python, BENCHES / "worker.py", row.module, model, str(threads or machine.cores())]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, env=variables
        )
        try:
            first = self.read()
            self.load_seconds: float = first["seconds"]
            self.about: str = first["about"]
            self.serve([Request(random_model.words(64, 0), 64, 8)])
        except FailedError:
            print(self.log_tail(), file=sys.stderr, flush=True)
            self.close()
            raise

    def serve(self, requests: list[Request]) -> list[list[float]]:
        assert self.process.stdin
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write(json.dumps([asdict(one) for one in requests]) + "\n")
            self.process.stdin.flush()
            return self.read()["times"]
        except OSError as error:
            raise FailedError(f"the process ended: {error}") from error
        finally:
            self.process.send_signal(signal.SIGSTOP)

    def read(self) -> dict[str, Any]:
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_SECONDS)
        if not ready:
            self.process.kill()
            raise FailedError(f"no answer within {PATIENCE_SECONDS} seconds")
        line = self.process.stdout.readline()
        if not line:
            raise FailedError(f"the process ended with status {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise FailedError(answer["error"])
        return answer

    def log_tail(self) -> str:
        self.log.seek(0)
        return "".join(self.log.readlines()[-12:])

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.log.close()


@dataclass
class Results:
    """Figures of all rounds, by engine and metric; and why some are missing."""

    samples: dict[str, dict[str, list[float]]] = field(default_factory=dict[str, dict[str, list[float]]])
    failures: dict[str, str] = field(default_factory=dict[str, str])
    disturbed: list[float] = field(default_factory=list[float])
    """The share of the cores that other processes had before each measurement, when all engines stood still."""

    def add(self, engine: str, name: str, value: float) -> None:
        self.samples.setdefault(engine, {}).setdefault(name, []).append(value)

    def median(self, engine: str, name: str) -> float | None:
        values = self.samples.get(engine, {}).get(name)
        return median(values) if values else None


def measure(workers: list[Worker], scenarios: Sequence[Scenario], size: Size, rounds: int) -> Results:
    results = Results()
    for round_ in range(rounds):
        for place, scenario in enumerate(scenarios):
            # The one that begins changes, so that none always comes after the same other.
            turn = (round_ + place) % len(workers)
            for worker in workers[turn:] + workers[:turn]:
                said = f"{worker.row.name} {scenario.name}"
                if said in results.failures:
                    continue
                print(f"round {round_ + 1} of {rounds}: {said}", file=sys.stderr, flush=True)
                results.disturbed.append(machine.taken_by_others())
                try:
                    figures = scenario.run(worker.serve, size, 1000 * (1 + round_ * len(SCENARIOS) + place))
                except FailedError as failure:
                    results.failures[said] = str(failure)
                    print(f"{failure}\n{worker.log_tail()}", file=sys.stderr, flush=True)
                else:
                    for name, value in figures.items():
                        results.add(worker.row.name, name, value)
    return results


def table(rows: Sequence[Row], wanted: Sequence[Metric], results: Results) -> str:
    """The medians as Markdown; how many times better ours is than the best other."""
    ours, peers = TABLE[0], [row for row in rows if row is not TABLE[0]]
    compared = ours in rows and len(rows) > 1
    head = ["", *(row.title for row in rows), *(["to the better peer"] if compared else [])]
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    for metric in wanted:
        values = {row.name: results.median(row.name, metric.name) for row in rows}
        if all(value is None for value in values.values()):
            continue
        line = [f"{metric.title} ({metric.unit})", *(show(value) for value in values.values())]
        if compared:
            line.append(show_ratio(values[ours.name], [values[row.name] for row in peers], metric.more_is_better))
        lines.append(line)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def show(value: float | None) -> str:
    if value is None:
        return "failed"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def show_ratio(ours: float | None, peers: list[float | None], more_is_better: bool) -> str:
    found = [value for value in peers if value is not None]
    if ours is None or not found:
        return ""
    return f"{ours / max(found) if more_is_better else min(found) / ours:.2f}"


def installed(row: Row, python: Path) -> str | None:
    """The version of an engine's package in its environment."""
    if not python.exists():
        return None
    code = f"from importlib.metadata import version; print(version({row.package!r}))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def start(rows: Sequence[Row], pythons: dict[str, Path], model: Path, threads: int | None) -> list[Worker]:
    """The workers of all engines that load."""
    workers: list[Worker] = []
    for row in rows:
        print(f"loading {row.title}", file=sys.stderr, flush=True)
        try:
            workers.append(Worker(row, pythons[row.name], model, threads))
        except FailedError as failure:
            print(f"{row.title} is left out: {failure}", file=sys.stderr, flush=True)
    return workers


def arguments() -> argparse.Namespace:
    def one_of(names: Sequence[str]) -> Any:
        def read(text: str) -> list[str]:
            asked = text.split(",")
            if unknown := set(asked) - set(names):
                raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: there are {', '.join(names)}")
            return [name for name in names if name in asked]

        return read

    def python_of(text: str) -> tuple[str, Path]:
        name, _, python = text.partition("=")
        return name, Path(python)

    engines, scenarios = [row.name for row in TABLE], [scenario.name for scenario in SCENARIOS]
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one round of less work: whether it runs, not how fast")
    parser.add_argument("--engines", type=one_of(engines), default=engines, metavar="A,B", help=", ".join(engines))
    parser.add_argument(
        "--scenarios", type=one_of(scenarios), default=scenarios, metavar="A,B", help=", ".join(scenarios)
    )
    parser.add_argument("--model", choices=random_model.MODELS, default=random_model.MODELS[0])
    parser.add_argument("--rounds", type=int, help="default: 5; with --quick, 1")
    parser.add_argument("--threads", type=int, help="default: what each engine chooses; llama.cpp: all cores")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write conditions and all figures there")
    parser.add_argument(
        "--python", type=python_of, action="append", default=[], metavar="ENGINE=PATH", help="another environment"
    )
    return parser.parse_args()


def main() -> int:
    asked = arguments()
    size, rounds = (QUICK, asked.rounds or 1) if asked.quick else (FULL, asked.rounds or 5)
    pythons = {row.name: ROOT / row.venv / "bin" / "python" for row in TABLE} | dict(asked.python)
    rows = [row for row in TABLE if row.name in asked.engines]
    versions = {row.name: installed(row, pythons[row.name]) for row in rows}
    for row in rows:
        if not versions[row.name]:
            how = "make bench" if row is TABLE[0] else "make bench-peers"
            print(f"{row.title} is not installed and left out: `{how}` installs it", file=sys.stderr)
    rows = [row for row in rows if versions[row.name]]

    model = random_model.ensure(random_model.cache(), asked.model)
    conditions: dict[str, Any] = {
        "begun": machine.now(),
        "cpu": machine.cpu(),
        "cores": machine.cores(),
        "load_at_start": machine.load(),
        "memory_read_gb_per_s": machine.read_speed() / 1e9,
        "model": model.name,
        "model_gb": model.stat().st_size / 1e9,
        "rounds": rounds,
        "size": asdict(size),
        "threads": asked.threads or "default",
    }
    workers = start(rows, pythons, model, asked.threads)
    if not workers:
        print("no engine to measure", file=sys.stderr)
        return 1
    began = time.perf_counter()
    try:
        wanted = [scenario for scenario in SCENARIOS if scenario.name in asked.scenarios]
        results = measure(workers, wanted, size, rounds)
        conditions["took_seconds"] = time.perf_counter() - began
        conditions["memory_read_gb_per_s_at_end"] = machine.read_speed() / 1e9
        conditions["load_at_end"] = machine.load()
        conditions["taken_by_others"] = mean(results.disturbed)
        for worker in workers:
            results.add(worker.row.name, "load", worker.load_seconds)
            if peak := machine.peak_memory(worker.process.pid):
                results.add(worker.row.name, "memory", peak / 1e9)
    finally:
        for worker in workers:
            worker.close()

    engines = {
        worker.row.name: {"title": worker.row.title, "version": versions[worker.row.name], "about": worker.about}
        for worker in workers
    }
    rows = [worker.row for worker in workers]
    shown = (*metrics(size), Metric("", "load", "loading", "s", False))
    report(conditions, engines, table(rows, shown, results), results)
    if asked.json:
        medians = {
            engine: {name: median(values) for name, values in of.items()} for engine, of in results.samples.items()
        }
        written = {
            "conditions": conditions,
            "engines": engines,
            "medians": medians,
            "samples": results.samples,
            "failures": results.failures,
        }
        asked.json.write_text(json.dumps(written, indent=1) + "\n")
    return 1 if any(said.startswith(TABLE[0].name) for said in results.failures) else 0


def report(conditions: dict[str, Any], engines: dict[str, dict[str, Any]], figures: str, results: Results) -> None:
    print(f"{conditions['model']} ({conditions['model_gb']:.2f} GB), median of {conditions['rounds']}\n")
    print(figures)
    print()
    for engine in engines.values():
        print(f"- {engine['title']} {engine['version']}: {engine['about']}")
    print(f"- {conditions['cores']} cores of {conditions['cpu']}; threads: {conditions['threads']}")
    print(
        f"- memory read at {conditions['memory_read_gb_per_s']:.1f} GB/s before and"
        f" {conditions['memory_read_gb_per_s_at_end']:.1f} GB/s after"
    )
    print(
        f"- {conditions['begun']}, {conditions['took_seconds']:.0f} s;"
        f" load average {conditions['load_at_start']} before, {conditions['load_at_end']} after;"
        f" other processes had {conditions['taken_by_others']:.0%} of the cores"
    )
    for said, why in results.failures.items():
        print(f"- failed: {said}: {why}")


if __name__ == "__main__":
    sys.exit(main())
