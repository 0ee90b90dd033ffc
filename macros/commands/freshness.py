"""What is due for another look on a given day: sources, radar entries, ends that have come, translations."""

from __future__ import annotations

from datetime import date, timedelta

from macros.data.paths import DATA, RADAR, SOURCES
from macros.entities.edition import Edition
from macros.rules.translations import behind

#: Days after which the whole handbook is due for a review.
HANDBOOK_DAYS = 180


def freshness(edition: Edition, today: date) -> list[str]:
    """One line for each thing that is due on a day, oldest first, and for each translation that its original has left behind.

    Args:
        edition: the data.
        today: the day to judge by; a parameter, because a report must be repeatable.
    """
    handbook = edition.handbook
    items = [(handbook.handbook.reviewed, HANDBOOK_DAYS, DATA, "handbook.reviewed")]
    items += [(s.checked, s.review_days, SOURCES, f"sources[{s.id}]: {s.supports}") for s in handbook.sources]
    items += [(e.checked, e.review_days, RADAR, f"radar[{e.id}]: {e.says}") for e in edition.radar.radar]
    due = [
        (day, f"{file} {what} (checked {day.isoformat()}, due {(day + timedelta(days)).isoformat()})")
        for day, days, file, what in items
        if day + timedelta(days) <= today
    ]
    due += [
        (e.ends, f"{RADAR} radar[{e.id}]: its end, {e.ends.isoformat()}, came after it was checked: say what happened")
        for e in edition.radar.radar
        if e.ends and e.checked < e.ends <= today
    ]
    found = [line for there in edition.translations.values() for line in behind(there)]
    return [*(line for _, line in sorted(due)), *found]
