"""Prints how good the search of a built site is: `make search-report`, or, with the root and
tests/ on PYTHONPATH, report.py SITE [--half tuning] [--base FOLDER].

Whoever tunes the search looks at the misses of the tuning half only: `make search-report HALF=tuning`.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
from pathlib import Path
from typing import Any

from macros.checked import load_checked
from macros.data.paths import SEARCH_INDEX
from macros.entities.queries import Queries
from support.search_measure import HALVES, VECTORS, Miss, Rates, answers, change, measured
from support.sitebuild import ROOT

#: What the page on the search shows; tests/search/test_search.py compares both with the search as it is.
REPORT = "docs/data/search-report.txt"
LISTS = "docs/data/search-lists.txt"

#: What the page asks words, vectors and both, to show what each is good at. Its box offers them as buttons.
EXAMPLES = (
    "429",
    "halucination",
    "Q4_K_M",
    "where is customer information kept",
    "report a mistake",
    "people talking to a computer by phone",
)
ENGINES = ("Words", "Vectors", "Both")
_PLACES = 3

Measures = dict[str, tuple[Rates, list[Miss]]]


def measure(site: Path, queries: Queries, scripts: Path | None = None) -> Measures:
    """A built site's search, asked the golden set."""
    with tempfile.TemporaryDirectory() as scratch:
        found = answers(
            site, [q.query for q in queries.queries], Path(scratch), **({"scripts": scripts} if scripts else {})
        )
    return measured(queries, [answer["addresses"] for answer in found])


def report(results: Measures, halves: tuple[str, ...]) -> str:
    lines = ["half    queries  hit@1  hit@3  helped@1  helped@3    MRR"]
    for name, (r, _) in results.items():
        lines.append(
            f"{name:7} {r.queries:7} {r.hit1:6.1f} {r.hit3:6.1f} {r.helped1:9.1f} {r.helped3:9.1f} {r.mrr:6.3f}"
        )
    for name in halves:
        lines += ["", f"Misses of the {name} half, with the place of the first right result:"]
        for query, rank, first in results[name][1]:
            lines.append(f"  {rank or '-':>2}  {query.query}  ({query.kind})")
            lines.append(f"      wanted {', '.join(query.best)}")
            lines.append(f"      got {first[0] or 'the home page' if first else 'nothing'}")
    return "\n".join(lines)


def lists(site: Path, queries: Queries) -> str:
    """Words, vectors and both: their rates on the test half, and what they answer to the examples, as two tables."""
    asked = [*EXAMPLES, *(entry.query for entry in queries.queries)]
    with tempfile.TemporaryDirectory() as scratch:
        found = [answer["lists"] for answer in answers(site, asked, Path(scratch), lists=True)]
    index, vectors = (len(gzip.compress(file.read_bytes(), 9)) / 1000 for file in (site / SEARCH_INDEX, VECTORS))
    sizes = dict(zip(ENGINES, (index, index + vectors, index + vectors), strict=True))
    lines = ["| Test half | hit@1 | hit@3 | MRR | Fetched, gzip |", "| --- | --- | --- | --- | --- |"]
    for n, name in enumerate(ENGINES):
        of_all = [[address for address, _ in answer[n]] for answer in found[len(EXAMPLES) :]]
        rates, _ = measured(queries, of_all)["test"]
        lines.append(f"| {name} | {rates.hit1:.1f} % | {rates.hit3:.1f} % | {rates.mrr:.3f} | {sizes[name]:.0f} kB |")
    lines += ["", f"| Query | {' | '.join(ENGINES)} |", "| --- | --- | --- | --- |"]
    for query, answer in zip(EXAMPLES, found, strict=False):
        lines.append(f"| {query} | {' | '.join(_cell(results) for results in answer)} |")
    return "\n".join(lines)


def _cell(results: list[Any]) -> str:
    titles = [title.replace("|", "\\|") for _, title in results[:_PLACES]]
    return "<br>".join(f"{n}. {title}" for n, title in enumerate(titles, 1)) or "nothing"


def main(given: argparse.Namespace) -> str:
    queries = load_checked(ROOT).queries
    results = measure(given.site, queries)
    if given.base:
        # The base's search is asked the same queries.
        before = measure(given.base / "site", queries, given.base / "docs/assets/javascripts/lib")
        text, too_many = change(before["test"], results["test"])
        return _fail(text) if too_many else text
    text = report(results, (given.half,) if given.half else HALVES)
    if given.write:
        for name, content in ((REPORT, text), (LISTS, lists(given.site, queries))):
            (ROOT / name).write_text(content + "\n", encoding="utf-8", newline="\n")
    return text


def _fail(text: str) -> str:
    print(text)
    sys.exit("The search answers too many queries of the golden set worse than before; they are listed above.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--half", choices=HALVES, help="list the misses of this half only")
    parser.add_argument("--write", action="store_true", help=f"write {REPORT} and {LISTS}, which a page shows")
    parser.add_argument("--base", type=Path, help="a folder with another commit, built into its site/, to compare with")
    try:
        print(main(parser.parse_args()))
    except (OSError, RuntimeError) as error:
        sys.exit(f"{error}")
