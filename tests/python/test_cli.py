"""The console script: the same Rust `main` as the binary's."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import ferrule
from ferrule._ferrule import main

SCRIPT = str(Path(sys.executable).parent / "ferrule")


def run(*arguments: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    quiet = {key: value for key, value in os.environ.items() if key not in {"FERRULE_LOG", "RUST_LOG"}}
    command = [SCRIPT, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=quiet, check=False, timeout=30, **more)


def test_the_version_is_the_packages() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"ferrule {ferrule.__version__}\n", "")


def test_python_dash_m_is_the_same_command() -> None:
    done = subprocess.run([sys.executable, "-m", "ferrule", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"ferrule {ferrule.__version__}\n"


def test_help_names_the_commands() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert {"chat", "models", "tools", "completions"} <= set(done.stdout.split())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_are_printed(shell: str) -> None:
    done = run("completions", shell)
    assert done.returncode == 0
    assert "ferrule" in done.stdout


def test_bash_accepts_its_completions(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    script = tmp_path / "completions"
    script.write_text(run("completions", "bash").stdout)
    subprocess.run([bash, "--norc", "-c", f"set -e; source {script}; complete -p ferrule"], check=True)


def test_a_chat_streams_the_answer(tiny_llama: Path, chats: list[dict[str, Any]]) -> None:
    done = run("chat", tiny_llama, chats[0]["messages"][0]["content"], "--max-tokens", "3")
    assert (done.returncode, done.stderr) == (0, "")
    assert chats[0]["text"].startswith(done.stdout.rstrip("\n"))
    assert done.stdout.strip()


def test_a_chat_reads_standard_input_and_answers_in_json(tiny_llama: Path) -> None:
    done = run("chat", tiny_llama, "--json", "--max-tokens", "3", input="Hello")
    assert done.returncode == 0
    assert json.loads(done.stdout)["usage"]["completion_tokens"] == 3


def test_a_chat_takes_options_of_the_engine(tiny_llama: Path) -> None:
    options = ["--kv-cache-mb", "16", "--kv-cache-type", "q8", "--no-prefix-cache", "--no-speculation"]
    done = run("chat", tiny_llama, "Hello", "--max-tokens", "3", *options)
    assert (done.returncode, done.stderr) == (0, "")
    done = run("chat", tiny_llama, "Hello", "--kv-cache-type", "q3")
    assert (done.returncode, done.stderr) == (1, "error: kv_cache_type must be f32, f16, bf16, q8, got `q3`\n")


def test_inspect_says_what_a_model_is(tiny_llama: Path) -> None:
    done = run("models", "inspect", tiny_llama)
    assert done.returncode == 0
    assert "llama" in done.stdout
    card = json.loads(run("models", "inspect", tiny_llama, "--json").stdout)
    assert (card["arch"], card["context_length"], card["vocab_size"]) == ("llama", 1024, 512)


@pytest.mark.parametrize(
    "arguments",
    [["--nonsense"], ["nonsense"], ["chat", "x", "--max-tokens", "many"], ["chat", "--model", "x", "a", "b"], []],
)
def test_wrong_arguments_are_status_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--help" in done.stderr


def test_a_missing_path_is_status_1_and_one_line_on_stderr(tmp_path: Path) -> None:
    done = run("chat", tmp_path / "nothing", "hi")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {tmp_path}/nothing: no such file or folder")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_has_enough_is_no_error(tiny_llama: Path) -> None:
    with subprocess.Popen(
        [SCRIPT, "models", "inspect", str(tiny_llama)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")
def test_ctrl_c_ends_the_command(tiny_llama: Path) -> None:
    # It waits for its prompt.
    with subprocess.Popen([SCRIPT, "chat", str(tiny_llama)], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        time.sleep(1)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(10) in {-signal.SIGINT, 128 + signal.SIGINT}
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


def test_main_takes_arguments_and_leaves_ctrl_c_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    assert main(["--version"]) == 0
    assert main(["--nonsense"]) == 2
    assert signal.getsignal(signal.SIGINT) is before
    assert capfd.readouterr().out == f"ferrule {ferrule.__version__}\n"


ANSWER = 'Let me look. <tool_call>{"name": "weather", "arguments": {"city": "Paris"}}</tool_call>'


def test_an_answer_is_parsed_from_standard_input() -> None:
    done = run("tools", "parse", "--syntax", "hermes", input=ANSWER)
    assert (done.returncode, done.stderr) == (0, "")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["type"] for event in events] == ["text", "call_started", "arguments", "call_finished"]
    assert "".join(event["fragment"] for event in events if event["type"] == "arguments") == '{"city": "Paris"}'


def test_an_answer_is_parsed_as_a_whole_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text(f"<think>Hm.</think>{ANSWER}")
    (tmp_path / "tools.json").write_text('{"tools": ["clock", {"name": "time", "inputSchema": {"type": "object"}}]}')
    options = ["--syntax", "hermes", "--reasoning", "qwen3", "--thinking", "closed", "--tools", tmp_path / "tools.json"]
    done = run("tools", "parse", *options, "--whole", tmp_path / "answer.txt")
    assert (done.returncode, done.stderr) == (0, "")
    parsed = json.loads(done.stdout)
    assert (parsed["text"].strip(), parsed["reasoning"], parsed["calls"]) == ("Let me look.", "Hm.", [])
    assert parsed["problems"][0]["problem"] == "undeclared"


def test_bytes_cut_anywhere_are_parsed_as_they_come() -> None:
    command = [SCRIPT, "tools", "parse", "--syntax", "hermes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("naïve".encode()[:3])
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == {"type": "text", "text": "na"}
        process.stdin.write("naïve".encode()[3:])
        process.stdin.close()
        assert "".join(json.loads(line)["text"] for line in process.stdout) == "ïve"
    assert process.returncode == 0


def test_the_ways_of_writing_are_listed() -> None:
    listed = run("tools", "syntaxes").stdout
    assert "hermes, nous" in listed
    assert "qwen3, qwq" in listed
    rows = json.loads(run("tools", "syntaxes", "--json").stdout)
    assert rows["syntaxes"][0]["name"] == "hermes"
    assert all(row["example"] for row in rows["syntaxes"] + rows["reasonings"])


def test_the_page_of_the_documentation_is_that_of_the_rows() -> None:
    page = (Path(__file__).parents[2] / "docs" / "syntaxes.md").read_text()
    assert page == run("tools", "syntaxes", "--markdown").stdout, "run make docs"


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["--syntax", "hermez"], 1, "error: there is no tool syntax `hermez`: is it `hermes`?; there are hermes, "),
        (["--syntax", "hermes", "nowhere.txt"], 1, "error: nowhere.txt: No such file or directory"),
        (["--syntax", "hermes", "--tools", "nowhere.json"], 1, "error: nowhere.json: No such file or directory"),
        ([], 2, "error: the following required arguments were not provided:"),
        (["--syntax", "hermes", "--repair", "some"], 2, "error: invalid value 'some' for '--repair"),
    ],
)
def test_what_is_wrong_with_parsing_is_one_line(arguments: list[str], status: int, told: str) -> None:
    done = run("tools", "parse", *arguments, input="")
    assert done.returncode == status
    assert done.stderr.startswith(told)
    assert status == 2 or len(done.stderr.splitlines()) == 1


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text(ANSWER * 20_000)
    line = f"{SCRIPT} tools parse --syntax hermes {tmp_path / 'answer.txt'} | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_model_s_ways_are_told_with_the_reason(tiny_llama: Path) -> None:
    told = run("models", "inspect", tiny_llama).stdout
    assert "tool calls      hermes (" in told
    assert "thoughts        qwen3 (" in told
    card = json.loads(run("models", "inspect", tiny_llama, "--json").stdout)
    assert (card["syntax"], card["reasoning"]) == ("hermes", "qwen3")
    assert card["syntax_why"]
