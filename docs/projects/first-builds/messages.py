"""Invented customer messages, drawn anew for each run, so that no table can know their answers."""

from __future__ import annotations

import json
import random
import string
from dataclasses import dataclass, replace
from typing import Any

PRODUCTS = ("kettle", "toaster", "lamp", "blender", "keyboard", "heater")
REASONS = ("defect", "wrong_item", "late", "missing", "other", "no_complaint")
NAMES = ("Ada", "Björn", "Chloé", "Dmitri", "Esra", "Fatou", "Grace", "Hông", "Iñaki", "Jürgen")
#: Nothing in these decides a reason: only the model's answer does.
SENTENCES = (
    "I write about the {product} of order {number}.",
    "Please look at {number}, it was one {product}.",
    "Order {number}: the {product}, as I said on the phone.",
    "My {product} again ({number}). You know what happened.",
)


@dataclass(frozen=True)
class Message:
    """A message and what a good model reads out of it."""

    text: str
    order_number: str | None
    product: str | None
    reason: str

    def answer(self, **changed: Any) -> str:
        """The model's answer as JSON, with some values changed."""
        values = {"order_number": self.order_number, "product": self.product, "reason": self.reason}
        return json.dumps(values | changed)

    def saying(self, text: str) -> Message:
        return replace(self, text=text)


def number(chance: random.Random) -> str:
    return f"{chance.choice(string.ascii_uppercase)}-{chance.randint(10000, 99999)}"


def message(chance: random.Random, mark: str, sentence: str | None = None, **known: Any) -> Message:
    """A message that holds an order number and a product, unless its sentence leaves them out.

    Args:
        sentence: with {number} and {product} where they stand.
        known: order_number, product or reason, where they are not drawn.
    """
    drawn: dict[str, Any] = {
        "order_number": number(chance),
        "product": chance.choice(PRODUCTS),
        "reason": chance.choice(REASONS),
    }
    values = drawn | known
    written = (sentence or chance.choice(SENTENCES)).format(number=values["order_number"], product=values["product"])
    greeting, name = chance.choice(("Hello", "Hi", "Dear team")), chance.choice(NAMES)
    return Message(f"{greeting}, {written} Our ticket is {mark}. {name}", **values)


def invented(chance: random.Random, but: str | None) -> str:
    """An order number in the right form that isn't this one."""
    return next(each for each in iter(lambda: number(chance), "") if each != but)


def other_product(chance: random.Random, but: str | None) -> str:
    return chance.choice([product for product in PRODUCTS if product != but])
