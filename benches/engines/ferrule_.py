"""Ferrule, by its Python package: one `Runner`, a thread for each request."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from engines.engine import Chunk, Request, serve_with_threads

ferrule = import_module("ferrule")


class Engine:
    def __init__(self, model: Path, threads: int) -> None:
        # Random weights fall into loops that guessing ahead would see through; nobody's answers are like that.
        self.runner = ferrule.Runner(ferrule.Which.GGUF(model.parent, model.name), speculation=False)

    def about(self) -> str:
        return "streamed chat requests, one thread each; no guessing ahead"

    def serve(self, requests: list[Request]) -> list[list[float]]:
        return serve_with_threads(requests, self.stream)

    def stream(self, request: Request) -> Iterator[Chunk]:
        # The model's template is the message as it stands.
        asked = ferrule.ChatCompletionRequest(
            [{"role": "user", "content": request.prompt}],
            model="default",
            max_tokens=request.tokens,
            temperature=0.0,
            stream=True,
            ignore_eos=True,
        )
        for chunk in self.runner.send_chat_completion_request(asked):
            usage = chunk.usage
            text = chunk.choices[0].delta.content if chunk.choices else None
            yield Chunk(text, (usage.prompt_tokens, usage.completion_tokens) if usage else None)
