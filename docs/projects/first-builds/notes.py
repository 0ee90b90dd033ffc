"""The notes that are searched, some shipped and some written for the run, and the kit's embedding model."""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Numbers of a vector.
DIMENSIONS = 96
#: What a word counts that the model knows no other word for.
UNKNOWN = 0.3
SHIPPED = json.loads((Path(__file__).parent / "notes.json").read_text(encoding="utf-8"))
#: Words that say nothing about what a text is about.
EMPTY = frozenset(SHIPPED["empty"].split())


@dataclass(frozen=True)
class Note:
    """A note, and a question in other words that it answers."""

    id: str
    text: str
    question: str


def shipped(chance: random.Random) -> list[Note]:
    """The kit's own notes, under new ids."""
    return [
        Note(_id(chance), f"Staff handbook, section {section}. {each['text']}", each["question"])
        for section, each in enumerate(SHIPPED["notes"], 1)
    ]


def written(chance: random.Random, count: int = 24) -> list[Note]:
    """Notes that nobody has seen before: things and their faults, put together at random."""
    pairs = list(itertools.product(SHIPPED["things"], SHIPPED["faults"]))
    return [
        Note(
            _id(chance),
            f"The {thing} {fault}: ask for {_code(chance)}.",
            f"What if the {asked_thing} {asked_fault}?",
        )
        for (thing, asked_thing), (fault, asked_fault) in chance.sample(pairs, count)
    ]


def _id(chance: random.Random) -> str:
    return f"n-{chance.getrandbits(32):08x}"


def _code(chance: random.Random) -> str:
    return f"{chance.choice('ABCDEF')}{chance.randint(10, 99)}"


def as_body(notes: list[Note]) -> dict[str, Any]:
    return {"notes": [{"id": note.id, "text": note.text} for note in notes]}


def embed(text: str) -> list[float]:
    """The vector of a text: a toy model that knows which of the kit's words mean the same, and no others.

    The direction is the sum over the words. The length says nothing and differs from text to text.
    """
    total = [0.0] * DIMENSIONS
    for word in re.findall(r"[\w']+", text.lower()):
        if word in EMPTY:
            continue
        meaning = _meanings().get(word)
        weight = 1.0 if meaning else UNKNOWN
        total = [old + weight * new for old, new in zip(total, _direction(meaning or word), strict=True)]
    length = 2 ** random.Random(f"length/{text}").uniform(-10, 10)
    return [number * length for number in total]


@functools.cache
def _meanings() -> dict[str, str]:
    """Each word of the kit with the first word that means the same."""
    groups = [*SHIPPED["same"], *SHIPPED["things"], *SHIPPED["faults"]]
    return {word: group[0] for group in groups for phrase in group for word in phrase.split() if word not in EMPTY}


@functools.cache
def _direction(word: str) -> tuple[float, ...]:
    chance = random.Random(hashlib.sha256(word.encode()).digest())
    return tuple(chance.gauss(0, 1) for _ in range(DIMENSIONS))
