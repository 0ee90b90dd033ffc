"""The site's search answers what people type: measured on the golden set, and on the failures that readers have told of."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from macros.data.paths import address
from macros.entities.edition import Edition
from macros.site.search import UNCOUNTED, terms
from search.report import LISTS, lists
from search.word_vectors import packed
from support.missing import is_missing
from support.search_measure import VECTORS, answers, as_modules, measured
from support.sitebuild import ROOT

pytestmark = [pytest.mark.xdist_group("search"), pytest.mark.this_handbook]

#: Just below what is reached, in percent of the test half: two queries may be lost to a page that has become better in
#: other ways. Whoever reaches more raises them.
HIT1 = 85.0
HIT3 = 93.5
#: The same of what was there before the last round was added: newer queries must not hide what these lose.
OLDER_HIT1 = 89.0
OLDER_HIT3 = 94.0

REWRITE = "write it anew: make search-report WRITE=1"

#: What readers typed and were led astray, with the pages where they have to be led.
TOLD = {
    "429 too many requests": {
        "topics/model-api-calls/",
        "topics/retries-and-fallbacks/",
        "topics/routing-and-admission/",
    },
    "what is a token": {"topics/tokens-and-sampling/"},
    "do I need python": {"topics/python-for-backend-people/"},
    "halucination": {"topics/grounding-and-abstention/"},
    "embedings": {"topics/embeddings/"},
    "quantisation": {"topics/quantization/"},
    "databse": {"topics/vector-stores/", "skills/database-optimization/"},
    "n+1": {"topics/prompts-as-code/", "topics/speculative-decoding/", "skills/database-optimization/"},
    "websocket": {"topics/streaming/"},
    "reduce openai bill": {"topics/cost-control/"},
    "gdpr delete": {"topics/privacy-and-retention/"},
    "api key leak": {"topics/supply-chain/"},
    "message queue kafka": {"topics/long-running-jobs/"},
    "how much gpu memory do I need": {"calculators/model-memory/", "topics/batching-and-kv-cache/"},
    "cuda out of memory": {"topics/batching-and-kv-cache/", "calculators/model-memory/"},
    "time to first token": {"topics/inference-metrics/"},
    "kv cache": {"topics/batching-and-kv-cache/"},
    "hallucination": {"topics/grounding-and-abstention/"},
    "cold start": {"topics/gpu-capacity/"},
    "idempotency key": {"topics/tool-calling/", "topics/tool-permissions/"},
    "prompt injection": {"topics/guardrails-and-injection/"},
}


@pytest.fixture(scope="module")
def ask(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    if not shutil.which("node"):
        is_missing("no Node on this machine; install it with: sudo apt-get install nodejs (or your system's package)")
    return lambda queries: answers(site, queries, tmp_path_factory.mktemp("search") / "scripts")


def test_the_test_half_of_the_golden_set_is_answered(ask: Any, checked: Edition) -> None:
    found = [answer["addresses"] for answer in ask([entry.query for entry in checked.queries.queries])]
    results = measured(checked.queries, found)
    rates, misses = results["test"]
    new, _ = results["new"]
    listed = "\n".join(f"{miss.query.query}: wanted {miss.query.best}, got {miss.found}" for miss in misses)
    assert rates.hit1 >= HIT1, listed
    assert rates.hit3 >= HIT3, listed
    for whole, last, floor in ((rates.hit1, new.hit1, OLDER_HIT1), (rates.hit3, new.hit3, OLDER_HIT3)):
        older = (whole * rates.queries - last * new.queries) / (rates.queries - new.queries)
        assert older >= floor, listed


def test_the_page_on_the_search_shows_what_is_measured(ask: Any, checked: Edition) -> None:
    """A page that changes may move a query or two; more, and the figures that readers see are those of another search."""
    shown = (ROOT / "docs/data/search-report.txt").read_text(encoding="utf-8")
    found = [answer["addresses"] for answer in ask([entry.query for entry in checked.queries.queries])]
    for name, (rates, _) in measured(checked.queries, found).items():
        (line,) = re.findall(rf"^{name} .*", shown, re.MULTILINE)
        queries, hit1, hit3 = (float(figure) for figure in line.split()[1:4])
        assert queries == rates.queries, "write it anew: make search-report WRITE=1"
        allowed = 2.1 * 100 / rates.queries
        assert abs(hit1 - rates.hit1) <= allowed and abs(hit3 - rates.hit3) <= allowed, "make search-report WRITE=1"


def test_the_table_of_three_lists_shows_what_they_find(site: Path, ask: Any, checked: Edition) -> None:
    """Pages that change move a place or two."""
    shown = (ROOT / LISTS).read_text(encoding="utf-8").splitlines()
    found = lists(site, checked.queries).splitlines()
    assert len(found) == len(shown)
    for one, other in zip(shown[2:5], found[2:5], strict=True):
        (name, *rates), (_, *now) = ([cell.strip() for cell in line.strip("|").split("|")] for line in (one, other))
        for figure, measured_now in zip(rates[:2], now[:2], strict=True):
            assert abs(float(figure.split()[0]) - float(measured_now.split()[0])) <= 3, f"{name}: {REWRITE}"
    first = re.compile(r"\| (?:1\. )?([^|<]*)")
    places = [(first.findall(one), first.findall(other)) for one, other in zip(shown[8:], found[8:], strict=True)]
    changed = [pair for one, other in places for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    assert len(changed) <= 4, REWRITE


def test_words_that_stand_in_many_sections_have_vectors(site: Path, checked: Edition) -> None:
    table = json.loads(VECTORS.read_text(encoding="utf-8"))
    known = table["words"].split(" ")
    assert known == sorted(set(known))
    assert len(base64.b64decode(table["scales"])) == len(known)
    assert len(base64.b64decode(table["signs"])) == len(known) * table["dimensions"] // 8
    sections = Counter[str]()
    own = tuple(f"{code}{sign}" for code in checked.translations for sign in "-.")
    for file in sorted(f for f in (site / "search/texts").glob("*.json") if not f.name.startswith(own)):
        for prose, code in json.loads(file.read_text(encoding="utf-8")).values():
            sections.update({word for text in [*prose, *code] for word in terms(text)})
    wanted = {word for word, count in sections.items() if count >= 5 and re.fullmatch("[a-z]+", word)}
    missing = wanted - set(known)
    assert len(missing) <= len(wanted) // 50, (
        f"write the vectors anew (tests/search/word_vectors.py): {sorted(missing)}"
    )


@pytest.mark.skipif(not find_spec("wordllama"), reason="the packages of the examples are not installed: make labs")
def test_the_vectors_are_those_of_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs/examples"))
    table = json.loads(VECTORS.read_text(encoding="utf-8"))
    words = table["words"].split(" ")
    anew = packed(words, import_module("local_models").embedder())
    assert anew["dimensions"] == table["dimensions"]
    for part in ("scales", "signs"):
        # Where a sum is nearly zero, processors may differ.
        pairs = list(zip(base64.b64decode(table[part]), base64.b64decode(str(anew[part])), strict=True))
        assert sum(one != other for one, other in pairs) <= len(pairs) / 1000


def test_what_readers_could_not_find_is_found(ask: Any) -> None:
    first = {
        query: answer["addresses"][0].partition("#")[0] if answer["addresses"] else ""
        for query, answer in zip(TOLD, ask(TOLD), strict=True)
    }
    assert {query: at for query, at in first.items() if at not in TOLD[query]} == {}


def test_a_slip_is_told_and_a_word_that_exists_is_not_corrected(ask: Any) -> None:
    slips = {"halucination": "hallucination", "databse": "database", "promt injection": "prompt injection"}
    right = ["quantisation", "embeddings", "vllm", "kv cache"]
    found = ask([*slips, *right])
    assert [answer["corrected"] for answer in found] == [*slips.values(), *[""] * len(right)]


def test_words_without_a_place_in_the_index_have_no_vote_and_are_no_slips(ask: Any) -> None:
    words = (ROOT / "docs/assets/javascripts/lib/words.js").read_text(encoding="utf-8")
    (stop,) = re.findall(r"const STOP = new Set\((.*?)\);", words, re.DOTALL)
    assert set(re.findall("[a-z]+", stop)) >= UNCOUNTED
    asked = sorted(UNCOUNTED)
    for word, answer in zip(asked, ask([f"{word} embedding" for word in asked]), strict=True):
        assert answer["addresses"][0] == "topics/embeddings/" and not answer["corrected"], word


def test_the_first_letter_and_short_words_are_taken_as_they_are(ask: Any) -> None:
    for answer in ask(["xallucination", "kvx", "zzyzx"]):
        assert answer["addresses"] == []


def test_beginnings_are_found_while_somebody_types_and_words_before_them(ask: Any) -> None:
    beginning, whole, ended = ask(["quantiz", "rag", "quantiz "])
    assert beginning["addresses"][0] == "topics/quantization/"
    # Neither "rage" nor "ragged", if a page had them.
    assert whole["addresses"][0] in ("skills/caching-strategies/", "topics/rag-patterns/")
    assert ended["addresses"] == [] or ended["corrected"]


def test_every_word_of_a_question_counts_before_some_of_them(ask: Any) -> None:
    """Each word alone leads elsewhere."""
    (answer,) = ask(["cache per tenant leak"])
    assert answer["addresses"][0].partition("#")[0] in ("topics/semantic-cache/", "labs/leaking-cache/")


def test_a_name_counts_in_any_order_and_a_number_may_touch_its_word(ask: Any) -> None:
    reordered, joined, apart = ask(["overnight regression after model upgrade", "soc2", "soc 2"])
    assert reordered["addresses"][0] == "topics/model-lifecycle/"
    assert joined["addresses"][0] == apart["addresses"][0] == "topics/privacy-and-retention/"


def test_one_page_does_not_fill_the_first_three_places(ask: Any) -> None:
    """Each of these has more than three sections about it on one page."""
    for answer in ask(["semantic cache threshold", "cosine vs dot product", "429 retry after"]):
        assert len({address.partition("#")[0] for address in answer["addresses"][:3]}) > 1, answer["addresses"][:3]


def test_a_symptom_leads_to_the_sections_that_explain_and_repair_it(ask: Any, checked: Edition) -> None:
    symptoms = checked.handbook.symptoms
    lost = []
    for symptom, answer in zip(symptoms, ask([symptom.symptom for symptom in symptoms]), strict=True):
        wanted = {address(target.partition("#")[0]) for target in (symptom.explains, symptom.repairs)}
        if not wanted & {at.partition("#")[0] for at in answer["addresses"][:5]}:
            lost.append(symptom.id)
    assert lost == []


def test_no_solution_and_no_answer_to_a_question_is_listed(ask: Any, site: Path) -> None:
    texts = "".join(file.read_text(encoding="utf-8") for file in sorted((site / "search/texts").glob("labs-*.json")))
    assert '"solution":' not in texts and '"hints":' not in texts and '"check-yourself":' not in texts
    for answer in ask(["solution", "leaking cache solution", "check yourself"]):
        assert [at for at in answer["addresses"] if at.endswith(("#solution", "#hints", "#check-yourself"))] == []


def test_what_finds_nothing_gets_the_nearest_topics(ask: Any) -> None:
    near, letters = ask(["xspeculativ decodin", "qwertzuiop"])
    assert "topics/speculative-decoding/" in near["near"] + near["addresses"]
    # Three letters in common are no reason to send somebody to a page.
    assert letters["near"] == [] and letters["addresses"] == []


def test_a_word_that_stands_nowhere_is_read_by_what_it_is_made_of(ask: Any) -> None:
    """Its stem, its irregular form, what means the same, and what it stands for."""
    asked = {
        "reingested": "topics/ingestion-and-chunking/",
        "the agent forgot the user": "topics/agent-memory/",
        "vacancies": "career/",
        "rtbf": "topics/privacy-and-retention/",
    }
    found = {query: answer["addresses"][0] for query, answer in zip(asked, ask(asked), strict=True)}
    assert found == asked


def test_the_line_of_a_result_is_a_sentence_with_what_comes_after_it() -> None:
    """No name of a file, and not three words while there is room for the next sentence."""
    prose = [
        "agent_loop.py needs only Python.",
        "Code ends the agent. It counts steps, time and money, and stops at the first limit. " + "Later " * 40,
    ]
    assert _line(prose, {"agent": 2.0, "loop": 1.0, "ends": 1.0}) == (
        "Code ends the agent. It counts steps, time and money, and stops at the first limit.",
        ["ends", "agent"],
    )
    assert _line(prose, {"nowhere": 1.0})[0] == prose[0]


def _line(prose: list[str], terms: dict[str, float]) -> tuple[str, list[str]]:
    """What lib/excerpt.js shows of a section, and the words that it marks."""
    node = shutil.which("node") or is_missing("no Node on this machine")
    with tempfile.TemporaryDirectory() as scratch:
        program = (
            f'import {{ excerpt }} from "{as_modules(Path(scratch) / "lib").as_uri()}/excerpt.js";'
            f"const parts = excerpt([{json.dumps(prose)}, []], new Map(Object.entries({json.dumps(terms)})));"
            "console.log(JSON.stringify(parts));"
        )
        done = subprocess.run(
            [str(node), "--input-type=module", "-e", program], capture_output=True, text=True, timeout=60, check=True
        )
    parts = json.loads(done.stdout)
    return "".join(part["text"] for part in parts), [part["text"] for part in parts if part["marked"]]


@pytest.fixture(scope="module")
def ask_in_german(ask: Any, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return lambda queries: answers(site, queries, tmp_path_factory.mktemp("search") / "scripts", language="de")


GERMAN_ROW = "de/skills/caching-strategies/"


def test_german_is_found_as_it_is_typed(ask_in_german: Any) -> None:
    """With and without umlauts, in the singular and the plural."""
    typed = [
        "Schlüssel",
        "schluessel",
        "SCHLÜSSEL",
        "Rückgaberegel",
        "rueckgaberegeln",
        "außerdem",
        "ausserdem",
        "Abschnitten",
    ]
    found = ask_in_german(typed)
    for query, answer in zip(typed, found, strict=True):
        assert answer["addresses"] and answer["addresses"][0].startswith(GERMAN_ROW), query
        assert not answer["corrected"], query
    # The words of a sentence that say nothing do not vote.
    (asked,) = ask_in_german(["wie zerlege ich die Dokumente"])
    assert asked["addresses"][0].startswith(GERMAN_ROW) and asked["unknown"] == []


def test_a_german_page_searches_english_beside_and_lists_nothing_twice(ask_in_german: Any) -> None:
    both, english, slip = ask_in_german(["semantischer Cache", "prompt injection", "Trefferqoute"])
    own = [address.startswith("de/") for address in both["addresses"]]
    assert own == sorted(own, reverse=True) and set(own) == {True, False}, "German first"
    assert english["addresses"][0] == "topics/guardrails-and-injection/" and not english["corrected"]
    originals = {address.removeprefix("de/") for address in both["addresses"] if address.startswith("de/")}
    assert originals & set(both["addresses"]) == set()
    assert slip["corrected"] == "trefferquote" and all(a.startswith("de/") for a in slip["addresses"])


def test_an_english_page_finds_no_translation(ask: Any) -> None:
    found = ask(["caching strategies", "Caching-Strategien", "Rückgaberegeln"])
    assert [a for answer in found for a in answer["addresses"] if a.startswith("de/")] == []
