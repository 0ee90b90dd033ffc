"""Every page as a reader's browser shows it: the system's Chromium, driven by Playwright."""

from __future__ import annotations

import re
import string
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdf import PdfReader

from macros.entities.edition import Edition
from support.axe_rules import ALL_RULES, COLOR_RULES, DEVICES, SHAPE_RULES
from support.htmlpages import address, built_pages
from support.serving import NOT_READY
from support.sitebuild import ROOT

PAGES = sorted(address(f.relative_to(ROOT / "docs").as_posix()) for f in (ROOT / "docs").rglob("*.md"))
#: The text of a page has the same colors on a desktop; its frame is looked at on these kinds of page.
FRAMED = ["", "skills/", "roadmap/phase-1/", "reference/glossary/", "404.html"]

#: What gets the focus from below, as Shift+Tab brings it, and stays hidden by the header.
UNDER_THE_HEADER = """() => {
    const header = document.querySelector('.md-header');
    const stops = [...document.querySelectorAll('article :is(a[href], button, summary, input, select, textarea, [tabindex])')];
    return stops.filter((stop) => stop.tabIndex >= 0 && stop.checkVisibility({visibilityProperty: true})).filter((stop) => {
        stop.scrollIntoView();
        scrollBy(0, parseFloat(getComputedStyle(stop).scrollMarginTop) || 0);
        stop.focus();
        return stop.getBoundingClientRect().bottom <= header.getBoundingClientRect().bottom;
    }).map((stop) => stop.outerHTML.slice(0, 200));
}"""

#: What a backend developer types, and the page that they should be led to.
SEARCHES = {
    "cache": "topics/response-caching/",
    "rag": "topics/rag-patterns/",
    "ttl": "topics/response-caching/",
    "load balancer": "skills/load-balancing/",
    "retry": "topics/retries-and-fallbacks/",
    "circuit breaker": "topics/retries-and-fallbacks/",
    "schema": "topics/structured-output/",
    "index": "topics/vector-indexes/",
    "pgvector": "topics/vector-stores/",
    "p99": "topics/inference-metrics/",
    "prompt": "topics/prompt-engineering/",
    "microservice": "skills/microservice-architecture/",
    "roadmap": "roadmap/",
}


#: A page, its console errors, and its requests to other hosts.
Watched = tuple[Page, list[str], list[str]]


def _open(context: BrowserContext, url: str, size: Any = None) -> Watched:
    """A new page of a context, at an address."""
    return _turned(_watched(context, urlsplit(url).netloc), url, size)


