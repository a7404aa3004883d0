"""Shares one model among threads, and shows what goes wrong as Python exceptions.

    python examples/05_threads_and_errors.py MODEL

You see eight answers from eight threads, then a request that is refused, one that runs out of time, and a model that
is not there. Without MODEL it takes the tiny random model of the tests, which answers nonsense.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

from ferrule import ChatCompletionRequest, FerruleError, Runner, Which

model = sys.argv[1] if len(sys.argv) > 1 else "tests/fixtures/text/tiny-llama"
runner = Runner(Which.Plain(model))


def ask(seed: int) -> str:
    request = ChatCompletionRequest("Tell me a number.", "default", temperature=1.5, seed=seed, max_tokens=8)
    return repr(runner.send_chat_completion_request(request).choices[0].message.content)


with ThreadPoolExecutor(8) as pool:
    for seed, answer in enumerate(pool.map(ask, range(8))):
        print(f"seed {seed}: {answer}")

try:
    runner.send_chat_completion_request({"messages": "Hi", "temperature": -1})
except ValueError as error:
    print(f"{type(error).__name__}: {error}")

try:
    runner.send_chat_completion_request({"messages": "Hi", "n": 100, "ignore_eos": True}, timeout=0.1)
except TimeoutError as error:
    print(f"{type(error).__name__}: {error}")

try:
    Runner(Which.Plain("./not-here"))
except FerruleError as error:
    print(f"{type(error).__name__} of kind {error.kind}: {error}")
