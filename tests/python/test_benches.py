"""The benchmarks' harness, with a small model and an engine that only counts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import random_model
import run
from conftest import ROOT
from engines import TABLE
from engines.engine import Request
from ferrule import Runner, Which
from scenarios import QUICK, SCENARIOS, joint_rate, metrics

BENCHES = ROOT / "benches"


@pytest.fixture(params=random_model.MODELS)
def small_model(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The benchmarks' model with fewer and narrower layers."""
    sizes = {"LAYERS": 8, "HIDDEN": 256, "INNER": 512, "HEADS": 4, "KV_HEADS": 2, "NARROW": 128}
    for name, value in sizes.items():
        monkeypatch.setattr(random_model, name, value)
    return random_model.ensure(tmp_path, request.param)


def test_the_model_has_the_blocks_that_its_mixture_says() -> None:
    of = {name: kind for name, kind, _ in random_model.tensors("Q4_K_M")}
    more = [at for at in range(16) if of[f"blk.{at}.ffn_down.weight"] == "Q6_K"]
    assert more == [0, 1, 4, 7, 10, 13, 14, 15]
    assert of["output.weight"] == "Q6_K"
    assert of["token_embd.weight"] == "Q4_K"
    assert random_model.parameters() == pytest.approx(1.1e9, rel=0.01)


def test_a_word_is_a_token_and_an_answer_has_numbers(small_model: Path) -> None:
    runner = Runner(Which.GGUF(small_model.parent, small_model.name))
    text = random_model.words(300, seed=1)
    tokens = runner.tokenize_text(text, False)
    assert len(tokens) == 300
    assert runner.detokenize_text(tokens) == text
    response = runner.send_completion_request(
        {"model": "default", "prompt": text, "max_tokens": 8, "temperature": 0.0, "ignore_eos": True, "logprobs": True}
    )
    assert response.usage.completion_tokens == 8
    assert response.choices[0].logprobs is not None
    assert all(-12 < one.logprob < 0 for one in response.choices[0].logprobs.content)


def test_the_adapter_answers_as_many_tokens_as_asked(small_model: Path, tmp_path: Path) -> None:
    requests = [Request(random_model.words(20, seed), 20, 5, seed / 100) for seed in range(3)]
    asked = json.dumps([vars(one) for one in requests])
    command = [sys.executable, BENCHES / "worker.py", "ferrule_", small_model, "1"]
    done = subprocess.run(command, input=asked + "\n", capture_output=True, text=True, check=True, timeout=50)
    loaded, answer = map(json.loads, done.stdout.splitlines())
    assert loaded["seconds"] > 0
    assert [len(times) for times in answer["times"]] == [5, 5, 5]
    assert all(times == sorted(times) for times in answer["times"])


def test_an_adapter_refuses_other_work_than_was_asked(small_model: Path) -> None:
    asked = json.dumps([vars(Request(" abc", 2, 1))])
    command = [sys.executable, BENCHES / "worker.py", "ferrule_", small_model, "1"]
    done = subprocess.run(command, input=asked + "\n", capture_output=True, text=True, check=True, timeout=50)
    assert "expected 2 tokens" in json.loads(done.stdout.splitlines()[1])["error"]


def test_every_row_has_its_file() -> None:
    assert all((BENCHES / "engines" / f"{row.module}.py").exists() for row in TABLE)
    assert sorted(file.stem for file in (BENCHES / "engines").glob("*.py")) == sorted(
        ["__init__", "engine", *(row.module for row in TABLE)]
    )


def test_every_scenario_gives_the_figures_that_the_table_shows() -> None:
    def serve(requests: list[Request]) -> list[list[float]]:
        """Ten tokens per second, the first a second after its arrival."""
        return [[one.at + 1 + at / 10 for at in range(one.tokens)] for one in requests]

    figures = {name: value for one in SCENARIOS for name, value in one.run(serve, QUICK, 0).items()}
    assert sorted(figures) == sorted(metric.name for metric in metrics(QUICK))
    expected = {"prefill": 512, "decode": 10, "together-8": 80, "together-16": 160, "prefix": 1, "shared": 1}
    expected |= {"arrivals-median": 1, "arrivals-p95": 1}
    assert {name: figures[name] for name in expected} == pytest.approx(expected)


def test_answers_one_after_the_other_count_for_the_whole_time() -> None:
    assert joint_rate([[0, 1, 2], [3, 4, 5]]) == 1


def test_a_ratio_above_one_is_ours() -> None:
    results = run.Results()
    for engine, speed, wait in (("ferrule", 20, 1), ("llamacpp", 10, 3), ("mistralrs", 5, 2)):
        results.add(engine, "decode", speed)
        results.add(engine, "prefix-cold", wait)
    shown = [metric for metric in metrics(QUICK) if metric.name in {"decode", "prefix-cold"}]
    lines = run.table(TABLE, shown, results).splitlines()
    assert [line.split("|")[2:6] for line in lines[2:]] == [
        [" 20.0 ", " 10.0 ", " 5.00 ", " 2.00 "],
        [" 1.00 ", " 3.00 ", " 2.00 ", " 2.00 "],
    ]
