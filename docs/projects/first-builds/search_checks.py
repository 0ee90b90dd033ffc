"""The checks of `PUT /notes` and `GET /search`."""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import urlencode

from notes import Note, as_body, shipped, written
from trial import Answer, Finding, Kit, Outcome, found, unless

#: What the lower end of the 95 percent interval of hits in the first five has to reach: 18 of 24 do.
LEAST_HITS = 0.55
FIRST = 5


def search_answers(kit: Kit) -> Outcome:
    notes = shipped(kit.chance("search"))
    ids = {note.id for note in notes}

    def searched(k: int | None) -> Finding:
        question = {"q": "Where is the front desk?"} | ({} if k is None else {"k": k})
        answer = kit.service.ask("GET", "/search?" + urlencode(question))
        hits, scores = _hits(answer), _scores(answer)
        wanted = min(k or FIRST, len(notes))
        faults = [
            _is_list(answer),
            unless(len(hits) == wanted, f"expected {wanted} hits"),
            unless(len(set(hits)) == len(hits), "expected different notes"),
            unless(set(hits) <= ids, "expected ids of the notes that were put"),
            unless(all(type(score) in (int, float) for score in scores), "expected a number as each score"),
        ]
        if not any(faults):
            falls = all(higher >= lower for higher, lower in itertools.pairwise(scores))
            faults.append(unless(falls, "expected scores that fall along the list"))
        return found(faults, f"GET /search?{urlencode(question)}", answer)

    findings = [_put(kit, notes), *kit.each(searched, [1, 3, 5, 20, None])]
    findings.append(_put(kit, []))
    answer = kit.service.ask("GET", "/search?q=anything")
    nothing = unless(answer.status == 200 and answer.get("hits") == [], 'expected 200 with {"hits": []}')
    return Outcome([*findings, found([nothing], "GET /search?q=anything, without notes", answer)])


def replaces_notes(kit: Kit) -> Outcome:
    chance = kit.chance("replace")
    old, new = shipped(chance), written(chance, 6)
    ids = {note.id for note in new}

    def asked(note: Note) -> Finding:
        answer = kit.service.ask("GET", "/search?" + urlencode({"q": note.question, "k": FIRST}))
        return found([_is_list(answer)], note.question, answer)

    def searched(note: Note) -> Finding:
        answer = kit.service.ask("GET", "/search?" + urlencode({"q": note.question, "k": FIRST}))
        hits = _hits(answer)
        gone = unless(bool(hits) and not set(hits) & {each.id for each in old}, "expected none of the replaced notes")
        return found(
            [_is_list(answer), gone, unless(set(hits) <= ids, "expected the new notes")], note.question, answer
        )

    # Asked before and after, because an answer may also be kept by its question.
    before = [_put(kit, old), *kit.each(asked, old[:4])]
    return Outcome([*before, _put(kit, new), *kit.each(searched, [*old[:4], *new])])


def finds_by_meaning(kit: Kit) -> Outcome:
    chance = kit.chance("meaning")
    own = shipped(chance)
    return _found_in_first(kit, own, written(chance))


def finds_new_notes(kit: Kit) -> Outcome:
    chance = kit.chance("new")
    others = shipped(chance)
    return _found_in_first(kit, written(chance), others)


def _found_in_first(kit: Kit, asked: list[Note], others: list[Note]) -> Outcome:
    """How many questions find their note in the first five."""
    everything = [*asked, *others]
    kit.chance("order").shuffle(everything)
    kept = _put(kit, everything)
    if kept.fault:
        return Outcome([kept])

    def searched(note: Note) -> Finding:
        answer = kit.service.ask("GET", "/search?" + urlencode({"q": note.question, "k": FIRST}))
        there = note.id in _hits(answer)[:FIRST]
        return found([unless(there, f"expected {note.id}: {note.text}")], note.question, answer)

    return Outcome(kit.each(searched, asked), LEAST_HITS)


def _put(kit: Kit, notes: list[Note]) -> Finding:
    answer = kit.service.ask("PUT", "/notes", as_body(notes))
    fine = answer.status == 200 and answer.get("count") == len(notes)
    return found(
        [unless(fine, f'expected 200 with {{"count": {len(notes)}}}')], f"PUT /notes with {len(notes)} notes", answer
    )


def _is_list(answer: Answer) -> str:
    return unless(answer.status == 200 and isinstance(answer.get("hits"), list), "expected 200 with a list of hits")


def _hits(answer: Answer) -> list[str]:
    return [str(hit.get("id")) for hit in _entries(answer)]


def _scores(answer: Answer) -> list[Any]:
    return [hit.get("score") for hit in _entries(answer)]


def _entries(answer: Answer) -> list[dict[str, Any]]:
    hits = answer.get("hits")
    return [hit for hit in hits if isinstance(hit, dict)] if isinstance(hits, list) else []
