"""What a page costs its reader at the first view, and what the frame around each page does without the theme's script."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import material
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from support.axe_rules import violations
from support.htmlpages import built_pages
from support.serving import NOT_READY

# What is measured is named: pages, words and figures of this handbook.
pytestmark = pytest.mark.this_handbook

#: One page of each kind, the longest of each, and all that have a tool.
KINDS = [
    "",
    "skills/",
    "skills/api-design/",
    "skills/database-optimization/",
    "skills/load-balancing/",
    "roadmap/",
    "roadmap/phase-2/",
    "roadmap/planner/",
    "roadmap/progress/",
    "start/where-do-i-stand/",
    "labs/leaking-cache/",
    "reference/glossary/",
    "reference/how-search-works/",
    "reference/radar/",
    "reference/sources/",
    "topics/batching-and-kv-cache/",
    "topics/structured-output/",
    "topics/tool-calling/",
    "calculators/call-cost/",
    "calculators/model-memory/",
    "calculators/vector-storage/",
    "calculators/cache-break-even/",
    "calculators/api-or-own/",
    "calculators/sample-size/",
    "de/skills/caching-strategies/",
    "404.html",
]
LIMIT = 80_000
#: The lists of all sources, and of all that can be ticked, grow with the handbook, and are looked up rather than read.
LONGER = {"reference/sources/": 90_000, "roadmap/progress/": 82_000}
#: Cumulative layout shift: 0 is a page in which nothing moves after it is drawn; from 0.1 on search engines call it bad.
SHIFT = 0.02
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
#: Fonts and pictures are compressed in themselves; the rest a host sends with gzip.
PACKED = (".woff2", ".png")
#: Not in the Latin files of the fonts: browsers take these from the reader's system, as they do for code.
FROM_THE_SYSTEM = "→↑↓τ≤≥≈²"

_WATCH_SHIFTS = """
globalThis.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
#: A browser that is told to let no site store anything, at its strictest: asking for a store is an error already.
_NO_STORAGE = """
for (const [owner, name] of [
  [window, "localStorage"], [window, "sessionStorage"], [window, "indexedDB"], [window, "caches"],
  [Navigator.prototype, "serviceWorker"], [Navigator.prototype, "storage"],
]) Object.defineProperty(owner, name, { get() { throw new DOMException("no", "SecurityError"); } });
"""


def _weigh(response: Response) -> int:
    body = response.body()
    return len(body) if urlsplit(response.url).path.endswith(PACKED) else len(gzip.compress(body, 6))


@pytest.mark.parametrize("path", KINDS)
def test_a_first_view_is_small_and_nothing_in_it_moves(browser: Browser, served: str, path: str) -> None:
    with browser.new_context(viewport=PHONE, service_workers="block") as context:
        page = context.new_page()
        page.add_init_script(_WATCH_SHIFTS)
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto(served + path, wait_until="networkidle")
        expect(page.locator(NOT_READY)).to_have_count(0)
        assert {urlsplit(answer.url).netloc for answer in answers} == {urlsplit(served).netloc}
        sizes = {urlsplit(answer.url).path: _weigh(answer) for answer in answers}
        assert sum(sizes.values()) <= LONGER.get(path, LIMIT), sizes
        assert [name for name in sizes if name.endswith(("/search.js", "/index.json", "/word-vectors.json"))] == []
        assert [name for name in sizes if "bundle" in name] == []
        assert page.evaluate("shift") <= SHIFT


def test_no_page_has_more_text_than_the_longest_that_is_measured(site: Path) -> None:
    """The pages that the test above leaves out load the same frame: only their own text could make them heavier."""
    sizes = {name: len(gzip.compress(page.file.read_bytes(), 6)) for name, page in built_pages(site).items()}
    kinds = {(path if path.endswith(".html") else f"{path}index.html") for path in KINDS}
    longest = max(size for name, size in sizes.items() if name in kinds)
    assert {name: size for name, size in sizes.items() if size > longest} == {}


