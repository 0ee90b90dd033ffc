"""The drawing on covers: six rows that lead from what a reader has to what they build."""

from __future__ import annotations

from html import escape

from macros.book.chapters import Book
from macros.render.text import day


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
    words = _wrapped(book.tagline, 40)
    tagline = "".join(f'<tspan x="60" dy="{38 if i else 0}">{escape(line)}</tspan>' for i, line in enumerate(words))
    before, _, after = book.title.partition("→")
    lines = [before.strip(), f"→ {after.strip()}"] if after else [before]
    title = "".join(f'<tspan x="60" dy="{78 if i else 0}">{escape(line)}</tspan>' for i, line in enumerate(lines))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 900" width="600" height="900" font-family="Helvetica, Arial, sans-serif">'
        '<rect width="600" height="900" fill="#fbfaf7"/><rect width="600" height="14" fill="#a8350f"/>'
        f'<text x="60" y="150" font-size="64" font-weight="700" fill="#1c2430">{title}</text>'
        f'<text x="60" y="290" font-size="24" fill="#4d5766">{tagline}</text>{six_rows(400)}'
        f'<text x="60" y="840" font-size="20" fill="#4d5766">A handbook. Reviewed on {day(book.reviewed)}</text></svg>\n'
    )


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
