"""Load and check everything once, and the files that are made from the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from macros.diagrams import check_diagrams, read_diagrams
from macros.history import check_history
from macros.labs import LabFiles, check_labs, read_labs
from macros.links import NAVIGATION, Data, check_links, check_navigation
from macros.load import load
from macros.manuscript import Manuscript, read_manuscripts
from macros.model import Entry, Handbook, History, Radar
from macros.problems import DataError, Problem
from macros.radar import check_radar
from macros.rules import check

DATA = "docs/data/skills.yml"
RADAR = "docs/data/radar.yml"
HISTORY = "docs/data/history.yml"
#: The data files, and what each holds.
MODELS: dict[str, type[Entry]] = {DATA: Handbook, RADAR: Radar, HISTORY: History}
#: The committed schema of each data file, and the model that it is written from.
SCHEMAS = {file.replace(".yml", ".schema.json"): model for file, model in MODELS.items()}


class Checked(NamedTuple):
    """What a build is made from."""

    handbook: Handbook
    pages: dict[str, Manuscript]
    radar: Radar
    diagrams: dict[str, str]
    history: History
    labs: Mapping[str, LabFiles] = MappingProxyType({})


def load_checked(root: Path) -> Checked:
    """The data, the pages and the diagrams under a project folder, held to every rule.

    Raises:
        DataError: with every problem, sorted by place.
    """
    loaded: dict[str, Any] = {}
    problems: list[Problem] = []
    for file, model in MODELS.items():
        try:
            loaded[file] = load(root / file, file, model)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems, unchecked="The rules, the pages and their links are checked once this is repaired.")
    (handbook, parsed), (radar, parsed_radar), (history, parsed_history) = (loaded[file] for file in MODELS)
    docs = root / "docs"
    pages = read_manuscripts(docs)
    diagrams = read_diagrams(docs)
    labs = read_labs(docs)
    problems = [parsed.locate(problem) for problem in check(handbook, pages)]
    problems += [parsed.locate(problem) for problem in check_labs(handbook, labs)]
    problems += [parsed_radar.locate(problem) for problem in check_radar(radar)]
    problems += [parsed_history.locate(problem) for problem in check_history(history, pages)]
    problems += check_diagrams(diagrams, pages)
    problems += check_links(Data(handbook, radar, history), pages, _site_files(docs))
    problems += check_navigation((root / NAVIGATION).read_text(encoding="utf-8"), handbook, pages)
    if problems:
        raise DataError(problems)
    return Checked(handbook, pages, radar, diagrams, history, labs)


def _site_files(docs: Path) -> set[str]:
    """What pages can link to: the files below docs/, and those that exist only in a finished site."""
    from macros.finish import unfinished  # It imports this module.

    # MkDocs leaves out what begins with a dot.
    paths = (file.relative_to(docs) for file in docs.rglob("*") if file.is_file())
    return {path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts)} | {*unfinished()}


def as_json(data: Entry) -> str:
    """The data as JSON, with the same keys as its YAML file."""
    return _dump(data.model_dump(mode="json"))


def schema_json(model: type[Entry] = Handbook) -> str:
    """The JSON Schema that editors use for a data file."""
    return _dump({"$schema": "https://json-schema.org/draft/2020-12/schema"} | model.model_json_schema())


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
