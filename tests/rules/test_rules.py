"""Each rule of the data: the small handbook keeps it, and one damage breaks it and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from macros.data.manuscript import manuscript
from macros.rules import every, ids, weeks, writing
from support.rule_cases import BAD_DATA, BAD_PAGES, BAD_TEXTS, GOOD_TEXTS, Damage
from support.small_handbook import DATA, TEXTS, data, handbook, pages


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


@pytest.mark.parametrize(("rule", "text", "expected"), BAD_TEXTS, ids=[text for _, text, _ in BAD_TEXTS])
def test_a_slip_in_a_page_s_text_is_named_at_its_place(
    rule: ids.Rule, text: str, expected: tuple[int, str, str]
) -> None:
    front = "---\ndescription: x\n---\n\n"
    changed = pages() | {"index.md": manuscript("index.md", f"{front}{TEXTS['index.md']}\n{text}\n\nGo on.\n")}
    (problem,) = every.check(handbook(), changed)
    column, value, sentence = expected
    assert list(rule(handbook(), changed)) == [problem]
    line = 12 + text[: text.index(value) if value in text else 0].count("\n")
    assert (problem.file, problem.line, problem.column, problem.value) == ("docs/index.md", line, column, value)
    assert sentence in problem.rule and problem.repair


@pytest.mark.parametrize("text", GOOD_TEXTS)
def test_what_only_looks_like_a_slip_is_none(text: str) -> None:
    changed = pages() | {"index.md": manuscript("index.md", f"{TEXTS['index.md']}\n{text}\n\nGo on.\n")}
    assert every.check(handbook(), changed) == []


def test_each_slip_has_a_bad_case() -> None:
    said = {rule for _, _, (_, _, rule) in BAD_TEXTS}
    assert [name for name, _, rule, _ in writing.SLIPS if not any(part in rule for part in said)] == []


def test_every_rule_has_a_bad_case() -> None:
    tried = {rule for rule, *_ in [*BAD_DATA, *BAD_PAGES, *BAD_TEXTS]}
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
