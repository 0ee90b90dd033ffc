"""What has changed for readers, from docs/data/history.yml: the page that lists it, and the Atom feed."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from macros.data.fields import Entry, Named, PagePath, Text
from macros.data.problems import KeyPath, Problem, check_plain_text, choices
from macros.render.text import day, inline, link, listed


class Change(Named):
    """Something new that a reader who was here before wants to know of."""

    date: date
    title: Text
    says: Text = Field(description="What is different for a reader, in one to three sentences.")
    pages: Annotated[list[PagePath], Field(min_length=1)]


class History(Entry):
    """All of docs/data/history.yml: what has changed for readers, newest first."""

    history: Annotated[list[Change], Field(min_length=1)]


PAGE = "reference/changes.md"


def check_history(history: History, pages: Collection[str]) -> Iterator[Problem]:
    """Changes are listed newest first, each under an id of its own, and name pages that exist.

    Otherwise a reader or a feed reader would be led nowhere, or shown old news first.
    """
    seen: set[str] = set()
    for index, change in enumerate(history.history):
        path: KeyPath = ("history", index)
        for name in (change.id, *change.renamed_from):
            if name in seen:
                yield Problem((*path, "id"), name, "is already an id, or a former id, in history", "choose another id")
            seen.add(name)
        for j, page in enumerate(change.pages):
            if page not in pages:
                yield Problem((*path, "pages", j), page, "is not a page", choices(page, pages))
        yield from check_plain_text(change, path)
    for (index, newer), (_, older) in itertools.pairwise(enumerate(history.history)):
        if newer.date < older.date:
            yield Problem(
                ("history", index + 1, "date"), day(older.date), f"is later than {day(newer.date)} above it",
                "put the newest change first",
            )  # fmt: skip


def changes(history: History, titles: dict[str, str], page: str) -> str:
    """Every change under its date, newest first, with links to the pages that it touched."""
    lines = []
    for published, group in itertools.groupby(history.history, key=lambda change: change.date):
        lines += [f"## {day(published)} {{ #on-{day(published)} }}", ""]
        for change in group:
            where = listed([link(titles[target], page, target) for target in change.pages])
            lines += [f"### {inline(change.title)} {{ #{change.id} }}", "", f"{inline(change.says)} See {where}.", ""]
    return "\n".join(lines)
