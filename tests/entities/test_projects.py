"""The acceptance kit and the data hold the same checks, and every check has a wrong service that it alone refuses."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from macros.data.handbook import Handbook
from macros.data.problems import DataError
from macros.entities.files import as_json
from macros.entities.projects import ProjectFiles, check_projects, read_projects
from support.small_handbook import STAGED, data, handbook

WRONG = {"id": "mute", "why": "It says nothing.", "refused_by": "answers", "only": True, "file": "a.py", "from": "x", "to": "y"}  # fmt: skip


def _handbook() -> Handbook:
    changed = data()
    changed["projects"][0] |= copy.deepcopy(STAGED)
    return handbook(changed)


def _files() -> ProjectFiles:
    return ProjectFiles({"answers"}, as_json(_handbook().projects[0]), [WRONG], {"a.py": "x = 1\n"})


def test_a_kit_that_fits_its_data_is_in_order() -> None:
    assert list(check_projects(_handbook(), {"build-1": _files()})) == []
    assert list(check_projects(handbook(), {})) == [], "a project without stages needs no kit"


#: damage to the kit's files, the value of the problem, a part of the rule's sentence, a part of the repair
BAD: list[tuple[Callable[[ProjectFiles], ProjectFiles], str | None, str, str]] = [
    (lambda f: f._replace(checks={"answer"}), "answers", "has no function below docs/projects/build-1", "write answers()"),
    (lambda f: f._replace(data="{}"), None, "is not what the data says", "make format"),
    (lambda f: f._replace(wrong=[WRONG | {"only": False}]), "answers", "no wrong service alone", "only: true"),
    (lambda f: f._replace(wrong=[WRONG, WRONG | {"refused_by": "answer"}]), "answer", "no check", "nearest: answers"),
    (lambda f: f._replace(wrong=[WRONG | {"from": "z"}]), "z", "stands 0 times in reference/a.py", "once"),
    (lambda f: f._replace(reference={"a.py": "x = x\n"}), "x", "stands 2 times in reference/a.py", "once"),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "value", "rule", "repair"), BAD, ids=[rule for _, _, rule, _ in BAD])
def test_a_kit_beside_its_data_is_named(
    damage: Callable[[ProjectFiles], ProjectFiles], value: str | None, rule: str, repair: str
) -> None:
    (problem,) = check_projects(_handbook(), {"build-1": damage(_files())})
    assert problem.value == value and rule in problem.rule and repair in problem.repair


def test_stages_without_a_kit_are_named() -> None:
    (problem,) = check_projects(_handbook(), {})
    assert problem.path == ("projects", 0, "id") and "has stages and no kit" in problem.rule


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("x_checks.py", "def answers(:\n", "docs/projects/build-1/x_checks.py:1:"),
        ("wrong.yml", "- id: [\n", "docs/projects/build-1/wrong.yml:"),
        ("wrong.yml", "- id: mute\n", "is no list of wrong services"),
    ],
)
def test_a_kit_that_can_not_be_read_has_a_place(tmp_path: Path, name: str, text: str, says: str) -> None:
    folder = tmp_path / "projects/build-1"
    (folder / "reference").mkdir(parents=True)
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=says.replace(".", r"\.")):
        read_projects(tmp_path)
