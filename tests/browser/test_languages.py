"""Examples in several languages: one is shown, by a choice that works without a script and is remembered with one."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import Browser, Locator, Page, expect

from macros.data.paths import FULL
from support.axe_rules import violations

#: A page with one such example, and one with two.
ONE, TWO = "topics/streaming/", "topics/tool-calling/"


def _shown(page: Page) -> list[str]:
    """The languages that a reader sees, in their order on the page."""
    return [
        str(part.get_attribute("data-language")) for part in page.locator("[data-language]").all() if part.is_visible()
    ]


def _choose(page: Page, language: str, example: int = 0) -> Locator:
    choice = page.get_by_role("group", name="Language of the example").nth(example).get_by_role("radio", name=language)
    choice.check()
    return choice


def test_a_language_is_chosen_once_for_all_examples_and_pages(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block") as context:
        page = context.new_page()
        page.goto(served + TWO)
        assert _shown(page) == ["py", "py"]
        choice = _choose(page, "Go", example=1)
        assert _shown(page) == ["go", "go"]
        assert violations(page) == []
        # The example above has another height now, and the reader still sees what they chose.
        expect(choice).to_be_in_viewport()
        page.goto(served + ONE)
        assert _shown(page) == ["go"]
        page.get_by_role("radio", name="Go").press("ArrowRight")
        assert _shown(page) == ["java"]
        page.reload()
        assert _shown(page) == ["java"]
        page.get_by_role("radio", name="Java", exact=True).press("ArrowLeft")
        assert _shown(page) == ["go"]
        # The keyboard goes through a group of radio buttons with arrows.
        page.get_by_role("radio", name="Go").press("ArrowLeft")
        assert _shown(page) == ["ts"]
        page.reload()
        assert _shown(page) == ["ts"]


def test_what_the_reader_touched_stays_where_it_was(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block", viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(served + TWO)
        choice = page.get_by_role("radio", name="Go").nth(1)
        choice.scroll_into_view_if_needed()
        before = choice.bounding_box()
        choice.check()
        after = choice.bounding_box()
        assert before and after and abs(before["y"] - after["y"]) < 2


def test_without_a_script_the_choice_works_and_on_paper_the_files_are_named(browser: Browser, served: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(served + TWO)
        _choose(page, "TypeScript")
        assert _shown(page) == ["ts", "py"]
        files = page.get_by_text("The same program in each language").first
        expect(files).to_be_hidden()
        page.emulate_media(media="print")
        expect(files).to_be_visible()
        expect(page.get_by_role("radio", name="Go").first).to_be_hidden()


def test_a_browser_that_cannot_choose_shows_all_languages(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block") as context:
        page = context.new_page()
        # What a browser without :has() does: it drops each rule that has one.
        page.route(
            "**/languages.css",
            lambda route: route.fulfill(
                body=route.fetch().text().replace(":has(", ":no-such("), content_type="text/css"
            ),
        )
        page.goto(served + ONE)
        assert _shown(page) == ["py", "ts", "go", "java"]


@pytest.mark.parametrize("file", ["book/index.html", FULL])
def test_what_is_read_elsewhere_has_one_language_and_names_the_others(site: Path, file: str) -> None:
    text = (site / file).read_text(encoding="utf-8")
    if file.endswith(".html"):
        text = html.fromstring(text).text_content()
    assert "def worth_a_retry" in text
    assert "func worthARetry" not in text and "function worthARetry" not in text
    assert "static boolean worthARetry" not in text
    assert "The same program in each language:" in text and "bounded_retry.go" in text and "bounded_retry.java" in text
