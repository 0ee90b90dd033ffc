"""Figures of the data as running text, so that no page types a number that can change."""

from __future__ import annotations

from collections.abc import Callable

from macros.data.handbook import Handbook
from macros.render.text import day, hours_text, in_words, span, weeks_text

#: Each figure by the name that pages call it by.
FACTS: dict[str, Callable[[Handbook], str]] = {
    "months": lambda book: f"{span(book.handbook.months.min, book.handbook.months.max)} months",
    "role_after": lambda book: f"about {book.handbook.role_after_months} months",
    "pace": lambda book: f"{book.handbook.hours_per_week} hours a week",
    "weeks": lambda book: weeks_text(book.total_weeks()),
    "hours": lambda book: hours_text(book.all_hours()),
    "skills": lambda book: in_words(len(book.skills)),
    "topics": lambda book: in_words(len(book.topics)),
    "terms": lambda book: in_words(len(book.glossary)),
    "phases": lambda book: in_words(len(book.phases)),
    "reviewed": lambda book: day(book.handbook.reviewed),
}


def fact(handbook: Handbook, name: str) -> str:
    """One of FACTS by its name."""
    return FACTS[name](handbook)


def phase_weeks(handbook: Handbook, phase_id: str) -> str:
    """A phase's length in weeks."""
    return weeks_text(handbook.phase(phase_id).weeks)
