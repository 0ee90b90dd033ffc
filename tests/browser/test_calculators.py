"""The calculators: formulas against sums worked by hand and published figures, and what a reader can do with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from macros.registry import CALCULATORS
from support.serving import SUBPATH
from support.sitebuild import ROOT

# They have this handbook's pages.
pytestmark = pytest.mark.this_handbook

#: formula, inputs, results worked by hand or published
SUMS: list[tuple[str, dict[str, float], dict[str, float]]] = [
    # (5,000 × 2 + 1,000 × 0.5 + 300 × 10) / 1,000,000; 20,000 calls, 4 % twice, 96 % accepted
    ("callCost", {"input": 6000, "cached": 1000, "output": 300, "priceInput": 2, "priceCached": 0.5, "priceOutput": 10,
                  "calls": 20000, "retries": 4, "accepted": 96},
     {"call": 0.0135, "day": 280.8, "month": 8424, "accepted": 0.014625}),
    # docs/examples/kv_cache_memory.txt, from the model's config.json
    ("modelMemory", {"parameters": 8.2, "weightBits": 16, "layers": 36, "kvHeads": 8, "headSize": 128, "cacheBits": 16,
                     "tokens": 8192, "memory": 80, "reserve": 8},
     {"weights": 15.2736, "tokenKib": 144, "conversation": 1.125, "fit": 50}),
    ("modelMemory", {"parameters": 32.8, "weightBits": 4.8, "layers": 64, "kvHeads": 8, "headSize": 128, "cacheBits": 8,
                     "tokens": 8192, "memory": 80, "reserve": 8},
     {"weights": 18.3284, "tokenKib": 128, "conversation": 1, "fit": 53}),
    # A model that does not fit serves nobody; it does not serve minus five.
    ("modelMemory", {"parameters": 70, "weightBits": 16, "layers": 80, "kvHeads": 8, "headSize": 128, "cacheBits": 16,
                     "tokens": 8192, "memory": 80, "reserve": 8}, {"fit": 0}),
    # Faiss, guidelines: (d * 4 + M * 2 * 4) bytes a vector, here 4,096 + 128
    ("vectorStorage", {"vectors": 2**30, "dimensions": 1024, "bits": 32, "links": 16, "copies": 1},
     {"vectorBytes": 4096, "vectors": 4096, "links": 128, "all": 4224}),
    # docs/examples/prompt_cache_cost.txt
    ("cacheBreakEven", {"write": 1.25, "read": 0.1, "lifetime": 5, "gap": 15, "prefix": 8000, "price": 2},
     {"hits": 28.3469, "relative": 0.924, "needed": 21.7391, "widestGap": 20.3976, "plain": 16, "cached": 14.7842}),
    # A write at the plain price can only pay.
    ("cacheBreakEven", {"write": 1, "read": 0.1, "lifetime": 5, "gap": 900, "prefix": 1, "price": 1}, {"needed": 0}),
    ("apiOrOwn", {"input": 2000, "output": 300, "priceInput": 0.5, "priceOutput": 1.5, "machine": 2.5, "fewest": 2,
                  "speed": 600, "use": 40, "work": 2000},
     {"api": 1450, "own": 5650, "machines": 2, "capacity": 630.72, "factor": 3.896552}),
    ("apiOrOwn", {"input": 0, "output": 1300, "priceInput": 1, "priceOutput": 1, "machine": 1, "fewest": 1,
                  "speed": 600, "use": 40, "work": 0}, {"machines": 3, "own": 2190}),
    ("sampleSize", {"share": 90, "half": 5, "rate": 1, "changed": 25, "gain": 5},
     {"interval": 139, "clean": 299, "paired": 778}),
]  # fmt: skip


@pytest.fixture(scope="module")
def page(browser: Browser, served: str) -> Iterator[Page]:
    with browser.new_context(service_workers="block", viewport={"width": 1280, "height": 900}) as context:
        yield context.new_page()


def _opened(page: Page, address: str) -> None:
    """The tools load after the page itself: `goto` alone would look at a page without them."""
    page.goto(address)
    _ready(page)


def _ready(page: Page) -> None:
    expect(page.locator(".calculator[data-ready=yes]")).to_have_count(1)


def _formula(page: Page, served: str, name: str, values: dict[str, float]) -> dict[str, Any]:
    address = f"{SUBPATH}assets/javascripts/lib/formulas.js"
    if not page.url.startswith(served):
        page.goto(served)
    return page.evaluate(f"async v => (await import('{address}')).{name}(v)", values)


@pytest.mark.parametrize(("name", "values", "expected"), SUMS, ids=[f"{s[0]}-{i}" for i, s in enumerate(SUMS)])
def test_a_formula_gives_what_was_worked_by_hand(
    name: str, values: dict[str, float], expected: dict[str, float], page: Page, served: str
) -> None:
    found = _formula(page, served, name, values)
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, rel=1e-4), key


def test_the_paper_s_own_example_needs_969_questions(page: Page, served: str) -> None:
    """Miller 2024, section on power: a variance of 1/9 and a difference of 3 points."""
    found = page if page.url.startswith(served) else page.goto(served) and page
    address = f"{SUBPATH}assets/javascripts/lib/formulas.js"
    assert found.evaluate(f"async () => (await import('{address}')).pairedCases(1 / 9, 0.03)") == 969


@pytest.mark.parametrize("name", CALCULATORS)
def test_a_calculator_opens_with_the_example_that_its_page_works_by_hand(name: str, page: Page, served: str) -> None:
    _opened(page, f"{served}calculators/{name}/")
    text = (ROOT / f"docs/calculators/{name}.md").read_text(encoding="utf-8").split("{ #worked }")[1]
    text = text.split("{ #limits }")[0].replace(",", "")
    results = page.locator(".calculator dd").all_inner_texts()
    assert results and "–" not in results
    for result in results:
        number = re.sub(r"[^0-9.]", "", result.split(" ")[0])
        # The page may round further than the calculator does.
        shorter = {f"{float(number):.{digits}g}" for digits in (3, 4)} | {number}
        assert any(re.search(rf"(?<![\d.]){re.escape(s)}(?![\d])", text) for s in shorter), f"{name}: {result}"


@pytest.mark.parametrize("name", CALCULATORS)
def test_every_field_has_a_label_and_answers_a_wrong_number_in_place(name: str, page: Page, served: str) -> None:
    _opened(page, f"{served}calculators/{name}/")
    fields = page.locator(".calculator input")
    for index in range(fields.count()):
        field = fields.nth(index)
        assert page.locator(f"label[for={field.get_attribute('id')}]").inner_text()
        right = field.input_value()
        for wrong in ("", "-1", "ten", "1e99"):
            field.fill(wrong)
            assert field.get_attribute("aria-invalid") == "true", (wrong, index)
            note = page.locator(f"#{field.get_attribute('aria-describedby')}")
            assert re.match(r"Write a number from [\d.,E]+ to [\d.,]+\.", note.inner_text())
            assert set(page.locator(".calculator dd").all_inner_texts()) == {"–"}
        field.fill(right)
        assert field.get_attribute("aria-invalid") == "false"
    assert "–" not in page.locator(".calculator dd").all_inner_texts()


def test_inputs_live_in_the_address_and_come_back_from_it(page: Page, served: str) -> None:
    _opened(page, f"{served}calculators/call-cost/")
    before = page.locator(".calculator dd").first.inner_text()
    page.get_by_label("Output, hidden reasoning included").fill("900")
    page.keyboard.press("Tab")
    # The browser tells of an address that a script has changed when it comes to it.
    expect(page).to_have_url(f"{served}calculators/call-cost/?output=900")
    changed = page.locator(".calculator dd").first.inner_text()
    assert changed != before
    assert page.locator(".calculator__status").inner_text() == f"One call: {changed}"
    page.reload()
    _ready(page)
    assert page.locator(".calculator dd").first.inner_text() == changed
    page.get_by_role("button", name="Back to the example").click()
    expect(page).to_have_url(f"{served}calculators/call-cost/")
    assert page.locator(".calculator dd").first.inner_text() == before
    _opened(page, f"{served}calculators/call-cost/?output=<script>&input=5")
    assert page.locator(".calculator [aria-invalid=true]").count() == 1, "what is no number is shown and refused"
    assert page.locator(".calculator script").count() == 0


#: The page that explains each formula: a reader calculates there, in a fold.
BESIDE = {
    "call-cost": "cost-control",
    "model-memory": "batching-and-kv-cache",
    "vector-storage": "vector-stores",
    "cache-break-even": "prompt-caching",
    "api-or-own": "serving-engines",
    "sample-size": "evaluation",
}


@pytest.mark.parametrize("name", CALCULATORS)
def test_a_calculator_stands_beside_the_paragraph_that_explains_it(name: str, page: Page, served: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{served}topics/{BESIDE[name]}/", wait_until="networkidle")
    fold = page.locator(f"details:has([data-calculator={name}])")
    assert [url for url in asked if url.endswith(("/calculators.js", "/formulas.js"))] == [], (
        "a closed fold costs nothing"
    )
    fold.locator("summary").click()
    _ready(page)
    expect(fold.get_by_role("link", name="worked by hand")).to_be_visible()
    assert "–" not in fold.locator("dd").all_inner_texts()


def test_an_address_opens_the_fold_with_its_numbers_and_keeps_the_figure_of_the_page(page: Page, served: str) -> None:
    address = f"{served}topics/batching-and-kv-cache/?kv-memory=users:5,model:qwen3-8b"
    _opened(page, f"{address}&layers=64")
    expect(page.get_by_label("Layers")).to_be_visible()
    expect(page.get_by_label("Layers")).to_have_value("64")
    page.get_by_role("button", name="Back to the example").click()
    expect(page).to_have_url(address)


def test_on_a_phone_the_results_are_in_sight_of_a_number_that_is_changed(browser: Browser, served: str) -> None:
    with browser.new_context(service_workers="block", viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        _opened(page, f"{served}calculators/call-cost/")
        page.get_by_label("Input", exact=True).focus()
        expect(page.locator(".calculator dl")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(
    ("name", "label", "value", "said"),
    [
        ("call-cost", "of it from a prompt cache", "7000", "part of the input"),
        ("cache-break-even", "Price of a write", "0.05", "cheaper than writing"),
        ("sample-size", "Net gain to be found", "30", "cannot be larger"),
    ],
)
def test_numbers_that_contradict_each_other_are_named(
    name: str, label: str, value: str, said: str, page: Page, served: str
) -> None:
    _opened(page, f"{served}calculators/{name}/")
    page.get_by_label(label).fill(value)
    page.keyboard.press("Tab")
    assert said in page.locator(".calculator__status").inner_text()
    assert set(page.locator(".calculator dd").all_inner_texts()) == {"–"}
