"""Load and check everything once, and the two files that are made from the data."""

from __future__ import annotations

import json
from pathlib import Path as File
from typing import Any, NamedTuple

from macros.diagrams import check_diagrams, read_diagrams
from macros.load import load
from macros.manuscript import Manuscript, read_manuscripts
from macros.model import Entry, Handbook, Radar
from macros.problems import DataError
from macros.radar import check_radar
from macros.rules import check

DATA = "docs/data/skills.yml"
RADAR = "docs/data/radar.yml"
#: The committed schema of each data file, and the model that it is written from.
SCHEMAS: dict[str, type[Entry]] = {"docs/data/skills.schema.json": Handbook, "docs/data/radar.schema.json": Radar}


class Checked(NamedTuple):
    """What a build is made from."""

    handbook: Handbook
    pages: dict[str, Manuscript]
    radar: Radar
    diagrams: dict[str, str]


def load_checked(root: File) -> Checked:
    """The data, the pages and the diagrams under a project folder, held to every rule.

    Raises:
        DataError: with every problem, sorted by place.
    """
    handbook, parsed = load(root / DATA, DATA)
    radar, parsed_radar = load(root / RADAR, RADAR, Radar)
    pages = read_manuscripts(root / "docs")
    diagrams = read_diagrams(root / "docs")
    problems = [parsed.locate(problem) for problem in check(handbook, pages)]
    problems += [parsed_radar.locate(problem) for problem in check_radar(radar)]
    problems += check_diagrams(diagrams, pages)
    if problems:
        raise DataError(problems)
    return Checked(handbook, pages, radar, diagrams)


def as_json(data: Entry) -> str:
    """The data as JSON, with the same keys as its YAML file."""
    return _dump(data.model_dump(mode="json"))


def schema_json(model: type[Entry] = Handbook) -> str:
    """The JSON Schema that editors use for a data file."""
    return _dump({"$schema": "https://json-schema.org/draft/2020-12/schema"} | model.model_json_schema())


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
