"""For readers who plan and keep count: the self-assessment, the plan at the stated pace, and the list to tick.

Each is complete on paper; scripts in docs/assets/javascripts/tools/ add the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from pathlib import Path
from typing import NamedTuple

from macros.data.fields import Named
from macros.data.handbook import Assessed, Handbook, Topic
from macros.render.cards import WORDS_PER_MINUTE
from macros.render.template import templates
from macros.render.text import block, former_ids, hours_text, inline, link, listed, table, tick

_TEMPLATES = templates(Path(__file__).parent)

#: What a reader may say of a topic. The numbers are kept in readers' browsers and in shared addresses: never reuse one.
LEVELS = {0: "Not yet", 1: "I can explain it", 2: "I have shipped it"}
#: What a reader may say of a whole row, with numbers that are kept in the same way.
ROW_ANSWERS = {
    1: "No, not yet",
    2: "Some of it, or only in theory",
    3: "Yes, all of it, and I was on call for it",
}
#: Texts of the steps, beside those of the data.
_ROW_QUESTION = "Have you done this at work?"
_STRICT = (
    "Shipped: it ran for other people, and you were called when it failed. Explain: a colleague could act on your words "
    "alone. In doubt, choose the lower one."
)
_UNKNOWN = "I don't know"
#: Where the right option stands in the list for paper, by row. Each place comes as often as the others over three rows,
#: and in no row once each: then two answers would give the third.
_PLACES = ((1, 1, 2), (3, 2, 2), (3, 1, 3))


class Option(NamedTuple):
    """An option of a question; its number is its place in the data, which readers' notes name."""

    number: int
    text: str


class _Shown(NamedTuple):
    """A question with its options in the order of the list for paper, and the letter of the right one."""

    asked: Assessed
    options: list[Option]
    letter: str


class AssessedRow(NamedTuple):
    """A row of the map in the self-assessment: its core topics, and its questions."""

    id: str
    title: str
    topics: list[Topic]
    questions: list[Assessed]


def assessed_rows(handbook: Handbook) -> list[AssessedRow]:
    """The rows that the self-assessment asks about; topics of no row come last."""
    rows = [
        AssessedRow(
            skill.id if skill else "all",
            f"{skill.backend} → {skill.application}" if skill else "Across all rows",
            [topic for topic in handbook.topics_of_skill(skill.id if skill else None) if topic.kind == "core"],
            [question for question in handbook.assessment if skill and question.skill == skill.id],
        )
        for skill in [*handbook.skills, None]
    ]
    return [row for row in rows if row.topics]


def options_on_paper(question: Assessed, row: int, place: int) -> list[Option]:
    """A question's options, turned until the right one stands where the list for paper has it.

    Args:
        question: with its options as in the data, where a contributor may write them in any order.
        row: which row of the map, counted from 0.
        place: which question of the row, counted from 0.
    """
    wanted = min(_PLACES[row % len(_PLACES)][place % 3], len(question.options))
    turned = (question.right - wanted) % len(question.options)
    options = [Option(number, text) for number, text in enumerate(question.options, 1)]
    return options[turned:] + options[:turned]


def assessment(handbook: Handbook, page: str) -> str:
    """The self-assessment: a place for the script that asks one thing at a time, and everything as a list for paper.

    The script reads its questions from the list, so that each text is on the page once.
    """
    shown: dict[str, list[_Shown]] = {}
    rows = assessed_rows(handbook)
    for number, row in enumerate(rows):
        shown[row.id] = []
        for place, question in enumerate(row.questions):
            options = options_on_paper(question, number, place)
            right = [option.number for option in options].index(question.right)
            shown[row.id].append(_Shown(question, options, "ABCDE"[right]))
    return _TEMPLATES.get_template("assessment.html").render(
        rows=rows,
        shown=shown,
        levels=LEVELS,
        row_answers=ROW_ANSWERS,
        page=page,
        row_question=_ROW_QUESTION,
        strict=_STRICT,
        unknown=_UNKNOWN,
    )


class Way(NamedTuple):
    """What a reader meets in the self-assessment, up to the map."""

    reader: str
    decisions: int
    words: int

    @property
    def minutes(self) -> int:
        """Reading and deciding, rounded up."""
        return ceil(self.words / WORDS_PER_MINUTE + self.decisions * SECONDS_PER_DECISION / 60)


class _Says(NamedTuple):
    """What a reader says of a row: one of ROW_ANSWERS, the topics that it gives a level, and how its first situation goes."""

    answer: int
    topics: list[Topic]
    misses: bool = False


def _newcomer(row: AssessedRow, number: int) -> _Says:
    return _Says(1, [])


def _half_way(row: AssessedRow, number: int) -> _Says:
    return _Says(1, []) if number % 2 else _Says(2, row.topics[::2], misses=number % 4 == 0)


def _nearly_done(row: AssessedRow, number: int) -> _Says:
    return _Says(3, row.topics) if number % 3 else _Says(2, row.topics[:-1], misses=number == 3)


def _slowest(row: AssessedRow, number: int) -> _Says:
    return _Says(2, row.topics, misses=True)


