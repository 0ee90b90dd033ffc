"""Labs: failing services to repair. Their files lie below docs/labs/; this reads them, checks them against the data, and
renders what their pages show of them."""

from __future__ import annotations

import ast
import difflib
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from macros.data.handbook import Handbook
from macros.data.places import read_text
from macros.data.problems import DataError, KeyPath, Problem, choices
from macros.entities.wrong_repairs import (
    FILE,
    FILE_ELSEWHERE,
    Listed,
    check_wrong_repairs,
    read_wrong_repairs,
    read_wrong_repairs_elsewhere,
)
from macros.render.text import block, hours_text, inline, link, listed, table, tick

FOLDER = "labs"


#: Lines of the solution's diff: a lab is repaired in an evening.
DIFF_LINES = 160


#: Lines of a starter: it is read before it is repaired.
STARTER_LINES = 300


#: The languages that a lab can begin in besides Python, by the end of a folder's name, as in starter-ts.
LANGUAGES = {"ts": "TypeScript", "java": "Java"}


#: Wrong repairs that a lab lists in each of them, so that its tests are known to refuse them there too.
FEWEST_ELSEWHERE = 5


#: What each hint holds, so that nobody opens more than they want to know.
HINTS = ("where to look", "what to use", "almost the solution")


class Elsewhere(NamedTuple):
    """A lab in another language than Python. Its tests are the same.

    Attributes:
        starter: text by file name.
        solution: text by file name.
        wrong: some of the lab's wrong repairs, in this language; None when nobody has listed any.
    """

    starter: dict[str, str]
    solution: dict[str, str]
    wrong: Listed | None = None


class LabFiles(NamedTuple):
    """A lab's folder.

    Attributes:
        starter: text by file name.
        solution: text by file name.
        tests: the sentence of each test, by its name.
        wrong: repairs that must not pass; None when nobody has listed any.
        others: the same in other languages, by the end of their folders' names.
    """

    starter: dict[str, str]
    solution: dict[str, str]
    tests: dict[str, str]
    wrong: Listed | None = None
    others: Mapping[str, Elsewhere] = MappingProxyType({})


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
        beside = [*folder.glob("starter-*/"), *folder.glob("solution-*/")]
        endings = sorted({part.name.partition("-")[2] for part in beside}, key=_in_order)
        parts = ["starter", "solution", "tests", *(f"{part}-{e}" for e in endings for part in ("starter", "solution"))]
        texts = {
            part: {f.name: text_of(f) for f in sorted((folder / part).glob("*.*")) if f.is_file()} for part in parts
        }
        sentences = {
            test: sentence
            for name, text in texts["tests"].items()
            if name.startswith("test_")
            for test, sentence in _sentences(text).items()
        }
        wrong = None
        others = {}
        shown_as = f"docs/{FOLDER}/{folder.name}"
        try:
            wrong = read_wrong_repairs(folder / FILE, f"{shown_as}/{FILE}")
            for ending in endings:
                file = FILE_ELSEWHERE.format(ending)
                again = read_wrong_repairs_elsewhere(folder / file, f"{shown_as}/{file}", wrong)
                others[ending] = Elsewhere(texts[f"starter-{ending}"], texts[f"solution-{ending}"], again)
        except DataError as error:
            problems.extend(error.problems)
        found[folder.name] = LabFiles(texts["starter"], texts["solution"], sentences, wrong, others)
    if problems:
        raise DataError(problems)
    return found


def _in_order(ending: str) -> tuple[int, str]:
    """The languages in the order of LANGUAGES, then what is none."""
    return ([*LANGUAGES, ending].index(ending), ending)


