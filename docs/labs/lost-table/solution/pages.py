"""Reads the pages of a PDF: texts with their places, lines, and the grids that the rules of a table make.

A place is in points from the left and from the bottom, as PDF counts. There are 72 points in an inch.
"""

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pypdf import PdfReader


class Text(NamedTuple):
    """A piece of text, where it begins, and whether its font is bold."""

    x: float
    y: float
    text: str
    bold: bool


class Grid(NamedTuple):
    """A table's rules: `columns` from the left, `rows` from the top, each one more than there are cells."""

    columns: list[float]
    rows: list[float]


class Page(NamedTuple):
    """A page of a document, which begin at 1."""

    number: int
    texts: list[Text]
    grids: list[Grid]

    def outside(self) -> list[Text]:
        """The texts that are in no grid."""
        return [text for text in self.texts if not any(grid.rows[0] > text.y > grid.rows[-1] for grid in self.grids)]

    def cells(self, grid: Grid) -> list[list[list[Text]]]:
        """The texts of a grid: a list for each row, which has a list for each cell."""
        heights, widths = list(pairwise(grid.rows)), list(pairwise(grid.columns))
        return [
            [[text for text in self.texts if top > text.y > bottom and x0 < text.x < x1] for x0, x1 in widths]
            for top, bottom in heights
        ]


def read(file: Path) -> list[Page]:
    """The pages of a document. Raises ValueError when it can't be read to its end, or when a page is only a picture."""
    try:
        pages = [_page(number, page) for number, page in enumerate(PdfReader(file, strict=True).pages, 1)]
    except Exception as error:  # pypdf lets through what its parsers raise, of many kinds
        raise ValueError(f"{file.name} can't be read: {error}") from error
    if not pages or not all(page.texts for page in pages):
        raise ValueError(f"{file.name} has a page without text")
    return pages


def lines(texts: list[Text]) -> list[tuple[float, str]]:
    """Texts at the same height as one line, from the top: its height, and its texts from the left."""
    rows: dict[float, list[Text]] = {}
    for text in texts:
        rows.setdefault(round(text.y), []).append(text)
    return [(y, " ".join(text.text for text in sorted(rows[y]))) for y in sorted(rows, reverse=True)]


def _page(number: int, page) -> Page:
    texts: list[Text] = []
    across: list[tuple[float, float, float]] = []
    down: list[tuple[float, float, float]] = []
    pen = (0.0, 0.0)

    def found_text(text, user, place, font, size) -> None:
        if text.strip():
            bold = "Bold" in (font or {}).get("/BaseFont", "")
            texts.append(Text(place[4] + user[4], place[5] + user[5], text.strip(), bold))

    def found_line(operator, operands, user, place) -> None:
        nonlocal pen
        if operator == b"m":
            pen = (float(operands[0]), float(operands[1]))
        elif operator == b"l":
            (x0, y0), (x1, y1) = pen, (float(operands[0]), float(operands[1]))
            if y0 == y1:
                across.append((y0, min(x0, x1), max(x0, x1)))
            else:
                down.append((x0, min(y0, y1), max(y0, y1)))

    page.extract_text(visitor_text=found_text, visitor_operand_before=found_line)
    grids = []
    for bottom, top in sorted({(low, high) for _, low, high in down}, reverse=True):
        columns = sorted(x for x, low, high in down if (low, high) == (bottom, top))
        rows = sorted({y for y, _, _ in across if bottom <= y <= top}, reverse=True)
        grids.append(Grid(columns, rows))
    return Page(number, texts, grids)
