"""Each rule of the data: the small handbook keeps it, and one damage breaks it and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from macros.data.manuscript import manuscript
from macros.rules import every, ids, weeks
from support.rule_cases import BAD_DATA, BAD_PAGES, Damage
from support.small_handbook import DATA, data, handbook, pages


def test_the_small_handbook_keeps_every_rule() -> None:
    assert every.check(handbook(), pages()) == []


@pytest.mark.parametrize(
    ("rule", "damage", "expected"),
    BAD_DATA,
    ids=[f"{rule.__name__}-{index}" for index, (rule, _, _) in enumerate(BAD_DATA)],
)
def test_a_damage_to_the_data_breaks_its_rule(rule: ids.Rule, damage: Damage, expected: tuple[Any, ...]) -> None:
    changed = data()
    damage(changed)
    problems = list(rule(handbook(changed), pages()))
    path, value, sentence, repair = expected
    matching = [p for p in problems if p.path == path]
    assert matching, problems
    assert str(matching[0].value).startswith(str(value))
    assert sentence in matching[0].rule
    assert any(part in matching[0].repair for part in repair.split("|"))


@pytest.mark.parametrize(
    ("rule", "page", "text", "expected"),
    BAD_PAGES,
    ids=[f"{rule.__name__}-{index}" for index, (rule, *_) in enumerate(BAD_PAGES)],
)
def test_a_damage_to_a_page_breaks_its_rule(rule: ids.Rule, page: str, text: str, expected: tuple[Any, ...]) -> None:
    changed = pages() | {page: manuscript(page, text)}
    (problem,) = rule(handbook(), changed)
    line, value, sentence = expected
    assert (problem.file, problem.line, problem.value) == (f"docs/{page}", line, value)
    assert sentence in problem.rule


def test_every_rule_has_a_bad_case() -> None:
    tried = {rule for rule, *_ in BAD_DATA} | {rule for rule, *_ in BAD_PAGES}
    assert tried == set(every.RULES)


def test_a_long_chain_of_prerequisites_is_no_cycle() -> None:
    changed = data()
    chain = [DATA["topics"][0] | {"id": f"t{i}", "requires": [f"t{i - 1}"] if i else []} for i in range(5000)]
    changed["topics"] = chain
    assert list(weeks.check_prerequisite_cycles(handbook(changed), pages())) == []


def test_macros_in_raw_blocks_are_not_calls() -> None:
    page = manuscript("x.md", '# X\n{% raw %}\n{{ secrets("a") }}\n{% endraw %}\n{{ fact("b") }}\n')
    assert [(c.name, c.argument, c.line) for c in page.calls] == [("fact", "b", 5)]


def test_words_are_prose_without_code_macros_and_front_matter() -> None:
    page = manuscript(
        "x.md",
        "---\ndescription: not counted\n---\n\n# Two words { #x }\n\n{{ f() }} Three [more words](not/this.md).\n\n```\ncode\n```\n",
    )
    assert page.words == 5
    assert page.title == "Two words"
    assert page.title_line == 5
    assert page.front_matter == "description: not counted\n"
