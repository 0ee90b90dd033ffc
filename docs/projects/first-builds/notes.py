"""The notes that are searched, some shipped and some written for the run, and the kit's embedding model."""

from __future__ import annotations

import functools
import itertools
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toy_embedding import ToyEmbedding

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
    """The vector of a text, by a toy model that knows the kit's words."""
    return _model().embed(text)


@functools.cache
def _model() -> ToyEmbedding:
    return ToyEmbedding([*SHIPPED["same"], *SHIPPED["things"], *SHIPPED["faults"]], EMPTY)
