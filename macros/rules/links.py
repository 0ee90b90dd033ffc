"""Where links and navigation lead: MkDocs finds broken ones too, but names no line, and only once it has built."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from markdown.extensions.toc import slugify, unique

from macros.data.manuscript import Manuscript, Mark
from macros.data.problems import Problem, choices
from macros.entities.edition import Edition
from macros.registry import MACROS


def anchors(page: Manuscript, edition: Edition) -> list[str]:
    """The ids on a page that a link may lead to, as the text and the data make them."""
    found = [mark.text for part in (page, *page.included) for mark in part.anchors]
    for call in page.calls:
        if call.name in MACROS:
            found += MACROS[call.name].ids(edition, page.path, call.argument)
    return found


def check_links(edition: Edition, files: Collection[str]) -> Iterator[Problem]:
    """Links lead to pages, files and headings that exist, and no id stands twice on a page.

    Otherwise a reader would land nowhere, or at the top of a page instead of its section.

    Args:
        files: everything below docs/ that the site will hold, pages included.
    """
    pages = edition.pages
    listed = {path: anchors(page, edition) for path, page in pages.items()}
    # For looking up; what a message names keeps its order.
    known = {path: dict.fromkeys(names) for path, names in listed.items()}
    for page in pages.values():
        for name, count in Counter(listed[page.path]).items():
            if count > 1:
                place = next((m for m in reversed(page.anchors) if m.text == name), Mark(name, 1, 1))
                yield Problem(
                    (), name, "is an anchor twice on this page", "choose another id for one of the two",
                    f"docs/{page.path}", place.line, place.column, "id",
                )  # fmt: skip
        for part in (page, *page.included):
            for link in part.links:
                if problem := _broken(link, page.path, known, pages, files):
                    yield Problem((), link.text, *problem, f"docs/{part.path}", link.line, link.column, "link")
            for shown in part.snippets:
                if shown.text not in files:
                    yield Problem(
                        (), shown.text, "is not a file below docs/", choices(shown.text, sorted(files)),
                        f"docs/{part.path}", shown.line, shown.column, "snippet",
                    )  # fmt: skip


def _broken(
    link: Mark,
    page: str,
    known: Mapping[str, Collection[str]],
    pages: dict[str, Manuscript],
    files: Collection[str],
) -> tuple[str, str] | None:
    """The rule that a link breaks and the repair; None when it leads somewhere, or to another host."""
    try:
        parts = urlsplit(link.text)
    except ValueError:
        return "is not an address", "write it anew"
    if parts.scheme or parts.netloc:
        return None
    folder = posixpath.dirname(page) or "."
    if parts.path.startswith("/"):
        inside = unquote(parts.path).lstrip("/")
        return (
            "begins with a slash, so it would leave a site that lives below a folder",
            f"write it from this page's folder: {posixpath.relpath(inside or 'index.md', folder)}",
        )
    target = posixpath.normpath(posixpath.join(folder, unquote(parts.path))) if parts.path else page
    if target not in files:
        alike = [file for file in files if file.endswith(".md") or not target.endswith(".md")]
        return "is not a file below docs/", choices(link.text, [posixpath.relpath(f, folder) for f in sorted(alike)])
    anchor = unquote(parts.fragment)
    if anchor and target in pages and anchor not in known[target] and anchor not in generated(pages[target]):
        elsewhere = next((path for path, names in known.items() if anchor in names), None)
        repair = (
            f"it stands on docs/{elsewhere}: write {posixpath.relpath(elsewhere, folder)}#{anchor}"
            if elsewhere
            else choices(anchor, known[target])
        )
        return f"names no heading or entry of docs/{target}", repair
    return None


def generated(page: Manuscript) -> set[str]:
    """The ids of headings that carry none of their own, as the Markdown reader makes them."""
    used = {mark.text for part in (page, *page.included) for mark in part.anchors}
    headings = [heading for part in (page, *page.included) for heading in part.headings]
    return {unique(slugify(heading, "-"), used) for heading in headings}
