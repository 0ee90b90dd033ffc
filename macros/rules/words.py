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
    """An outcome starts with one of OUTCOME_VERBS.

    A reader, or somebody else, has to be able to see whether it has been reached.
    """
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
    """Texts of the data are plain: no tags, entities, macros or links.

    They reach pages, where markup in them would be carried out.
    """
    for path, entry in entries(handbook):
        yield from check_plain_text(entry, path)


def check_published_dates(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """The date of a source's publication exists in the calendar.

    A date that does not exist makes the whole source doubtful.
    """
    for index, source in enumerate(handbook.sources):
        if source.published:
            padded = source.published + "-01" * (2 - source.published.count("-"))
            try:
                date.fromisoformat(padded)
            except ValueError:
                yield Problem(
                    ("sources", index, "published"), source.published, "is not a date of the calendar", "correct it"
                )
