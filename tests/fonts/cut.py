"""Cut a font to the characters that the handbook sets in it, and pin its weight.

Kept as the record of how docs/assets/fonts/ and macros/book/fonts/ were made, and for the day when a page needs another
character:

    python -m venv /tmp/fonts && /tmp/fonts/bin/pip install fonttools==4.68.0 brotli==1.2.0
    git show 217a6c0:docs/assets/fonts/display.woff2 > /tmp/display.woff2
    git show 217a6c0:docs/assets/fonts/text.woff2 > /tmp/text.woff2
    /tmp/fonts/bin/python tests/fonts/cut.py /tmp/display.woff2 docs/assets/fonts/display.woff2 725
    /tmp/fonts/bin/python tests/fonts/cut.py /tmp/text.woff2 docs/assets/fonts/text.woff2
    /tmp/fonts/bin/python tests/fonts/cut.py /tmp/text.woff2 macros/book/fonts/regular.woff2 400
    /tmp/fonts/bin/python tests/fonts/cut.py /tmp/text.woff2 macros/book/fonts/bold.woff2 700

What a language needs beyond that is a file of its own, which only its pages load (docs/de/assets/letters.css). German
was cut from the packages @fontsource-variable/atkinson-hyperlegible-next and bricolage-grotesque, version 5.3.0, which
have the same versions of the fonts with all Latin letters:

    npm pack @fontsource-variable/atkinson-hyperlegible-next@5.3.0 && tar xzf *-next-5.3.0.tgz
    cp package/files/*-latin-wght-normal.woff2 /tmp/latin.woff2
    LETTERS="ÄÖÜäöüß„‚" /tmp/fonts/bin/python tests/fonts/cut.py /tmp/latin.woff2 docs/de/assets/text.woff2

Those two are the Latin files of the variable fonts that docs/assets/fonts/*-LICENSE.txt name. Headings are set in one
weight, 725, which stands for the 700 and 750 that the style sheets ask for: two weights of one font are not worth 6 KB
on each page. On the site text has all weights from 400 to 700; PDF and EPUB have a file for each of two. Kerning is half
of what is left and stays: without it headings have holes. tests/browser/test_first_view.py shows the pages'
characters to a browser and asks which font it took.
"""

from __future__ import annotations

import os
import sys

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

#: ASCII, and what English prose and names need beyond it. Arrows and Greek are not in the Latin files; browsers take
#: those from the reader's system.
CHARACTERS = os.environ.get("LETTERS") or "".join(map(chr, range(0x20, 0x7F))) + "\u00a0§©°±·×éü–—‘’“”•…−"


def cut(source: str, target: str, weight: float | None) -> None:
    font = TTFont(source)
    options = subset.Options(layout_features=["kern"], hinting=False, glyph_names=False, notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=CHARACTERS)
    subsetter.subset(font)
    if weight is not None:
        font = instancer.instantiateVariableFont(font, {"wght": weight})
    font.flavor = "woff2"
    # The time of the change is not written, so that the same input gives the same bytes.
    font.recalcTimestamp = False
    font.save(target)


if __name__ == "__main__":
    cut(sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else None)
