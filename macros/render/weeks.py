"""A phase week by week, and its projects with the rubric that another person can score."""

from __future__ import annotations

from macros.data.handbook import Handbook, Project
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


def project(handbook: Handbook, page: str, project_id: str) -> str:
    """A project on its phase's page: brief and hours, and its rubric, unless it has a page of its own."""
    entry = handbook.project(project_id)
    lines = [
        f"{former_ids(entry)}{inline(entry.brief)} It takes {hours_text(entry.hours)} (estimate), within the total of the phase.",
        "",
        f'<div class="tick-place"{tick(entry)}></div>',
        "",
    ]
    if entry.page is None:
        return "\n".join([*lines, _rubric(entry)])
    checks = sum(len(stage.checks) for stage in entry.stages)
    return "\n".join(
        [
            *lines,
            f"You build it stage by stage ({len(entry.stages)}), in a language of your choice. `make accept "
            f"PROJECT={entry.phase}` checks your service over HTTP ({checks} checks). "
            f"{link(entry.title, page, entry.page)} has the stages, the contract and the rubric.",
        ]
    )


def project_rubric(handbook: Handbook, project_id: str) -> str:
    """What is handed in, and points that another person could give."""
    return _rubric(handbook.project(project_id))


def _rubric(entry: Project) -> str:
    rows = [[inline(c.criterion), str(c.points), inline(c.full), inline(c.half)] for c in entry.rubric]
    columns = ["Criterion", "Points", "All points when", "Half when"]
    if entry.stages:
        proved = {check.proves for stage in entry.stages for check in stage.checks}
        columns.append("Who sees it")
        for row, criterion in zip(rows, entry.rubric, strict=True):
            machine = "the kit" if criterion.id in proved else ""
            person = f"a person: {_lower(criterion.person)}" if criterion.person else ""
            row.append(inline("; ".join(filter(None, (machine, person)))))
    total = sum(c.points for c in entry.rubric)
    return "\n".join(
        [
            "You hand in:",
            "",
            *(f"- {inline(text)}" for text in entry.deliverables),
            "",
            "Ask a colleague to score it from the repository alone. A line gets all of its points, half of them (1.5 of 3) or none. "
            f"It passes with {entry.pass_points} of {total} points.",
            "",
            block("div", "wide-table rubric-table", table(columns, rows)),
        ]
    )


def stage(handbook: Handbook, stage_id: str) -> str:
    """A stage under its heading: what to build, why, and what each check does and can't see."""
    entry = handbook.stage(stage_id)
    rows = [[inline(f"{check.id}: {check.title}"), inline(check.does), inline(check.blind)] for check in entry.checks]
    return "\n".join(
        [
            f"{former_ids(entry)}**Build:** {inline(entry.build)} It takes {hours_text(entry.hours)} (estimate).",
            "",
            f"**Why:** {inline(entry.why)}",
            "",
            f'<div class="tick-place"{tick(entry)}></div>',
            "",
            block("div", "wide-table", table(["Check: it passes when", "What it does", "What it can't see"], rows)),
        ]
    )


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
