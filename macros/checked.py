"""Read a project folder and hold it to every rule: load_checked() is the one way from files to an Edition."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from macros.data.front_matter import read_pages
from macros.data.handbook import Page, join
from macros.data.load import load
from macros.data.manuscript import read_manuscripts
from macros.data.navigation import reading_order
from macros.data.paths import GENERATED, HISTORY, NAVIGATION, RADAR
from macros.data.places import Parsed, Places
from macros.data.problems import DataError, Problem
from macros.entities.diagrams import check_diagrams, read_diagrams
from macros.entities.edition import Edition
from macros.entities.files import MODELS
from macros.entities.history import check_history
from macros.entities.labs import check_labs, read_labs
from macros.entities.radar import check_radar
from macros.rules.every import check
from macros.rules.links import check_links
from macros.rules.navigation import check_navigation

FilesState = frozenset[tuple[Path, int, int]]


def load_checked(root: Path) -> Edition:
    """The data, the pages and the diagrams under a project folder, held to every rule.

    Raises:
        DataError: with every problem, sorted by place.
    """
    return _load_checked(root, state_of([root / NAVIGATION, *(root / "docs").rglob("*")]))


def state_of(files: Iterable[Path]) -> FilesState:
    """The files among these paths, with their times and sizes: as long as they stay, so does the content."""
    return frozenset((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.is_file())


# A build asks for it twice, before and after the pages are built, and Zensical once a page.
@functools.lru_cache(maxsize=1)
def _load_checked(root: Path, state: FilesState) -> Edition:
    edition, places = _read(root)
    problems = _problems(root, edition)
    if problems:
        raise DataError(places.locate(problem) for problem in problems)
    return edition


def _read(root: Path) -> tuple[Edition, Places]:
    """Everything that a build is made from, with its places. Raises DataError with every problem of syntax or shape."""
    docs = root / "docs"
    loaded: dict[str, Any] = {}
    by_key: dict[str, Parsed] = {}
    written: list[tuple[Page, Parsed]] = []
    problems: list[Problem] = []
    for file, model in MODELS.items():
        try:
            loaded[file], parsed = load(root / file, file, model)
            by_key |= dict.fromkeys(model.model_fields, parsed)
        except DataError as error:
            problems += error.problems
    manuscripts = read_manuscripts(docs)
    order = reading_order((root / NAVIGATION).read_text(encoding="utf-8"), manuscripts)
    try:
        written = read_pages(order, manuscripts)
    except DataError as error:
        problems += error.problems
    if problems:
        raise DataError(problems, unchecked="The rules, the pages and their links are checked once this is repaired.")
    handbook = join(loaded, [page for page, _ in written])
    edition = Edition(handbook, manuscripts, loaded[RADAR], read_diagrams(docs), loaded[HISTORY], read_labs(docs))
    return edition, Places(by_key, [parsed for _, parsed in written])


def _problems(root: Path, edition: Edition) -> list[Problem]:
    """What breaks a rule."""
    handbook, pages, radar, diagrams, history, labs = edition
    return [
        *check(handbook, pages),
        *check_labs(handbook, labs),
        *check_radar(radar),
        *check_history(history, pages),
        *check_diagrams(diagrams, pages),
        *check_links(edition, _site_files(root / "docs")),
        *check_navigation((root / NAVIGATION).read_text(encoding="utf-8"), pages),
    ]


def _site_files(docs: Path) -> set[str]:
    """What pages can link to: the files below docs/, and those that exist only in a finished site."""
    # MkDocs leaves out what begins with a dot.
    paths = (file.relative_to(docs) for file in docs.rglob("*") if file.is_file())
    return {path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts)} | {*GENERATED}
