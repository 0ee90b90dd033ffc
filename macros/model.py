"""The shape of docs/data/skills.yml, radar.yml and history.yml: the one definition, from which the JSON Schemas are written.

What a shape cannot say (references, sums, cycles, pages that exist) is in rules.py.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60),
    Field(description="Permanent and readable: lower case letters, digits and single hyphens."),
]
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1200, pattern=r"^\S(.*\S)?$"),
    Field(description="Plain text on one line; `code` in backticks is allowed."),
]
PagePath = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*\.md$"),
    Field(description="A page, as a path below docs/."),
]
#: Numbers are bounded so that a slip of the keyboard is caught as one.
Hours = Annotated[float, Field(gt=0, le=200, allow_inf_nan=False, description="Hours of work; an estimate.")]
Weeks = Annotated[int, Field(ge=1, le=52)]


class Entry(BaseModel):
    """Strict: a number in quotes is not a number, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Named(Entry):
    """An entry with a permanent id. Old ids live on in renamed_from, so that links and progress survive."""

    id: Id
    renamed_from: list[Id] = []


class HourRange(Entry):
    """Estimated hours at the handbook's pace."""

    min: Hours
    likely: Hours
    max: Hours


class WeekRange(Entry):
    min: Weeks
    max: Weeks


class MonthRange(Entry):
    min: Annotated[int, Field(ge=1, le=24)]
    max: Annotated[int, Field(ge=1, le=24)]


class About(Entry):
    """The handbook itself: the source article's totals, and the pace that hours are counted at."""

    title: Text
    tagline: Text
    months: MonthRange = Field(description="Length of the whole way in months, as the source article reports it.")
    role_after_months: Annotated[int, Field(ge=1, le=24)] = Field(
        description="After how many months many people find a role, as the source article reports it."
    )
    hours_per_week: Annotated[int, Field(ge=1, le=60)]
    pace: Text = Field(description="What such a week can look like.")
    reviewed: date


class Strength(Named):
    title: Text
    meaning: Text
    in_ai: Text = Field(description="What the strength is worth in AI work.")


class Skill(Named):
    """One row of the mapping. Its phases and hours are derived from its topics."""

    backend: Text = Field(description="The backend skill.")
    application: Text = Field(description="What it becomes in AI engineering.")
    gap: Text = Field(description="The knowledge gap to close.")
    page: PagePath
    holds: Text = Field(description="Where the analogy holds.")
    breaks: Text = Field(description="Where it breaks.")
    outage: Text = Field(description="The outage that this causes.")


class Topic(Named):
    """Something that the handbook teaches, under a heading with the topic's id."""

    title: Text
    skill: Id | None = Field(description="The row it belongs to; null when it belongs to all.")
    phase: Id
    kind: Literal["core", "depth"] = Field(description="core topics count towards a phase's hours.")
    hours: HourRange
    requires: list[Id] = Field(description="Topics to know before, by id.")
    page: PagePath
    outcome: Text = Field(description="One sentence that starts with a verb and can be checked.")


class Outcome(Named):
    ask: Text = Field(description="What the source article asks for, in our words.")
    outcome: Text = Field(description="How you know that you have it; starts with a verb.")
    topics: Annotated[list[Id], Field(min_length=1)]


class Week(Entry):
    """One week of a phase at the stated pace. A topic that stands in several weeks has its hours divided evenly."""

    title: Text
    topics: list[Id] = Field(description="Core topics of the phase, by id.")
    project_hours: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)] = 0
    read: Text
    do: Text
    skip: Text


class Phase(Named):
    title: Text
    page: PagePath
    weeks: WeekRange
    aim: Text
    outcomes: Annotated[list[Outcome], Field(min_length=1)]
    exit_check: Text
    plan: Annotated[list[Week], Field(min_length=1)]
    behind: Text = Field(description="What to drop first when you are behind, and what never.")


class Criterion(Named):
    criterion: Text
    points: Annotated[int, Field(ge=1, le=20)]
    full: Text = Field(description="What earns all points.")
    half: Text = Field(description="What earns half of them.")


