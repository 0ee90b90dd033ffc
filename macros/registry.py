"""What pages may call: each macro once, with its renderer, what its argument may be, and the ids that it puts on a page.

register() hands them to mkdocs-macros; macros/rules/ checks the calls of every page against the same table.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from macros.data.fields import Named
from macros.data.handbook import Handbook
from macros.entities import diagrams, examples, figures, history, labs, radar
from macros.entities.edition import Edition
from macros.render import cards, facts, glossary, lists, tables, timeline, tools, weeks
from macros.render.phrases import say
from macros.render.text import day, in_english

#: Calculators that docs/assets/javascripts/tools/calculators.js can draw.
CALCULATORS = ("call-cost", "model-memory", "vector-storage", "cache-break-even", "api-or-own", "sample-size")
#: Scripts in docs/assets/javascripts/tools/ that a page may call by tool(); others come with a macro of their own.
TOOLS = ("planner", "progress", "review", "search-lists")

#: From everything, the calling page's path and the call's arguments to Markdown.
Render = Callable[..., str]
#: What a call's first argument may be: entries by their id, or words.
Choices = Callable[[Handbook], Sequence[Named] | Sequence[str]]
#: The ids that a call puts on a page, from everything, the page's path and the first argument.
Ids = Callable[[Edition, str, str | None], list[str]]


def _no_ids(edition: Edition, page: str, argument: str | None) -> list[str]:
    return []


@dataclass(frozen=True)
class Macro:
    """One macro.

    Attributes:
        takes: what the first argument may be; None for a macro without one.
        ids: the ids of its output that links may lead to. A test compares them with the built pages.
        headed: whether it stands under a heading with the id of what it shows.
        checked_elsewhere: whether the rules of its own entity check the argument.
        wording: whether a second argument may follow: in which words the sentence goes on, or which part is shown.
        translated: whether all that it says comes from PHRASES and the data, so that a translation can say it. What does
            not is marked as English as a whole.
    """

    render: Render
    takes: Choices | None = None
    ids: Ids = _no_ids
    headed: bool = False
    checked_elsewhere: bool = False
    wording: bool = False
    translated: bool = False


def _of_page(render: Callable[..., str]) -> Render:
    """A renderer of the handbook whose links depend on the page that they stand on."""
    return lambda edition, page, *arguments: render(edition.handbook, page, *arguments)


def _of_handbook(render: Callable[..., str]) -> Render:
    """A renderer whose output is the same on every page."""
    return lambda edition, page, *arguments: render(edition.handbook, *arguments)


def _of_labs(render: Callable[..., str]) -> Render:
    """A renderer that shows files of a lab."""
    return lambda edition, page, *arguments: render(edition.handbook, edition.labs, *arguments)


def _of_labs_on_page(render: Callable[..., str]) -> Render:
    """The same with links, which depend on the page that they stand on."""
    return lambda edition, page, *arguments: render(edition.handbook, edition.labs, page, *arguments)


def _page_header(edition: Edition, page: str) -> str:
    written = edition.pages[page]
    header = cards.page_header(edition.handbook, written)
    if there := edition.translations.get(page.partition("/")[0]):
        own = there.pages[page]
        line = cards.translation_line(
            edition.handbook, page, edition.pages[own.original], own.translated, own.is_behind
        )
        return f"{line}\n\n{header}"
    return header


def _page_footer(edition: Edition, page: str) -> str:
    note = radar.note(radar.named_on(edition.radar, edition.pages[page]), page)
    if note and page.partition("/")[0] in edition.translations:
        note = in_english(note)
    return cards.page_footer(edition.handbook, page, note)


def _diagram(edition: Edition, page: str, name: str) -> str:
    there = edition.translations.get(page.partition("/")[0])
    if there is None:
        return diagrams.diagram(edition.diagrams, name)
    own = diagrams.in_words_of(edition.diagrams[name], there.language.texts)
    if own is None:
        return in_english(diagrams.diagram(edition.diagrams, name))
    return diagrams.diagram({name: own}, name, say(edition.handbook, "The figure in words"))


def _moved_ids(edition: Edition, page: str, argument: str | None) -> list[str]:
    return [old for ids in edition.handbook.moved_from(page).values() for old in ids]


def _changes(edition: Edition, page: str) -> str:
    titles = {entry.path: entry.title for entry in edition.handbook.pages}
    return history.changes(edition.history, titles, page)


def _ids(*entries: Named, prefix: str = "") -> list[str]:
    return [prefix + name for entry in entries for name in (*entry.renamed_from, entry.id)]


def _former_ids(entries: Collection[Named], wanted: str | None) -> list[str]:
    """Former ids of the entry with an id; its present one stands in a heading that somebody wrote."""
    return [old for entry in entries if entry.id == wanted for old in entry.renamed_from]


def _assessment_ids(edition: Edition, page: str, argument: str | None) -> list[str]:
    handbook = edition.handbook
    rows = [*((skill.id, skill.id) for skill in handbook.skills), (None, "all")]
    core = [(row, any(topic.kind == "core" for topic in handbook.topics_of_skill(skill))) for skill, row in rows]
    return [f"standing-{row}" for row, assessed in core if assessed]


def _phase_ids(edition: Edition, page: str, phase_id: str | None) -> list[str]:
    return _ids(*(outcome for phase in edition.handbook.phases if phase.id == phase_id for outcome in phase.outcomes))


def _glossary_ids(edition: Edition, page: str, argument: str | None) -> list[str]:
    terms = edition.handbook.glossary
    return [*_ids(*terms), *{glossary.letter_id(glossary.letter(term.term)) for term in terms}]


def _topic_index_ids(edition: Edition, page: str, argument: str | None) -> list[str]:
    handbook = edition.handbook
    rows = [skill for skill in handbook.skills if handbook.topics_of_skill(skill.id)]
    return [*_ids(*rows, prefix="row-"), *(["row-all"] if handbook.topics_of_skill(None) else [])]


def _symptom_ids(edition: Edition, page: str, argument: str | None) -> list[str]:
    found = edition.handbook.symptoms
    return [*_ids(*found), *{f"symptoms-{symptom.skill or 'all'}" for symptom in found}]


def _radar_ids(edition: Edition, page: str, argument: str | None) -> list[str]:
    entries = edition.radar.radar
    return [*_ids(*entries), *(f"kind-{kind}" for kind in radar.KINDS if any(e.kind == kind for e in entries))]


def _figure(edition: Edition, page: str, name: str) -> str:
    return figures.figure(edition.handbook, edition.figures, edition.drawn, name)


def _figure_ids(edition: Edition, page: str, name: str | None) -> list[str]:
    return _ids(*(figure for figure in edition.figures.figures if figure.id == name), prefix="figure-")


def _changes_ids(edition: Edition, page: str, argument: str | None) -> list[str]:
    changes = edition.history.history
    return [*(change.id for change in changes), *{f"on-{day(change.date)}" for change in changes}]


MACROS: dict[str, Macro] = {
    # Around a page's text.
    "page_header": Macro(_page_header, translated=True),
    "page_footer": Macro(_page_footer, ids=_moved_ids, translated=True),
    "self_check": Macro(
        _of_page(cards.self_check),
        ids=lambda edition, page, _: _ids(*edition.handbook.questions_of_page(page)),
        translated=True,
    ),
    # In a sentence.
    "fact": Macro(_of_handbook(facts.fact), takes=lambda handbook: list(facts.FACTS), translated=True),
    "phase_weeks": Macro(_of_handbook(facts.phase_weeks), takes=lambda handbook: handbook.phases, translated=True),
    "term": Macro(_of_page(glossary.term), takes=lambda handbook: handbook.glossary, wording=True, translated=True),
    "cite": Macro(_of_page(cards.cite), takes=lambda handbook: handbook.sources, translated=True),
    # What introduces a row, a topic, a phase, a project.
    "skill_header": Macro(_of_page(cards.skill_header), takes=lambda handbook: handbook.skills, translated=True),
    "topic": Macro(
        _of_page(cards.topic),
        takes=lambda handbook: handbook.topics,
        ids=lambda edition, page, topic_id: _former_ids(edition.handbook.topics, topic_id),
        headed=True,
        translated=True,
    ),
    "phase_summary": Macro(_of_page(cards.phase_summary), takes=lambda handbook: handbook.phases, ids=_phase_ids),
    "week_plan": Macro(_of_page(weeks.week_plan), takes=lambda handbook: handbook.phases),
    "project": Macro(
        _of_page(weeks.project),
        takes=lambda handbook: handbook.projects,
        ids=lambda edition, page, project_id: _former_ids(edition.handbook.projects, project_id),
        headed=True,
    ),
    "project_rubric": Macro(_of_handbook(weeks.project_rubric), takes=lambda handbook: handbook.projects),
    "stage": Macro(
        _of_handbook(weeks.stage),
        takes=lambda handbook: handbook.stages,
        ids=lambda edition, page, stage_id: _former_ids(edition.handbook.stages, stage_id),
        headed=True,
    ),
    # Whole tables and lists.
    "row_topics": Macro(_of_page(lists.row_topics), takes=lambda handbook: handbook.skills, translated=True),
    "skills_map": Macro(_of_page(lists.skills_map), translated=True),
    "skills_grid": Macro(_of_page(lists.skills_grid), translated=True),
    "skills_table": Macro(_of_page(tables.skills_table)),
    "timeline": Macro(_of_page(timeline.timeline), translated=True),
    "phases_table": Macro(_of_page(tables.phases_table)),
    "strengths": Macro(_of_handbook(lists.strengths)),
    "challenges": Macro(_of_page(lists.challenges)),
    "positioning": Macro(_of_page(lists.positioning)),
    "portfolio": Macro(_of_page(lists.portfolio)),
    "symptoms": Macro(_of_page(lists.symptoms), ids=_symptom_ids),
    "row_sheets": Macro(
        _of_page(lists.row_sheets), ids=lambda edition, page, _: [f"sheet-{s.id}" for s in edition.handbook.skills]
    ),
    "community": Macro(_of_page(lists.community)),
    "topic_index": Macro(_of_page(tables.topic_index), ids=_topic_index_ids),
    "glossary": Macro(_of_page(glossary.glossary), ids=_glossary_ids),
    "sources_table": Macro(
        _of_page(tables.sources_table), ids=lambda edition, page, _: _ids(*edition.handbook.sources)
    ),
    "specializations_table": Macro(
        _of_handbook(tools.specializations_table),
        ids=lambda edition, page, _: _ids(*edition.handbook.specializations),
    ),
    "radar": Macro(lambda edition, page: radar.radar(edition.radar), ids=_radar_ids),
    "changes": Macro(_changes, ids=_changes_ids),
    "diagram": Macro(_diagram, checked_elsewhere=True, translated=True),
    "figure": Macro(_figure, ids=_figure_ids, checked_elsewhere=True),
    # Examples.
    "example": Macro(
        lambda edition, page, *what: examples.example(edition.handbook, edition.examples, page, *what),
        checked_elsewhere=True,
        wording=True,
    ),
    "output": Macro(
        lambda edition, page, *what: examples.output(edition.handbook, edition.examples, *what),
        checked_elsewhere=True,
        wording=True,
    ),
    "exchange": Macro(
        lambda edition, page, name: examples.exchange(edition.handbook, edition.examples, name),
        checked_elsewhere=True,
        translated=True,
    ),
    # Labs.
    "labs_table": Macro(_of_labs_on_page(labs.labs_table)),
    "lab_card": Macro(_of_labs_on_page(labs.lab_card), takes=lambda handbook: handbook.labs),
    "lab_hints": Macro(_of_handbook(labs.lab_hints), takes=lambda handbook: handbook.labs),
    "lab_tests": Macro(_of_labs(labs.lab_tests), takes=lambda handbook: handbook.labs),
    "lab_solution": Macro(_of_labs_on_page(labs.lab_solution), takes=lambda handbook: handbook.labs),
    # For readers who plan and keep count.
    "assessment": Macro(_of_page(tools.assessment), ids=_assessment_ids),
    "assessment_time": Macro(_of_handbook(tools.assessment_time)),
    "plan_table": Macro(_of_page(tools.plan_table)),
    "checklist": Macro(
        _of_page(tools.checklist),
        ids=lambda edition, page, _: [f"ticks-{phase.id}" for phase in edition.handbook.phases],
    ),
    "calculator": Macro(lambda edition, page, name: cards.calculator(name), takes=lambda handbook: CALCULATORS),
    "tool": Macro(lambda edition, page, name: cards.tool(name), takes=lambda handbook: TOOLS),
}


def register(env: Any, edition: Edition) -> None:
    """Register every macro for pages.

    Args:
        env: the environment of mkdocs-macros, or Zensical's.
    """

    def page() -> str:
        # MkDocs knows a page by its file, Zensical by its path.
        return getattr(env.page, "path", None) or env.page.file.src_uri

    translated = {code: edition.seen_from(f"{code}/") for code in edition.translations}

    def rendered(macro: Macro, *arguments: str) -> str:
        seen = translated.get(page().partition("/")[0])
        text = macro.render(seen or edition, page(), *arguments)
        return text if seen is None or macro.translated else in_english(text)

    for name, macro in MACROS.items():
        env.macro(functools.partial(rendered, macro), name)
