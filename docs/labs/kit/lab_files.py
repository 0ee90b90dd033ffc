"""The labs as the handbook's data and their folders describe them."""

from __future__ import annotations

import ast
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "docs/examples")]

from languages import LANGUAGES, Language, kit_files  # noqa: E402
from runs import Told  # noqa: E402

from macros.data.handbook import PARTS, Lab  # noqa: E402
from macros.data.load import load  # noqa: E402
from macros.data.paths import DATA  # noqa: E402
from macros.data.problems import DataError, choices  # noqa: E402
from macros.entities.labs import LabFiles, read_labs  # noqa: E402

LABS = ROOT / "docs/labs"


def labs() -> dict[str, Lab]:
    """The labs of the data, by id. Raises Told."""
    try:
        data, _ = load(ROOT / DATA, DATA, PARTS[DATA])
    except DataError as error:
        raise Told(str(error)) from None
    return {lab.id: lab for lab in data.labs}


def named(name: str, what: str = "NAME") -> Lab:
    """The lab with this id. Raises Told."""
    known = labs()
    if name not in known:
        raise Told(f"{what}: {name!r}: is no lab: {choices(name, known)}")
    return known[name]


def files_of(lab: str) -> LabFiles:
    """What lies in a lab's folder. Raises Told."""
    try:
        return read_labs(ROOT / "docs")[lab]
    except DataError as error:
        raise Told(str(error)) from None


def languages_of(lab: str) -> list[Language]:
    """The languages besides Python in which a lab begins. Raises Told."""
    return [LANGUAGES[ending] for ending in files_of(lab).others]


def language_named(lab: str, ending: str) -> Language | None:
    """The language that IN= names; None for Python, which is also meant without it. Raises Told."""
    if ending in ("", "py"):
        return None
    known = {language.ending: language for language in languages_of(lab)}
    if ending not in known:
        also = f"{choices(ending, ['py', *known])}, or leave IN out for Python" if known else "leave IN out"
        raise Told(f"IN: {ending!r}: is no language that {lab} begins in: {also}")
    return known[ending]


def part_of(lab: str, part: str, language: Language | None) -> Path:
    """The folder of a lab's starter or solution in a language."""
    return LABS / lab / (f"{part}-{language.ending}" if language else part)


def copy_part(lab: str, part: str, language: Language | None, target: Path) -> None:
    """Make a folder with a lab's starter or solution, and what the kit adds to it in its language."""
    shutil.copytree(part_of(lab, part, language), target, ignore=shutil.ignore_patterns("__pycache__"))
    for file in kit_files(language) if language else ():
        shutil.copyfile(file, target / file.name)


def test_nodes(lab: str) -> dict[str, str]:
    """Each test of a lab, by its name, as pytest wants to be told of it."""
    return {
        node.name: f"{file}::{node.name}"
        for file in sorted((LABS / lab / "tests").glob("test_*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def words(test: str) -> str:
    """A test's name as people read it."""
    return test.removeprefix("test_").replace("_", " ")
