"""Load and check everything once, and the files that are made from the data."""

from __future__ import annotations

import json
from pathlib import Path as File
from typing import Any, NamedTuple

from macros.diagrams import check_diagrams, read_diagrams
from macros.history import check_history
from macros.load import load
from macros.manuscript import Manuscript, read_manuscripts
from macros.model import Entry, Handbook, History, Radar
from macros.problems import DataError
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


def load_checked(root: File) -> Checked:
    """The data, the pages and the diagrams under a project folder, held to every rule.

    Raises:
        DataError: with every problem, sorted by place.
    """
    handbook, parsed = load(root / DATA, DATA)
    radar, parsed_radar = load(root / RADAR, RADAR, Radar)
    history, parsed_history = load(root / HISTORY, HISTORY, History)
    pages = read_manuscripts(root / "docs")
    diagrams = read_diagrams(root / "docs")
    problems = [parsed.locate(problem) for problem in check(handbook, pages)]
    problems += [parsed_radar.locate(problem) for problem in check_radar(radar)]
    problems += [parsed_history.locate(problem) for problem in check_history(history, pages)]
    problems += check_diagrams(diagrams, pages)
    if problems:
        raise DataError(problems)
    return Checked(handbook, pages, radar, diagrams, history)


def as_json(data: Entry) -> str:
    """The data as JSON, with the same keys as its YAML file."""
    return _dump(data.model_dump(mode="json"))


def schema_json(model: type[Entry] = Handbook) -> str:
    """The JSON Schema that editors use for a data file."""
    return _dump({"$schema": "https://json-schema.org/draft/2020-12/schema"} | model.model_json_schema())


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