#: Which selectors of the theme's whole sheet match something on the page as it is, and are not in the page's own sheet.
#: States (:hover) and drawn parts (::before) are left out of the question: any element could have them.
_LOST = r"""
(whole) => {
  const selectors = (sheet) => {
    const found = [];
    const collect = (rules) => {
      for (const rule of rules) {
        // Custom properties that nothing reads may go.
        if (rule.selectorText && [...rule.style].every((name) => name.startsWith("--"))) continue;
        if (rule.selectorText) found.push(...rule.selectorText.split(/,(?![^(\[]*[)\]])/).map((part) => part.trim()));
        else if (rule.cssRules) collect(rule.cssRules);
      }
    };
    collect(sheet.cssRules);
    return found;
  };
  const theirs = new CSSStyleSheet();
  theirs.replaceSync(whole);
  const ours = [...document.styleSheets].find((sheet) => sheet.href?.endsWith("theme.css"));
  const kept = new Set(selectors(ours));
  return [...new Set(selectors(theirs))].filter((selector) => {
    if (kept.has(selector)) return false;
    const bare = selector.replace(/:not\([^()]*\)/g, "").replace(/::?(?!is|where|not|has|nth|first|last|only|root)[\w-]+(\([^)]*\))?/g, "").trim();
    try {
      return !!document.querySelector(bare.replace(/^(?=[>+~]|$)/, "*").replace(/([>+~])(?= *([>+~]|$))/g, "$1*"));
    } catch {
      return true;
    }
  });
}
"""


@pytest.mark.parametrize("path", ["", "skills/api-design/", "roadmap/planner/", "labs/leaking-cache/", "contribute/"])
def test_every_rule_of_the_theme_that_matches_something_is_kept(browser: Browser, served: str, path: str) -> None:
    whole = next(Path(material.__file__).parent.glob("templates/assets/stylesheets/main.*.min.css"))
    with browser.new_context(viewport=PHONE, service_workers="block") as context:
        page = context.new_page()
        page.goto(served + path + "?q=cache")
        page.locator("a.md-search-result__link").first.wait_for()
        expect(page.locator(NOT_READY)).to_have_count(0)
        assert page.evaluate(_LOST, whole.read_text(encoding="utf-8")) == []


# --- The frame ---


def test_search_begins_in_its_field_and_fetches_what_it_needs_only_then(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DESKTOP, service_workers="block") as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(urlsplit(request.url).path.rsplit("/", 1)[-1]))
        page.goto(served + "skills/", wait_until="networkidle")
        assert [name for name in asked if "search" in name] == []
        page.locator(".md-search__input").focus()
        page.keyboard.type("load balancer")
        results = page.locator("a.md-search-result__link")
        results.first.wait_for()
        assert {"search.js", "search.css", "index.json"} <= set(asked)
        page.keyboard.press("ArrowDown")
        expect(results.first).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator(".md-search__output")).to_have_css("opacity", "0")
        page.locator(".md-search__input").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/skills/load-balancing/**")
        expect(page.locator("article mark", has_text="load").first).to_be_visible()
        expect(page.locator("article mark", has_text="balanc").first).to_be_visible()


def test_a_search_can_be_given_as_an_address(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=PHONE, service_workers="block") as context:
        page = context.new_page()
        page.goto(served + "?q=pgvector")
        page.locator("a.md-search-result__link", has_text="pgvector").first.wait_for()
        page.keyboard.press("Escape")
        page.wait_for_url(served)


@pytest.mark.this_handbook
@pytest.mark.parametrize(("size", "seen"), [(PHONE, 5), (DESKTOP, 8)], ids=["phone", "desktop"])
def test_results_can_be_judged_without_scrolling(browser: Browser, served: str, size: Any, seen: int) -> None:
    with browser.new_context(viewport=size, service_workers="block") as context:
        page = context.new_page()
        page.goto(served + "?q=prompt injection")
        results = page.locator("a.md-search-result__link")
        # A line of text with the words in it, and nothing of what stands in the page's head.
        expect(results.first.locator("mark").first).to_be_visible()
        expect(page.get_by_role("status").filter(has_text="results")).to_be_visible()
        # A list that is drawn anew in between has no place, so look until there is one.
        expect(results.nth(seen - 1)).to_be_in_viewport(ratio=1)


@pytest.mark.this_handbook
def test_a_key_opens_the_search_and_the_way_back_leads_to_its_results(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DESKTOP, service_workers="block") as context:
        page = context.new_page()
        page.goto(served + "skills/")
        page.keyboard.press("Control+k")
        page.keyboard.type("kv cache")
        page.wait_for_url("**/skills/?q=kv+cache")
        page.keyboard.press("Enter")
        page.wait_for_url("**/topics/batching-and-kv-cache/*")
        page.go_back()
        expect(page.locator(".md-search__input")).to_have_value("kv cache")
        expect(page.locator("a.md-search-result__link").first).to_be_visible()


