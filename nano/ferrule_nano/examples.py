"""Worlds to examples: each kind of talk that the model is taught, and how often."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

from .answering import exchange
from .asking import Asked, Asker
from .chaining import chain_example, written
from .kinds import Values
from .offering import Offerer
from .renaming import rename
from .render import REFUSAL, Example, Shown, Turn
from .scrambling import scramble
from .split import held_out_world
from .talk import Talk
from .wording import first_verbs, lexicon
from .world import Tool, World

_SYSTEM = [
    "You are a helpful assistant.",
    "You are a helpful assistant that can call tools.",
    "Answer in one sentence.",
    "Be brief.",
    "You are an assistant with tools.",
    "Use the tools when they help.",
    "You work for a small company. Be polite.",
    "Today is Monday.",
    "You are a careful assistant. Never guess.",
]
# How a request goes on from an earlier one of the same kind.
_AGAIN = [
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
# How a value is told before it is asked about.
_TOLD = [
    "I am working with {} today.",
    "It is about {}.",
    "Let's talk about {}.",
    "I mean {}.",
    "My choice is {}.",
    "{} is the one I care about.",
    "Remember {} for me.",
]
_NOTED = ["Alright.", "Okay, noted.", "Got it."]
_THAT = ["it", "that", "that one", "this one", "the one I mentioned"]
# An example with a result in it has room for so many tools.
# Of the calls: every word replaced, or one or two.
_SCRAMBLED = 0.4
_RENAMED = 0.15
_MOST_WITH_RESULT = 8


class Maker:
    """Makes examples of one split. Worlds that are held out are only in `test`.

    One draw is behind everything, so that worlds, split and seed decide the examples; `pieces` are those of the
    tokenizer, of which random words are made.
    """

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
        self.worlds = [one for one in worlds if every_world or held_out_world(one.name) == (split == "test")]
        self.by_name = {one.name: one for one in self.worlds}
        self.by_source = {f"{one.name}.{tool.key}": tool for one in self.worlds for tool in one.tools}
        self.talk = talk
        self.values = Values(self.draw, split, lexicon(worlds), pieces or [])
        self.asker = Asker(self.draw, self.values, first_verbs(worlds))
        self.offerer = Offerer(self.draw, self.worlds)
        self.chains = [(world, chain) for world in self.worlds for chain in world.chains]

    def example(self, level: float = 1.0) -> Example:
        """An example of any kind. `level` is from 0 to 1: few tools and short talks first."""
        kinds: list[tuple[Callable[[float], Example], float]] = [
            (self.call, 0.56),
            (self.refuse, 0.14),
            (self.answer, 0.10),
            (self.chain, 0.05 * level),
            (self.follow, 0.03 * level),
            (self.earlier, 0.05 * level),
            (self.talk_example, 0.09),
        ]
        make = self.draw.choices([make for make, _ in kinds], [share for _, share in kinds])[0]
        self.offerer.wordy = self.draw.random() < 0.25
        made = make(level)
        if self.draw.random() < 0.06 and made.turns[0].role != "system":
            made.turns.insert(0, Turn("system", self.draw.choice(_SYSTEM)))
        return made

    def call(self, level: float) -> Example:
        """A request that one of the offered tools fits."""
        world, tool = self._pick()
        asked = self.asker.ask(tool)
        others = self.offerer.distractors(world, tool, self.offerer.count_at(level) - 1)
        tools, names = self.offerer.offer(tool, others, asked.arguments)
        turns = [Turn("user", asked.text), self._call(tools, names, asked.arguments)]
        example = Example(turns, tools, "call", f"{world.name}.{tool.key}")
        # A word that sets an argument by what it means must stay.
        if asked.chosen.sets:
            return example
        chance = self.draw.random()
        if chance < _SCRAMBLED:
            return scramble(example, self.asker)
        return rename(example, self.asker) if chance < _SCRAMBLED + _RENAMED else example

    def refuse(self, level: float) -> Example:
        """The same without the fitting tool."""
        world, tool = self._pick()
        asked = self.asker.ask(tool)
        others = self.offerer.distractors(world, tool, self.offerer.count_at(level))
        if not others:
            return self.call(level)
        tools = self.offerer.fill_up([], others)
        turns = [Turn("user", asked.text), Turn("assistant", REFUSAL, learn=True)]
        example = Example(turns, tools, "refuse", f"{world.name}.{tool.key}")
        return scramble(example, self.asker) if self.draw.random() < _SCRAMBLED else example

    def answer(self, level: float) -> Example:
        """A call, its result, and the sentence that answers."""
        world, tool = self._pick_with_results()
        asked = self.asker.ask(tool)
        size = min(self.offerer.count_at(level), _MOST_WITH_RESULT)
        others = self.offerer.distractors(world, tool, size - 1)
        tools, names = self.offerer.offer(tool, others, asked.arguments)
        call = self._call(tools, names, asked.arguments)
        turns = self._exchange(tool, asked, call)
        turns[1] = call
        turns[-1].learn = True
        return Example(turns, tools, "answer", f"{world.name}.{tool.key}")

    def chain(self, level: float) -> Example:
        """Two calls."""
        if not self.chains:
            return self.answer(level)
        world, chain = self.draw.choice(self.chains)
        return chain_example(world, chain, self.asker, self.offerer, level)

    def earlier(self, level: float) -> Example:
        """An example that has another exchange before it: chatter, or a call of a tool that is still offered."""
        make: Callable[[float], Example] = self.draw.choice([self.call, self.call, self.refuse, self.answer])
        made = make(level)
        before = self._used_before(made) if self.draw.random() < 0.5 else None
        made.turns[:0] = before or self.talk.exchange(self.draw, self.values)
        made.kind = "earlier"
        return made

    def _used_before(self, made: Example) -> list[Turn] | None:
        """The use of a tool that cannot be meant by the example's request, and stands among its tools from now on."""
        now = self.by_source[made.source]
        for _ in range(20):
            world, tool = self._pick_with_results()
            if world.name == now.world or self.offerer.nearness.near(world, self.by_name[now.world]):
                continue
            asked = self.asker.ask(tool)
            shown, names = self.offerer.show(tool, asked.arguments)
            shown.given = frozenset()
            if self.offerer.nearness.alike(now, tool) or shown.name in {one.name for one in made.tools}:
                continue
            if len(made.tools) > 1 and not made.tools[-1].fits:
                made.tools.pop()
            made.tools.insert(self.draw.randrange(len(made.tools) + 1), shown)
            call = Turn("assistant", written(shown, names, asked.arguments))
            return self._exchange(tool, asked, call)
        return None

    def follow(self, level: float) -> Example:
        """What the last request needs was said a turn before: as a value, or as a request of the same kind."""
        found = self._pick_to_follow()
        if found is None:
            return self.call(level)
        world, tool, asked, key = found
        arguments = asked.arguments
        others = self.offerer.distractors(world, tool, self.offerer.count_at(level) - 1)
        tools, names = self.offerer.offer(tool, others, arguments)
        if self.draw.random() < 0.5:
            before = self._exchange(tool, asked, self._call(tools, names, arguments))
            parameter = tool.parameter(key)
            assert parameter is not None, "the arguments are those of parameters"
            arguments = {key: self.asker.value(parameter.kind, False)[0]}
            last = self.draw.choice(_AGAIN).format(arguments[key])
        else:
            value = arguments[key]
            told = self.draw.choice(_TOLD).format(value)
            before = [Turn("user", told), Turn("assistant", self.draw.choice(_NOTED))]
            last = asked.text.replace(value, self.draw.choice(_THAT), 1)
        turns = [*before, Turn("user", last), self._call(tools, names, arguments)]
        return Example(turns, tools, "follow", f"{world.name}.{tool.key}")

    def talk_example(self, level: float) -> Example:
        """Small talk and memory, with tools in half of it that have nothing to do with it."""
        tools = self._unused_tools()
        turns, kind = self.talk.turns(self.draw, self.values, bool(tools))
        return Example(turns, tools, kind)

    def _unused_tools(self) -> list[Shown]:
        if self.draw.random() < 0.5:
            return []
        world, tool = self._pick()
        return self.offerer.fill_up([], [tool, *self.offerer.distractors(world, tool, self.offerer.count() - 1)])

    def _pick(self) -> tuple[World, Tool]:
        """Any world is as likely as any other, however many tools it has."""
        world = self.draw.choice(self.worlds)
        return world, self.draw.choice(world.tools)

    def _pick_with_results(self) -> tuple[World, Tool]:
        while True:
            world, tool = self._pick()
            if tool.results:
                return world, tool

    def _pick_to_follow(self) -> tuple[World, Tool, Asked, str] | None:
        """A request with one argument, a string that stands in it, and the argument's key."""
        for _ in range(40):
            world, tool = self._pick()
            asked = self.asker.ask(tool)
            if len(asked.arguments) == 1 and tool.results and asked.chosen.slots():
                ((key, value),) = asked.arguments.items()
                if isinstance(value, str) and _stands_alone(value, asked.text):
                    return world, tool, asked, key
        return None

    def _exchange(self, tool: Tool, asked: Asked, call: Turn) -> list[Turn]:
        return exchange(self.draw, self.values, tool, asked.text, asked.arguments, call.text)

    def _call(self, tools: list[Shown], names: dict[str, str], arguments: dict[str, Any]) -> Turn:
        fitting = next(one for one in tools if one.fits)
        return Turn("assistant", written(fitting, names, arguments), learn=True)


def _stands_alone(value: str, text: str) -> bool:
    """Whether "that" could be said for the value: it is there once, in no quotes, and no article is before it."""
    parted = re.split(rf"(?<!\w){re.escape(value)}(?!\w)", text)
    return (
        text.count(value) == 1
        and len(parted) == 2
        and not re.search(r"(\b(a|an|the|all|any|my|our|new|this|that)\s+|[\"'`“#@$./-])$", parted[0], re.I)
    )


def show(world: World, count: int) -> None:
    """Prints a few examples, for those who write worlds."""
    draw = random.Random()
    maker = Maker([world], Talk([]), "train", draw.randrange(10**9), every_world=True)
    for _ in range(count):
        make: Callable[[float], Example] = draw.choice([maker.call, maker.answer, *[maker.chain] * bool(world.chains)])
        print("   ", "  ".join(turn.text.replace("\n", "\\n") for turn in make(0.4).turns))
