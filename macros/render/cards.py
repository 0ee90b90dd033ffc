"""What stands around and between the text of a page: header, footer, self-check, summaries, citations."""

from __future__ import annotations

import re
from math import ceil

from macros.data.fields import total_hours
from macros.data.handbook import Handbook, Lab
from macros.data.manuscript import Manuscript, manuscript
from macros.render.tables import phase_hours_text
from macros.render.text import (
    attribute,
    block,
    day,
    former_ids,
    hours_text,
    inline,
    link,
    listed,
    needed_topics,
    tick,
    weeks_text,
)
from macros.render.weeks import project, week_plan

#: Words a minute at which an adult reads English prose silently; 238 for non-fiction in Brysbaert's review of
#: 190 studies, https://doi.org/10.1016/j.jml.2019.104047. Less here, because technical text is read more slowly.
WORDS_PER_MINUTE = 200


def reading_minutes(handbook: Handbook, page: Manuscript) -> int:
    """Minutes to read a page with its questions, its weeks and its projects, rounded up. What is looked up in a long
    list, such as a glossary, is not counted."""
    asked = [f"{q.question} {q.answer}" for q in handbook.questions_of_page(page.path)]
    weeks = [week_plan(handbook, page.path, call.argument or "") for call in page.called("week_plan")]
    built = [project(handbook, call.argument or "") for call in page.called("project")]
    rendered = re.sub(r"<[^>]+>", " ", "\n".join([*asked, *weeks, *built]))
    words = page.words + sum(text.words for text in page.included) + manuscript("", rendered).words
    return max(1, ceil(words / WORDS_PER_MINUTE))


def page_header(handbook: Handbook, written: Manuscript) -> str:
    """One line: how long the page takes, and what to read before. Everything else can wait until the text has begun."""
    page = handbook.page(written.path)
    minutes = reading_minutes(handbook, written)
    line = f"{minutes} minute{'' if minutes == 1 else 's'} to read."
    if page.before:
        line += f" Read first: {listed([link(handbook.page(path).title, page.path, path) for path in page.before])}."
    return f"{line}\n{{ .page-line }}"


def page_footer(handbook: Handbook, page: str, note: str = "") -> str:
    """One next step; and folded, what the page gives and what on it has ended or will.

    Args:
        note: what on the page has ended or will (macros/entities/radar.py); empty when nothing has.
    """
    written = handbook.page(page)
    step = written.next
    parts = [
        block(
            "nav", "next-step",
            f'<span class="next-step__label">Next</span> {link(handbook.page(step.page).title, page, step.page)}',
            "", inline(step.why),
            attributes='aria-label="Next step"',
        ),
        "",
        '<details class="page-card" markdown="1">',
        '<summary markdown="span">After this page you can</summary>', "",
        *(f"- {inline(text)}" for text in written.outcomes), "",
    ]  # fmt: skip
    if topics := handbook.topics_of_page(page):
        count = "the topic" if len(topics) == 1 else f"the {len(topics)} topics"
        parts += [f"Learning {count} takes {hours_text(total_hours([t.hours for t in topics]))} (estimate).", ""]
    parts += ["</details>", ""]
    return "\n".join([*parts, *([note, ""] if note else []), moved_sections(handbook, page)]).rstrip()


def moved_sections(handbook: Handbook, page: str) -> str:
    """Where sections have gone that once stood on a page; empty when none has moved.

    An old address leads to its line here, and with a script (start.js) straight on.
    """
    if not (moved := handbook.moved_from(page)):
        return ""
    lines = [
        "- "
        + "".join(f'<span id="{old}"></span>' for old in ids)
        + link(handbook.page(path).title, page, path)
        + "{ data-moved }"
        for path, ids in moved.items()
    ]
    summary = '<summary markdown="span">Sections that stood here before</summary>'
    return "\n".join(
        ['<details class="moved" data-search-exclude markdown="1">', summary, "", *lines, "", "</details>"]
    )


def self_check(handbook: Handbook, page: str) -> str:
    """The page's questions, each with its explained answer in a block that opens without a script."""
    parts = ["Answer aloud or on paper before you open the answer.", ""]
    for question in handbook.questions_of_page(page):
        parts += [
            f'<details class="self-check" id="{question.id}" markdown="1">',
            f'<summary markdown="span">{former_ids(question)}{inline(question.question)}</summary>',
            "",
            inline(question.answer),
            "",
            "</details>",
            "",
        ]
    return "\n".join(parts)


