"""Style sheets and scripts as they are published: without comments, and the theme's search with a repair."""

from __future__ import annotations

import re

#: Where the handbook's own style sheets and scripts lie; the theme's stand in the same folders under names with a hash.
STYLES = "assets/stylesheets"


SCRIPTS = "assets/javascripts"


#: The theme's search, which runs beside the page.
SEARCH = f"{SCRIPTS}/workers/search.*.min.js"


#: lunr merges the branches of its tree of words that have the same name, and builds the name from letters and numbers
#: without a mark between them: two branches can get one name when words hold digits ("1" to node 23, "12" to node 3).
#: Then it finds words that no page has, and every search for their beginning fails. With the mark, names are unique.
#: Upstream: https://github.com/olivernn/lunr.js/issues/503 has the symptom, words of the index that no search finds.
_UNIQUE_NAMES = """
lunr.TokenSet.prototype.toString = function () {
  return this._str || Object.keys(this.edges).sort().reduce((name, letter) => name + letter + this.edges[letter].id + ",", this.final ? "1" : "0");
};
"""

#: The theme's colors. Ours are in the handbook's own sheet, and a reader need not fetch both.
_PALETTE = re.compile(r'<link rel="stylesheet" href="[^"]*/palette\.\w+\.min\.css">')


def with_lunr_fix(worker: str) -> str:
    """The theme's search worker, which gives lunr to the code after it, with a repair of lunr at its end."""
    return worker if worker.endswith(_UNIQUE_NAMES) else worker + _UNIQUE_NAMES


def without_comments(script: str) -> str:
    """A script of ours without its comments and types: they are for whoever changes it, and a third of its size.

    Comments stand on lines of their own or, as types, between `/**` and `*/`; none of our strings holds either mark, nor
    an empty line (tests/site/test_assets.py).
    """
    script = re.sub(r"/\*\*.*?\*/ ?", "", script, flags=re.DOTALL)
    return re.sub(r"^\s*(//.*)?\n", "", script, flags=re.MULTILINE)


def sheet_without_comments(sheet: str) -> str:
    """A style sheet of ours without its comments."""
    return re.sub(r"/\*.*?\*/\s*", "", sheet, flags=re.DOTALL)


def without_palette(html: str) -> str:
    """A page that does not ask for the theme's colors, and without the white space before the link to them."""
    *before, last = _PALETTE.split(html)
    return "".join([*(part.rstrip() for part in before), last])