class Project(Named):
    phase: Id
    title: Text
    brief: Text
    hours: HourRange
    deliverables: Annotated[list[Text], Field(min_length=1)]
    rubric: Annotated[list[Criterion], Field(min_length=1)]
    pass_points: Annotated[int, Field(ge=1, le=100)]


class Lab(Named):
    """A failing service to repair. Its files lie below docs/labs/, under its id."""

    title: Text
    skill: Id
    phase: Id = Field(description="The phase in which it is due.")
    topics: Annotated[list[Id], Field(min_length=1)] = Field(
        description="Topics that it practices, and whose hours it is part of."
    )
    page: PagePath
    hours: HourRange
    story: Text = Field(description="What has happened, in one sentence.")
    hints: Annotated[list[Text], Field(min_length=3, max_length=3)] = Field(
        description="From a direction to almost the answer."
    )
    red: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^test_[a-z0-9_]+$", max_length=120)]], Field(min_length=1)
    ] = Field(description="Tests that fail on the starter, and no others do.")


class Specialization(Named):
    """An area to go deep in after the core: the target of a reader's plan."""

    title: Text
    habit: Text = Field(description="The backend habit that pays there.")
    trial: Text = Field(description="What to try in two sessions before you choose.")
    topics: Annotated[list[Id], Field(min_length=1)] = Field(description="Topics in depth that a plan for it adds.")


class Assessed(Named):
    """A question of the self-assessment, with the one right option."""

    skill: Id
    topic: Id = Field(description="The topic that it tests.")
    question: Text
    options: Annotated[list[Text], Field(min_length=2, max_length=5)]
    right: Annotated[int, Field(ge=1, le=5)] = Field(description="The right option, counted from 1.")
    why: Text = Field(description="Why it is right, and why the tempting one is not.")


class Challenge(Named):
    title: Text
    happens: Text
    sign: Text = Field(description="How it looks from inside.")
    way_out: Text


class CareerPoint(Named):
    """A point of the positioning or the portfolio list."""

    title: Text
    show: Text = Field(description="What to show for it.")


class Offer(Named):
    title: Text
    offer: Text
    page: PagePath


class NextStep(Entry):
    page: PagePath
    why: Text


class Page(Entry):
    """What the header and the footer of a page say."""

    path: PagePath
    title: Text = Field(description="The page's first heading, word for word.")
    outcomes: Annotated[list[Text], Field(min_length=1, max_length=4)]
    before: list[PagePath]
    next: NextStep


class Term(Named):
    term: Text
    definition: Text
    topic: Id = Field(description="The topic that teaches it.")


class Question(Named):
    page: PagePath
    question: Text
    answer: Text


class Source(Named):
    """What a claim stands on. `checked` is the day on which claim and source were last compared."""

    label: Annotated[Text, StringConstraints(max_length=30)] = Field(
        description="One to three words for the running text."
    )
    title: Text
    publisher: Text
    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s<>\"()]+$")] | None
    published: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")] | None
    checked: date
    supports: Text = Field(description="The claim of ours that rests on it.")
    review_days: Annotated[int, Field(ge=1, le=3000)] = Field(
        default=180, description="After how many days claim and source are due to be compared again."
    )


