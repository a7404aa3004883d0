"""Loads a model, asks it, and looks at what it knows, with as few words as possible.

    python examples/08_native.py MODEL

You see what the model is, an answer, a stream, tokens, and how busy the model was. Without MODEL it takes the tiny
random model of the tests, which answers nonsense.
"""

import sys

import ferrule

path = sys.argv[1] if len(sys.argv) > 1 else "tests/fixtures/text/tiny-llama"

with ferrule.load(path) as model:
    print(model)

    answer = model.generate("What is a ferrule?", max_tokens=16, temperature=0.8, seed=1)
    print(f"{answer} [{answer.finish_reason}, {answer.usage.completion_tokens} tokens]")

    for piece in model.stream("And what is it for?", max_tokens=16):
        print(piece, end="", flush=True)
    print()

    text = "A ring of metal."
    tokens = model.tokenize(text)
    print(f"{text!r} is {len(tokens)} tokens: {tokens}")
    print(f"as a message it is {model.count([{'role': 'user', 'content': text}])}, with the template's words")

    stats = model.stats()
    print(f"{stats['requests']} requests, {stats['completion_tokens']} tokens written")
