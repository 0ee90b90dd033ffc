"""The drawing on covers: six rows that lead from what a reader has to what they build."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from macros.book.chapters import Book
from macros.render.template import templates
from macros.render.text import day

_TEMPLATES = templates(Path(__file__).parent)


def six_rows(top: int) -> str:
    """The six rows as a drawing for covers, 480 units wide from x = 60: what is there, and lines that lead to the right."""
    return "".join(
        f'<rect x="60" y="{top + 62 * i}" width="150" height="30" rx="4" fill="#1c2430"/>'
        f'<path d="M222 {top + 15 + 62 * i}H{330 + 22 * i}" stroke="#4d5766" stroke-width="3"/>'
        f'<rect x="{342 + 22 * i}" y="{top + 62 * i}" width="{198 - 22 * i}" height="30" rx="4" fill="#a8350f"/>'
        for i in range(6)
    )


def cover(book: Book) -> str:
    """Title and tagline as a drawing: the six rows on the left, lines that lead to the right."""
    before, _, after = book.title.partition("→")
    return _TEMPLATES.get_template("cover.svg").render(
        title=[before.strip(), f"→ {after.strip()}"] if after else [before],
        tagline=_wrapped(book.tagline, 40),
        drawing=Markup(six_rows(400)),
        reviewed=day(book.reviewed),
    )


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
