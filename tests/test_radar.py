"""The radar: its rules, the notes that it puts on pages, and the report of what is due."""

from __future__ import annotations

import copy
import datetime
from typing import Any

import pytest
from fixture import handbook, pages

from macros.commands.freshness import freshness
from macros.data.manuscript import manuscript
from macros.entities.edition import Edition
from macros.entities.history import History
from macros.entities.radar import Radar, check_radar, named_on, note, radar
from macros.render.cards import page_header

DAY = datetime.date(2026, 1, 2)
HISTORY = History.model_validate(
    {"history": [{"id": "a", "date": DAY, "title": "A", "says": "A.", "pages": ["index.md"]}]}
)


def _entry(entry_id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": entry_id,
        "name": entry_id.upper(),
        "kind": "tool",
        "status": "active",
        "says": "It works.",
        "names": [entry_id.upper()],
        "source": "Its page",
        "url": "https://example.org/x",
        "published": "2025-12",
        "checked": DAY,
    } | more


DATA = {
    "radar": [
        _entry("abc"),
        _entry("def", status="sunset", ends=datetime.date(2026, 6, 1), replaced_by="ABC"),
        _entry("ghi", kind="engine", status="maintenance", names=["GHI", "Good Host"]),
    ]
}


def _radar(index: int = 0, **more: Any) -> Radar:
    data = copy.deepcopy(DATA)
    data["radar"][index] |= more
    return Radar.model_validate(data)


#: entry, damage to it, the place of the problem, a part of the rule's sentence
BAD_ENTRIES: list[tuple[int, dict[str, Any], tuple[Any, ...], str]] = [
    (0, {"id": "def"}, ("radar", 1, "id"), "already an id"),
    (1, {"ends": None}, ("radar", 1, "status"), "has no date"),
    (1, {"status": "replaced", "replaced_by": None}, ("radar", 1, "status"), "names no successor"),
    (0, {"ends": DAY}, ("radar", 0, "status"), "does not go with"),
    (2, {"names": ["ABC"]}, ("radar", 2, "names", 0), "a name of abc already"),
    (0, {"says": "See <b>it</b>."}, ("radar", 0, "says"), "is markup"),
    (0, {"published": "2025-13"}, ("radar", 0, "published"), "not a date"),
]


@pytest.mark.parametrize(("index", "damage", "place", "rule"), BAD_ENTRIES)
def test_a_damaged_entry_is_named(index: int, damage: dict[str, Any], place: tuple[Any, ...], rule: str) -> None:
    assert list(check_radar(_radar())) == []
    problems = list(check_radar(_radar(index, **damage)))
    assert [(p.path, rule in p.rule) for p in problems] == [(place, True)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("DEF is used here.", ["def"]),
        ("A Good Host and DEF.", ["def", "ghi"]),
        ("ABC is active.", []),
        ("UNDEF, DEFINE, X-DEF and DEF.5 are other words.", []),
        ("```text\nDEF in code that is shown\n```", []),
    ],
)
def test_a_page_carries_a_note_for_what_is_no_longer_current(text: str, named: list[str]) -> None:
    page = manuscript("phase.md", f"# Stages\n\n{text}\n")
    found = named_on(_radar(), page)
    assert [entry.id for entry in found] == named
    header = page_header(handbook(), page, note(found, page.path))
    for entry in found:
        assert f"(reference/radar.md#{entry.id})" in header
    assert ("on the way out" in header) == bool(named)


def test_the_radar_has_a_row_for_each_entry_and_the_ended_first() -> None:
    text = radar(_radar())
    assert text.count("\n| <span") == 3
    assert text.index('id="def"') < text.index('id="abc"')
    assert "Sunset 2026-06-01. Successor: ABC." in text
    assert "[Its page](https://example.org/x), 2025-12; checked 2026-01-02" in text


def test_the_report_lists_what_is_due_on_a_day_and_ends_that_have_come() -> None:
    checked = Edition(handbook(), pages(), _radar(), {}, HISTORY)

    def due(year: int, month: int, day: int) -> list[str]:
        return [line.split(" (")[0].split(":")[0] for line in freshness(checked, datetime.date(year, month, day))]

    assert due(2026, 4, 1) == []
    # 90 days after 2 January.
    assert due(2026, 4, 2) == [f"docs/data/radar.yml radar[{name}]" for name in ("abc", "def", "ghi")]
    # The end of def has come; sources and the handbook are due after 180 days.
    assert due(2026, 6, 1)[-1] == "docs/data/radar.yml radar[def]"
    assert len(due(2026, 6, 1)) == 4
    assert len(due(2026, 7, 1)) == 6
