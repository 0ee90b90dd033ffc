"""Rules on what is taught and asked: gaps, rubrics, specializations, the self-assessment."""

from __future__ import annotations

from collections.abc import Iterator

from macros.data.fields import total_hours
from macros.data.handbook import RUBRIC_POINTS, Handbook
from macros.data.manuscript import Pages
from macros.data.problems import KeyPath, Problem, choices


def check_every_gap_is_taught(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Every row of the map has a topic.

    Otherwise the row would name a gap that nothing closes.
    """
    taught = {t.skill for t in handbook.topics}
    for index, skill in enumerate(handbook.skills):
        if skill.id not in taught:
            yield Problem(
                ("skills", index, "gap"), skill.gap, "has no topic in any phase",
                f"add a topic with skill: {skill.id}",
            )  # fmt: skip


def check_rubrics(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """The points of a rubric add up, and passing takes three fifths of them.

    Otherwise two projects could not be compared, or one could be passed by half of its work.
    """
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


def check_stages(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Stages fit into their project's hours, and with a person's share they show its whole rubric.

    Otherwise a plan would be too short, or a criterion of which no check sees anything would count as proved.
    """
    for i, project in enumerate(handbook.projects):
        if not project.stages:
            continue
        total = total_hours([stage.hours for stage in project.stages])
        for end in ("min", "likely", "max"):
            hours, allowed = getattr(total, end), getattr(project.hours, end)
            if hours > allowed:
                yield Problem(
                    ("projects", i, "hours", end), allowed, f"is less than the {hours:g} hours of the stages",
                    "shorten stages, or lengthen the project",
                )  # fmt: skip
        if project.page is None:
            yield Problem(("projects", i, "id"), project.id, "has stages and no page", "name its page")
        known, proved = [criterion.id for criterion in project.rubric], set()
        for j, stage in enumerate(project.stages):
            for k, check in enumerate(stage.checks):
                proved.add(check.proves)
                if check.proves not in known:
                    path: KeyPath = ("projects", i, "stages", j, "checks", k, "proves")
                    yield Problem(path, check.proves, "is no criterion of the project", choices(check.proves, known))
        for j, criterion in enumerate(project.rubric):
            if criterion.id not in proved and criterion.person is None:
                yield Problem(
                    ("projects", i, "rubric", j, "id"), criterion.id, "is looked at by no check and no person",
                    "say under `person` what a person looks at",
                )  # fmt: skip


def check_specializations(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A specialization holds topics in depth together with what they require.

    Otherwise a plan for it would hold a topic whose prerequisite it leaves out.
    """
    topics = {t.id: t for t in handbook.topics}
    for i, area in enumerate(handbook.specializations):
        for j, topic in ((j, topics[t]) for j, t in enumerate(area.topics) if t in topics):
            path: KeyPath = ("specializations", i, "topics", j)
            if topic.kind == "core":
                yield Problem(path, topic.id, "is a core topic, which every plan holds", "remove it here")
            for needed in topic.requires:
                if needed in topics and topics[needed].kind != "core" and needed not in area.topics:
                    yield Problem(path, topic.id, f"requires {needed}, which the plan leaves out", f"add {needed} too")


#: Questions of the self-assessment for each row, and the words of each with its options: a row takes a minute or two.
QUESTIONS_PER_ROW = 3
QUESTION_WORDS = 80


def check_assessment(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """The self-assessment has as many questions for each row: otherwise rows would weigh unevenly.

    Where the right option stands in the data is free. The page shows options in other orders.
    """
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
        words = len(" ".join([question.question, *question.options]).split())
        if words > QUESTION_WORDS:
            yield Problem(
                ("assessment", i, "question"),
                f"{words} words",
                f"are more than {QUESTION_WORDS}, options included",
                "shorten it",
            )
        topic = topics.get(question.topic)
        if topic and topic.skill not in (question.skill, None):
            yield Problem(
                ("assessment", i, "topic"), topic.id, f"belongs to {topic.skill}, not to {question.skill}",
                "choose a topic of the question's row, or one of no row",
            )  # fmt: skip
