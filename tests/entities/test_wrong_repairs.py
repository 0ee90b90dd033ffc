"""The lists of wrong repairs: what a stale or half-written entry is told, and what is made of a good one."""

from __future__ import annotations

from pathlib import Path

import pytest

from macros.data.problems import DataError
from macros.entities.wrong_repairs import check_wrong_repairs, occurrences, read_wrong_repairs, wrongly_repaired

SOLUTION = {
    "service.py": """\
def take(order):
    if order.paid:
        return ship(order)
    return None


def give(order):
        if order.paid:
            return refund(order)
""",
    "rules.txt": "one rule\n",
}
TESTS = {"test_it_ships": "It ships.", "test_it_refunds": "It refunds."}
GOOD = """\
- id: ships-unpaid
  why: Orders leave unpaid.
  refused_by: test_it_ships
  file: service.py
  from: "    if order.paid:\\n        return ship"
  to: "    if order:\\n        return ship"
"""


def problems(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "wrong.yml").write_text(text, encoding="utf-8")
    try:
        listed = read_wrong_repairs(tmp_path / "wrong.yml", "wrong.yml")
    except DataError as error:
        return [str(problem) for problem in error.problems]
    assert listed
    return [str(problem) for problem in check_wrong_repairs(listed, SOLUTION, TESTS)]


#: A change of the good list, and what is said about it.
STALE = {
    "no test": ("  refused_by: test_it_ships\n", "", "[ships-unpaid]: 'ships-unpaid': names no test: write either `refused_by:`"),
    "a renamed test": ("test_it_ships", "test_ships", "'test_ships': is no test of the lab: use one of test_it_ships"),
    "two reasons": ("  file:", "  undetectable: Nobody sees it.\n  file:", "names both a test and a reason"),
    "a renamed file": ("service.py", "server.py", "wrong.yml:4:9 [ships-unpaid].file: 'server.py': is no file of the solution"),
    "a place that is gone": ("return ship", "send", "occurs 0 times in solution/service.py, not once: copy it anew"),
    "a place that is there twice": ('"    if order.paid:\\n        return ship"', "order.paid", "occurs 2 times in solution"),
    "no Python": ("if order:", "if order", "makes a program that is no Python (expected ':', line 2 of service.py)"),
    "markup": ("unpaid.", "<b>unpaid</b>.", "is markup; the data holds plain text"),
    "an id twice": ("end", GOOD, "'ships-unpaid': is the id of another entry: choose another id"),
    "a key that is none": ("  from:", "  form:", "[ships-unpaid].from: nothing: is missing: add `from:`, for example"),
    "no list": ("- id", "id", "wrong.yml"),
    "a place of `more` that is gone": ("end", "  more:\n    - {file: rules.txt, from: two, to: none}\n",
        "[ships-unpaid].more[0].from: 'two': occurs 0 times in solution/rules.txt, not once"),
}  # fmt: skip


def test_a_good_entry_is_in_order(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []
    assert read_wrong_repairs(tmp_path / "none.yml", "none.yml") is None


@pytest.mark.parametrize("what", STALE)
def test_an_entry_that_is_stale_is_named_with_its_place(what: str, tmp_path: Path) -> None:
    old, new, said = STALE[what]
    text = GOOD + new if old == "end" else GOOD.replace(old, new)
    assert text != GOOD
    found = problems(tmp_path, text)
    assert any(said in problem for problem in found), found


def test_a_block_is_found_at_the_indentation_where_it_stands(tmp_path: Path) -> None:
    """Whoever copies lines from a function writes them at the indentation of the list."""
    assert len(occurrences(SOLUTION["service.py"], "if order.paid:\n    return ship(order)\n")) == 1
    assert len(occurrences(SOLUTION["service.py"], "if order.paid:\n    return")) == 2
    assert occurrences(SOLUTION["service.py"], "if order.paid:\n  return") == []
    text = """\
- id: refunds-all
  why: Everybody is paid back.
  refused_by: test_it_refunds
  file: service.py
  from: |
    if order.paid:
        return refund(order)
  to: |
    for _ in range(2):
        refund(order)

    return None
  more:
    - file: service.py
      from: ship(order)
      to: ship(order, now=True)
    - {file: rules.txt, from: one rule, to: no rule}
"""
    assert problems(tmp_path, text) == []
    listed = read_wrong_repairs(tmp_path / "wrong.yml", "wrong.yml")
    assert listed
    changed = wrongly_repaired(SOLUTION, listed.repairs[0])
    assert changed["rules.txt"] == "no rule\n"
    assert "return ship(order, now=True)" in changed["service.py"]
    assert changed["service.py"].endswith(
        "        for _ in range(2):\n            refund(order)\n\n        return None\n"
    ), "a blank line stays blank"
