"""What the checks of `POST /extract` are made of: a message, the model's scripted answers, and what has to come of it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from messages import Message
from trial import Answer, Call, Finding, Kit, Outcome, Reply, found, short, unless

#: What the contract calls the parts of its answers.
USAGE = ("calls", "input_tokens", "output_tokens", "cost_usd")
VALUES = ("order_number", "product")
EXTRACTED = (*VALUES, "reason", "model", "usage")
FAILURE = ("code", "field", "problem", "usage")

#: From the answer and the calls that reached the model to what is wrong, in order of weight; "" is no fault.
Faults = Callable[[Answer, Sequence[Call]], list[str]]


@dataclass(frozen=True)
class Exchange:
    """A message, how the model answers the calls about it, and what has to come of it."""

    mark: str
    message: Message
    replies: Sequence[Reply]
    faults: Faults


def played(kit: Kit, exchanges: Sequence[Exchange]) -> Outcome:
    def play(exchange: Exchange) -> Finding:
        talk = kit.model.expect(exchange.mark, exchange.replies)
        answer = kit.service.ask("POST", "/extract", {"text": exchange.message.text})
        seen = found(exchange.faults(answer, talk.calls), exchange.message.text, answer, talk.calls)
        return replace(seen, model=short("; then ".join(map(str, exchange.replies))))

    return Outcome(kit.each(play, exchanges))


def chances(kit: Kit, name: str, count: int) -> list[random.Random]:
    return [kit.chance(f"{name}/{index}") for index in range(count)]


def called(calls: Sequence[Call], wanted: int) -> str:
    return unless(len(calls) == wanted, f"expected {wanted} calls to the model, saw {len(calls)}")


def hands_on(good: Message, *fields: str) -> Faults:
    """200 with these values of the model's answer."""

    def faults(answer: Answer, calls: Sequence[Call]) -> list[str]:
        if answer.status != 200:
            return [f"expected 200 with {good.answer()}"]
        wanted = {field: getattr(good, field) for field in fields}
        return [f"expected {field} {value!r}" for field, value in wanted.items() if answer.get(field) != value]

    return faults


def refuses(code: str, field: str | None) -> Faults:
    def faults(answer: Answer, calls: Sequence[Call]) -> list[str]:
        right = answer.get("field") == field
        return [*failed(answer, 422, code), unless(right, f"expected field {json.dumps(field)}")]

    return faults


def failed(answer: Answer, status: int, code: str) -> list[str]:
    return [
        unless(answer.status == status, f"expected {status}"),
        unless(answer.get("code") == code, f"expected code {code}"),
        keys(answer, FAILURE),
        unless(bool(answer.get("problem")), "expected a problem in words"),
    ]


def keys(answer: Answer, wanted: Sequence[str]) -> str:
    """What is wrong with the keys of an answer and of its usage."""
    for path, keys in (((), wanted), (("usage",), USAGE)):
        value = answer.get(*path)
        if not isinstance(value, dict) or sorted(value) != sorted(keys):
            return f"expected exactly the keys {', '.join(keys)}{' in usage' if path else ''}"
    return ""
