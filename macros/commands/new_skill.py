"""A new row of the map: its entry, its page with an example, its first topic, and its questions."""

from __future__ import annotations

import posixpath

from macros.commands.drafts import DataList, Draft, scalar, to_write
from macros.commands.new_topic import add_topic, topic_keys
from macros.commands.pieces import add_page, check_new_page, example, filled, known_phase, last_page, steps, title_of
from macros.commands.words import about, has_shape, id_problems, refuse
from macros.data.fields import Text
from macros.data.handbook import NextStep
from macros.data.paths import address
from macros.data.problems import Problem, check_plain_text
from macros.entities.edition import Edition
from macros.rules.teaching import QUESTIONS_PER_ROW


def new_skill(draft: Draft, edition: Edition, given: dict[str, str], problems: list[Problem]) -> list[str]:
    handbook = edition.handbook
    command = "new-skill"
    name, first, stage = (given.get(word, "") for word in ("ID", "TOPIC", "PHASE"))
    problems += id_problems(handbook, command, "skills", name)
    problems += id_problems(handbook, command, "topics", first, "TOPIC")
    if first and first == name:
        problems.append(
            about(command, "TOPIC", first, "is the id of the row already", "choose another id for its topic")
        )
    for word in ("BACKEND", "APPLICATION", "GAP"):
        text = given.get(word, "")
        if text and not has_shape(Text, text):
            rule, repair = "is not one line of text", "shorten it, and remove line breaks and spaces at both ends"
            problems.append(about(command, word, text, rule, repair))
        entry = NextStep.model_construct(page="", why=text)
        problems += [about(command, word, p.value, p.rule, p.repair) for p in check_plain_text(entry, ())]
    phase = known_phase(handbook, command, stage, problems)
    last = handbook.skills[-1]
    # The page of a row with topic pages of its own is the index.md of a folder: the new one stands beside that folder.
    page = f"{posixpath.dirname(last.page.removesuffix('/index.md'))}/{name}.md".lstrip("/") if name else ""
    check_new_page(edition, command, "ID", page, problems)
    program = name.replace("-", "_")
    if f"{program}.py" in edition.examples:
        problems.append(about(command, "ID", name, f"is the name of an example, {program}.py", "choose another id"))
    refuse(problems)
    assert phase

    DataList(draft, "skills").add(len(handbook.skills) - 1, {
        "id": scalar(name),
        "backend": scalar(given["BACKEND"]),
        "application": scalar(given["APPLICATION"]),
        "gap": scalar(given["GAP"]),
        "page": page,
        "holds": to_write("where the analogy holds, in one sentence."),
        "breaks": to_write("where it breaks, in one sentence."),
        "outage": to_write("the outage that this causes, in one sentence."),
    })  # fmt: skip
    add_topic(DataList(draft, "topics"), handbook, phase, topic_keys(first, name, phase, page))
    _add_questions(draft, edition, name, first)
    title = f"From {given['BACKEND'][0].lower()}{given['BACKEND'][1:]} to {given['APPLICATION'][0].lower()}{given['APPLICATION'][1:]}"
    sections = (
        filled("section.md", title=title_of(first), id=first) + example(draft, program) + filled("where_it_breaks.md")
    )
    add_page(
        draft,
        handbook,
        page,
        title,
        sections,
        last_page(handbook, last, page),
        card=f'{{{{ skill_header("{name}") }}}}',
    )
    return steps(
        f"The row {name} is on the map, with its first topic {first} in {phase.id}, on docs/{page}",
        address(page),
        f"After a change of the example: python docs/examples/{program}.py > docs/examples/{program}.txt (a test compares them)",
        "The self-assessment asks about the row once it has a topic with kind: core.",
        f"More topics: make new-topic SKILL={name}. A lab for the row: make new-lab SKILL={name}.",
    )


def _add_questions(draft: Draft, edition: Edition, skill: str, topic: str) -> None:
    """The questions of the row in the self-assessment."""
    wrong = "a wrong answer that a good developer might give."
    assessment = DataList(draft, "assessment")
    entries = []
    for right in range(1, QUESTIONS_PER_ROW + 1):
        options = [to_write("the right answer." if place == right else wrong) for place in (1, 2, 3)]
        entries.append({
            "id": f"{skill[:50].rstrip('-')}-case-{right}",
            "skill": skill,
            "topic": topic,
            "question": to_write("a situation in which a developer who has the skill decides well, in two sentences."),
            "options": "\n" + "\n".join(f"  - {option}".replace("\n", "\n  ") for option in options),
            "right": str(right),
            "why": to_write("why it is right, and what a wrong choice overlooks."),
        })  # fmt: skip
    assessment.add_all(len(edition.handbook.assessment) - 1, entries)
