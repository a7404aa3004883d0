"""What is kept out of training: one world in ten, and one word in six.

Who decides is a hash of the name, so that a new world or word moves no other one to the other side.
"""

from __future__ import annotations

import hashlib


def held_out_word(word: str) -> bool:
    """One word in six is in no value of a training example."""
    return _hash(word.lower()) % 6 == 0


def held_out_world(name: str) -> bool:
    """One world in ten is seen by no training example. Worlds of one family share their fate."""
    family, _, _ = name.partition("_")
    return _hash("world " + family) % 10 == 0


def _hash(text: str) -> int:
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()[0]
