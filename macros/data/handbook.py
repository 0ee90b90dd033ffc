"""The shape of the handbook and of the files that it is read from: the one definition, from which the JSON Schemas are
written.

What a shape cannot say (references, sums, cycles, pages that exist) is in macros/rules/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath
from typing import Annotated, Literal, TypeVar

from pydantic import Field, StringConstraints, create_model

from macros.data.fields import Address, Entry, HourRange, Id, MonthRange, Named, PagePath, Text, WeekRange, total_hours
from macros.data.paths import DATA, GLOSSARY, QUESTIONS, SOURCES, SYMPTOMS

#: 365.25 days a year, 12 months, 7 days a week.
DAYS_PER_MONTH = 365.25 / 12
WEEKS_PER_MONTH = DAYS_PER_MONTH / 7

#: What the points of a rubric add up to.
RUBRIC_POINTS = 20

#: Where each list of the data has its headings: an entry's id is an anchor on that page.
LIST_PAGES = {
    "challenges": "challenges.md",
    "positioning": "career/positioning.md",
    "portfolio": "career/portfolio.md",
}


#: A name, not a sentence.
Alias = Annotated[Text, StringConstraints(max_length=60)]


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
    verbs: Annotated[list[Text], Field(min_length=1)] = Field(
        description="Verbs that an outcome may start with. Each names something that another person could watch."
    )
    words: dict[str, Text] = Field(
        default={}, description="Words around a page's text in another language, each under the English ones."
    )


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
    area: bool = Field(default=False, description="Whether its hours go into the specialization that a reader chooses.")
    page: PagePath
    outcome: Text = Field(description="One sentence that starts with a verb and can be checked.")
    aliases: list[Alias] = Field(default=[], description="Other words that people search for it with.")

    @property
    def anchor(self) -> str:
        """Where it begins on its page: nothing when the page is its own, and begins with it."""
        return "" if self.page.endswith(f"/{self.id}.md") else self.id


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
    person: Text | None = Field(
        default=None,
        description="What only a person can see of it, in a project with stages; null when the checks see it all.",
    )


class Check(Named):
    """What the acceptance kit does to a service at the end of a stage. Its code has its id as name."""

    title: Text = Field(description="What the service does when it passes.")
    does: Text = Field(description="What the check does to find out.")
    blind: Text = Field(description="What it can't see.")
    proves: Id = Field(description="The criterion of the project's rubric that it is part of.")


class Stage(Named):
    """A part of a project that is built in one go, and then checked."""

    title: Text
    hours: HourRange
    build: Text = Field(description="What to build.")
    why: Text = Field(description="What goes wrong on call without it.")
    checks: Annotated[list[Check], Field(min_length=1)]


class Project(Named):
    phase: Id
    title: Text
    brief: Text
    hours: HourRange
    deliverables: Annotated[list[Text], Field(min_length=1)]
    rubric: Annotated[list[Criterion], Field(min_length=1)]
    pass_points: Annotated[int, Field(ge=1, le=100)]
    page: PagePath | None = Field(default=None, description="Its own page, if its stages can be checked by a machine.")
    stages: list[Stage] = Field(default=[], description="In the order in which they are built.")


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
    why: Text = Field(description="Why it is right, and what a wrong choice overlooks.")


class Challenge(Named):
    title: Text
    happens: Text
    sign: Text = Field(description="How it looks from inside.")
    way_out: Text


class Symptom(Named):
    """What somebody sees on call, with the sections that explain and repair it."""

    symptom: Text = Field(description="As it would be said or typed.")
    skill: Id | None = Field(description="The row that it belongs to, or null.")
    because: Text = Field(description="The likeliest cause, in a sentence or two.")
    explains: Address
    repairs: Address


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
    """What the header and the footer of a page say: its front matter, and its first heading."""

    path: PagePath
    title: Text = Field(description="The page's first heading.")
    outcomes: Annotated[list[Text], Field(min_length=1, max_length=4)]
    before: list[PagePath]
    next: NextStep
    tags: list[Text] = Field(default=[], description="Words that lead to the page in the site's search.")
    boost: float = Field(default=1, description="Below 1, other pages with the same words come first.")
    unlisted: bool = Field(default=False, description="Whether the site's search leaves the page out.")
    renamed_from: Annotated[list[Address], Field(default_factory=list)]


class Term(Named):
    term: Text
    definition: Text
    topic: Id = Field(description="The topic that teaches it.")
    aliases: list[Alias] = Field(default=[], description="Its other names; the glossary shows them.")


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


_OnPage = TypeVar("_OnPage", Topic, Question)


class Handbook(Entry):
    """The handbook's data, joined: what skills.json publishes. KEYS says in which file each key stands."""

    handbook: About
    strengths: list[Strength]
    skills: Annotated[list[Skill], Field(min_length=1)]
    topics: Annotated[list[Topic], Field(min_length=1)]
    phases: Annotated[list[Phase], Field(min_length=1)]
    projects: Annotated[list[Project], Field(min_length=1)]
    labs: Annotated[list[Lab], Field(default=[])]
    specializations: Annotated[list[Specialization], Field(min_length=1)]
    assessment: Annotated[list[Assessed], Field(min_length=1)]
    challenges: list[Challenge]
    positioning: list[CareerPoint]
    portfolio: list[CareerPoint]
    community: list[Offer]
    symptoms: Annotated[list[Symptom], Field(default=[])]
    pages: Annotated[list[Page], Field(min_length=1)]
    glossary: Annotated[list[Term], Field(min_length=1)]
    questions: Annotated[list[Question], Field(min_length=1)]
    sources: Annotated[list[Source], Field(min_length=1)]

    # Found by id, in dictionaries that are made once: a page of a large handbook asks hundreds of times.

    def topic(self, topic_id: str) -> Topic:
        return self._topics_by_id[topic_id]

    def term(self, term_id: str) -> Term:
        return self._terms_by_id[term_id]

    def source(self, source_id: str) -> Source:
        return self._sources_by_id[source_id]

    def page(self, path: str) -> Page:
        return self._pages_by_path[path]

    def questions_of_page(self, path: str) -> list[Question]:
        return self._questions_by_page.get(path, [])

    def topics_of_page(self, path: str) -> list[Topic]:
        return self._topics_by_page.get(path, [])

    def moved_from(self, path: str) -> dict[str, list[str]]:
        """Old ids of a page's sections that have moved, or of a page that is gone, by the page that holds them now.

        A page that is gone has the id "" for itself.
        """
        return self._moved.get(path, {})

    @cached_property
    def gone_pages(self) -> list[str]:
        """Pages that were published and are no more."""
        return [path for path in self._moved if path not in self._pages_by_path]

    @cached_property
    def _moved(self) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = {}
        for page in self.pages:
            for old in page.renamed_from:
                path, _, anchor = old.partition("#")
                found.setdefault(path, {}).setdefault(page.path, []).append(anchor)
        return found

    @cached_property
    def _topics_by_id(self) -> dict[str, Topic]:
        return {topic.id: topic for topic in self.topics}

    @cached_property
    def _terms_by_id(self) -> dict[str, Term]:
        return {term.id: term for term in self.glossary}

    @cached_property
    def _sources_by_id(self) -> dict[str, Source]:
        return {source.id: source for source in self.sources}

    @cached_property
    def _pages_by_path(self) -> dict[str, Page]:
        return {page.path: page for page in self.pages}

    @cached_property
    def _questions_by_page(self) -> dict[str, list[Question]]:
        return _by_page(self.questions)

    @cached_property
    def _topics_by_page(self) -> dict[str, list[Topic]]:
        return _by_page(self.topics)

    def phase(self, phase_id: str) -> Phase:
        return next(p for p in self.phases if p.id == phase_id)

    def project(self, project_id: str) -> Project:
        return next(p for p in self.projects if p.id == project_id)

    def lab(self, lab_id: str) -> Lab:
        return next(lab for lab in self.labs if lab.id == lab_id)

    def phase_number(self, phase_id: str) -> int:
        """A phase's place in the roadmap, counted from 1."""
        return 1 + [phase.id for phase in self.phases].index(phase_id)

    def skill(self, skill_id: str) -> Skill:
        return next(s for s in self.skills if s.id == skill_id)

    def topics_of_phase(self, phase_id: str) -> list[Topic]:
        return [t for t in self.topics if t.phase == phase_id]

    def topics_of_skill(self, skill_id: str | None) -> list[Topic]:
        return [t for t in self.topics if t.skill == skill_id]

    def phases_of_skill(self, skill_id: str) -> list[Phase]:
        """The phases in which a row has topics, in order."""
        used = {t.phase for t in self.topics_of_skill(skill_id)}
        return [p for p in self.phases if p.id in used]

    def stage(self, stage_id: str) -> Stage:
        return next(stage for stage in self.stages if stage.id == stage_id)

    @cached_property
    def stages(self) -> list[Stage]:
        """Those of all projects."""
        return [stage for project in self.projects for stage in project.stages]

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

    def all_hours(self) -> HourRange:
        """Hours of the core topics and projects of all phases."""
        return total_hours([self.core_hours(phase.id) for phase in self.phases])

    def total_weeks(self) -> WeekRange:
        """Length of all phases, on the fastest and on the slowest path."""
        return WeekRange.model_construct(
            min=sum(phase.weeks.min for phase in self.phases), max=sum(phase.weeks.max for phase in self.phases)
        )

    def week_hours(self, phase: Phase) -> list[float]:
        """Likely hours of each week of a phase's plan. Topics that do not exist count nothing."""
        named = [topic for week in phase.plan for topic in week.topics]
        likely = {t.id: t.hours.likely / named.count(t.id) for t in self.topics if t.id in named}
        return [week.project_hours + sum(likely.get(topic, 0) for topic in week.topics) for week in phase.plan]


