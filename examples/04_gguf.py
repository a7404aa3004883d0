"""Continues a text with a GGUF file, and shows how sure the model was of each token.

    python examples/04_gguf.py FILE.gguf "Once upon a time"

You see each token with its probability and with the second choice. Without FILE it takes the tiny random model of the
tests, which is sure of nothing.
"""

import math
import sys

from ferrule import CompletionRequest, Runner, Which

file = sys.argv[1] if len(sys.argv) > 1 else "tests/fixtures/text/tiny-llama/model.gguf"
text = sys.argv[2] if len(sys.argv) > 2 else "Once upon a time"

runner = Runner(Which.GGUF(file))
request = CompletionRequest(text, "default", max_tokens=8, logprobs=True, top_logprobs=2)
choice = runner.send_completion_request(request).choices[0]

print(text + choice.text)
for token in choice.logprobs.content if choice.logprobs else []:
    _, second = token.top_logprobs
    print(f"{math.exp(token.logprob):7.1%} {token.token!r:14} else {math.exp(second.logprob):5.1%} {second.token!r}")
