"""Load and check everything once, and the two files that are made from the data."""

from __future__ import annotations

import json
from pathlib import Path as File
from typing import Any

from macros.load import load
from macros.manuscript import Manuscript, read_manuscripts
from macros.model import Handbook
from macros.problems import DataError
from macros.rules import check

DATA = "docs/data/skills.yml"
SCHEMA = "docs/data/skills.schema.json"


def load_checked(root: File) -> tuple[Handbook, dict[str, Manuscript]]:
    """The data and the pages under a project folder, held to every rule.

    Raises:
        DataError: with every problem, sorted by place.
    """
    handbook, parsed = load(root / DATA, DATA)
    pages = read_manuscripts(root / "docs")
    problems = [parsed.locate(problem) for problem in check(handbook, pages)]
    if problems:
        raise DataError(problems)
    return handbook, pages


def as_json(handbook: Handbook) -> str:
    """The data as skills.json: the same keys as skills.yml."""
    return _dump(handbook.model_dump(mode="json"))


def schema_json() -> str:
    """The JSON Schema that editors use for skills.yml."""
    return _dump({"$schema": "https://json-schema.org/draft/2020-12/schema"} | Handbook.model_json_schema())


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
