"""Rules on wording: outcomes start with a verb, texts are plain, dates exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from macros.data.handbook import Handbook
from macros.data.manuscript import Pages
from macros.data.problems import KeyPath, Problem, check_plain_text, choices
from macros.rules.ids import entries

#: Verbs that an outcome may start with. Each names something that another person could watch.
OUTCOME_VERBS = frozenset(
    [
        "Add",
        "Attribute",
        "Bound",
        "Build",
        "Calculate",
        "Call",
        "Change",
        "Check",
        "Choose",
        "Compare",
        "Compute",
        "Cut",
        "Decide",
        "Define",
        "Demonstrate",
        "Deploy",
        "Draw",
        "Explain",
        "Find",
        "Give",
        "Justify",
        "Let",
        "List",
        "Look",
        "Lower",
        "Make",
        "Measure",
        "Merge",
        "Migrate",
        "Name",
        "Order",
        "Pick",
        "Pin",
        "Place",
        "Plan",
        "Predict",
        "Prepare",
        "Publish",
        "Rank",
        "Read",
        "Recognize",
        "Release",
        "Repair",
        "Replace",
        "Report",
        "Reproduce",
        "Rewrite",
        "Route",
        "Say",
        "See",
        "Send",
        "Separate",
        "Set",
        "Show",
        "Sketch",
        "Stop",
        "Stream",
        "Take",
        "Tell",
        "Trace",
        "Treat",
        "Turn",
        "Use",
        "Verify",
        "Write",
    ]
)


def check_outcomes_start_with_a_verb(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """An outcome that nobody can watch is a wish."""
    for path, entry in entries(handbook):
        texts: list[tuple[KeyPath, str | None]] = [(("outcome",), getattr(entry, "outcome", None))]
        if path[:1] == ("pages",) and hasattr(entry, "outcomes"):
            texts += [(("outcomes", i), text) for i, text in enumerate(entry.outcomes)]
        for step, text in texts:
            if text and (first := text.split()[0]) not in OUTCOME_VERBS:
                yield Problem(
                    (*path, *step), first, "is not a verb that an outcome may start with",
                    f"{choices(first, sorted(OUTCOME_VERBS))}, or add it to OUTCOME_VERBS in macros/rules/words.py",
                )  # fmt: skip


def check_no_markup(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Text of the data reaches pages: a tag or a macro in it would be carried out there."""
    for path, entry in entries(handbook):
        yield from check_plain_text(entry, path)


def check_published_dates(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A date that does not exist makes the whole source doubtful."""
    for index, source in enumerate(handbook.sources):
        if source.published:
            padded = source.published + "-01" * (2 - source.published.count("-"))
            try:
                date.fromisoformat(padded)
            except ValueError:
                yield Problem(
                    ("sources", index, "published"), source.published, "is not a date of the calendar", "correct it"
                )
