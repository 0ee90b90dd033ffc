"""Cuts the pages of a document into passages, which a search finds and a model reads: a row of a table is one of them."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pages import Grid, Page, Text, lines

#: Lines of a passage.
LINES = 6
#: Points between the edge of a table and the line that is still its title or its note.
NEAR = 16
#: What refers to a note, at the end of a cell or at the beginning of the note.
MARKS = "*†‡"


class Passage(NamedTuple):
    """A piece of a document, and the page on which it stands."""

    page: int
    text: str


@dataclass
class Table:
    """A table, which may go on on the next pages: each row with its page, and each note with its mark."""

    title: str = ""
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)

    def passages(self) -> Iterator[Passage]:
        """Each row with all that it takes to read it alone."""
        for page, row in self.rows:
            cells = [f"{name}: {cell}" for name, cell in zip(self.header, row, strict=True) if cell]
            marks = [mark_of(cell) for cell in self.header + row]
            notes = [note for mark, note in self.notes.items() if mark in marks]
            yield Passage(page, "\n".join([self.title, *cells, *notes]))


def passages(pages: list[Page]) -> list[Passage]:
    """All passages of a document: first its text, then the rows of its tables."""
    found: list[Passage] = []
    tables: list[Table] = []
    repeated = repeated_lines(pages)
    for page in pages:
        left = [(y, line) for y, line in lines(page.outside()) if on_any_page(y, line, page, pages) not in repeated]
        for grid in page.grids:
            above = [(y, line) for y, line in left if grid.rows[0] < y < grid.rows[0] + NEAR][-1:]
            if above:
                tables.append(Table(title=above[0][1]))
            # Without a title, the table of the page before goes on. Its header may be there again, or not.
            table, rows = tables[-1], page.cells(grid)
            if all(text.bold for cell in rows[0] for text in cell):
                table.header = [joined(cell) for cell in rows.pop(0)]
            table.rows += [(page.number, [joined(cell) for cell in row]) for row in rows]
            notes = list(notes_below(grid, left))
            table.notes |= {mark_of(line.split()[0]): line for _, line in notes}
            left = [part for part in left if part not in above + notes]
        found += cut(page.number, [line for _, line in left])
    return found + [row for table in tables for row in table.passages()]


def cut(page: int, texts: list[str]) -> Iterator[Passage]:
    """Lines of a page as passages."""
    for first in range(0, len(texts), LINES):
        yield Passage(page, "\n".join(texts[first : first + LINES]))


def repeated_lines(pages: list[Page]) -> set[tuple[float, str]]:
    """Running headers and footers: what stands at the same height on more than half of the pages."""
    counted = Counter(on_any_page(y, line, page, pages) for page in pages for y, line in lines(page.outside()))
    return {line for line, count in counted.items() if count > 1 and count > len(pages) / 2}


def on_any_page(y: float, line: str, page: Page, pages: list[Page]) -> tuple[float, str]:
    """A line without the number of its page. On the last page, that's also the number of all pages."""
    return y, re.sub(rf"\b({page.number}|{len(pages)})\b", "#", line)


def notes_below(grid: Grid, left: list[tuple[float, str]]) -> Iterator[tuple[float, str]]:
    """The lines right below a table that begin with a mark."""
    edge = grid.rows[-1]
    for y, line in left:
        if edge - NEAR < y < edge and line[0] in MARKS:
            yield y, line
            edge = y


def joined(cell: list[Text]) -> str:
    """The text of a cell, which may have several lines."""
    return " ".join(line for _, line in lines(cell))


def mark_of(cell: str) -> str:
    """The mark at the end of a cell, or nothing."""
    return cell[len(cell.rstrip(MARKS)) :]
