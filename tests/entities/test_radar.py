"""The radar: its rules, the notes that it puts on pages, and the report of what is due."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from macros.commands.freshness import freshness
from macros.data.manuscript import manuscript
from macros.entities.edition import Edition
from macros.entities.history import History
from macros.entities.radar import check_radar, named_on, note, radar
from macros.render.cards import page_footer
from support.entity_cases import BAD_RADAR_ENTRIES, DAY, damaged_radar
from support.small_handbook import handbook, pages

HISTORY = History.model_validate(
    {"history": [{"id": "a", "date": DAY, "title": "A", "says": "A.", "pages": ["index.md"]}]}
)


@pytest.mark.parametrize(("index", "damage", "place", "rule"), BAD_RADAR_ENTRIES)
def test_a_damaged_entry_is_named(index: int, damage: dict[str, Any], place: tuple[Any, ...], rule: str) -> None:
    assert list(check_radar(damaged_radar())) == []
    problems = list(check_radar(damaged_radar(index, **damage)))
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
    found = named_on(damaged_radar(), page)
    assert [entry.id for entry in found] == named
    footer = page_footer(handbook(), page.path, note(found, page.path))
    for entry in found:
        assert f"(reference/radar.md#{entry.id})" in footer
    assert ("Named on this page" in footer) == bool(named)


@pytest.mark.parametrize(
    ("damage", "short", "long"),
    [
        ({"ends": DAY}, "DEF has ended", "Ended on 2026-01-02."),
        ({"ends": DAY + datetime.timedelta(days=1)}, "DEF will end on 2026-01-03", "Will end on 2026-01-03."),
        ({"ends": None, "status": "replaced"}, "DEF has a successor", "Replaced. Successor: ABC."),
        ({"ends": None, "status": "maintenance"}, "DEF gets fixes only", "In maintenance."),
    ],
)
def test_a_note_says_whether_the_end_had_come_on_the_day_of_the_check(
    damage: dict[str, Any], short: str, long: str
) -> None:
    text = note(damaged_radar(1, **damage).radar[1:2], "phase.md")
    assert f"Named on this page: {short}</summary>" in text
    assert long in text


def test_the_radar_has_a_row_for_each_entry_and_the_ended_first() -> None:
    text = radar(damaged_radar())
    assert text.count("\n| <span") == 3
    assert text.index('id="def"') < text.index('id="abc"')
    assert "Will end on 2026-06-01. Successor: ABC." in text
    assert "[Its page](https://example.org/x), 2025-12; checked 2026-01-02" in text


def test_the_report_lists_what_is_due_on_a_day_and_ends_that_have_come() -> None:
    checked = Edition(handbook(), pages(), damaged_radar(), {}, HISTORY)

    def due(year: int, month: int, day: int) -> list[str]:
        return [line.split(" (")[0].split(":")[0] for line in freshness(checked, datetime.date(year, month, day))]

    assert due(2026, 4, 1) == []
    # 90 days after 2 January.
    assert due(2026, 4, 2) == [f"docs/data/radar.yml radar[{name}]" for name in ("abc", "def", "ghi")]
    # The end of def has come; sources and the handbook are due after 180 days.
    assert due(2026, 6, 1)[-1] == "docs/data/radar.yml radar[def]"
    assert len(due(2026, 6, 1)) == 4
    assert len(due(2026, 7, 1)) == 6
