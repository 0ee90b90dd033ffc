"""Lists of the data, one item for each entry."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from macros.data.handbook import LIST_PAGES, CareerPoint, Handbook, Topic
from macros.render.phrases import hours, say
from macros.render.template import templates
from macros.render.text import attribute, block, former_ids, inline, link

_TEMPLATES = templates(Path(__file__).parent)

#: Where topics of no row stand.
TOPIC_INDEX = "reference/topics.md"


def skills_map(handbook: Handbook, page: str) -> str:
    """The rows at a glance: what you know, what it becomes, what is missing. Each is one link."""
    items = []
    for skill in handbook.skills:
        items += [
            f"- {link(skill.backend, page, skill.page)}",
            f'    <span class="skill-map__to"><span class="skill-map__arrow" aria-hidden="true">→</span> {inline(skill.application)}</span>',
            f'    <span class="skill-map__gap">{say(handbook, "to learn: {gap}", gap=inline(skill.gap))}</span>',
        ]
    return block("div", "skill-map", *items)


class _GridRow(NamedTuple):
    """A row of the grid: its name, what it becomes, its page, and its topics by phase."""

    name: str
    application: str
    page: str
    cells: list[list[Topic]]


def skills_grid(handbook: Handbook, page: str) -> str:
    """Rows by phases, with a square for each topic, so that the whole can be seen at once.

    A name leads to its row, a number to its phase, squares to the first of their topics. reader.js fills the squares of
    what a reader has ticked.
    """
    rows = [
        _GridRow(
            skill.backend if skill else say(handbook, "Across all rows"),
            skill.application if skill else "",
            skill.page if skill else TOPIC_INDEX,
            [
                [t for t in handbook.topics_of_skill(skill.id if skill else None) if t.phase == p.id]
                for p in handbook.phases
            ],
        )
        for skill in [*handbook.skills, None]
    ]
    return _TEMPLATES.get_template("skills_grid.html").render(
        page=page,
        phases=handbook.phases,
        rows=[row for row in rows if any(row.cells)],
        say=lambda phrase, **values: say(handbook, phrase, **values),
        titles=lambda topics: attribute(", ".join(topic.title for topic in topics)),
    )


def row_topics(handbook: Handbook, page: str, skill_id: str) -> str:
    """The topics of a row in the order in which they are learned, each with what a reader can do after it."""
    items = []
    for topic in handbook.topics_of_skill(skill_id):
        core = topic.kind == "core"
        when = say(
            handbook,
            "Phase {number}; {hours} (estimate)." if core else "Phase {number}, in depth; {hours} (estimate).",
            number=handbook.phase_number(topic.phase),
            hours=hours(handbook, topic.hours),
        )
        items += [
            link(topic.title, page, topic.page, topic.id),
            f":   {inline(topic.outcome)} {when}",
            "",
        ]
    return block("div", "entries", *items)


def strengths(handbook: Handbook) -> str:
    items = [
        line
        for s in handbook.strengths
        for line in (f"{inline(s.title)}", f":   {inline(s.meaning)} {inline(s.in_ai)}", "")
    ]
    return block("div", "entries", *items)


def challenges(handbook: Handbook, page: str) -> str:
    items = []
    for challenge in handbook.challenges:
        title = link(challenge.title, page, LIST_PAGES["challenges"], challenge.id)
        items += [title, f":   {inline(challenge.happens)}", "", f":   Sign: {inline(challenge.sign)}", ""]
    return block("div", "entries", *items)


def symptoms(handbook: Handbook, page: str) -> str:
    """What can be seen on call, by row: the likeliest cause, where it is explained, and where it is repaired."""
    rows = [(skill.id, skill.backend) for skill in handbook.skills]
    parts = []
    for row, title in [*rows, (None, say(handbook, "Across all rows"))]:
        seen = [symptom for symptom in handbook.symptoms if symptom.skill == row]
        parts += [f"## {inline(title)} {{ #symptoms-{row or 'all'} }}", ""] if seen else []
        for symptom in seen:
            why, repair = (
                link(handbook.page(place.partition("#")[0]).title, page, *place.split("#"))
                for place in (symptom.explains, symptom.repairs)
            )
            leads = say(handbook, "Why: {page}.", page=why) + " " + say(handbook, "What to do: {page}.", page=repair)
            if why == repair:
                leads = say(handbook, "Why, and what to do: {page}.", page=why)
            parts += [
                f"### {inline(symptom.symptom)} {{ #{symptom.id} }}", "",
                f"{former_ids(symptom)}{inline(symptom.because)}", "", leads, "",
            ]  # fmt: skip
    return "\n".join(parts)


def row_sheets(handbook: Handbook, page: str) -> str:
    """Each row on one sheet of paper: what holds and breaks, its core topics, and what is seen on call.

    Printed with the address of a sheet, only that sheet comes (docs/assets/stylesheets/sheets.css).
    """
    parts = []
    for skill in handbook.skills:
        core = [topic for topic in handbook.topics_of_skill(skill.id) if topic.kind == "core"]
        seen = [symptom for symptom in handbook.symptoms if symptom.skill == skill.id]
        parts += [
            '<section class="sheet" markdown="1">', "",
            f"## {inline(skill.backend)} → {inline(skill.application)} {{ #sheet-{skill.id} }}", "",
            say(handbook, "Where the analogy holds"), f":   {inline(skill.holds)}", "",
            say(handbook, "Where it breaks"), f":   {inline(skill.breaks)}", "",
            say(handbook, "The outage that this causes"), f":   {inline(skill.outage)}", "",
            f"**{say(handbook, 'What you can do after the row')}**", "",
            *(f"- {link(topic.title, page, topic.page, topic.id)}: {inline(topic.outcome)}" for topic in core), "",
            *([f"**{say(handbook, 'What you see, and the likeliest cause')}**", ""] if seen else []),
            *(f"- {link(one.symptom, page, *one.repairs.split('#'))}: {inline(one.because)}" for one in seen), "",
            "</section>", "",
        ]  # fmt: skip
    return block("div", "sheets", *parts)


def _points(points: list[CareerPoint], page: str, target: str) -> str:
    items = []
    for point in points:
        items += [link(point.title, page, target, point.id), f":   {inline(point.show)}", ""]
    return block("div", "entries", *items)


def positioning(handbook: Handbook, page: str) -> str:
    return _points(handbook.positioning, page, LIST_PAGES["positioning"])


def portfolio(handbook: Handbook, page: str) -> str:
    return _points(handbook.portfolio, page, LIST_PAGES["portfolio"])


def community(handbook: Handbook, page: str) -> str:
    items = []
    for offer in handbook.community:
        # A page that offers itself would link to itself.
        title = inline(offer.title) if offer.page == page else link(offer.title, page, offer.page)
        items += [title, f":   {inline(offer.offer)}", ""]
    return block("div", "entries", *items)
