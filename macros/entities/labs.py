"""Labs: failing services to repair. Their files lie below docs/labs/; this reads them, checks them against the data, and
renders what their pages show of them."""

from __future__ import annotations

import ast
import difflib
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from macros.data.handbook import Handbook
from macros.data.places import read_text
from macros.data.problems import DataError, Problem, choices
from macros.entities.wrong_repairs import FILE, Listed, check_wrong_repairs, read_wrong_repairs
from macros.render.text import block, hours_text, inline, link, listed, table, tick

FOLDER = "labs"


#: Lines of the solution's diff: a lab is repaired in an evening.
DIFF_LINES = 160


#: Lines of a starter: it is read before it is repaired.
STARTER_LINES = 300


#: What each hint holds, so that nobody opens more than they want to know.
HINTS = ("where to look", "what to use", "almost the solution")


class LabFiles(NamedTuple):
    """A lab's folder.

    Attributes:
        starter: text by file name.
        solution: text by file name.
        tests: the sentence of each test, by its name.
        wrong: repairs that must not pass; None when nobody has listed any.
    """

    starter: dict[str, str]
    solution: dict[str, str]
    tests: dict[str, str]
    wrong: Listed | None = None


def read_labs(docs: Path) -> dict[str, LabFiles]:
    """The folders below docs/labs/ that hold a starter, by name. Raises DataError on a file that is no text, or no Python."""
    found = {}
    problems: list[Problem] = []

    def text_of(file: Path) -> str:
        name = f"docs/{file.relative_to(docs).as_posix()}"
        try:
            text = read_text(file, name)
            if file.suffix == ".py":
                _sentences(text)
        except DataError as error:
            problems.extend(error.problems)
        except SyntaxError as error:
            line, column = error.lineno or 1, error.offset or 1
            value = (error.text or "").strip() or None
            problems.append(Problem((), value, f"is not Python ({error.msg})", "correct it", name, line, column))
        else:
            return text
        return ""

    for folder in sorted((docs / FOLDER).glob("*/")):
        if not (folder / "starter").is_dir():
            continue
        texts = {
            part: {f.name: text_of(f) for f in sorted((folder / part).glob("*.*")) if f.is_file()}
            for part in ("starter", "solution", "tests")
        }
        sentences = {
            test: sentence
            for name, text in texts["tests"].items()
            if name.startswith("test_")
            for test, sentence in _sentences(text).items()
        }
        wrong = None
        try:
            wrong = read_wrong_repairs(folder / FILE, f"docs/{FOLDER}/{folder.name}/{FILE}")
        except DataError as error:
            problems.extend(error.problems)
        found[folder.name] = LabFiles(texts["starter"], texts["solution"], sentences, wrong)
    if problems:
        raise DataError(problems)
    return found


