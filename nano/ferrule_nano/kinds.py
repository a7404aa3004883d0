"""Kinds of values: what a parameter holds, and how people write it in a request.

A value is drawn as `(value, said)`: what goes into the call, and the stretch of text that stands in the request. They
are the same but for numbers, which may be said as words.
"""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Callable
from typing import Any

from . import words as w
from .split import held_out_word

Drawn = tuple[Any, str]


class Values:
    """Draws values. `split` is `train` or `test`: the words of one are unknown to the other, but for well-known names.

    `lexicon` are the words that values are made of, `pieces` the tokenizer's own, so that each is a value at times.
    """

    def __init__(self, draw: random.Random, split: str, lexicon: list[str], pieces: list[str]) -> None:
        self.draw = draw
        self.split = split
        self.lexicon = lexicon
        self.pieces = pieces
        # By the pool's id; the pool itself beside it, so that no other gets the id.
        self._kept: dict[int, tuple[list[str], list[str]]] = {}

    def pick(self, pool: list[str]) -> str:
        """One of those that the split may have, or of all if it has none."""
        if id(pool) not in self._kept:
            kept = [one for one in pool if held_out_word(one) == (self.split == "test")]
            self._kept[id(pool)] = (pool, kept or pool)
        return self.draw.choice(self._kept[id(pool)][1])

    def word(self) -> str:
        """A word: known, made of the tokenizer's own pieces, or pronounceable nonsense."""
        chance = self.draw.random()
        if self.pieces and chance < 0.36:
            return "".join(self.draw.choice(self.pieces) for _ in range(self.draw.choice([1, 1, 2, 2, 3])))
        if chance < 0.84 or not self.lexicon:
            return self.pick(self.lexicon or w.STEM)
        return self.nonsense()

    def nonsense(self) -> str:
        consonants, vowels = "bcdfghjklmnprstvwz", "aeiou"
        return "".join(
            self.draw.choice(consonants)
            + self.draw.choice(vowels)
            + (self.draw.choice(consonants) if self.draw.random() < 0.3 else "")
            for _ in range(self.draw.choice([1, 2, 2, 3]))
        )

    def make(self, kind: str, *, plain: bool = False) -> Drawn:
        """`plain` values are those of results: numbers in digits, days by their date, listed values as listed."""
        name, options = _split(kind)
        if name == "int":
            return self._int(options, plain)
        if name == "num":
            return self._num(options)
        if name == "bool":
            value = self.draw.random() < 0.5
            return value, "yes" if value else "no"
        if name in ("enum", "from"):
            one = self.draw.choice(options)
            if name == "from" and not plain and self.draw.random() < 0.22:
                one = self._text("query" if " " in one else "name")
            return one, one
        made = _absolute_date(self) if name == "date" and plain else self._text(name)
        return made, made

    def _int(self, options: list[str], plain: bool) -> Drawn:
        low, high = (int(float(one)) for one in options) if len(options) == 2 else (1, 100)
        if high - low > 200 and self.draw.random() < 0.4:
            high = low + 200
        value = self.draw.randint(low, high)
        if 1 <= value <= 12 and not plain and self.draw.random() < 0.15:
            return value, w.PLACE_NUMBER[value - 1]
        return value, str(value)

    def _num(self, options: list[str]) -> Drawn:
        low, high = (float(one) for one in options) if len(options) == 2 else (0.5, 99)
        value = round(self.draw.uniform(low, high), self.draw.choice([0, 1, 1, 2]))
        if value == int(value):
            return int(value), str(int(value))
        return value, json.dumps(value)

    def _text(self, kind: str) -> str:
        return _MAKERS[kind](self)

    # What the makers share.

    def digits(self, count: int) -> str:
        return str(self.draw.randint(1, 9)) + "".join(self.draw.choice(string.digits) for _ in range(count - 1))

    def hex(self, count: int) -> str:
        return "".join(self.draw.choice("0123456789abcdef") for _ in range(count))

    def stem(self) -> str:
        stem = self.pick(w.STEM) if self.draw.random() < 0.45 else self.word()
        if self.draw.random() < 0.2:
            stem += self.draw.choice("-_") + self.word()
        if self.draw.random() < 0.08:
            stem += self.draw.choice(["_", "-", ""]) + self.digits(self.draw.choice([1, 2, 4]))
        return stem.capitalize() if self.draw.random() < 0.1 else stem

    def folder(self) -> str:
        return self.pick(w.DIRECTORY) if self.draw.random() < 0.6 else self.stem()


