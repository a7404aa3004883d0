"""mistral.rs, by its Python package.

A `Runner` refuses a second thread while a call runs ("Already borrowed"). A call that only opens a stream is short, and
the streams may be read at once, so that requests are opened one after the other and computed together.

Prompts of more than one token are not: several that wait at once fail ("input tensor is not contiguous", 0.9.5 with
GGUF files). So each is opened when the one before has its first token.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from threading import Condition
from typing import Any

from engines.engine import Chunk, Request, serve_with_threads

mistralrs = import_module("mistralrs")


class Engine:
    def __init__(self, model: Path, threads: int) -> None:
        which = mistralrs.Which.GGUF(quantized_model_id=str(model.parent), quantized_filename=model.name)
        self.runner = mistralrs.Runner(which=which)
        self.opening = Turns()

    def about(self) -> str:
        return "streamed chat requests, one thread each; prompts one after the other, as it fails on several"

    def serve(self, requests: list[Request]) -> list[list[float]]:
        return serve_with_threads(requests, self.stream)

    def stream(self, request: Request) -> Iterator[Chunk]:
        asked = mistralrs.ChatCompletionRequest(
            [{"role": "user", "content": request.prompt}],
            "default",
            max_tokens=request.tokens,
            temperature=0.0,
            stream=True,
            ignore_eos=True,
        )
        with self.opening.mine():
            chunks = map(read, self.runner.send_chat_completion_request(asked))
            if request.length > 1:
                yield next(chunks)
        yield from chunks


class Turns:
    """A lock that goes to whoever asked first."""

    def __init__(self) -> None:
        self.changed = Condition()
        self.asked = 0
        self.now = 0

    @contextmanager
    def mine(self) -> Generator[None]:
        with self.changed:
            ticket = self.asked
            self.asked += 1
            self.changed.wait_for(lambda: self.now == ticket)
        try:
            yield
        finally:
            with self.changed:
                self.now += 1
                self.changed.notify_all()


def read(chunk: Any) -> Chunk:
    usage = chunk.usage
    text = chunk.choices[0].delta.content if chunk.choices else None
    return Chunk(text, (usage.prompt_tokens, usage.completion_tokens) if usage else None)
