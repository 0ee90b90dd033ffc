"""An embedding model small enough for any machine: it knows which of a project's words mean the same, and no others."""

from __future__ import annotations

import functools
import hashlib
import random
import re
from collections.abc import Collection, Sequence

#: Numbers of a vector.
DIMENSIONS = 96
#: What a word counts that the model knows no other word for.
UNKNOWN = 0.3


class ToyEmbedding:
    """Vectors whose direction is the sum over a text's words. Their length says nothing and differs from text to text.

    Args:
        groups: words or phrases that mean the same, a group for each meaning.
        empty: words that say nothing about what a text is about.
    """

    def __init__(self, groups: Sequence[Sequence[str]], empty: Collection[str]) -> None:
        self.empty = empty
        self.meanings = {
            word: group[0] for group in groups for phrase in group for word in phrase.split() if word not in empty
        }

    def embed(self, text: str) -> list[float]:
        total = [0.0] * DIMENSIONS
        for word in re.findall(r"[\w']+", text.lower()):
            if word in self.empty:
                continue
            meaning = self.meanings.get(word)
            weight = self.weight(word, meaning)
            total = [old + weight * new for old, new in zip(total, _direction(meaning or word), strict=True)]
        length = 2 ** random.Random(f"length/{text}").uniform(-10, 10)
        return [number * length for number in total]

    def weight(self, word: str, meaning: str | None) -> float:
        """How much a word says about what a text is about."""
        return 1.0 if meaning else UNKNOWN


@functools.cache
def _direction(word: str) -> tuple[float, ...]:
    chance = random.Random(hashlib.sha256(word.encode()).digest())
    return tuple(chance.gauss(0, 1) for _ in range(DIMENSIONS))
