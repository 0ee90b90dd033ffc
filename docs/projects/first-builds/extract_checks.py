"""The checks of what `POST /extract` answers. Each has a check's id as its name, and asserts what no other one does."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from exchanges import (
    EXTRACTED,
    VALUES,
    Exchange,
    Faults,
    called,
    chances,
    failed,
    hands_on,
    keys,
    played,
    refuses,
)
from messages import Message, invented, message, number, other_product
from trial import Answer, Call, Finding, Kit, Outcome, Reply, found, short, unless


def says_it_is_up(kit: Kit) -> Outcome:
    answer = kit.service.ask("GET", "/health")
    fine = answer.status == 200 and answer.get("status") == "ok"
    return Outcome([found(["" if fine else 'expected 200 with {"status": "ok"}'], "GET /health", answer)])


def hands_on_answers(kit: Kit) -> Outcome:
    def whole(good: Message) -> Faults:
        handed_on = hands_on(good, *VALUES, "reason")
        return lambda answer, calls: [*handed_on(answer, calls), keys(answer, EXTRACTED)]

    exchanges = []
    for chance in chances(kit, "hands-on", 12):
        good = message(chance, mark := kit.mark())
        exchanges.append(Exchange(mark, good, [Reply(good.answer())], whole(good)))
    return played(kit, exchanges)


def asks_the_model(kit: Kit) -> Outcome:
    settings = kit.settings

    def asked(sent: Message) -> Faults:
        def faults(answer: Answer, calls: Sequence[Call]) -> list[str]:
            if not calls:
                return [f"no call about this message reached {kit.model.address}/chat/completions"]
            call = calls[0]
            return [
                unless(call.authorization == f"Bearer {settings.key}", "the call doesn't carry LLM_API_KEY"),
                unless(call.body.get("model") == settings.model, "the call doesn't ask for LLM_MODEL"),
                unless(not call.body.get("stream"), "the call asks for a stream"),
                unless(call.holds(sent.text), "the message isn't in the prompt as it came"),
            ]

        return faults

    tails = ("", '\n\n"Thanks"', "\ttab\\n and \\", " {curly} <b>&amp;</b>", " ありがとう 🙂", " " + "x" * 3700)
    exchanges = []
    for chance, tail in zip(chances(kit, "asks", len(tails)), tails, strict=True):
        mark = kit.mark()
        sent = message(chance, mark)
        sent = sent.saying(sent.text + tail)
        exchanges.append(Exchange(mark, sent, [Reply(sent.answer())], asked(sent)))
    return played(kit, exchanges)


def refuses_bad_requests(kit: Kit) -> Outcome:
    faulty: list[tuple[str, bytes]] = [
        ("no JSON", b"text=hello"),
        ("a list", b"[]"),
        ("no text", b"{}"),
        ("a number for text", b'{"text": 5}'),
        ("an empty text", b'{"text": ""}'),
        ("a blank text", b'{"text": " \\n "}'),
        ("4,001 characters", json.dumps({"text": "x" * 4001}).encode()),
    ]

    def refused(case: tuple[str, bytes]) -> Finding:
        name, raw = case
        answer = kit.service.ask("POST", "/extract", raw=raw)
        return found(failed(answer, 400, "bad_request"), f"{name}: {short(raw.decode(), 80)}", answer)

    before = kit.model.count()
    findings = kit.each(refused, faulty)
    if kit.model.count() != before:
        called = f"the model was called {kit.model.count() - before} times for bad requests"
        findings = [replace(finding, fault=finding.fault or called) for finding in findings]
    return Outcome(findings)


def refuses_wrong_shape(kit: Kit) -> Outcome:
    forms: list[tuple[Callable[[Message], str | None], str, str | None]] = [
        (lambda good: "I found no order number, sorry.", "not_json", None),
        (lambda good: f"[{good.answer()}]", "not_json", None),
        (lambda good: f"Here it is: {good.answer()}", "not_json", None),
        (lambda good: None, "not_json", None),
        (
            lambda good: json.dumps({"order_number": good.order_number, "product": good.product}),
            "wrong_shape",
            "reason",
        ),
        (lambda good: good.answer(sure=True), "wrong_shape", "sure"),
        (lambda good: good.answer(order_number=int((good.order_number or "")[2:])), "wrong_shape", "order_number"),
        (lambda good: good.answer(reason="angry"), "wrong_shape", "reason"),
        (lambda good: good.answer(reason=None), "wrong_shape", "reason"),
    ]
    exchanges = []
    for chance, (form, code, field) in zip(chances(kit, "shape", len(forms)), forms, strict=True):
        mark = kit.mark()
        sent = message(chance, mark)
        exchanges.append(Exchange(mark, sent, [Reply(form(sent))], refuses(code, field)))
    return played(kit, exchanges)


def refuses_invention(kit: Kit) -> Outcome:
    def hidden(chance: random.Random, real: str) -> list[tuple[str, str, str]]:
        """A sentence, the field that is invented, and its value: each stands in the sentence, inside something else."""
        letter, digits = real.split("-")
        more = chance.randint(0, 9)
        return [
            ("The {product} again. Your letter is from room " + f"{real}{more}.", "order_number", real),
            (f"The {{product}}, and my reference is X{real}.", "order_number", real),
            (f"The {{product}} cost {digits} forints, and I call it plan {letter}.", "order_number", real),
            (f"The {{product}}: plan {letter}, page 2, {digits} in all.", "order_number", real),
            ("Order {number} stands at the lamppost.", "product", "lamp"),
            ("Order {number}, I saw it on kettledrum.example.", "product", "kettle"),
            ("Order {number}, it's the superheater.", "product", "heater"),
            ("Order {number}, and I bought blender2 at your shop.", "product", "blender"),
        ]

    exchanges = []
    for chance in chances(kit, "invention", 4):
        sent = message(chance, mark := kit.mark())
        replies = [Reply(sent.answer(order_number=invented(chance, sent.order_number))) for _ in range(2)]
        exchanges.append(Exchange(mark, sent, replies, refuses("unsupported_value", "order_number")))
        sent = message(chance, mark := kit.mark())
        replies = [Reply(sent.answer(product=other_product(chance, sent.product))) for _ in range(2)]
        exchanges.append(Exchange(mark, sent, replies, refuses("unsupported_value", "product")))
    chance = kit.chance("hidden")
    for sentence, field, value in hidden(chance, number(chance)):
        sent = message(chance, mark := kit.mark(), sentence)
        # What the sentence leaves out is null in a good answer.
        rest = {"order_number": None} if field == "order_number" else {"product": None}
        replies = [Reply(sent.answer(**(rest | {field: value})))]
        exchanges.append(Exchange(mark, sent, replies, refuses("unsupported_value", field)))
    return played(kit, exchanges)


def accepts_what_is_there(kit: Kit) -> Outcome:
    spellings: list[Callable[[str, str], tuple[str, str]]] = [
        lambda order, product: (order.replace("-", " "), product),
        lambda order, product: (order.replace("-", ""), product),
        lambda order, product: (order.lower(), product),
        lambda order, product: (order.lower().replace("-", " "), product.upper()),
        lambda order, product: (f"({order})", product + "s"),
        lambda order, product: (f"#{order}.", product.capitalize() + "s"),
        lambda order, product: (f"{order}/2026", f"{product}-set"),
        lambda order, product: (f"no_{order}", f"'{product}'"),
    ]
    exchanges = []
    for chance, spell in zip(chances(kit, "spelling", len(spellings)), spellings, strict=True):
        good = message(chance, mark := kit.mark())
        order, product = spell(good.order_number or "", good.product or "")
        text = message(chance, mark, "It's about {number} and a {product}.", order_number=order, product=product).text
        exchanges.append(Exchange(mark, good.saying(text), [Reply(good.answer())], hands_on(good, *VALUES)))
    return played(kit, exchanges)


def null_is_an_answer(kit: Kit) -> Outcome:
    def once(good: Message) -> Faults:
        return lambda answer, calls: [*hands_on(good, *VALUES)(answer, calls), called(calls, 1)]

    sentences: list[tuple[str, dict[str, Any]]] = [
        ("The {product} leaks since Tuesday. What now?", {"order_number": None}),
        ("Where is {number}?", {"product": None}),
        ("You never call back.", {"order_number": None, "product": None}),
        ("Our newsletter: ten percent off everything!", dict.fromkeys(("order_number", "product"))),
    ]
    exchanges = []
    for chance in chances(kit, "null", 2):
        for sentence, known in sentences:
            reason = {"reason": "no_complaint"} if "newsletter" in sentence else {}
            good = message(chance, mark := kit.mark(), sentence, **known, **reason)
            exchanges.append(Exchange(mark, good, [Reply(good.answer())], once(good)))
    return played(kit, exchanges)


def refuses_cut_off(kit: Kit) -> Outcome:
    exchanges = []
    for index, chance in enumerate(chances(kit, "cut-off", 6)):
        sent = message(chance, mark := kit.mark())
        text = sent.answer() if index % 2 else sent.answer()[:-9]
        exchanges.append(Exchange(mark, sent, [Reply(text, finish="length")], refuses("cut_off", None)))
    return played(kit, exchanges)


def refusal_is_final(kit: Kit) -> Outcome:
    def faults(answer: Answer, calls: Sequence[Call]) -> list[str]:
        return [*failed(answer, 422, "refused"), called(calls, 1)]

    exchanges = []
    for chance in chances(kit, "refusal", 4):
        sent = message(chance, mark := kit.mark())
        replies = [Reply(refusal="I can't help with that."), Reply(sent.answer())]
        exchanges.append(Exchange(mark, sent, replies, faults))
    return played(kit, exchanges)


def repairs_once(kit: Kit) -> Outcome:
    def given_up(answer: Answer, calls: Sequence[Call]) -> list[str]:
        return [unless(answer.status == 422, "expected 422"), called(calls, 2)]

    def repaired(good: Message, field: str) -> Faults:
        def faults(answer: Answer, calls: Sequence[Call]) -> list[str]:
            told = len(calls) == 2 and calls[1].prompt.count(field) > calls[0].prompt.count(field)
            return [
                *hands_on(good, *VALUES)(answer, calls),
                called(calls, 2),
                unless(len(calls) == 2 and calls[1].holds(good.text), "the second call doesn't carry the message"),
                unless(told, f"the second call doesn't say that {field} is wrong"),
            ]

        return faults

    exchanges = []
    for index, chance in enumerate(chances(kit, "repair", 8)):
        good = message(chance, mark := kit.mark())
        field, bad = [
            ("order_number", good.answer(order_number=invented(chance, good.order_number))),
            ("product", good.answer(product=other_product(chance, good.product))),
            ("reason", good.answer(reason="angry")),
        ][index % 3]
        if index < 5:
            exchanges.append(Exchange(mark, good, [Reply(bad), Reply(good.answer())], repaired(good, field)))
        else:
            replies = [Reply(bad), Reply(bad), Reply(good.answer())]
            exchanges.append(Exchange(mark, good, replies, given_up))
    return played(kit, exchanges)
