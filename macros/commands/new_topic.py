"""A new topic in its place: its entry, and its section or page."""

from __future__ import annotations

import posixpath

from macros.commands.drafts import DataList, Draft, scalar, to_write
from macros.commands.pieces import (
    add_page,
    before_the_end,
    filled,
    known_phase,
    known_skill,
    last_page,
    steps,
    title_of,
)
from macros.commands.words import about, has_shape, id_problems, refuse
from macros.data.fields import PagePath
from macros.data.handbook import Handbook, Phase, Skill
from macros.data.paths import address
from macros.data.problems import Problem, choices
from macros.entities.edition import Edition

#: SKILL=null is a topic across all rows, as in the data.
NO_SKILL = "null"


def new_topic(draft: Draft, edition: Edition, given: dict[str, str], problems: list[Problem]) -> list[str]:
    handbook = edition.handbook
    command = "new-topic"
    name, row, stage, page = (given.get(word, "") for word in ("ID", "SKILL", "PHASE", "PAGE"))
    page = page.removeprefix("docs/")
    problems += id_problems(handbook, command, "topics", name)
    across = row == NO_SKILL
    otherwise = f", or {NO_SKILL} for a topic across all rows; make new-skill writes a new row with its first topic"
    skill = None if across else known_skill(handbook, command, row, problems, otherwise)
    phase = known_phase(handbook, command, stage, problems)
    if page and page not in edition.pages:
        rule, repair = "is not a page below docs/", choices(page, edition.pages)
        if skill and has_shape(PagePath, page):
            repair += "; without PAGE a new page is written"
        problems.append(about(command, "PAGE", page, rule, repair))
    elif not page and across:
        repair = "write PAGE=… with the page that teaches it, for example its phase's"
        problems.append(about(command, "PAGE", None, "is missing for a topic across all rows", repair))
    new_page = f"{folder_of_topics(handbook, skill)}/{name}.md".lstrip("/") if skill and not page else ""
    if new_page and new_page in edition.pages:
        repair = f"choose another id, or write PAGE={new_page} to add a section there"
        problems.append(about(command, "ID", name, f"is the name of a page, docs/{new_page}", repair))
    refuse(problems)
    assert phase

    title = title_of(name)
    add_topic(
        DataList(draft, "topics"),
        handbook,
        phase,
        topic_keys(name, skill.id if skill else None, phase, page or new_page),
    )
    section = filled("section.md", title=title, id=name)
    if page:
        before_the_end(draft, edition.pages[page], section)
    else:
        assert skill
        page = new_page
        sections = section + filled("where_it_breaks.md")
        add_page(draft, handbook, page, title, sections, last_page(handbook, skill, page), before=skill.page)
    return steps(
        f"The topic {name} is in {phase.id}, on docs/{page}",
        f"{address(page)}#{name}",
        f"The topic begins as kind: depth, outside the weekly plan. To make it core, write kind: core and add {name} to",
        f"`topics` of an outcome and of a week of {phase.id}; make check-data says whether its hours fit.",
    )


def folder_of_topics(handbook: Handbook, skill: Skill) -> str:
    """Where the row's last topic with a page of its own has it; beside the row's page as long as there is none."""
    pages = [topic.page for topic in handbook.topics_of_skill(skill.id) if topic.page != skill.page]
    return posixpath.dirname(pages[-1] if pages else skill.page)


def topic_keys(name: str, skill: str | None, phase: Phase, page: str) -> dict[str, str]:
    """The entry of a new topic."""
    return {
        "id": scalar(name),
        "title": scalar(title_of(name)),
        "skill": scalar(skill) if skill else NO_SKILL,
        "phase": scalar(phase.id),
        "kind": "depth",
        "hours": "{ min: 1, likely: 2, max: 3 }",
        "requires": "[]",
        "page": page,
        "outcome": to_write("one sentence that starts with a verb and that a colleague can check."),
    }


def add_topic(topics: DataList, handbook: Handbook, phase: Phase, keys: dict[str, str]) -> None:
    """After the last topic of its phase; the first one of a phase comes after those of the phases before it."""
    order = [p.id for p in handbook.phases]
    number = order.index(phase.id)
    phases = [order.index(topic["phase"]) for topic in topics.entries]
    before = [index for index, other in enumerate(phases) if other <= number]
    own = [index for index in before if phases[index] == number]
    comment = "" if own else f"Phase {number + 1}"
    topics.add((own or before)[-1] if before else None, keys, comment)