def _by_page(entries: Iterable[_OnPage]) -> dict[str, list[_OnPage]]:
    grouped: dict[str, list[_OnPage]] = {}
    for entry in entries:
        grouped.setdefault(entry.page, []).append(entry)
    return grouped


#: Which keys of the handbook stand in which file: those that change together. The pages stand in their own files
#: (front_matter.py).
KEYS: dict[str, tuple[str, ...]] = {
    DATA: (
        "handbook",
        "strengths",
        "skills",
        "topics",
        "phases",
        "projects",
        "labs",
        "specializations",
        "challenges",
        "positioning",
        "portfolio",
        "community",
    ),
    GLOSSARY: ("glossary",),
    QUESTIONS: ("questions", "assessment"),
    SOURCES: ("sources",),
    SYMPTOMS: ("symptoms",),
}

#: The other way round: the file of each key.
FILE_OF = {key: file for file, keys in KEYS.items() for key in keys}


def _part(file: str, keys: tuple[str, ...]) -> type[Entry]:
    """What one file holds: some keys of the handbook, with the shape that they have there."""
    fields = {key: (Handbook.model_fields[key].annotation, Handbook.model_fields[key]) for key in keys}
    name = PurePosixPath(file).stem.capitalize()
    return create_model(name, __base__=Entry, __doc__=f"All of {file}.", **fields)  # type: ignore[call-overload]


#: What each file holds.
PARTS = {file: _part(file, keys) for file, keys in KEYS.items()}


def join(parts: Mapping[str, Entry], pages: list[Page]) -> Handbook:
    """The handbook from the contents of its files, which have been checked already."""
    return Handbook.model_construct(**{key: getattr(parts[file], key) for key, file in FILE_OF.items()}, pages=pages)
