"""Figures that move: what their data has to hold, and what a reader has of one before its script runs."""

from __future__ import annotations

from typing import Any

import pytest
from lxml.html import fromstring

from macros.data.manuscript import manuscript
from macros.entities.figures import Figures, check_figures, figure
from support.entity_cases import (
    BAD_DRAWN,
    BAD_FIGURES,
    DRAWN,
    FIGURE_EXAMPLES,
    FIGURE_FILES,
    FIGURE_PAGE,
    MISSING_PARTS,
    figures,
)
from support.small_handbook import handbook


def test_a_figure_with_everything_is_accepted() -> None:
    assert list(check_figures(figures(), DRAWN, FIGURE_PAGE, FIGURE_EXAMPLES, FIGURE_FILES)) == []
    assert list(check_figures(Figures(figures=[]), {}, {}, {}, set())) == []


@pytest.mark.parametrize(("damage", "place", "rule"), BAD_FIGURES)
def test_a_damaged_figure_is_named_with_its_place(damage: dict[str, Any], place: tuple[Any, ...], rule: str) -> None:
    problems = list(check_figures(figures(**damage), DRAWN, FIGURE_PAGE, FIGURE_EXAMPLES, FIGURE_FILES))
    assert problems[0].path == ("figures", 0, *place)
    assert rule in problems[0].rule


@pytest.mark.parametrize(("file", "rule"), MISSING_PARTS.items())
def test_a_missing_part_is_named(file: str, rule: str) -> None:
    (problem,) = check_figures(figures(), DRAWN, FIGURE_PAGE, FIGURE_EXAMPLES, FIGURE_FILES - {file})
    assert rule in problem.rule


@pytest.mark.parametrize(("drawn", "rule"), BAD_DRAWN)
def test_a_drawing_that_is_not_as_it_should_be_is_named(drawn: dict[str, str], rule: str) -> None:
    (problem,) = check_figures(figures(), drawn, FIGURE_PAGE, FIGURE_EXAMPLES, FIGURE_FILES)
    assert rule in problem.rule


def test_a_missing_figure_and_one_that_no_page_shows_are_named() -> None:
    page = {"x.md": manuscript("x.md", '# X\n\n{{ figure("abc") }}\n')}
    missing, unused = check_figures(figures(), DRAWN, page, FIGURE_EXAMPLES, FIGURE_FILES)
    assert (missing.file, missing.line, missing.value) == ("docs/x.md", 3, "abc")
    assert "nearest: ab" in missing.repair
    assert "is shown on no page" in unused.rule


def test_before_its_script_runs_a_figure_is_whole_and_its_controls_are_hidden() -> None:
    html = figure(handbook(), figures(), DRAWN, "ab")
    assert "\n" not in html
    place = fromstring(html)
    controls = place.find("form")
    assert controls.get("hidden") is not None
    controls.drop_tree()
    text = " ".join(place.text_content().split())
    for said in ('A & "B"', "Does a & b hold?", "It does.", "Double it.", "Take *b*."):
        assert said in text
    assert [svg.get("aria-label") for svg in place.iter("svg")] == ['A & "B"'] * 2
    assert 'data-settings="size:2048,fast:yes"' in html
    assert 'id="figure-old-ab"' in html
