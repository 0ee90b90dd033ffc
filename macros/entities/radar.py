"""The radar: what the handbook names and how long it lives; and the note on pages that name something past its time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from macros.data.fields import Entry, Named, Text
from macros.data.manuscript import Manuscript
from macros.data.problems import Problem, check_plain_text
from macros.render.text import block, day, former_ids, inline, link, listed, table


class RadarEntry(Named):
    """A tool, API, model or specification that the handbook names, and what is to be known of its life."""

    name: Text
    kind: Literal["api", "model", "specification", "framework", "engine", "store", "tool"]
    status: Literal["active", "maintenance", "sunset", "replaced"]
    ends: date | None = Field(default=None, description="The day on which it stops, or stopped, working.")
    replaced_by: Text | None = None
    says: Text = Field(description="What a reader has to know, in one or two sentences.")
    names: Annotated[list[Text], Field(min_length=1)] = Field(
        description="Spellings, as pages write them. A page that uses one carries a note unless the entry is active."
    )
    source: Text = Field(description="Title of the source.")
    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s<>\"()]+$")] | None
    published: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")] | None
    checked: date
    review_days: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=90, description="After how many days the entry is due for another look."
    )


class Radar(Entry):
    """All of docs/data/radar.yml."""

    radar: Annotated[list[RadarEntry], Field(min_length=1)]


PAGE = "reference/radar.md"
KINDS = {
    "api": "APIs",
    "model": "Models",
    "specification": "Specifications",
    "framework": "Frameworks",
    "engine": "Serving engines",
    "store": "Stores",
    "tool": "Tools",
}


def check_radar(radar: Radar) -> Iterator[Problem]:
    """Each entry of the radar has what its status asks for, and names of its own.

    A status without date or successor would leave the reader where they were; a name twice would give two notes.
    """
    seen: dict[str, str] = {}
    ids: set[str] = set()
    for index, entry in enumerate(radar.radar):
        path = ("radar", index)
        for name in (entry.id, *entry.renamed_from):
            if name in ids:
                yield Problem((*path, "id"), name, "is already an id, or a former id, in radar", "choose another id")
            ids.add(name)
        if entry.status == "sunset" and not entry.ends:
            yield Problem((*path, "status"), entry.status, "has no date", "add `ends:` with the day of the end")
        if entry.status == "replaced" and not entry.replaced_by:
            yield Problem((*path, "status"), entry.status, "names no successor", "add `replaced_by:`")
        if entry.status == "active" and (entry.ends or entry.replaced_by):
            yield Problem(
                (*path, "status"), entry.status, "does not go with `ends` or `replaced_by`",
                "use sunset or replaced, or remove them",
            )  # fmt: skip
        for j, name in enumerate(entry.names):
            if name in seen:
                yield Problem((*path, "names", j), name, f"is a name of {seen[name]} already", "keep it at one entry")
            seen[name] = entry.id
        yield from check_plain_text(entry, path)
        if entry.published:
            try:
                date.fromisoformat(entry.published + "-01" * (2 - entry.published.count("-")))
            except ValueError:
                yield Problem((*path, "published"), entry.published, "is not a date of the calendar", "correct it")


#: What the names of radar entries are made of.
_WORD = re.compile(r"[\w-]+")


def named_on(radar: Radar, page: Manuscript) -> list[RadarEntry]:
    """Entries that a page's prose names and that are not active, in the radar's order."""

    words = set(_WORD.findall(page.prose))

    def named(name: str) -> bool:
        # Most names stand on no page: to ask for the first word is a thousand times faster than the pattern. A version
        # number that goes on is another name: GPT-5 is not GPT-5.5.
        return (
            words.issuperset(_WORD.findall(name)[:1])
            and name in page.prose
            and bool(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-]|\.\d)", page.prose))
        )

    return [entry for entry in radar.radar if entry.status != "active" and any(named(name) for name in entry.names)]


def status_text(entry: RadarEntry) -> str:
    """'Ended on 2026-08-26. Successor: the Responses API.'"""
    word = {"maintenance": "In maintenance"}.get(entry.status, entry.status.capitalize())
    if entry.ends:
        word = f"{'Ended' if _has_ended(entry) else 'Will end'} on {day(entry.ends)}"
    successor = f" Successor: {inline(entry.replaced_by)}." if entry.replaced_by else ""
    return f"{word}.{successor}"


def _has_ended(entry: RadarEntry) -> bool:
    """Whether the end had come on the day of the check. The day of the build would give each build another text."""
    return entry.ends is not None and entry.ends <= entry.checked


def _in_short(entry: RadarEntry) -> str:
    """'the Assistants API has ended', 'Agent Builder will end on 2026-11-30'."""
    if entry.ends:
        state = "has ended" if _has_ended(entry) else f"will end on {day(entry.ends)}"
    else:
        state = {"replaced": "has a successor", "maintenance": "gets fixes only"}.get(entry.status, "has ended")
    return f"{inline(entry.name)} {state}"


def note(entries: Sequence[RadarEntry], page: str) -> str:
    """The folded list of what a page names though it has ended or will; empty when there is nothing."""
    if not entries:
        return ""
    ends = listed([_in_short(entry) for entry in entries])
    return "\n".join(
        [
            '<details class="status" markdown="1">',
            f'<summary markdown="span">Named on this page: {ends}</summary>',
            "",
            *(f"- {link(e.name, page, PAGE, e.id)}: {status_text(e)} {inline(e.says)}" for e in entries),
            "",
            "</details>",
        ]
    )


def radar(radar: Radar) -> str:
    """All entries, a table for each kind, those past their time first."""
    order = list(KINDS)
    rank = {"sunset": 0, "replaced": 1, "maintenance": 2, "active": 3}
    entries = sorted(radar.radar, key=lambda e: (order.index(e.kind), rank[e.status], e.name.lower()))
    parts = []
    for kind, group in groupby(entries, key=lambda e: e.kind):
        rows = []
        for entry in group:
            source = f"[{inline(entry.source)}]({entry.url})" if entry.url else inline(entry.source)
            published = f", {entry.published}" if entry.published else ""
            rows.append(
                [
                    f'<span id="{entry.id}"></span>{former_ids(entry)}{inline(entry.name)}',
                    status_text(entry),
                    inline(entry.says),
                    f"{source}{published}; checked {day(entry.checked)}",
                ]
            )
        heads = ["Name", "Status", "What to know", "Source"]
        parts += [
            f"## {KINDS[kind]} {{ #kind-{kind} }}",
            "",
            block("div", "wide-table radar-table", table(heads, rows)),
            "",
        ]
    return "\n".join(parts)
