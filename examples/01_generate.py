"""Loads a model and prints an answer as it is written.

    python examples/01_generate.py MODEL "What is the weather in Paris?"

Without MODEL it takes the tiny random model of the tests, which answers nonsense.
"""

import sys

from ferrule import ChatCompletionRequest, ChatCompletionStreamer, Runner, Which

model = sys.argv[1] if len(sys.argv) > 1 else "tests/fixtures/text/tiny-llama"
question = sys.argv[2] if len(sys.argv) > 2 else "What is the weather in Paris?"

runner = Runner(Which.Plain(model))
request = ChatCompletionRequest(question, "default", max_tokens=40, stream=True)
chunks = runner.send_chat_completion_request(request)
assert isinstance(chunks, ChatCompletionStreamer), "because of stream=True"

for chunk in chunks:
    print(chunk.choices[0].delta.content or "", end="", flush=True)
    if chunk.usage:
        print(f"\n[{chunk.usage.completion_tokens} tokens]")
