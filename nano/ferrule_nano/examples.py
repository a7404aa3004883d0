"""Worlds to examples: what is asked, which tools are offered, and what the right answer is."""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from . import kinds
from .kinds import Values
from .render import REFUSAL, Example, Shown, Turn, call_text
from .talk import Talk
from .template import Chosen, Slot, choose, every_slot
from .world import Chain, Parameter, Tool, World

_STOP = frozenset(
    "the a an of to in is it my me i for on and or with that this please can you what which how do does show from at be are was as by all "
    "have has get give tell want need would could will just so if up out one new any them they its into there".split()
)
_TYPES = {"int": "integer", "num": "number", "bool": "boolean"}


def content_words(text: str) -> list[str]:
    """Lower-case words that carry meaning, cut to their stem-like beginnings."""
    found = re.findall(r"[a-z]{2,}", re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower())
    return [stem(word) for word in found if word not in _STOP]


def stem(word: str) -> str:
    for end in ("ing", "ies", "es", "ed", "s"):
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: -len(end)] + ("y" if end == "ies" else "")
    return word.rstrip("e") if len(word) > 4 else word


class Maker:
    """Makes examples of one split. Worlds that are held out are only in `test`."""

    def __init__(
        self,
        worlds: list[World],
        talk: Talk,
        split: str,
        seed: int,
        pieces: list[str] | None = None,
        every_world: bool = False,
    ) -> None:
        self.draw = random.Random(seed)
        self.split = split
        self.worlds = [world for world in worlds if every_world or held_out_world(world.name) == (split == "test")]
        self.by_name = {world.name: world for world in self.worlds}
        self.talk = talk
        self.values = Values(self.draw, split, lexicon(worlds), pieces or [])
        self.verbs = first_verbs(worlds)
        self.near = near_worlds(self.worlds)
        self.tools = [tool for world in self.worlds for tool in world.tools]
        self.chains = [(world, chain) for world in self.worlds for chain in world.chains]
        self.asked = {
            id(tool): Counter(content_words(" ".join(_plain(r.text) for r in tool.requests))) for tool in self.tools
        }

    # What is offered.

    def count(self) -> int:
        low, high = self.draw.choices([(1, 1), (2, 2), (3, 4), (5, 8), (9, 15)], [0.07, 0.13, 0.27, 0.31, 0.22])[0]
        return self.draw.randint(low, high)

    def distractors(self, world: World, tool: Tool, count: int, also: Iterable[Tool] = ()) -> list[Tool]:
        """Tools beside `tool`: of its own world, of others, or both."""
        skip = {id(tool), *(id(one) for one in also)}
        own = [one for one in world.tools if id(one) not in skip]
        self.draw.shuffle(own)
        share = self.draw.choices([1.0, 0.5, 0.0], [0.6, 0.25, 0.15])[0]
        chosen = own[: math.ceil(count * share)]
        others: list[World] = []
        asked = self.asked[id(tool)]
        for _ in range(60):
            if len(chosen) >= count:
                break
            if not others or self.draw.random() < 0.25:
                others = [self.draw.choice(self.worlds)]
            other = others[0]
            if (
                other is world
                or other.name in self.near[world.name]
                or other.name in world.near
                or world.name in other.near
            ):
                others = []
                continue
            one = self.draw.choice(other.tools)
            if one not in chosen and not self._alike(asked, one):
                chosen.append(one)
        return chosen

    def _alike(self, asked: Counter[str], other: Tool) -> bool:
        theirs = self.asked[id(other)]
        shared = sum(min(count, theirs[word]) for word, count in asked.items())
        return shared > 0.5 * min(asked.total(), theirs.total())

    def show(self, tool: Tool, given: set[str], names: dict[str, str] | None = None) -> Shown:
        """One way that the tool may be written. `names` gets the parameters' names by their keys."""
        draw = self.draw
        kept = [one for one in tool.parameters if one.required or one.key in given or draw.random() < 0.75]
        if draw.random() < 0.1:
            draw.shuffle(kept)
        chosen: dict[str, str] = {}
        for one in kept:
            name = draw.choice(one.names) if draw.random() < 0.5 else one.key
            chosen[one.key] = one.key if name in chosen.values() else name
        if names is not None:
            names.update(chosen)
        about = draw.choice(tool.about) if draw.random() < 0.94 else ""
        if about and draw.random() < 0.1:
            about = about.split(". ")[0]
        name = restyle(draw.choice(tool.names), draw)
        if draw.random() < 0.06:
            name = restyle(tool.world.split("_")[0] + draw.choice(["_", "__", "-"]) + name, draw)
        shown = Shown(name, about, {}, [], given=frozenset(chosen[key] for key in given if key in chosen))
        for one in kept:
            shown.properties[chosen[one.key]] = schema(one)
            if one.required:
                shown.required.append(chosen[one.key])
        return shown

    def offer(self, tool: Tool | None, others: list[Tool], given: set[str], names: dict[str, str]) -> list[Shown]:
        shown: list[Shown] = []
        if tool is not None:
            one = self.show(tool, given, names)
            one.fits = True
            shown.append(one)
        taken = {one.name for one in shown}
        for other in others:
            one = self.show(other, set())
            if one.name not in taken:
                taken.add(one.name)
                shown.append(one)
        self.draw.shuffle(shown)
        return shown

    # What is asked.

    def ask(self, tool: Tool) -> tuple[str, dict[str, Any], Chosen]:
        """A request, the call's arguments by parameter key, and how the template came out."""
        request = self.draw.choice(tool.requests)
        chosen = choose(request.parts, self.draw, keep=0.45)
        arguments: dict[str, Any] = {}
        said: dict[str, str] = {}
        for slot in chosen.slots():
            if slot.name in said:
                continue
            parameter = tool.parameter(slot.name)
            assert parameter is not None
            for _ in range(8):
                arguments[slot.name], said[slot.name] = self.value(parameter.kind, parameter.array)
                if list(said.values()).count(said[slot.name]) == 1:
                    break
        text = ""
        for at, part in enumerate(chosen.parts):
            if isinstance(part, str):
                text += part
            else:
                text += self.quote(
                    said[part.name],
                    tool.parameter(part.name),
                    text,
                    chosen.parts[at + 1] if at + 1 < len(chosen.parts) else "",
                )
        for key, value in chosen.sets.items():
            parameter = tool.parameter(key)
            arguments[key] = _fit(parameter, value) if parameter else value
        ordered = {one.key: arguments[one.key] for one in tool.parameters if one.key in arguments}
        return self.finish(text), ordered, chosen

    def value(self, kind: str, array: bool) -> kinds.Drawn:
        if not array:
            return self.values.make(kind)
        made = [self.values.make(kind) for _ in range(self.draw.choice([1, 2, 2, 2, 3, 3, 4]))]
        values: list[Any] = []
        said: list[str] = []
        for value, text in made:
            if value not in values:
                values.append(value)
                said.append(text)
        joined = (
            said[0]
            if len(said) == 1
            else ", ".join(said[:-1]) + self.draw.choice([" and ", " and ", ", ", ", and "]) + said[-1]
        )
        return values, joined

    def quote(self, said: str, parameter: Parameter | None, before: str, after: str | Slot) -> str:
        """Long values are put in quotes now and then, unless the template does so."""
        if before.endswith(('"', "'", "`", "“")) or parameter is None or parameter.array:
            return said
        long = kinds.base(parameter.kind) in ("sentence", "title", "query", "code", "sql", "cmd", "regex")
        if self.draw.random() < (0.3 if long else 0.05) and '"' not in said:
            mark = self.draw.choice(['""', '""', "''", "``"])
            return mark[0] + said + mark[1]
        return said

    def finish(self, text: str) -> str:
        """How it was typed: capital or not, a polite word, a full stop."""
        draw = self.draw
        text = re.sub(r"\s+", " ", text).strip().replace(" ,", ",").replace(" ?", "?")
        if draw.random() < 0.1 and not text.endswith(("?", "!")) and text.split(" ")[0].lower() in self.verbs:
            text = (
                draw.choice(
                    ["please ", "Please ", "hey, ", "can you ", "could you please ", "I need you to ", "ok, ", "now "]
                )
                + text
            )
        # Only a word of ours gets a capital: a value goes into the call as it was typed.
        first = re.match(r"[a-z']+(?=[ ,])", text)
        if draw.random() < 0.35 and first and (first[0] in self.verbs or first[0] in _NO_VERBS):
            text = text[0].upper() + text[1:]
        if draw.random() < 0.22 and text[-1:].isalnum():
            text += draw.choice([".", ".", "!", " please", ", please", ", thanks", " thank you"])
        return text

    # Examples.

    def example(self, level: float = 1.0) -> Example:
        kind = self.draw.choices(
            ["call", "refuse", "answer", "chain", "follow", "earlier", "talk_example"],
            [0.56, 0.14, 0.10, 0.05 * level, 0.03 * level, 0.05 * level, 0.09],
        )[0]
        made = getattr(self, kind)(level)
        if self.draw.random() < 0.06 and made.turns[0].role != "system":
            made.turns.insert(0, Turn("system", self.draw.choice(_SYSTEM)))
        return made

    def pick(self) -> tuple[World, Tool]:
        world = self.draw.choice(self.worlds)
        return world, self.draw.choice(world.tools)

    def offered(self, level: float) -> int:
        return self.count() if self.draw.random() < level else self.draw.choice([1, 2, 2, 3])

    def call(self, level: float) -> Example:
        world, tool = self.pick()
        text, arguments, _ = self.ask(tool)
        names: dict[str, str] = {}
        tools = self.offer(tool, self.distractors(world, tool, self.offered(level) - 1), set(arguments), names)
        example = Example([Turn("user", text)], tools, "call", f"{world.name}.{tool.key}")
        example.turns.append(Turn("assistant", self.written(tools, names, arguments), learn=True))
        return self.rename(example) if self.draw.random() < 0.15 else example

    def written(self, tools: list[Shown], names: dict[str, str], arguments: dict[str, Any]) -> str:
        fitting = next(one for one in tools if one.fits)
        keys = {names[key]: value for key, value in arguments.items()}
        return call_text(fitting.name, {key: keys[key] for key in fitting.properties if key in keys})

    def refuse(self, level: float) -> Example:
        world, tool = self.pick()
        text, _, _ = self.ask(tool)
        others = self.distractors(world, tool, self.offered(level))
        if not others:
            return self.call(level)
        tools = self.offer(None, others, set(), {})
        return Example(
            [Turn("user", text), Turn("assistant", REFUSAL, learn=True)], tools, "refuse", f"{world.name}.{tool.key}"
        )

    def answer(self, level: float) -> Example:
        """A call, its result, and the sentence that answers."""
        while True:
            world, tool = self.pick()
            if tool.results:
                break
        text, arguments, chosen = self.ask(tool)
        turns = self.exchange(tool, text, arguments)
        names: dict[str, str] = {}
        tools = self.offer(tool, self.distractors(world, tool, min(self.offered(level), 8) - 1), set(arguments), names)
        turns[1] = Turn("assistant", self.written(tools, names, arguments), learn=True)
        turns[-1].learn = True
        return Example(turns, tools, "answer", f"{world.name}.{tool.key}")

    def exchange(self, tool: Tool, text: str, arguments: dict[str, Any]) -> list[Turn]:
        """Request, call, result and answer; the call by the tool's first names."""
        failed = [one for one in tool.results if one.failed]
        worked = [one for one in tool.results if not one.failed]
        result = self.draw.choice(failed if failed and (not worked or self.draw.random() < 0.12) else worked)
        said = {key: _said(value) for key, value in arguments.items()}
        for slot in every_slot(result.gives):
            if slot.kind and slot.name not in said:
                said[slot.name] = self.values.make(slot.kind, plain=True)[1]
        for slot in [*every_slot(result.gives), *every_slot(result.answer)]:
            said.setdefault(slot.name, "it")
        given = fill(result.gives, said)
        answer = fill(result.answer, said)
        return [
            Turn("user", text),
            Turn("assistant", call_text(tool.key, arguments)),
            Turn("result", given),
            Turn(
                "assistant",
                answer if result.answer and isinstance(result.answer[0], Slot) else answer[:1].upper() + answer[1:],
            ),
        ]

    def chain(self, level: float) -> Example:
        if not self.chains:
            return self.answer(level)
        world, chain = self.draw.choice(self.chains)
        return self._chain(world, chain, level)

    def _chain(self, world: World, chain: Chain, level: float) -> Example:
        said: dict[str, str] = {}
        values: dict[str, Any] = {}
        calls: list[tuple[Tool, dict[str, Any]]] = []
        gives: list[str] = []

        def learn(parts: Iterable[Any], plain: bool = False) -> None:
            for part in parts:
                if isinstance(part, Slot) and part.name not in said:
                    values[part.name], said[part.name] = self.values.make(part.kind or "word", plain=plain)

        for step in chain.steps:
            tool = world.tool(step.tool)
            assert tool is not None
            arguments: dict[str, Any] = {}
            for key, value in step.arguments.items():
                if isinstance(value, tuple):
                    learn(value)
                    only = value[0] if len(value) == 1 else None
                    made = values[only.name] if isinstance(only, Slot) else fill(value, said)
                elif isinstance(value, list):
                    for item in value:
                        learn(item if isinstance(item, tuple) else ())
                    made = [fill(item, said) if isinstance(item, tuple) else item for item in value]
                else:
                    made = value
                parameter = tool.parameter(key)
                arguments[key] = _fit(parameter, made) if parameter else made
            learn(step.gives, plain=True)
            calls.append((tool, arguments))
            gives.append(fill(step.gives, said))
        parts = choose(self.draw.choice(chain.requests), self.draw, keep=1.0).parts
        text = self.finish("".join(part if isinstance(part, str) else said[part.name] for part in parts))
        used = [tool for tool, _ in calls]
        others = self.distractors(
            world, used[0], max(0, min(self.offered(level), 10) - len(set(map(id, used)))), also=used
        )
        shown: dict[int, tuple[Shown, dict[str, str]]] = {}
        for tool, arguments in calls:
            given = {key for other, made in calls if other is tool for key in made}
            if id(tool) not in shown:
                names: dict[str, str] = {}
                one = self.show(tool, given, names)
                one.fits = tool is used[0]
                shown[id(tool)] = (one, names)
        tools = [one for one, _ in shown.values()]
        taken = {one.name for one in tools}
        for other in others:
            one = self.show(other, set())
            if one.name not in taken:
                taken.add(one.name)
                tools.append(one)
        self.draw.shuffle(tools)
        turns = [Turn("user", text)]
        for (tool, arguments), given in zip(calls, gives, strict=True):
            one, names = shown[id(tool)]
            keys = {names[key]: value for key, value in arguments.items()}
            turns.append(
                Turn(
                    "assistant",
                    call_text(one.name, {key: keys[key] for key in one.properties if key in keys}),
                    learn=True,
                )
            )
            turns.append(Turn("result", given))
        answer = fill(chain.answer, said)
        begins = isinstance(chain.answer[0], Slot)
        turns.append(Turn("assistant", answer if begins else answer[:1].upper() + answer[1:], learn=True))
        return Example(turns, tools, "chain", world.name)

    def earlier(self, level: float) -> Example:
        """An example that has another exchange before it."""
        made = self.draw.choice([self.call, self.call, self.refuse, self.answer])(level)
        if self.draw.random() < 0.5:
            before = self.talk.exchange(self.draw, self.values)
        else:
            while True:
                _, tool = self.pick()
                if tool.results:
                    break
            text, arguments, _ = self.ask(tool)
            before = self.exchange(tool, text, arguments)
            for turn in before:
                turn.learn = False
        made.turns[:0] = before
        made.kind = "earlier"
        return made

    def follow(self, level: float) -> Example:
        """What the last request needs was said a turn before: as a value, or as a request of the same kind."""
        for _ in range(40):
            world, tool = self.pick()
            text, arguments, chosen = self.ask(tool)
            strings = [
                key
                for key, value in arguments.items()
                if isinstance(value, str) and value in text and len(chosen.slots()) >= 1
            ]
            if len(strings) == 1 and tool.results and tool.parameter(strings[0]) and len(arguments) == 1:
                break
        else:
            return self.call(level)
        key = strings[0]
        parameter = tool.parameter(key)
        assert parameter is not None
        names: dict[str, str] = {}
        tools = self.offer(tool, self.distractors(world, tool, self.offered(level) - 1), set(arguments), names)
        if self.draw.random() < 0.5:
            before = self.exchange(tool, text, arguments)
            arguments = {key: self.value(parameter.kind, False)[0]}
            last = self.draw.choice(
                [
                    "and {}?",
                    "and for {}?",
                    "what about {}?",
                    "now {}",
                    "the same for {}",
                    "And {}",
                    "do {} too",
                    "also {}",
                    "same with {} please",
                ]
            )
            last = last.format(arguments[key])
        else:
            value = arguments[key]
            told = self.draw.choice(
                [
                    "I am working with {} today.",
                    "It is about {}.",
                    "Let's talk about {}.",
                    "I mean {}.",
                    "My choice is {}.",
                    "{} is the one I care about.",
                    "Remember {} for me.",
                ]
            )
            before = [
                Turn("user", told.format(value)),
                Turn("assistant", self.draw.choice(["Alright.", "Okay, noted.", "Got it."])),
            ]
            last = text.replace(value, self.draw.choice(["it", "that", "that one", "this one", "the one I mentioned"]))
        turns = [*before, Turn("user", last), Turn("assistant", self.written(tools, names, arguments), learn=True)]
        return Example(turns, tools, "follow", f"{world.name}.{tool.key}")

    def talk_tools(self) -> list[Shown]:
        if self.draw.random() < 0.5:
            return []
        world, tool = self.pick()
        return self.offer(None, [tool, *self.distractors(world, tool, self.count() - 1)], set(), {})

    def talk_example(self, level: float) -> Example:
        tools = self.talk_tools()
        turns, kind = self.talk.turns(self.draw, self.values, bool(tools))
        return Example(turns, tools, kind)

    def rename(self, example: Example) -> Example:
        """Puts unknown words in the place of what request and tool share, so that matching is learnt and not only words."""
        fitting = next(one for one in example.tools if one.fits)
        request = example.turns[0].text
        call = example.turns[1].text
        arguments = call[call.index("{") :].lower()
        shared = [
            word
            for word in dict.fromkeys(re.findall(r"[a-z]{4,}", request.lower()))
            if stem(word) in set(content_words(fitting.name + " " + fitting.about))
            and word not in arguments
            and word not in _STOP
            and word not in self.verbs
        ]
        self.draw.shuffle(shared)
        for word in shared[: self.draw.choice([1, 1, 2])]:
            root = word[:-1] if word.endswith("s") and len(word) > 4 else word
            fresh = self.values.word().lower()
            if len(root) < 4 or not fresh.isalpha() or len(fresh) < 3 or fresh.endswith("s") or fresh in _FUNCTION:
                continue
            replace = re.compile(rf"(?<![a-z]){re.escape(root)}(?=s?(?![a-z]))", re.I)

            def swap(match: re.Match[str], fresh: str = fresh) -> str:
                return fresh.capitalize() if match[0][0].isupper() else fresh

            keys = json.dumps([list(tool.properties) for tool in example.tools]).lower()
            if root in keys or root in arguments:
                continue
            example.turns[0].text = replace.sub(swap, example.turns[0].text)
            old = fitting.name
            for tool in example.tools:
                tool.name = re.sub(
                    rf"(?<![a-z]){re.escape(root)}(?=s?(?![a-z]))|{re.escape(root.capitalize())}(?=s?(?![a-z]))",
                    swap,
                    tool.name,
                )
                tool.about = replace.sub(swap, tool.about)
            example.turns[1].text = example.turns[1].text.replace(old, fitting.name, 1)
        return example


