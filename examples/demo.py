"""What `make demo` shows: a model from its files to its answers, by command and from Python.

    python examples/demo.py

No model comes with ferrule yet, so the demo makes one: a tiny Llama of random numbers. All that happens to it is real;
what it says is noise.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support.tiny_model import make

from ferrule import ChatCompletionRequest, Runner, Which, __version__

COMMAND = str(Path(sys.executable).parent / "ferrule")


def step(text: str) -> None:
    print(f"\n\N{BULLET} {text}", flush=True)


def run(*arguments: str) -> None:
    print("$", " ".join(["ferrule", *arguments]), flush=True)
    subprocess.run([COMMAND, *arguments], check=True)


def main() -> None:
    print(f"ferrule {__version__}")
    with tempfile.TemporaryDirectory(prefix="ferrule-demo-") as folder:
        step("No model comes with ferrule yet. This makes a tiny Llama of random numbers, which knows nothing.")
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
