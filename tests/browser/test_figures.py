"""Figures that move: drawn as committed, the same sums as in Python, small, and usable by everybody.

A new figure joins these tests by its entry in docs/data/figures.yml.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from macros.checked import load_checked
from macros.commands.figures import HOST, captured, drawings, told, workbench
from macros.data.paths import address
from macros.entities.figures import Figure, figure, written
from support.axe_rules import ALL_RULES, COLOR_RULES, DEVICES, violations
from support.entity_cases import DRAWN, figures
from support.htmlpages import TEXT_AMISS
from support.missing import is_missing
from support.sitebuild import ROOT
from support.small_handbook import handbook

DOCS = ROOT / "docs"
EDITION = load_checked(ROOT)
FIGURES = EDITION.figures.figures
#: The page on which each is tried: the first that shows it.
PLACES = {
    call.argument: address(page.path) for page in reversed(EDITION.pages.values()) for call in page.called("figure")
}
AGAIN = "if you want this, run: make figures NAME="
KB = 1024

each = pytest.mark.parametrize("shown", FIGURES, ids=lambda shown: shown.id)


def _size(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 9))


# --- what is committed ---


@pytest.fixture(scope="module")
def bench(browser: Browser) -> Iterator[Page]:
    page = workbench(browser, DOCS)
    yield page
    page.close()


def _data(shown: Figure) -> Any:
    return json.loads((DOCS / f"figures/{shown.id}.json").read_text(encoding="utf-8")) if shown.data else None


@each
def test_the_drawing_of_a_page_is_what_its_module_draws(shown: Figure, bench: Page) -> None:
    for name, svg in drawings(bench, shown, _data(shown)):
        assert (DOCS / name).read_text(encoding="utf-8") == svg, f"docs/{name} is old; {AGAIN}{shown.id}"


@each
def test_what_was_captured_is_what_the_python_side_prints(shown: Figure) -> None:
    if not (DOCS / shown.program).is_file():
        pytest.skip("it has no data and no example")
    if "local_models" in (DOCS / shown.program).read_text(encoding="utf-8") and not importlib.util.find_spec(
        "wordllama"
    ):
        is_missing("wordllama is not installed; install it with: make test")
    for name, text in captured(shown, told(ROOT, shown)).items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, f"docs/{name} is old; {AGAIN}{shown.id}"


def _twelve_digits(value: Any) -> Any:
    """Behind these, two languages may differ in the order in which they multiply."""
    if isinstance(value, dict):
        return {name: _twelve_digits(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_twelve_digits(part) for part in value]
    return float(f"{value:.12g}") if isinstance(value, int | float) and not isinstance(value, bool) else value


@each
def test_the_script_works_out_what_python_does_to_the_last_figure(shown: Figure, bench: Page) -> None:
    file = DOCS / f"figures/{shown.id}.results.json"
    if not file.is_file():
        assert not shown.example, f"let docs/{shown.program} print results"
        pytest.skip("it has no model")
    cases = json.loads(file.read_text(encoding="utf-8"))
    assert len(cases) >= 3
    found = bench.evaluate(
        """async ([id, cases, data]) => {
            const { results } = await import(`/assets/javascripts/figures/${id}.js`);
            return cases.map(({ settings }) => results(settings, data));
        }""",
        [shown.id, cases, _data(shown)],
    )
    assert _twelve_digits(found) == _twelve_digits([case["results"] for case in cases])


def test_figures_are_small(site: Path) -> None:
    scripts = site / "assets/javascripts"
    assert _size(scripts / "tools/figure.js") + _size(scripts / "lib/drawing.js") <= 12 * KB
    sizes = {f.name: _size(f) for f in (scripts / "figures").glob("*.js")}
    assert {name: size for name, size in sizes.items() if size > 6 * KB} == {}
    data = {f.name: _size(f) for f in (site / "figures").glob("*.json")}
    assert {name: size for name, size in data.items() if size > 20 * KB} == {}


# --- what a reader has ---


@pytest.fixture(scope="module")
def desk(browser: Browser) -> Iterator[Page]:
    """One page for all figures. A new one for each test is a process that starts with nothing in its memory."""
    with browser.new_context(service_workers="block") as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def still(browser: Browser) -> Iterator[Page]:
    """The same for a reader who wants no motion."""
    with browser.new_context(service_workers="block", reduced_motion="reduce") as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def plain(browser: Browser) -> Iterator[Page]:
    """The same without scripts."""
    with browser.new_context(java_script_enabled=False) as context:
        yield context.new_page()


def _opened(page: Page, size: ViewportSize, served: str, shown: Figure, query: str = "") -> Locator:
    """The figure on its page in a window of this size, once it moves."""
    # From elsewhere: an address that is opened twice may keep the place that the page was scrolled to.
    page.goto("about:blank")
    page.set_viewport_size(size)
    page.goto(served + PLACES[shown.id] + query)
    place = page.locator(f"#figure-{shown.id}")
    place.scroll_into_view_if_needed()
    expect(place).to_have_attribute("data-moves", "yes")
    expect(place.locator("form")).to_be_visible()
    _drawn(page)
    return place


def _drawn(page: Page) -> None:
    """What was set is drawn at the next frame, and the drawing before it leaves the page: nobody may hold on to it."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@each
