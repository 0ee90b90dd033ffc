"""What has changed for readers, from docs/data/history.yml: the page that lists it, and the Atom feed."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from xml.etree import ElementTree

from macros.model import About, Change, History
from macros.problems import KeyPath, Problem, check_plain_text, choices
from macros.text import day, inline, link, listed

PAGE = "reference/changes.md"
FEED = "feed.xml"
ATOM = "http://www.w3.org/2005/Atom"


def check_history(history: History, pages: Collection[str]) -> Iterator[Problem]:
    """Readers are told of pages that exist, newest first, each change under an id of its own."""
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
    for date, group in itertools.groupby(history.history, key=lambda change: change.date):
        lines += [f"## {day(date)} {{ #on-{day(date)} }}", ""]
        for change in group:
            where = listed([link(titles[target], page, target) for target in change.pages])
            lines += [f"### {inline(change.title)} {{ #{change.id} }}", "", f"{inline(change.says)} See {where}.", ""]
    return "\n".join(lines)


def feed(history: History, about: About, site_url: str) -> str:
    """The changes as an Atom feed (RFC 4287). Dates are those of the data: the feed of one commit is always the same.

    Args:
        site_url: where the site lives, with a slash at the end.
    """

    def element(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> None:
        ElementTree.SubElement(parent, name, attributes).text = text

    def moment(change: Change) -> str:
        return f"{day(change.date)}T00:00:00Z"

    list_page = site_url + PAGE.replace(".md", "/")
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    element(root, "title", about.title)
    element(root, "subtitle", about.tagline)
    element(root, "id", site_url)
    element(root, "link", href=site_url + FEED, rel="self", type="application/atom+xml")
    element(root, "link", href=list_page, rel="alternate", type="text/html")
    element(root, "updated", max(moment(change) for change in history.history))
    element(ElementTree.SubElement(root, "author"), "name", f"The authors of {about.title}")
    for change in history.history:
        entry = ElementTree.SubElement(root, "entry")
        element(entry, "title", change.title)
        element(entry, "id", f"{list_page}#{change.id}")
        element(entry, "link", href=f"{list_page}#{change.id}", rel="alternate", type="text/html")
        element(entry, "updated", moment(change))
        element(entry, "summary", change.says)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"
