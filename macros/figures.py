"""Figures of the data as running text, so that no page types a number that can change."""

from __future__ import annotations

from macros.model import Handbook, HourRange, WeekRange, total_hours
from macros.text import day, hours_text, in_words, span, weeks_text


def total_weeks(handbook: Handbook) -> WeekRange:
    """Length of all phases, fastest and slowest path."""
    return WeekRange.model_construct(
        min=sum(p.weeks.min for p in handbook.phases), max=sum(p.weeks.max for p in handbook.phases)
    )


def all_hours(handbook: Handbook) -> HourRange:
    """Core topics and projects of all phases."""
    return total_hours([handbook.core_hours(p.id) for p in handbook.phases])


def fact(handbook: Handbook, name: str) -> str:
    """One figure by name; the names are rules.FACTS."""
    about = handbook.handbook
    return {
        "months": f"{span(about.months.min, about.months.max)} months",
        "role_after": f"about {about.role_after_months} months",
        "pace": f"{about.hours_per_week} hours a week",
        "weeks": weeks_text(total_weeks(handbook)),
        "hours": hours_text(all_hours(handbook)),
        "skills": in_words(len(handbook.skills)),
        "topics": in_words(len(handbook.topics)),
        "terms": in_words(len(handbook.glossary)),
        "phases": in_words(len(handbook.phases)),
        "reviewed": day(about.reviewed),
    }[name]


def phase_weeks(handbook: Handbook, phase_id: str) -> str:
    return weeks_text(handbook.phase(phase_id).weeks)
