"""Diagrams: one visual language, words for everybody, nothing that a style sheet or a screen reader cannot reach."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from playwright.sync_api import Browser

from macros.entities.diagrams import check_diagrams, diagram
from macros.entities.edition import Edition
from support.entity_cases import BAD_DRAWINGS, DRAWING_PAGE, GOOD_DRAWING
from support.htmlpages import TEXT_AMISS


def test_a_good_drawing_is_accepted() -> None:
    assert list(check_diagrams({"ab": GOOD_DRAWING}, DRAWING_PAGE)) == []


@pytest.mark.parametrize(("old", "new", "rule"), BAD_DRAWINGS)
def test_a_damaged_drawing_is_named(old: str, new: str, rule: str) -> None:
    assert old in GOOD_DRAWING
    problems = list(check_diagrams({"ab": GOOD_DRAWING.replace(old, new, 1)}, DRAWING_PAGE))
    assert problems
    assert all(p.file == "docs/diagrams/ab.svg" for p in problems)
    assert rule in problems[0].rule


def test_a_missing_drawing_and_one_that_no_page_shows_are_named() -> None:
    missing, unused = check_diagrams({"abc": GOOD_DRAWING}, DRAWING_PAGE)
    assert (missing.file, missing.line, missing.value) == ("docs/x.md", 3, "ab")
    assert "nearest: abc" in missing.repair
    assert "is shown on no page" in unused.rule


def test_a_figure_holds_the_drawing_once_and_its_words() -> None:
    html = diagram({"ab": GOOD_DRAWING}, "ab")
    figure = ET.fromstring(html)
    assert html.count("A leads to B.") == 1
    assert figure.findtext("figcaption/details/p") == "A leads to B."
    assert 'marker-end="url(#ab-arrow)"' in html
    assert html.count("<marker ") == 1
    assert "\n\n" not in html
    assert 'aria-label="A &amp; B"' in html


def test_text_of_a_drawing_stays_inside_it_and_apart(browser: Browser, served: str, checked: Edition) -> None:
    """Measured in the browser with the real font: no text leaves its drawing or lies on another text."""
    shown = {call.argument: page.path for page in checked.pages.values() for call in page.called("diagram")}
    page = browser.new_page(viewport={"width": 390, "height": 844})
    for path in sorted(set(shown.values())):
        page.goto(served + path.replace("index.md", "").replace(".md", "/"))
        page.evaluate("document.fonts.ready")
        found = page.evaluate(TEXT_AMISS)
        assert found == [], path
    page.close()
