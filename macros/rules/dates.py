"""Rules on dates: they exist, and what is said to have happened lies in the past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from macros.data.handbook import Handbook
from macros.data.manuscript import Pages
from macros.data.problems import KeyPath, Problem
from macros.entities.edition import Edition


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


def check_past_dates(edition: Edition, today: date) -> Iterator[Problem]:
    """What has been checked, reviewed or published has been so by today. A slip in the year would hide it from review.

    Args:
        today: the day where the command runs. Somebody else may be a day ahead.
    """
    dates: list[tuple[KeyPath, date]] = [(("handbook", "reviewed"), edition.handbook.handbook.reviewed)]
    dates += [(("sources", i, "checked"), source.checked) for i, source in enumerate(edition.handbook.sources)]
    dates += [(("radar", i, "checked"), entry.checked) for i, entry in enumerate(edition.radar.radar)]
    dates += [(("history", i, "date"), change.date) for i, change in enumerate(edition.history.history)]
    for path, day in dates:
        if day > today + timedelta(days=1):
            yield Problem(path, day, "lies in the future", f"write the day on which it happened; today is {today}")
