"""Puts a random word in the place of every word that means something, the same one wherever it stands.

What a tool is for can then only be told by the words that it shares with the request. Without this the model learns by
heart what the tools of the worlds are for, and is lost with a server that it has not seen.
"""

from __future__ import annotations

import re

from .asking import Asker
from .render import CALL, Example, Shown
from .wording import FUNCTION, NO_VERBS, STOP, content_words, stem

_WORD = re.compile(r"[A-Z]?[a-z]{2,}")
_PLAIN = FUNCTION | STOP | NO_VERBS


def scramble(example: Example, asker: Asker) -> Example:
    """Changes an example of one request, if shared words alone decide it; leaves any other as it is."""
    answer = example.turns[-1].text
    arguments = answer[answer.index("{") :] if answer.startswith(CALL) else ""
    kept = {word.lower() for word in _WORD.findall(arguments)} | _PLAIN
    request = example.turns[0]
    if not _decided(example, _stems(request.text, kept)):
        return example
    texts = [request.text, *(f"{tool.name} {tool.about}" for tool in example.tools)]
    words = {stem(word.lower()) for text in texts for word in _WORD.findall(text) if word.lower() not in kept}
    fresh = _fresh(len(words), words | kept, asker)
    change = dict(zip(sorted(words), fresh, strict=False))

    def swap(match: re.Match[str]) -> str:
        word = match[0].lower()
        new = word if word in kept else change.get(stem(word), word)
        return new.capitalize() if match[0][0].isupper() else new

    request.text = _WORD.sub(swap, request.text)
    for tool in example.tools:
        old, tool.name = tool.name, _WORD.sub(swap, tool.name)
        tool.about = _WORD.sub(swap, tool.about)
        if tool.fits:
            example.turns[-1].text = answer.replace(CALL + old, CALL + tool.name, 1)
    return example


def _decided(example: Example, asked: set[str]) -> bool:
    """Whether the fitting tool shares more words with the request than any other; or none shares one, if none fits."""
    shared = [(len(asked & set(content_words(f"{tool.name} {tool.about}"))), tool) for tool in example.tools]
    others = [count for count, tool in shared if not tool.fits]
    fitting = _count_of_fitting(shared)
    if fitting is None:
        return not any(others)
    return fitting > max(others, default=0)


def _count_of_fitting(shared: list[tuple[int, Shown]]) -> int | None:
    return next((count for count, tool in shared if tool.fits), None)


def _stems(text: str, kept: set[str]) -> set[str]:
    return {stem(word.lower()) for word in _WORD.findall(text) if word.lower() not in kept}


def _fresh(count: int, taken: set[str], asker: Asker) -> list[str]:
    """Words that nothing else in the example is."""
    made: list[str] = []
    seen = set(taken)
    for _ in range(count * 4):
        word = asker.values.word().lower()
        if word.isalpha() and word.isascii() and 2 < len(word) < 12 and stem(word) not in seen:
            seen.add(stem(word))
            made.append(word)
            if len(made) == count:
                break
    return made
