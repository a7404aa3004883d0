"""Small talk and memory: reads `.talk` files and makes turns of them."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

from .kinds import Values, known_kind
from .render import REFUSAL, Turn
from .template import Part, Slot, Wrong, choose, every_slot, every_text, parse
from .wording import content_words

# Words of talk about facts, whatever the fact.
_COMMON = frozenset(
    content_words("told tell remember know favourite favorite okay noted said say like best love yet not am")
)


@dataclass
class Entry:
    """What is said and answered; `later` is the question about it, `never` is that nothing was told."""

    says: list[tuple[Part, ...]] = field(default_factory=list[tuple[Part, ...]])
    answers: list[tuple[Part, ...]] = field(default_factory=list[tuple[Part, ...]])
    later: Entry | None = None
    topic: str = ""


class Talk:
    def __init__(self, entries: list[Entry]) -> None:
        self.plain = [one for one in entries if one.later is None]
        self.memory = [one for one in entries if one.later is not None and one.says]
        self.never = [one.later for one in entries if one.later is not None and not one.says]

    @staticmethod
    def read(folder: Path) -> Talk:
        return Talk([entry for path in sorted(folder.glob("*.talk")) for entry in read(path)])

    def exchange(self, draw: random.Random, values: Values) -> list[Turn]:
        """Two turns of chatter."""
        entry = draw.choice(self.plain)
        said: dict[str, str] = {}
        return [
            Turn("user", _say(draw.choice(entry.says), draw, values, said)),
            Turn("assistant", _say(draw.choice(entry.answers), draw, values, said)),
        ]

    def turns(self, draw: random.Random, values: Values, tools: bool) -> tuple[list[Turn], str]:
        """A talk whose last turn is to be learnt, and its kind."""
        chance = draw.random()
        if self.memory and chance < 0.45:
            return self._remembered(draw, values), "memory"
        if self.never and chance < 0.52:
            return self._never_told(draw, values), "never"
        entry = draw.choice(self.plain)
        said: dict[str, str] = {}
        question = _say(draw.choice(entry.says), draw, values, said)
        answer = _answer(entry, draw, values, said)
        if tools and entry.topic == "cannot_alone":
            answer = Turn("assistant", REFUSAL, learn=True)
        turns = [Turn("user", question), answer]
        if draw.random() < 0.15:
            turns[:0] = self.exchange(draw, values)
        return turns, "talk"

    def _never_told(self, draw: random.Random, values: Values) -> list[Turn]:
        """A question about a fact that is missing, half of the time after other facts: or the first would be given."""
        entry = draw.choice(self.never)
        asked = _topic([*entry.says, *entry.answers])
        turns: list[Turn] = []
        for _ in range(draw.choice([0, 0, 1, 2])):
            other = draw.choice(self.memory) if self.memory else None
            if other is None or other.later is None:
                continue
            if not asked & _topic([*other.says, *other.answers, *other.later.says, *other.later.answers]):
                said: dict[str, str] = {}
                turns += [
                    Turn("user", _say(draw.choice(other.says), draw, values, said)),
                    Turn("assistant", _say(draw.choice(other.answers), draw, values, said)),
                ]
        said = {}
        return [
            *turns,
            Turn("user", _say(draw.choice(entry.says), draw, values, said)),
            _answer(entry, draw, values, said),
        ]

    def _remembered(self, draw: random.Random, values: Values) -> list[Turn]:
        told = draw.sample(self.memory, min(len(self.memory), draw.choice([1, 1, 2, 2, 3])))
        asked = draw.choice(told)
        turns: list[Turn] = []
        said: dict[str, str] = {}
        for entry in told:
            mine: dict[str, str] = said if entry is asked else {}
            turns += [
                Turn("user", _say(draw.choice(entry.says), draw, values, mine)),
                Turn("assistant", _say(draw.choice(entry.answers), draw, values, mine)),
            ]
        for _ in range(draw.choice([0, 0, 1, 2])):
            turns += self.exchange(draw, values)
        later = asked.later
        assert later is not None
        turns += [
            Turn("user", _say(draw.choice(later.says), draw, values, said)),
            _answer(later, draw, values, said),
        ]
        return turns


def _answer(entry: Entry, draw: random.Random, values: Values, said: dict[str, str]) -> Turn:
    """One of the entry's answers, and with it all the others."""
    text = _say(draw.choice(entry.answers), draw, values, said)
    other = random.Random(0)
    also = {_say(answer, other, values, said).lower() for answer in entry.answers for _ in range(6)}
    return Turn("assistant", text, learn=True, also=frozenset(also))


def read(path: Path) -> list[Entry]:
    entries: list[Entry] = []
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        lines = [line.strip() for line in block.splitlines() if line.strip() and not line.startswith("#")]
        if not lines:
            continue
        try:
            entries.append(_entry(lines, path.stem))
        except Wrong as wrong:
            raise Wrong(f"{path.name}: {wrong}, in the entry that begins with: {lines[0]}") from None
    return entries


def _entry(lines: list[str], topic: str) -> Entry:
    entry = Entry(topic=topic)
    into = entry
    for line in lines:
        if line in ("later", "never"):
            into = entry.later = Entry(topic=topic)
        elif line[0] == ">":
            into.says.append(parse(line[1:].strip()))
        elif line[0] == "<":
            into.answers.append(parse(line[1:].strip()))
        else:
            raise Wrong(f"a line begins with `>` or `<`, not with: {line}")
    for part in (entry, entry.later):
        if part is not None and bool(part.says) != bool(part.answers):
            raise Wrong("needs both `>` and `<` lines")
    lines_of = [*entry.says, *entry.answers, *(entry.later.says + entry.later.answers if entry.later else [])]
    known = {name for parts in lines_of for name in _known(parts)}
    for slot in (slot for parts in lines_of for slot in every_slot(parts)):
        if slot.name not in known:
            raise Wrong(f"`{{{slot.name}}}` has no kind")
    return entry


def _topic(lines: list[tuple[Part, ...]]) -> set[str]:
    """What the lines are about: their words but those of all such talk."""
    return {word for parts in lines for text in every_text(parts) for word in content_words(text)} - _COMMON


def _known(parts: tuple[Part, ...]) -> set[str]:
    for slot in every_slot(parts):
        if slot.kind and not known_kind(slot.kind):
            raise Wrong(f"no kind is called `{slot.kind}`")
    return {slot.name for slot in every_slot(parts) if slot.kind}


def _say(parts: tuple[Part, ...], draw: random.Random, values: Values, said: dict[str, str]) -> str:
    text = ""
    for part in choose(parts, draw).parts:
        if isinstance(part, Slot):
            if part.name not in said:
                said[part.name] = values.make(part.kind or "word")[1]
            text += said[part.name]
        else:
            text += part
    text = re.sub(r"\s+", " ", text).strip()
    return text[:1].upper() + text[1:] if draw.random() < 0.4 else text
