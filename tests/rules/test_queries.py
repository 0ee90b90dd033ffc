"""Targets of the golden set: a page or section that has moved is named with its new address."""

from __future__ import annotations

import pytest

from macros.rules.targets import check_targets
from support.entity_cases import QUERY_TARGETS, moved_handbook, queries, query


@pytest.mark.parametrize(("target", "repair"), QUERY_TARGETS)
def test_a_target_exists_or_has_a_repair(target: str, repair: str | None) -> None:
    problems = list(check_targets(moved_handbook(queries(query("rag", best=[target])))))
    assert [problem.path for problem in problems] == ([("queries", 0, "best", 0)] if repair else [])
    for problem in problems:
        assert problem.value == target
        assert problem.repair.endswith(repair or ""), problem


def test_acceptable_targets_are_checked_as_well() -> None:
    edition = moved_handbook(queries(query("rag", good=["phase.md", "gone.md"])))
    assert [problem.path for problem in check_targets(edition)] == [("queries", 0, "good", 1)]
