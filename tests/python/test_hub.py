"""Models from a hub, against a fake one on loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_hub import FakeHub, serving
from ferrule import FerruleError, NotFoundError, Runner, UpstreamError, Which

SCRIPT = str(Path(sys.executable).parent / "ferrule")
ASK = {"messages": "Hello", "max_tokens": 4, "ignore_eos": True}


@pytest.fixture
def hub(tmp_path: Path, model_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub with one model, `org/tiny`, an empty cache, and an environment that knows both and nothing else."""
    repository = tmp_path / "hub" / "org" / "tiny"
    repository.parent.mkdir(parents=True)
    shutil.move(model_copy, repository)
    for variable in list(os.environ):
        if variable.startswith(("HF_", "HUGGING", "TRANSFORMERS_")) or variable.lower().endswith("_proxy"):
            monkeypatch.delenv(variable)
    with serving(tmp_path / "hub") as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
        yield served


def answer(runner: Runner) -> str | None:
    return runner.send_chat_completion_request(ASK).choices[0].message.content


def pull(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPT, "models", "pull", *arguments], capture_output=True, text=True, check=False)


def test_a_hub_id_is_pulled_once_and_answers_like_the_folder(hub: FakeHub, runner: Runner) -> None:
    assert answer(Runner(Which.Plain("org/tiny"))) == answer(runner)
    asked = len(hub.requests)
    assert asked
    assert answer(Runner(Which.Plain("org/tiny"))) == answer(runner)
    assert len(hub.requests) == asked, "what is in the cache is not asked for again"


def test_a_pulled_model_needs_no_network(hub: FakeHub, runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    done = pull("org/tiny")
    assert done.returncode == 0, done.stderr
    assert (Path(done.stdout.strip()) / "config.json").exists()
    asked = len(hub.requests)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert answer(Runner(Which.Plain("org/tiny"))) == answer(runner)
    assert answer(Runner(Which.Plain("org/tiny@main"))) == answer(runner)
    assert len(hub.requests) == asked


def test_a_broken_transfer_is_taken_up_where_it_broke(hub: FakeHub, runner: Runner) -> None:
    assert answer(Runner(Which.Plain("broken/tiny"))) == answer(runner)
    assert any(request.range for request in hub.requests)


def test_offline_means_no_attempt(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(NotFoundError, match="the network may not be used"):
        Runner(Which.Plain("org/tiny"))
    assert hub.requests == []


def test_a_cache_of_ones_own_is_used(hub: FakeHub, tmp_path: Path) -> None:
    Runner(Which.Plain("org/tiny", hf_cache_path=tmp_path / "mine"))
    assert hub.requests
    assert (tmp_path / "mine" / "models--org--tiny" / "snapshots").is_dir()


@pytest.mark.parametrize("source", ["literal:hf_good", "env:MY_TOKEN", "path:{folder}/token"])
def test_a_private_model_needs_a_token(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    (tmp_path / "token").write_text("hf_good\n")
    monkeypatch.setenv("MY_TOKEN", "hf_good")
    with pytest.raises(FerruleError) as caught:
        Runner(Which.Plain("private/tiny"), token_source="none")
    assert caught.value.kind in {"denied", "not_found"}
    assert "private/tiny" in str(caught.value)
    Runner(Which.Plain("private/tiny"), token_source=source.format(folder=tmp_path))
    assert not any(request.token for request in hub.requests if request.host == "cdn")


@pytest.mark.parametrize(("name", "told"), [("org/nothing", "org/nothing"), ("gated/tiny", "gated")])
def test_missing_and_gated_are_told_apart(hub: FakeHub, name: str, told: str) -> None:
    with pytest.raises(FerruleError, match=told) as caught:
        Runner(Which.Plain(name))
    assert "\n" not in str(caught.value)
    assert pull(name).returncode == 1
    assert hub.requests


def test_a_hub_that_is_not_there_is_an_upstream_error_with_its_causes(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.stop()
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(UpstreamError, match="no connection to") as caught:
        Runner(Which.Plain("org/tiny"))
    cause: BaseException = caught.value
    while cause.__cause__ is not None:
        cause = cause.__cause__
    assert isinstance(cause, ConnectionRefusedError)


def test_a_timeout_ends_a_pull_and_the_next_one_goes_on(hub: FakeHub, runner: Runner, tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        Runner(Which.Plain("slow/tiny"), timeout=0.1)
    # Left to itself the transfer would be complete by now.
    time.sleep(1.5)
    assert list((tmp_path / "home").rglob("model.safetensors")) == []
    assert answer(Runner(Which.Plain("slow/tiny"))) == answer(runner)
