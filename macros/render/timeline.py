"""The roadmap on one time axis: an ordered list that is drawn as a chart.

Each phase has two lanes, the fastest and the slowest path. Behind every lane lie the range of months and the mark
that the source article reports. Positions are weeks, handed to the style sheet as custom properties.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from macros.data.handbook import WEEKS_PER_MONTH, Handbook
from macros.render.phrases import say, weeks
from macros.render.template import templates
from macros.render.text import phase_title, span

_TEMPLATES = templates(Path(__file__).parent)

#: Beyond this share of the axis a label would leave it on the right, so it stands on the left of its bar.
LATE = 0.7


class _Lane(NamedTuple):
    """One path through a phase: its kind for the style sheet, its name, and the weeks where it begins and ends."""

    kind: str
    name: str
    start: int
    end: int
    late: bool
    weeks: str


class _Row(NamedTuple):
    """One phase on the axis."""

    title: str
    page: str
    length: str
    lanes: list[_Lane]


def mark_text(handbook: Handbook) -> str:
    """What the mark on the axis means."""
    phrase = "About {months} months: many people find a role, as the source article reports"
    return say(handbook, phrase, months=handbook.handbook.role_after_months)


def timeline(handbook: Handbook, page: str) -> str:
    """All phases on one axis of weeks, each with its fastest and its slowest path."""
    about = handbook.handbook
    axis = about.months.max * WEEKS_PER_MONTH

    def lane(kind: str, name: str, start: int, length: int) -> _Lane:
        end = start + length
        phrase = "week {number}" if length == 1 else "weeks {first}–{last}"
        weeks = say(handbook, phrase, number=end, first=start + 1, last=end)
        return _Lane(kind, name, start, end, end > LATE * axis, weeks)

    rows: list[_Row] = []
    fast = slow = 0
    for number, phase in enumerate(handbook.phases, 1):
        title = phase_title(number, phase.title, say(handbook, "Phase {number}", number=number))
        lanes = [
            lane("fast", say(handbook, "Fastest path"), fast, phase.weeks.min),
            lane("slow", say(handbook, "Slowest path"), slow, phase.weeks.max),
        ]
        rows.append(_Row(title, phase.page, weeks(handbook, phase.weeks), lanes))
        fast, slow = fast + phase.weeks.min, slow + phase.weeks.max
    return _TEMPLATES.get_template("timeline.html").render(
        about=about,
        axis=axis,
        first=about.months.min * WEEKS_PER_MONTH,
        mark=about.role_after_months * WEEKS_PER_MONTH,
        mark_text=mark_text(handbook),
        months=[(month * WEEKS_PER_MONTH, month) for month in range(1, about.months.max + 1)],
        months_span=span(about.months.min, about.months.max),
        page=page,
        say=lambda phrase, **values: Markup(say(handbook, phrase, **values)),
        phases=rows,
        ticks=range(4, int(axis) + 1, 4),
        weeks=handbook.total_weeks(),
        weeks_per_month=WEEKS_PER_MONTH,
    )