_FUNCTION = frozenset(
    "between unless about after before while during without within because then than also again already still very too most such other others another each every many much few "
    "here both either neither nor yet ever never always often once twice though although whether since until under over into onto off out per via itself himself themselves isn doesn don".split()
)
_SYSTEM = [
    "You are a helpful assistant.", "You are a helpful assistant that can call tools.", "Answer in one sentence.", "Be brief.", "You are an assistant with tools.",
    "Use the tools when they help.", "You work for a small company. Be polite.", "Today is Monday.", "You are a careful assistant. Never guess.",
]  # fmt: skip


def held_out_world(name: str) -> bool:
    """One world in ten is seen by no training example. Worlds of one family share their fate."""
    import hashlib

    family = re.split(r"_", name)[0]
    return hashlib.md5(("world " + family).encode()).digest()[0] % 10 == 0  # noqa: S324


_NO_VERBS = frozenset(
    "what what's which who whose when where how how's why is are do does did has have had can could will would should please i i'm i'd we we've my our your the a an any "
    "there it it's this that these those in on for from to at no not and if of with hey hi ok new all some two up next last one more now just only".split()
)


def first_verbs(worlds: list[World]) -> frozenset[str]:
    """Words with which requests begin that tell somebody to do something."""
    counts: Counter[str] = Counter()
    for world in worlds:
        for tool in world.tools:
            for request in tool.requests:
                chosen = request.text.lstrip("([").lower()
                found = re.match(r"[a-z']+(?=[ |)])", chosen)
                if found and not request.text.endswith("?"):
                    counts[found[0]] += 1
    return frozenset(word for word, count in counts.items() if count >= 3 and word not in _NO_VERBS)


