"""The tokenizer: a byte-level BPE in which a word has the same pieces wherever it stands.

`docs`, ` docs`, `Docs` and ` Docs` are each as many tokens, and the embedding of each is that of `docs` plus one
vector for the capital and one for the space (`factors`). So what is learnt of a word is learnt of all its forms, and a
value is copied from a request into a call piece by piece. Merges of letters come first, each with its capital twin; the
space joins last.
"""

# The trainer's libraries are in no environment of the tests: what comes from them has no types here.
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import json
import re
import string
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from .render import SPECIAL

SPLIT = r" ?[A-Z]?[a-z]+| ?[A-Z]+| ?[0-9]| ?[^\sA-Za-z0-9]|\s"
SPACE = "Ġ"
_ACCENTED = "äöüßéèêëáàâãíìîóòôõúùûñçåøæÄÖÜÉÅØÇ€£§°"


def train(texts: Iterable[str], merges: int, path: Path) -> Tokenizer:
    """Learns the pieces of words from `texts` and writes `tokenizer.json`."""
    words: Counter[str] = Counter()
    for text in texts:
        words.update(word.lower() for word in re.findall(r"[A-Z]?[a-z]+", text))
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.BpeTrainer(vocab_size=26 + merges, show_progress=False, min_frequency=3)
    learner.train_from_iterator((" ".join([word] * min(count, 2000)) for word, count in words.items()), trainer)
    learnt = [
        tuple(pair) if isinstance(pair, list) else tuple(pair.split(" "))
        for pair in json.loads(learner.to_str())["model"]["merges"]
    ]
    learner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    first = {learner.encode(word).tokens[0] for word in words}
    path.write_text(
        json.dumps(_document(learnt, _with_beginnings(first, learnt)), ensure_ascii=False), encoding="utf-8"
    )
    return Tokenizer.from_file(str(path))


def _with_beginnings(first: set[str], learnt: list[Any]) -> set[str]:
    """The pieces that words begin with, and those that they are merged from: these get a capital and a space form."""
    left_of = {left + right: left for left, right in learnt}
    whole: set[str] = set()
    for piece in first:
        while piece not in whole:
            whole.add(piece)
            piece = left_of.get(piece, piece)
    return whole | set(string.ascii_lowercase)


def _document(learnt: list[Any], first: set[str]) -> dict[str, Any]:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: at for at, token in enumerate([*SPECIAL, *alphabet])}
    merges: list[tuple[str, str]] = []

    def merge(left: str, right: str) -> None:
        if left in vocabulary and right in vocabulary and left + right not in vocabulary:
            vocabulary[left + right] = len(vocabulary)
            merges.append((left, right))

    for left, right in learnt:
        merge(left, right)
        if left + right in first:
            merge(left[0].upper() + left[1:], right)
    for char in _ACCENTED:
        encoded = _visible(char)
        if len(encoded) == 2:
            merge(encoded[0], encoded[1])
    for token in [one for one in vocabulary if one not in SPECIAL and one != SPACE and one not in _CONTROL]:
        if not token.isascii() or not token.isalpha() or token.lower() in first:
            merge(SPACE, token)
    document = json.loads(Tokenizer(models.BPE()).to_str())
    document["model"].update(vocab=vocabulary, merges=[list(pair) for pair in merges])
    tokenizer = Tokenizer.from_str(json.dumps(document))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIAL)
    return json.loads(tokenizer.to_str())


def _visible(char: str) -> str:
    """The byte-level spelling of a character."""
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(char)[0][0]


_CONTROL = {_visible(chr(code)) for code in range(32)} | {_visible(chr(127))}


def pieces(tokenizer: Tokenizer) -> list[str]:
    """The letter pieces, of which random words are made."""
    return sorted(token for token in tokenizer.get_vocab() if re.fullmatch(r"[a-z]{1,}", token))


def factors(tokenizer: Tokenizer) -> tuple[list[int], list[int], list[int], int]:
    """For each token: the row of its plain form, whether it has a capital, whether a space; and the number of rows."""
    by_id = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    rows: dict[str, int] = {}
    plain: list[int] = []
    capital: list[int] = []
    space: list[int] = []
    for token, _ in by_id:
        bare = token[1:] if token.startswith(SPACE) and len(token) > 1 else token
        is_capital = bool(re.fullmatch(r"[A-Z][a-z]*", bare))
        spaced = int(bare != token)
        form = bare.lower() if is_capital else bare
        plain.append(rows.setdefault(form, len(rows)))
        capital.append(int(is_capital))
        space.append(spaced)
    return plain, capital, space, len(rows)