def known_kind(kind: str) -> bool:
    name, options = _split(kind)
    if name in ("enum", "from"):
        return bool(options)
    return name in _MAKERS or name in ("int", "num", "bool")


def base(kind: str) -> str:
    return _split(kind)[0]


def options(kind: str) -> list[str]:
    return _split(kind)[1]


def _split(kind: str) -> tuple[str, list[str]]:
    found = re.fullmatch(r"([a-z_0-9]+)(?:\((.*)\))?", kind.strip())
    if not found:
        return "", []
    return found[1], [one.strip() for one in re.split(r",(?![^()]*\))", found[2] or "") if one.strip()]


def _directory(v: Values) -> str:
    parts = [v.folder() for _ in range(v.draw.choice([1, 1, 1, 2, 2, 3]))]
    lead = v.draw.choice(
        ["", "", "", "./", "./", "/", "~/", "../", "/home/" + v.pick(w.FIRST).lower() + "/", "/var/", "/tmp/", "/srv/"]
    )
    if v.draw.random() < 0.03:
        return "C:\\" + "\\".join(parts)
    made = lead + "/".join(parts) + ("/" if v.draw.random() < 0.12 else "")
    return "." if v.draw.random() < 0.02 else made


def _file(v: Values) -> str:
    return v.stem() + "." + v.pick(w.EXTENSION)


def _path(v: Values) -> str:
    if v.draw.random() < 0.35:
        return _file(v)
    if v.draw.random() < 0.06:
        return _directory(v)
    folder = _directory(v).rstrip("/\\")
    return folder + ("\\" if "\\" in folder else "/") + _file(v)


def _glob(v: Values) -> str:
    extension = v.pick(w.EXTENSION)
    return v.draw.choice(
        [
            f"*.{extension}",
            f"*.{extension}",
            f"**/*.{extension}",
            f"{v.word()}*",
            f"*{v.word()}*",
            f"{v.folder()}/*.{extension}",
        ]
    )


def _domain(v: Values) -> str:
    return v.word().lower() + v.draw.choice(["", "", "-" + v.word().lower()]) + "." + v.draw.choice(w.TLD)


def _url(v: Values) -> str:
    made = v.draw.choice(["https://", "https://", "http://", "https://www."]) + _domain(v)
    for _ in range(v.draw.choice([0, 0, 1, 1, 2])):
        made += "/" + (v.word() if v.draw.random() < 0.8 else v.digits(3))
    return made + (f"?{v.word()}={v.word()}" if v.draw.random() < 0.1 else "")


def _person(v: Values) -> str:
    first = v.pick(w.FIRST) if v.draw.random() < 0.8 else v.word().capitalize()
    return first if v.draw.random() < 0.55 else f"{first} {v.pick(w.LAST)}"


def _email(v: Values) -> str:
    user = v.pick(w.FIRST).lower() if v.draw.random() < 0.6 else v.word().lower()
    if v.draw.random() < 0.3:
        user += v.draw.choice(["." + v.pick(w.LAST).lower(), v.digits(2), "_" + v.word().lower()])
    return f"{user}@{_domain(v)}"


def _name(v: Values) -> str:
    style = v.draw.random()
    word = v.word()
    if style < 0.3:
        return word
    if style < 0.5:
        return f"{word}{v.draw.choice('-_')}{v.word()}"
    if style < 0.65:
        return f"{word}{v.draw.choice(['-', '_', ''])}{v.digits(v.draw.choice([1, 2, 3]))}"
    if style < 0.9:
        return word.capitalize()
    return word.capitalize() + " " + v.word().capitalize()


