"""A provider with models that end, and a pager: what the service under test depends on, with the tickets of a run.

Each pair of a model and a release's prompt and settings has habits that a test plants. A pair that no test has planted is
one that nobody has ever measured, and it sorts everything wrong.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import plugin

QUEUES = ["outage", "meter", "billing", "move", "general"]
LANGUAGES = ["cs", "de", "el", "en", "es", "fi", "fr", "hu", "it", "lt", "nl", "pl", "pt", "ro", "sv", "tr"]

Sorted = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A request as the provider's log has it, and the model that answered it; none if none did."""

    body: dict[str, Any]
    answered: str | None

    @property
    def text(self) -> str:
        return str(self.body["messages"][-1]["content"])

    @property
    def release(self) -> dict[str, Any]:
        """What was asked, as the parts of a release."""
        settings = {name: value for name, value in self.body.items() if name not in ("model", "messages")}
        system = [message["content"] for message in self.body["messages"] if message["role"] == "system"]
        return {"model": self.body["model"], "prompt": "\n".join(system), "settings": settings}


@dataclass
class Habit:
    """How a model answers a release.

    Attributes:
        instead: what it says about texts that it gets wrong, whole and unwrapped when that is a text.
        fails: gives the status for texts that it answers with an error.
        wrap: how it presents what it has found.
    """

    instead: dict[str, Sorted | str] = field(default_factory=dict)
    fails: Callable[[str], int | None] = lambda text: None
    wrap: Callable[[Sorted], str] = json.dumps


def key(model: str, prompt: str, settings: dict[str, Any]) -> str:
    return json.dumps([model, prompt, settings], sort_keys=True)


class Provider:
    """Answers as its models do, and keeps what it was asked.

    Attributes:
        ends: the models of its list with their last day, or none; None for a list that can't be had.
        redirects: gives the model that answers in place of the one that was asked, for a text.
        gone: models that are answered with 404.
        truth: what a person found right, by text.
        held: models whose answers wait for the gate.
        alerts: what has reached the pager.
        pager: the status with which the pager answers.
    """

    def __init__(self) -> None:
        self.reset()
        self.changed = threading.Condition()
        provider = self

        class Handler(plugin.JsonHandler):
            def do_GET(self) -> None:
                if provider.ends is None:
                    self.send_json(500, {"error": "no list today"})
                    return
                listed = [{"id": name, "object": "model", "shutdown_date": end} for name, end in provider.ends.items()]
                self.send_json(200, {"object": "list", "data": listed})

            def do_POST(self) -> None:
                body = self.body()
                if self.path.endswith("/alerts"):
                    if provider.pager == 200:
                        provider.alerts.append(body)
                    self.send_json(provider.pager, {})
                else:
                    self.send_json(*provider.answer(body))

        self.server, self.address = plugin.listening(Handler)

    def reset(self) -> None:
        self.calls: list[Call] = []
        self.alerts: list[dict[str, Any]] = []
        self.ends: dict[str, str | None] | None = {}
        self.redirects: Callable[[str, str], str] = lambda model, text: model
        self.gone: set[str] = set()
        self.habits: dict[str, Habit] = {}
        self.truth: dict[str, Sorted] = {}
        self.held: set[str] = set()
        self.gate = threading.Event()
        self.pager = 200

    def plant(self, release: dict[str, Any], habit: Habit | None = None, model: str | None = None) -> Habit:
        """Let a model, by default the release's own, answer this release."""
        habit = habit or Habit()
        self.habits[key(model or release["model"], release["prompt"], release["settings"])] = habit
        return habit

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        asked = Call(body, None)
        model = self.redirects(body["model"], asked.text)
        known = self.habits.get(key(model, asked.release["prompt"], asked.release["settings"]))
        status = 404 if body["model"] in self.gone else known.fails(asked.text) if known else None
        with self.changed:
            self.calls.append(Call(body, None if status else model))
            self.changed.notify_all()
        if body["model"] in self.held:
            self.gate.wait(60)
        if status:
            return status, {"error": {"message": f"{body['model']} can't answer"}}
        right = self.truth.get(asked.text, {"queue": "general", "urgent": False})
        wrong = {"queue": other(right["queue"]), "urgent": not right["urgent"]}
        found = known.instead.get(asked.text, right) if known else wrong
        said = found if isinstance(found, str) else known.wrap(found) if known else json.dumps(found)
        choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
        return 200, {"object": "chat.completion", "model": model, "choices": [choice], "usage": {"total_tokens": 9}}

    def asked(self, release: dict[str, Any]) -> list[Call]:
        """The calls of a release's model, in the order of their arrival."""
        with self.changed:
            return [call for call in self.calls if call.body["model"] == release["model"]]

    def wait_for(self, release: dict[str, Any], calls: int) -> None:
        """Wait until a release's model has been asked so often."""
        with self.changed:
            arrived = self.changed.wait_for(
                lambda: sum(call.body["model"] == release["model"] for call in self.calls) >= calls, 30
            )
        assert arrived, f"the provider waits for call {calls} of {release['model']}, which does not come"


