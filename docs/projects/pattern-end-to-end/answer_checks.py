"""The checks of `POST /ask`: what reaches the model, what its claims rest on, and when there is no answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from corpus import Fact, library, retold
from desk import (
    FIRST,
    Asked,
    Tenant,
    abstaining,
    asked,
    claim,
    failed,
    hits,
    main_tenant,
    marked,
    no_answer,
    quoting,
    refused,
    says,
    tenant,
)
from trial import Call, Finding, Kit, Outcome, Reply, found, short, unless


def asks_with_passages(kit: Kit) -> Outcome:
    own, facts, wrong = main_tenant(kit)
    settings = kit.settings

    def reached(fact: Fact) -> Finding:
        question = marked(kit, fact.question)
        first = hits(own.search(question, "hybrid", FIRST))
        seen = asked(own, question, quoting(fact))
        if len(seen.calls) != 1:
            return seen.finding(f"expected one call about this question, saw {len(seen.calls)}")
        call = seen.calls[0]
        sent = {(each.document, each.text) for each in facts.facts if call.holds(each.text)}
        wanted = {"kind": "answer", "claims": [claim(fact.sentence, fact.document, fact.text)]}
        return seen.finding(
            unless(call.authorization == f"Bearer {settings.key}", "the call doesn't carry LLM_API_KEY"),
            unless(call.body.get("model") == settings.model, "the call doesn't ask for LLM_MODEL"),
            unless(not call.body.get("stream"), "the call asks for a stream"),
            unless(call.holds(question), "the question isn't in the prompt as it came"),
            unless(
                sent >= set(first), f"the prompt lacks a passage of the first {FIRST} that /search gives, as it was put"
            ),
            unless(sent <= set(first), f"the prompt holds a passage that isn't among the first {FIRST} of /search"),
            unless(
                all(call.holds(document) for document, _ in first), "the prompt lacks the id of a passage's document"
            ),
            *(unless(seen.answer.get(key) == value, f"expected {key} {value}") for key, value in wanted.items()),
            unless(
                seen.answer.get("checked") == {"claims": 1, "supported": 1}, "expected checked with 1 claim, supported"
            ),
            unless(seen.answer.status == 200, "expected 200"),
        )

    return failed(wrong) or Outcome(kit.each(reached, kit.chance("asks").sample(facts.facts, 8)))


def prompts_hold_only_what_is_there(kit: Kit) -> Outcome:
    chance = kit.chance("prompts")
    left, right = tenant(kit, chance), tenant(kit, chance)
    ours = library(chance, 6, 2)
    theirs = replace(ours, facts=tuple(retold(chance, fact) for fact in ours.facts))
    newest = replace(ours, facts=tuple(retold(chance, fact) for fact in ours.facts))
    questions = [marked(kit, fact.question) for fact in ours.facts[::2]]

    def asks(case: tuple[Tenant, str, Fact | None, list[Fact]]) -> Finding:
        """Ask the same question as before: the fact is in the prompt, and none of what isn't there (any more)."""
        own, question, fact, absent = case
        seen = asked(own, question, quoting(fact) if fact else abstaining)
        leaked = [each for each in absent if any(call.holds(each.text) for call in seen.calls)]
        told = [each for each in absent if each.sentence in seen.answer.text]
        kind = "answer" if fact else "no_answer"
        whose = "was deleted or replaced" if own is left else "belongs to another tenant"
        return seen.finding(
            unless(not leaked, f"the prompt holds what {whose}: {leaked and short(leaked[0].text)}"),
            unless(not told, f"the answer says what {whose}: {told and told[0].sentence}"),
            unless(bool(seen.calls) or fact is None, "no call reached the model"),
            unless(seen.answer.get("kind") == kind, f"expected {kind}"),
        )

    def each(own: Tenant, there: list[Fact], absent: list[Fact]) -> list[Finding]:
        facts = [*there, *[None] * (len(questions) - len(there))]
        return kit.each(asks, [(own, q, fact, absent) for q, fact in zip(questions, facts, strict=True)])

    mine, yours, new = ours.facts[::2], theirs.facts[::2], newest.facts[::2]
    findings = [*left.put_all(ours), *right.put_all(theirs)]
    findings += [*each(left, [*mine], [*theirs.facts]), *each(right, [*yours], [*ours.facts])]
    findings += [left.put(name, [fact.text for fact in facts]) for name, facts in newest.documents.items()]
    findings += each(left, [*new], [*ours.facts])
    gone = list(newest.documents)[1:]
    findings += [left.delete(name) for name in gone]
    absent = [fact for fact in newest.facts if fact.document in gone]
    findings += each(left, [*new[:1]], [*absent, *ours.facts])
    return Outcome(findings)