def test_without_a_script_a_figure_is_whole(shown: Figure, plain: Page, served: str) -> None:
    plain.goto(served + PLACES[shown.id])
    place = plain.locator(f"#figure-{shown.id}")
    for width in (320, 1280):
        plain.set_viewport_size({"width": width, "height": 800})
        assert place.get_by_role("img").count() == 1, f"at {width}: one layout, not two, is there for a screen reader"
        for text in (shown.question, shown.finding, *(move.text for move in shown.moves)):
            expect(place).to_contain_text(text.replace("`", ""))
        assert place.locator(".moving__says").inner_text(), width
        assert not place.locator("form").is_visible(), width
        assert place.get_by_role("button").count() == 0, width
        plain.emulate_media(media="print")
        assert place.get_by_role("img").count() == 1, f"printed at {width}"
        plain.emulate_media(media="screen")


@each
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_each_move_draws_clear_text_in_the_width_that_there_is(
    shown: Figure, width: int, desk: Page, served: str
) -> None:
    place = _opened(desk, {"width": width, "height": 800}, served, shown)
    desk.evaluate("document.fonts.ready")
    before = ""
    for move in [None, *shown.moves]:
        if move:
            index = shown.moves.index(move)
            place.get_by_role("button", name="Show me").nth(index).click()
            _drawn(desk)
        says = place.locator(".moving__says").inner_text()
        assert says != before
        before = says
        assert desk.evaluate(TEXT_AMISS) == [], move
        small = desk.evaluate(
            """() => [...document.querySelectorAll(".moving svg text")].filter((text) => text.checkVisibility())
                .filter((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a < 11.9)
                .map((text) => text.textContent)"""
        )
        assert small == [], move
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
    drawing = place.locator(".diagram svg:visible").bounding_box()
    column = place.bounding_box()
    assert drawing and column
    if width == 1280:
        assert drawing["width"] >= column["width"] - 1, "the whole column"


@each
@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844)])
def test_on_a_phone_the_controls_are_in_sight_with_the_drawing(
    shown: Figure, width: int, height: int, desk: Page, served: str
) -> None:
    """Somebody who moves a slider has to see what changes, without scrolling between the two."""
    place = _opened(desk, {"width": width, "height": height}, served, shown)
    header = desk.locator(".md-header").bounding_box()
    assert header
    drawing = place.locator(".diagram svg:visible")
    drawing.evaluate("(svg, top) => scrollBy(0, svg.getBoundingClientRect().top - top)", header["height"])
    hidden = place.evaluate(
        """figure => [...figure.querySelectorAll("form :is(input, select)")].filter((field) => {
            const box = field.getBoundingClientRect();
            const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return seen !== field;
        }).map((field) => field.name)"""
    )
    assert hidden == []
    top = place.locator("form").evaluate("form => form.getBoundingClientRect().top")
    assert top - header["height"] >= height / 3, "the controls leave the drawing room"
    # The row that moves nothing is below the edge, and comes up for somebody who gets to it by keyboard.
    place.locator("form :is(input, select, button:not([data-reset], [data-copy]):visible)").last.focus()
    desk.keyboard.press("Tab")
    expect(place.get_by_role("button", name="Back to the start")).to_be_focused()
    expect(place.get_by_role("button", name="Back to the start")).to_be_in_viewport(ratio=1)


