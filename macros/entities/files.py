"""Which data file holds what, and the files that are made from the data: JSON and JSON Schemas."""

from __future__ import annotations

import functools
import json
from typing import Any

from macros.data.fields import Entry
from macros.data.front_matter import FrontMatter
from macros.data.handbook import PARTS
from macros.data.paths import FIGURES, HISTORY, PAGE_SCHEMA, QUERIES, RADAR
from macros.entities.figures import Figures
from macros.entities.history import History
from macros.entities.queries import Queries
from macros.entities.radar import Radar

#: The data files, and what each holds.
MODELS: dict[str, type[Entry]] = {**PARTS, RADAR: Radar, HISTORY: History, QUERIES: Queries, FIGURES: Figures}


#: The committed schemas, of each data file and of the pages' front matter, and the model that each is written from.
SCHEMAS: dict[str, type[Entry]] = {
    **{file.replace(".yml", ".schema.json"): model for file, model in MODELS.items()},
    PAGE_SCHEMA: FrontMatter,
}


def as_json(data: Entry) -> str:
    """The data as JSON, with the same keys as in YAML."""
    return _dump(data.model_dump(mode="json"))


# While serving, each edit writes the joined schema anew, and a shape changes only with the code.
@functools.cache
def schema_json(model: type[Entry]) -> str:
    """The JSON Schema that editors use for a data file."""
    return _dump({"$schema": "https://json-schema.org/draft/2020-12/schema"} | model.model_json_schema())


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
