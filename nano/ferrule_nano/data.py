"""Examples to batches of tokens, with what is taught at each position."""

# The trainer's libraries are in no environment of the tests: what comes from them has no types here.
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from . import tokens
from .examples import Maker
from .render import TOOL, Example, Span, render

LENGTHS = [96, 128, 192, 256, 384, 512, 640, 768, 1024]
NONE = -100


@dataclass
class Encoded:
    ids: list[int]
    targets: list[int]
    fits: list[int]
    occurs: list[int]
    given: list[int]


@dataclass
class Batch:
    ids: Tensor
    targets: Tensor
    fits: Tensor
    occurs: Tensor
    given: Tensor


class Encoder:
    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.plain, self.capital, self.space, self.rows = tokens.factors(tokenizer)
        by_id = {at: token for token, at in tokenizer.get_vocab().items()}
        self.is_word = [bool(re.fullmatch(r"Ġ?[A-Za-z][a-z]+", by_id[at])) for at in range(len(by_id))]
        self.tool = tokenizer.token_to_id(TOOL)

    def encode(self, example: Example) -> Encoded:
        text, spans = render(example)
        made = self.tokenizer.encode(text, add_special_tokens=False)
        ids: list[int] = made.ids
        starts = [one[0] for one in made.offsets]
        ends = [one[1] for one in made.offsets]
        count = len(ids)
        encoded = Encoded(ids, [NONE] * count, [NONE] * count, [NONE] * count, [NONE] * count)

        def within(span: Span) -> range:
            low = _first(starts, span.start, ends)
            high = low
            while high < count and ends[high] <= span.end:
                high += 1
            return range(low, high)

        asked: set[int] = set()
        for span in spans:
            if span.what == "request":
                asked = {self.plain[ids[at]] for at in within(span) if self.is_word[ids[at]]}
        for span in spans:
            if span.what == "target":
                for at in within(span):
                    encoded.targets[at - 1] = ids[at]
            elif span.what == "fits":
                encoded.fits[within(span)[0]] = span.value
            elif span.what == "about":
                for at in within(span):
                    if self.is_word[ids[at]]:
                        encoded.occurs[at] = int(self.plain[ids[at]] in asked)
            elif span.what == "given":
                covered = within(span)
                if covered:
                    encoded.given[covered[-1]] = span.value
        return encoded


def _first(starts: list[int], at: int, ends: list[int]) -> int:
    """The first token that begins at `at`, or after."""
    low, high = 0, len(starts)
    while low < high:
        middle = (low + high) // 2
        if starts[middle] < at or (starts[middle] == at and ends[middle] == at):
            low = middle + 1
        else:
            high = middle
    # A token with a space in front begins one earlier than the word that it is asked for.
    if low > 0 and starts[low - 1] < at < ends[low - 1]:
        low -= 1
    return low


def stack(rows: list[Encoded], length: int) -> Batch:
    def column(name: str, empty: int) -> Tensor:
        made = torch.full((len(rows), length), empty, dtype=torch.long)
        for at, row in enumerate(rows):
            values: list[int] = getattr(row, name)
            made[at, : len(values)] = torch.tensor(values)
        return made

    return Batch(
        column("ids", 0), column("targets", NONE), column("fits", NONE), column("occurs", NONE), column("given", NONE)
    )


def batches(maker: Maker, encoder: Encoder, size: int, level: Level) -> Iterator[Batch]:
    """Batches of about `size` tokens, each of examples of about one length."""
    waiting: dict[int, list[Encoded]] = {length: [] for length in LENGTHS}
    while True:
        encoded = encoder.encode(maker.example(level.value))
        length = next((one for one in LENGTHS if one >= len(encoded.ids)), None)
        if length is None:
            continue
        waiting[length].append(encoded)
        if len(waiting[length]) >= max(1, size // length):
            yield stack(waiting[length], length)
            waiting[length] = []


@dataclass
class Level:
    """How hard the examples are, from 0 to 1; the training turns it up."""

    value: float = 0.1
