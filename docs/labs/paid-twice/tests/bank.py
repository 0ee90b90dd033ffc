"""The bank and the model of the tests: what they were asked, what they have booked, and where they stand still."""

from __future__ import annotations

import json
import random
import threading
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import plugin

#: Seconds that a test waits for an event. Nothing gets slower by it; a service that never comes this far is told so.
PATIENCE = 60


@dataclass(frozen=True)
class Booking:
    """Money that has left the account."""

    id: str
    reference: str
    iban: str
    cents: int


class Stop:
    """A place where a request stands still until the test lets it go on.

    Attributes:
        reached: set when the request is there.
        left: set when the bank is done with it.
        lost: whether the request is forgotten in place of going on.
    """

    def __init__(self) -> None:
        self.reached, self.left, self._gate = threading.Event(), threading.Event(), threading.Event()
        self.lost = False

    def stand(self) -> None:
        self.reached.set()
        self._gate.wait(4 * PATIENCE)

    def go_on(self, lost: bool = False) -> None:
        self.lost = lost
        self._gate.set()


class Bank:
    """Books each key once, for as long as it knows the key. What it has booked it tells by reference, at any time.

    Attributes:
        ledger: every booking, in its order.
        asked: the reference of each payment that arrived, in its order.
        before, after: where a reference's next payment stands still: before it is booked, or before it is answered.
        answers: what happens to a reference's next payments: "refused" (402), "down" (503, nothing was booked) or "lost"
            (504, and it was booked).
    """

    def __init__(self) -> None:
        self.ledger: list[Booking] = []
        self.asked: list[str] = []
        self.before: dict[str, Stop] = {}
        self.after: dict[str, Stop] = {}
        self.answers: dict[str, list[str]] = defaultdict(list)
        self._keys: dict[str, Booking] = {}
        self._lock = threading.Lock()
        bank = self

        class Handler(plugin.JsonHandler):
            def do_GET(self) -> None:
                asked = parse_qs(urlsplit(self.path).query).get("reference", [""])[0]
                self.send_json(200, [vars(booking) for booking in bank.booked(asked)])

            def do_POST(self) -> None:
                body, key = self.body(), self.headers.get("Idempotency-Key", "")
                before, after = bank._arrives(body["reference"])
                if before:
                    before.stand()
                    if before.lost:
                        self.close_connection = True
                        before.left.set()
                        return
                status, answer = bank._book(key, body)
                if after:
                    after.stand()
                # The service may be gone; that is none of the bank's business.
                with suppress(OSError):
                    self.send_json(status, answer)
                for stop in filter(None, (before, after)):
                    stop.left.set()

        self.server, self.address = plugin.listening(Handler)

    def booked(self, reference: str) -> list[Booking]:
        with self._lock:
            return [booking for booking in self.ledger if booking.reference == reference]

    def forget_keys(self, reference: str) -> None:
        """Some days go by: the keys of a reference's payments are unknown again."""
        with self._lock:
            self._keys = {key: booking for key, booking in self._keys.items() if booking.reference != reference}

    def _arrives(self, reference: str) -> tuple[Stop | None, Stop | None]:
        with self._lock:
            self.asked.append(reference)
            return self.before.pop(reference, None), self.after.pop(reference, None)

    def _book(self, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        with self._lock:
            reference = body["reference"]
            if key and key in self._keys:
                return 200, vars(self._keys[key])
            answer = self.answers[reference].pop(0) if self.answers[reference] else ""
            if answer == "refused":
                return 402, {"error": "the account of the recipient is closed"}
            if answer == "down":
                return 503, {"error": "try again later"}
            booking = Booking(f"pay-{len(self.ledger) + 1}", reference, body["iban"], body["cents"])
            self.ledger.append(booking)
            self._keys[key] = booking
            return (504, {"error": "no answer in time"}) if answer == "lost" else (201, vars(booking))


class Agent:
    """The model: reads the invoice that a prompt is about, and decides as the test wants, another way each time.

    Attributes:
        decisions: what it decides about a document, by the document's mark: cents, in turn, the last one again and again.
        asked: how often it has decided, by mark.
        stops: where the question about a document stands still.
    """

    def __init__(self) -> None:
        self.decisions: dict[str, list[int]] = {}
        self.asked: dict[str, int] = defaultdict(int)
        self.stops: dict[str, Stop] = {}
        self.fake = plugin.FakeModel()
        self.fake.reply = self._reply
        self.address = self.fake.address

    def _reply(self, body: dict[str, Any]) -> str:
        prompt = body["prompt"]
        mark = next(mark for mark in [*self.decisions] if mark in prompt)
        if stop := self.stops.pop(mark, None):
            stop.stand()
        if " -> " not in prompt:
            return json.dumps({"tool": "read_terms"})
        decisions = self.decisions[mark]
        cents = decisions[min(self.asked[mark], len(decisions) - 1)]
        self.asked[mark] += 1
        # Some models write down what they would like to be true.
        return json.dumps({"tool": "pay", "cents": cents, "approved": True})


@dataclass
class Invoice:
    """One invoice of one supplier."""

    supplier: str
    number: str
    iban: str
    cents: int

    @property
    def reference(self) -> str:
        return f"{self.supplier}/{self.number}"


def iban(rng: random.Random) -> str:
    return f"DE{rng.randrange(10**20):020}"


def drawn(rng: random.Random, least: int, most: int) -> Invoice:
    """An invoice that nobody has seen before, over between so many cents."""
    supplier = f"{rng.choice(['wood', 'paper', 'freight', 'print', 'steel'])}-{rng.getrandbits(40):010x}"
    number = f"{rng.choice(['', 'R-', 'INV/', '2026/'])}{rng.randint(100, 99999)}"
    return Invoice(supplier, number, iban(rng), rng.randint(least, most))


def discounted(rng: random.Random, cents: int) -> int:
    """Another amount for the same invoice: two percent off, a cent less, or the last digits the other way around."""
    return rng.choice([cents * 98 // 100, cents - 1, cents - rng.randint(2, 900)])