@pytest.mark.this_handbook
def test_a_slip_gets_its_word_and_what_nobody_wrote_gets_ways_on(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DESKTOP, service_workers="block") as context:
        page = context.new_page()
        page.goto(served + "?q=halucination")
        page.get_by_role("button", name="hallucination").click()
        expect(page.locator(".md-search__input")).to_have_value("hallucination")
        expect(page.get_by_text("Did you mean")).to_have_count(0)
        page.locator(".md-search__input").fill("zzyzx")
        expect(page.get_by_text("No section has")).to_be_visible()
        for name in ("topic index", "glossary", "propose a topic"):
            expect(page.locator(".md-search").get_by_role("link", name=name)).to_be_visible()


@pytest.mark.this_handbook
def test_a_translated_page_searches_its_language_first_and_says_so_in_it(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DESKTOP, service_workers="block") as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.removeprefix(served)))
        page.goto(served + "de/?q=schluessel")
        result = page.locator("a.md-search-result__link").first
        expect(result.locator("mark")).to_have_text("Schlüssel")
        expect(page.locator(".md-search-result__meta")).to_contain_text("Treffer")
        result.click()
        page.wait_for_url("**/de/skills/caching-strategies/*")
        page.goto(served + "de/?q=prompt+injection")
        expect(page.locator(".md-search-result__item[lang=en]").first).to_be_visible()
        assert "search/index.de.json" in asked
        asked.clear()
        page.goto(served + "?q=caching")
        expect(page.locator("a.md-search-result__link").first).to_be_visible()
        assert [name for name in asked if ".de." in name or "-de." in name or "beside" in name or "de/" in name] == []