#: From the call and the fact that was asked for to what the model claims.
Story = Callable[[Call, Fact], list[dict[str, Any]]]


def refuses_invented_citations(kit: Kit) -> Outcome:
    own, facts, wrong = main_tenant(kit)

    def other(call: Call, fact: Fact, sent: bool) -> Fact:
        """A fact of another document that was, or wasn't, in the prompt."""
        ids = {each.document for each in facts.facts if call.holds(each.text)}
        there = [each for each in facts.facts if call.holds(each.text)] if sent else facts.facts
        fine = [each for each in there if each.document != fact.document and (each.document in ids) == sent]
        return fine[0] if fine else replace(fact, document="d-00000000")

    def unsent(call: Call, fact: Fact) -> Fact:
        """A fact of a document that was sent, in a passage that wasn't."""
        ids = {each.document for each in facts.facts if call.holds(each.text)}
        return next(each for each in facts.facts if each.document in ids and not call.holds(each.text))

    def glued(call: Call, fact: Fact) -> str:
        """The end of a passage and the beginning of another, as they follow each other in the prompt or elsewhere."""
        return f"{fact.text} {other(call, fact, True).text}"

    def shortened(fact: Fact) -> str:
        """The sentence without a word in its middle: each word that is left stands in the passage."""
        words = fact.sentence.split()
        return " ".join([*words[:2], *words[3:]])

    def good(fact: Fact) -> dict[str, Any]:
        return claim(fact.sentence, fact.document, fact.text)

    wide = {digit: str((int(digit) + 1) % 10) for digit in "0123456789"}

    def changed(text: str) -> str:
        return "".join(wide.get(letter, letter) for letter in text)

    def number(fact: Fact) -> str:
        return "".join(letter for letter in fact.sentence if letter.isdigit())

    stories: list[tuple[str, Story, int]] = [
        ("the quote has another number", lambda call, fact: [_same(fact, changed(fact.sentence))], 0),
        ("there's no such document", lambda call, fact: [_cited(fact, "d-ffffffff")], 0),
        (
            "the cited document is another, and wasn't sent",
            lambda call, fact: [_cited(fact, other(call, fact, False).document)],
            0,
        ),
        (
            "the cited document was sent, and the quote stands in another",
            lambda call, fact: [_cited(fact, other(call, fact, True).document)],
            0,
        ),
        ("the document is real, and wasn't sent", lambda call, fact: [good(other(call, fact, False))], 0),
        ("the document was sent, and this passage of it wasn't", lambda call, fact: [good(unsent(call, fact))], 0),
        ("the quote is empty", lambda call, fact: [claim("It depends.", fact.document, "")], 0),
        ("the quote is blank", lambda call, fact: [claim("It depends.", fact.document, " \n ")], 0),
        (
            "the quote is one word",
            lambda call, fact: [claim("It depends.", fact.document, fact.sentence.split()[0])],
            0,
        ),
        ("document and quote are null", lambda call, fact: [claim(fact.sentence, None, None)], 0),
        ("document and quote are missing", lambda call, fact: [{"text": fact.sentence}], 0),
        (
            "the quote is glued together from two passages",
            lambda call, fact: [claim(fact.sentence, fact.document, glued(call, fact))],
            0,
        ),
        (
            "a word is missing in the middle of the quote",
            lambda call, fact: [claim(fact.sentence, fact.document, shortened(fact))],
            0,
        ),
        (
            "the claim says another number than the quote",
            lambda call, fact: [claim(changed(fact.sentence), fact.document, fact.sentence)],
            0,
        ),
        (
            "the claim's number is a digit of the quote's",
            lambda call, fact: [claim(f"It's {number(fact)[0]}.", fact.document, fact.sentence)],
            0,
        ),
        (
            "the claim has a number more than the quote",
            lambda call, fact: [claim(f"It's {number(fact)} or 7.", fact.document, fact.sentence)],
            0,
        ),
        (
            "the second claim has a number that isn't in its quote",
            lambda call, fact: [good(fact), claim("And 3 more.", fact.document, fact.sentence)],
            1,
        ),
        (
            "the first claim's quote goes on where the passage doesn't",
            lambda call, fact: [claim("So it is.", fact.document, f"{fact.sentence} Always."), good(fact)],
            1,
        ),
    ]

    def refuse(case: tuple[Fact, tuple[str, Story, int]]) -> Finding:
        fact, (wrong_with_it, story, supported) = case
        seen = asked(own, marked(kit, fact.question), lambda call: says(story(call, fact)))
        told = len(json.loads(seen.told[-1])["claims"]) if seen.told else 1
        faults = no_answer(seen.answer, "unsupported", told, supported)
        return seen.finding(*(fault and f"{wrong_with_it}: {fault}" for fault in faults))

    asked_for = kit.chance("invents").sample(facts.facts, len(stories))
    return failed(wrong) or Outcome(kit.each(refuse, zip(asked_for, stories, strict=True)))


