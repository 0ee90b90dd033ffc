"""A new lab: its entry, its page, and a service with one fault, its repair and its tests."""

from __future__ import annotations

from macros.commands.drafts import DataList, Draft, scalar, to_write
from macros.commands.pieces import add_page, check_new_page, filled, known_phase, known_skill, steps, title_of
from macros.commands.words import about, id_problems, refuse
from macros.data.paths import address
from macros.data.problems import Problem
from macros.entities.edition import Edition
from macros.rules.ids import id_or_choices


def new_lab(draft: Draft, edition: Edition, given: dict[str, str], problems: list[Problem]) -> list[str]:
    handbook = edition.handbook
    command = "new-lab"
    name, topic = (given.get(word, "") for word in ("ID", "TOPIC"))
    problems += id_problems(handbook, command, "labs", name)
    skill = known_skill(handbook, command, given.get("SKILL", ""), problems)
    phase = known_phase(handbook, command, given.get("PHASE", ""), problems)
    if topic and topic not in [t.id for t in handbook.topics]:
        problems.append(about(command, "TOPIC", topic, "is not a topic", id_or_choices(topic, handbook.topics)))
    page = f"labs/{name}.md" if name else ""
    check_new_page(edition, command, "ID", page, problems)
    refuse(problems)
    assert skill and phase

    title = title_of(name)
    hints = ["a direction.", "the part of the code, and what it has to guarantee.", "almost the repair."]
    DataList(draft, "labs").add(len(handbook.labs) - 1, {
        "id": scalar(name),
        "title": scalar(title),
        "skill": skill.id,
        "phase": phase.id,
        "topics": f"[{topic}]",
        "page": page,
        "hours": "{ min: 2, likely: 3, max: 4 }",
        "story": to_write("what has happened, in one sentence."),
        "hints": "\n" + "\n".join(f"  - {to_write(hint)}".replace("\n", "\n  ") for hint in hints),
        "red": "\n  - test_an_empty_text_is_refused",
    })  # fmt: skip
    folder = f"docs/labs/{name}"
    draft.texts[f"{folder}/starter/service.py"] = filled("service.py", answer='return {"short": ""}')
    draft.texts[f"{folder}/solution/service.py"] = filled(
        "service.py", answer='raise HTTPException(422, "there is nothing to shorten")'
    )
    draft.texts[f"{folder}/tests/test_answers.py"] = filled("test_answers.py")
    draft.texts[f"{folder}/wrong.yml"] = filled("wrong.yml")
    last = [p for p in handbook.pages if p.path in {lab.page for lab in handbook.labs}][-1]
    add_page(
        draft,
        handbook,
        page,
        title,
        filled("lab.md", id=name),
        last,
        before=skill.page,
        card=f'{{{{ lab_card("{name}") }}}}',
    )
    return steps(
        f"The lab {name} is on docs/{page}, with a service that has a small fault, its repair, its tests and a wrong repair in {folder}",
        address(page),
        f"Play it: make test-labs NAME={name}. The tests under `red` have to fail on the starter and none on the solution; "
        "each wrong repair has to fail in the test that it names. More about it: contribute/new-lab.md",
    )
