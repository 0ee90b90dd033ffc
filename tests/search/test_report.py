"""What a pull request is told about the search: how it answers the golden set, beside the commit that it starts from."""

from __future__ import annotations

from collections.abc import Iterable

from macros.entities.queries import Queries, half
from support.search_measure import MOST_LOST, Miss, Rates, change, measured


def _golden_set() -> Queries:
    """Eight queries of the test half, each with a page of its own."""
    names = [name for name in (f"query {n}" for n in range(99)) if half(name) == "test"][:8]
    entries = [{"query": name, "kind": "aim", "best": [f"topics/{name[6:]}.md"], "good": []} for name in names]
    return Queries.model_validate({"queries": entries})


def _answered(queries: Queries, wrong: Iterable[int]) -> tuple[Rates, list[Miss]]:
    found = [[f"topics/{entry.query[6:]}/"] for entry in queries.queries]
    for n in wrong:
        found[n] = ["topics/elsewhere/", *found[n]]
    return measured(queries, found)["test"]


def test_three_queries_fewer_are_too_many_and_are_listed() -> None:
    queries = _golden_set()
    text, too_many = change(_answered(queries, []), _answered(queries, [0, 3, 5]))
    assert too_many
    assert "| hit@1 | 100.0 % | 62.5 % |" in text
    for n in (0, 3, 5):
        entry = queries.queries[n]
        assert f"- {entry.query}: wanted {entry.best[0]}, got topics/elsewhere/" in text
    assert queries.queries[1].query not in text


def test_as_many_as_may_be_lost_are_told_and_accepted() -> None:
    queries = _golden_set()
    text, too_many = change(_answered(queries, []), _answered(queries, range(MOST_LOST)))
    assert not too_many
    assert "No longer answered first (2):" in text


def test_what_is_lost_is_weighed_against_what_is_won() -> None:
    queries = _golden_set()
    text, too_many = change(_answered(queries, [6, 7]), _answered(queries, [0, 1, 2]))
    assert not too_many
    assert "No longer answered first (3):" in text and "Answered first now (2):" in text


def test_a_query_without_any_answer_is_told() -> None:
    queries = _golden_set()
    nothing = measured(queries, [[] for _ in queries.queries])["test"]
    text, too_many = change(_answered(queries, []), nothing)
    assert too_many and "got nothing" in text and "| MRR | 1.000 | 0.000 |" in text
