"""Tables, one row for each entry."""

from __future__ import annotations

from macros.data.handbook import Handbook
from macros.render.text import (
    block,
    day,
    former_ids,
    hours_text,
    inline,
    link,
    listed,
    needed_topics,
    phase_title,
    span,
    table,
    weeks_text,
)


def skills_table(handbook: Handbook, page: str) -> str:
    """The mapping: backend skill, AI application, gap; and the phases and hours of the row."""
    rows = []
    for skill in handbook.skills:
        hours = handbook.skill_hours(skill.id)
        phases = [str(handbook.phase_number(p.id)) for p in handbook.phases_of_skill(skill.id)]
        rows.append(
            [
                link(skill.backend, page, skill.page),
                inline(skill.application),
                inline(skill.gap),
                f"{listed(phases)}; {span(hours.min, hours.max)} h",
            ]
        )
    heads = [
        "Backend skill you have",
        "AI engineering application",
        "Knowledge gap to address",
        "Phases; estimated hours",
    ]
    return block("div", "wide-table skills-table", table(heads, rows))


def phases_table(handbook: Handbook, page: str) -> str:
    """Phases with length, hours and exit check; the last row adds them up."""
    rows = [
        [
            link(phase_title(handbook.phase_number(phase.id), phase.title), page, phase.page),
            weeks_text(phase.weeks),
            span(hours.min, hours.max),
            inline(phase.exit_check),
        ]
        for phase in handbook.phases
        for hours in [handbook.core_hours(phase.id)]
    ]
    hours = handbook.all_hours()
    rows.append(
        ["**All phases**", f"**{weeks_text(handbook.total_weeks())}**", f"**{span(hours.min, hours.max)}**", ""]
    )
    return block("div", "wide-table phases-table", table(["Phase", "Length", "Hours (estimate)", "Go on when"], rows))


def topic_index(handbook: Handbook, page: str) -> str:
    """Every topic, by row of the skill map; topics that belong to all rows come last."""
    parts = []
    for skill in [*handbook.skills, None]:
        topics = handbook.topics_of_skill(skill.id if skill else None)
        if not topics:
            continue
        heading = (
            f"## {former_ids(skill, 'row-')}{inline(skill.backend)} → {inline(skill.application)} {{ #row-{skill.id} }}"
            if skill
            else "## Across all rows { #row-all }"
        )
        rows = [
            [
                link(topic.title, page, topic.page, topic.id),
                str(handbook.phase_number(topic.phase)),
                f"{span(topic.hours.min, topic.hours.max)}, likely {topic.hours.likely:g}",
                needed_topics(handbook, topic, page) or "nothing",
            ]
            for topic in topics
        ]
        heads = ["Topic", "Phase", "Hours (estimate)", "Know before"]
        parts += [heading, "", block("div", "wide-table topic-table", table(heads, rows)), ""]
    return "\n".join(parts)


def sources_table(handbook: Handbook, page: str) -> str:
    """Every source with its dates and the claim that rests on it, by publisher."""
    rows = []
    for source in sorted(handbook.sources, key=lambda s: (s.publisher.lower(), s.title.lower())):
        title = inline(source.title)
        shown = f"[{title}]({source.url})" if source.url else title
        rows.append(
            [
                f'<span id="{source.id}"></span>{former_ids(source)}{shown}, {inline(source.publisher)}',
                inline(source.supports),
                source.published or "undated",
                day(source.checked),
            ]
        )
    heads = ["Source", "What rests on it", "Published", "Checked"]
    return block("div", "wide-table sources-table", table(heads, rows))


def phase_hours_text(handbook: Handbook, phase_id: str) -> str:
    return hours_text(handbook.core_hours(phase_id))
