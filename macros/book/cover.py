"""The drawing on covers: rows that lead from what a reader has to what they build."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from macros.book.chapters import Book
from macros.render.colors import painted
from macros.render.template import templates
from macros.render.text import day

_TEMPLATES = templates(Path(__file__).parent)


#: Rows that a cover has room for.
ROWS = 6


def rows(book: Book, top: int) -> str:
    """Rows of the map as a drawing for covers, 480 units wide from x = 60: what is there, and lines that lead to the right."""
    drawn = "".join(
        f'<rect x="60" y="{top + 62 * i}" width="150" height="30" rx="4" fill="var(--ink)"/>'
        f'<path d="M222 {top + 15 + 62 * i}H{330 + 22 * i}" stroke="var(--soft)" stroke-width="3"/>'
        f'<rect x="{342 + 22 * i}" y="{top + 62 * i}" width="{198 - 22 * i}" height="30" rx="4" fill="var(--accent)"/>'
        for i in range(min(book.rows, ROWS))
    )
    return painted(drawn, book.colors)


def cover(book: Book) -> str:
    """Title and tagline as a drawing: rows on the left, lines that lead to the right."""
    before, _, after = book.title.partition("→")
    drawn = _TEMPLATES.get_template("cover.svg").render(
        title=[before.strip(), f"→ {after.strip()}"] if after else [before],
        tagline=_wrapped(book.tagline, 40),
        drawing=Markup(rows(book, 400)),
        reviewed=day(book.reviewed),
    )
    return painted(drawn, book.colors)


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
