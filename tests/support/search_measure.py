"""How good the site's search is: asks it all queries of the golden set and counts.

The engine is the readers' own (docs/assets/javascripts/lib/find.js), run by Node with the index of a built site.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from macros.data.paths import SEARCH_INDEX, SEARCH_INDEX_OF, address
from macros.entities.queries import Queries, Query, half, last_round
from support.sitebuild import ROOT

SCRIPTS = ROOT / "docs/assets/javascripts/lib"
VECTORS = ROOT / "docs/data/word-vectors.json"
HALVES = ("tuning", "test")
#: So many queries of the test half a change may cost: a page that becomes better in other ways moves one or two.
MOST_LOST = 2


class Rates(NamedTuple):
    """Shares of the queries, in percent, and the mean of 1 / rank of the first best target among ten.

    Attributes:
        hit1, hit3: a best target is the first result, or one of the first three.
        helped1, helped3: the same, and a good target counts as well.
    """

    queries: int
    hit1: float
    hit3: float
    helped1: float
    helped3: float
    mrr: float


class Miss(NamedTuple):
    """A query whose first result is not a best target. `rank` is where the first one is, 0 when it is nowhere."""

    query: Query
    rank: int
    found: list[str]


def answers(
    site: Path, queries: Iterable[str], scratch: Path, scripts: Path = SCRIPTS, lists: bool = False, language: str = ""
) -> list[dict[str, Any]]:
    """What the search of a built site answers to each query.

    Args:
        scratch: an empty folder. The scripts are put there as a package of modules, which older Nodes want to be told.
        scripts: the search's own, of the same commit as the site.
        lists: whether words, vectors and both of them are asked apart, as the box on the page about the search does.
        language: of the page that is searched from; a translated one searches its own language first.

    Raises:
        RuntimeError: when Node is missing or the script fails.
    """
    node = shutil.which("node")
    if not node:
        raise RuntimeError(
            "no Node on this machine; install it with: sudo apt-get install nodejs (or your system's package)"
        )
    files = [site / SEARCH_INDEX, *([VECTORS] if lists else [])]
    if language:
        files += [site / SEARCH_INDEX_OF.format(language), Path(language)]
    done = subprocess.run(
        [
            node, str(ROOT / "tests/search" / ("beside.mjs" if language else "answers.mjs")),
            str(as_modules(scratch / "lib", scripts)), *map(str, files),
        ],
        input=json.dumps(list(queries)), capture_output=True, text=True, encoding="utf-8", timeout=240, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def as_modules(folder: Path, scripts: Path = SCRIPTS) -> Path:
    """A copy of the search's scripts that every Node takes for modules."""
    shutil.copytree(scripts, folder)
    (folder / "package.json").write_text('{"type": "module"}\n', encoding="utf-8")
    return folder


def measured(queries: Queries, found: list[list[str]]) -> dict[str, tuple[Rates, list[Miss]]]:
    """For each half of the golden set its rates and its misses, and as "new" those of the test half's last round.

    Args:
        found: for each query the addresses of its results.
    """
    asked = list(zip(queries.queries, found, strict=True))
    results = {name: _rates([(q, a) for q, a in asked if half(q.query) == name]) for name in HALVES}
    last = last_round(queries)
    if last > 1:
        results["new"] = _rates([(q, a) for q, a in asked if half(q.query) == "test" and q.round == last])
    return results


def change(before: tuple[Rates, list[Miss]], after: tuple[Rates, list[Miss]]) -> tuple[str, bool]:
    """What a change does to one half, in Markdown, and whether it costs more first places than it may."""
    (old, missed_before), (new, missed) = before, after
    were = {miss.query.query for miss in missed_before}
    lost = [miss for miss in missed if miss.query.query not in were]
    won = were - {miss.query.query for miss in missed}
    lines = ["| test half | base | this change |", "| --- | --- | --- |"]
    for name, one, other in (("hit@1", old.hit1, new.hit1), ("hit@3", old.hit3, new.hit3)):
        lines.append(f"| {name} | {one:.1f} % | {other:.1f} % |")
    lines += [f"| MRR | {old.mrr:.3f} | {new.mrr:.3f} |", f"| misses | {len(missed_before)} | {len(missed)} |"]
    if lost:
        lines += ["", f"No longer answered first ({len(lost)}):", ""]
        lines += [
            f"- {miss.query.query}: wanted {', '.join(miss.query.best)}, got "
            + ((miss.found[0] or "the home page") if miss.found else "nothing")
            for miss in lost
        ]
    if won:
        lines += ["", f"Answered first now ({len(won)}):", "", *(f"- {query}" for query in sorted(won))]
    too_many = len(missed) - len(missed_before) > MOST_LOST
    if too_many:
        lines += ["", f"**hit@1 falls by {len(missed) - len(missed_before)} queries; {MOST_LOST} are accepted.**"]
    return "\n".join(lines), too_many


def _rates(answered: list[tuple[Query, list[str]]]) -> tuple[Rates, list[Miss]]:
    best = [_rank(found, query.best) for query, found in answered]
    helped = [_rank(found, [*query.best, *query.good]) for query, found in answered]

    def share(ranks: list[int], most: int) -> float:
        return round(100 * sum(0 < rank <= most for rank in ranks) / max(1, len(ranks)), 1)

    mrr = sum(1 / rank for rank in best if 0 < rank <= 10) / max(1, len(best))
    rates = Rates(len(answered), share(best, 1), share(best, 3), share(helped, 1), share(helped, 3), round(mrr, 3))
    misses = [Miss(q, rank, found[:3]) for (q, found), rank in zip(answered, best, strict=True) if rank != 1]
    return rates, misses


def _rank(found: list[str], targets: list[str]) -> int:
    """The place of the first target among addresses, from 1; 0 when there is none."""
    places = [target.partition("#") for target in targets]
    wanted = {address(page) + mark + anchor for page, mark, anchor in places}
    return next((n for n, at in enumerate(found, 1) if at in wanted or at.partition("#")[0] in wanted), 0)
