"""llama.cpp, by the C functions that llama-cpp-python exposes.

Its Python class answers one request at a time, so that this is a server's loop: each `llama_decode` computes the next
token of every running sequence, and as much of the waiting prompts as still fits into the batch. As in the Python
class, the last sequence stays in the cache, and a prompt that begins like it is computed from where they part.
"""

from __future__ import annotations

import ctypes
import time
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from engines.engine import Request

api = import_module("llama_cpp")
numpy = import_module("numpy")

SEQUENCES = 32
# What a batch holds is one piece of work to llama.cpp up to 512 tokens: more would only delay running sequences.
BATCH = 512
# Tokens of a sequence. Each has its own part of the cache: with a common one, 16 answers were 2 to 6 % slower.
CELLS = 1152


@dataclass
class Sequence:
    index: int
    request: Request
    slot: int
    tokens: list[int]
    """The prompt, and what was answered."""
    cached: int
    """How many of the tokens are in the cache, or in the batch that is being filled."""
    times: list[float] = field(default_factory=list[float])


class Engine:
    def __init__(self, model: Path, threads: int) -> None:
        api.llama_backend_init()
        self.model = api.llama_model_load_from_file(str(model).encode(), api.llama_model_default_params())
        settings = api.llama_context_default_params()
        settings.n_ctx = SEQUENCES * CELLS
        settings.n_batch = settings.n_ubatch = BATCH
        settings.n_seq_max = SEQUENCES
        settings.n_threads = settings.n_threads_batch = threads
        settings.kv_unified = False
        self.context = api.llama_init_from_model(self.model, settings)
        if not self.context:
            raise RuntimeError("llama.cpp refuses the context")
        self.memory = api.llama_get_memory(self.context)
        self.vocabulary = api.llama_model_get_vocab(self.model)
        self.width = api.llama_vocab_n_tokens(self.vocabulary)
        self.batch = api.llama_batch_init(BATCH, 0, 1)
        self.kept: Sequence | None = None

    def about(self) -> str:
        built = api.llama_print_system_info().decode().strip(" |")
        return f"llama_decode over all sequences, at most {SEQUENCES}; {built}"

    def serve(self, requests: list[Request]) -> list[list[float]]:
        prompts = [self.tokenize(request) for request in requests]
        waiting = sorted(range(len(requests)), key=lambda index: requests[index].at)
        free = list(range(SEQUENCES))
        running: list[Sequence] = []
        done: list[list[float]] = [[] for _ in requests]
        self.keep_for(prompts[waiting[0]])
        start = time.perf_counter()
        while waiting or running:
            now = time.perf_counter() - start
            while waiting and free and requests[waiting[0]].at <= now:
                index = waiting.pop(0)
                running.append(self.admit(index, requests[index], prompts[index], free))
            if not running:
                time.sleep(requests[waiting[0]].at - now)
                continue
            for sequence in self.step(running, start):
                running.remove(sequence)
                free.append(sequence.slot)
                done[sequence.index] = sequence.times
                self.finish(sequence)
        return done

    def tokenize(self, request: Request) -> list[int]:
        text = request.prompt.encode()
        room = (ctypes.c_int32 * (len(text) + 8))()
        count = api.llama_tokenize(self.vocabulary, text, len(text), room, len(room), False, False)
        if count != request.length:
            raise RuntimeError(f"expected {request.length} tokens, found {count}")
        return list(room[:count])

    def keep_for(self, prompt: list[int]) -> None:
        """Empties the cache, but for a sequence that the next prompt continues."""
        if self.kept and common(self.kept.tokens, prompt) < len(prompt) // 2:
            self.kept = None
        if not self.kept:
            api.llama_memory_clear(self.memory, False)

    def admit(self, index: int, request: Request, prompt: list[int], free: list[int]) -> Sequence:
        kept, self.kept = self.kept, None
        if not kept:
            return Sequence(index, request, free.pop(0), prompt, 0)
        # The last token is always computed: its row says what comes next.
        shared = min(common(kept.tokens[: kept.cached], prompt), len(prompt) - 1)
        free.remove(kept.slot)
        api.llama_memory_seq_rm(self.memory, kept.slot, shared, -1)
        return Sequence(index, request, kept.slot, prompt, shared)

    def finish(self, sequence: Sequence) -> None:
        if self.kept:
            api.llama_memory_seq_rm(self.memory, self.kept.slot, -1, -1)
        self.kept = sequence

    def step(self, running: list[Sequence], start: float) -> list[Sequence]:
        """Computes one batch; the sequences that it ended."""
        batch = self.batch
        batch.n_tokens = 0
        rows: list[tuple[int, Sequence]] = []
        # Running answers first: they have one token to go, and a prompt has many.
        for sequence in sorted(running, key=lambda s: not s.times):
            taken = min(len(sequence.tokens) - sequence.cached, BATCH - batch.n_tokens)
            for position in range(sequence.cached, sequence.cached + taken):
                at = batch.n_tokens
                batch.token[at] = sequence.tokens[position]
                batch.pos[at] = position
                batch.n_seq_id[at] = 1
                batch.seq_id[at][0] = sequence.slot
                last = position + 1 == len(sequence.tokens)
                batch.logits[at] = last
                if last:
                    rows.append((at, sequence))
                batch.n_tokens += 1
            sequence.cached += taken
        status = api.llama_decode(self.context, batch)
        if status != 0:
            raise RuntimeError(f"llama_decode: {status}")
        for at, sequence in rows:
            sequence.tokens.append(self.best(at))
            sequence.times.append(time.perf_counter() - start)
        return [sequence for _, sequence in rows if len(sequence.times) == sequence.request.tokens]

    def best(self, row: int) -> int:
        logits: Any = numpy.ctypeslib.as_array(api.llama_get_logits_ith(self.context, row), (self.width,))
        return int(logits.argmax())


def common(one: list[int], other: list[int]) -> int:
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return min(len(one), len(other))
