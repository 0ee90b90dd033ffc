"""Labs in other languages than Python: what is asked of their folders, and what is read from their lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from macros.data.problems import DataError
from macros.entities.labs import Elsewhere, check_labs, read_labs
from support.entity_cases import BAD_ELSEWHERE
from support.small_handbook import LAB, handbook

WRONG = """\
- id: forgets
  why: It forgets.
  refused_by: test_it_remembers
  file: service.py
  from: commit()
  to: None
- id: forgets-late
  why: It forgets later.
  undetectable: No test waits.
  file: service.py
  from: commit()
  to: None
"""
IN_TYPESCRIPT = "- {id: forgets, file: service.ts, from: commit(), to: undefined}\n"


def test_a_lab_in_another_language_is_in_order() -> None:
    assert list(check_labs(handbook(), {"broken-queue": LAB})) == []


@pytest.mark.parametrize(("others", "rule"), BAD_ELSEWHERE, ids=[rule for _, rule in BAD_ELSEWHERE])
def test_what_a_lab_lacks_in_another_language_is_named(others: dict[str, Elsewhere], rule: str) -> None:
    found = [str(problem) for problem in check_labs(handbook(), {"broken-queue": LAB._replace(others=others)})]
    assert found and all(rule in problem for problem in found), found


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A lab's folder in Python and TypeScript."""
    folder = tmp_path / "labs/broken-queue"
    for part, texts in {
        "starter": LAB.starter,
        "solution": LAB.solution,
        "starter-ts": LAB.others["ts"].starter,
        "solution-ts": LAB.others["ts"].solution,
    }.items():
        (folder / part).mkdir(parents=True)
        for name, text in texts.items():
            (folder / part / name).write_text(text, encoding="utf-8")
    (folder / "wrong.yml").write_text(WRONG, encoding="utf-8")
    (folder / "wrong-ts.yml").write_text(IN_TYPESCRIPT, encoding="utf-8")
    return folder


def test_the_languages_of_a_lab_are_its_folders(lab: Path) -> None:
    (lab / "solution-java").mkdir()
    others = read_labs(lab.parent.parent)["broken-queue"].others
    assert [*others] == ["ts", "java"], "in the order of the pages"
    assert (others["ts"].starter, others["ts"].solution) == LAB.others["ts"][:2]
    assert others["java"] == ({}, {}, None)


def test_a_wrong_repair_elsewhere_has_the_reason_and_the_test_of_the_one_in_python(lab: Path) -> None:
    listed = read_labs(lab.parent.parent)["broken-queue"].others["ts"].wrong
    assert listed
    (repair,) = listed.repairs
    assert (repair.id, repair.why, repair.refused_by) == ("forgets", "It forgets.", "test_it_remembers")
    assert (repair.file, repair.new) == ("service.ts", "undefined")


@pytest.mark.parametrize("name", ["forgot", "forgets-late"])
def test_a_wrong_repair_elsewhere_is_one_that_a_test_refuses_in_python(name: str, lab: Path) -> None:
    (lab / "wrong-ts.yml").write_text(IN_TYPESCRIPT.replace("forgets", name), encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_labs(lab.parent.parent)
    assert [str(problem) for problem in error.value.problems] == [
        f"docs/labs/broken-queue/wrong-ts.yml:1:8 [{name}].id: '{name}': is no wrong repair of wrong.yml that a test "
        "refuses: use one of forgets (nearest: forgets)"
    ]