def other(queue: str) -> str:
    return QUEUES[(QUEUES.index(queue) + 1) % len(QUEUES)]


def word(rng: random.Random) -> str:
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(2, 4)))


def prose(rng: random.Random, words: int) -> str:
    """A text that nobody has seen before."""
    return " ".join(word(rng) for _ in range(words)).capitalize() + f" {rng.getrandbits(40)}."


def release(rng: random.Random) -> dict[str, Any]:
    """Parts of a release: a dated model, a prompt and settings, none of which another release has."""
    settings = {
        "max_tokens": rng.randint(50, 5000),
        "seed": rng.getrandbits(30),
        rng.choice(["temperature", "top_p"]): rng.randint(1, 9) / 10,
        rng.choice(["reasoning_effort", "verbosity"]): rng.choice(["low", "medium", "high"]),
    }
    kept = rng.sample([*settings], rng.randint(2, 4))
    dated = f"{word(rng)}-{rng.randint(2024, 2027)}-{rng.randint(1, 12):02}-{rng.getrandbits(20)}"
    return {"model": dated, "prompt": prose(rng, 12), "settings": {name: settings[name] for name in kept}}


def found(rng: random.Random) -> Sorted:
    return {"queue": rng.choice(QUEUES), "urgent": rng.random() < 0.5}


def wrapped(rng: random.Random) -> Callable[[Sorted], str]:
    """A way in which models present an object: any order, more fields, a fence, sentences around it."""

    def wrap(fields: Sorted) -> str:
        more = {"reason": f'{word(rng)} "{word(rng)}" {{{word(rng)}}}', "source": {"line": rng.randint(1, 9)}}
        parts = fields | {name: more[name] for name in rng.sample([*more], rng.randint(0, 2))}
        ordered = {name: parts[name] for name in rng.sample([*parts], len(parts))}
        said = json.dumps(ordered, indent=rng.choice([None, 2]))
        said = rng.choice(["{}", "{}", "```json\n{}\n```", "```\n{}\n```"]).replace("{}", said)
        before = rng.choice(["", f"{prose(rng, 4)}\n\n", f"{prose(rng, 3)} {{{word(rng)}}}: "])
        return before + said + rng.choice(["", f"\n\n{prose(rng, 4)}"])

    return wrap


def unreadable(rng: random.Random, right: Sorted) -> str:
    """An answer from which nobody can tell both fields."""
    return rng.choice([
        prose(rng, 9),
        "",
        json.dumps(right)[: -rng.randint(1, 12)],
        json.dumps({"queue": right["queue"]}),
        json.dumps({"urgent": right["urgent"]}),
        json.dumps(right | {"queue": f"{word(rng)} desk"}),
        json.dumps(right | {"queue": None}),
        json.dumps(right | {"urgent": rng.choice(["yes", "no", None, "tonight"])}),
        f"```json\n{json.dumps([right['queue'], right['urgent']])}\n```",
    ])  # fmt: skip
