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


def check_links(edition: Edition, files: Collection[str], only: Collection[str] | None = None) -> Iterator[Problem]:
    """Links lead to pages, files and headings that exist, and no id stands twice on a page.

    Otherwise a reader would land nowhere, or at the top of a page instead of its section.

    Args:
        files: everything below docs/ that the site will hold, pages included.
        only: the pages to look at; all without it.
    """
    pages = edition.pages
    listed = {path: anchors(page, edition) for path, page in pages.items()}
    # For looking up; what a message names keeps its order.
    known = {path: dict.fromkeys(names) for path, names in listed.items()}
    for page in pages.values() if only is None else [pages[path] for path in only]:
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


def check_pages_are_linked(edition: Edition) -> Iterator[Problem]:
    """Each page is linked from the text of another one, or listed by the data. Who only reads on would never meet it."""
    handbook = edition.handbook
    linked = {
        entry.page for name in ("skills", "topics", "phases", "labs", "community") for entry in getattr(handbook, name)
    }
    linked |= {path for change in edition.history.history for path in change.pages}
    for page in handbook.pages:
        linked |= {path for path in (*page.before, page.next.page) if path != page.path}
    for path, written in edition.pages.items():
        folder = posixpath.dirname(path)
        targets = (unquote(link.text.partition("#")[0]) for link in written.links)
        linked |= {posixpath.normpath(posixpath.join(folder, target)) for target in targets if target} - {path}
    for path in sorted(set(edition.pages) - linked - {"index.md"}):
        yield Problem(
            (),
            path,
            "is linked from no other page",
            "link to it where a reader would want it next",
            f"docs/{path}",
            1,
            1,
            "page",
        )


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
        return _abroad(parts.scheme, parts.hostname or "")
    folder = posixpath.dirname(page) or "."
    if parts.path.startswith("/"):
        inside = unquote(parts.path).lstrip("/")
        return (
            "begins with a slash, so it would leave a site that lives below a folder",
            f"write it from this page's folder: {posixpath.relpath(inside or 'index.md', folder)}",
        )
    target = posixpath.normpath(posixpath.join(folder, unquote(parts.path))) if parts.path else page
    if target not in files:
        if meant := _meant(link.text, target, files):
            address = posixpath.relpath(meant, folder) + (f"#{parts.fragment}" if parts.fragment else "")
            return "is not a file below docs/", f"write {address}"
        if link.text.startswith("www."):
            return "is not a whole address", f"write https://{link.text}"
        alike = [file for file in files if file.endswith(".md") or not target.endswith(".md")]
        return "is not a file below docs/", choices(link.text, [posixpath.relpath(f, folder) for f in sorted(alike)])
    anchor = unquote(parts.fragment)
    if anchor and target in pages and anchor not in known[target] and anchor not in generated(pages[target]):
        elsewhere = next((path for path, names in known.items() if anchor in names), None)
        same = next((name for name in known[target] if name.lower() == anchor.lower()), None)
        repair = (
            f"write #{same}"
            if same
            else f"it stands on docs/{elsewhere}: write {posixpath.relpath(elsewhere, folder)}#{anchor}"
            if elsewhere
            else choices(anchor, known[target])
        )
        return f"names no heading or entry of docs/{target}", repair
    return None


def _abroad(scheme: str, host: str) -> tuple[str, str] | None:
    """What is wrong with an address of another host; None when nothing is."""
    if scheme not in ("", "http", "https", "mailto"):
        return "is not an address that a page may link to", "begin it with https://"
    if host in ("localhost", "127.0.0.1", "0.0.0.0"):
        return "leads to the reader's own machine", "link to the page's file, as in ../skills/index.md"
    return None


def _meant(written: str, target: str, files: Collection[str]) -> str | None:
    """The file that was meant by the address that it has in a finished site, or by another case of its letters."""
    target = posixpath.normpath(target.replace("\\", "/")) if "\\" in written else target
    stem = target.removesuffix("/index.html").removesuffix(".html").lower()
    by_name = {file.lower(): file for file in files}
    names = (target.lower(), f"{stem}.md", f"{stem}/index.md")
    return next((by_name[name] for name in names if name in by_name), None)


def generated(page: Manuscript) -> set[str]:
    """The ids of headings that carry none of their own, as the Markdown reader makes them."""
    used = {mark.text for part in (page, *page.included) for mark in part.anchors}
    headings = [heading for part in (page, *page.included) for heading in part.headings]
    return {unique(slugify(heading, "-"), used) for heading in headings}
