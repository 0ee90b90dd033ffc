"""The golden set of the search: its rules, and the halves that keep tuning and test apart."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from macros.entities.edition import Edition
from macros.entities.queries import FEWEST, Queries, check_queries, counted, half
from support.entity_cases import BAD_QUERIES, queries, query


@pytest.mark.parametrize(("entries", "count", "place", "rule"), BAD_QUERIES)
def test_a_damaged_set_is_named(entries: list[dict[str, Any]], count: int, place: tuple[Any, ...], rule: str) -> None:
    assert list(check_queries(queries())) == []
    problems = list(check_queries(queries(*entries, fewest=count)))
    assert [(p.path, rule in p.rule) for p in problems] == [(place, True)]


def test_a_handbook_may_leave_its_search_unmeasured() -> None:
    assert list(check_queries(Queries(queries=[]))) == []
    assert counted(Queries(queries=[])) == "0 queries (0 for tuning, 0 for the test)"


def test_a_query_stays_in_its_half() -> None:
    """Otherwise what was tuned would be tested, and no figure of before could be compared."""
    halves = {text: half(text) for text in ("rag", "kv cache", "hallucination")}
    assert halves == {"rag": "test", "kv cache": "test", "hallucination": "tuning"}
    assert half("KV  Cache") == half("kv cache")


def test_the_command_counts_halves_and_kinds() -> None:
    few = queries(query("rag", kind="acronym"), query("kv cache", kind="acronym"), query("hallucination"), fewest=3)
    assert counted(few) == "3 queries (1 for tuning, 2 for the test): 2 acronym, 1 question"


@pytest.mark.this_handbook
def test_both_halves_are_large_and_hold_every_kind(checked: Edition) -> None:
    entries = checked.queries.queries
    halves = Counter(half(entry.query) for entry in entries)
    assert min(halves.values()) > 0.4 * len(entries) and len(entries) > FEWEST
    for kind in {entry.kind for entry in entries}:
        assert {half(entry.query) for entry in entries if entry.kind == kind} == {"tuning", "test"}, kind
