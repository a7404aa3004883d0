"""The small language in which worlds write requests, results and answers.

`{slot}` or `{slot:kind}` is a value, `(a|b)` a choice, `[..]` may be left out, and `~key=value` at the end of a choice
or of an optional part says that the call then has that argument.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias


class Wrong(Exception):  # noqa: N818 -- the word of this folder
    """A file that does not follow the format; says where and why."""


@dataclass(frozen=True)
class Slot:
    name: str
    kind: str | None


@dataclass(frozen=True)
class Piece:
    """A stretch that stands or falls as one, and the arguments that it means when it stands."""

    parts: tuple[Part, ...]
    sets: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Choice:
    of: tuple[Piece, ...]


@dataclass(frozen=True)
class Maybe:
    piece: Piece


Part: TypeAlias = str | Slot | Choice | Maybe

_SLOT = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([^{}]+))?\}", re.I)
_SETTING = re.compile(r"~([A-Za-z_][\w.-]*)=")


def parse(text: str, *, groups: bool = True) -> tuple[Part, ...]:
    """The parts of `text`; without `groups` only slots are special, as in results, which may be JSON."""
    return parse_piece(text, groups=groups).parts


def parse_piece(text: str, *, groups: bool = True) -> Piece:
    """Like `parse`, with what the template sets whichever way it comes out."""
    reader = _Reader(text, groups)
    pieces = reader.pieces("")
    if len(pieces) != 1:
        raise Wrong(f"`|` stands outside of a choice: {text}")
    return pieces[0]


class _Reader:
    """A recursive descent over one template."""

    def __init__(self, text: str, groups: bool) -> None:
        self.text = text
        self.groups = groups
        self.at = 0

    def pieces(self, close: str) -> list[Piece]:
        """Alternatives up to `close`, or to the end."""
        pieces = [self.piece(close)]
        while self.groups and self.peek() == "|":
            self.at += 1
            pieces.append(self.piece(close))
        if close:
            if self.peek() != close:
                raise Wrong(f"`{close}` is missing in: {self.text}")
            self.at += 1
        elif self.at < len(self.text):
            raise Wrong(f"`{self.peek()}` stands alone in: {self.text}")
        return pieces

    def piece(self, close: str) -> Piece:
        parts: list[Part] = []
        sets: dict[str, Any] = {}
        plain = ""
        while char := self.peek():
            slot = _SLOT.match(self.text, self.at) if char == "{" else None
            if slot:
                plain = _flush(parts, plain)
                parts.append(Slot(slot[1], slot[2]))
                self.at = slot.end()
            elif self.groups and char in "([":
                plain = _flush(parts, plain)
                self.at += 1
                pieces = self.pieces(")" if char == "(" else "]")
                one = pieces[0] if len(pieces) == 1 else Piece((Choice(tuple(pieces)),))
                parts.append(Choice(tuple(pieces)) if char == "(" else Maybe(one))
            elif self.groups and char in ")]|":
                break
            elif self.groups and char == "~":
                key, value = self.setting(close)
                sets[key] = value
            elif self.groups and char in "{}":
                raise Wrong(f"`{char}` stands alone in: {self.text}")
            else:
                plain += char
                self.at += 1
        _flush(parts, plain)
        return Piece(tuple(parts), sets)

    def setting(self, close: str) -> tuple[str, Any]:
        found = _SETTING.match(self.text, self.at)
        if not found:
            raise Wrong(f"`~` sets nothing in: {self.text}; write ~key=value")
        self.at = found.end()
        # Within a group a value may have spaces; outside it ends with its word.
        stop = re.compile(r"[()\[\]|~]" if close else r"[()\[\]|~\s]|[,.?!;:](?=\s|$)")
        end = stop.search(self.text, self.at)
        value = self.text[self.at : end.start() if end else len(self.text)]
        self.at += len(value)
        return found[1], literal(value.strip())

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]


def _flush(parts: list[Part], plain: str) -> str:
    if plain:
        parts.append(plain)
    return ""


def literal(text: str) -> Any:
    """`true`, `12`, `1.5` and quoted text as what they are; anything else is a string."""
    try:
        return json.loads(text)
    except ValueError:
        return text


@dataclass
class Chosen:
    """One way a template came out: its plain text and slots in order, and what it sets."""

    parts: list[str | Slot] = field(default_factory=list[str | Slot])
    sets: dict[str, Any] = field(default_factory=dict[str, Any])

    def slots(self) -> list[Slot]:
        return [part for part in self.parts if isinstance(part, Slot)]


def choose(parts: tuple[Part, ...], draw: random.Random, keep: float = 0.5) -> Chosen:
    chosen = Chosen()
    _choose(parts, draw, keep, chosen)
    return chosen


def _choose(parts: tuple[Part, ...], draw: random.Random, keep: float, into: Chosen) -> None:
    for part in parts:
        if isinstance(part, (str, Slot)):
            into.parts.append(part)
            continue
        piece = draw.choice(part.of) if isinstance(part, Choice) else part.piece
        if isinstance(part, Maybe) and draw.random() > keep:
            continue
        into.sets.update(piece.sets)
        _choose(piece.parts, draw, keep, into)


def every_slot(parts: tuple[Part, ...]) -> list[Slot]:
    """All slots that may appear."""
    found: list[Slot] = []
    for part in parts:
        if isinstance(part, Slot):
            found.append(part)
        elif isinstance(part, Choice):
            for piece in part.of:
                found += every_slot(piece.parts)
        elif isinstance(part, Maybe):
            found += every_slot(part.piece.parts)
    return found


def every_text(parts: tuple[Part, ...]) -> list[str]:
    """All plain text that may appear."""
    found: list[str] = []
    for part in parts:
        if isinstance(part, str):
            found.append(part)
        elif not isinstance(part, Slot):
            for piece in part.of if isinstance(part, Choice) else (part.piece,):
                found += every_text(piece.parts)
    return found


def every_set(parts: tuple[Part, ...]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for part in parts:
        pieces = part.of if isinstance(part, Choice) else (part.piece,) if isinstance(part, Maybe) else ()
        for piece in pieces:
            found += list(piece.sets.items())
            found += every_set(piece.parts)
    return found