def lexicon(worlds: list[World]) -> list[str]:
    """The plain words that worlds are written with."""
    counts: Counter[str] = Counter()
    for world in worlds:
        for tool in world.tools:
            for text in [*tool.about, *(_plain(one.text) for one in tool.requests)]:
                counts.update(
                    word
                    for word in re.findall(r"(?<![A-Za-z])[a-z]{3,}(?![A-Za-z])", text)
                    if word not in _STOP and word not in _NO_VERBS and word not in _FUNCTION
                )
    return sorted(counts)


def near_worlds(worlds: list[World], limit: float = 0.22) -> dict[str, set[str]]:
    """Worlds whose requests use the same words: a request of one may fit the other."""
    bags = {
        world.name: Counter(
            word
            for tool in world.tools
            for word in set(content_words(tool.key + " " + " ".join(_plain(r.text) for r in tool.requests)))
        )
        for world in worlds
    }
    spread: Counter[str] = Counter(word for bag in bags.values() for word in bag)
    weighted = {
        name: {word: count * math.log(1 + len(worlds) / spread[word]) for word, count in bag.items()}
        for name, bag in bags.items()
    }
    norms = {name: math.sqrt(sum(value * value for value in bag.values())) or 1.0 for name, bag in weighted.items()}
    near: dict[str, set[str]] = {name: set() for name in bags}
    for one, bag in weighted.items():
        for other, theirs in weighted.items():
            if (
                one < other
                and sum(value * theirs.get(word, 0.0) for word, value in bag.items()) / (norms[one] * norms[other])
                > limit
            ):
                near[one].add(other)
                near[other].add(one)
    return near


