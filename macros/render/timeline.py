"""The roadmap on one time axis: an ordered list that is drawn as a chart.

Each phase has two lanes, the fastest and the slowest path. Behind every lane lie the range of months and the mark
that the source article reports. Positions are weeks, handed to the style sheet as custom properties.
"""

from __future__ import annotations

from macros.data.handbook import WEEKS_PER_MONTH, Handbook
from macros.render.text import inline, link, span


def timeline(handbook: Handbook, page: str) -> str:
    about = handbook.handbook
    axis = about.months.max * WEEKS_PER_MONTH
    first, last = about.months.min * WEEKS_PER_MONTH, axis
    mark = about.role_after_months * WEEKS_PER_MONTH
    weeks = handbook.total_weeks()

    months = "".join(
        f'<span style="--at:{month * WEEKS_PER_MONTH:.2f}">{month}</span>' for month in range(1, about.months.max + 1)
    )
    ticks = "".join(f'<span style="--at:{week}">{week}</span>' for week in range(4, int(axis) + 1, 4))
    items: list[str] = []
    fast = slow = 0
    for number, phase in enumerate(handbook.phases, 1):
        title = phase.title if phase.title.startswith("Phase") else f"Phase {number}: {phase.title}"
        items += [
            '<li markdown="1">',
            "",
            f'<p class="timeline__name" markdown="span">{link(title, page, phase.page)}'
            f' <span class="timeline__length">{span(phase.weeks.min, phase.weeks.max)} weeks</span></p>',
            _lane("fast", "Fastest path", fast, fast + phase.weeks.min, axis),
            _lane("slow", "Slowest path", slow, slow + phase.weeks.max, axis),
            "",
            "</li>",
        ]
        fast, slow = fast + phase.weeks.min, slow + phase.weeks.max
    return "\n".join(
        [
            f'<div class="timeline" style="--axis:{axis:.2f};--first:{first:.2f};--last:{last:.2f};--mark:{mark:.2f}" markdown="1">',
            "",
            f'<div class="timeline__axis" aria-hidden="true"><b>months</b>{months}</div>',
            '<ol class="timeline__phases" markdown="1">',
            *items,
            "</ol>",
            f'<div class="timeline__axis timeline__axis--weeks" aria-hidden="true"><b>weeks</b>{ticks}</div>',
            '<ul class="timeline__legend">',
            f'<li class="key-fast">Fastest path: {weeks.min} weeks, {weeks.min / WEEKS_PER_MONTH:.1f} months</li>',
            f'<li class="key-slow">Slowest path: {weeks.max} weeks, {weeks.max / WEEKS_PER_MONTH:.1f} months</li>',
            f'<li class="key-range">{span(about.months.min, about.months.max)} months of focused learning, as the source article reports</li>',
            f'<li class="key-mark">About {about.role_after_months} months: many people find a role, as the source article reports</li>',
            "</ul>",
            f'<p class="timeline__note">Counted at {about.hours_per_week} hours a week, {inline(about.pace)}. Weeks follow the article; hours are estimates of this handbook.</p>',
            "",
            "</div>",
        ]
    )


def _lane(kind: str, name: str, start: int, end: int, axis: float) -> str:
    # A label that would leave the axis on its right stands on the left of its bar.
    side = " timeline__lane--late" if end > 0.7 * axis else ""
    weeks = f"week {end}" if end - start == 1 else f"weeks {start + 1}–{end}"
    return (
        f'<p class="timeline__lane timeline__lane--{kind}{side}" style="--from:{start};--to:{end}">'
        f'<span class="timeline__bar"></span><span class="timeline__label">'
        f'<span class="for-screen-readers">{name}: </span>{weeks}</span></p>'
    )
