"""The model that comes with ferrule: there under every face, without a name and without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ferrule
from ferrule import InvalidInputError, NotFoundError, Runner, Which

SCRIPT = str(Path(sys.executable).parent / "ferrule")
TOLD = (
    "the built-in demo model, ferrule-nano, answers; to choose another, name a folder, a .gguf file, or a hub id such "
    "as `org/name`\n"
)
NOWHERE = "http://127.0.0.1:9"


def tool(name: str, about: str, **properties: dict[str, Any]) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": name, "description": about, "parameters": parameters}}


TOOLS = [
    tool("list_files", "List the files of a folder.", folder={"type": "string"}),
    tool("get_weather", "Tell the weather of a city.", city={"type": "string"}),
    tool("set_timer", "Start a timer for a number of minutes.", minutes={"type": "integer"}),
]
KINDS: dict[str, type] = {"folder": str, "city": str, "minutes": int}
KEYS = {"list_files": ["folder"], "get_weather": ["city"], "set_timer": ["minutes"]}


@pytest.fixture(scope="module")
def model() -> ferrule.Model:
    return ferrule.load()


def without_network(tmp_path: Path) -> dict[str, str]:
    """An environment in which whoever asks the network for anything fails at once, or fails to find a cache."""
    proxies = {key: NOWHERE for one in ("http", "https", "all") for key in (f"{one}_proxy", f"{one}_proxy".upper())}
    quiet = {
        key: value for key, value in os.environ.items() if key not in {"FERRULE_LOG", "RUST_LOG", "HF_HUB_OFFLINE"}
    }
    return quiet | proxies | {"HF_ENDPOINT": NOWHERE, "HF_HOME": str(tmp_path / "hub"), "HOME": str(tmp_path)}


def run(tmp_path: Path, *arguments: str, said: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = without_network(tmp_path)
    return subprocess.run(
        [SCRIPT, *arguments],
        capture_output=True,
        text=True,
        input=said,
        env=environment,
        cwd=tmp_path,
        timeout=30,
        check=False,
    )


def test_no_name_is_the_built_in_model(model: ferrule.Model) -> None:
    assert model.card["name"] == "ferrule-nano"
    named = ferrule.load("builtin")
    assert named.card == model.card
    assert str(named.generate("Hello", max_tokens=8)) == str(model.generate("Hello", max_tokens=8))
    assert ferrule.load(name="mine").card["name"] == "mine"


def test_a_runner_without_which_has_the_built_in_model() -> None:
    for runner in (Runner(), Runner(seed=1), Runner(Which.Plain("builtin"))):
        assert runner.list_models() == ["builtin"]
        assert runner.send_chat_completion_request({"messages": "Hello", "max_tokens": 2}).model == "ferrule-nano"


def test_it_stands_beside_other_models(tiny_llama: Path) -> None:
    runner = Runner(Which.Plain(tiny_llama), name="tiny")
    assert runner.add_model(Which.Plain("builtin"), load=False) == "builtin"
    assert runner.send_chat_completion_request({"messages": "Hi", "max_tokens": 2}, "builtin").model == "ferrule-nano"


def test_its_one_file_is_not_to_be_chosen() -> None:
    with pytest.raises(InvalidInputError, match="file must be absent: the built-in model is one file"):
        ferrule.load("builtin", file="Q4_K_M")


def test_a_folder_of_that_name_is_named_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "builtin").mkdir()
    monkeypatch.chdir(tmp_path)
    assert ferrule.load("builtin").card["name"] == "ferrule-nano"
    with pytest.raises((InvalidInputError, NotFoundError), match=r"\./builtin is not a model"):
        ferrule.load("./builtin")


def test_its_marks_are_tokens_and_those_of_a_message_are_text() -> None:
    runner = Runner()
    marks = ["endoftext", "end", "system", "user", "assistant", "result", "tools", "tool", "call"]
    assert runner.tokenize_text("".join(f"<|{mark}|>" for mark in marks), add_special_tokens=True) == list(range(9))
    assert runner.detokenize_text(runner.tokenize_text("Naïve 42 €?\n"), skip_special_tokens=True) == "Naïve 42 €?\n"


@pytest.mark.parametrize(
    "request_text", ["Which files are in ./docs?", "Is it raining in Paris?", "Wake me in 20 minutes"]
)
def test_a_required_call_fits_a_tool_and_its_schema(model: ferrule.Model, request_text: str) -> None:
    one: dict[str, Any] = {"tool_choice": "required", "parallel_tool_calls": False}
    answer = model.generate(request_text, tools=TOOLS, max_tokens=200, **one)
    assert (answer.finish_reason, len(answer.tool_calls), answer.problems) == ("tool_calls", 1, [])
    function = answer.tool_calls[0].function
    arguments = json.loads(function.arguments or "")
    assert list(arguments) == KEYS[function.name or ""]
    assert all(type(value) is KINDS[key] for key, value in arguments.items())


@pytest.mark.parametrize(
    ("request_text", "name", "arguments"),
    [
        ("Which files are in ./docs?", "list_files", {"folder": "./docs"}),
        ("What is the weather in Paris?", "get_weather", {"city": "Paris"}),
        ("Set a timer for 20 minutes", "set_timer", {"minutes": 20}),
    ],
)
def test_a_plain_request_calls_the_tool_that_it_means(
    model: ferrule.Model, request_text: str, name: str, arguments: dict[str, Any]
) -> None:
    call = model.generate(request_text, tools=TOOLS, max_tokens=100).tool_calls[0]
    assert (call.function.name, json.loads(call.function.arguments or "")) == (name, arguments)


def test_it_keeps_a_fact_and_greets(model: ferrule.Model) -> None:
    assert str(model.generate("Hello!", max_tokens=40)).strip()
    talk = [
        {"role": "user", "content": "My name is Alice."},
        {"role": "assistant", "content": "Nice to meet you, Alice."},
        {"role": "user", "content": "What is my name?"},
    ]
    assert "Alice" in str(model.generate(talk, max_tokens=40))


def test_a_chat_without_a_model_says_who_answers_and_needs_no_network(tmp_path: Path) -> None:
    for arguments, said in (
        (["Hello there!"], None),
        (["Hello"], None),
        ([], "Hello there!"),
        (["--chat-template", "{{ messages[0].content }}", "Hello"], None),
    ):
        done = run(tmp_path, "chat", "--max-tokens", "4", *arguments, said=said)
        assert (done.returncode, done.stderr) == (0, TOLD)
        assert done.stdout.endswith("\n")


@pytest.mark.parametrize(
    "arguments", [["Hello", "--quiet"], ["Hello", "-q"], ["builtin", "Hello"], ["--model", "builtin", "./docs"]]
)
def test_who_asks_for_it_or_for_quiet_is_told_nothing(tmp_path: Path, arguments: list[str]) -> None:
    done = run(tmp_path, "chat", "--max-tokens", "4", *arguments)
    assert (done.returncode, done.stderr) == (0, "")


def test_json_names_it_and_nothing_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, "chat", "Hello", "--json", "--max-tokens", "4")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["model"] == "ferrule-nano"


@pytest.mark.parametrize("word", ["./nothing", "no/such/folder", "nothing.gguf", "/nothing"])
def test_one_word_that_is_written_like_a_model_is_one(tmp_path: Path, word: str) -> None:
    done = run(tmp_path, "chat", word, said="Hello")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {word}: no such file or folder")


def test_help_says_what_a_single_argument_is(tmp_path: Path) -> None:
    said = " ".join(run(tmp_path, "chat", "--help").stdout.split())
    assert "ferrule chat [OPTIONS] [MODEL] [PROMPT]" in said
    assert "Without MODEL the built-in demo model answers." in said
    assert "--model <MODEL>" in said


def test_it_is_inspected_and_listed(tmp_path: Path) -> None:
    done = run(tmp_path, "models", "inspect", "builtin")
    assert done.returncode == 0
    assert {"ferrule-nano", "qwen3", "q8_0"} <= set(done.stdout.split())
    listed = run(tmp_path, "models", "list").stdout.splitlines()
    assert listed[0].split()[0] == "builtin"
    assert listed[0].endswith("ferrule-nano, part of this program")
    first = json.loads(run(tmp_path, "models", "list", "--json").stdout)[0]
    assert (first["id"], first["folder"], first["files"]) == ("builtin", None, [])
    assert 1 << 20 < first["bytes"] <= 12_000_000


PROGRAM = """
import logging, ferrule
logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
for _ in range(2):
    with ferrule.load() as model:
        print(repr(model.generate("Hello", max_tokens=2).text))
"""


def test_a_program_is_told_once_in_its_log_and_needs_no_network(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        env=without_network(tmp_path),
        cwd=tmp_path,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2
    told = [line for line in done.stderr.splitlines() if "built-in demo model" in line]
    assert told == [f"ferrule.builtin INFO {TOLD.strip()}"]
