"""Quick figures while training: every token of an answer right when the ones before it were right is the same as a right
greedy answer. The figures of the model card come from the engine instead (`evaluate.py`)."""

from __future__ import annotations

from collections import Counter

import torch

from .data import NONE, Encoder, stack
from .examples import content_words
from .network import Network
from .render import CALL, Example


@torch.no_grad()
def measure(network: Network, encoder: Encoder, examples: list[Example]) -> dict[str, float]:
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()

    def note(name: str, was_right: bool) -> None:
        right[name] += was_right
        count[name] += 1

    table = network.table()
    call = encoder.tokenizer.token_to_id(CALL)
    brace = encoder.tokenizer.token_to_id("{")
    for example in examples:
        encoded = encoder.encode(example)
        length = -(-len(encoded.ids) // 64) * 64
        batch = stack([encoded], length)
        hidden = network.forward_plain(batch.ids)[0]
        places = [at for at, target in enumerate(encoded.targets) if target != NONE]
        best = (hidden[places].float() @ table.T).argmax(-1).tolist()
        wrong = {at for at, token in zip(places, best, strict=True) if token != encoded.targets[at]}
        if example.kind in ("call", "earlier", "follow") and encoded.targets[places[0]] == call:
            brace_at = next(at for at in places if encoded.targets[at] == brace)
            size = len(example.tools)
            group = "1" if size == 1 else "2" if size == 2 else "3-4" if size <= 4 else "5-8" if size <= 8 else "9+"
            named = not any(at < brace_at for at in wrong)
            note("tool", named)
            note(f"tool of {group}", named)
            note("overlap", overlap(example) == next(one.name for one in example.tools if one.fits))
            note("call", not wrong)
            if named:
                note("arguments", not wrong)
        else:
            note(example.kind, not wrong)
    return {name: round(right[name] / count[name], 3) for name in sorted(count)} | {"n": len(examples)}


def overlap(example: Example) -> str:
    """The tool whose name and description share most words with the request: what a model must beat."""
    asked = set(content_words(next(turn.text for turn in reversed(example.turns) if turn.role == "user")))

    def score(text: str) -> float:
        words = set(content_words(text))
        return len(asked & words) / (len(words) ** 0.5 or 1)

    return max(example.tools, key=lambda tool: score(f"{tool.name} {tool.about}")).name
