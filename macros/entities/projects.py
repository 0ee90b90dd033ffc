"""Projects that a machine can check: what the acceptance kit below docs/projects/ holds, against the data.

The kit runs where only Python is, so it reads its stages from project.json, which is written from the data.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from macros.data.handbook import Handbook, Project
from macros.data.places import read_text
from macros.data.problems import DataError, Problem, choices
from macros.entities.files import as_json

FOLDER = "projects"
#: What the kit reads of a project, beside its checks.
KIT_DATA = "project.json"
WRONG = "wrong.yml"


class ProjectFiles(NamedTuple):
    """A project's folder.

    Attributes:
        checks: names of the functions in its check files.
        data: its project.json.
        wrong: its wrong services, as wrong.yml lists them.
        reference: text of the reference's files, by name.
    """

    checks: set[str]
    data: str
    wrong: list[dict[str, Any]]
    reference: dict[str, str]


def read_projects(docs: Path) -> dict[str, ProjectFiles]:
    """The folders below docs/projects/ that hold a reference, by name. Raises DataError on a file that can't be read."""
    found = {}
    for folder in sorted((docs / FOLDER).glob("*/")):
        if not (folder / "reference").is_dir():
            continue

        def text_of(path: Path) -> str:
            return read_text(path, f"docs/{path.relative_to(docs).as_posix()}") if path.exists() else ""

        found[folder.name] = ProjectFiles(
            {name for file in sorted(folder.glob("*_checks.py")) for name in _functions(file, text_of(file))},
            text_of(folder / KIT_DATA),
            _entries(f"docs/{FOLDER}/{folder.name}/{WRONG}", text_of(folder / WRONG)),
            {file.name: text_of(file) for file in sorted((folder / "reference").glob("*.py"))},
        )
    return found


def _functions(file: Path, program: str) -> Iterator[str]:
    try:
        body = ast.parse(program).body
    except SyntaxError as error:
        name = f"docs/{FOLDER}/{file.parent.name}/{file.name}"
        raise DataError(
            [
                Problem(
                    (), None, f"is not Python ({error.msg})", "correct it", name, error.lineno or 1, error.offset or 1
                )
            ]
        ) from None
    return (node.name for node in body if isinstance(node, ast.FunctionDef))


def _entries(name: str, text: str) -> list[dict[str, Any]]:
    try:
        entries = yaml.safe_load(text) or []
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise DataError([Problem((), None, "is not YAML", "correct it", name, line, 1)]) from None
    needed = {"id", "why", "file", "from", "to"}
    if not isinstance(entries, list) or not all(isinstance(e, dict) and needed <= set(e) for e in entries):
        repair = f"write a list of entries with {', '.join(sorted(needed))}"
        raise DataError([Problem((), None, "is no list of wrong services", repair, name, 1, 1)])
    return entries


def check_projects(handbook: Handbook, projects: Mapping[str, ProjectFiles]) -> Iterator[Problem]:
    """Data and kit hold the same checks, and each check has a wrong service that it alone refuses.

    Otherwise a page would promise what nothing checks, or a check would be decoration.
    """
    for i, project in enumerate(handbook.projects):
        if not project.stages:
            continue
        folder = f"docs/{FOLDER}/{project.id}"
        if project.id not in projects:
            repair = f"write its checks and its reference in {folder}"
            yield Problem(("projects", i, "id"), project.id, "has stages and no kit", repair)
            continue
        files = projects[project.id]
        if files.data != as_json(project):
            yield Problem((), None, "is not what the data says", "run make format", f"{folder}/{KIT_DATA}", 1, 1)
        checks = {check.id: (j, k) for j, stage in enumerate(project.stages) for k, check in enumerate(stage.checks)}
        alone = {entry.get("refused_by") for entry in files.wrong if entry.get("only")}
        for name, (j, k) in checks.items():
            path = ("projects", i, "stages", j, "checks", k, "id")
            function = name.replace("-", "_")
            if function not in files.checks:
                yield Problem(
                    path, name, f"has no function below {folder}", f"write {function}() in one of *_checks.py"
                )
            if name not in alone:
                repair = f"add one with only: true to {folder}/{WRONG}"
                yield Problem(path, name, "refuses no wrong service alone", repair)
        yield from _wrong(folder, files, list(checks))


def _wrong(folder: str, files: ProjectFiles, checks: list[str]) -> Iterator[Problem]:
    for entry in files.wrong:

        def problem(value: str, rule: str, repair: str, label: str = str(entry["id"])) -> Problem:
            return Problem((), value, rule, repair, f"{folder}/{WRONG}", 1, 1, label)

        refused_by = entry.get("refused_by")
        if "undetectable" not in entry and refused_by not in checks:
            yield problem(str(refused_by), "is no check of the project", choices(refused_by, checks))
        for change in (entry, *entry.get("more", ())):
            count = files.reference.get(change["file"], "").count(change["from"])
            if count != 1:
                repair = "write a part of the reference that stands there once"
                yield problem(change["from"], f"stands {count} times in reference/{change['file']}", repair)


def kit_data(projects: Iterable[Project]) -> dict[str, str]:
    """The files that the kit reads, by their path: written by `make format`."""
    return {f"docs/{FOLDER}/{project.id}/{KIT_DATA}": as_json(project) for project in projects if project.stages}