@each
def test_the_keyboard_moves_every_control_and_the_address_keeps_it(shown: Figure, desk: Page, served: str) -> None:
    place = _opened(desk, DEVICES["desktop"], served, shown)
    start = desk.url
    first = place.locator(".moving__says").inner_text()
    for control in shown.controls:
        field = place.locator(f"[name={control.id}]")
        expect(field).to_have_accessible_name(control.label)
        field.focus()
        if control.kind == "switch":
            desk.keyboard.press("Space")
        elif control.kind == "text":
            desk.keyboard.type("x")
            desk.keyboard.press("Tab")
        else:
            # Down a list is on, up a slider is more; at the end it goes the other way.
            listed = control.kind == "choice"
            last = "e.selectedIndex === e.length - 1" if listed else "e.value === e.max"
            desk.keyboard.press("ArrowDown" if listed != field.evaluate(f"e => {last}") else "ArrowUp")
        expect(desk).to_have_url(re.compile(rf"[?&]{shown.id}=.*\b{control.id}:"))
    # A screen reader hears it once the controls rest.
    desk.wait_for_function(
        """([place, first]) => {
          const said = place.querySelector('.moving__says').textContent;
          return said !== first && place.querySelector('[role=status]').textContent === said;
        }""",
        arg=[place.element_handle(), first],
    )
    said = place.locator(".moving__says").inner_text()
    desk.reload()
    place.scroll_into_view_if_needed()
    expect(place.locator(".moving__says")).to_have_text(said)
    place.get_by_role("button", name="Back to the start").click()
    expect(place.locator(".moving__says")).to_have_text(first)
    expect(desk).to_have_url(start)


@each
def test_an_address_that_makes_no_sense_leaves_a_figure_as_it_was(shown: Figure, desk: Page, served: str) -> None:
    before = _opened(desk, DEVICES["desktop"], served, shown).locator(".moving__says").inner_text()
    names = ",".join(f"{control.id}:%3Cb%3E" for control in shown.controls if control.kind not in ("text", "switch"))
    place = _opened(desk, DEVICES["desktop"], served, shown, f"?{shown.id}={names},x:1,,:,a:b:c,y:%25E0")
    expect(place.locator(".moving__says")).to_have_text(before)
    assert desk.locator(".moving b").count() == 0


@each
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_moved_figure_keeps_to_the_rules_of_accessibility(
    shown: Figure, scheme: Literal["light", "dark"], still: Page, served: str
) -> None:
    rules = ALL_RULES if scheme == "light" else COLOR_RULES
    still.emulate_media(color_scheme=scheme)
    for device, size in DEVICES.items():
        _opened(still, size, served, shown, f"?{shown.id}={written(shown.moves[0].settings)}")
        assert violations(still, rules, f"#figure-{shown.id}") == [], device


@each
def test_nothing_of_a_figure_is_loaded_before_it_is_near(shown: Figure, browser: Browser, served: str) -> None:
    # In a browser of its own: what was loaded before might come from its memory, which no request tells of.
    with browser.new_context(service_workers="block", viewport={"width": 390, "height": 200}) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(served + PLACES[shown.id], wait_until="networkidle")
        place = page.locator(f"#figure-{shown.id}")
        top = place.evaluate("e => e.getBoundingClientRect().top")
        if top < 700:
            pytest.skip("it is in sight at once")
        assert [url for url in asked if f"figures/{shown.id}" in url] == []
        place.scroll_into_view_if_needed()
        expect(place).to_have_attribute("data-moves", "yes")
        assert [url for url in asked if f"figures/{shown.id}" in url] != []


# --- every kind of control, with a module of the tests ---

MODULE = """export function draw(settings, data, wide) {
    return { body: `<text class="s" x="1" y="20">${wide}</text>`, height: 30, says: JSON.stringify(settings) + data };
}"""


def _figure_of_the_tests(browser: Browser, query: str = "", **options: Any) -> tuple[Page, Locator]:
    """The figure with every kind of control, without a site around it."""
    page = workbench(browser, DOCS, **options)
    page.clock.install()
    page.route("**/figures/ab.js", lambda route: route.fulfill(body=MODULE, content_type="text/javascript"))
    page.route("**/figures/ab.json", lambda route: route.fulfill(body="7", content_type="application/json"))
    page.goto(HOST + query)
    # Only what a test lets pass.
    page.clock.pause_at(4_000_000_000)
    html = figure(handbook(), figures(), DRAWN, "ab")
    page.evaluate(
        """async (html) => {
            document.body.innerHTML = html;
            const { mount } = await import("/assets/javascripts/tools/figure.js");
            mount(document.querySelector("figure"));
        }""",
        html,
    )
    place = page.locator("figure")
    expect(place).to_have_attribute("data-moves", "yes")
    page.clock.run_for(100)
    return page, place


START = {"share": 0.2, "size": 1024, "which": "a", "fast": False, "at": 1, "seed": 1, "asked": 'a "b"'}


