"""Compares the site's search with other engines on the golden set, and prints the table of the decisions page.

Once: `npm ci` in this folder. Then, with the root and tests/ on PYTHONPATH: candidates.py SITE. The vectors are those of
the examples (docs/examples/local_models.py), in full: what a reader could fetch would be smaller, and no better.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from macros.book.chapters import read_book
from macros.checked import load_checked
from macros.data.paths import SEARCH_INDEX, address
from macros.entities.edition import Edition
from macros.site.search import sections
from support.search_measure import SCRIPTS, measured
from support.sitebuild import ROOT

HERE = Path(__file__).parent


def documents(site: Path, edition: Edition) -> list[dict[str, object]]:
    """Every section as other engines take it: with the names that the index has for it."""
    index = json.loads((site / SEARCH_INDEX).read_text(encoding="utf-8"))
    names: dict[int, list[str]] = {}
    for name, places in ((name, places) for joined, *places in index["names"] for name in joined.split("|")):
        for place in places:
            names.setdefault(place, []).append(name)
    kinds = {page[0]: page[2] for page in index["pages"]}
    found: list[dict[str, object]] = []
    for chapter, article in read_book(site, edition.handbook).texts():
        at = address(chapter.page)
        for n, section in enumerate(sections(chapter.page, article) if at in kinds else []):
            found.append({
                "id": len(found), "address": f"{at}#{section.id}" if n else at, "title": section.title,
                "page": chapter.title, "kind": kinds[at], "names": names.get(len(found), []),
                "body": " ".join([*section.prose, *([] if n else [chapter.description])]), "code": "\n".join(section.code),
            })  # fmt: skip
    return found


def nearest(docs: list[dict[str, object]], queries: list[str]) -> list[list[str]]:
    """For each query the addresses of the nearest sections: the text's vector and half of the title's."""
    sys.path.insert(0, str(ROOT / "docs/examples"))
    embed = __import__("local_models").embed
    titles = [f"{d['title']}. {d['page']}, {', '.join(d['names'][:8])}" for d in docs]  # type: ignore[index]
    texts = [f"{title}. {str(d['body'])[:1500]}" for title, d in zip(titles, docs, strict=True)]
    asked = np.array(embed(queries))
    near = asked @ np.array(embed(texts)).T + 0.5 * (asked @ np.array(embed(titles)).T)
    return [[str(docs[i]["address"]) for i in row[:60]] for row in np.argsort(-near, axis=1)]


def main(site: Path) -> None:
    edition = load_checked(ROOT)
    docs, queries = documents(site, edition), [entry.query for entry in edition.queries.queries]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(SCRIPTS, folder / "lib")
        (folder / "lib/package.json").write_text('{"type": "module"}\n', encoding="utf-8")
        shutil.copy(site / SEARCH_INDEX, folder / "index.json")
        parts = {"docs": docs, "queries": queries, "vectors": nearest(docs, queries)}
        for part, data in parts.items():
            (folder / f"{part}.json").write_text(json.dumps(data), encoding="utf-8")
        command = ["node", str(HERE / "candidates.mjs"), name]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    # Engines may print lines of their own before the answers.
    print("| Engine | Index, gzip | Tuning: hit@1 | hit@3 | Test: hit@1 | hit@3 | MRR |\n" + "| --- " * 7 + "|")
    for engine in json.loads(done.stdout[done.stdout.index("[{") :]):
        (tuning, _), (test, _) = measured(edition.queries, engine["answers"]).values()
        size = f"{engine['bytes'] / 1000:.0f} kB" if engine["bytes"] else ""
        print(
            f"| {engine['name']} | {size} | {tuning.hit1:.1f} % | {tuning.hit3:.1f} %"
            f" | {test.hit1:.1f} % | {test.hit3:.1f} % | {test.mrr:.3f} |"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