def _title(v: Values) -> str:
    style = v.draw.random()
    if style < 0.35:
        return f"{v.pick(w.TITLE_HEAD)} {v.pick(w.TITLE_TAIL)}"
    if style < 0.5:
        return f"{v.pick(w.TITLE_HEAD)} {v.word().capitalize()} {v.pick(w.TITLE_TAIL)}"
    if style < 0.7:
        return v.draw.choice([v.pick(w.ORDER), v.pick(w.ORDER).capitalize()])
    made = " ".join(v.word() for _ in range(v.draw.choice([2, 2, 3])))
    return made.title() if v.draw.random() < 0.4 else made


def _query(v: Values) -> str:
    return " ".join(v.word() for _ in range(v.draw.choice([1, 1, 2, 2, 3])))


def _sentence(v: Values) -> str:
    style = v.draw.random()
    if style < 0.4:
        made = f"{v.pick(w.SUBJECT)} {v.pick(w.PREDICATE)}"
    elif style < 0.7:
        made = f"{v.pick(w.ORDER)} {v.pick(w.TAIL)}"
    else:
        made = " ".join(v.word() for _ in range(v.draw.randint(3, 7)))
    if v.draw.random() < 0.2:
        made += " " + v.word()
    return made.capitalize() if v.draw.random() < 0.35 else made


def _absolute_date(v: Values) -> str:
    year, month, day = v.draw.randint(2023, 2027), v.draw.randint(1, 12), v.draw.randint(1, 28)
    return v.draw.choice(
        [
            f"{year}-{month:02}-{day:02}",
            f"{year}-{month:02}-{day:02}",
            f"{w.MONTH[month - 1]} {day}",
            f"{day} {w.MONTH[month - 1]} {year}",
        ]
    )


def _date(v: Values) -> str:
    year, month, day = v.draw.randint(2019, 2029), v.draw.randint(1, 12), v.draw.randint(1, 28)
    return v.draw.choice(
        [
            f"{year}-{month:02}-{day:02}",
            f"{year}-{month:02}-{day:02}",
            f"{year}-{month:02}-{day:02}",
            f"{w.MONTH[month - 1]} {day}",
            f"{day} {w.MONTH[month - 1]} {year}",
            "tomorrow",
            "today",
            f"next {v.draw.choice(w.WEEKDAY)}",
            v.draw.choice(w.WEEKDAY),
            f"{day}/{month}/{year}",
        ]
    )


def _time(v: Values) -> str:
    hour, minute = v.draw.randint(0, 23), v.draw.choice([0, 0, 15, 30, 45, v.draw.randint(0, 59)])
    return v.draw.choice(
        [
            f"{hour:02}:{minute:02}",
            f"{hour:02}:{minute:02}",
            f"{hour % 12 + 1} {v.draw.choice(['am', 'pm'])}",
            f"{hour % 12 + 1}:{minute:02} pm",
            "noon",
        ]
    )


def _datetime(v: Values) -> str:
    month, day, between = v.draw.randint(1, 12), v.draw.randint(1, 28), v.draw.choice(["T", " "])
    return f"2026-{month:02}-{day:02}{between}{v.draw.randint(0, 23):02}:{v.draw.choice(['00', '15', '30'])}"


def _username(v: Values) -> str:
    mark, name = v.draw.choice(["", "", "@"]), v.pick(w.FIRST).lower()
    return mark + name + v.draw.choice(["", v.digits(2), "_" + v.word().lower()])


def _key(v: Values) -> str:
    return v.word().lower() + v.draw.choice(["", "_" + v.word().lower(), "." + v.word().lower(), ":" + v.digits(2)])


def _identifier(v: Values) -> str:
    return v.draw.choice(
        [
            v.digits(v.draw.choice([1, 2, 3, 4, 5])),
            v.digits(v.draw.choice([2, 3, 4])),
            f"{v.word().upper()[:4]}-{v.digits(v.draw.choice([2, 3]))}",
            v.hex(v.draw.choice([4, 6, 8])),
            f"{v.word().lower()}_{v.hex(5)}",
            f"{v.draw.choice(string.ascii_uppercase)}{v.digits(3)}",
        ]
    )


def _uuid(v: Values) -> str:
    return f"{v.hex(8)}-{v.hex(4)}-{v.hex(4)}"


