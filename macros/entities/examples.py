"""Examples: programs in docs/examples/, with what they printed beside them. Pages show both."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from macros.data.manuscript import Pages
from macros.data.places import read_text
from macros.data.problems import DataError, Problem, choices

FOLDER = "examples"
#: Imported by examples, and not an example itself: the two small models.
HELPER = "local_models"
#: What requirements-examples.txt brings, under the names that examples import.
PACKAGES = frozenset(["numpy", HELPER])
#: A line fits a page without scrolling, a program is read in two looks.
WIDTH = 88
LINES = 90


def read_examples(docs: Path) -> dict[str, str]:
    """Programs and outputs by file name. Raises DataError with each that is no text."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for file in sorted((docs / FOLDER).glob("*.*")):
        if file.suffix in (".py", ".txt"):
            try:
                texts[file.name] = read_text(file, f"docs/{FOLDER}/{file.name}")
            except DataError as error:
                problems += error.problems
    if problems:
        raise DataError(problems)
    return texts


def check_examples(examples: Mapping[str, str], pages: Pages) -> Iterator[Problem]:
    """Examples are Python, small enough to read on a page, run with what is promised, and are shown with their output.

    Otherwise a reader would copy what does not run, or scroll sideways to read it.
    """
    shown = {mark.text: page for page in pages.values() for mark in page.snippets}
    for name, text in examples.items():
        stem, _, kind = name.rpartition(".")
        file = f"docs/{FOLDER}/{name}"

        def problem(line: int, value: object, rule: str, repair: str, file: str = file) -> Problem:
            return Problem((), value, rule, repair, file, line, 1, "example")

        if stem == HELPER:
            continue
        if f"{FOLDER}/{name}" not in shown:
            snippet = f'--8<-- "{FOLDER}/{name}"'
            yield problem(1, name, "is shown on no page", f"show it in a block of code, {snippet}, or delete it")
        if kind == "txt":
            if f"{stem}.py" not in examples:
                programs = [other for other in examples if other.endswith(".py")]
                yield problem(1, name, "is the output of no program", f"rename it; {choices(f'{stem}.py', programs)}")
            continue
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            if len(line) > WIDTH:
                yield problem(number, line.strip(), f"has {len(line)} columns, more than {WIDTH}", "break the line")
        if len(lines) > LINES:
            yield problem(LINES + 1, f"{len(lines)} lines", f"are more than {LINES}", "shorten it, or make two of it")
        try:
            imported = _imports(ast.parse(text))
        except SyntaxError as error:
            value = (error.text or "").strip() or None
            yield problem(error.lineno or 1, value, f"is not Python ({error.msg})", "correct it")
            continue
        for package, number in imported.items():
            if package not in sys.stdlib_module_names | PACKAGES:
                repair = f"use the standard library, or one of {', '.join(sorted(PACKAGES))}"
                yield problem(number, package, "is no package that examples may use", repair)
        page = shown.get(f"{FOLDER}/{name}")
        if page and PACKAGES & imported.keys() and "requirements-examples.txt" not in page.text:
            place = next(mark for mark in page.snippets if mark.text == f"{FOLDER}/{name}")
            yield Problem(
                (), name, "needs packages, and this page does not say so",
                "say on it: pip install --require-hashes -r requirements-examples.txt",
                f"docs/{page.path}", place.line, place.column, "snippet",
            )  # fmt: skip


def _imports(program: ast.Module) -> dict[str, int]:
    """The packages that a program imports, with the line of each."""
    found: dict[str, int] = {}
    for node in ast.walk(program):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0]: node.lineno for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found[(node.module or "").split(".")[0]] = node.lineno
    return found
