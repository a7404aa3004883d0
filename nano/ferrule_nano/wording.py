"""The words of worlds: which carry meaning, which tell somebody to do something, and what a plain one is."""

from __future__ import annotations

import re
from collections import Counter

from .words import by_space
from .world import World

# Words that say nothing about which tool is meant.
STOP = frozenset(
    by_space("""
the a an of to in is it my me i for on and or with that this please can you what which how do does show from at be are
was as by all have has get give tell want need would could will just so if up out one new any them they its into there
""")
)
# Words with which a request may begin that are no orders.
NO_VERBS = frozenset(
    by_space("""
what what's which who whose when where how how's why is are do does did has have had can could will would should please
i i'm i'd we we've my our your the a an any there it it's this that these those in on for from to at no not and if of
with hey hi ok new all some two up next last one more now just only
""")
)
# Words that hold a sentence together: no values are made of them.
FUNCTION = frozenset(
    by_space("""
between unless about after before while during without within because then than also again already still very too most
such other others another each every many much few here both either neither nor yet ever never always often once twice
though although whether since until under over into onto off out per via itself himself themselves isn doesn don
""")
)


def content_words(text: str) -> list[str]:
    """Lower-case words that carry meaning, cut to their stem-like beginnings."""
    found = re.findall(r"[a-z]{2,}", re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower())
    return [stem(word) for word in found if word not in STOP]


def stem(word: str) -> str:
    """The word without its ending, roughly: enough to see that `listing` and `lists` are one."""
    for end in ("ing", "ies", "es", "ed", "s"):
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: -len(end)] + ("y" if end == "ies" else "")
    return word.rstrip("e") if len(word) > 4 else word


def plain(template: str) -> str:
    """A template without its slots and settings."""
    return re.sub(r"\{[^}]*\}|~[\w.-]+=[\w.-]*", " ", template)


def first_verbs(worlds: list[World]) -> frozenset[str]:
    """Words with which requests begin that tell somebody to do something."""
    counts: Counter[str] = Counter()
    for world in worlds:
        for tool in world.tools:
            for request in tool.requests:
                found = re.match(r"[a-z']+(?=[ |)])", request.text.lstrip("([").lower())
                if found and not request.text.endswith("?"):
                    counts[found[0]] += 1
    return frozenset(word for word, count in counts.items() if count >= 3 and word not in NO_VERBS)


def lexicon(worlds: list[World]) -> list[str]:
    """The plain words that worlds are written with."""
    found: set[str] = set()
    for world in worlds:
        for tool in world.tools:
            for text in [*tool.about, *(plain(one.text) for one in tool.requests)]:
                found.update(re.findall(r"(?<![A-Za-z])[a-z]{3,}(?![A-Za-z])", text))
    return sorted(found - STOP - NO_VERBS - FUNCTION)
