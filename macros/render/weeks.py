"""A phase week by week, and its projects with the rubric that another person can score."""

from __future__ import annotations

from macros.data.handbook import Handbook
from macros.render.text import block, former_ids, hours_text, inline, link, listed, table, tick


def week_plan(handbook: Handbook, page: str, phase_id: str) -> str:
    """The weeks of a phase at the stated pace, and what to do when they do not suffice."""
    phase = handbook.phase(phase_id)
    planned = handbook.week_hours(phase)
    lines: list[str] = []
    # A plan may leave room, or hold topics in depth; then its sum is no total that the page knows.
    if sum(planned) == handbook.core_hours(phase_id).likely:
        lines = [f"Together the weeks take the {sum(planned):g} likely hours of the phase.", ""]
    for number, (week, hours) in enumerate(zip(phase.plan, planned, strict=True), 1):
        topics = [handbook.topic(topic_id) for topic_id in week.topics]
        learn = listed([link(t.title, page, t.page, t.id) for t in topics])
        if week.project_hours:
            learn += f"{'; ' if learn else ''}{week.project_hours:g} hour{'' if week.project_hours == 1 else 's'} of the project"
        lines += [f"Week {number}: {inline(week.title)}, about {hours:.0f} hours"]
        for name, text in (("Learn", learn), *((n, inline(getattr(week, n.lower()))) for n in ("Read", "Do", "Skip"))):
            lines += [f":   *{name}:* {text}{'' if text.endswith('.') else '.'}", ""]
    lines += ["When you are behind", f":   {inline(phase.behind)}", ""]
    return block("div", "entries weeks", *lines)


def project(handbook: Handbook, project_id: str) -> str:
    """A project: brief, what is handed in, and points that another person could give."""
    entry = handbook.project(project_id)
    rows = [[inline(c.criterion), str(c.points), inline(c.full), inline(c.half)] for c in entry.rubric]
    total = sum(c.points for c in entry.rubric)
    return "\n".join(
        [
            f"{former_ids(entry)}{inline(entry.brief)} It takes {hours_text(entry.hours)} (estimate), within the total of the phase.",
            "",
            f'<div class="tick-place"{tick(entry)}></div>',
            "",
            "You hand in:",
            "",
            *(f"- {inline(text)}" for text in entry.deliverables),
            "",
            "Ask a colleague to score it from the repository alone. A line gets all of its points, half of them (1.5 of 3) or none. "
            f"It passes with {entry.pass_points} of {total} points.",
            "",
            block(
                "div",
                "wide-table rubric-table",
                table(["Criterion", "Points", "All points when", "Half when"], rows),
            ),
        ]
    )
