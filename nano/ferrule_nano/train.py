"""Trains the network: one process for each core, checkpoints that a later run goes on from.

The learning rate stays up until `--decay` is asked for, so that training may be stopped and continued for as long as it
is worth it, and ended with a short run that brings the rate down.
"""

# The trainer's libraries are in no environment of the tests: what comes from them has no types here.
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import argparse
import json
import math
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
import torch._dynamo
import torch.distributed as dist
import torch.multiprocessing as mp
from tokenizers import Tokenizer
from torch.nn import functional

from . import tokens, world
from .data import NONE, Batch, Encoder, Level, batches
from .examples import Maker
from .measure import measure
from .network import Hints, Muon, Network, Shape
from .render import render
from .talk import Talk

HERE = Path(__file__).resolve().parent.parent


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the built-in model.")
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder of tokenizer, checkpoint and log")
    add("--worlds", type=Path, default=HERE / "worlds")
    add("--talk", type=Path, default=HERE / "talk")
    add("--minutes", type=float, default=120, help="stop after so long, with a checkpoint")
    add("--budget", type=float, default=math.inf, help="stop after so many minutes in all, whatever runs they took")
    add("--tokens", type=float, default=math.inf, help="stop after so many tokens in all")
    add("--decay", type=float, default=0, help="end the training: bring the rate down over so many tokens, then stop")
    add("--decay-share", type=float, default=0, help="the same, over this share of the tokens seen so far")
    add("--processes", type=int, default=1)
    add("--width", type=int, default=256)
    add("--layers", type=int, default=8)
    add("--inner", type=int, default=768)
    add("--merges", type=int, default=3200)
    add("--rate", type=float, default=0.02)
    add("--micro", type=int, default=4096, help="tokens of one forward pass")
    add("--every", type=float, default=5, help="minutes between checkpoints")
    add("--seed", type=int, default=1)
    add("--all-worlds", action="store_true", help="train on the held-out worlds too")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    make_tokenizer(options)
    if options.processes == 1:
        run(0, options)
    else:
        os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
        os.environ.setdefault("MASTER_PORT", "29531")
        mp.spawn(run, args=(options,), nprocs=options.processes)  # type: ignore[no-untyped-call]


def make_tokenizer(options: argparse.Namespace) -> None:
    path = options.out / "tokenizer.json"
    if not path.exists():
        maker = Maker(world.read_all(options.worlds), Talk.read(options.talk), "train", 11)
        tokens.train((render(maker.example())[0] for _ in range(20_000)), options.merges, path)


