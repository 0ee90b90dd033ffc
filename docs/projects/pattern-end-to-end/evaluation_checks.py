"""The checks of `POST /evaluate`: its numbers are true, and they fall when something is broken."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import corpus
from corpus import Fact, library
from desk import (
    FIRST,
    MODES,
    Tenant,
    abstaining,
    claim,
    failed,
    hits,
    main_tenant,
    marked,
    quoting,
    refused,
    says,
    tenant,
)
from trial import Answer, Call, Finding, Kit, Outcome, Reply, found, short, unless

#: How far a share may be from the kit's: four places after the point are allowed.
CLOSE = 6e-5
ANSWERS = ("supported_claims", "right_abstentions", "answered")


@dataclass(frozen=True)
class Case:
    """A case of the golden set, and how the model answers it.

    Attributes:
        fact: what answers the question; None when nothing does.
    """

    question: str
    fact: Fact | None
    model: Callable[[Call], Reply]

    def as_body(self) -> dict[str, str]:
        if self.fact is None:
            return {"question": self.question, "no_answer": "The documents don't say."}
        return {"question": self.question, "document": self.fact.document, "sentence": self.fact.sentence}


def evaluated(own: Tenant, cases: Sequence[Case], floor: dict[str, float]) -> tuple[Answer, list[int]]:
    """POST /evaluate, and how many calls reached the model for each case."""
    talks = [own.kit.model.expect(case.question, [case.model]) for case in cases]
    answer = own.ask("POST", "/evaluate", {"cases": [case.as_body() for case in cases], "floor": floor})
    return answer, [len(talk.calls) for talk in talks]


def evaluates_search(kit: Kit) -> Outcome:
    own, facts, wrong = main_tenant(kit)
    chance = kit.chance("evaluates")
    picked = chance.sample(facts.facts, 7)
    gone = library(chance, 2, 2).facts
    asked: list[tuple[str, Fact | None]] = [(fact.question, fact) for fact in picked[:3]]
    asked += [(fact.by_code, fact) for fact in picked[3:6]]
    # The sentence is right, and stands in a document that isn't there: nothing can find it.
    asked += [(fact.question, fact) for fact in gone]
    # Right question, wrong sentence: somebody else's passage is no hit, however well it ranks.
    asked += [(picked[6].question, picked[0])]
    asked += [(question, None) for question in chance.sample(facts.unanswered, 2)]
    cases = [Case(marked(kit, question), fact, quoting(fact) if fact else abstaining) for question, fact in asked]
    chance.shuffle(cases)
    answer, _ = evaluated(own, cases, {})
    ranks = {mode: [_rank(own, case, mode) for case in cases if case.fact] for mode in MODES}
    answerable = [case for case in cases if case.fact]
    misses = [case.question for case, rank in zip(answerable, ranks["hybrid"], strict=True) if not rank]

    findings = [_seen(answer, "passed", answer.get("passed") is True, "true: there's no floor")]
    for mode, found_at in ranks.items():
        wanted = {
            "recall_at_5": sum(rank > 0 for rank in found_at) / len(found_at),
            "reciprocal_rank": sum(1 / rank for rank in found_at if rank) / len(found_at),
        }
        for name, value in wanted.items():
            said = answer.get("search", mode, name)
            findings.append(
                _seen(answer, f"search.{mode}.{name}", _close(said, value), f"{value:.4f}, as /search gives")
            )
    findings.append(_seen(answer, "misses", answer.get("misses") == misses, str(misses)))

    def refuse(body: Any) -> Finding:
        answer = own.ask("POST", "/evaluate", body)
        return found(refused(answer, 400, "bad_request"), f"POST /evaluate {short(body, 120)}", answer)

    case = cases[0].as_body()
    bad: list[Any] = [
        {},
        {"cases": []},
        {"cases": [{"question": "Why?"}]},
        {"cases": [{"question": " ", "no_answer": "It's blank."}]},
        {"cases": [{"question": "Why?", "sentence": "So it is."}]},
        {"cases": [{"question": "Why?", "document": "d-1", "sentence": "So.", "no_answer": "Both."}]},
        {"cases": [case] * 51},
        {"cases": [case], "floor": {"recall": 0.9}},
    ]
    return failed(wrong) or Outcome([*findings, *kit.each(refuse, bad)])


def evaluates_answers(kit: Kit) -> Outcome:
    own, facts, wrong = main_tenant(kit)
    chance = kit.chance("judges")
    picked = chance.sample(facts.facts, 9)

    def inventing(fact: Fact) -> Callable[[Call], Reply]:
        return lambda call: says([claim("It's 7.", fact.document, "It has always been 7 here.")])

    def half(fact: Fact) -> Callable[[Call], Reply]:
        """Two claims, and one of them is supported."""
        return lambda call: says(
            [claim(fact.sentence, fact.document, fact.text), claim("Or 700.", fact.document, fact.text)]
        )

    def off_topic(call: Call) -> Reply:
        """A real quote that has nothing to do with the question."""
        sent = next((fact for fact in facts.facts if call.holds(fact.text)), facts.facts[0])
        return says([claim(sent.sentence, sent.document, sent.text)])

    none = chance.sample(facts.unanswered, 5)
    cases = [
        *(Case(marked(kit, fact.question), fact, quoting(fact)) for fact in picked[:4]),
        *(Case(marked(kit, fact.question), fact, inventing(fact)) for fact in picked[4:6]),
        *(Case(marked(kit, fact.question), fact, half(fact)) for fact in picked[6:8]),
        Case(marked(kit, picked[8].question), picked[8], abstaining),
        *(Case(marked(kit, question), None, abstaining) for question in none[:2]),
        Case(marked(kit, none[2]), None, inventing(picked[0])),
        *(Case(marked(kit, question), None, off_topic) for question in none[3:]),
    ]
    # Claims: 4 right, 2 invented, 2 of 4 right; then one invented and two real ones about something else.
    wanted = {"supported_claims": 8 / 13, "right_abstentions": 3 / 5, "answered": 4 / 9}
    floor = {"recall_at_5": 0.5, "supported_claims": 0.6, "right_abstentions": 0.7, "answered": 0.5}
    answer, calls = evaluated(own, cases, floor)
    findings = [
        _seen(answer, f"answers.{name}", _close(answer.get("answers", name), value), f"{value:.4f}")
        for name, value in wanted.items()
    ]
    low = ["right_abstentions", "answered"]
    findings += [
        _seen(answer, "below", sorted(_names(answer, "below")) == sorted(low), f"{low}"),
        _seen(answer, "passed", answer.get("passed") is False, "false: two numbers are below their floor"),
        _seen(answer, "calls", calls == [1] * len(cases), f"one call to the model for each case, saw {calls}"),
    ]
    # A model that claims nothing at all has supported nothing, and a set without such cases shows nothing.
    quiet = [Case(marked(kit, fact.question), fact, abstaining) for fact in picked[:3]]
    answer, _ = evaluated(own, quiet, dict.fromkeys(floor, 0.0))
    numbers = {"supported_claims": None, "right_abstentions": None, "answered": 0}
    findings += [
        _seen(
            answer,
            f"answers.{name}",
            answer.get("answers") is not None and answer.get("answers", name) == value,
            f"{value}, with a model that claims nothing",
        )
        for name, value in numbers.items()
    ]
    low = ["supported_claims", "right_abstentions"]
    below = sorted(_names(answer, "below")) == sorted(low) and answer.get("passed") is False
    findings.append(_seen(answer, "below", below, f"{low}: a number that nobody knows misses its floor"))
    return failed(wrong) or Outcome(findings)


def notices_damage(kit: Kit) -> Outcome:
    chance = kit.chance("damage")
    own, other = tenant(kit, chance), tenant(kit, chance)
    facts = library(chance, 28, 7)
    picked = chance.sample(facts.facts, 8)
    floor = {"recall_at_5": 0.8, "supported_claims": 0.9, "right_abstentions": 0.9, "answered": 0.8}
    cases = [Case(marked(kit, fact.question), fact, quoting(fact)) for fact in picked]
    cases += [Case(marked(kit, question), None, abstaining) for question in chance.sample(facts.unanswered, 2)]
    lies = [Case(case.question, case.fact, _lying) for case in cases]

    def runs(tenant: Tenant, cases: Sequence[Case], state: str, *low: str, lost: Sequence[str] = ()) -> Finding:
        """An evaluation that passes, or of which these numbers at least are below their floor."""
        answer, calls = evaluated(tenant, cases, floor)
        fine = answer.get("passed") is not bool(low) and set(_names(answer, "below")) >= set(low)
        wanted = f"passed false, with {' and '.join(low)} below" if low else "passed true"
        return found(
            [
                unless(answer.status == 200, "expected 200"),
                unless(isinstance(answer.get("passed"), bool) and fine, f"expected {wanted}"),
                unless(set(_names(answer, "misses")) >= set(lost), f"expected {len(lost)} misses: {lost}"),
                unless(bool(low) or calls == [1] * len(calls), f"expected one call for each case, saw {calls}"),
            ],
            f"POST /evaluate, {state}",
            answer,
        )

    honest = kit.model.embed
    findings = [*own.put_all(facts), runs(own, cases, "all is well")]
    try:
        kit.model.embed = corpus.noise(kit.seed)
        findings.append(runs(own, cases, "the vectors of the questions are noise", "recall_at_5", "answered"))
        findings += other.put_all(facts)
    finally:
        kit.model.embed = honest
    findings.append(runs(other, cases, "the vectors of the passages are noise", "recall_at_5", "answered"))
    findings.append(runs(own, cases, "all is well again"))
    findings.append(runs(own, lies, "the model invents its quotes", "supported_claims", "answered"))
    gone = sorted({fact.document for fact in picked})[:2]
    findings += [own.delete(document) for document in gone]
    lost = [case.question for case in cases if case.fact and case.fact.document in gone]
    findings.append(runs(own, cases, "documents are gone", "recall_at_5", "answered", lost=lost))
    return Outcome(findings)


def _lying(call: Call) -> Reply:
    return says([claim("It's 7.", "d-1", "It has always been 7 here.")])


def _rank(own: Tenant, case: Case, mode: str) -> int:
    """The place of the case's passage in /search, from 1; 0 when it isn't among the first five."""
    assert case.fact
    wanted = (case.fact.document, case.fact.text)
    places = [place for place, hit in enumerate(hits(own.search(case.question, mode, FIRST)), 1) if hit == wanted]
    return places[0] if places else 0


def _names(answer: Answer, key: str) -> list[str]:
    names = answer.get(key)
    return [str(name) for name in names] if isinstance(names, list) else []


def _close(said: Any, value: float) -> bool:
    return type(said) in (int, float) and math.isclose(said, value, abs_tol=CLOSE)


def _seen(answer: Answer, name: str, fine: bool, wanted: str) -> Finding:
    fine = fine and answer.status == 200
    return found([unless(fine, f"expected {name} {wanted}")], "POST /evaluate", answer)
