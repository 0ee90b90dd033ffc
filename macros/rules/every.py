"""Every rule of the course, in the order in which they run."""

from __future__ import annotations

from macros.data.handbook import Handbook
from macros.data.manuscript import Pages
from macros.data.problems import Problem
from macros.rules.dates import check_published_dates
from macros.rules.ids import Rule, check_references, check_unique_ids
from macros.rules.pages import (
    check_former_addresses,
    check_former_ids_stay,
    check_headings,
    check_macro_calls,
    check_page_frame,
    check_pages_exist,
    check_phases_are_introduced,
    check_projects_are_introduced,
    check_rows_are_introduced,
    check_sources_are_cited,
    check_topics_are_introduced,
)
from macros.rules.teaching import (
    check_assessment,
    check_every_gap_is_taught,
    check_rubrics,
    check_specializations,
    check_stages,
)
from macros.rules.weeks import (
    check_core_needs_core,
    check_outcomes_cover_phase,
    check_phase_hours,
    check_phases_inside_total,
    check_plan_covers_phase,
    check_plan_length,
    check_plan_order,
    check_plan_pace,
    check_prerequisite_cycles,
    check_prerequisites_not_later,
    check_range_order,
    check_role_inside_total,
)
from macros.rules.words import (
    check_definitions,
    check_frame_words,
    check_no_markup,
    check_outcomes_start_with_a_verb,
)
from macros.rules.writing import (
    check_fences,
    check_outline,
    check_page_length,
    check_slips,
    check_tables,
    check_template_calls,
)

RULES: tuple[Rule, ...] = (
    check_unique_ids,
    check_references,
    check_pages_exist,
    check_headings,
    check_former_ids_stay,
    check_former_addresses,
    check_range_order,
    check_phases_inside_total,
    check_role_inside_total,
    check_phase_hours,
    check_prerequisite_cycles,
    check_prerequisites_not_later,
    check_core_needs_core,
    check_every_gap_is_taught,
    check_outcomes_cover_phase,
    check_plan_length,
    check_plan_covers_phase,
    check_plan_order,
    check_plan_pace,
    check_rubrics,
    check_stages,
    check_specializations,
    check_assessment,
    check_outcomes_start_with_a_verb,
    check_frame_words,
    check_no_markup,
    check_definitions,
    check_published_dates,
    check_macro_calls,
    check_page_frame,
    check_topics_are_introduced,
    check_rows_are_introduced,
    check_phases_are_introduced,
    check_projects_are_introduced,
    check_sources_are_cited,
    check_template_calls,
    check_fences,
    check_slips,
    check_outline,
    check_tables,
    check_page_length,
)


def check(handbook: Handbook, pages: Pages) -> list[Problem]:
    """Problems of every rule."""
    return [problem for rule in RULES for problem in rule(handbook, pages)]