def _same(fact: Fact, sentence: str) -> dict[str, Any]:
    return claim(sentence, fact.document, sentence)


def _cited(fact: Fact, document: str) -> dict[str, Any]:
    return claim(fact.sentence, document, fact.sentence)


def accepts_real_quotes(kit: Kit) -> Outcome:
    own, facts, wrong = main_tenant(kit)

    def sent(call: Call, fact: Fact) -> Fact:
        return next((each for each in facts.facts if each != fact and call.holds(each.text)), fact)

    def quoted(fact: Fact, quote: str, text: str | None = None) -> dict[str, Any]:
        return claim(fact.sentence if text is None else text, fact.document, quote)

    def number(fact: Fact) -> str:
        return "".join(letter for letter in fact.sentence if letter.isdigit())

    stories: list[Story] = [
        lambda call, fact: [quoted(fact, fact.sentence)],
        lambda call, fact: [quoted(fact, fact.text)],
        lambda call, fact: [quoted(fact, "  " + fact.text.replace("\n", " ") + "\n")],
        lambda call, fact: [quoted(fact, fact.sentence.replace(" ", "\n  "))],
        lambda call, fact: [quoted(fact, " ".join(fact.sentence.split()[:3]), "So it is.")],
        lambda call, fact: [quoted(fact, fact.sentence[1:-1], f"{number(fact)}, I repeat: {number(fact)}.")],
        lambda call, fact: [quoted(fact, fact.text), quoted(fact, fact.sentence, "So it is.")],
        lambda call, fact: [quoted(each, each.text) for each in (fact, sent(call, fact))],
    ]

    def accept(case: tuple[Fact, Story]) -> Finding:
        fact, story = case
        seen = asked(
            own, marked(kit, fact.question), lambda call: says(story(call, fact) if call.holds(fact.text) else [])
        )
        told = json.loads(seen.told[-1])["claims"] if seen.told else []
        counts = {"claims": len(told), "supported": len(told)}
        return seen.finding(
            unless(bool(seen.calls), "no call reached the model"),
            unless(bool(told), "the passage that answers the question wasn't in the prompt as it was put"),
            unless(seen.answer.get("kind") == "answer", "expected an answer: the quote stands in the passage"),
            unless(seen.answer.get("claims") == told, "expected the model's claims, unchanged and in their order"),
            unless(seen.answer.get("checked") == counts, f"expected checked {counts}"),
        )

    asked_for = kit.chance("quotes").sample(facts.facts, 2 * len(stories))
    return failed(wrong) or Outcome(kit.each(accept, zip(asked_for, stories * 2, strict=True)))


