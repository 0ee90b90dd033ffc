"""The labs as the handbook's data and their folders describe them."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "docs/examples")]

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