#: Readers whose way is counted. The last is no reader, but the longest way that there is.
READERS: dict[str, Callable[[AssessedRow, int], _Says]] = {
    "New: “no” to every row": _newcomer,
    "Half-way: half of the topics in every other row, half of the first situations missed": _half_way,
    "Nearly done: two rows in three whole, the others but for one topic, one situation missed": _nearly_done,
    "The longest way: some of every row, all of its topics, every first situation missed": _slowest,
}
#: Tapping an answer after its words are read. An estimate: nobody has timed readers.
SECONDS_PER_DECISION = 5


def assessment_ways(handbook: Handbook) -> list[Way]:
    """For each of READERS, the decisions and words on the way; the script asks by the same rules (standing/flow.js)."""
    ways = []
    for name, says in READERS.items():
        decisions, texts = 0, []
        for number, row in enumerate(assessed_rows(handbook)):
            said = says(row, number)
            titles = [topic.title for topic in row.topics]
            texts += [row.title, *titles, _ROW_QUESTION, *ROW_ANSWERS.values()]
            # A topic that stays at "not yet" is a decision too: its title was read.
            decisions += 1 + (len(titles) if said.answer == 2 else 0)
            texts += ["Which topics?", *titles, _STRICT, *LEVELS.values()] if said.answer == 2 else []
            # A topic in depth is tested with whatever is claimed of the row.
            claimed = {topic.id for topic in said.topics}
            core = {topic.id for topic in row.topics}
            asked = [q for q in row.questions if claimed and (q.topic in claimed or q.topic not in core)]
            for question in asked[: 1 + said.misses]:
                decisions += 1
                texts += ["A situation", question.question, *question.options, _UNKNOWN, question.why]
        ways.append(Way(name, decisions, len(" ".join(texts).split())))
    return ways


def assessment_time(handbook: Handbook) -> str:
    """The ways through the self-assessment as a table, and how the minutes are counted."""
    rows = [
        [inline(way.reader), str(way.decisions), str(way.words), str(way.minutes)] for way in assessment_ways(handbook)
    ]
    return table(["Reader", "Decisions", "Words", "Minutes"], rows)


def plan_table(handbook: Handbook, page: str) -> str:
    """Every week of the roadmap at the stated pace, with room for a date: the planner on paper."""
    rows: list[list[str]] = []
    for phase in handbook.phases:
        for week, hours in zip(phase.plan, handbook.week_hours(phase), strict=True):
            topics = [handbook.topic(topic_id) for topic_id in week.topics]
            work = [link(t.title, page, t.page, t.anchor) for t in topics]
            if week.project_hours:
                work += [link(p.title, page, phase.page, p.id) for p in handbook.projects_of_phase(phase.id)]
            rows.append(
                [str(len(rows) + 1), link(f"Phase {handbook.phase_number(phase.id)}", page, phase.page),
                 listed(work), f"{hours:.0f}", ""]
            )  # fmt: skip
    weeks = block("div", "wide-table plan-table", table(["Week", "Phase", "Learn and build", "Hours", "From"], rows))
    return block("details", "plan-on-paper", "<summary>All weeks at the stated pace</summary>", "", weeks)


def checklist(handbook: Handbook, page: str) -> str:
    """Everything that can be ticked, by phase: outcomes, topics, project and its stages."""
    parts = []
    for phase in handbook.phases:
        number = handbook.phase_number(phase.id)
        parts += [f"### Phase {number}: {inline(phase.title)} {{ #ticks-{phase.id} }}", ""]
        topics = handbook.topics_of_phase(phase.id)
        taught = {
            kind: [(t, f"{link(t.title, page, t.page, t.id)}, {hours_text(t.hours)}") for t in topics if t.kind == kind]
            for kind in ("core", "depth")
        }
        asked = [(o, link(o.ask, page, phase.page, o.id)) for o in phase.outcomes]
        built = [
            (p, f"{link(p.title, page, phase.page, p.id)}, {hours_text(p.hours)}")
            for p in handbook.projects_of_phase(phase.id)
        ]
        staged = [
            (stage, f"{link(stage.title, page, p.page, stage.id)}, {hours_text(stage.hours)}")
            for p in handbook.projects_of_phase(phase.id)
            if p.page
            for stage in p.stages
        ]
        groups: dict[str, Sequence[tuple[Named, str]]] = {
            "Core topics": taught["core"], "Topics in depth": taught["depth"], "What the phase asks": asked,
            "Labs": [(lab, f"{link(lab.title, page, lab.page)}, {hours_text(lab.hours)}") for lab in handbook.labs if lab.phase == phase.id],
            "Build": built,
            "Stages of the build": staged,
        }  # fmt: skip
        for name, shown in groups.items():
            if shown:
                items = [f"- <span{tick(entry)}></span>{text}" for entry, text in shown]
                parts += [f"**{name}**", "", block("div", "ticks", *items), ""]
    return "\n".join(parts)


def specializations_table(handbook: Handbook) -> str:
    """Areas to go deep in: the backend habit that pays, and a trial that shows the work."""
    rows = [
        [f'<span id="{s.id}"></span>{former_ids(s)}{inline(s.title)}', inline(s.habit), inline(s.trial)]
        for s in handbook.specializations
    ]
    return table(["Area", "Backend habit that pays", "Trial in two sessions"], rows)