def test_without_scripts_there_are_lists_in_place_of_the_search(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(served)
        header = page.locator("header")
        expect(header.get_by_role("link", name="Topic index")).to_be_visible()
        expect(header.get_by_role("link", name="Glossary")).to_be_visible()
        expect(page.locator(".md-search__input")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_open_search_is_accessible(browser: Browser, served: str, scheme: Any) -> None:
    with browser.new_context(viewport=DESKTOP, color_scheme=scheme, service_workers="block") as context:
        page = context.new_page()
        page.goto(served + "?q=cache")
        page.locator("a.md-search-result__link mark").first.wait_for()
        assert violations(page, within=".md-search") == []


def test_a_search_whose_script_cannot_be_loaded_says_so(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DESKTOP, service_workers="block") as context:
        page = context.new_page()
        page.goto(served)
        page.route("**/search.js", lambda route: route.abort())
        page.locator(".md-search__input").click()
        expect(page.locator(".md-search-result__meta")).to_have_text("The search could not be loaded.")


def test_a_search_that_cannot_be_loaded_says_so_and_can_be_tried_again(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DESKTOP, service_workers="block") as context:
        page = context.new_page()
        page.goto(served)
        page.route("**/search/index.json", lambda route: route.abort())
        page.locator(".md-search__input").click()
        expect(page.locator(".md-search-result__meta")).to_contain_text("could not be loaded")
        page.unroute("**/search/index.json")
        page.keyboard.type("cache")
        page.locator("a.md-search-result__link").first.wait_for()


@pytest.fixture(params=["kept", "blocked"])
def reader(browser: Browser, request: pytest.FixtureRequest) -> Any:
    """A browser in light colors, whose storage works or is refused."""
    context = browser.new_context(viewport=DESKTOP, color_scheme="light", service_workers="block")
    if request.param == "blocked":
        context.add_init_script(_NO_STORAGE)
    yield context, request.param == "kept"
    context.close()


def _scheme(page: Page) -> str | None:
    return page.locator("body").get_attribute("data-md-color-scheme")


def test_colors_follow_the_system_until_the_reader_chooses(reader: tuple[BrowserContext, bool], served: str) -> None:
    context, kept = reader
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(served)
    assert _scheme(page) == "default"
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.locator("label[title='Switch to light colors']").click()
    assert _scheme(page) == "default"
    assert page.locator("body").evaluate("e => getComputedStyle(e).colorScheme") == "light"
    page.goto(served + "roadmap/")
    assert _scheme(page) == ("default" if kept else "slate")
    if kept:
        # The theme's own place and format, so that its script would read it too.
        key = f"{urlsplit(served).path}.__palette"
        assert page.evaluate("key => JSON.parse(localStorage[key]).index", key) == 0
    assert errors == []


#: Kinds of page by what they do in a browser.
_ACTIVE = [
    "",
    "skills/api-design/",
    "roadmap/planner/",
    "roadmap/progress/",
    "start/where-do-i-stand/",
    "topics/batching-and-kv-cache/",
    "calculators/call-cost/",
]


@pytest.mark.parametrize("path", _ACTIVE)
def test_with_all_storage_blocked_a_page_does_all_that_it_does_and_says_what_is_not_kept(
    browser: Browser, served: str, path: str
) -> None:
    with browser.new_context(viewport=DESKTOP, color_scheme="light") as context:
        context.add_init_script(_NO_STORAGE)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(served + path)
        expect(page.locator(NOT_READY)).to_have_count(0)
        page.locator("label[title='Switch to dark colors']").click()
        assert _scheme(page) == "slate"
        # One line, where something can be noted.
        noted = page.locator("[data-item] input, .planner__form input, .standing button")
        expect(page.get_by_text("This browser stores nothing for this site")).to_have_count(int(noted.count() > 0))
        if (boxes := page.locator("[data-item] input")).count():
            boxes.first.check()
            expect(boxes.first).to_be_checked()
        if page.locator(".planner__form").count():
            before = page.locator(".planner__end").inner_text()
            page.get_by_label("Hours a week").fill("20")
            page.keyboard.press("Tab")
            expect(page.locator(".planner__end")).not_to_have_text(before)
        if (code := page.locator("article pre button[title='Copy to clipboard']")).count():
            code.first.click()
            expect(page.get_by_role("status").filter(has_text="Copied to clipboard")).to_be_visible()
        page.locator(".md-search__input").click()
        page.keyboard.type("load balancer")
        page.locator("a.md-search-result__link").first.wait_for()
        assert errors == []


def test_a_page_is_copied_as_markdown(browser: Browser, served: str) -> None:
    for path, begins in (("", "# From backend developer"), ("topics/hybrid-search/", "# Hybrid search")):
        with browser.new_context(service_workers="block") as context:
            context.grant_permissions(["clipboard-read", "clipboard-write"])
            page = context.new_page()
            page.goto(served + path)
            link = page.get_by_role("link", name="Copy this page as Markdown")
            link.click()
            expect(page.get_by_role("status").filter(has_text="Copied to clipboard")).to_be_visible()
            copied = page.evaluate("navigator.clipboard.readText()")
            assert copied.startswith(begins)
            expect(page).to_have_url(served + path)
            # A browser that refuses, and one without scripts, show the text.
            page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')) }")
            with page.expect_navigation():
                link.click()
            assert page.url.endswith(".md")


def test_code_is_copied_and_the_reader_told(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DESKTOP, service_workers="block") as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.goto(served + "skills/api-design/")
        assert (
            page.get_by_role("button", name="Copy to clipboard").count() == page.locator("article pre > code").count()
        )
        block = page.locator("article pre").filter(has=page.locator("code")).first
        block.get_by_role("button", name="Copy to clipboard").click()
        expect(page.get_by_role("status").filter(has_text="Copied to clipboard")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == block.locator("code").evaluate("code => code.textContent").rstrip()


def test_the_side_list_marks_the_section_that_is_read(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DESKTOP, service_workers="block") as context:
        page = context.new_page()
        page.goto(served + "skills/api-design/")
        links = page.locator(".md-sidebar--secondary [data-md-component=toc] a")
        third = links.nth(2)
        third.click()
        expect(third).to_have_class("md-nav__link md-nav__link--passed md-nav__link--active")
        expect(links.nth(0)).to_have_class("md-nav__link md-nav__link--passed")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(links.last).to_have_class("md-nav__link md-nav__link--passed md-nav__link--active")
        expect(page.locator(".md-header__title")).to_have_class("md-header__title md-header__title--active")
        page.evaluate("scrollTo(0, 0)")
        expect(page.locator(".md-sidebar--secondary .md-nav__link--passed")).to_have_count(0)


def test_a_drawer_closes_by_key_and_when_its_link_leads_to_the_same_page(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=PHONE, service_workers="block") as context:
        page = context.new_page()
        page.goto(served + "skills/api-design/")
        drawer = page.locator("#__drawer")
        for close in (
            lambda: page.keyboard.press("Escape"),
            lambda: page.evaluate("location.hash = '#check-yourself'"),
        ):
            page.locator("header label[for=__drawer]").click()
            expect(drawer).to_be_checked()
            close()
            expect(drawer).not_to_be_checked()


@pytest.mark.parametrize("language", ["", "de/"])
def test_every_character_on_the_pages_is_in_its_font(browser: Browser, served: str, site: Path, language: str) -> None:
    headings = (
        "//article//h1 | //h2 | //h3 | //*[contains(@class, 'bridge__path')] | //*[contains(@class, 'next-step')]//a"
    )
    characters = {"h1": set[str](), "p": set[str]()}
    for path, page in built_pages(site).items():
        if path.startswith("de/") != bool(language):
            continue
        for heading in page.article.xpath(headings):
            characters["h1"].update(heading.text_content())
        for text in page.article.xpath(".//text()[not(ancestor::code or ancestor::script or ancestor::style)]"):
            characters["p"].update(text)
    with browser.new_context(service_workers="block") as context:
        page = context.new_page()
        page.goto(served + language)
        tools = context.new_cdp_session(page)
        tools.send("DOM.enable")
        tools.send("CSS.enable")
        for tag, found in characters.items():
            text = "".join(sorted(c for c in found if not c.isspace() and c not in FROM_THE_SYSTEM))
            page.evaluate(
                """([tag, text]) => {
                    const element = document.createElement(tag);
                    element.id = "all-of-" + tag;
                    element.textContent = text;
                    document.querySelector("article").append(element);
                    return document.fonts.ready;
                }""",
                [tag, text],
            )
            root = tools.send("DOM.getDocument")["root"]["nodeId"]
            node = tools.send("DOM.querySelector", {"nodeId": root, "selector": f"#all-of-{tag}"})["nodeId"]
            fonts = tools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            assert [font["familyName"] for font in fonts if not font["isCustomFont"]] == [], f"{tag}: {text}"
            assert fonts, tag


# --- From disk ---


def test_opened_from_disk_links_lead_to_pages_and_one_line_says_how_to_have_the_rest(
    browser: Browser, site: Path
) -> None:
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        page.goto((site / "index.html").as_uri())
        line = page.get_by_role("article").get_by_role("status")
        for way in (
            lambda: page.get_by_role("link", name="Skill map").first.click(),
            lambda: page.locator("article").get_by_role("link", name="API design").first.click(),
            lambda: page.locator(".md-header a.md-logo").click(),
            lambda: page.locator(".md-tabs").get_by_role("link", name="Roadmap").click(),
            lambda: page.locator("nav").get_by_role("link", name="Your plan").first.click(),
        ):
            expect(line).to_contain_text("run python3 -m http.server --bind 127.0.0.1")
            title = page.title()
            way()
            expect(page).not_to_have_title(title)
            assert page.url.endswith("/index.html")
            expect(page.get_by_role("article")).to_be_visible()
        assert page.url == (site / "roadmap/planner/index.html").as_uri()
        expect(line).to_contain_text("run python3 -m http.server --bind 127.0.0.1")
        assert page.locator("link[rel=next]").evaluate("link => link.href.endsWith('/index.html')")


@pytest.mark.parametrize("path", ["roadmap/planner/", "start/where-do-i-stand/", "calculators/call-cost/"])
@pytest.mark.parametrize("lost", ["**/reader.js", "**/tools/*.js", "**/course.json"])
def test_a_tool_that_cannot_be_loaded_says_so(browser: Browser, served: str, path: str, lost: str) -> None:
    with browser.new_context(service_workers="block") as context:
        page = context.new_page()
        page.route(lost, lambda route: route.abort())
        page.goto(served + path, wait_until="networkidle")
        told = page.get_by_text("This tool could not be loaded. Reload the page to try again.")
        needed = not (lost.endswith("course.json") and path.startswith("calculators/"))
        expect(told).to_have_count(int(needed))


def test_data_of_an_earlier_edition_is_told_and_not_drawn_as_an_empty_plan(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block") as context:
        page = context.new_page()
        page.route("**/course.json", lambda route: route.fulfill(json={"renamed": {}, "pace": 8}))
        page.goto(served + "roadmap/planner/")
        page.get_by_text("This tool could not be loaded. Reload the page to try again.").wait_for()
