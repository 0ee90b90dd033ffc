"""The order of the package and of the scripts: what a room may import, so that a reader can start at the first and never
look ahead."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.sitebuild import ROOT

#: Each imports only from itself and from those before it.
ROOMS = ("data", "render", "entities", "registry", "rules", "checked", "book", "site", "commands")
MODULES = sorted((ROOT / "macros").rglob("*.py"))

#: The same for scripts. What lies beside these folders runs on every page, and reader.js loads a tool by its name.
SCRIPT_ROOMS = ("lib", "figures", "planner", "standing", "tools", "javascripts")
SCRIPTS = sorted((ROOT / "docs/assets/javascripts").rglob("*.js"))


def _room(module: str) -> str:
    return module.removeprefix("macros.").split(".")[0]


def _imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and room of each import from the package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "macros":
            names = [node.module] if "." in (node.module or "") else [f"macros.{alias.name}" for alias in node.names]
            yield from ((node.lineno, _room(str(name))) for name in names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, _room(a.name)) for a in node.names if a.name.startswith("macros."))


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_module_imports_from_earlier_rooms_at_its_top_and_changes_no_global(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    own = file.relative_to(ROOT / "macros").with_suffix("").parts[0]
    if own in ROOMS and file.name != "__main__.py":
        later = [f"line {line}: {room}" for line, room in _imported(tree) if ROOMS.index(room) > ROOMS.index(own)]
        assert later == [], f"{own} comes before these: {', '.join(ROOMS)}"
    inside = [
        f"line {node.lineno}"
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Global)
    ]
    assert inside == [], "an import inside a function hides an arrow; a global that changes hides a parameter"


def test_no_two_modules_import_each_other() -> None:
    arrows = {}
    for file in MODULES:
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        tree = ast.parse(file.read_text(encoding="utf-8"))
        arrows[name] = {
            node.module
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("macros.")
        }
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join([*path[path.index(name) :], name])
        if name not in done:
            for target in sorted(arrows.get(name, ())):
                walk(target, (*path, name))
            done.add(name)

    for name in sorted(arrows):
        walk(name, ())


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_script_imports_from_earlier_rooms_and_only_what_exists(file: Path) -> None:
    targets = re.findall(r"(?:from |import\()\"(\.[^\"]+)\"", file.read_text(encoding="utf-8"))
    imported = [(file.parent / target).resolve() for target in targets]
    assert [path.name for path in imported if not path.is_file()] == []
    own = SCRIPT_ROOMS.index(file.parent.name)
    later = [f"{path.parent.name}/{path.name}" for path in imported if SCRIPT_ROOMS.index(path.parent.name) > own]
    assert later == [], f"{file.parent.name} comes before these: {', '.join(SCRIPT_ROOMS)}"