class Run:
    """The state of a training, which a checkpoint holds whole."""

    def __init__(self, options: argparse.Namespace, encoder: Encoder) -> None:
        shape = Shape(
            encoder.tokenizer.get_vocab_size(),
            encoder.rows,
            options.width,
            options.layers,
            options.width // 64,
            max(1, options.width // 128),
            64,
            options.inner,
        )
        self.options = options
        self.network = Network(shape, encoder.plain, encoder.capital, encoder.space)
        self.hints = Hints(shape.width)
        matrices = [one for one in self.network.blocks.parameters() if one.ndim == 2]
        known = {id(one) for one in matrices}
        rest = [one for one in self.network.parameters() if id(one) not in known]
        self.muon = Muon(matrices)
        self.adam = torch.optim.AdamW(
            [{"params": rest, "base": 3e-3}, {"params": list(self.hints.parameters()), "base": 3e-3}],
            betas=(0.9, 0.98),
            weight_decay=0.0,
        )
        self.seen = 0
        self.step = 0
        # Minutes spent in all runs; where the rate began to come down, and over how many tokens it does.
        self.minutes = 0.0
        self.decay_from: int | None = None
        self.decay = 0.0
        self.parameters = [*self.network.parameters(), *self.hints.parameters()]

    def save(self, path: Path) -> None:
        state = {
            "shape": self.network.shape.as_dict(),
            # A compiled block has a name of its own.
            "network": {key.replace("_orig_mod.", ""): one for key, one in self.network.state_dict().items()},
            "hints": self.hints.state_dict(),
            "muon": self.muon.buffers,
            "adam": self.adam.state_dict(),
            "seen": self.seen,
            "step": self.step,
            "minutes": self.minutes,
            "decay_from": self.decay_from,
            "decay": self.decay,
        }
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def load(self, path: Path) -> None:
        state = torch.load(path)
        self.network.load_state_dict(state["network"])
        self.hints.load_state_dict(state["hints"])
        self.muon.buffers = state["muon"]
        self.adam.load_state_dict(state["adam"])
        self.seen, self.step, self.decay_from = state["seen"], state["step"], state["decay_from"]
        self.minutes, self.decay = state.get("minutes", 0.0), state.get("decay", self.options.decay)

    def end(self) -> None:
        """Begins to bring the rate down, if that was asked for and has not begun."""
        decay = self.options.decay or self.options.decay_share * self.seen
        if decay and self.decay_from is None:
            self.decay_from, self.decay = self.seen, decay

    def ended(self) -> bool:
        return self.decay_from is not None and self.share() == 0

    def share(self) -> float:
        """Of the full learning rate: a short rise, level, and at the end down."""
        rise = min(1.0, (self.step + 1) / 40)
        if self.decay_from is None:
            return rise
        return max(0.0, 1 - (self.seen - self.decay_from) / self.decay) * rise

    def micro_batches(self) -> int:
        """Small steps first, larger ones as the loss gets finer."""
        return 1 if self.seen < 4e6 else 2 if self.seen < 16e6 else 4

    def update(self) -> None:
        share = self.share()
        self.muon.step(self.options.rate * share)
        for group in self.adam.param_groups:
            group["lr"] = group["base"] * share
        self.adam.step()
        for one in self.parameters:
            one.grad = None
        self.step += 1


def losses(run: Run, batch: Batch) -> dict[str, torch.Tensor]:
    with torch.autocast("cpu", torch.bfloat16):
        hidden = run.network(batch.ids)
    flat = hidden.reshape(-1, hidden.shape[-1])

    def at(labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        places = (labels.view(-1) != NONE).nonzero()[:, 0]
        return flat[places], labels.view(-1)[places]

    made: dict[str, torch.Tensor] = {}
    states, targets = at(batch.targets)
    with torch.autocast("cpu", torch.bfloat16):
        logits = functional.linear(states, run.network.table())
    made["answer"] = functional.cross_entropy(logits.float(), targets)
    for name, head in (("fits", run.hints.fits), ("occurs", run.hints.occurs), ("given", run.hints.given)):
        states, labels = at(getattr(batch, name))
        made[name] = (
            functional.binary_cross_entropy_with_logits(head(states.float())[:, 0], labels.float())
            if len(labels)
            else flat.sum() * 0
        )
    return made


WEIGHTS = {"answer": 1.0, "fits": 0.5, "occurs": 0.15, "given": 0.2}


def run(rank: int, options: argparse.Namespace) -> None:
    """One process of the training, from the checkpoint to the next reason to stop."""
    if options.processes > 1:
        dist.init_process_group("gloo", rank=rank, world_size=options.processes)
    encoder = Encoder(Tokenizer.from_file(str(options.out / "tokenizer.json")))
    state = prepare(options, encoder)
    if state.ended() or (state.decay_from is None and state.minutes >= options.budget):
        print(f"{options.out}: nothing to do after {state.minutes:.0f} minutes and {state.seen / 1e6:.1f} M tokens")
        return
    worlds, talk = world.read_all(options.worlds), Talk.read(options.talk)
    pieces = tokens.pieces(encoder.tokenizer)
    seed = random.Random(f"{options.seed} {rank} {state.step}").randrange(2**31)
    level = Level()
    maker = Maker(worlds, talk, "train", seed, pieces, every_world=options.all_worlds)
    source = batches(maker, encoder, options.micro, level)
    log = Log(options, state, rank)
    clock = Clock(options, state)
    stop = False
    while not stop:
        level.value = min(1.0, 0.1 + 0.9 * state.seen / 25e6)
        gather(state, source, log)
        stop, seen = clock.stops(), state.micro_batches() * options.micro
        if options.processes > 1:
            stop, seen = exchange(state, stop, seen)
        state.update()
        state.seen += seen
        log.line()
        if rank == 0 and (stop or clock.saves()):
            state.save(options.out / "checkpoint.pt")
            log.measure(encoder, worlds, talk, pieces)
            clock.saved = time.time()


def prepare(options: argparse.Namespace, encoder: Encoder) -> Run:
    """The state of the checkpoint, or a new one; compiled."""
    # Two threads on two busy cores wait for each other more than they compute.
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    torch._dynamo.config.recompile_limit = 256
    state = Run(options, encoder)
    if (options.out / "checkpoint.pt").exists():
        state.load(options.out / "checkpoint.pt")
    state.end()
    for block in state.network.blocks:
        block.compile(dynamic=False)
    return state


def gather(state: Run, source: Iterator[Batch], log: Log) -> None:
    """Adds up the gradients of one step."""
    for _ in range(state.micro_batches()):
        batch = next(source)
        parts = losses(state, batch)
        loss = torch.zeros(())
        for name, value in parts.items():
            loss = loss + WEIGHTS[name] * value
        (loss / state.micro_batches()).backward()
        log.add(parts)


class Clock:
    """When to save and when to stop."""

    def __init__(self, options: argparse.Namespace, state: Run) -> None:
        self.options = options
        self.state = state
        self.began = self.last = self.saved = time.time()

    def stops(self) -> bool:
        now = time.time()
        self.state.minutes += (now - self.last) / 60
        self.last = now
        return (
            now - self.began > self.options.minutes * 60
            # What ends the training is not cut short.
            or (self.state.decay_from is None and self.state.minutes >= self.options.budget)
            or self.state.seen >= self.options.tokens
            or self.state.ended()
        )

    def saves(self) -> bool:
        return time.time() - self.saved > self.options.every * 60


def exchange(state: Run, stop: bool, seen: int) -> tuple[bool, int]:
    """Averages the gradients over the processes, and agrees on stopping."""
    flat = torch.cat(
        [one.grad.reshape(-1) if one.grad is not None else torch.zeros(one.numel()) for one in state.parameters]
        + [torch.tensor([float(stop), float(seen)])]
    )
    dist.all_reduce(flat)
    size = dist.get_world_size()
    at = 0
    for one in state.parameters:
        one.grad = (flat[at : at + one.numel()] / size).view_as(one).clone()
        at += one.numel()
    return bool(flat[-2] > 0), int(flat[-1])


class Log:
    def __init__(self, options: argparse.Namespace, state: Run, rank: int) -> None:
        self.path = options.out / "log.txt"
        self.state = state
        self.rank = rank
        self.sums: dict[str, float] = {}
        self.count = 0
        self.last = time.time()
        self.last_seen = state.seen

    def add(self, parts: dict[str, torch.Tensor]) -> None:
        for name, value in parts.items():
            self.sums[name] = self.sums.get(name, 0.0) + value.item()
        self.count += 1

    def line(self) -> None:
        if self.rank or time.time() - self.last < 60:
            return
        rate = (self.state.seen - self.last_seen) / (time.time() - self.last)
        text = " ".join(f"{name} {value / self.count:.3f}" for name, value in self.sums.items())
        where = f"{time.strftime('%H:%M:%S')} step {self.state.step} seen {self.state.seen / 1e6:.2f}M"
        self.write(f"{where} {text} {rate:.0f} tokens/s rate {self.state.share():.2f}")
        self.sums, self.count, self.last, self.last_seen = {}, 0, time.time(), self.state.seen

    def write(self, text: str) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(text + "\n")

    def measure(self, encoder: Encoder, worlds: list[Any], talk: Talk, pieces: list[str]) -> None:
        for split in ("test", "train"):
            maker = Maker(worlds, talk, split, 999, pieces)
            found = measure(self.state.network, encoder, [maker.example() for _ in range(300)])
            self.write(f"MEASURED {self.state.seen / 1e6:.2f}M {split} {json.dumps(found)}")
        self.last, self.last_seen = time.time(), self.state.seen


if __name__ == "__main__":
    main()
