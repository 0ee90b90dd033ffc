"""For readers who plan and keep count: the self-assessment, the plan at the stated pace, and the list to tick.

Each is complete on paper; scripts in docs/assets/javascripts/tools/ add the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from macros.data.fields import Named
from macros.data.handbook import Assessed, Handbook, Topic
from macros.render.template import templates
from macros.render.text import block, former_ids, hours_text, inline, link, listed, table, tick

_TEMPLATES = templates(Path(__file__).parent)

#: What a reader may say of a topic. The numbers are kept in readers' browsers and in shared addresses: never reuse one.
LEVELS = {0: "Not yet", 1: "I can explain it", 2: "I have shipped it"}


class _AssessedRow(NamedTuple):
    """A row of the map in the self-assessment: its core topics, and its questions."""

    id: str
    title: str
    topics: list[Topic]
    questions: list[Assessed]


def assessment(handbook: Handbook, page: str) -> str:
    """Per row of the map, what the reader says of its core topics, and questions; topics of no row come last."""
    rows = [
        _AssessedRow(
            skill.id if skill else "all",
            f"{skill.backend} → {skill.application}" if skill else "Across all rows",
            [topic for topic in handbook.topics_of_skill(skill.id if skill else None) if topic.kind == "core"],
            [question for question in handbook.assessment if skill and question.skill == skill.id],
        )
        for skill in [*handbook.skills, None]
    ]
    return _TEMPLATES.get_template("assessment.html").render(
        rows=[row for row in rows if row.topics], levels=LEVELS, page=page
    )


def plan_table(handbook: Handbook, page: str) -> str:
    """Every week of the roadmap at the stated pace, with room for a date: the planner on paper."""
    rows: list[list[str]] = []
    for phase in handbook.phases:
        for week, hours in zip(phase.plan, handbook.week_hours(phase), strict=True):
            topics = [handbook.topic(topic_id) for topic_id in week.topics]
            work = [link(t.title, page, t.page, t.id) for t in topics]
            if week.project_hours:
                work += [link(p.title, page, phase.page, p.id) for p in handbook.projects_of_phase(phase.id)]
            rows.append(
                [str(len(rows) + 1), link(f"Phase {handbook.phase_number(phase.id)}", page, phase.page),
                 listed(work), f"{hours:.0f}", ""]
            )  # fmt: skip
    weeks = block("div", "wide-table plan-table", table(["Week", "Phase", "Learn and build", "Hours", "From"], rows))
    return block("details", "plan-on-paper", "<summary>All weeks at the stated pace</summary>", "", weeks)


def checklist(handbook: Handbook, page: str) -> str:
    """Everything that can be ticked, by phase: outcomes, topics, project."""
    parts = []
    for phase in handbook.phases:
        number = handbook.phase_number(phase.id)
        parts += [f"### Phase {number}: {inline(phase.title)} {{ #ticks-{phase.id} }}", ""]
        topics = handbook.topics_of_phase(phase.id)
        taught = {
            kind: [(t, f"{link(t.title, page, t.page, t.id)}, {hours_text(t.hours)}") for t in topics if t.kind == kind]
            for kind in ("core", "depth")
        }
        asked = [(o, link(o.ask, page, phase.page, o.id)) for o in phase.outcomes]
        built = [
            (p, f"{link(p.title, page, phase.page, p.id)}, {hours_text(p.hours)}")
            for p in handbook.projects_of_phase(phase.id)
        ]
        groups: dict[str, Sequence[tuple[Named, str]]] = {
            "Core topics": taught["core"], "Topics in depth": taught["depth"], "What the phase asks": asked,
            "Labs": [(lab, f"{link(lab.title, page, lab.page)}, {hours_text(lab.hours)}") for lab in handbook.labs if lab.phase == phase.id],
            "Build": built,
        }  # fmt: skip
        for name, shown in groups.items():
            if shown:
                items = [f"- <span{tick(entry)}></span>{text}" for entry, text in shown]
                parts += [f"**{name}**", "", block("div", "ticks", *items), ""]
    return "\n".join(parts)


def specializations_table(handbook: Handbook) -> str:
    """Areas to go deep in: the backend habit that pays, and a trial that shows the work."""
    rows = [
        [f'<span id="{s.id}"></span>{former_ids(s)}{inline(s.title)}', inline(s.habit), inline(s.trial)]
        for s in handbook.specializations
    ]
    return table(["Area", "Backend habit that pays", "Trial in two sessions"], rows)