def skill_header(handbook: Handbook, page: str, skill_id: str) -> str:
    """One row of the map: skill, application, gap; and folded, what the analogy is worth, phases and hours."""
    skill = handbook.skill(skill_id)
    hours = handbook.skill_hours(skill_id)
    phases = [link(f"phase {handbook.phase_number(p.id)}", page, p.page) for p in handbook.phases_of_skill(skill_id)]
    core = " for the core topics" if any(t.kind == "core" for t in handbook.topics_of_skill(skill_id)) else ""
    labs = lab_links(page, [lab for lab in handbook.labs if lab.skill == skill_id])
    return "\n".join(
        [
            '<div class="bridge" markdown="1">',
            "",
            '<ol class="bridge__path">',
            f"<li><span>You know</span> {inline(skill.backend)}</li>",
            f"<li><span>You build</span> {inline(skill.application)}</li>",
            f"<li><span>You learn</span> {inline(skill.gap)}</li>",
            "</ol>",
            "",
            '<details class="bridge__more" markdown="1">',
            '<summary markdown="span">In short: where the analogy holds, where it breaks, the outage, the hours</summary>',
            "",
            "Where the analogy holds",
            f":   {inline(skill.holds)}",
            "",
            "Where it breaks",
            f":   {inline(skill.breaks)}",
            "",
            "The outage that this causes",
            f":   {inline(skill.outage)}",
            "",
            f"In {listed(phases)}; {hours_text(hours)}{core} (estimate). {labs}".rstrip(),
            "{ .bridge__meta }",
            "",
            "</details>",
            "",
            "</div>",
        ]
    )


def phase_summary(handbook: Handbook, page: str, phase_id: str) -> str:
    """A phase: length, hours, what it asks for and how you know that you have it, project and exit check."""
    phase = handbook.phase(phase_id)
    lines = [
        f"**{weeks_text(phase.weeks)}**, {phase_hours_text(handbook, phase_id)} (estimate). {inline(phase.aim)}",
        "",
    ]
    for outcome in phase.outcomes:
        topics = [handbook.topic(t) for t in outcome.topics]
        links = listed([link(t.title, page, t.page, t.id) for t in topics])
        lines += [
            f'<span id="{outcome.id}"{tick(outcome)}></span>{former_ids(outcome)}{inline(outcome.ask)}',
            f":   {inline(outcome.outcome)}",
            "",
            f":   Topics: {links}.",
            "",
        ]
    for build in handbook.projects_of_phase(phase_id):
        lines += [
            f"Build: {link(build.title, page, phase.page, build.id)}",
            f":   {inline(build.brief)} {hours_text(build.hours)} (estimate).",
            "",
        ]
    if labs := lab_links(page, [lab for lab in handbook.labs if lab.phase == phase_id]):
        lines += ["Repair", f":   {labs}", ""]
    lines += [
        "Go on when",
        f":   {inline(phase.exit_check)}",
        "",
    ]
    return block("div", "phase-card", *lines)


def topic(handbook: Handbook, page: str, topic_id: str) -> str:
    """The line under a topic's heading: its outcome, phase, hours and prerequisites."""
    entry = handbook.topic(topic_id)
    phase = handbook.phase(entry.phase)
    before = needed_topics(handbook, entry, page)
    meta = (
        f"{link(f'Phase {handbook.phase_number(phase.id)}', page, phase.page)} of the roadmap, {hours_text(entry.hours)} "
        f"(estimate).{f' Builds on {before}.' if before else ''}"
    )
    goal = f"{former_ids(entry)}**Goal:** {inline(entry.outcome)}"
    return block("div", "topic-card", goal, "", meta, "{ .topic-card__meta }", attributes=tick(entry).strip())


def cite(handbook: Handbook, page: str, source_id: str) -> str:
    """A source in running text, with the day on which it was checked."""
    source = handbook.source(source_id)
    title = attribute(f"{source.title}, {source.publisher}")
    address = source.url or link("", page, "reference/sources.md", source.id)[3:-1]
    return f'([{inline(source.label)}]({address} "{title}"){{ .cite }}, checked {day(source.checked)})'


def calculator(name: str) -> str:
    """The place where a script draws a calculator; empty without one, so the page around it has to be complete."""
    return f'<div class="calculator" data-tool="calculators" data-calculator="{name}"></div>'


def tool(name: str) -> str:
    """The place where docs/assets/javascripts/tools/NAME.js draws; empty without a script."""
    return f'<div class="tool" data-tool="{name}"></div>'


def lab_links(page: str, labs: list[Lab]) -> str:
    """'Lab: …' for a row's or a phase's card; empty without one."""
    names = [f"{link(lab.title, page, lab.page)} ({hours_text(lab.hours)})" for lab in labs]
    return f"{'Lab' if len(names) == 1 else 'Labs'}: {listed(names)}." if names else ""
