"""Where the golden set of the search leads: pages are renamed and sections move, and its targets have to follow."""

from __future__ import annotations

from collections.abc import Iterator

from macros.data.fields import Named
from macros.data.problems import KeyPath, Problem, choices
from macros.entities.edition import Edition
from macros.rules.ids import entries
from macros.rules.links import anchors, generated


def check_query_targets(edition: Edition) -> Iterator[Problem]:
    """Each target of a query is a page, or a section of one, that a search can find under this address.

    A target that is gone would count as a miss of the search for ever after.
    """
    known: dict[str, dict[str, None]] = {}
    for index, entry in enumerate(edition.queries.queries):
        for field in ("best", "good"):
            for j, target in enumerate(getattr(entry, field)):
                path: KeyPath = ("queries", index, field, j)
                page, _, anchor = target.partition("#")
                if page not in edition.pages:
                    repair = _new_address(edition, page, anchor) or choices(target, sorted(edition.pages))
                    yield Problem(path, target, "is not a page below docs/", repair)
                elif anchor:
                    if page not in known:
                        written = edition.pages[page]
                        known[page] = dict.fromkeys([*anchors(written, edition), *sorted(generated(written))])
                    if renamed := _new_id(edition, anchor):
                        if renamed in known[page]:
                            yield Problem(path, target, "is a former id", f"write {page}#{renamed}")
                            continue
                    if anchor not in known[page]:
                        repair = _new_address(edition, page, anchor) or choices(anchor, known[page])
                        yield Problem(path, target, f"names no heading or entry of docs/{page}", repair)


def _new_address(edition: Edition, page: str, anchor: str) -> str:
    """The repair for an address that has moved, as the pages' renamed_from tell it; empty when none does."""
    moved = edition.handbook.moved_from(page)
    heirs = [heir for heir, ids in moved.items() if anchor in ids] or [heir for heir, ids in moved.items() if "" in ids]
    if not heirs:
        return ""
    (heir, *_) = heirs
    section = f"#{anchor}" if anchor and anchor in anchors(edition.pages[heir], edition) else ""
    return f"it has moved: write {heir}{section}"


def _new_id(edition: Edition, anchor: str) -> str | None:
    """The id that an entry has now which had this one; None when no entry had it."""
    named = (entry for _, entry in entries(edition.handbook) if isinstance(entry, Named))
    return next((entry.id for entry in [*named, *edition.radar.radar] if anchor in entry.renamed_from), None)
