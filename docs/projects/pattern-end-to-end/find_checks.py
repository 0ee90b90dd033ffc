"""The checks of `GET /search`: three ways to find a passage, and tenants that don't see each other."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

from corpus import Fact, crowd_facts, library, retold
from desk import FIRST, LEAST_HITS, MODES, Tenant, entries, failed, hits, is_list, main_tenant, refused, tenant
from trial import Finding, Kit, Outcome, found, short, unless

#: Questions of the other kind that a mode may answer by chance, of eight.
BY_CHANCE = 5


def vectors_find_meaning(kit: Kit) -> Outcome:
    own, facts, wrong = main_tenant(kit)
    chance = kit.chance("meaning")
    asked = chance.sample(facts.facts, 32)
    alone = _alone(own, "vector", [(fact, fact.by_code) for fact in asked[24:]], "codes, which vectors know nothing of")
    return failed([*wrong, alone]) or Outcome(
        kit.each(lambda fact: own.finds(fact, fact.question, "vector"), asked[:24]), LEAST_HITS
    )


def keywords_find_codes(kit: Kit) -> Outcome:
    own, facts, wrong = main_tenant(kit)
    chance = kit.chance("codes")
    asked = chance.sample(facts.facts, 20)
    alone = _alone(own, "keyword", [(fact, fact.question) for fact in asked[12:]], "questions that share no word")
    spellings = ("What does {} say?", "({})", "{}: yes or no?", "and what of “{}”")

    def finds(case: tuple[int, Fact]) -> Finding:
        index, fact = case
        code = fact.code.lower() if index % 2 else fact.code
        return own.finds(fact, spellings[index % 4].format(code), "keyword")

    before = len(kit.model.embedded)
    findings = kit.each(finds, enumerate(asked[:12]))
    if len(kit.model.embedded) > before:
        fault = "a search by keyword reached /embeddings, which it doesn't need"
        findings = [replace(each, fault=each.fault or fault) for each in findings]
    return failed([*wrong, alone]) or Outcome(findings)


def merged_finds_both(kit: Kit) -> Outcome:
    own, facts, wrong = main_tenant(kit)
    asked = kit.chance("both").sample(facts.facts, 24)
    cases = [(fact, fact.by_code if index % 2 else fact.question) for index, fact in enumerate(asked)]
    return failed(wrong) or Outcome(kit.each(lambda case: own.finds(*case), cases), LEAST_HITS)


def hits_in_order(kit: Kit) -> Outcome:
    own, facts, wrong = main_tenant(kit)
    chance = kit.chance("order")
    there = {(fact.document, fact.text) for fact in facts.facts}
    fact = chance.choice(facts.facts)
    question = f"{fact.question} {fact.code}"

    def searched(case: tuple[str | None, int | None]) -> Finding:
        mode, k = case
        answer = own.search(question, mode, k)
        got, scores = hits(answer), [hit.get("score") for hit in entries(answer, "hits")]
        wanted = 1 if mode == "keyword" else k or FIRST
        faults = [
            is_list(answer),
            unless(len(got) == wanted, f"expected {wanted} hits"),
            unless(len(set(got)) == len(got), "expected different passages"),
            unless(set(got) <= there, "expected passages with their document, as they were put"),
            unless(all(type(score) in (int, float) for score in scores), "expected a number as each score"),
        ]
        if not any(faults):
            falls = all(higher >= lower for higher, lower in itertools.pairwise(scores))
            faults.append(unless(falls, "expected scores that fall along the list"))
        return found(faults, own.said(f"{question} k={k}", mode), answer)

    def refuse(query: str) -> Finding:
        answer = own.ask("GET", f"/search?{query}")
        return found(refused(answer, 400, "bad_request"), f"GET /search?{query}", answer)

    empty = tenant(kit, chance)
    answer = empty.search(fact.question)
    nothing = unless(answer.status == 200 and answer.get("hits") == [], 'expected 200 with {"hits": []}')
    bad = ["k=5", "q=%20&k=5", "q=door&k=0", "q=door&k=21", "q=door&k=few", "q=door&mode=fuzzy"]
    return failed(wrong) or Outcome(
        [
            *kit.each(searched, [*itertools.product(MODES, (1, 3, 20)), (None, 5), (None, None)]),
            *kit.each(refuse, bad),
            found([nothing], f"{empty.said(fact.question)}, without documents", answer),
        ]
    )


def forgets_what_is_gone(kit: Kit) -> Outcome:
    chance = kit.chance("forgets")
    own, facts = tenant(kit, chance), library(chance, 9, 3)
    changed, deleted, _ = facts.documents
    old = facts.documents[changed][:1]
    new = [retold(chance, fact) for fact in old]
    gone, kept = [*old, *facts.documents[deleted]], facts.documents[changed][1:]

    def finds(fact: Fact) -> list[Finding]:
        return [own.finds(fact, question, mode) for question, mode in _ways(fact)]

    def finds_none(fact: Fact) -> list[Finding]:
        return [own.finds_none(gone, question, mode) for question, mode in _ways(fact)]

    # Asked before and after, because an answer may also be kept by its question.
    before = [*own.put_all(facts), *itertools.chain(*kit.each(finds, gone))]
    update = [own.put(changed, [fact.text for fact in (*new, *kept)]), own.delete(deleted)]
    after = [*itertools.chain(*kit.each(finds_none, gone)), *itertools.chain(*kit.each(finds, new))]
    back = [own.put(deleted, [fact.text for fact in facts.documents[deleted]])]
    again = list(itertools.chain(*kit.each(finds, facts.documents[deleted][:1])))
    return Outcome([*before, *update, *after, *back, *again])


def keeps_tenants_apart(kit: Kit) -> Outcome:
    chance = kit.chance("apart")
    left, right, nobody = (tenant(kit, chance) for _ in range(3))
    ours = library(chance, 8, 4)
    theirs = replace(ours, facts=tuple(retold(chance, fact) for fact in ours.facts))
    one, two = ours.documents
    sides = [(left, ours, theirs), (right, theirs, ours)]

    def apart(case: tuple[Tenant, Fact, Fact]) -> list[Finding]:
        own, fact, other = case
        return [
            *(own.finds(fact, question, mode) for question, mode in _ways(fact)),
            *(own.finds_none([other], question, mode) for question, mode in _ways(other)),
        ]

    cases = [
        (own, fact, other)
        for own, mine, yours in sides
        for fact, other in list(zip(mine.facts, yours.facts, strict=True))[::4]
    ]
    findings = [each for own, mine, _ in sides for each in own.put_all(mine)]
    findings += itertools.chain(*kit.each(apart, cases))
    for own, mine, _ in sides:
        findings += [own.holds(name, [fact.text for fact in facts]) for name, facts in mine.documents.items()]
        findings.append(own.lists({one: 4, two: 4}))
    findings += [nobody.lists({}), nobody.holds(one, [])]
    findings += [nobody.finds_none(ours.facts, ours.facts[0].question, mode) for mode in MODES]
    # What one tenant writes and deletes leaves the other's as they were.
    kept = [fact.text for fact in theirs.documents[two]]
    findings += [left.put(one, [ours.facts[0].text]), right.holds(one, [fact.text for fact in theirs.documents[one]])]
    findings += [left.delete(two), right.holds(two, kept), right.finds(theirs.facts[-1], theirs.facts[-1].question)]
    nobody.ask("DELETE", f"/documents/{one}")
    findings.append(left.holds(one, [ours.facts[0].text]))
    return Outcome(findings)


def small_tenant_is_served(kit: Kit) -> Outcome:
    chance = kit.chance("small")
    crowd, small = tenant(kit, chance), tenant(kit, chance)
    own = library(chance, 6, 6)
    # Passages of somebody else are closer to the question than any of the tenant's own.
    close = crowd_facts(chance, 120)
    question, texts = close[0].question, [fact.text for fact in close]
    findings = [crowd.put(f"d-{part}", texts[part * 30 : part * 30 + 30]) for part in range(4)]
    findings += small.put_all(own)
    there = {(fact.document, fact.text) for fact in own.facts}

    def searched(case: tuple[str, int]) -> Finding:
        mode, k = case
        answer = small.search(question, mode, k)
        got, wanted = hits(answer), min(k, 6)
        faults = [
            is_list(answer),
            unless(set(got) <= there, "expected passages of this tenant"),
            unless(len(got) == wanted, f"expected {wanted} hits: the tenant has 6 passages"),
        ]
        return found(faults, small.said(f"{question} k={k}", mode), answer)

    cases: list[Any] = list(itertools.product(("vector", "hybrid"), (1, 5, 20)))
    return Outcome([*findings, *kit.each(searched, cases)])


def _ways(fact: Fact) -> list[tuple[str, str]]:
    """Questions that find a passage in each mode."""
    return [(fact.by_code, "keyword"), (fact.question, "vector"), (f"{fact.question} {fact.code}", "hybrid")]


def _alone(own: Tenant, mode: str, cases: list[tuple[Fact, str]], what: str) -> Finding:
    """A mode that finds what only the other one can find isn't switched."""
    found_ones = [not own.finds(fact, question, mode).fault for fact, question in cases]
    fault = unless(sum(found_ones) <= BY_CHANCE, f"mode={mode} doesn't run alone: it finds {what}")
    return Finding(fault, f"{len(cases)} {short(what)}, mode={mode}", f"{sum(found_ones)} of {len(cases)} found")
