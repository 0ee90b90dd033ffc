"""Tables of the built pages that a phone shows as cards."""

from __future__ import annotations

import itertools
import re

#: A table of Markdown. Its cells may have attributes: a column that is aligned gives each of them a style.
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_HEAD = re.compile(r"<th(?:\s[^>]*)?>(.*?)</th>", re.DOTALL)
_CELL = re.compile(r"<td(\s[^>]*)?>")
#: A name or an address in a cell that may be too long for a column on a phone.
_LONG_NAME = re.compile(r"<code>[^<]{10,}</code>")
#: Where a name has parts.
_PART = re.compile(r"(?<=[\w}][_/])(?=[\w{])")
#: The theme's own names: it would put this frame around tables in each reader's browser.
_FRAME = ('<div class="md-typeset__scrollwrap"><div class="md-typeset__table">', "</div></div>")


def label_cells(html: str) -> str:
    """Give each cell of a plain table with four columns or more its column's name.

    A phone shows such a row as a card, with the name before the cell; a table that scrolls sideways would hide its
    last column and could not be reached by keyboard. Tables of the renderers carry their names already.
    """
    return _TABLE.sub(lambda table: _labelled(table[0]), html)


def _labelled(table: str) -> str:
    heads = [re.sub(r"<[^>]+>", "", head).replace('"', "&quot;") for head in _HEAD.findall(table)]
    if len(heads) < 4 or "data-label" in table:
        return table
    # The first cell of a row is the title of its card.
    labels = itertools.cycle(["", *(f' data-label="{head}"' for head in heads[1:])])
    cells = _CELL.sub(lambda cell: f"<td{cell[1] or ''}{next(labels)}>", table)
    return f'<div class="wide-table">{cells}</div>'


def framed_tables(html: str) -> str:
    """Put each table without a class into the frame in which it scrolls sideways where a phone is too narrow."""
    if _FRAME[0] in html:
        return html
    return _TABLE.sub(lambda table: table[0].join(_FRAME), html)


def breakable_names(html: str) -> str:
    """Let long names in tables break between their parts.

    A phone's column is narrow, and would break such a name wherever it ends: STALL_SECOND S.
    """

    def parted(table: re.Match[str]) -> str:
        return _LONG_NAME.sub(lambda name: _PART.sub("<wbr>", name[0]), table[0])

    return _TABLE.sub(parted, html)
