"""Where links and navigation lead: MkDocs finds broken ones too, but names no line, and only once it has built."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import yaml

from macros import glossary
from macros.load import LOADER
from macros.manuscript import Manuscript, Mark
from macros.model import Entry, Handbook, History, Named, Radar
from macros.problems import Problem, choices
from macros.radar import KINDS
from macros.text import day

NAVIGATION = "mkdocs.yml"


class Data(NamedTuple):
    """All data files as entities."""

    handbook: Handbook
    radar: Radar
    history: History


def _ids(*entries: Named, prefix: str = "") -> list[str]:
    return [prefix + name for entry in entries for name in (*entry.renamed_from, entry.id)]


def _old_ids(entries: Collection[Entry], wanted: str | None) -> list[str]:
    """Old ids of the entry with an id; its new one stands in a heading that somebody wrote."""
    return [old for e in entries if isinstance(e, Named) and e.id == wanted for old in e.renamed_from]


def _assessed(handbook: Handbook, skill_id: str | None) -> bool:
    return any(t.kind == "core" for t in handbook.topics_of_skill(skill_id))


#: The ids that each renderer puts on a page, from the data, the page's path and the call's argument. A test compares
#: them with the built pages.
RENDERED: dict[str, Callable[[Data, str, str | None], list[str]]] = {
    "topic": lambda data, page, name: _old_ids(data.handbook.topics, name),
    "project": lambda data, page, name: _old_ids(data.handbook.projects, name),
    "self_check": lambda data, page, name: _ids(*(q for q in data.handbook.questions if q.page == page)),
    "phase_summary": lambda data, page, name: _ids(
        *(outcome for phase in data.handbook.phases if phase.id == name for outcome in phase.outcomes)
    ),
    "specializations_table": lambda data, page, name: _ids(*data.handbook.specializations),
    "assessment": lambda data, page, name: [
        *(f"standing-{s.id}" for s in data.handbook.skills if _assessed(data.handbook, s.id)),
        *(["standing-all"] if _assessed(data.handbook, None) else []),
    ],
    "checklist": lambda data, page, name: [f"ticks-{phase.id}" for phase in data.handbook.phases],
    "sources_table": lambda data, page, name: _ids(*data.handbook.sources),
    "glossary": lambda data, page, name: [
        *_ids(*data.handbook.glossary),
        *{glossary.letter_id(glossary.letter(term.term)) for term in data.handbook.glossary},
    ],
    "topic_index": lambda data, page, name: [
        *_ids(*(s for s in data.handbook.skills if data.handbook.topics_of_skill(s.id)), prefix="row-"),
        *(["row-all"] if data.handbook.topics_of_skill(None) else []),
    ],
    "radar": lambda data, page, name: [
        *_ids(*data.radar.radar),
        *(f"kind-{kind}" for kind in KINDS if any(entry.kind == kind for entry in data.radar.radar)),
    ],
    "changes": lambda data, page, name: [
        *(change.id for change in data.history.history),
        *{f"on-{day(change.date)}" for change in data.history.history},
    ],
}


def anchors(page: Manuscript, data: Data) -> list[str]:
    """The ids on a page that a link may lead to, as the text and the data make them."""
    found = [mark.text for part in (page, *page.included) for mark in part.anchors]
    for call in page.calls:
        if call.name in RENDERED:
            found += RENDERED[call.name](data, page.path, call.argument)
    return found


def check_links(data: Data, pages: dict[str, Manuscript], files: Collection[str]) -> Iterator[Problem]:
    """A link into nothing, or to the top of a page instead of its section.

    Args:
        files: everything below docs/ that the site will hold, pages included.
    """
    known = {path: anchors(page, data) for path, page in pages.items()}
    for page in pages.values():
        for name, count in Counter(known[page.path]).items():
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
    known: dict[str, list[str]],
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
    # Imported when it is needed: few links lead to such a heading.
    from markdown.extensions.toc import slugify, unique

    used = {mark.text for part in (page, *page.included) for mark in part.anchors}
    headings = [heading for part in (page, *page.included) for heading in part.headings]
    return {unique(slugify(heading, "-"), used) for heading in headings}


def check_navigation(text: str, handbook: Handbook, pages: Collection[str]) -> Iterator[Problem]:
    """A page that no line of the navigation names is found by nobody; a line without its page ends the build.

    Args:
        text: mkdocs.yml.
    """
    try:
        root = yaml.compose(text, LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        yield Problem(
            (), None, f"is not valid YAML ({error.problem or error.context})", "check the indentation and quotes here",
            NAVIGATION, line, column,
        )  # fmt: skip
        return
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    start = next((node for key, node in pairs if key.value == "nav"), None)
    if start is None:
        return
    named = list(_paths(start))
    for mark in named:
        if mark.text not in pages and "//" not in mark.text:
            yield Problem(
                (), mark.text, "is not a page below docs/", f"{choices(mark.text, pages)}, write it, or remove the line",
                NAVIGATION, mark.line, mark.column, "nav",
            )  # fmt: skip
    titles = {page.path: page.title for page in handbook.pages}
    for path in sorted(set(pages) - {mark.text for mark in named}):
        yield Problem(
            (), path, "stands in no line of the navigation", f"add `- {titles.get(path, 'Its title')}: {path}` in its place",
            NAVIGATION, start.start_mark.line + 1, start.start_mark.column + 1, "nav",
        )  # fmt: skip


def navigation_lines(text: str) -> dict[str, int]:
    """The line, counted from 1, on which the navigation names a page."""
    root = yaml.compose(text, LOADER)
    start = next(node for key, node in root.value if key.value == "nav")
    return {mark.text: mark.line for mark in _paths(start)}


def _paths(node: yaml.Node) -> Iterator[Mark]:
    if isinstance(node, yaml.ScalarNode):
        yield Mark(node.value, node.start_mark.line + 1, node.start_mark.column + 1)
    for item in node.value if isinstance(node, yaml.SequenceNode) else ():
        yield from _paths(item)
    for _, item in node.value if isinstance(node, yaml.MappingNode) else ():
        yield from _paths(item)
