"""Figures of the data as running text, so that no page types a number that can change."""

from __future__ import annotations

import math
from collections.abc import Callable

from macros.data.handbook import Handbook
from macros.render.cards import WORDS_PER_MINUTE
from macros.render.text import day, hours_text, in_words, span, weeks_text


def assessment_minutes(handbook: Handbook) -> int:
    """Minutes for reading the self-assessment: the goals of core topics, and the questions with their options."""
    texts = [f"{topic.title} {topic.outcome}" for topic in handbook.topics if topic.kind == "core"]
    texts += [" ".join([question.question, *question.options]) for question in handbook.assessment]
    return math.ceil(sum(len(text.split()) for text in texts) / WORDS_PER_MINUTE)


def _minutes(number: int) -> str:
    return f"{in_words(number)} minute{'' if number == 1 else 's'}"


#: Each figure by the name that pages call it by.
FACTS: dict[str, Callable[[Handbook], str]] = {
    "months": lambda book: f"{span(book.handbook.months.min, book.handbook.months.max)} months",
    "role_after": lambda book: f"about {book.handbook.role_after_months} months",
    "pace": lambda book: f"{book.handbook.hours_per_week} hours a week",
    "weeks": lambda book: weeks_text(book.total_weeks()),
    "hours": lambda book: hours_text(book.all_hours()),
    "skills": lambda book: in_words(len(book.skills)),
    "topics": lambda book: in_words(len(book.topics)),
    "labs": lambda book: in_words(len(book.labs)),
    "sources": lambda book: in_words(len(book.sources)),
    "terms": lambda book: in_words(len(book.glossary)),
    "phases": lambda book: in_words(len(book.phases)),
    "assessment": lambda book: _minutes(assessment_minutes(book)),
    "reviewed": lambda book: day(book.handbook.reviewed),
}


def fact(handbook: Handbook, name: str) -> str:
    """One of FACTS by its name."""
    return FACTS[name](handbook)


def phase_weeks(handbook: Handbook, phase_id: str) -> str:
    """A phase's length in weeks."""
    return weeks_text(handbook.phase(phase_id).weeks)
