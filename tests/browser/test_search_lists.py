"""The box on the page about the search, which asks words, vectors and both of them side by side."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from support.axe_rules import violations

pytestmark = pytest.mark.this_handbook

PAGE = "reference/how-search-works/"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


def _column(page: Page, name: str) -> Any:
    return page.locator(f'.search-lists section[aria-label="{name}"]')


def test_three_lists_are_fetched_when_somebody_asks_and_joined_by_lines(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DESKTOP, service_workers="block") as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
        page.goto(served + PAGE)
        field = page.get_by_label("Your query")
        field.wait_for()
        assert {"index.json", "word-vectors.json"} & set(asked) == set()
        field.fill("message queue kafka")
        field.press("Enter")
        expect(_column(page, "Words").locator("li a").first).to_have_text("Batches, background runs and webhooks")
        both = _column(page, "Both").locator("li", has_text="Batches, background runs and webhooks").first
        expect(both).to_contain_text("words 1, vectors")
        assert page.locator(".search-lists line").count() > 0
        # A word of its own, and one that only the letters know.
        field.fill("kafka 429")
        field.press("Enter")
        expect(page.get_by_text("There is no vector for “429”.")).to_be_visible()
        _column(page, "Words").locator("a").first.click()
        expect(page.locator("h1")).to_be_visible()
        assert "/reference/how-search-works" not in page.url


def test_every_query_of_the_table_is_a_button(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=PHONE, service_workers="block") as context:
        page = context.new_page()
        page.goto(served + PAGE)
        page.get_by_label("Your query").wait_for()
        buttons = page.locator(".search-lists__examples button")
        rows = page.locator("article table", has_text="halucination").locator("tbody tr")
        assert buttons.count() == rows.count() == 6
        buttons.filter(has_text="halucination").click()
        expect(page.get_by_role("status").filter(has_text="Words took it for “hallucination”.")).to_be_visible()
        # One below the other, without lines across.
        assert page.locator(".search-lists line").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_lists_are_accessible(browser: Browser, served: str, scheme: Any) -> None:
    with browser.new_context(viewport=DESKTOP, color_scheme=scheme, service_workers="block") as context:
        page = context.new_page()
        page.goto(served + PAGE)
        page.locator(".search-lists__examples button").first.click()
        page.locator(".search-lists li").first.wait_for()
        assert violations(page, within=".tool") == []


def test_vectors_that_cannot_be_loaded_are_told_and_asked_for_again(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DESKTOP, service_workers="block") as context:
        page = context.new_page()
        page.goto(served + PAGE)
        page.route("**/word-vectors.json", lambda route: route.abort())
        button = page.locator(".search-lists__examples button").first
        button.click()
        expect(page.get_by_text("could not be loaded. Ask again to retry.")).to_be_visible()
        page.unroute("**/word-vectors.json")
        button.click()
        expect(page.locator(".search-lists li").first).to_be_visible()


def test_without_scripts_the_table_shows_what_each_list_is_good_at(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(served + PAGE)
        expect(page.get_by_label("Your query")).to_have_count(0)
        expect(page.locator("article").get_by_text("where is customer information kept")).to_be_visible()
