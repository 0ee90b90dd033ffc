"""Figures of the data as running text, so that no page types a number that can change."""

from __future__ import annotations

from collections.abc import Callable

from macros.data.handbook import Handbook
from macros.render.phrases import hours, say, weeks
from macros.render.text import NUMBERS, day, in_words, span
from macros.render.tools import assessment_ways


def _assessment(handbook: Handbook) -> str:
    """How long the self-assessment takes the readers whose way is counted; the longest way that there is, is told apart."""
    minutes = [way.minutes for way in assessment_ways(handbook)[:-1]]
    least, most = min(minutes), max(minutes)
    if least == most:
        return _minutes(handbook, most)
    return say(handbook, "{least} to {most}", least=_words(handbook, least), most=_minutes(handbook, most))


def _minutes(handbook: Handbook, number: int) -> str:
    return say(handbook, "{number} minute" if number == 1 else "{number} minutes", number=_words(handbook, number))


def _words(handbook: Handbook, number: int) -> str:
    words = in_words(number)
    return say(handbook, words) if words in NUMBERS else words


#: Each figure by the name that pages call it by.
FACTS: dict[str, Callable[[Handbook], str]] = {
    "months": lambda book: say(
        book, "{months} months", months=span(book.handbook.months.min, book.handbook.months.max)
    ),
    "role_after": lambda book: say(book, "about {months} months", months=book.handbook.role_after_months),
    "pace": lambda book: say(book, "{hours} hours a week", hours=book.handbook.hours_per_week),
    "weeks": lambda book: weeks(book, book.total_weeks()),
    "hours": lambda book: hours(book, book.all_hours()),
    "skills": lambda book: _words(book, len(book.skills)),
    "topics": lambda book: _words(book, len(book.topics)),
    "labs": lambda book: _words(book, len(book.labs)),
    "sources": lambda book: _words(book, len(book.sources)),
    "terms": lambda book: _words(book, len(book.glossary)),
    "phases": lambda book: _words(book, len(book.phases)),
    "assessment": _assessment,
    "reviewed": lambda book: day(book.handbook.reviewed),
}


def fact(handbook: Handbook, name: str) -> str:
    """One of FACTS by its name."""
    return FACTS[name](handbook)


def phase_weeks(handbook: Handbook, phase_id: str) -> str:
    """A phase's length in weeks."""
    return weeks(handbook, handbook.phase(phase_id).weeks)
