"""Rules on time: ranges, hours of phases, prerequisites, the plan week by week."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from math import ceil

from macros.data.handbook import WEEKS_PER_MONTH, Handbook, Phase
from macros.data.manuscript import Pages
from macros.data.problems import Problem
from macros.render.text import listed, span
from macros.rules.ids import entries


def check_range_order(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Ranges of hours, weeks and months are in order: min ≤ likely ≤ max.

    Otherwise a bar of the timeline would be drawn inside out.
    """
    for path, entry in entries(handbook):
        found = [(name, getattr(entry, name, None)) for name in ("min", "likely", "max")]
        values = [(name, value) for name, value in found if isinstance(value, int | float)]
        for (low, smaller), (high, larger) in itertools.pairwise(values):
            if smaller > larger:
                yield Problem((*path, low), smaller, f"is larger than {high} ({larger:g})", f"make {low} ≤ {high}")


def check_phases_inside_total(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """The weeks of all phases lie inside the total of months.

    Otherwise the roadmap would promise a length that its own phases do not add up to.
    """
    months, role = handbook.handbook.months, handbook.handbook.role_after_months
    # Where hours ask for other weeks, with those: a new pace is then repaired in one go.
    weeks = [_weeks_of_hours(handbook, phase) or (phase.weeks.min, phase.weeks.max) for phase in handbook.phases]
    shortest, longest = (sum(ends) for ends in zip(*weeks, strict=True))
    first, last = months.min * WEEKS_PER_MONTH, months.max * WEEKS_PER_MONTH
    if shortest < first or longest > last:
        least, most = max(1, int(shortest / WEEKS_PER_MONTH)), ceil(longest / WEEKS_PER_MONTH)
        inside = "" if least <= role <= most else ", with role_after_months inside them"
        yield Problem(
            ("phases",),
            f"{shortest}–{longest} weeks",
            f"does not lie inside {months.min}–{months.max} months ({first:.1f}–{last:.1f} weeks)",
            f"change the weeks of a phase, or write months: {{ min: {least}, max: {most} }} under handbook{inside}",
        )


def check_role_inside_total(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """The month of a first role lies inside the total of months.

    Otherwise the timeline's mark would stand outside its range.
    """
    about = handbook.handbook
    if not about.months.min <= about.role_after_months <= about.months.max:
        yield Problem(
            ("handbook", "role_after_months"), about.role_after_months,
            f"does not lie inside {about.months.min}–{about.months.max} months", "change one of the two",
        )  # fmt: skip


def check_phase_hours(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """The core hours of a phase, at the stated pace, lie inside its weeks.

    Otherwise a plan made from the hours would not end in the weeks that the roadmap shows.
    """
    pace = handbook.handbook.hours_per_week
    for index, phase in enumerate(handbook.phases):
        if weeks := _weeks_of_hours(handbook, phase):
            hours = handbook.core_hours(phase.id)
            yield Problem(
                ("phases", index, "weeks"),
                f"{hours.min:g}–{hours.max:g} hours of core topics and project",
                f"does not lie inside {phase.weeks.min * pace}–{phase.weeks.max * pace} hours "
                f"({phase.weeks.min}–{phase.weeks.max} weeks of {pace} hours)",
                f"write weeks: {{ min: {weeks[0]}, max: {weeks[1]} }}, or change hours of the phase's topics or project",
            )


def _weeks_of_hours(handbook: Handbook, phase: Phase) -> tuple[int, int] | None:
    """The weeks that a phase's hours take at the stated pace; None when its own weeks hold them."""
    pace, hours = handbook.handbook.hours_per_week, handbook.core_hours(phase.id)
    if phase.weeks.min * pace <= hours.min and hours.max <= phase.weeks.max * pace:
        return None
    return max(1, int(hours.min / pace)), ceil(hours.max / pace)


def check_prerequisite_cycles(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Prerequisites of topics form no circle.

    Otherwise a reader could never start: each topic of the circle waits for another.
    """
    requires = {t.id: t.requires for t in handbook.topics}
    index = {t.id: i for i, t in enumerate(handbook.topics)}
    done: set[str] = set()
    for start in requires:
        # An explicit stack: a long chain must not end in a RecursionError.
        trail: list[str] = []
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            topic, leaving = stack.pop()
            if leaving:
                trail.pop()
                done.add(topic)
            elif topic in trail:
                circle = [*trail[trail.index(topic) :], topic]
                yield Problem(
                    ("topics", index[trail[-1]], "requires"), topic,
                    f"closes a circle of prerequisites ({' → '.join(circle)})", "remove one of these links",
                )  # fmt: skip
                return
            elif topic not in done and topic in requires:
                trail.append(topic)
                stack.append((topic, True))
                stack += [(needed, False) for needed in requires[topic]]


def check_prerequisites_not_later(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A topic requires no topic of a later phase.

    Otherwise a reader of phase 1 would be sent to phase 3 first.
    """
    order = {p.id: i for i, p in enumerate(handbook.phases)}
    phase = {t.id: t.phase for t in handbook.topics}
    for i, topic in enumerate(handbook.topics):
        for j, needed in enumerate(topic.requires):
            if order.get(phase.get(needed, ""), -1) > order.get(topic.phase, len(order)):
                yield Problem(
                    ("topics", i, "requires", j), needed, f"belongs to {phase[needed]}, later than {topic.phase}",
                    "move one of the two topics, or drop the prerequisite",
                )  # fmt: skip


def check_core_needs_core(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A core topic requires no topic in depth.

    Otherwise everybody's plan would begin with something that is in nobody's plan.
    """
    kinds = {topic.id: topic.kind for topic in handbook.topics}
    for i, topic in enumerate(handbook.topics):
        for j, needed in enumerate(topic.requires):
            if topic.kind == "core" and kinds.get(needed) == "depth":
                yield Problem(
                    ("topics", i, "requires", j), needed, f"is a topic in depth, and {topic.id} is core",
                    f"write kind: core for {needed} as well, or drop the prerequisite",
                )  # fmt: skip


def check_outcomes_cover_phase(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Outcomes of a phase name every core topic of it, and topics of no other phase.

    A core topic that no outcome needs would be work without a reason.
    """
    phase_of = {t.id: t.phase for t in handbook.topics}
    for i, phase in enumerate(handbook.phases):
        for j, outcome in enumerate(phase.outcomes):
            for k, topic_id in enumerate(outcome.topics):
                if phase_of.get(topic_id, phase.id) != phase.id:
                    yield Problem(
                        ("phases", i, "outcomes", j, "topics", k), topic_id,
                        f"belongs to {phase_of[topic_id]}, not to {phase.id}", "name a topic of this phase",
                    )  # fmt: skip
    for i, topic in enumerate(handbook.topics):
        own = next((p for p in handbook.phases if p.id == topic.phase), None)
        # A topic that is named by its old id is told of there (check_references).
        names = {topic.id, *topic.renamed_from}
        if own and topic.kind == "core" and not any(names & {*outcome.topics} for outcome in own.outcomes):
            yield Problem(
                ("topics", i, "id"), topic.id, f"is in no outcome of {topic.phase}",
                f"add it to `topics` of one of {_outcome_ids(own)}",
            )  # fmt: skip


def check_plan_length(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A phase's plan has as many weeks as the phase.

    Otherwise the plan would contradict the roadmap above it.
    """
    for i, phase in enumerate(handbook.phases):
        if not phase.weeks.min <= len(phase.plan) <= phase.weeks.max:
            yield Problem(
                ("phases", i, "plan"), f"{len(phase.plan)} weeks",
                f"does not lie inside the phase's {phase.weeks.min}–{phase.weeks.max} weeks",
                "merge or split weeks of the plan",
            )  # fmt: skip


def check_plan_covers_phase(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Each core topic and each project hour of a phase has a week in its plan.

    What has no week would never be learned, or be worked at night.
    """
    for i, phase in enumerate(handbook.phases):
        topics = [t for t in handbook.topics if t.phase == phase.id and t.kind == "core"]
        own = [t.id for t in topics]
        planned = {topic for week in phase.plan for topic in week.topics}
        for topic in topics:
            if not planned & {topic.id, *topic.renamed_from}:
                yield Problem(
                    ("phases", i, "plan"), topic.id, "stands in no week of the plan", "add it to `topics` of a week"
                )
        for j, week in enumerate(phase.plan):
            for k, topic_id in enumerate(week.topics):
                if topic_id not in own and any(t.id == topic_id for t in handbook.topics):
                    yield Problem(
                        ("phases", i, "plan", j, "topics", k), topic_id,
                        f"is not a core topic of {phase.id}", "plan core topics of this phase only",
                    )  # fmt: skip
        likely = sum(p.hours.likely for p in handbook.projects_of_phase(phase.id))
        hours = sum(week.project_hours for week in phase.plan)
        if not likely:
            yield Problem(("phases", i, "id"), phase.id, "has no project", "add one under `projects`")
        elif abs(hours - likely) > 0.01:
            yield Problem(
                ("phases", i, "plan"), f"{hours:g} project hours",
                f"are not the {likely:g} hours that the phase's projects are likely to take",
                "change project_hours of a week",
            )  # fmt: skip


def check_plan_order(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Topics of a plan come after those that they require.

    Otherwise a reader would meet a topic in week 1 that needs one from week 3.
    """
    requires = {t.id: t.requires for t in handbook.topics}
    for i, phase in enumerate(handbook.phases):
        last = {topic: j for j, week in enumerate(phase.plan) for topic in week.topics}
        for j, week in enumerate(phase.plan):
            for k, topic in enumerate(week.topics):
                for needed in requires.get(topic, []):
                    if last.get(needed, -1) > j:
                        yield Problem(
                            ("phases", i, "plan", j, "topics", k), topic,
                            f"requires {needed}, which is only learned in week {last[needed] + 1}",
                            "move one of the two",
                        )  # fmt: skip


def check_plan_pace(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """The hours of each week of a plan are near the stated pace.

    Otherwise the plan would fail in its first week.
    """
    pace = handbook.handbook.hours_per_week
    least, most = pace * 0.65, pace * 1.1
    for i, phase in enumerate(handbook.phases):
        weeks = handbook.week_hours(phase)
        outside = [j for j, hours in enumerate(weeks) if not least <= hours <= most]
        allowed = f"{least:g}–{most:g} hours ({pace} a week, with some give)"
        if len(outside) == 1:
            yield Problem(
                ("phases", i, "plan", *outside),
                f"{weeks[outside[0]]:g} hours",
                f"does not lie inside {allowed}",
                "move topics or project_hours to another week",
            )
        elif outside:
            # Of a new pace one line a phase tells enough.
            yield Problem(
                ("phases", i, "plan"),
                f"weeks of {listed([f'{weeks[j]:g}' for j in outside])} hours",
                f"do not lie inside {allowed}",
                f"spread the plan's {sum(weeks):g} hours over {_count(sum(weeks), pace)} weeks; "
                "a topic may stand in several",
            )


def _count(hours: float, pace: int) -> str:
    """Numbers of weeks at which hours come near a pace: '6' or '5–6'."""
    most = max(1, round(hours / pace))
    least = min(most, ceil(hours / (pace * 1.05)))
    return span(least, most)


def _outcome_ids(phase: Phase) -> str:
    return ", ".join(outcome.id for outcome in phase.outcomes)
