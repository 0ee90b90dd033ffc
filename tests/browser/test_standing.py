"""The self-assessment: its rules by cases and by many seeds, and the page as three readers use it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from macros.render import tools
from macros.site.assets import SCRIPTS
from support.axe_rules import violations
from support.serving import SUBPATH

# Rows, topics and situations are this handbook's.
pytestmark = pytest.mark.this_handbook

PATH = "start/where-do-i-stand/"
KEY = f"handbook {SUBPATH}"
DEVICES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}
NO, SOME, ALL = "No, not yet", "Some of it, or only in theory", "Yes, all of it, and I was on call for it"


@pytest.fixture(params=DEVICES)
def reader(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(
        service_workers="block", viewport=DEVICES[request.param], reduced_motion="reduce"
    ) as context:
        yield context


@pytest.fixture
def desk(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(service_workers="block", viewport=DEVICES["desktop"], reduced_motion="reduce") as context:
        yield context


def _opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error.stack)))
    page.goto(address)
    expect(page.locator("[data-tool]:not([data-ready=yes])")).to_have_count(0)
    return page


def _run(page: Page, body: str, argument: Any = None) -> Any:
    imports = "".join(
        f"const {name.split('/')[1]} = await import('{SUBPATH}{SCRIPTS}/{name}.js');"
        for name in ("lib/levels", "standing/order")
    )
    course = f"const course = await (await fetch('{SUBPATH}data/course.json')).json();"
    return page.evaluate(f"async (given) => {{ {imports} {course} {body} }}", argument)


def _accessible(page: Page) -> None:
    assert violations(page) == []
    width = page.viewport_size["width"] if page.viewport_size else 0
    for small in (width, 320):
        page.set_viewport_size({"width": small, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"scrolls sideways at {small}"
    page.set_viewport_size({"width": width, "height": 844})


def _tool(page: Page) -> Locator:
    return page.locator(".standing")


def _say(page: Page, text: str) -> None:
    _tool(page).get_by_role("button", name=text, exact=True).click()
    expect(_tool(page)).not_to_have_attribute("aria-busy", "true")


def _level(page: Page, topic: str, level: int) -> None:
    page.locator(f"input[name=known-{topic}]").nth(level).check()


def _answer(page: Page, number: int) -> None:
    """Chooses an option by its number in the data: the list for paper has the same text under it."""
    question = re.search(r"at=([\w-]+)", page.url)
    assert question
    text = page.locator(f"[data-question={question[1]}] [data-option='{number}']").text_content() or ""
    _tool(page).locator(".standing__option", has_text=text).click()
    expect(_tool(page).locator(".standing__verdict")).to_be_visible()


def _notes(page: Page) -> dict[str, Any]:
    items = json.loads(page.evaluate("key => localStorage[key] ?? '{\"items\": {}}'", KEY))["items"]
    return {key: item["v"] for key, item in items.items()}


def _stored(**items: Any) -> str:
    notes = {key: {"v": value, "t": "2026-11-23T18:00:00.000Z"} for key, value in items.items()}
    return json.dumps({"format": "handbook-progress", "version": 1, "items": notes})


# ---------------------------------------------------------------------------------------------------------
# The rules


def test_options_are_shuffled_by_the_seed_and_two_answers_never_give_the_third(
    desk: BrowserContext, served: str
) -> None:
    found = _run(
        _opened(desk, served + PATH),
        """const questions = Object.entries(course.asked).map(([id, q]) => ({id, row: q.skill, right: q.right, options: [3, 1, 2]}));
  const faults = []; const places = {}; const seen = new Set();
  for (let run = 0; run < 600; run++) {
    const seed = run.toString(36); const orders = order.orders(questions, seed);
    seen.add(JSON.stringify(orders));
    if (JSON.stringify(orders) !== JSON.stringify(order.orders([...questions], seed))) faults.push(`${seed} gives two orders`);
    const rows = {};
    for (const {id, row, right} of questions) {
      if ([...orders[id]].sort().join() !== '1,2,3') faults.push(`${seed} loses an option of ${id}`);
      const place = orders[id].indexOf(right); (rows[row] ??= new Set()).add(place);
      places[id] ??= [0, 0, 0]; places[id][place]++;
    }
    for (const [row, own] of Object.entries(rows)) if (own.size > 2) faults.push(`${seed}: ${row} has each place once`);
  }
  return {faults, places: Object.values(places).flat(), seen: seen.size};""",
    )
    assert found["faults"] == []
    assert found["seen"] == 600
    assert min(found["places"]) > 600 / 3 * 0.7, "no place is a better guess than another"


def test_a_missed_situation_takes_a_level_down_unless_the_reader_insists(desk: BrowserContext, served: str) -> None:
    def levels(**notes: int) -> Any:
        return _run(page, "return levels.levels(course, given);", {key: {"v": v, "t": ""} for key, v in notes.items()})

    page = _opened(desk, served + PATH)
    known, answer, despite = (
        "known/structured-output",
        "answer/invoices-that-do-not-exist",
        "despite/invoices-that-do-not-exist",
    )
    right, topic = 2, "structured-output"
    for level, answered, insisted, counts in (
        (1, 0, 0, 1), (1, right, 0, 1), (1, 1, 0, None), (1, 9, 0, None), (2, 3, 0, 1), (0, 1, 0, None),
        # An answer that was insisted on before says nothing about another one.
        (1, 1, 1, 1), (2, 9, 9, 2), (1, 3, 1, None),
    ):  # fmt: skip
        found = levels(**{known: level, answer: answered, despite: insisted})
        assert found["known"].get(topic) == counts, (level, answered, insisted)
        assert found["lowered"] == ({topic: level} if level and counts != level else {})


def test_notes_and_addresses_of_before_are_read(desk: BrowserContext, served: str) -> None:
    """Levels and answers without a note on the row; a plan and a tick beside them."""
    desk.add_init_script(
        f"""localStorage['{KEY}'] ??= {json.dumps(_stored(**{
            "known/tokens-and-sampling": 2, "known/structured-output": 1, "answer/invoices-that-do-not-exist": 1,
            "known/embeddings": 2, "known/vector-indexes": 2, "known/vector-stores": 2, "known/embedding-migration": 2,
        }))}"""
    )  # fmt: skip
    page = _opened(desk, served + PATH)
    # The missed situation of the first row calls for a second; what was answered isn't asked again.
    expect(_tool(page).locator(".standing__count")).to_contain_text("Row 2 of 7: Database optimization")
    expect(_tool(page).locator(".standing__title")).to_have_text("A situation")
    _say(page, "Stop, show my result")
    rows = _tool(page).locator(".standing-rows li")
    expect(rows.nth(0)).to_contain_text("API design: 1 shipped, 4 missing. Situations: 0 of 1 right.")
    expect(rows.nth(1)).to_contain_text("Database optimization: 4 shipped.")
    expect(rows.nth(2)).to_contain_text("Not asked yet.")
    page.goto(served + "roadmap/planner/")
    expect(page.locator(".planner__output")).to_contain_text("Taken off for what you know: 5 topics")
    expect(page.locator(".planner__output")).to_contain_text("less is taken off than you said: Structured output.")


def test_a_shared_map_of_before_shows_itself_and_changes_nothing(reader: BrowserContext, served: str) -> None:
    page = _opened(
        reader, served + PATH + "#shipped=embeddings.gone&explained=structured-output&right=api-design_2.nothing_9"
    )
    expect(_tool(page).locator(".standing__title")).to_have_text("A map that came with the address")
    expect(_tool(page).locator(".standing-rows li").first).to_contain_text("Situations: 2 of 3 right.")
    link = page.get_by_role("link", name="Make a dated plan of it").get_attribute("href") or ""
    assert link.endswith("roadmap/planner/#shipped=embeddings&explained=structured-output")
    assert _notes(page) == {}
    _accessible(page)
    _say(page, "Find out where you stand yourself")
    expect(_tool(page).locator(".standing__count")).to_contain_text("Row 1 of 7")


# ---------------------------------------------------------------------------------------------------------
# The page


def test_from_the_first_row_to_a_plan(reader: BrowserContext, served: str) -> None:
    page = _opened(reader, served + PATH)
    title = _tool(page).locator(".standing__title")
    assert page.url == served + PATH, "an address that nobody has asked for stays as it is"
    expect(title).not_to_be_focused()
    _accessible(page)
    _say(page, SOME)
    expect(title).to_be_focused()
    expect(title).to_have_text("Which topics?")
    for topic, level in (("tokens-and-sampling", 2), ("model-api-calls", 2), ("structured-output", 1)):
        _level(page, topic, level)
    _accessible(page)
    _say(page, "Next")
    expect(title).to_have_text("A situation")
    _answer(page, 1)
    verdict = _tool(page).locator(".standing__verdict")
    expect(verdict).to_be_focused()
    expect(verdict).to_have_text(re.compile(r"^✗ Not right\. The answer is [ABC]\.$"))
    expect(_tool(page)).to_contain_text("A schema guarantees the form"), "explained at once"
    expect(_tool(page).get_by_role("link", name="Structured output")).to_have_attribute(
        "href", re.compile(r"topics/structured-output/$")
    )
    expect(_tool(page)).to_contain_text("This answer counts more: the plan keeps all of its hours.")
    _accessible(page)
    _say(page, "Next")
    _say(page, "I don't know")
    expect(verdict).to_have_text(re.compile(r"^\? You didn't know\. The answer is [ABC]\.$"))
    expect(_tool(page)).to_contain_text("the plan keeps half of its hours")
    _say(page, "Next")
    # Of a row that nobody claims, neither topics nor situations are asked; of one that is claimed whole, no topics.
    for place in range(2, 7):
        expect(_tool(page).locator(".standing__count")).to_contain_text(f"Row {place} of 7")
        _say(page, ALL if place == 2 else NO)
        if place == 2:
            _answer(page, 1)
            expect(verdict).to_have_text("✓ Right.")
            _say(page, "Next")
    _say(page, NO)
    expect(title).to_have_text("Your map")
    expect(title).to_be_focused()
    first = _tool(page).locator(".standing__first")
    expect(first).to_contain_text("Read first: Model types and what each can do.")
    expect(first.get_by_role("link")).to_have_attribute("href", re.compile(r"topics/model-types/$"))
    # 4, half of 3, and the whole second row of 12.
    expect(_tool(page)).to_contain_text(
        "Of 39 core topics you've shipped 5 and you can explain 1. That takes 17.5 hours off"
    )
    row = _tool(page).get_by_role(
        "img", name="API design: 1 shipped, 1 you can explain, 3 missing. Situations: 0 of 2 right."
    )
    expect(row).to_be_visible()
    expect(
        _tool(page).get_by_role("img", name="Across all rows: 10 missing. The page to read first is here.")
    ).to_be_visible()
    for missing in ("Structured output", "Tool calls", "Streaming"):
        expect(_tool(page).locator(".standing-rows li").first.get_by_role("link", name=missing)).to_be_visible()
    _accessible(page)
    shared = page.get_by_label("Address of this map").input_value()
    assert shared.endswith(
        "#shipped=embedding-migration.embeddings.tokens-and-sampling.vector-indexes.vector-stores"
        "&explained=model-api-calls&right=api-design_0.database-optimization_1&asked=api-design_2.database-optimization_1"
    ), "topics, levels and counts, and nothing of the reader"
    page.get_by_role("link", name="Make a dated plan of it").click()
    output = page.locator(".planner__output")
    expect(output).to_contain_text("Taken off for what you know: 6 topics")
    expect(output).to_contain_text("195.5 hours are left")
    expect(output).to_contain_text(
        "less is taken off than you said: Calling a model API, Structured output. Say otherwise"
    )
    _accessible(page)


def test_a_reader_s_last_word_stands_in_the_plan(desk: BrowserContext, served: str) -> None:
    page = _opened(desk, served + PATH)
    _say(page, SOME)
    _level(page, "structured-output", 1)
    _say(page, "Next")
    _answer(page, 1)
    _say(page, "Count it as “I can explain it” all the same")
    expect(_tool(page)).to_contain_text("Your word stands, and the plan follows it.")
    expect(_tool(page).get_by_role("button", name="Let the answer count")).to_be_focused()
    page.goto(served + "roadmap/planner/")
    expect(page.locator(".planner__output")).to_contain_text("Taken off for what you know: 1 topic.")
    page.go_back()
    _say(page, "Let the answer count")
    page.goto(served + "roadmap/planner/")
    expect(page.locator(".planner__output")).to_contain_text("Taken off for what you know: 0 topics.")
    page.go_back()
    # A second try is a new answer.
    _say(page, "Answer again")
    _answer(page, 2)
    expect(_tool(page).locator(".standing__verdict")).to_have_text("✓ Right.")
    page.goto(served + "roadmap/planner/")
    expect(page.locator(".planner__output")).to_contain_text("Taken off for what you know: 1 topic.")


def test_a_plan_that_is_kept_is_not_shifted_by_an_old_miss(desk: BrowserContext, served: str) -> None:
    notes = _stored(**{"known/structured-output": 1, "answer/invoices-that-do-not-exist": 1})
    desk.add_init_script(f"localStorage['{KEY}'] ??= {json.dumps(notes)}")
    page = _opened(desk, served + "roadmap/planner/#hours=10&start=2027-01-04&days=135&explained=structured-output")
    end = page.locator(".planner__end").inner_text()
    page.get_by_role("button", name="Keep it as my plan").click()
    page.reload()
    expect(page.locator(".planner__end")).to_have_text(end)


def test_the_way_back_leads_to_the_same_question_in_the_same_order(reader: BrowserContext, served: str) -> None:
    page = _opened(reader, served + PATH)
    title = _tool(page).locator(".standing__title")
    _say(page, SOME)
    _level(page, "structured-output", 1)
    _say(page, "Next")
    address = page.url
    assert re.search(r"#seed=[a-z0-9]+&at=invoices-that-do-not-exist$", address)
    options = _tool(page).locator(".standing__option").all_inner_texts()
    _say(page, "Back")
    expect(title).to_have_text("Which topics?")
    expect(title).to_be_focused()
    expect(page.locator("input[name=known-structured-output]").nth(1)).to_be_checked()
    page.go_forward()
    expect(_tool(page).locator(".standing__option")).to_have_text(options)
    page.reload()
    expect(_tool(page).locator(".standing__option")).to_have_text(options)
    for _ in range(2):
        page.go_back()
    expect(title).to_have_text("API design → Model serving interfaces")
    expect(_tool(page).get_by_role("button", name=SOME)).to_have_attribute("aria-pressed", "true")
    # The same link elsewhere, without the notes: the same question, the same order, and a way back.
    page.evaluate("localStorage.clear()")
    other = _opened(reader, address)
    expect(other.locator(".standing__option")).to_have_text(options)
    other.get_by_role("button", name="Back", exact=True).click()
    expect(other.locator(".standing__title")).to_have_text("API design → Model serving interfaces")


def test_published_addresses_lead_on(desk: BrowserContext, served: str) -> None:
    page = _opened(desk, served + PATH + "#standing-load-balancing")
    title = _tool(page).locator(".standing__title")
    expect(title).to_have_text("Load balancing → Model inference scaling")
    expect(title).to_be_focused()
    page.goto(served + PATH + "#seed=1&at=no-such-step")
    expect(_tool(page).locator(".standing__count")).to_contain_text("Row 1 of 7")
    page.goto(served + PATH + "#worth")
    expect(page.locator("#worth")).to_be_in_viewport()
    _say(page, NO)
    expect(_tool(page).locator(".standing__count")).to_contain_text("Row 2 of 7")


def test_the_assessment_can_be_used_by_keyboard_alone(desk: BrowserContext, served: str) -> None:
    page = _opened(desk, served + PATH)
    _tool(page).get_by_role("button", name=SOME).focus()
    page.keyboard.press("Enter")
    expect(_tool(page).locator(".standing__title")).to_have_text("Which topics?")
    for key in ("Tab", "Tab", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator("input[name=known-tokens-and-sampling]").nth(1)).to_be_checked()
    _tool(page).get_by_role("button", name="Next").press("Enter")
    # The topic has no situation of its own, so the next row follows.
    expect(_tool(page).locator(".standing__count")).to_contain_text("Row 2 of 7")
    expect(_tool(page).locator(".standing__title")).to_be_focused()
    for key in ("Tab", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(_tool(page).locator(".standing__title")).to_have_text("A situation")
    expect(_tool(page).locator(".standing__title")).to_be_focused()
    for key in ("Tab", "Tab", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(_tool(page).locator(".standing__verdict")).to_have_text(re.compile("You didn't know"))
    page.keyboard.press("Tab")
    expect(_tool(page).get_by_role("button", name="Count it as")).to_be_focused()


def test_right_wrong_and_unknown_differ_without_colors(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block", forced_colors="active", reduced_motion="reduce") as context:
        page = _opened(context, served + PATH)
        _say(page, SOME)
        for topic, level in (("tokens-and-sampling", 2), ("structured-output", 2), ("streaming", 1)):
            _level(page, topic, level)
        _say(page, "Next")
        _answer(page, 1)
        marked = _tool(page).locator(".standing__options li")
        expect(marked.filter(has_text="✗ Your answer")).to_have_count(1)
        expect(marked.filter(has_text="✓ Right answer")).to_have_count(1)
        frames = marked.evaluate_all(
            "es => es.map(e => getComputedStyle(e).borderTopStyle + getComputedStyle(e).borderTopWidth)"
        )
        assert len(set(frames)) == 3, frames
        _say(page, "Next")
        _say(page, "I don't know")
        _say(page, "Stop, show my result")
        looks = page.locator(".standing-map__key .square").evaluate_all(
            "es => es.map(e => { const s = getComputedStyle(e); return s.fill + s.strokeDasharray + Boolean(e.nextElementSibling); })"
        )
        assert len(set(looks)) == 4, looks
        signs = page.locator(".standing-map__key .square__sign").evaluate_all("es => es.map(e => e.getAttribute('d'))")
        assert len(set(signs)) == 3
        drawn = (
            page.locator(".standing-map svg")
            .first.locator(".square__sign")
            .evaluate_all("es => es.map(e => e.getAttribute('d'))")
        )
        assert set(drawn) == {signs[1], signs[2]}, "a miss and a question that the reader left"


def test_a_reader_without_scripts_and_one_with_paper_have_the_whole_list(browser: Browser, served: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(served + PATH)
        page.get_by_text("All questions as a list, for paper").click()
        asked = page.locator(".standing-question")
        assert asked.count() == 18
        for question in asked.all():
            expect(question.locator("ol")).to_be_visible()
            expect(question.locator("details p")).to_be_hidden()
        rows = [
            row.locator(".standing-question").evaluate_all(
                """es => es.map(e => e.querySelector('details').textContent.trim().match(/([A-E])\\. /)[1])"""
            )
            for row in page.locator("section[data-row]").all()
        ]
        assert [row for row in rows if len(set(row)) > 2] == []
        page.emulate_media(media="print")
        expect(asked.first.locator("details p")).to_be_hidden()
    with browser.new_context(service_workers="block") as context:
        page = _opened(context, served + PATH)
        page.emulate_media(media="print")
        expect(page.locator(".standing-question").first).to_be_visible()
        expect(_tool(page)).to_be_hidden()
        page.emulate_media(media="screen")
        _say(page, "Stop, show my result")
        page.emulate_media(media="print")
        expect(page.locator(".standing-map")).to_be_visible()
        expect(page.locator(".standing-question").first).to_be_hidden()


# ---------------------------------------------------------------------------------------------------------
# How long it takes


#: What a step shows of which every word is read, each once: its buttons to go elsewhere and its folds are not.
_WORDS = """tool => { const copy = tool.cloneNode(true);
  for (const part of copy.querySelectorAll('.standing__count, .standing__acts, .standing__verdict, .standing__mark, .standing__lowered, details, b, .standing__next'))
    part.remove();
  for (const more of [...copy.querySelectorAll('fieldset')].slice(1)) for (const label of more.querySelectorAll('label')) label.remove();
  const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) found.push(texts.currentNode.data);
  return found.join(' '); }"""


@pytest.mark.parametrize("name", list(tools.READERS), ids=["newcomer", "half-way", "nearly-done", "longest"])
def test_the_minutes_that_the_page_announces_are_those_of_its_readers(
    name: str, desk: BrowserContext, served: str, checked: tuple
) -> None:
    """Walks the page as each counted reader does, and compares words and decisions with the table's."""
    handbook = checked[0]
    says: Callable = tools.READERS[name]
    right = {question.id: question.right for question in handbook.assessment}
    page = _opened(desk, served + PATH)
    words, decisions = 0, 0

    def read() -> None:
        nonlocal words
        words += len(re.findall(r"[^\s·?:.→]+", _tool(page).evaluate(_WORDS)))

    for number, row in enumerate(tools.assessed_rows(handbook)):
        said = says(row, number)
        expect(_tool(page).locator(".standing__count")).to_contain_text(f"Row {number + 1} of ")
        read()
        decisions += 1
        _say(page, {1: NO, 2: SOME, 3: ALL}[said.answer])
        if said.answer == 2:
            read()
            decisions += len(row.topics)
            for topic in said.topics:
                _level(page, topic.id, 1)
            _say(page, "Next")
        asked = 0
        while page.locator(".standing__title").inner_text().startswith("A situation"):
            question = page.url.split("at=")[1]
            _answer(page, right[question] if asked or not said.misses else right[question] % 3 + 1)
            asked += 1
            decisions += 1
            read()
            _say(page, "Next")
    expect(page.locator(".standing__title")).to_have_text("Your map")
    (way,) = (way for way in tools.assessment_ways(handbook) if way.reader == name)
    assert decisions == way.decisions
    assert abs(words - way.words) <= 0.03 * way.words, f"{words} words on the page, {way.words} in the table"
    assert page.locator("table").get_by_role("cell", name=str(way.words), exact=True).count() == 1
