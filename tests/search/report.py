"""Prints how good the search of a built site is: `make search-report`, or, with the root and
tests/ on PYTHONPATH, report.py SITE [--half tuning].

Whoever tunes the search looks at the misses of the tuning half only: `make search-report HALF=tuning`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from macros.checked import load_checked
from support.search_measure import HALVES, answers, measured
from support.sitebuild import ROOT

#: What the page on the search shows; tests/search/test_search.py compares it with the search as it is.
REPORT = "docs/data/search-report.txt"


def report(site: Path, halves: tuple[str, ...]) -> str:
    queries = load_checked(ROOT).queries
    with tempfile.TemporaryDirectory() as scratch:
        found = answers(site, [entry.query for entry in queries.queries], Path(scratch))
    results = measured(queries, [answer["addresses"] for answer in found])
    lines = ["half    queries  hit@1  hit@3  helped@1  helped@3    MRR"]
    for name in HALVES:
        r = results[name][0]
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--half", choices=HALVES, help="list the misses of this half only")
    parser.add_argument("--write", action="store_true", help=f"write it to {REPORT}, which a page shows")
    given = parser.parse_args()
    try:
        text = report(given.site, (given.half,) if given.half else HALVES)
        if given.write:
            (ROOT / REPORT).write_text(text + "\n", encoding="utf-8", newline="\n")
        print(text)
    except (OSError, RuntimeError) as error:
        sys.exit(f"{error}")