def _watched(context: BrowserContext, host: str) -> Watched:
    page = context.new_page()
    errors: list[str] = []
    foreign: list[str] = []
    page.on(
        "console",
        lambda m: errors.append(m.text) if m.type in ("error", "warning") and "by Playwright" not in m.text else None,
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    # What the browser gives up because the reader goes on to another page is no error.
    page.on(
        "requestfailed",
        lambda request: errors.append(f"failed: {request.url}") if request.failure != "net::ERR_ABORTED" else None,
    )
    page.on("request", lambda r: foreign.append(r.url) if urlsplit(r.url).netloc not in (host, "") else None)
    return page, errors, foreign


def _turned(watched: Watched, url: str, size: Any = None) -> Watched:
    """The same page at another address."""
    page, errors, foreign = watched
    if page.url != "about:blank":
        # What the address before still has to say is said now.
        page.goto("about:blank")
        errors.clear()
        foreign.clear()
    if size:
        page.set_viewport_size(size)
    page.goto(url)
    return watched


@pytest.fixture(scope="session")
def readers(browser: Browser, served: str) -> dict[str, Watched]:
    """A page with scripts and one without, for one address after the other.

    A new page for each is a process that starts with nothing in its memory, which costs more than what is looked at.
    """
    # Without motion a change of colors is complete at once.
    # The offline copy has tests of its own: here it would fetch the whole site behind the first page.
    scripted = browser.new_context(color_scheme="light", reduced_motion="reduce", service_workers="block")
    scripted.add_init_script("origin === 'null' || localStorage.clear()")
    plain = browser.new_context(java_script_enabled=False)
    host = urlsplit(served).netloc
    return {"scripts": _watched(scripted, host), "no scripts": _watched(plain, host)}


@pytest.mark.parametrize("path", [*PAGES, "404.html"])
def test_a_page_works_on_phone_and_desktop_light_and_dark_and_without_javascript(
    readers: dict[str, Watched], served: str, path: str
) -> None:
    # Contrast is four fifths of the time, so each page has it in both schemes once.
    looks = [("phone", "default", ALL_RULES), ("phone", "slate", COLOR_RULES), ("desktop", "slate", SHAPE_RULES)]
    if path in FRAMED:
        looks.append(("desktop", "default", ALL_RULES))
    page, errors, foreign = _turned(readers["scripts"], served + path, DEVICES["phone"])
    # A tool draws itself after the page.
    expect(page.locator(NOT_READY)).to_have_count(0)
    page.evaluate(Axe().axe_script)
    for device, scheme, rules in looks:
        where = f"{path or 'home'} on {device}, {scheme}"
        page.set_viewport_size(DEVICES[device])
        page.locator("input[name=__palette]").nth(["default", "slate"].index(scheme)).dispatch_event("click")
        assert page.locator("body").get_attribute("data-md-color-scheme") == scheme, where
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= DEVICES[device]["width"], f"{where}: scrolls sideways"
        # axe is in the page already; its wrapper would send it again each time.
        found = Axe("0").run(page, options=rules).response["violations"]
        assert [(v["id"], v["help"], v["nodes"][0]["html"][:200]) for v in found] == [], where
    # A window of 1280 by 1024 pixels at 400 %.
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{path}: scrolls sideways at 320 pixels"
    assert page.evaluate(UNDER_THE_HEADER) == [], path
    assert page.locator(".wide-table td:empty:visible").count() == 0, f"{path}: a label without a value"
    text = _text(page)
    # Last, so that late requests and errors are seen too.
    assert errors == [], path
    assert foreign == [], path
    page, _, _ = _turned(readers["no scripts"], served + path, DEVICES["desktop"])
    assert _text(page) == text, "a reader without scripts misses something"


def _text(page: Page) -> str:
    # What a script adds is a tool, never content: the page around it says the same.
    # A figure that moves is drawn for the width that it finds.
    added = ".calculator, .tool, .tool__trouble, .tick, .progress-mark"
    added += ", .moving form, .moving button, .moving .diagram"
    page.evaluate("added => document.querySelectorAll(added).forEach(tool => tool.remove())", added)
    return " ".join(page.locator("article").inner_text().replace("Copy to clipboard", "").split())


def test_the_system_s_dark_colors_show_at_once(browser: Browser, served: str) -> None:
    with browser.new_context(color_scheme="dark") as context:
        page, _, _ = _open(context, served)
        assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"


#: What a part of a page shows besides its text and frame, in a color that is not that of the page behind it.
PAINTED = """(element, part) => {
    const style = getComputedStyle(element, part);
    const shown = [style.backgroundColor, ...(style.backgroundImage.match(/rgba?\\([^)]*\\)/g) ?? [])];
    const behind = getComputedStyle(document.body).backgroundColor;
    return shown.some(color => color !== behind && !/^rgba.*, 0\\)$/.test(color)) ? style.background : "";
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.this_handbook
def test_nothing_is_said_by_a_color_alone_where_colors_are_forced(
    browser: Browser, served: str, scheme: Literal["light", "dark"]
) -> None:
    with browser.new_context(color_scheme=scheme, forced_colors="active", reduced_motion="reduce") as context:
        page, _, _ = _open(context, served + "roadmap/", DEVICES["desktop"])

        def painted(selector: str, part: str | None = None) -> str:
            page.locator(selector).first.wait_for(state="attached")
            return str(page.eval_on_selector(selector, PAINTED, part))

        fast, slow = (painted(f".timeline__lane--{pace} .timeline__bar") for pace in ("fast", "slow"))
        assert fast
        assert slow
        assert fast != slow
        # The reported range, the month of a role, and what explains both.
        lane = page.locator(".timeline__lane").first.evaluate("e => getComputedStyle(e).backgroundImage")
        assert lane.count("gradient") == 3
        assert painted(".timeline__lane")
        keys = [painted(f".key-{key}", "::before") for key in ("fast", "slow", "range")]
        assert len(set(keys) - {""}) == 3, keys
        for fold in ("summary", "details.self-check summary"):
            assert painted(fold, "::after"), f"no arrow at {fold}"
        page.goto(served + "skills/caching-strategies/")
        assert painted(".md-code__button", "::after"), "no picture on the button that copies"
        stroke = "e => parseFloat(getComputedStyle(e).strokeWidth)"
        known, new = (page.locator(f".diagram .{kind}").first.evaluate(stroke) for kind in ("box", "new"))
        assert new >= known + 2
        # Words of a drawing stand on its boxes: both colors are the system's.
        box, word = (
            page.locator(f".diagram {part}").first.evaluate("e => getComputedStyle(e).fill") for part in (".box", ".t")
        )
        assert box == page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
        assert box != word
        # A text in another color than the page's own stands on a ground that is not replaced either.
        page.goto(served)
        button = page.locator(".door .md-button").first.evaluate("e => getComputedStyle(e).forcedColorAdjust")
        assert button == "none"
        page.locator(".md-search__input").fill("cache")
        page.keyboard.press("End")
        assert painted(".md-search-result mark")


def test_the_browser_s_own_bars_have_the_color_of_the_page(browser: Browser, served: str) -> None:
    # The color of the bars, once it is that of the page's ground.
    agreed = """() => {
        const bars = [...document.querySelectorAll("meta[name=theme-color]")].filter(bar => matchMedia(bar.media).matches);
        const ground = '#' + getComputedStyle(document.body).backgroundColor.match(/\\d+/g)
            .map(part => Number(part).toString(16).padStart(2, '0')).join('');
        return bars.length === 1 && bars[0].content === ground ? ground : "";
    }"""
    with browser.new_context(color_scheme="light", reduced_motion="reduce", service_workers="block") as context:
        page, _, _ = _open(context, served)
        light = page.wait_for_function(agreed).json_value()
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(f"light => ![light, ''].includes(({agreed})())", arg=light)
        dark = page.evaluate(agreed)
        page.locator("input[name=__palette]").first.dispatch_event("click")
        page.locator("input[name=__palette]").last.dispatch_event("click")
        page.emulate_media(color_scheme="light")
        assert page.wait_for_function(agreed).json_value() == dark
        # The next page has it before it is drawn: the script of the frame, which runs after the text, is not there yet.
        page.route("**/frame.js*", lambda route: route.abort())
        page.goto(served + "roadmap/")
        assert page.wait_for_function(agreed).json_value() == dark


@pytest.mark.this_handbook
def test_without_javascript_the_system_s_colors_answers_and_terms_work(browser: Browser, served: str) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        with browser.new_context(java_script_enabled=False, color_scheme=scheme, viewport=DEVICES["phone"]) as context:
            page, _, _ = _open(context, served + "skills/api-design/")
            shades[scheme] = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
            details = page.locator("details.self-check").first
            details.locator("summary").click()
            assert details.locator("p").first.is_visible()
            page.locator("a.term").first.click()
            assert page.url == served + "reference/glossary/#token"
    assert shades["light"] != shades["dark"]


@pytest.mark.parametrize("path", ["", "skills/api-design/", "roadmap/", "reference/glossary/"])
@pytest.mark.this_handbook
def test_the_keyboard_reaches_everything_in_order(browser: Browser, served: str, path: str) -> None:
    with browser.new_context(viewport=DEVICES["desktop"]) as context:
        page, _, _ = _open(context, served + path)
        # Everything in the text that a pointer can use, and the frame's search and color switch.
        page.evaluate(
            """() => document.querySelectorAll(
                'article a[href], article button, article summary, .md-search__input, .md-tabs__link, input[name=__palette]'
            ).forEach((e, i) => { if (e.checkVisibility({visibilityProperty: true})) e.dataset.reach = i; })"""
        )
        wanted = page.evaluate("[...document.querySelectorAll('[data-reach]')].filter(e => e.type !== 'radio').length")
        reached: list[str] = []
        for _ in range(wanted + 80):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.dataset.reach || document.activeElement.className"))
        assert reached[0].startswith("md-skip"), "the first stop leads past the navigation"
        numbers = [r for r in reached if re.fullmatch(r"\d+", r)]
        missing = page.evaluate(
            """seen => [...document.querySelectorAll('[data-reach]')]
                .filter(e => !seen.includes(e.dataset.reach))
                .filter(e => e.type !== 'radio' && !e.closest('pre')).map(e => e.outerHTML)""",
            numbers,
        )
        assert missing == []
        assert page.locator("input[name=__palette]").count() == 2


DEFINITION = re.compile("^token: The unit in which a model reads")


@pytest.mark.this_handbook
def test_a_sentence_with_terms_is_copied_and_printed_as_it_stands(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DEVICES["desktop"]) as context:
        page, _, _ = _open(context, served + "topics/tokens-and-sampling/")
        # The script for readers comes after the page.
        expect(page.locator(".definition")).to_be_attached()
        page.locator("a.term").first.focus()
        expect(page.locator(".definition")).to_be_visible()
        page.evaluate("getSelection().selectAllChildren(document.querySelector('a.term').closest('p'))")
        # What the page's source says up to the end of the sentence that holds the term.
        written = (
            (ROOT / "docs/topics/tokens-and-sampling.md").read_text(encoding="utf-8").split('{{ term("token", "')[0]
        )
        sentence = " ".join(written.rpartition("\n\n")[2].split()) + " tokens"
        assert page.evaluate("getSelection().toString()").startswith(sentence)
        page.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
        assert page.evaluate("getSelection().toString()").strip() == page.locator("h1").inner_text().strip()
        assert "#" not in page.locator("h1").inner_text()
        printed = " ".join("".join(p.extract_text() for p in PdfReader(BytesIO(page.pdf())).pages).split())
    assert sentence in printed
    assert "The unit in which a model reads" not in printed


def _sheets(page: Page) -> list[str]:
    """The text of each sheet of A4 that a page is printed on."""
    return [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf(format="A4"))).pages]


@pytest.mark.this_handbook
def test_a_row_is_printed_on_one_sheet_of_paper(browser: Browser, served: str, checked: Edition) -> None:
    rows = checked.handbook.skills
    with browser.new_context() as context:
        page, _, _ = _open(context, served + "reference/sheets/")
        introduction, *sheets = _sheets(page)
        assert introduction.startswith("Sheets to print")
        assert [sheet.split(" →")[0] for sheet in sheets] == [row.backend for row in rows]
        for row in rows:
            page, _, _ = _open(context, f"{served}reference/sheets/#sheet-{row.id}")
            (sheet,) = _sheets(page)
            assert sheet.startswith(f"{row.backend} →")


@pytest.mark.this_handbook
def test_a_term_shows_its_definition_to_the_keyboard(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DEVICES["desktop"]) as context:
        page, _, _ = _open(context, served + "topics/tokens-and-sampling/")
        expect(page.locator(".definition")).to_be_attached()
        term, definition = page.locator("a.term").first, page.locator(".definition")
        term.focus()
        expect(definition).to_be_visible()
        expect(term).to_have_accessible_description(DEFINITION)
        page.keyboard.press("Escape")
        expect(definition).to_be_hidden()
        expect(term).to_be_focused()
        expect(term).to_have_accessible_description("")
        page.locator("a.term").nth(1).focus()
        expect(definition).to_have_text(re.compile("^tokenizer: "))
        term.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(served + "reference/glossary/#token")


def test_a_term_shows_its_definition_to_the_mouse_and_does_not_take_it_away(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DEVICES["desktop"]) as context:
        page, _, _ = _open(context, served + "topics/tokens-and-sampling/")
        expect(page.locator(".definition")).to_be_attached()
        term, definition = page.locator("a.term").first, page.locator(".definition")
        term.hover()
        expect(definition).to_have_text(DEFINITION)
        expect(definition).to_be_visible()
        definition.get_by_text("Glossary").hover()
        expect(term).to_have_accessible_description(DEFINITION)
        page.mouse.move(1, 1)
        expect(definition).to_be_hidden()
        term.click()
        page.wait_for_url(served + "reference/glossary/#token")


def test_a_touched_term_shows_its_definition_inside_a_narrow_window(browser: Browser, served: str) -> None:
    with browser.new_context(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True) as context:
        page, _, _ = _open(context, served + "topics/tokens-and-sampling/")
        expect(page.locator(".definition")).to_be_attached()
        definition = page.locator(".definition")
        for term in page.locator("a.term").all()[:6]:
            term.tap()
            expect(definition).to_have_text(re.compile("^" + re.escape(term.get_attribute("data-term") or "")))
            expect(definition).to_be_visible()
            shown, word = definition.bounding_box(), term.bounding_box()
            assert shown
            assert word
            assert shown["x"] >= 0
            assert shown["x"] + shown["width"] <= 320
            assert shown["y"] >= word["y"] + word["height"] or shown["y"] + shown["height"] <= word["y"], (
                "covers its term"
            )
        page.touchscreen.tap(5, 320)
        expect(definition).to_be_hidden()
        page.locator("a.term").first.tap()
        page.locator("a.term").first.tap()
        page.wait_for_url(served + "reference/glossary/#token")


def test_the_color_switch_works_by_keyboard_and_is_remembered(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DEVICES["desktop"], color_scheme="light") as context:
        page, _, _ = _open(context, served)
        page.locator("input[name=__palette]").first.focus()
        page.keyboard.press("ArrowRight")
        assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"
        page.goto(served + "roadmap/")
        assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"


@pytest.mark.this_handbook
def test_search_leads_from_a_backend_word_to_its_page(browser: Browser, served: str) -> None:
    found = {}
    # One page for all words: the index is fetched and read once.
    with browser.new_context(viewport=DEVICES["desktop"]) as context:
        page, _, _ = _open(context, served)
        page.locator(".md-search__input").click()
        for words in SEARCHES:
            page.locator(".md-search__input").fill("")
            page.locator(".md-search-result__item").first.wait_for(state="detached")
            # At once: typed letters would be answered one after another.
            page.locator(".md-search__input").fill(words)
            page.locator(".md-search-result__item").first.wait_for()
            first: Any = page.locator(".md-search-result__link").first.get_attribute("href")
            found[words] = urlsplit(first).path.removeprefix(urlsplit(served).path)
    assert found == SEARCHES


def test_every_word_on_the_pages_can_be_searched(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DEVICES["desktop"], service_workers="block") as context:
        page, errors, _ = _open(context, served)
        page.locator(".md-search__input").click()
        for beginning in "abcdefghijklmnopqrstuvwxyz0123456789":
            page.locator(".md-search__input").fill(beginning)
        # The answer to the last one comes after those to all others.
        page.locator(".md-search__input").fill("pgvector")
        page.locator("mark", has_text="pgvector").first.wait_for()
        assert errors == []


def test_the_search_takes_what_no_key_has_typed(browser: Browser, served: str) -> None:
    """Dictated, dropped, or pasted with the mouse: the field tells of its new text, of no key, and perhaps of no focus."""
    with browser.new_context(viewport=DEVICES["desktop"]) as context:
        page, _, _ = _open(context, served)
        page.locator(".md-search__input").evaluate(
            "field => { field.value = 'pgvector'; field.dispatchEvent(new InputEvent('input', {bubbles: true})); }"
        )
        page.locator(".md-search-result__link mark", has_text="pgvector").first.wait_for()


def test_no_character_alone_leaves_the_page_or_moves_the_focus(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DEVICES["desktop"]) as context:
        page, _, _ = _open(context, served + "skills/api-design/")
        for key in string.ascii_letters + string.digits + string.punctuation:
            page.keyboard.press(key)
            assert page.evaluate("document.activeElement === document.body"), key
        # What a key has set off would have been done before this.
        page.evaluate("new Promise(done => setTimeout(done))")
        assert page.url == served + "skills/api-design/"


def test_the_search_index_is_fetched_only_when_somebody_searches(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DEVICES["phone"]) as context:
        page = context.new_page()
        requested: list[str] = []
        page.on("request", lambda request: requested.append(request.url))
        page.goto(served, wait_until="networkidle")
        assert [url for url in requested if "search/" in url] == []
        with page.expect_response("**/search/index.json"):
            page.locator("header label[for=__search]").first.click()
        page.keyboard.type("cache")
        page.locator(".md-search-result__item").first.wait_for()


@pytest.mark.this_handbook
def test_on_paper_answers_are_printed_and_the_frame_is_not(browser: Browser, served: str) -> None:
    with browser.new_context(color_scheme="dark") as context:
        page, _, _ = _open(context, served + "skills/error-handling/")
        answer = page.locator("details.self-check p").first
        assert not answer.is_visible()
        page.emulate_media(media="print")
        assert answer.is_visible()
        assert not page.locator(".md-header").is_visible()
        assert page.locator("body").evaluate("e => getComputedStyle(e).colorScheme") == "light"
        page, _, _ = _open(context, served + "labs/leaking-cache/")
        folded = page.locator("details:is(.hint, .solution) > :nth-child(2)")
        assert not any(part.is_visible() for part in folded.all())
        page.emulate_media(media="print")
        assert all(part.is_visible() for part in folded.all())


def test_the_timeline_reads_as_an_ordered_list(browser: Browser, served: str, checked: tuple) -> None:
    with browser.new_context(viewport=DEVICES["phone"]) as context:
        page, _, _ = _open(context, served + "roadmap/")
        snapshot = page.locator(".timeline ol").aria_snapshot()
    assert snapshot.startswith("- list:")
    for phase in checked[0].phases:
        assert phase.title in snapshot
    assert snapshot.count("Fastest path: weeks") == snapshot.count("Slowest path: weeks") == len(checked[0].phases)


def test_links_on_a_phone_are_large_enough_to_touch(browser: Browser, served: str) -> None:
    with browser.new_context(viewport=DEVICES["phone"]) as context:
        page, _, _ = _open(context, served)
        heights = page.locator(".skill-map li").evaluate_all("es => es.map(e => e.getBoundingClientRect().height)")
    assert len(heights) >= 6
    assert min(heights) >= 44


@pytest.mark.this_handbook
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_the_first_screen_of_home_holds_the_story_both_doors_and_the_map(
    browser: Browser, served: str, device: str
) -> None:
    size = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}[device]
    with browser.new_context(viewport=size) as context:
        page, _, _ = _open(context, served)
        # Of the map, five rows of seven at least.
        wanted = [
            ".promise",
            ".exchange .wrong .verdict",
            ".door >> nth=0",
            ".door >> nth=1",
            ".skills-grid tbody tr >> nth=4",
        ]
        boxes = {selector: page.locator(selector).bounding_box() for selector in wanted}
    below = {selector: box for selector, box in boxes.items() if not box or box["y"] + box["height"] > size["height"]}
    assert below == {}


def test_what_is_ticked_fills_its_square_on_the_map_of_home(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block") as context:
        page, errors, _ = _open(context, served + "topics/semantic-cache/")
        page.locator(".topic-card input").check()
        page.goto(served)
        filled = page.locator("[data-square][data-done]")
        expect(filled).to_have_count(1)
        assert filled.get_attribute("data-square") == "semantic-cache"
        cell = page.locator(".skills-grid__cell", has=filled).get_by_role("link")
        expect(cell).to_have_accessible_name(re.compile(r", 1 of \d+ topics done$"))
        other = context.new_page()
        other.goto(served + "topics/semantic-cache/")
        other.locator(".topic-card input").uncheck()
        expect(filled).to_have_count(0)
        assert errors == []


def test_a_section_that_has_not_moved_is_where_its_address_leads(served: str, browser: Browser, site: Path) -> None:
    """Also on a page that other sections have left: their lines at its end lead on, and only them."""
    left = {path: page for path, page in built_pages(site).items() if page.article.find_class("moved")}
    assert len(left) > 5
    page = browser.new_page()
    for path, built in left.items():
        section = served + path.removesuffix("index.html") + "#" + built.article.xpath(".//h2/@id")[0]
        page.goto("about:blank")
        page.goto(section)
        # Nothing is under way any more that could lead elsewhere.
        page.wait_for_load_state("networkidle")
        assert page.url == section
    page.close()


def test_an_address_that_names_nothing_opens_the_page_without_an_error(served: str, browser: Browser) -> None:
    for fragment in ("#50%", "#%E4", "#nothing"):
        context = browser.new_context(service_workers="block")
        _, errors, _ = _open(context, served + "skills/api-design/" + fragment)
        assert errors == [], fragment
        context.close()


@pytest.mark.parametrize(
    ("old", "now"),
    [
        ("skills/model-caches/", "topics/prompt-caching/"),
        ("skills/model-caches/#semantic-cache", "topics/semantic-cache/#semantic-cache"),
        ("skills/load-balancing/#gpu-capacity", "topics/gpu-capacity/#gpu-capacity"),
    ],
)
def test_an_old_address_leads_straight_to_the_new_one(served: str, browser: Browser, old: str, now: str) -> None:
    context = browser.new_context(service_workers="block")
    page, errors, _ = _open(context, served + old)
    page.wait_for_url(served + now)
    assert errors == []
    context.close()
    without_script = browser.new_context(java_script_enabled=False)
    page = without_script.new_page()
    page.goto(served + old)
    assert page.locator(f"a[data-moved][href$='{now.partition('#')[0]}']").count() == 1
    without_script.close()