def abstains_in_a_type(kit: Kit) -> Outcome:
    own, facts, wrong = main_tenant(kit)
    chance = kit.chance("abstains")
    empty, emptied = tenant(kit, chance), tenant(kit, chance)
    few = library(chance, 2, 2)

    def abstains(question: str) -> Finding:
        seen = asked(own, marked(kit, question), abstaining)
        once = unless(len(seen.calls) == 1, f"expected one call to the model, saw {len(seen.calls)}")
        return seen.finding(*no_answer(seen.answer, "model_abstained", 0, 0), once)

    def nothing(seen: Asked) -> Finding:
        free = unless(not seen.calls, "expected no call to the model: there's no passage to send")
        return seen.finding(*no_answer(seen.answer, "nothing_found", 0, 0), free)

    unanswered = [*chance.sample(facts.unanswered, 5), chance.choice(facts.facts).question]
    before = [*emptied.put_all(few), *(emptied.delete(document) for document in few.documents)]
    bare = [
        nothing(asked(each, marked(kit, few.facts[0].question), quoting(few.facts[0]))) for each in (empty, emptied)
    ]
    return failed(wrong) or Outcome([*kit.each(abstains, unanswered), *before, *bare])


def failure_is_no_abstention(kit: Kit) -> Outcome:
    own, facts, wrong = main_tenant(kit)
    replies = [
        Reply(status=500),
        Reply(status=429, headers={"retry-after": "3"}),
        Reply(body=b"<html>please log in</html>"),
        Reply(body=b'{"object": "chat.completion", "choices": []}'),
        Reply("", keep=0.5),
        Reply(None),
        Reply("I found nothing, sorry."),
        Reply("[]"),
        Reply('{"answer": "30 days"}'),
        Reply('{"claims": "none"}'),
        Reply('{"claims": [{"document": "d-1", "quote": "a text is missing here"}]}'),
        Reply('{"claims": ["a text"]}'),
    ]

    def fails(case: tuple[Fact, Reply]) -> Finding:
        fact, reply = case
        seen = asked(own, marked(kit, fact.question), reply)
        return seen.finding(*refused(seen.answer, 502, "model_failed"))

    def refuse(raw: bytes) -> Finding:
        answer = own.ask("POST", "/ask", raw=raw)
        return found(refused(answer, 400, "bad_request"), f"POST /ask {short(raw.decode(), 80)}", answer)

    chance = kit.chance("failures")
    findings = kit.each(fails, zip(chance.sample(facts.facts, len(replies)), replies, strict=True))
    before = kit.model.count()
    bad = [
        b"question=x",
        b"[]",
        b"{}",
        b'{"question": 5}',
        b'{"question": " "}',
        b'{"question": "' + b"x" * 1001 + b'"}',
    ]
    findings += kit.each(refuse, bad)
    if kit.model.count() != before:
        findings = [replace(each, fault=each.fault or "a bad request reached the model") for each in findings]
    kit.model.embedding_fault = Reply(status=503)
    try:
        seen = asked(own, marked(kit, chance.choice(facts.facts).question), abstaining)
    finally:
        kit.model.embedding_fault = None
    findings.append(seen.finding(*refused(seen.answer, 502, "model_failed")))
    return failed(wrong) or Outcome(findings)
