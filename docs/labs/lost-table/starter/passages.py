"""Cuts the pages of a document into passages, which a search finds and a model reads."""

from collections.abc import Iterator
from typing import NamedTuple

from pages import Page, lines

#: Lines of a passage.
LINES = 6


class Passage(NamedTuple):
    """A piece of a document, and the page on which it stands."""

    page: int
    text: str


def passages(pages: list[Page]) -> list[Passage]:
    """All passages of a document, in their order."""
    found: list[Passage] = []
    for page in pages:
        found += cut(page.number, [line for _, line in lines(page.texts)])
    return found


def cut(page: int, texts: list[str]) -> Iterator[Passage]:
    """Lines of a page as passages."""
    for first in range(0, len(texts), LINES):
        yield Passage(page, "\n".join(texts[first : first + LINES]))
