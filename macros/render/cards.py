"""What stands around and between the text of a page: header, footer, self-check, summaries, citations."""

from __future__ import annotations

import functools
import re
from datetime import date
from math import ceil

from macros.data.fields import total_hours
from macros.data.handbook import Handbook, Lab
from macros.data.manuscript import Manuscript, manuscript
from macros.render.phrases import IN_SHORT, hours, say
from macros.render.tables import phase_hours_text
from macros.render.text import (
    attribute,
    block,
    day,
    former_ids,
    inline,
    link,
    listed,
    needed_topics,
    tick,
    weeks_text,
)
from macros.render.weeks import project, project_rubric, stage, week_plan

#: Words a minute at which an adult reads English prose silently; 238 for non-fiction in Brysbaert's review of
#: 190 studies, https://doi.org/10.1016/j.jml.2019.104047. Less here, because technical text is read more slowly.
WORDS_PER_MINUTE = 200


#: The page that invites to the others: it is no lesson, so nothing stands above its first words, nor what it taught below.
HOME = "index.md"


def reading_minutes(handbook: Handbook, page: Manuscript) -> int:
    """Minutes to read a page with its questions, its weeks and its projects, rounded up. What is looked up in a long
    list, such as a glossary, is not counted."""
    asked = [f"{q.question} {q.answer}" for q in handbook.questions_of_page(page.path)]
    weeks = [week_plan(handbook, page.path, call.argument or "") for call in page.called("week_plan")]
    built = [project(handbook, page.path, call.argument or "") for call in page.called("project")]
    built += [project_rubric(handbook, call.argument or "") for call in page.called("project_rubric")]
    built += [stage(handbook, call.argument or "") for call in page.called("stage")]
    rendered = re.sub(r"<[^>]+>", " ", "\n".join([*asked, *weeks, *built]))
    words = page.words + sum(text.words for text in page.included) + manuscript("", rendered).words
    return max(1, ceil(words / WORDS_PER_MINUTE))


def page_header(handbook: Handbook, written: Manuscript) -> str:
    """One line: how long the page takes, and what to read before. Everything else can wait until the text has begun."""
    if written.path == HOME:
        return ""
    page = handbook.page(written.path)
    minutes = reading_minutes(handbook, written)
    line = say(handbook, "1 minute to read." if minutes == 1 else "{minutes} minutes to read.", minutes=minutes)
    if page.before:
        before = [link(handbook.page(path).title, page.path, path) for path in page.before]
        line += f" {say(handbook, 'Read first: {pages}.', pages=listed(before, say(handbook, 'and')))}"
    return f"{line}\n{{ .page-line }}"


def translation_line(handbook: Handbook, page: str, original: Manuscript, translated: date, behind: bool) -> str:
    """When a page was translated, from what, and whether that has changed since.

    Args:
        handbook: in the page's language.
        behind: whether the original has another text now.
    """
    # A link that says its language is not led to the translation, which would be this page.
    to_original = f'{link(original.title or "", page, original.path)}{{ hreflang="en" lang="en" }}'
    line = f"**{say(handbook, 'Translated on {day} from {page}.', day=day(translated), page=to_original)}**"
    if behind:
        line += f" {say(handbook, 'The original was changed after that day; where the two differ, it is right.')}"
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
            f'<span class="next-step__label">{say(handbook, "Next")}</span> '
            f"{link(handbook.page(step.page).title, page, step.page)}",
            "", inline(step.why),
            attributes=f'aria-label="{attribute(say(handbook, "Next step"))}"',
        ),
        "",
    ]  # fmt: skip
    if page != HOME:
        parts += _outcomes(handbook, page)
    return "\n".join([*parts, *([note, ""] if note else []), moved_sections(handbook, page)]).rstrip()


def _outcomes(handbook: Handbook, page: str) -> list[str]:
    """Folded: what a reader can do after a page, and how long its topics take to learn."""
    parts = [
        '<details class="page-card" markdown="1">',
        f'<summary markdown="span">{say(handbook, "After this page you can")}</summary>', "",
        *(f"- {inline(text)}" for text in handbook.page(page).outcomes), "",
    ]  # fmt: skip
    if topics := handbook.topics_of_page(page):
        one, more = (f"Learning the {what} takes {{hours}} (estimate)." for what in ("topic", "{topics} topics"))
        learned = hours(handbook, total_hours([t.hours for t in topics]))
        parts += [say(handbook, one if len(topics) == 1 else more, hours=learned, topics=len(topics)), ""]
    return [*parts, "</details>", ""]