def schema(parameter: Parameter) -> dict[str, Any]:
    base = kinds.base(parameter.kind)
    one: dict[str, Any] = {"type": _TYPES.get(base, "string")}
    if base == "enum":
        one["enum"] = kinds.options(parameter.kind)
    return {"type": "array", "items": one} if parameter.array else one


def restyle(name: str, draw: random.Random) -> str:
    """The same name in another habit of writing."""
    words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)
    chance = draw.random()
    if chance < 0.72 or len(words) < 2:
        return name
    words = [word.lower() for word in words]
    if chance < 0.82:
        return words[0] + "".join(word.capitalize() for word in words[1:])
    return ("-" if chance < 0.92 else "_").join(words)


def fill(parts: Iterable[Any], said: dict[str, str]) -> str:
    return "".join(part if isinstance(part, str) else said[part.name] for part in parts)


def _fit(parameter: Parameter | None, value: Any) -> Any:
    """A literal as the parameter's type wants it."""
    if parameter is None:
        return value
    if parameter.array:
        values = value if isinstance(value, list) else [one.strip() for one in str(value).split(",")]
        return [_scalar(parameter, one) for one in values]
    return _scalar(parameter, value)


def _scalar(parameter: Parameter, value: Any) -> Any:
    base = kinds.base(parameter.kind)
    if base in ("int", "num", "bool"):
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                return value
        return value
    return value if isinstance(value, str) else json.dumps(value)


def _said(value: Any) -> str:
    if isinstance(value, list):
        texts = [str(one) for one in value]
        return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " and " + texts[-1]
    return value if isinstance(value, str) else json.dumps(value)


def _plain(text: str) -> str:
    return re.sub(r"\{[^}]*\}|~[\w.-]+=[\w.-]*", " ", text)


def show(world: World, count: int) -> None:
    """Prints a few examples, for those who write worlds."""
    from .render import render

    draw = random.Random()
    maker = Maker([world], Talk([]), "train", draw.randrange(10**9), every_world=True)
    for _ in range(count):
        kind = draw.choice(["call", "answer"] + (["chain"] if world.chains else []))
        made = getattr(maker, kind)(0.4)
        text, _ = render(made)
        print(
            "   ",
            re.sub(r"<\|tools\|>.*?<\|end\|>", "", text, flags=re.S).replace("<|end|>", "  ").replace("\n", "\\n"),
        )
