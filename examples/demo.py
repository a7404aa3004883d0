"""What `make demo` shows: the built-in model calling a Python function, and a model of one's own from files to answers.

    python examples/demo.py

The built-in model is small and knows little beside calling tools. The other one is made on the spot: a tiny Llama of
random numbers. All that happens to it is real; what it says is noise.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support.tiny_model import make

from ferrule import ChatCompletionRequest, Runner, Which, __version__, load

COMMAND = str(Path(sys.executable).parent / "ferrule")


def step(text: str) -> None:
    print(f"\n\N{BULLET} {text}", flush=True)


def run(*arguments: str) -> None:
    print("$", " ".join(["ferrule", *arguments]), flush=True)
    subprocess.run([COMMAND, *arguments], check=True, stderr=subprocess.STDOUT)


def list_files(folder: str) -> list[str]:
    return sorted(one.name for one in Path(folder).iterdir())[:5] if Path(folder).is_dir() else []


def call_a_function() -> None:
    started = time.perf_counter()
    model = load()
    print(f"{model!r} loaded in {time.perf_counter() - started:.3f} s")
    schema = {"type": "object", "properties": {"folder": {"type": "string"}}, "required": ["folder"]}
    tool = {"name": "list_files", "description": "List the files of a folder.", "parameters": schema}
    request = "Which files are in ./examples?"
    started = time.perf_counter()
    offered = [{"type": "function", "function": tool}]
    answer = model.generate(request, tools=offered, tool_choice="required", max_tokens=100)
    call = answer.tool_calls[0].function
    print(f"{request!r}\n{call.name}({call.arguments}) after {time.perf_counter() - started:.3f} s")
    print("it returns", list_files(**json.loads(call.arguments)))


def main() -> None:
    print(f"ferrule {__version__}")
    step("A demo model comes with ferrule. It answers where no other is named; nothing is downloaded.")
    run("chat", "Hello! Who are you?", "--max-tokens", "40")

    step("It is there to call tools: a Python function is offered, and called with arguments that fit it.")
    call_a_function()

    with tempfile.TemporaryDirectory(prefix="ferrule-demo-") as folder:
        step("Now one from files. This makes a tiny Llama of random numbers, which knows nothing.")
        print(f"{make(Path(folder)):,} parameters in {folder}")

        step("What is it? (read from its files, without loading it)")
        run("models", "inspect", folder)

        step("Talk to it: the answer is streamed, and is noise.")
        run("chat", folder, "What is a ferrule?", "--max-tokens", "24")

        step("The same from Python, sampled, with a seed that makes it repeatable.")
        started = time.perf_counter()
        runner = Runner(Which.Plain(folder))
        print(f"{runner!r} loaded in {time.perf_counter() - started:.3f} s")
        request = ChatCompletionRequest(
            [{"role": "user", "content": "What is a ferrule?"}], "default", max_tokens=24, temperature=1.0, seed=7
        )
        response = runner.send_chat_completion_request(request)
        print(repr(response.choices[0].message.content))
        usage = response.usage
        print(f"{usage.prompt_tokens} prompt tokens, {usage.completion_tokens} written, {usage.total_time_sec:.3f} s")
        again = runner.send_chat_completion_request(request).choices[0].message.content
        same = again == response.choices[0].message.content
        print("asked again with the same seed:", "the same" if same else "DIFFERENT")
    step("Done; the model is deleted. With one of your own: ferrule chat FOLDER|FILE.gguf|org/name")


if __name__ == "__main__":
    main()
