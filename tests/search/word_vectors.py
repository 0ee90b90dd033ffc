"""Writes docs/data/word-vectors.json: a vector for each word that the box on the page about the search can compare.

Needs a built site and the packages of the examples. With the root and tests/ on PYTHONPATH: word_vectors.py SITE.

Words are those that stand in two sections or more, in a title, in another name or in the golden set. A word's vector is
the sum of its tokens' vectors (docs/examples/local_models.py), and of each number only the sign is kept, one bit, with
one byte for the mean size: what that loses is small, see the page on quantized vectors.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from macros.checked import load_checked
from macros.data.paths import SEARCH_INDEX
from macros.site.search import terms
from support.search_measure import VECTORS, as_modules
from support.sitebuild import ROOT

#: Prints the words of an index that stand in two sections, in a title or in another name.
_LISTED = """
import { readFileSync } from "node:fs";
import { Finder } from "./find.js";
const finder = new Finder(JSON.parse(readFileSync(process.argv[2], "utf8")));
const named = new Set([...finder.inTitles.keys(), ...finder.inNames.keys()]);
const often = (word) => finder.count(word) > 1 || named.has(word);
process.stdout.write(JSON.stringify(finder.all.filter(often)));
"""


def listed(site: Path, scratch: Path) -> list[str]:
    """The words that get a vector, in their order."""
    (scratch / "listed.mjs").write_text(_LISTED, encoding="utf-8")
    command = ["node", str(scratch / "listed.mjs"), str(site / SEARCH_INDEX)]
    found = set(json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout))
    asked = {word for entry in load_checked(ROOT).queries.queries for word in terms(entry.query)}
    return sorted(word for word in found | asked if re.fullmatch(r"[a-z][a-z0-9]*", word))


def packed(words: list[str], model: Any) -> dict[str, object]:
    """What the browser reads (docs/assets/javascripts/lib/vectors.js)."""
    import numpy

    encoded = model.tokenizer.encode_batch(words, add_special_tokens=False)
    vectors = numpy.array([model.embedding[found.ids].sum(axis=0) for found in encoded])
    sizes = numpy.abs(vectors).mean(axis=1)
    return {
        "dimensions": vectors.shape[1],
        "words": " ".join(words),
        "scales": _text(numpy.rint(sizes / sizes.max() * 255).astype("uint8").tobytes()),
        "signs": _text(numpy.packbits(vectors > 0, axis=1, bitorder="little").tobytes()),
    }


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "docs/examples"))
    embedder = __import__("local_models").embedder
    with tempfile.TemporaryDirectory() as name:
        words = listed(Path(sys.argv[1]), as_modules(Path(name) / "lib"))
    VECTORS.write_text(
        json.dumps(packed(words, embedder()), separators=(",", ":")) + "\n", encoding="utf-8", newline="\n"
    )
    print(f"{VECTORS.relative_to(ROOT)}: {len(words)} words, {VECTORS.stat().st_size} bytes")
