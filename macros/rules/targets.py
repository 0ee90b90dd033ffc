"""Where data leads: pages are renamed and sections move, and targets in the data have to follow."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator

from macros.data.fields import Named
from macros.data.problems import KeyPath, Problem, choices
from macros.entities.edition import Edition
from macros.rules.ids import entries
from macros.rules.links import anchors, generated


def check_targets(edition: Edition) -> Iterator[Problem]:
    """Each target of a query or a symptom is a page, or a section of one, under the address that it has now.

    A search never names an address that is gone, so such a target would count as a miss for ever after; and a reader
    who follows a symptom would land at the top of a page, or nowhere.
    """

    @functools.cache
    def sections(page: str) -> Collection[str]:
        written = edition.pages[page]
        return dict.fromkeys([*anchors(written, edition), *sorted(generated(written))])

    new_ids = _new_ids(edition)
    for path, target in _targets(edition):
        if fault := _fault(edition, target, sections, new_ids):
            yield Problem(path, target, *fault)


def _targets(edition: Edition) -> Iterator[tuple[KeyPath, str]]:
    for index, entry in enumerate(edition.queries.queries):
        for field in ("best", "good"):
            for j, target in enumerate(getattr(entry, field)):
                yield ("queries", index, field, j), target
    for index, symptom in enumerate(edition.handbook.symptoms):
        yield ("symptoms", index, "explains"), symptom.explains
        yield ("symptoms", index, "repairs"), symptom.repairs


def _fault(
    edition: Edition, target: str, sections: Callable[[str], Collection[str]], new_ids: dict[str, str]
) -> tuple[str, str] | None:
    """The rule that a target breaks and the repair; None when a reader lands where it says."""
    page, _, anchor = target.partition("#")
    # Asked first: a page keeps the ids of sections that it has given away, to lead their readers on.
    moved = edition.handbook.moved_from(page)
    heirs = [heir for heir, ids in moved.items() if anchor in ids]
    if page not in edition.pages:
        heirs += [heir for heir, ids in moved.items() if "" in ids]
    if heirs:
        section = f"#{anchor}" if anchor and anchor in sections(heirs[0]) else ""
        return "has moved", f"write {heirs[0]}{section}"
    if page not in edition.pages:
        return "is not a page below docs/", choices(page, sorted(edition.pages))
    # An old id stays an anchor beside the new one, and what a search names is the new one.
    if anchor in new_ids and new_ids[anchor] in sections(page):
        return "is a former id", f"write {page}#{new_ids[anchor]}"
    if anchor and anchor not in sections(page):
        return f"names no heading or entry of docs/{page}", choices(anchor, sections(page))
    return None


def _new_ids(edition: Edition) -> dict[str, str]:
    """The id that an entry has now, by each that it had before."""
    named = [entry for _, entry in entries(edition.handbook) if isinstance(entry, Named)]
    return {old: entry.id for entry in [*named, *edition.radar.radar] for old in entry.renamed_from}
