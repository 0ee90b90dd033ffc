"""Called by mkdocs-macros: load and check the data once, then register the renderers. Nothing else lives here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError

from macros import diagrams, figures, glossary, history, labs, lists, page_parts, plan, radar, reader, tables, timeline
from macros.check import Checked, load_checked
from macros.problems import DataError, print_annotations


def define_env(env: Any) -> None:
    """Register the renderers. Raises PluginError with every problem of the data, so that nothing is built from it."""
    try:
        checked = load_checked(Path(env.project_dir))
    except DataError as error:
        print_annotations(error)
        raise PluginError(str(error)) from None
    register(env, checked)


def register(env: Any, checked: Checked) -> None:
    """Register the renderers on data that is in order."""
    handbook, pages, watched, drawings, changes, exercises = checked

    def page() -> str:
        # MkDocs knows a page by its file, Zensical by its path.
        return getattr(env.page, "path", None) or env.page.file.src_uri

    # Renderers take the data, then what they need of the calling page, then what the page says.
    for function in (
        tables.skills_table, tables.phases_table, tables.topic_index, tables.sources_table, lists.skills_map,
        lists.challenges, lists.positioning, lists.portfolio, lists.community, timeline.timeline, glossary.glossary,
        glossary.term, page_parts.page_footer, page_parts.self_check, page_parts.skill_header,
        page_parts.phase_summary, page_parts.topic, page_parts.cite, plan.week_plan,
        reader.assessment, reader.plan_table, reader.checklist, labs.lab_card, labs.labs_table,
    ):  # fmt: skip
        env.macro(lambda *arguments, render=function: render(handbook, page(), *arguments), function.__name__)
    for function in (
        lists.strengths,
        figures.fact,
        figures.phase_weeks,
        plan.project,
        reader.specializations_table,
        labs.lab_hints,
    ):
        env.macro(lambda *arguments, render=function: render(handbook, *arguments), function.__name__)
    env.macro(
        lambda: page_parts.page_header(handbook, pages[page()], radar.named_on(watched, pages[page()])), "page_header"
    )
    for shown in (labs.lab_tests, labs.lab_solution):
        env.macro(lambda *arguments, render=shown: render(handbook, exercises, *arguments), shown.__name__)
    env.macro(page_parts.calculator, "calculator")
    env.macro(page_parts.tool, "tool")
    env.macro(lambda: radar.radar(watched), "radar")
    titles = {entry.path: entry.title for entry in handbook.pages}
    env.macro(lambda: history.changes(changes, titles, page()), "changes")
    env.macro(lambda name: diagrams.diagram(drawings, name), "diagram")