def _said(place: Locator, **changed: Any) -> None:
    expected = json.dumps(START | changed, separators=(",", ":"), ensure_ascii=False) + "7"
    expect(place.locator(".moving__says")).to_have_text(expected)


def test_every_kind_of_control_begins_moves_and_goes_back(browser: Browser) -> None:
    page, place = _figure_of_the_tests(browser)
    _said(place)
    place.get_by_label("Share").press("ArrowRight")
    place.get_by_label("Size").press("ArrowRight")
    place.get_by_label("Which").select_option("b")
    place.get_by_label("Fast").check()
    place.get_by_role("button", name="Step forward").click()
    place.get_by_role("button", name="Again").click()
    place.get_by_label("Question").fill("x, y: é%")
    page.keyboard.press("Tab")
    page.clock.run_for(100)
    moved = {"share": 0.3, "size": 2048, "which": "b", "fast": True, "at": 2, "seed": 2, "asked": "x, y: é%"}
    _said(place, **moved)
    assert place.locator(".moving__value").all_inner_texts() == ["0.3 of all", "2,048 tokens", "2"]
    assert place.get_by_label("Size").get_attribute("aria-valuetext") == "2,048 tokens"
    assert place.get_by_role("status").inner_text() == "", "a reader who still moves is not interrupted"
    page.clock.run_for(1000)
    expect(place.get_by_role("status")).to_contain_text("2048")
    address = page.url
    place.get_by_role("button", name="Back to the start").click()
    page.clock.run_for(100)
    _said(place)
    expect(page).to_have_url(HOST)
    page.close()
    page, place = _figure_of_the_tests(browser, address.removeprefix(HOST))
    _said(place, **moved)
    page.close()


def test_an_address_goes_no_further_than_the_controls(browser: Browser) -> None:
    page, place = _figure_of_the_tests(
        browser, "?other=1&ab=share:7,size:1900,which:z,fast:perhaps,at:-3,seed:99,no:1#x"
    )
    _said(place, share=1, size=2048, seed=9)
    place.get_by_role("button", name="Again").click()
    page.clock.run_for(100)
    _said(place, share=1, size=2048)
    # What others keep in the address stays.
    expect(page).to_have_url(f"{HOST}?other=1&ab=share:1,size:2048#x")
    page.close()


def test_a_player_steps_to_the_end_and_not_where_motion_is_unwanted(browser: Browser) -> None:
    page, place = _figure_of_the_tests(browser)
    player = place.get_by_role("button", name="Play")
    player.click()
    expect(place.get_by_role("button", name="Pause")).to_be_visible()
    page.clock.run_for(1000)
    _said(place, at=2)
    page.clock.run_for(5000)
    _said(place, at=4)
    expect(player).to_be_visible()
    player.click()
    page.clock.run_for(100)
    _said(place)
    place.get_by_role("button", name="Pause").click()
    page.clock.run_for(5000)
    _said(place)
    page.close()
    page, place = _figure_of_the_tests(browser, reduced_motion="reduce")
    assert place.get_by_role("button", name="Play").count() == 0
    place.get_by_role("button", name="Step forward").click()
    page.clock.run_for(100)
    _said(place, at=2)
    page.close()


def test_a_link_is_copied_or_the_reader_is_told_how(browser: Browser) -> None:
    page, place = _figure_of_the_tests(browser)
    copied = "navigator.clipboard = undefined; Object.defineProperty(navigator, 'clipboard', {configurable: true, value: {writeText: async t => { globalThis.copied = t; }}})"
    page.evaluate(copied)
    place.get_by_label("Fast").check()
    page.clock.run_for(100)
    place.get_by_role("button", name="Copy a link to this").click()
    expect(place.get_by_role("status")).to_have_text("The link is copied.")
    page.clock.run_for(1000)
    expect(place.get_by_role("status")).to_have_text("The link is copied.")
    assert page.evaluate("copied") == f"{HOST}?ab=fast:yes#figure-ab"
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    place.get_by_role("button", name="Copy a link to this").click()
    expect(place.get_by_role("status")).to_contain_text("Copy the address of this page")
    page.close()


def test_a_figure_that_cannot_start_says_so(browser: Browser) -> None:
    page = workbench(browser, DOCS)
    page.route("**/figures/ab.js*", lambda route: route.abort())
    page.evaluate(
        """async (html) => {
            document.body.innerHTML = html;
            (await import("/assets/javascripts/tools/figure.js")).mount(document.querySelector("figure"));
        }""",
        figure(handbook(), figures(), DRAWN, "ab"),
    )
    expect(page.locator("figure .tool__trouble")).to_contain_text("could not be started")
    page.close()
