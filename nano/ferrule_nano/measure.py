"""Quick figures while training.

Every token of an answer right when the ones before it were right is the same as a right greedy answer. The figures of
the model card come from the engine instead (`evaluate.py`).
"""

# The trainer's libraries are in no environment of the tests: what comes from them has no types here.
# pyright: basic, reportMissingImports=false

from __future__ import annotations

from collections import Counter

import torch
from torch import Tensor

from .data import NONE, Encoded, Encoder, stack
from .network import Network
from .render import CALL, Example
from .scoring import group, overlap


class Tally:
    """How often what was right."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.count: Counter[str] = Counter()

    def note(self, name: str, right: bool) -> None:
        self.right[name] += right
        self.count[name] += 1

    def shares(self) -> dict[str, float]:
        return {name: round(self.right[name] / self.count[name], 3) for name in sorted(self.count)}


@torch.no_grad()
def measure(network: Network, encoder: Encoder, examples: list[Example]) -> dict[str, float]:
    tally = Tally()
    table = network.table()
    call = encoder.tokenizer.token_to_id(CALL)
    for example in examples:
        encoded = encoder.encode(example)
        places = [at for at, target in enumerate(encoded.targets) if target != NONE]
        wrong = _wrong(network, table, encoded, places)
        if example.kind in ("call", "earlier", "follow") and encoded.targets[places[0]] == call:
            brace = encoder.tokenizer.token_to_id("{")
            name_ends = next(at for at in places if encoded.targets[at] == brace)
            _note_call(tally, example, named=not any(at < name_ends for at in wrong), right=not wrong)
        else:
            tally.note(example.kind, not wrong)
    return tally.shares() | {"n": len(examples)}


def _wrong(network: Network, table: Tensor, encoded: Encoded, places: list[int]) -> set[int]:
    """Of `places` those where the likeliest token is not the one that is taught."""
    # A few lengths only, so that little is compiled.
    batch = stack([encoded], -(-len(encoded.ids) // 64) * 64)
    hidden = network.forward_plain(batch.ids)[0]
    best = (hidden[places].float() @ table.T).argmax(-1).tolist()
    return {at for at, token in zip(places, best, strict=True) if token != encoded.targets[at]}


def _note_call(tally: Tally, example: Example, named: bool, right: bool) -> None:
    request = next(turn.text for turn in reversed(example.turns) if turn.role == "user")
    shared = overlap(request, ((one.name, one.about) for one in example.tools))
    tally.note("tool", named)
    tally.note(f"tool of {group(len(example.tools))}", named)
    tally.note("overlap", shared[0] == next(one.name for one in example.tools if one.fits))
    tally.note("call", right)
    if named:
        tally.note("arguments", right)