# A lab that has not changed is not read anew at each check after an edit.
@functools.lru_cache(maxsize=256)
def _sentences(program: str) -> dict[str, str]:
    """The sentence of each test in a program. Raises SyntaxError."""
    return {
        node.name: " ".join((ast.get_docstring(node) or "").split())
        for node in ast.walk(ast.parse(program))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def changed_lines(folder: Path, ending: str = "") -> int:
    """Lines that a solution adds to its starter or takes away, in Python or in the language of this ending."""
    files = read_labs(folder.parent.parent)[folder.name]
    return len([line for line in _diff(files.others[ending] if ending else files) if line[0] in "+-"])


def _diff(files: LabFiles | Elsewhere) -> list[str]:
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
        yield from _too_long(("labs", i, "id"), lab.id, "starter", files.starter)
        for ending, other in files.others.items():
            yield from _check_elsewhere(("labs", i, "id"), lab.id, ending, other, files)
    for name in sorted(set(labs) - {lab.id for lab in handbook.labs}):
        yield Problem(("labs",), name, "is a lab without an entry", "add an entry with this id under `labs`")


def _too_long(path: KeyPath, lab: str, part: str, texts: Mapping[str, str]) -> Iterator[Problem]:
    lines = sum(len(text.splitlines()) for text in texts.values())
    if lines > STARTER_LINES:
        yield Problem(path, lab, f"has a {part} of {lines} lines, more than {STARTER_LINES}", "shorten it")


def _check_elsewhere(path: KeyPath, lab: str, ending: str, other: Elsewhere, files: LabFiles) -> Iterator[Problem]:
    """A lab in another language has what it has in Python, or its command would begin what nobody has ever repaired."""
    folder = f"docs/{FOLDER}/{lab}"
    if ending not in LANGUAGES:
        rule = f"has a folder for {ending!r}, which is no language of the labs"
        yield Problem(path, lab, rule, f"rename it: {choices(ending, LANGUAGES)}")
        return
    for part, here, there in (("starter", other.starter, "solution"), ("solution", other.solution, "starter")):
        if not here:
            rule = f"has a {there} in {LANGUAGES[ending]} and no {part}"
            yield Problem(path, lab, rule, f"write {folder}/{part}-{ending}, or delete {folder}/{there}-{ending}")
    yield from _too_long(path, lab, f"starter-{ending}", other.starter)
    count = len(other.wrong.repairs) if other.wrong else 0
    if count < FEWEST_ELSEWHERE:
        rule = f"has {count} wrong repairs in {LANGUAGES[ending]}, fewer than {FEWEST_ELSEWHERE}"
        yield Problem(path, lab, rule, f"write them in {folder}/{FILE_ELSEWHERE.format(ending)}")
    if other.wrong and other.solution:
        yield from check_wrong_repairs(other.wrong, other.solution, files.tests)


def lab_card(handbook: Handbook, labs: Mapping[str, LabFiles], page: str, lab_id: str) -> str:
    """What a lab is about, what it takes, the command that begins it, and the languages that it begins in."""
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
        f"`make lab NAME={lab.id}`.{_also_in(labs[lab_id].others)}",
        attributes=tick(lab).strip(),
    )  # fmt: skip


def _also_in(others: Mapping[str, Elsewhere]) -> str:
    """The other languages of a lab, each with what to add to the command; empty when there is none."""
    added = [f"`IN={ending}` for {LANGUAGES[ending]}" for ending in others]
    return f" It starts in Python. Add {listed(added, 'or')}." if added else ""


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


def lab_solution(handbook: Handbook, labs: Mapping[str, LabFiles], page: str, lab_id: str) -> str:
    """The difference between starter and solution, folded, with links to the solution in other languages."""
    lines = []
    for ending, other in labs[lab_id].others.items():
        folder = f"{FOLDER}/{lab_id}/solution-{ending}"
        names = listed([link(f"`{name}`", page, f"{folder}/{name}") for name in other.solution])
        command = f"make lab NAME={lab_id} IN={ending} SOLUTION=1"
        lines += ["", f"The same repair in {LANGUAGES[ending]}: {names}. `{command}` shows it as a diff."]
    # A tilde fence: a diff of Markdown text could hold one of backticks.
    return block(
        "details", "solution", "<summary>The solution as a diff</summary>", "", "~~~~diff", *_diff(labs[lab_id]),
        "~~~~", *lines,
    )  # fmt: skip


def labs_table(handbook: Handbook, labs: Mapping[str, LabFiles], page: str) -> str:
    """Every lab with its row, phase, hours and languages."""
    rows = [
        [
            link(lab.title, page, lab.page),
            inline(lab.story),
            inline(handbook.skill(lab.skill).backend),
            str(handbook.phase_number(lab.phase)),
            f"{lab.hours.min:g}–{lab.hours.max:g}",
            ", ".join(["Python", *(LANGUAGES[ending] for ending in labs[lab.id].others)]),
        ]
        for lab in handbook.labs
    ]
    return block(
        "div", "wide-table", table(["Lab", "What has happened", "Row", "Phase", "Hours (estimate)", "Starts in"], rows)
    )
