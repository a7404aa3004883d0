"""Puts unknown words in the place of what request and tool share, so that matching is learnt and not only words."""

from __future__ import annotations

import json
import re

from .asking import Asker
from .render import Example, Shown
from .wording import FUNCTION, STOP, content_words, stem


def rename(example: Example, asker: Asker) -> Example:
    """Changes one or two words of an example that has one request and one call."""
    fitting = next(one for one in example.tools if one.fits)
    call = example.turns[1].text
    arguments = call[call.index("{") :].lower()
    shared = _shared(example.turns[0].text, fitting, arguments, asker.verbs)
    asker.draw.shuffle(shared)
    for word in shared[: asker.draw.choice([1, 1, 2])]:
        root = word[:-1] if word.endswith("s") and len(word) > 4 else word
        fresh = asker.values.word().lower()
        if len(root) < 4 or not fresh.isalpha() or len(fresh) < 3 or fresh.endswith("s") or fresh in FUNCTION:
            continue
        keys = json.dumps([list(tool.properties) for tool in example.tools]).lower()
        if root not in keys and root not in arguments:
            _replace(example, fitting, root, fresh)
    return example


def _shared(request: str, fitting: Shown, arguments: str, verbs: frozenset[str]) -> list[str]:
    """Words of the request that the tool's name or description has, too. Verbs stay: what is done is known."""
    told = set(content_words(fitting.name + " " + fitting.about))
    return [
        word
        for word in dict.fromkeys(re.findall(r"[a-z]{4,}", request.lower()))
        if stem(word) in told and word not in arguments and word not in STOP and word not in verbs
    ]


def _replace(example: Example, fitting: Shown, root: str, fresh: str) -> None:
    """Everywhere, with its plural and its capital."""
    lower = rf"(?<![a-z]){re.escape(root)}(?=s?(?![a-z]))"
    in_text = re.compile(lower, re.I)
    # Within a name a capital begins a word.
    in_name = re.compile(rf"{lower}|{re.escape(root.capitalize())}(?=s?(?![a-z]))")

    def swap(match: re.Match[str]) -> str:
        return fresh.capitalize() if match[0][0].isupper() else fresh

    example.turns[0].text = in_text.sub(swap, example.turns[0].text)
    old = fitting.name
    for tool in example.tools:
        tool.name = in_name.sub(swap, tool.name)
        tool.about = in_text.sub(swap, tool.about)
    example.turns[1].text = example.turns[1].text.replace(old, fitting.name, 1)
