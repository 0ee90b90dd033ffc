"""Read a project folder and hold it to every rule: load_checked() is the one way from files to an Edition."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from macros.data.front_matter import read_pages
from macros.data.handbook import join
from macros.data.load import load
from macros.data.manuscript import read_manuscripts
from macros.data.navigation import reading_order
from macros.data.paths import EXAMPLES_NEED, FIGURES, GENERATED, HISTORY, NAVIGATION, PUBLISHED_IDS, QUERIES, RADAR
from macros.data.places import Parsed, Places, read_text
from macros.data.problems import DataError, Problem
from macros.data.translations import languages, read_translations
from macros.entities.diagrams import check_diagrams, read_diagrams
from macros.entities.edition import Edition
from macros.entities.examples import check_examples, read_examples
from macros.entities.figures import check_figures, read_drawn
from macros.entities.files import MODELS
from macros.entities.history import check_history
from macros.entities.labs import check_labs, read_labs
from macros.entities.projects import check_projects, read_projects
from macros.entities.queries import check_queries
from macros.entities.radar import check_radar
from macros.rules.dates import check_past_dates
from macros.rules.every import check
from macros.rules.files import check_files
from macros.rules.ids import check_published_ids
from macros.rules.links import check_links, check_pages_are_linked
from macros.rules.navigation import check_navigation
from macros.rules.targets import check_targets
from macros.rules.translations import check_translations

UNCHECKED = "The rules, the pages and their links are checked once this is repaired."

Read = TypeVar("Read")
FilesState = frozenset[tuple[Path, int, int]]


def load_checked(root: Path, today: date | None = None) -> Edition:
    """The data, the pages and the diagrams under a project folder, held to every rule.

    Args:
        root: the project's folder.
        today: the day after which dates are refused as slips. None for a build, which must not depend on the day.

    Raises:
        DataError: with every problem, sorted by place.
    """
    return _load_checked(root, state_of([root / NAVIGATION, *(root / "docs").rglob("*")]), today)


def state_of(files: Iterable[Path]) -> FilesState:
    """The files among these paths, with their times and sizes: as long as they stay, so does the content."""
    return frozenset((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.is_file())


# A build asks for it twice, before and after the pages are built, and Zensical once a page.
@functools.lru_cache(maxsize=1)
def _load_checked(root: Path, state: FilesState, today: date | None) -> Edition:
    edition, places = _read(root)
    problems = _problems(root, edition, today)
    if problems:
        raise DataError(places.locate(problem) for problem in problems)
    return edition


def _read(root: Path) -> tuple[Edition, Places]:
    """Everything that a build is made from, with its places. Raises DataError with every problem of syntax or shape."""
    docs = root / "docs"
    loaded: dict[str, Any] = {}
    by_key: dict[str, Parsed] = {}
    problems: list[Problem] = []

    def tried(read: Callable[..., Read], *arguments: Any) -> Read | None:
        try:
            return read(*arguments)
        except DataError as error:
            problems.extend(error.problems)
            return None

    for file, model in MODELS.items():
        if found := tried(load, root / file, file, model):
            loaded[file], parsed = found
            by_key |= dict.fromkeys(model.model_fields, parsed)
    navigation = tried(read_text, root / NAVIGATION, NAVIGATION)
    everything = tried(read_manuscripts, docs) or {}
    codes = languages(docs)
    foreign = {code: {path: page for path, page in everything.items() if path.startswith(f"{code}/")} for code in codes}
    manuscripts = {path: page for path, page in everything.items() if path.partition("/")[0] not in codes}
    written = tried(read_pages, reading_order(navigation or "", manuscripts), manuscripts) or []
    diagrams, labs = tried(read_diagrams, docs) or {}, tried(read_labs, docs) or {}
    projects = tried(read_projects, docs) or {}
    examples, drawn = tried(read_examples, docs) or {}, tried(read_drawn, docs) or {}
    if problems:
        raise DataError(problems, unchecked=UNCHECKED)
    handbook = join(loaded, [page for page, _ in written])
    translations = {
        code: there
        for code in codes
        if (there := tried(read_translations, docs, code, foreign[code], manuscripts, handbook))
    }
    if problems:
        raise DataError(problems, unchecked=UNCHECKED)
    needed = root / EXAMPLES_NEED
    requirements = read_text(needed, EXAMPLES_NEED) if needed.exists() else ""
    radar, history, queries, figures = (loaded[file] for file in (RADAR, HISTORY, QUERIES, FIGURES))
    edition = Edition(
        handbook,
        manuscripts,
        radar,
        diagrams,
        history,
        labs,
        examples,
        requirements,
        queries,
        figures,
        drawn,
        translations,
        projects,
    )
    return edition, Places(by_key, [parsed for _, parsed in written])


def _problems(root: Path, edition: Edition, today: date | None) -> list[Problem]:
    """What breaks a rule."""
    sizes = _sizes(root / "docs")
    handbook, pages, radar, diagrams, history, labs, examples, _, queries, figures, drawn, _, projects = edition
    return [
        *check(handbook, pages),
        *check_labs(handbook, labs),
        *check_projects(handbook, projects),
        *check_radar(radar),
        *check_history(history, pages),
        *check_queries(queries),
        *check_targets(edition),
        *check_diagrams(diagrams, pages),
        *check_figures(figures, drawn, pages, examples, sizes),
        *check_links(edition, {*sizes, *GENERATED}),
        *check_translations(edition, {*sizes, *GENERATED}),
        *check_files(sizes),
        *check_examples(examples, pages),
        *check_pages_are_linked(edition),
        *(
            check_published_ids(edition, read_text(ids, PUBLISHED_IDS))
            if (ids := root / PUBLISHED_IDS).exists()
            else ()
        ),
        *(check_past_dates(edition, today) if today else ()),
        *check_navigation(read_text(root / NAVIGATION, NAVIGATION), pages, handbook.handbook.title),
    ]


def _sizes(docs: Path) -> dict[str, int]:
    """The files below docs/ that a finished site holds, with their sizes in bytes."""
    # MkDocs leaves out what begins with a dot.
    files = {file.relative_to(docs): file.stat().st_size for file in sorted(docs.rglob("*")) if file.is_file()}
    return {
        path.as_posix(): size for path, size in files.items() if not any(part.startswith(".") for part in path.parts)
    }