def _branch(v: Values) -> str:
    return v.draw.choice(
        [
            "main",
            "develop",
            "feature/" + v.word(),
            "fix-" + v.word(),
            "release-" + v.digits(1),
            v.word(),
            "feature/" + v.word() + "-" + v.word(),
        ]
    )


def _version(v: Values) -> str:
    return v.draw.choice(["", "", "v"]) + ".".join(str(v.draw.randint(0, 20)) for _ in range(v.draw.choice([2, 3, 3])))


def _money(v: Values) -> str:
    return f"{v.draw.choice(['$', '€', '£', ''])}{v.draw.randint(1, 900)}" + v.draw.choice(["", "", f".{v.digits(2)}"])


def _sql(v: Values) -> str:
    table, column = v.word().lower(), v.word().lower()
    return v.draw.choice(
        [
            f"SELECT * FROM {table}",
            f"SELECT {column} FROM {table} WHERE id = {v.digits(2)}",
            f"SELECT COUNT(*) FROM {table}",
            f"DELETE FROM {table} WHERE {column} = {v.digits(1)}",
            f"UPDATE {table} SET {column} = {v.digits(1)}",
        ]
    )


_MAKERS: dict[str, Callable[[Values], str]] = {
    "path": _path,
    "file": _file,
    "dir": _directory,
    "glob": _glob,
    "domain": _domain,
    "url": _url,
    "person": _person,
    "email": _email,
    "name": _name,
    "title": _title,
    "query": _query,
    "sentence": _sentence,
    "date": _date,
    "time": _time,
    "id": _identifier,
    "uuid": _uuid,
    "branch": _branch,
    "version": _version,
    "money": _money,
    "sql": _sql,
    "ext": lambda v: v.draw.choice(["", "", "."]) + v.pick(w.EXTENSION),
    "username": _username,
    "city": lambda v: v.pick(w.CITY) if v.draw.random() < 0.85 else v.word().capitalize(),
    "country": lambda v: v.pick(w.COUNTRY),
    "street": lambda v: f"{v.draw.randint(1, 200)} {v.pick(w.STREET)} {v.draw.choice(w.STREET_KIND)}",
    "datetime": _datetime,
    "weekday": lambda v: v.draw.choice(w.WEEKDAY),
    "month": lambda v: v.draw.choice(w.MONTH),
    "year": lambda v: str(v.draw.randint(1990, 2030)),
    "percent": lambda v: f"{v.draw.randint(1, 100)}%",
    "word": lambda v: v.word().lower(),
    "sha": lambda v: v.hex(v.draw.choice([7, 7, 8, 10])),
    "repo": lambda v: f"{v.word().lower()}/{v.word().lower()}" + v.draw.choice(["", "-" + v.word().lower()]),
    "color": lambda v: v.pick(w.COLOR) if v.draw.random() < 0.8 else "#" + v.hex(6),
    "lang": lambda v: v.pick(w.LANG),
    "currency": lambda v: v.draw.choice(w.CURRENCY),
    "code": lambda v: v.draw.choice(w.CODE),
    "cmd": lambda v: v.draw.choice(w.COMMAND),
    "phone": lambda v: v.draw.choice(["+", "0"]) + v.digits(v.draw.choice([7, 9, 10])),
    "channel": lambda v: v.draw.choice(["#", "#", ""]) + v.word().lower() + v.draw.choice(["", "-" + v.word().lower()]),
    "ip": lambda v: ".".join(str(v.draw.randint(1, 254)) for _ in range(4)),
    "port": lambda v: v.draw.choice(["80", "443", "8080", v.digits(4)]),
    "tag": lambda v: v.word().lower() if v.draw.random() < 0.8 else v.word().lower() + "-" + v.word().lower(),
    "key": _key,
    "json": lambda v: "{" + f'"{v.word().lower()}": {v.draw.choice([v.digits(2), "true"])}' + "}",
    "regex": lambda v: v.draw.choice(w.REGEX),
    "emoji": lambda v: v.draw.choice(w.EMOJI),
    "food": lambda v: v.pick(w.FOOD),
    "animal": lambda v: v.pick(w.ANIMAL),
    "job": lambda v: v.pick(w.JOB),
    "sport": lambda v: v.pick(w.SPORT),
}
