"""Read a project folder and hold it to every rule: load_checked() is the one way from files to an Edition."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from macros.data.handbook import FILE_OF, PARTS, join
from macros.data.load import load
from macros.data.manuscript import read_manuscripts
from macros.data.paths import GENERATED, HISTORY, NAVIGATION, RADAR
from macros.data.places import Places
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
    loaded: dict[str, Any] = {}
    problems: list[Problem] = []
    for file, model in MODELS.items():
        try:
            loaded[file] = load(root / file, file, model)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems, unchecked="The rules, the pages and their links are checked once this is repaired.")
    handbook = join({file: loaded[file][0] for file in PARTS})
    places = Places({key: loaded[file][1] for key, file in FILE_OF.items()})
    (radar, parsed_radar), (history, parsed_history) = loaded[RADAR], loaded[HISTORY]
    docs = root / "docs"
    pages = read_manuscripts(docs)
    diagrams = read_diagrams(docs)
    labs = read_labs(docs)
    edition = Edition(handbook, pages, radar, diagrams, history, labs)
    problems = [places.locate(problem) for problem in (*check(handbook, pages), *check_labs(handbook, labs))]
    problems += [parsed_radar.locate(problem) for problem in check_radar(radar)]
    problems += [parsed_history.locate(problem) for problem in check_history(history, pages)]
    problems += check_diagrams(diagrams, pages)
    problems += check_links(edition, _site_files(docs))
    problems += check_navigation((root / NAVIGATION).read_text(encoding="utf-8"), handbook, pages)
    if problems:
        raise DataError(problems)
    return edition


def _site_files(docs: Path) -> set[str]:
    """What pages can link to: the files below docs/, and those that exist only in a finished site."""
    # MkDocs leaves out what begins with a dot.
    paths = (file.relative_to(docs) for file in docs.rglob("*") if file.is_file())
    return {path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts)} | {*GENERATED}
