"""Tables of the built pages that a phone shows as cards."""

from __future__ import annotations

import itertools
import re

#: The theme's own names: it would put this frame around tables in each reader's browser.
_FRAME = ('<div class="md-typeset__scrollwrap"><div class="md-typeset__table">', "</div></div>")


def label_cells(html: str) -> str:
    """Give each cell of a plain table with four columns or more its column's name.

    A phone shows such a row as a card, with the name before the cell; a table that scrolls sideways would hide its
    last column and could not be reached by keyboard. Tables of the renderers carry their names already.
    """

    def labelled(match: re.Match[str]) -> str:
        table = match[0]
        heads = [
            re.sub(r"<[^>]+>", "", head).replace('"', "&quot;")
            for head in re.findall(r"<th>(.*?)</th>", table, re.DOTALL)
        ]
        if len(heads) < 4 or "data-label" in table:
            return table
        names = itertools.cycle(heads)

        def cell(found: re.Match[str]) -> str:
            name = next(names)
            return "<td>" if name is heads[0] else f'<td data-label="{name}">'

        return f'<div class="wide-table">{re.sub("<td>", cell, table)}</div>'

    return re.sub(r"<table>.*?</table>", labelled, html, flags=re.DOTALL)


def framed_tables(html: str) -> str:
    """Put each table without a class into the frame in which it scrolls sideways where a phone is too narrow."""
    if _FRAME[0] in html:
        return html
    return html.replace("<table>", f"{_FRAME[0]}<table>").replace("</table>", f"</table>{_FRAME[1]}")
