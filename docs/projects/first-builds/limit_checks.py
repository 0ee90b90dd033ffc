"""The checks of what bounds `POST /extract`, how it fails, and what it says that it cost."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from exchanges import Exchange, Faults, called, chances, failed, hands_on, played
from messages import Message, invented, message
from trial import SLACK, Answer, Call, Kit, Outcome, Reply, unless


def caps_output(kit: Kit) -> Outcome:
    def capped(answer: Answer, calls: Sequence[Call]) -> list[str]:
        caps = [call.body.get("max_completion_tokens", call.body.get("max_tokens")) for call in calls]
        return [
            unless(bool(calls), "no call reached the model"),
            *(
                unless(type(cap) is int and 1 <= cap <= kit.settings.cap, f"call {index} has the cap {cap!r}")
                for index, cap in enumerate(caps, 1)
            ),
        ]

    exchanges = []
    for chance in chances(kit, "cap", 4):
        good = message(chance, mark := kit.mark())
        exchanges.append(Exchange(mark, good, _bad_then_good(good, chance), capped))
    return played(kit, exchanges)


def keeps_the_deadline(kit: Kit) -> Outcome:
    limit = kit.settings.deadline
    late = limit + SLACK + 1
    slow: list[dict[str, Any]] = [{"wait": late}, {"drip": late / 150}]

    exchanges = []
    for index, chance in enumerate(chances(kit, "deadline", 6)):
        good = message(chance, mark := kit.mark())
        if index < 4:
            exchanges.append(Exchange(mark, good, [Reply(good.answer(), **slow[index % 2])], _timed_out(kit)))
        else:
            exchanges.append(Exchange(mark, good, [Reply(good.answer(), wait=limit / 3)], hands_on(good)))
    return played(kit, exchanges)


def deadline_spans_repair(kit: Kit) -> Outcome:
    exchanges = []
    for chance in chances(kit, "span", 3):
        good = message(chance, mark := kit.mark())
        replies = _bad_then_good(good, chance, wait=kit.settings.deadline * 2 / 3)
        exchanges.append(Exchange(mark, good, replies, _timed_out(kit)))
    return played(kit, exchanges)


def maps_failures(kit: Kit) -> Outcome:
    failures: list[dict[str, Any]] = [
        {"status": 500},
        {"status": 401},
        {"status": 404, "body": b"<html>not here</html>"},
        {"body": b"<html>please log in</html>"},
        {"body": b'{"object": "chat.completion", "choices": []}'},
        {"body": b"[]"},
        {"keep": 0.5},
        {"keep": -1},
    ]
    exchanges = []
    for chance, failure in zip(chances(kit, "failure", len(failures)), failures, strict=True):
        good = message(chance, mark := kit.mark())
        # HTTP clients may send a request again by themselves when a kept connection closes without a byte.
        most = 2 if failure.get("keep") == -1 else 1
        exchanges.append(Exchange(mark, good, [Reply(good.answer(), **failure)], _model_failed(most)))
    return played(kit, exchanges)


def passes_on_the_pause(kit: Kit) -> Outcome:
    def busy(pause: str | None) -> Faults:
        def faults(answer: Answer, calls: Sequence[Call]) -> list[str]:
            passed_on = answer.headers.get("retry-after")
            wanted = f"expected Retry-After {pause}" if pause else "expected no Retry-After"
            return [*failed(answer, 503, "model_busy"), unless(passed_on == pause, wanted), called(calls, 1)]

        return faults

    exchanges = []
    for index, chance in enumerate(chances(kit, "pause", 6)):
        sent = message(chance, mark := kit.mark())
        pause = str(chance.randint(2, 90)) if index % 3 else None
        headers = {"retry-after": pause} if pause else {}
        exchanges.append(Exchange(mark, sent, [Reply(status=429, headers=headers)], busy(pause)))
    return played(kit, exchanges)


def sums_usage(kit: Kit) -> Outcome:
    exchanges = []
    for index, chance in enumerate(chances(kit, "usage", 9)):
        good = message(chance, mark := kit.mark())
        counts = [(chance.randint(50, 900), chance.randint(5, 90)) for _ in range(2)]
        usages = [{"prompt_tokens": read, "completion_tokens": written} for read, written in counts]
        bad = good.answer(order_number=invented(chance, good.order_number))
        texts = [[good.answer()], [bad, good.answer()], [bad, bad]][index % 3]
        replies = [Reply(text, usage=usage) for text, usage in zip(texts, usages, strict=False)]
        exchanges.append(Exchange(mark, good, replies, _counted(kit, counts[: len(texts)])))
    return played(kit, exchanges)


def unknown_usage(kit: Kit) -> Outcome:
    def unknown(answer: Answer, calls: Sequence[Call]) -> list[str]:
        names = ("input_tokens", "output_tokens", "cost_usd")
        usage = answer.get("usage")
        fine = isinstance(usage, dict) and all(name in usage and usage[name] is None for name in names)
        return [unless(fine, "expected null for tokens and cost")]

    known = {"prompt_tokens": 90, "completion_tokens": 9}
    negative = {"prompt_tokens": 90, "completion_tokens": -9}
    exchanges = []
    for index, chance in enumerate(chances(kit, "unknown", 8)):
        good = message(chance, mark := kit.mark())
        bad = good.answer(order_number=invented(chance, good.order_number))
        replies = [
            [Reply(good.answer(), usage=None)],
            [Reply(good.answer(), usage=negative)],
            [Reply(bad, usage=None), Reply(good.answer(), usage=known)],
            [Reply(bad, usage=known), Reply(good.answer(), usage={})],
        ][index % 4]
        exchanges.append(Exchange(mark, good, replies, unknown))
    return played(kit, exchanges)


def names_the_model(kit: Kit) -> Outcome:
    def names(model: str) -> Faults:
        return lambda answer, calls: [unless(answer.get("model") == model, f"expected model {model}")]

    exchanges = []
    for index, chance in enumerate(chances(kit, "model", 4)):
        good = message(chance, mark := kit.mark())
        other = f"kit-chat-{chance.randint(2, 99)}-mini"
        replies = [Reply(good.answer(), model=other)]
        if index % 2:
            replies.insert(0, Reply(good.answer(product=None, reason="angry"), model="kit-chat-0"))
        exchanges.append(Exchange(mark, good, replies, names(other)))
    return played(kit, exchanges)


def _bad_then_good(good: Message, chance: random.Random, **fault: Any) -> list[Reply]:
    bad = good.answer(order_number=invented(chance, good.order_number))
    return [Reply(bad, **fault), Reply(good.answer(), **fault)]


def _timed_out(kit: Kit) -> Faults:
    def faults(answer: Answer, calls: Sequence[Call]) -> list[str]:
        limit = kit.settings.deadline
        late = f"the answer came after {answer.seconds:.1f} s, with a deadline of {limit:g} s"
        return [*failed(answer, 504, "model_timeout"), unless(answer.seconds <= limit + SLACK, late)]

    return faults


def _model_failed(most: int) -> Faults:
    def faults(answer: Answer, calls: Sequence[Call]) -> list[str]:
        again = f"expected one call to the model, saw {len(calls)}"
        return [*failed(answer, 502, "model_failed"), unless(1 <= len(calls) <= most, again)]

    return faults


def _counted(kit: Kit, counts: Sequence[tuple[int, int]]) -> Faults:
    read, written = (sum(column) for column in zip(*counts, strict=True))
    cost = (read * kit.settings.input_price + written * kit.settings.output_price) / 1_000_000
    wanted = {"calls": len(counts), "input_tokens": read, "output_tokens": written}

    def faults(answer: Answer, calls: Sequence[Call]) -> list[str]:
        said = answer.get("usage", "cost_usd")
        # Nine places after the point are allowed.
        right = isinstance(said, int | float) and math.isclose(said, cost, abs_tol=6e-10)
        return [
            *(unless(answer.get("usage", key) == value, f"expected {key} {value}") for key, value in wanted.items()),
            unless(right, f"expected cost_usd {cost:.9f}"),
        ]

    return faults