# A lab that has not changed is not read anew at each check after an edit.
@functools.lru_cache(maxsize=256)
def _sentences(program: str) -> dict[str, str]:
    """The sentence of each test in a program. Raises SyntaxError."""
    return {
        node.name: " ".join((ast.get_docstring(node) or "").split())
        for node in ast.walk(ast.parse(program))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def changed_lines(folder: Path) -> int:
    """Lines that a solution adds to its starter or takes away."""
    return len([line for line in _diff(read_labs(folder.parent.parent)[folder.name]) if line[0] in "+-"])


def _diff(files: LabFiles) -> list[str]:
    lines: list[str] = []
    for name in sorted({*files.starter, *files.solution}):
        old, new = (part.get(name, "").splitlines() for part in (files.starter, files.solution))
        lines += list(difflib.unified_diff(old, new, lineterm="", n=2))[2:]
    return lines


def check_labs(handbook: Handbook, labs: Mapping[str, LabFiles]) -> Iterator[Problem]:
    """Every lab of the data has its folder, tests and a short starter, and every folder its entry.

    A lab without its files is a promise; files without an entry are found by nobody.
    """
    for i, lab in enumerate(handbook.labs):
        if lab.id not in labs:
            yield Problem(
                ("labs", i, "id"),
                lab.id,
                f"has no folder docs/labs/{lab.id} with a starter",
                choices(lab.id, list(labs)),
            )
            continue
        files = labs[lab.id]
        for part, what in ((files.solution, "solution"), (files.tests, "tests")):
            if not part:
                repair = f"write it in docs/labs/{lab.id}/{what}"
                yield Problem(("labs", i, "id"), lab.id, f"is a lab without {what}", repair)
        for j, test in enumerate(lab.red):
            if files.tests and test not in files.tests:
                yield Problem(
                    ("labs", i, "red", j), test, f"is no test below docs/labs/{lab.id}/tests",
                    choices(test, list(files.tests)),
                )  # fmt: skip
        if files.wrong:
            yield from check_wrong_repairs(files.wrong, files.solution, files.tests)
        lines = sum(len(text.splitlines()) for text in files.starter.values())
        if lines > STARTER_LINES:
            yield Problem(
                ("labs", i, "id"), lab.id, f"has a starter of {lines} lines, more than {STARTER_LINES}", "shorten it"
            )
    for name in sorted(set(labs) - {lab.id for lab in handbook.labs}):
        yield Problem(("labs",), name, "is a lab without an entry", "add an entry with this id under `labs`")


def lab_card(handbook: Handbook, page: str, lab_id: str) -> str:
    """What a lab is about, what it takes, and the command that begins it."""
    lab = handbook.lab(lab_id)
    skill, phase = handbook.skill(lab.skill), handbook.phase(lab.phase)
    topics = listed([link(t.title, page, t.page, t.id) for t in (handbook.topic(name) for name in lab.topics)])
    return block(
        "div", "topic-card",
        f"**{inline(lab.story)}**", "",
        f"{link(skill.backend, page, skill.page)}, {link(f'phase {handbook.phase_number(phase.id)}', page, phase.page)}; "
        f"{hours_text(lab.hours)} (estimate), part of the hours of its topics: {topics}.",
        "{ .topic-card__meta }", "",
        f"Begin in {link('a clone of the repository', page, 'labs/index.md', 'how')}: `make labs` once, then "
        f"`make lab NAME={lab.id}`.",
        attributes=tick(lab).strip(),
    )  # fmt: skip


def lab_hints(handbook: Handbook, lab_id: str) -> str:
    """Three hints, each folded, the last almost the solution."""
    parts = []
    for number, (holds, hint) in enumerate(zip(HINTS, handbook.lab(lab_id).hints, strict=True), 1):
        parts += [block("details", "hint", f"<summary>Hint {number}: {holds}</summary>", "", inline(hint)), ""]
    return "\n".join(parts)


def lab_tests(handbook: Handbook, labs: Mapping[str, LabFiles], lab_id: str) -> str:
    """The tests that are red on the starter, each with what it is for; folded, the wrong repairs that pass them all."""
    tests, wrong = labs[lab_id].tests, labs[lab_id].wrong
    rows = [
        [inline(name.removeprefix("test_").replace("_", " ")), inline(tests[name])] for name in handbook.lab(lab_id).red
    ]
    red = block("div", "wide-table lab-tests", table(["Red on the starter", "Why it matters"], rows))
    passing = [repair for repair in wrong.repairs if repair.undetectable] if wrong else []
    if not passing:
        return red
    summary = "<summary>What the tests can't tell from a repair</summary>"
    lines = [f"-   {inline(repair.why)} {inline(repair.undetectable or '')}" for repair in passing]
    return f"{red}\n\n{block('details', 'hint', summary, '', *lines)}"


def lab_solution(handbook: Handbook, labs: Mapping[str, LabFiles], lab_id: str) -> str:
    """The difference between starter and solution, folded."""
    # A tilde fence: a diff of Markdown text could hold one of backticks.
    return block(
        "details", "solution", "<summary>The solution as a diff</summary>", "", "~~~~diff", *_diff(labs[lab_id]), "~~~~"
    )


def labs_table(handbook: Handbook, page: str) -> str:
    """Every lab with its row, phase and hours."""
    rows = [
        [
            link(lab.title, page, lab.page),
            inline(lab.story),
            inline(handbook.skill(lab.skill).backend),
            str(handbook.phase_number(lab.phase)),
            f"{lab.hours.min:g}–{lab.hours.max:g}",
        ]
        for lab in handbook.labs
    ]
    return block("div", "wide-table", table(["Lab", "What has happened", "Row", "Phase", "Hours (estimate)"], rows))
