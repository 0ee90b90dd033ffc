"""What the data must keep to beyond its shape: one rule, one function, one name.

Each rule takes the data and the pages, and yields a Problem for each violation. All run, and all problems are
reported together. A rule says in its first line what would go wrong for a reader without it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from macros.manuscript import Call, Manuscript
from macros.model import Entry, Handbook, Named, Phase, Question, Skill, Topic
from macros.problems import KeyPath, Problem, check_plain_text, choices

Pages = dict[str, Manuscript]
Rule = Callable[[Handbook, Pages], Iterator[Problem]]

#: 365.25 days a year, 12 months, 7 days a week.
WEEKS_PER_MONTH = 365.25 / 12 / 7

#: What the points of a rubric add up to.
RUBRIC_POINTS = 20

#: Where each list of the data has its headings: an entry's id is an anchor on that page.
LIST_PAGES = {
    "challenges": "challenges.md",
    "positioning": "career/positioning.md",
    "portfolio": "career/portfolio.md",
}

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


def entries(handbook: Handbook) -> Iterator[tuple[KeyPath, Entry]]:
    """Every entry of the data with its path, parents before children."""

    def walk(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Entry]]:
        if isinstance(value, Entry):
            yield path, value
            for name in type(value).model_fields:
                yield from walk(getattr(value, name), (*path, name))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from walk(item, (*path, index))

    yield from walk(handbook, ())


def check_unique_ids(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Two entries with one id would share an anchor and a reader's tick mark.

    Ids of glossary, questions and sources are names within their own list; all others are unique together.
    """
    seen: dict[tuple[str, str], KeyPath] = {}
    for path, entry in entries(handbook):
        if not isinstance(entry, Named):
            continue
        names = [("id", entry.id), *((("renamed_from"), old) for old in entry.renamed_from)]
        for field, name in names:
            if first := seen.get((_own_list(path), name)):
                yield Problem((*path, field), name, *taken(first))
            else:
                seen[_own_list(path), name] = path


def taken(first: KeyPath) -> tuple[str, str]:
    """Rule and repair for an id that an entry elsewhere has, or had."""
    return (
        f"is already an id, or a former id, in {_list_name(first)}",
        "choose another id; ids and former ids are never used twice",
    )


def find_id(handbook: Handbook, list_name: str, name: str) -> KeyPath | None:
    """Where an id, or a former id, stands that an entry of a list must not have as well; None when it is free."""
    own_list = _own_list((list_name,))
    for path, entry in entries(handbook):
        if isinstance(entry, Named) and _own_list(path) == own_list and name in (entry.id, *entry.renamed_from):
            return path
    return None


def _own_list(path: KeyPath) -> str:
    return str(path[0]) if path[0] in ("glossary", "questions", "sources") else "the handbook"