def moved_sections(handbook: Handbook, page: str) -> str:
    """Where sections are that once were on a page; empty when none has moved.

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
    summary = f'<summary markdown="span">{say(handbook, "Sections that have moved from this page")}</summary>'
    return "\n".join(
        ['<details class="moved" data-search-exclude markdown="1">', summary, "", *lines, "", "</details>"]
    )


def self_check(handbook: Handbook, page: str) -> str:
    """The page's questions, each with its explained answer in a block that opens without a script."""
    parts = [say(handbook, "Answer aloud or on paper before you open the answer."), ""]
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
    words = functools.partial(say, handbook)
    phases = [
        link(words("phase {number}", number=handbook.phase_number(p.id)), page, p.page)
        for p in handbook.phases_of_skill(skill_id)
    ]
    core = any(t.kind == "core" for t in handbook.topics_of_skill(skill_id))
    when = words(
        "In {phases}; {hours} for the core topics (estimate)." if core else "In {phases}; {hours} (estimate).",
        phases=listed(phases, words("and")),
        hours=hours(handbook, handbook.skill_hours(skill_id)),
    )
    labs = lab_links(handbook, page, [lab for lab in handbook.labs if lab.skill == skill_id])
    return "\n".join(
        [
            '<div class="bridge" markdown="1">',
            "",
            '<ol class="bridge__path">',
            f"<li><span>{words('You know')}</span> {inline(skill.backend)}</li>",
            f"<li><span>{words('You build')}</span> {inline(skill.application)}</li>",
            f"<li><span>{words('You learn')}</span> {inline(skill.gap)}</li>",
            "</ol>",
            "",
            '<details class="bridge__more" markdown="1">',
            f'<summary markdown="span">{words(IN_SHORT)}</summary>',
            "",
            words("Where the analogy holds"),
            f":   {inline(skill.holds)}",
            "",
            words("Where it breaks"),
            f":   {inline(skill.breaks)}",
            "",
            words("The outage that this causes"),
            f":   {inline(skill.outage)}",
            "",
            f"{when} {labs}".rstrip(),
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
    included = say(handbook, "core topics and build included")
    lines = [
        # One total, as the roadmap's table has it; all other hours of the page are said to be parts of it.
        f"**{weeks_text(phase.weeks)}, {phase_hours_text(handbook, phase_id)}** (estimate), {included}. {inline(phase.aim)}",
        "",
    ]
    for outcome in phase.outcomes:
        topics = [handbook.topic(t) for t in outcome.topics]
        links = listed([link(t.title, page, t.page, t.id) for t in topics], say(handbook, "and"))
        lines += [
            f'<span id="{outcome.id}"{tick(outcome)}></span>{former_ids(outcome)}{inline(outcome.ask)}',
            f":   {inline(outcome.outcome)}",
            "",
            f":   {say(handbook, 'Topics: {topics}.', topics=links)}",
            "",
        ]
    for build in handbook.projects_of_phase(phase_id):
        lines += [
            say(handbook, "Build: {project}", project=link(build.title, page, phase.page, build.id)),
            f":   {inline(build.brief)} {say(handbook, 'Of the total: {hours}.', hours=hours(handbook, build.hours))}",
            "",
        ]
    if labs := lab_links(handbook, page, [lab for lab in handbook.labs if lab.phase == phase_id]):
        within = say(handbook, "These hours are part of the topics' hours.")
        lines += [say(handbook, "Repair"), f":   {labs} {within}", ""]
    lines += [
        say(handbook, "Go on when"),
        f":   {inline(phase.exit_check)}",
        "",
    ]
    return block("div", "phase-card", *lines)


def topic(handbook: Handbook, page: str, topic_id: str) -> str:
    """The line under a topic's heading: its outcome, phase, hours and prerequisites."""
    entry = handbook.topic(topic_id)
    phase = handbook.phase(entry.phase)
    before = needed_topics(handbook, entry, page)
    number = say(handbook, "Phase {number}", number=handbook.phase_number(phase.id))
    meta = say(
        handbook,
        "{phase} of the roadmap, {hours} (estimate).",
        phase=link(number, page, phase.page),
        hours=hours(handbook, entry.hours),
    )
    if before:
        meta += f" {say(handbook, 'Builds on {topics}.', topics=before)}"
    goal = f"{former_ids(entry)}**{say(handbook, 'Goal:')}** {inline(entry.outcome)}"
    return block("div", "topic-card", goal, "", meta, "{ .topic-card__meta }", attributes=tick(entry).strip())


def cite(handbook: Handbook, page: str, source_id: str) -> str:
    """A source in running text: a short link. Its tooltip and the sources page say on which day it was checked."""
    source = handbook.source(source_id)
    checked = say(handbook, "Checked {day}.", day=day(source.checked))
    title = attribute(f"{source.title}, {source.publisher}. {checked}")
    address = source.url or link("", page, "reference/sources.md", source.id)[3:-1]
    return f'([{inline(source.label)}]({address} "{title}"){{ .cite }})'


def calculator(name: str) -> str:
    """The place where a script draws a calculator; empty without one, so the page around it has to be complete."""
    return f'<div class="calculator" data-tool="calculators" data-calculator="{name}"></div>'


def tool(name: str) -> str:
    """The place where docs/assets/javascripts/tools/NAME.js draws; empty without a script."""
    return f'<div class="tool" data-tool="{name}"></div>'


def lab_links(handbook: Handbook, page: str, labs: list[Lab]) -> str:
    """'Lab: …' for a row's or a phase's card; empty without one."""
    names = [f"{link(lab.title, page, lab.page)} ({hours(handbook, lab.hours)})" for lab in labs]
    phrase = "Lab: {labs}." if len(names) == 1 else "Labs: {labs}."
    return say(handbook, phrase, labs=listed(names, say(handbook, "and"))) if names else ""
