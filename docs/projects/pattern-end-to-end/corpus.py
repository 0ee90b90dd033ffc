"""The documents of a run, drawn from a grammar, with the questions that they answer, and the kit's embedding model."""

from __future__ import annotations

import functools
import itertools
import json
import random
import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toy_embedding import ToyEmbedding
from trial import Embed

GRAMMAR: dict[str, Any] = json.loads((Path(__file__).parent / "corpus.json").read_text(encoding="utf-8"))
#: Words that say nothing about what a text is about. The contract lists the same ones.
STOP = frozenset(GRAMMAR["stop"].split())


@dataclass(frozen=True)
class Fact:
    """A passage of a document, and what can be asked about it.

    Attributes:
        text: the passage as it stands in the document.
        sentence: the sentence that answers the question, on one line.
        question: in other words than the passage's.
        code: a word that stands in this passage and in no other.
    """

    document: str
    text: str
    sentence: str
    question: str
    code: str

    @property
    def by_code(self) -> str:
        """A question that has nothing but the code in common with the passage."""
        return f"What does {self.code} say?"


@dataclass(frozen=True)
class Library:
    """Documents of one tenant, and questions that none of them answers."""

    facts: tuple[Fact, ...]
    unanswered: tuple[str, ...]

    @property
    def documents(self) -> dict[str, list[Fact]]:
        found: dict[str, list[Fact]] = {}
        for fact in self.facts:
            found.setdefault(fact.document, []).append(fact)
        return found


def library(chance: random.Random, count: int, size: int, documents: Sequence[str] = ()) -> Library:
    """Facts that nobody has seen before: things and rules, put together at random.

    Args:
        count: of the facts.
        size: facts in a document.
        documents: ids to use, instead of drawn ones.
    """
    pairs = _pairs()
    chance.shuffle(pairs)
    ids = [*documents] or [document_id(chance) for _ in range(-(-count // size))]
    facts = tuple(fact(chance, ids[index // size], pair) for index, pair in enumerate(pairs[:count]))
    return Library(facts, tuple(_question(*pair) for pair in pairs[count:]))


def crowd_facts(chance: random.Random, count: int) -> list[Fact]:
    """Facts about one thing and rule that no library holds: all answer the same question."""
    pair = (GRAMMAR["crowd"]["subject"], GRAMMAR["crowd"]["rule"])
    return [fact(chance, "", pair) for _ in range(count)]


def document_id(chance: random.Random) -> str:
    return f"d-{chance.getrandbits(32):08x}"


def retold(chance: random.Random, old: Fact) -> Fact:
    """The same thing and rule, with another number and code: the same question has another answer."""
    pair = next(pair for pair in _pairs() if _question(*pair) == old.question)
    return next(new for new in iter(lambda: fact(chance, old.document, pair), None) if new.sentence != old.sentence)


def fact(chance: random.Random, document: str, pair: tuple[list[str], dict[str, str]]) -> Fact:
    (subject, _), rule = pair
    code = "".join(chance.choices(string.ascii_uppercase, k=3)) + str(chance.randint(10000, 99999))
    sentence = f"The {subject} {rule['says'].format(n=chance.randint(11, 99))}."
    # A line break stands anywhere in a passage. Only an empty line ends it.
    words = f"{sentence} More is in {code}.".split(" ")
    place = chance.randrange(1, len(words))
    text = " ".join(words[:place]) + "\n" + " ".join(words[place:])
    return Fact(document, text, sentence, _question(*pair), code)


def _pairs() -> list[tuple[list[str], dict[str, str]]]:
    return list(itertools.product(GRAMMAR["subjects"], GRAMMAR["rules"]))


def _question(subject: list[str], rule: dict[str, str]) -> str:
    return rule["asks"].format(s=subject[1])


class _Embedding(ToyEmbedding):
    """A code says nothing to it, as real models make little of one. Every vector has a share that says nothing either."""

    def embed(self, text: str) -> list[float]:
        return super().embed(f"any {text}")

    def weight(self, word: str, meaning: str | None) -> float:
        says_nothing = word.startswith("zq") or any(letter.isdigit() for letter in word)
        return 0.0 if says_nothing else super().weight(word, meaning)


@functools.cache
def embedding() -> ToyEmbedding:
    crowd = GRAMMAR["crowd"]
    rules = [rule["same"].split() for rule in (*GRAMMAR["rules"], crowd["rule"])]
    return _Embedding([*GRAMMAR["subjects"], crowd["subject"], *rules], STOP)


def noise(seed: int) -> Embed:
    """An embedding model that is broken: its vectors have nothing to do with the text."""

    def embed(text: str) -> list[float]:
        chance = random.Random(f"noise/{seed}/{text}")
        return [chance.gauss(0, 1) for _ in range(96)]

    return embed