def check_unique_paths(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A page that is described twice would show whichever entry comes first."""
    seen: set[str] = set()
    for index, page in enumerate(handbook.pages):
        if page.path in seen:
            yield Problem(("pages", index, "path"), page.path, "is described twice", "keep one entry for each page")
        seen.add(page.path)


def check_references(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A reference to nothing would be a dead link, or a topic that no plan contains."""
    topics, phases, skills = handbook.topics, handbook.phases, handbook.skills
    ids = {what: {e.id for e in known} for what, known in (("topic", topics), ("phase", phases), ("skill", skills))}

    def refer(path: KeyPath, value: str | None, what: str, known: Sequence[Named]) -> Iterator[Problem]:
        if value is not None and value not in ids[what]:
            last = ", or remove it here" if isinstance(path[-1], int) else ""
            repair = choose(value, known, f"{',' if last else ', or'} add it under `{what}s`{last}")
            yield Problem(path, value, f"is not a {what}", repair)

    for i, topic in enumerate(handbook.topics):
        yield from refer(("topics", i, "skill"), topic.skill, "skill", skills)
        yield from refer(("topics", i, "phase"), topic.phase, "phase", phases)
        for j, needed in enumerate(topic.requires):
            yield from refer(("topics", i, "requires", j), needed, "topic", topics)
    for i, phase in enumerate(handbook.phases):
        for j, outcome in enumerate(phase.outcomes):
            for k, topic_id in enumerate(outcome.topics):
                yield from refer(("phases", i, "outcomes", j, "topics", k), topic_id, "topic", topics)
        for j, week in enumerate(phase.plan):
            for k, topic_id in enumerate(week.topics):
                yield from refer(("phases", i, "plan", j, "topics", k), topic_id, "topic", topics)
    for i, project in enumerate(handbook.projects):
        yield from refer(("projects", i, "phase"), project.phase, "phase", phases)
    for i, lab in enumerate(handbook.labs):
        yield from refer(("labs", i, "skill"), lab.skill, "skill", skills)
        yield from refer(("labs", i, "phase"), lab.phase, "phase", phases)
        for j, topic_id in enumerate(lab.topics):
            yield from refer(("labs", i, "topics", j), topic_id, "topic", topics)
    for i, area in enumerate(handbook.specializations):
        for j, topic_id in enumerate(area.topics):
            yield from refer(("specializations", i, "topics", j), topic_id, "topic", topics)
    for i, question in enumerate(handbook.assessment):
        yield from refer(("assessment", i, "skill"), question.skill, "skill", skills)
        yield from refer(("assessment", i, "topic"), question.topic, "topic", topics)
    for i, term in enumerate(handbook.glossary):
        yield from refer(("glossary", i, "topic"), term.topic, "topic", topics)


def choose(value: object, known: Sequence[Named], otherwise: str = "") -> str:
    """The repair for an id that is not known: its new form, or what there is, the nearest of it, and what else to do."""
    renamed = next((entry.id for entry in known if value in entry.renamed_from), None)
    return f"it has a new id: write {renamed}" if renamed else choices(value, (e.id for e in known)) + otherwise


def check_pages_exist(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A page that the data names and nobody wrote is a dead link."""
    described = [p.path for p in handbook.pages]
    named: list[tuple[KeyPath, str]] = [(("pages", i, "path"), p.path) for i, p in enumerate(handbook.pages)]
    others: list[tuple[KeyPath, str]] = []
    for name in ("skills", "topics", "phases", "community", "questions", "labs"):
        others += [((name, i, "page"), entry.page) for i, entry in enumerate(getattr(handbook, name))]
    for i, page in enumerate(handbook.pages):
        others += [(("pages", i, "before", j), path) for j, path in enumerate(page.before)]
        others.append((("pages", i, "next", "page"), page.next.page))
    frame = "its title as heading, {{ page_header() }} and {{ page_footer() }}"
    for path, value in named:
        if value not in pages:
            yield Problem(
                path, value, "is not a page below docs/",
                f"{choices(value, pages)}, write docs/{value} with {frame}, or remove the entry",
            )  # fmt: skip
    for path, value in others:
        if value not in described and value in pages:
            yield Problem(
                path, value, "is not described under `pages`", f"add an entry, or {choices(value, described)}"
            )
        elif value not in described:
            inside = " and ".join(_macros_for(handbook, path))
            yield Problem(
                path, value, "is neither described under `pages` nor a page below docs/",
                f"{choices(value, described)}; or, for a new page, add an entry under `pages`, a line under `nav` in "
                f"mkdocs.yml, and docs/{value} with {frame}{', ' if inside else ''}{inside}",
            )  # fmt: skip


def check_pages_named(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A page that the data does not name has no header, no next step, and nobody who finds it."""
    described = {p.path for p in handbook.pages}
    for path in sorted(set(pages) - described):
        yield Problem(("pages",), path, "is a page without an entry", "add an entry with this path under `pages`")


def check_page_titles(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Links would carry another title than the page they lead to."""
    for index, page in enumerate(handbook.pages):
        written = pages.get(page.path)
        if written and written.title != page.title:
            yield Problem(
                ("pages", index, "title"), page.title,
                f"is not the heading of docs/{page.path} (line {written.title_line}: {written.title!r})",
                "make the two the same",
            )  # fmt: skip


def check_headings(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A topic without a heading on its page is promised and not taught, and links to it go nowhere."""
    wanted: list[tuple[KeyPath, Named, str]] = [
        (("topics", i, "id"), topic, topic.page) for i, topic in enumerate(handbook.topics)
    ]
    phase_pages = {p.id: p.page for p in handbook.phases}
    for i, project in enumerate(handbook.projects):
        wanted.append((("projects", i, "id"), project, phase_pages.get(project.phase, "")))
    wanted += list(_listed_headings(handbook))
    for path, entry, page in wanted:
        if page in pages and entry.id not in pages[page].ids:
            old = next((old for old in entry.renamed_from if old in pages[page].ids), None)
            yield Problem(
                path, entry.id, f"has no heading on docs/{page}",
                f"write {{ #{entry.id} }} in place of {{ #{old} }} there" if old
                else f"add a heading that ends in {{ #{entry.id} }} there",
            )  # fmt: skip


def _listed_headings(handbook: Handbook) -> Iterator[tuple[KeyPath, Named, str]]:
    """The entries whose headings stand on the page of their list."""
    for name, page in LIST_PAGES.items():
        for i, entry in enumerate(getattr(handbook, name)):
            yield (name, i, "id"), entry, page


def check_former_ids_stay(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A link from elsewhere to an old id would lead to the top of the page. Renderers keep the others by themselves."""
    for path, entry, page in _listed_headings(handbook):
        there = {mark.text for mark in pages[page].anchors} if page in pages else set(entry.renamed_from)
        for i, old in enumerate(entry.renamed_from):
            if old not in there:
                yield Problem(
                    (*path[:-1], "renamed_from", i), old, f"is no anchor on docs/{page} any more",
                    f'write <span id="{old}"></span> in front of the words of the heading {{ #{entry.id} }} there',
                )  # fmt: skip


def check_range_order(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A minimum above its maximum turns a timeline's bar inside out."""
    for path, entry in entries(handbook):
        values = [(name, getattr(entry, name, None)) for name in ("min", "likely", "max")]
        values = [(name, value) for name, value in values if isinstance(value, int | float)]
        for (low, smaller), (high, larger) in itertools.pairwise(values):
            if smaller > larger:
                yield Problem((*path, low), smaller, f"is larger than {high} ({larger:g})", f"make {low} ≤ {high}")


def check_phases_inside_total(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """The roadmap would promise a length that its own phases do not add up to."""
    months = handbook.handbook.months
    shortest, longest = sum(p.weeks.min for p in handbook.phases), sum(p.weeks.max for p in handbook.phases)
    first, last = months.min * WEEKS_PER_MONTH, months.max * WEEKS_PER_MONTH
    if shortest < first or longest > last:
        yield Problem(
            ("phases",), f"{shortest}–{longest} weeks",
            f"does not lie inside {months.min}–{months.max} months ({first:.1f}–{last:.1f} weeks)",
            "change the weeks of a phase, or the total in handbook.months",
        )  # fmt: skip


def check_role_inside_total(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """The timeline's mark would stand outside its own range."""
    about = handbook.handbook
    if not about.months.min <= about.role_after_months <= about.months.max:
        yield Problem(
            ("handbook", "role_after_months"), about.role_after_months,
            f"does not lie inside {about.months.min}–{about.months.max} months", "change one of the two",
        )  # fmt: skip


def check_phase_hours(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A plan made from the hours would not end in the weeks that the roadmap shows."""
    pace = handbook.handbook.hours_per_week
    for index, phase in enumerate(handbook.phases):
        hours = handbook.core_hours(phase.id)
        least, most = phase.weeks.min * pace, phase.weeks.max * pace
        if hours.min < least or hours.max > most:
            yield Problem(
                ("phases", index, "weeks"), f"{hours.min:g}–{hours.max:g} hours of core topics and project",
                f"does not lie inside {least}–{most} hours "
                f"({phase.weeks.min}–{phase.weeks.max} weeks of {pace} hours)",
                "change hours of the phase's topics or project, or its weeks",
            )  # fmt: skip


def check_prerequisite_cycles(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A reader could never start: each topic of the circle waits for another."""
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
    """A reader of phase 1 would be sent to phase 3 first."""
    order = {p.id: i for i, p in enumerate(handbook.phases)}
    phase = {t.id: t.phase for t in handbook.topics}
    for i, topic in enumerate(handbook.topics):
        for j, needed in enumerate(topic.requires):
            if order.get(phase.get(needed, ""), -1) > order.get(topic.phase, len(order)):
                yield Problem(
                    ("topics", i, "requires", j), needed, f"belongs to {phase[needed]}, later than {topic.phase}",
                    "move one of the two topics, or drop the prerequisite",
                )  # fmt: skip


def check_every_gap_is_taught(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A row of the map would name a gap that no topic closes."""
    taught = {t.skill for t in handbook.topics}
    for index, skill in enumerate(handbook.skills):
        if skill.id not in taught:
            yield Problem(
                ("skills", index, "gap"), skill.gap, "has no topic in any phase",
                f"add a topic with skill: {skill.id}",
            )  # fmt: skip


def check_outcomes_cover_phase(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A core topic that no outcome of its phase needs is work without a reason; one of another phase is out of order."""
    phase_of = {t.id: t.phase for t in handbook.topics}
    for i, phase in enumerate(handbook.phases):
        for j, outcome in enumerate(phase.outcomes):
            for k, topic in enumerate(outcome.topics):
                if phase_of.get(topic, phase.id) != phase.id:
                    yield Problem(
                        ("phases", i, "outcomes", j, "topics", k), topic,
                        f"belongs to {phase_of[topic]}, not to {phase.id}", "name a topic of this phase",
                    )  # fmt: skip
    for i, topic in enumerate(handbook.topics):
        phase = next((p for p in handbook.phases if p.id == topic.phase), None)
        # A topic that is named by its old id is told of there (check_references).
        names = {topic.id, *topic.renamed_from}
        if phase and topic.kind == "core" and not any(names & {*outcome.topics} for outcome in phase.outcomes):
            yield Problem(
                ("topics", i, "id"), topic.id, f"is in no outcome of {topic.phase}",
                f"add it to `topics` of one of {_outcome_ids(phase)}",
            )  # fmt: skip


def check_plan_length(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A plan longer or shorter than its phase would contradict the roadmap above it."""
    for i, phase in enumerate(handbook.phases):
        if not phase.weeks.min <= len(phase.plan) <= phase.weeks.max:
            yield Problem(
                ("phases", i, "plan"), f"{len(phase.plan)} weeks",
                f"does not lie inside the phase's {phase.weeks.min}–{phase.weeks.max} weeks",
                "merge or split weeks of the plan",
            )  # fmt: skip


def check_plan_covers_phase(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A core topic without a week is never learned; project hours without a week are worked at night."""
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
            for k, topic in enumerate(week.topics):
                if topic not in own and any(t.id == topic for t in handbook.topics):
                    yield Problem(
                        ("phases", i, "plan", j, "topics", k), topic,
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
    """A reader would meet a topic in week 1 that needs one from week 3."""
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
    """A week of twice the stated hours is a plan that fails in its first week."""
    pace = handbook.handbook.hours_per_week
    least, most = pace * 0.65, pace * 1.1
    for i, phase in enumerate(handbook.phases):
        for j, hours in enumerate(handbook.week_hours(phase)):
            if not least <= hours <= most:
                yield Problem(
                    ("phases", i, "plan", j), f"{hours:g} hours",
                    f"does not lie inside {least:g}–{most:g} hours ({pace} a week, with some give)",
                    "move topics or project_hours to another week",
                )  # fmt: skip


def check_rubrics(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Points of two projects could not be compared, or a project could be passed by half of its work."""
    for i, project in enumerate(handbook.projects):
        points = sum(c.points for c in project.rubric)
        if points != RUBRIC_POINTS:
            yield Problem(
                ("projects", i, "rubric"), f"{points} points", f"do not add up to {RUBRIC_POINTS}", "change the points"
            )
        if not RUBRIC_POINTS * 0.6 <= project.pass_points <= RUBRIC_POINTS:
            yield Problem(
                ("projects", i, "pass_points"), project.pass_points,
                f"does not lie inside {RUBRIC_POINTS * 0.6:g}–{RUBRIC_POINTS}", "ask for at least three fifths",
            )  # fmt: skip


def check_specializations(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A plan for a target would hold a topic whose prerequisite it leaves out."""
    topics = {t.id: t for t in handbook.topics}
    for i, area in enumerate(handbook.specializations):
        for j, topic in ((j, topics[t]) for j, t in enumerate(area.topics) if t in topics):
            path: KeyPath = ("specializations", i, "topics", j)
            if topic.kind == "core":
                yield Problem(path, topic.id, "is a core topic, which every plan holds", "remove it here")
            for needed in topic.requires:
                if needed in topics and topics[needed].kind != "core" and needed not in area.topics:
                    yield Problem(path, topic.id, f"requires {needed}, which the plan leaves out", f"add {needed} too")


#: Questions of the self-assessment for each row: few enough for ten minutes.
QUESTIONS_PER_ROW = 3


def check_assessment(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Uneven rows would weigh unevenly, and a reader could guess by position."""
    topics = {t.id: t for t in handbook.topics}
    for i, skill in enumerate(handbook.skills):
        count = sum(q.skill == skill.id for q in handbook.assessment)
        if count != QUESTIONS_PER_ROW:
            yield Problem(
                ("skills", i, "id"), skill.id, f"has {count} questions in assessment, not {QUESTIONS_PER_ROW}",
                "add or remove questions there",
            )  # fmt: skip
    for i, question in enumerate(handbook.assessment):
        if question.right > len(question.options):
            yield Problem(
                ("assessment", i, "right"), question.right, f"is not one of the {len(question.options)} options",
                "count the options from 1",
            )  # fmt: skip
        topic = topics.get(question.topic)
        if topic and topic.skill not in (question.skill, None):
            yield Problem(
                ("assessment", i, "topic"), topic.id, f"belongs to {topic.skill}, not to {question.skill}",
                "choose a topic of the question's row, or one of no row",
            )  # fmt: skip
    times = [sum(q.right == place for q in handbook.assessment) for place in (1, 2, 3)]
    if max(times) - min(times) > 1:
        yield Problem(
            ("assessment",), "/".join(map(str, times)), "right answers stand first, second and third: not evenly",
            "reorder options until the counts differ by one at most",
        )  # fmt: skip


def check_outcomes_start_with_a_verb(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """An outcome that nobody can watch is a wish."""
    for path, entry in entries(handbook):
        texts = [(("outcome",), getattr(entry, "outcome", None))]
        if path[:1] == ("pages",) and hasattr(entry, "outcomes"):
            texts += [(("outcomes", i), text) for i, text in enumerate(entry.outcomes)]
        for step, text in texts:
            if text and (first := text.split()[0]) not in OUTCOME_VERBS:
                yield Problem(
                    (*path, *step), first, "is not a verb that an outcome may start with",
                    f"{choices(first, sorted(OUTCOME_VERBS))}, or add it to OUTCOME_VERBS in macros/rules.py",
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


def check_macro_calls(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A macro that fails in the middle of a build prints a page of traceback instead of a line to repair."""
    topic_pages = {t.id: t.page for t in handbook.topics}
    entries_of: dict[str, Sequence[Named]] = {
        "topic": handbook.topics,
        "term": handbook.glossary,
        "cite": handbook.sources,
        "skill_header": handbook.skills,
        "phase_summary": handbook.phases,
        "phase_weeks": handbook.phases,
        "week_plan": handbook.phases,
        "project": handbook.projects,
        "lab_card": handbook.labs,
        "lab_hints": handbook.labs,
        "lab_tests": handbook.labs,
        "lab_solution": handbook.labs,
    }
    known: dict[str, list[str] | None] = dict.fromkeys(MACROS_WITHOUT_ARGUMENT) | {
        name: [entry.id for entry in named] for name, named in entries_of.items()
    }
    known |= {"fact": list(FACTS), "calculator": list(CALCULATORS), "tool": list(TOOLS)}
    for page in pages.values():
        for call in page.calls:
            if call.name in MACROS_CHECKED_ELSEWHERE:
                continue
            if call.name not in known:
                yield _call_problem(page, call, call.name, "is not a macro", choices(call.name, known))
                continue
            arguments = known[call.name]
            if arguments is None:
                if call.argument is not None:
                    yield _call_problem(page, call, call.argument, f"{call.name}() takes no argument", "remove it")
            elif call.argument not in arguments:
                repair = (
                    choose(call.argument, entries_of[call.name], ", or remove the call")
                    if call.name in entries_of
                    else choices(call.argument, arguments)
                )
                yield _call_problem(page, call, call.argument, f"is not known to {call.name}()", repair)
            elif call.name == "topic" and topic_pages[call.argument] != page.path:
                yield _call_problem(
                    page, call, call.argument, f"is taught on docs/{topic_pages[call.argument]}",
                    "link to it from here, or change the topic's page",
                )  # fmt: skip


def check_page_frame(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Every page says what it gives and where to go next; a self-check has questions, and questions have a page."""
    asked = {q.page for q in handbook.questions}
    for page in pages.values():
        for macro in ("page_header", "page_footer"):
            if len(page.called(macro)) != 1:
                call = page.called(macro)[1] if page.called(macro) else Call(macro, None, 1, 1)
                yield _call_problem(page, call, macro, "stands once on each page", f"keep one {{{{ {macro}() }}}}")
        checks = page.called("self_check")
        if checks and page.path not in asked:
            yield _call_problem(
                page, checks[0], "self_check", "has no question for this page", "add one under `questions`"
            )
        elif not checks and page.path in asked:
            call = Call("self_check", None, 1, 1)
            yield _call_problem(
                page, call, "self_check", "is missing though the page has questions", "add {{ self_check() }}"
            )
        terms = [call.argument for call in page.called("term")]
        for call in page.called("term"):
            if terms.count(call.argument) > 1 and call is not page.called("term")[terms.index(call.argument)]:
                yield _call_problem(
                    page, call, call.argument, "is explained twice on this page", "keep term() at its first use only"
                )


def check_topics_are_introduced(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Under a topic's heading the reader looks for its hours and prerequisites."""
    yield from _introduced(handbook, pages, "topics")


def check_rows_are_introduced(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A row's page would not say what the row promises, or where its analogy breaks."""
    yield from _introduced(handbook, pages, "skills")


def check_phases_are_introduced(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A phase's page would lack its outcomes, its plan, or the project that ends it."""
    yield from _introduced(handbook, pages, "phases")


def _introduced(handbook: Handbook, pages: Pages, list_name: str) -> Iterator[Problem]:
    called = {path: {(call.name, call.argument) for call in page.calls} for path, page in pages.items()}
    for index, entry in enumerate(getattr(handbook, list_name)):
        for name, argument in _macros_of(handbook, entry) if entry.page in pages else ():
            if (name, argument) not in called[entry.page]:
                yield Problem(
                    (list_name, index, "id"), argument, f"is not introduced on docs/{entry.page}",
                    f"add {_shown_call(name, argument)} {'under its heading ' if name in HEADED else ''}there",
                )  # fmt: skip


def _macros_of(handbook: Handbook, entry: Named) -> list[tuple[str, str]]:
    """The macros, with their argument, that the page of an entry calls."""
    if isinstance(entry, Phase):
        projects = [("project", project.id) for project in handbook.projects_of_phase(entry.id)]
        return [("phase_summary", entry.id), ("week_plan", entry.id), *projects]
    names = {Topic: "topic", Skill: "skill_header"}
    return [(names[kind], entry.id) for kind in names if isinstance(entry, kind)]


def _macros_for(handbook: Handbook, path: KeyPath) -> list[str]:
    """What a new page has to hold for the entry at a path: headings with an id, and macros."""
    entry = getattr(handbook, str(path[0]))[path[1]]
    calls = _macros_of(handbook, entry) if isinstance(entry, Named) else []
    headings = [f"a heading {{ #{argument} }}" for name, argument in calls if name in HEADED]
    questions = ["{{ self_check() }}"] if isinstance(entry, Question) else []
    return headings + [_shown_call(*call) for call in calls] + questions


def _shown_call(name: str, argument: str) -> str:
    return f'{{{{ {name}("{argument}") }}}}'


def check_sources_are_cited(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A source that no page cites supports nothing."""
    cited = {call.argument for page in pages.values() for call in page.called("cite")}
    for index, source in enumerate(handbook.sources):
        if source.id not in cited:
            yield Problem(
                ("sources", index, "id"),
                source.id,
                "is cited on no page",
                f'use {{{{ cite("{source.id}") }}}} or remove it',
            )


#: Renderers that are called without an argument. macros/__init__.py registers these and the ones with one.
MACROS_WITHOUT_ARGUMENT = (
    "page_header", "page_footer", "self_check", "skills_table", "skills_map", "timeline", "phases_table", "strengths",
    "challenges", "positioning", "portfolio", "community", "topic_index", "glossary", "sources_table", "radar", "changes",
    "assessment", "plan_table", "checklist", "specializations_table", "labs_table",
)  # fmt: skip

#: Renderers that stand under a heading with the id of what they show.
HEADED = ("topic", "project")

#: macros/diagrams.py knows which drawings there are.
MACROS_CHECKED_ELSEWHERE = ("diagram",)

#: What docs/assets/javascripts/calculators.js can draw.
CALCULATORS = ("call-cost", "model-memory", "vector-storage", "cache-break-even", "api-or-own", "sample-size")

#: Scripts of docs/assets/javascripts/ that draw into a page.
TOOLS = ("planner", "progress")

#: Figures of the data that a sentence may need; macros/figures.py renders each.
FACTS = ("months", "role_after", "pace", "weeks", "hours", "skills", "topics", "terms", "phases", "reviewed")

RULES: tuple[Rule, ...] = (
    check_unique_ids,
    check_unique_paths,
    check_references,
    check_pages_exist,
    check_pages_named,
    check_page_titles,
    check_headings,
    check_former_ids_stay,
    check_range_order,
    check_phases_inside_total,
    check_role_inside_total,
    check_phase_hours,
    check_prerequisite_cycles,
    check_prerequisites_not_later,
    check_every_gap_is_taught,
    check_outcomes_cover_phase,
    check_plan_length,
    check_plan_covers_phase,
    check_plan_order,
    check_plan_pace,
    check_rubrics,
    check_specializations,
    check_assessment,
    check_outcomes_start_with_a_verb,
    check_no_markup,
    check_published_dates,
    check_macro_calls,
    check_page_frame,
    check_topics_are_introduced,
    check_rows_are_introduced,
    check_phases_are_introduced,
    check_sources_are_cited,
)


def check(handbook: Handbook, pages: Pages) -> list[Problem]:
    """Problems of every rule."""
    return [problem for rule in RULES for problem in rule(handbook, pages)]


def _call_problem(page: Manuscript, call: Call, value: object, rule: str, repair: str) -> Problem:
    return Problem((), value, rule, repair, f"docs/{page.path}", call.line, call.column, f"{call.name}()")


def _list_name(path: KeyPath) -> str:
    return ".".join(str(step) for step in path if isinstance(step, str))


def _outcome_ids(phase: Phase) -> str:
    return ", ".join(outcome.id for outcome in phase.outcomes)