class Handbook(Entry):
    """All of docs/data/skills.yml."""

    handbook: About
    strengths: Annotated[list[Strength], Field(min_length=1)]
    skills: Annotated[list[Skill], Field(min_length=1)]
    topics: Annotated[list[Topic], Field(min_length=1)]
    phases: Annotated[list[Phase], Field(min_length=1)]
    projects: Annotated[list[Project], Field(min_length=1)]
    labs: list[Lab] = []
    specializations: Annotated[list[Specialization], Field(min_length=1)]
    assessment: Annotated[list[Assessed], Field(min_length=1)]
    challenges: Annotated[list[Challenge], Field(min_length=1)]
    positioning: Annotated[list[CareerPoint], Field(min_length=1)]
    portfolio: Annotated[list[CareerPoint], Field(min_length=1)]
    community: Annotated[list[Offer], Field(min_length=1)]
    pages: Annotated[list[Page], Field(min_length=1)]
    glossary: Annotated[list[Term], Field(min_length=1)]
    questions: Annotated[list[Question], Field(min_length=1)]
    sources: Annotated[list[Source], Field(min_length=1)]

    def topic(self, topic_id: str) -> Topic:
        return next(t for t in self.topics if t.id == topic_id)

    def phase(self, phase_id: str) -> Phase:
        return next(p for p in self.phases if p.id == phase_id)

    def skill(self, skill_id: str) -> Skill:
        return next(s for s in self.skills if s.id == skill_id)

    def page(self, path: str) -> Page:
        return next(p for p in self.pages if p.path == path)

    def topics_of_phase(self, phase_id: str) -> list[Topic]:
        return [t for t in self.topics if t.phase == phase_id]

    def topics_of_skill(self, skill_id: str | None) -> list[Topic]:
        return [t for t in self.topics if t.skill == skill_id]

    def phases_of_skill(self, skill_id: str) -> list[Phase]:
        """The phases in which a row has topics, in order."""
        used = {t.phase for t in self.topics_of_skill(skill_id)}
        return [p for p in self.phases if p.id in used]

    def projects_of_phase(self, phase_id: str) -> list[Project]:
        return [p for p in self.projects if p.phase == phase_id]

    def skill_hours(self, skill_id: str) -> HourRange:
        """Hours of a row's core topics; of its depth topics when it has no others."""
        topics = self.topics_of_skill(skill_id)
        core = [t for t in topics if t.kind == "core"]
        return total_hours([t.hours for t in core or topics])

    def core_hours(self, phase_id: str) -> HourRange:
        """Hours of a phase's core topics and its projects."""
        parts = [t.hours for t in self.topics_of_phase(phase_id) if t.kind == "core"]
        return total_hours([*parts, *(p.hours for p in self.projects_of_phase(phase_id))])

    def week_hours(self, phase: Phase) -> list[float]:
        """Likely hours of each week of a phase's plan. Topics that do not exist count nothing."""
        named = [topic for week in phase.plan for topic in week.topics]
        likely = {t.id: t.hours.likely / named.count(t.id) for t in self.topics if t.id in named}
        return [week.project_hours + sum(likely.get(topic, 0) for topic in week.topics) for week in phase.plan]


def total_hours(ranges: list[HourRange]) -> HourRange:
    """The sum of estimates, end by end. Pessimistic at both ends: not every topic runs late at once."""
    return HourRange.model_construct(
        min=sum(r.min for r in ranges), likely=sum(r.likely for r in ranges), max=sum(r.max for r in ranges)
    )


class RadarEntry(Named):
    """A tool, API, model or specification that the handbook names, and what is to be known of its life."""

    name: Text
    kind: Literal["api", "model", "specification", "framework", "engine", "store", "tool"]
    status: Literal["active", "maintenance", "sunset", "replaced"]
    ends: date | None = Field(default=None, description="The day on which it stops, or stopped, working.")
    replaced_by: Text | None = None
    says: Text = Field(description="What a reader has to know, in one or two sentences.")
    names: Annotated[list[Text], Field(min_length=1)] = Field(
        description="Spellings, as pages write them. A page that uses one carries a note unless the entry is active."
    )
    source: Text = Field(description="Title of the source.")
    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s<>\"()]+$")] | None
    published: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")] | None
    checked: date
    review_days: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=90, description="After how many days the entry is due for another look."
    )


class Radar(Entry):
    """All of docs/data/radar.yml."""

    radar: Annotated[list[RadarEntry], Field(min_length=1)]


class Change(Named):
    """Something new that a reader who was here before wants to know of."""

    date: date
    title: Text
    says: Text = Field(description="What is different for a reader, in one to three sentences.")
    pages: Annotated[list[PagePath], Field(min_length=1)]


class History(Entry):
    """All of docs/data/history.yml: what has changed for readers, newest first."""

    history: Annotated[list[Change], Field(min_length=1)]
