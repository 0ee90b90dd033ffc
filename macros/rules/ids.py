"""Rules on ids and references: ids are unique, references lead to an entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from macros.data.fields import Entry, Named
from macros.data.handbook import Handbook
from macros.data.manuscript import Pages
from macros.data.paths import PUBLISHED_IDS
from macros.data.problems import KeyPath, Problem, choices
from macros.entities.edition import Edition

Rule = Callable[[Handbook, Pages], Iterator[Problem]]


def entries(handbook: Handbook) -> Iterator[tuple[KeyPath, Entry]]:
    """Every entry of the data with its path, parents before children."""

    def walk(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Entry]]:
        if isinstance(value, Entry):
            yield path, value
            for name in type(value).model_fields:
                yield from walk(getattr(value, name), (*path, name))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from walk(item, (*path, index))

    yield from walk(handbook, ())


def check_unique_ids(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Two entries with one id would share an anchor and a reader's tick mark.

    Ids of glossary, questions and sources are names within their own list; all others are unique together.
    """
    seen: dict[tuple[str, str], KeyPath] = {}
    for path, entry in entries(handbook):
        if not isinstance(entry, Named):
            continue
        names = [("id", entry.id), *(("renamed_from", old) for old in entry.renamed_from)]
        for field, name in names:
            if first := seen.get((_own_list(path), name)):
                yield Problem((*path, field), name, *id_in_use(first))
            else:
                seen[_own_list(path), name] = path


def id_in_use(first: KeyPath) -> tuple[str, str]:
    """Rule and repair for an id that an entry elsewhere has, or had."""
    return (
        f"is already an id, or a former id, in {_list_name(first)}",
        "choose another id; ids and former ids are never used twice",
    )


def find_id(handbook: Handbook, list_name: str, name: str) -> KeyPath | None:
    """Where an id, or a former id, stands that an entry of a list must not have as well; None when it is free."""
    own_list = _own_list((list_name,))
    for path, entry in entries(handbook):
        if isinstance(entry, Named) and _own_list(path) == own_list and name in (entry.id, *entry.renamed_from):
            return path
    return None


def _own_list(path: KeyPath) -> str:
    return str(path[0]) if path[0] in ("glossary", "questions", "sources") else "the handbook"


def all_ids(edition: Edition) -> list[str]:
    """Every id, present and former, behind the list in which it is unique: what links and progress rest on."""
    named = [(_own_list(path), entry) for path, entry in entries(edition.handbook) if isinstance(entry, Named)]
    named += [("radar", entry) for entry in edition.radar.radar]
    named += [("history", entry) for entry in edition.history.history]
    named += [("figures", entry) for entry in edition.figures.figures]
    return sorted({f"{group.split()[-1]}/{name}" for group, entry in named for name in (entry.id, *entry.renamed_from)})


def check_published_ids(edition: Edition, published: str) -> Iterator[Problem]:
    """An id that has been published stays, as an id or as a former one.

    Otherwise links from elsewhere would lead nowhere, and ticks in readers' progress would vanish.

    Args:
        published: docs/data/ids.txt, an id a line.
    """
    present = all_ids(edition)
    still, lines = set(present), published.splitlines()
    before = set(lines)
    for number, line in enumerate(lines, 1):
        if line and not line.startswith("#") and line not in still:
            group, _, name = line.partition("/")
            new = [
                other.partition("/")[2] for other in present if other not in before and other.startswith(f"{group}/")
            ]
            heir = (get_close_matches(name, new, n=1, cutoff=0.4) or ["its heir"])[0]
            yield Problem(
                (), name, "was published, and nothing has this id now",
                f"write renamed_from: [{name}] at {heir}, or delete this line if it has ended for good",
                PUBLISHED_IDS, number, 1, "id",
            )  # fmt: skip


def check_references(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A reference to nothing would be a dead link, or a topic that no plan contains."""
    topics, phases, skills = handbook.topics, handbook.phases, handbook.skills
    ids = {what: {e.id for e in known} for what, known in (("topic", topics), ("phase", phases), ("skill", skills))}

    def refer(path: KeyPath, value: str | None, what: str, known: Sequence[Named]) -> Iterator[Problem]:
        if value is not None and value not in ids[what]:
            last = ", or remove it here" if isinstance(path[-1], int) else ""
            repair = id_or_choices(value, known, f"{',' if last else ', or'} add it under `{what}s`{last}")
            yield Problem(path, value, f"is not a {what}", repair)

    for i, topic in enumerate(handbook.topics):
        yield from refer(("topics", i, "skill"), topic.skill, "skill", skills)
        yield from refer(("topics", i, "phase"), topic.phase, "phase", phases)
        for j, needed in enumerate(topic.requires):
            yield from refer(("topics", i, "requires", j), needed, "topic", topics)
    for i, phase in enumerate(handbook.phases):
        for j, outcome in enumerate(phase.outcomes):
            for k, topic_id in enumerate(outcome.topics):
                yield from refer(("phases", i, "outcomes", j, "topics", k), topic_id, "topic", topics)
        for j, week in enumerate(phase.plan):
            for k, topic_id in enumerate(week.topics):
                yield from refer(("phases", i, "plan", j, "topics", k), topic_id, "topic", topics)
    for i, project in enumerate(handbook.projects):
        yield from refer(("projects", i, "phase"), project.phase, "phase", phases)
    for i, lab in enumerate(handbook.labs):
        yield from refer(("labs", i, "skill"), lab.skill, "skill", skills)
        yield from refer(("labs", i, "phase"), lab.phase, "phase", phases)
        for j, topic_id in enumerate(lab.topics):
            yield from refer(("labs", i, "topics", j), topic_id, "topic", topics)
    for i, area in enumerate(handbook.specializations):
        for j, topic_id in enumerate(area.topics):
            yield from refer(("specializations", i, "topics", j), topic_id, "topic", topics)
    for i, question in enumerate(handbook.assessment):
        yield from refer(("assessment", i, "skill"), question.skill, "skill", skills)
        yield from refer(("assessment", i, "topic"), question.topic, "topic", topics)
    for i, symptom in enumerate(handbook.symptoms):
        yield from refer(("symptoms", i, "skill"), symptom.skill, "skill", skills)
    for i, term in enumerate(handbook.glossary):
        yield from refer(("glossary", i, "topic"), term.topic, "topic", topics)


def id_or_choices(value: object, known: Sequence[Named], otherwise: str = "") -> str:
    """The repair for an id that is not known: its new form, or what there is, the nearest of it, and what else to do."""
    renamed = next((entry.id for entry in known if value in entry.renamed_from), None)
    return f"it has a new id: write {renamed}" if renamed else choices(value, (e.id for e in known)) + otherwise


def _list_name(path: KeyPath) -> str:
    return ".".join(str(step) for step in path if isinstance(step, str))
