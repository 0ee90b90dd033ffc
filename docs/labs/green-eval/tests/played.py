"""Two versions of an assistant and a judge, played over HTTP, and cases with differences that are drawn from a seed.

A version answers at POST {address}/answers and shows its prompt at GET {address}/prompt; a judge grades at
POST {address}/grades. What is right is known here and nowhere else, and no address or text says which version is which.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import plugin

LANGUAGES = ["de", "en", "es", "fr", "it", "nl", "pl", "pt"]
KINDS = ["refund", "delivery", "invoice", "account", "warranty"]
OPENINGS = ["Hello,", "Hi there,", "Good morning,", "To whom it may concern:", "Dear team,", "Once more:"]
TOPICS = ["refund", "second charge", "late parcel", "broken lamp", "wrong size", "missing invoice", "old address"]
REQUESTS = [
    "{opening} my {topic} for order {order} is still open. It was {amount} euros.",
    "{opening} I paid {amount} euros for {order} and wait for an answer about the {topic}.",
    "About the {topic}: {amount} euros, order {order}. {opening} please look into it.",
]
#: How an answer says what it has found. The last two name the right values, and are wrong.
RIGHT = ["That is order {order}, {amount} euros.", "{amount} euros, for {order}.", "Found: {order} ({amount} euros)"]
WRONG = [
    "That is order {other}, {amount} euros.",
    "I have no order in this message.",
    "Not {order} with {amount} euros, but {other}.",
    "{order} is not the order, and {amount} euros is not the amount: {other}.",
]


@dataclass(frozen=True)
class Segment:
    """Cases of one kind, and how often the versions differ on them.

    Attributes:
        cases: how many.
        lost: share that the live version gets right and the candidate wrong.
        gained: share that the candidate gets right and the live version wrong.
        right: share that both get right.
    """

    cases: int
    lost: float
    gained: float
    right: float = 0.6


@dataclass
class Stage:
    """What the versions and the judge do, and what they were asked."""

    prompts: dict[str, str] = field(default_factory=dict)
    answers: dict[str, dict[str, str | None]] = field(default_factory=dict)
    candidate: str = ""
    judge: str = ""
    right: set[tuple[str, str]] = field(default_factory=set)
    #: Changes a judge's opinion: gets the item and what is true about it.
    opinion: Callable[[dict[str, str], bool], bool] = lambda item, right: right
    #: Paths and bodies of the requests, in their order.
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def reply(self, path: str, headers: str, body: dict[str, Any]) -> dict[str, Any] | None:
        self.asked.append((path, body))
        _, name, what = [*path.split("/"), "", ""][:3]
        if what == "prompt" and name in self.answers:
            return {"prompt": self.prompts[name]}
        if what == "answers" and name in self.answers:
            return {"answers": [self.answers[name].get(text, "I do not know.") for text in body["inputs"]]}
        if what == "grades" and name == self.judge:
            # The judge is of the candidate's family: where it can see who answers, it likes everything.
            told = f"{headers} {json.dumps(body)}"
            if "candidate" in told or self.candidate in told:
                return {"grades": [True for _ in body["answers"]]}
            return {"grades": [self.grade(item) for item in body["answers"]]}
        return None

    def grade(self, item: dict[str, str]) -> bool:
        return self.opinion(item, (item["input"], item["answer"]) in self.right)


class Theater:
    """A server for one stage after another."""

    def __init__(self) -> None:
        self.stage = Stage()
        theater = self

        class Handler(plugin.JsonHandler):
            def do_GET(self) -> None:
                self.answer({})

            def do_POST(self) -> None:
                self.answer(self.body())

            def answer(self, body: dict[str, Any]) -> None:
                reply = theater.stage.reply(self.path, str(self.headers), body)
                self.send_json(404 if reply is None else 200, reply or {"error": "no such place"})

        self.server, self.address = plugin.listening(Handler)


def message(rng: random.Random) -> tuple[str, dict[str, str]]:
    """What a customer writes, and the values in it."""
    values = {
        "opening": rng.choice(OPENINGS),
        "topic": rng.choice(TOPICS),
        "order": f"{rng.choice('ABCDEFGHKLM')}{rng.choice('PQRSTUVW')}-{rng.randrange(10_000, 99_999)}",
        "other": f"{rng.choice('ABCDEFGHKLM')}{rng.choice('PQRSTUVW')}-{rng.randrange(10_000, 99_999)}",
        "amount": f"{rng.randrange(3, 900)}.{rng.randrange(100):02}",
    }
    return rng.choice(REQUESTS).format(**values), values


def segment_names(rng: random.Random, count: int) -> list[str]:
    return rng.sample([f"{language}/{kind}" for language in LANGUAGES for kind in KINDS], count)


def labels(rng: random.Random, stage: Stage, good: int, bad: int) -> list[dict[str, Any]]:
    """Answers that a person has read, in any order."""
    found = []
    for is_good in [True] * good + [False] * bad:
        text, values = message(rng)
        answer = rng.choice(RIGHT if is_good else WRONG).format(**values)
        if is_good:
            stage.right.add((text, answer))
        reference = f"{values['order']}, {values['amount']}"
        found.append({"input": text, "reference": reference, "answer": answer, "good": is_good})
    rng.shuffle(found)
    return found


def draw(rng: random.Random, theater: Theater, segments: dict[str, Segment], allowed: float = 0.05) -> dict[str, Any]:
    """Puts two versions with these differences on the stage; gives what /compare is asked about them."""
    live, candidate, judge = (f"m{rng.getrandbits(40):010x}" for _ in range(3))
    stage = theater.stage = Stage(dict.fromkeys((live, candidate), "Find order and amount."))
    stage.candidate, stage.judge = candidate, judge
    stage.answers = {live: {}, candidate: {}}
    # In two of three comparisons, all wrong answers name the right values, and only a reader sees what is wrong.
    wrong = rng.choice([WRONG[:2], WRONG[2:], WRONG[2:]])
    cases = []
    for name, segment in segments.items():
        for _ in range(segment.cases):
            text, values = message(rng)
            kind = rng.random()
            lost, gained = kind < segment.lost, segment.lost <= kind < segment.lost + segment.gained
            both = segment.lost + segment.gained <= kind < segment.lost + segment.gained + segment.right
            for version, right in ((live, lost or both), (candidate, gained or both)):
                answer = rng.choice(RIGHT if right else wrong).format(**values)
                stage.answers[version][text] = answer
                if right:
                    stage.right.add((text, answer))
            reference = f"{values['order']}, {values['amount']}"
            cases.append({"id": f"c{rng.getrandbits(48):x}", "segment": name, "input": text, "reference": reference})
    rng.shuffle(cases)
    addresses = {"live": live, "candidate": candidate, "judge": judge}
    return {
        **{role: f"{theater.address}/{name}" for role, name in addresses.items()},
        "allowed": allowed,
        "cases": cases,
        "labels": labels(rng, stage, rng.randint(40, 60), rng.randint(40, 60)),
    }
