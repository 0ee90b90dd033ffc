"""From a data file to checked entities, or to a DataError that lists every problem with its place."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from macros.data.fields import Entry
from macros.data.handbook import FILE_OF
from macros.data.places import Parsed, parse_text, read
from macros.data.problems import DataError, KeyPath, Problem, choices


def load(file: Path, shown_as: str, model: type[Entry]) -> tuple[Any, Parsed]:
    """Read and check the shape of the data.

    Args:
        file: the YAML file.
        shown_as: how messages name it.
        model: what the file holds.

    Raises:
        DataError: with every problem of syntax or shape.
    """
    return _loaded(read(file, shown_as), shown_as, model)


# A build and each check after an edit read the same files again: a file that has not changed is not worked out anew.
@functools.lru_cache(maxsize=16)
def _loaded(raw: bytes, shown_as: str, model: type[Entry]) -> tuple[Any, Parsed]:
    parsed = parse_text(raw, shown_as)
    return as_model(parsed, model), parsed


def as_model(parsed: Parsed, model: type[BaseModel]) -> Any:
    """Plain values as entities. Raises DataError with every problem of shape."""
    try:
        return model.model_validate(parsed.data)
    except ValidationError as error:
        raise DataError(_shape_problem(details, parsed, model) for details in error.errors()) from None


def _shape_problem(details: Any, parsed: Parsed, model: type[BaseModel]) -> Problem:
    """One pydantic error in the handbook's own grammar."""
    # Unions add the name of the branch to the path; what is not a step into the data is dropped.
    path: KeyPath = ()
    data = parsed.data
    for step in details["loc"]:
        if isinstance(data, dict) and step not in data and details["type"] not in ("missing", "extra_forbidden"):
            continue
        if not isinstance(data, dict | list):
            continue
        path = (*path, step)
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            data = None
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "missing":
        key = path[-1]
        field = _fields_at(path[:-1], model).get(str(key))
        example = f", for example `{on_one_line(str(key), field.examples[0])}`" if field and field.examples else ""
        return parsed.locate(Problem(path, None, "is missing", f"add `{key}:`{example}"))
    if kind == "extra_forbidden":
        # Who merges an older copy finds them here.
        moved = FILE_OF | {"pages": "the front matter of each page"}
        elsewhere = moved.get(str(path[-1])) if len(path) == 1 else None
        repair = f"move it to {elsewhere}" if elsewhere else choices(path[-1], _fields_at(path[:-1], model))
        return parsed.locate(Problem(path, path[-1], "is not a known key", repair), at_key=True)
    if isinstance(value, dict | list) and kind not in ("too_short", "too_long"):
        value = "a mapping" if isinstance(value, dict) else "a list"
    bound = {name: f"{context[name]:g}" for name in ("gt", "ge", "le") if name in context}
    rule, repair = {
        "string_type": ("is not text", "write text; put quotes around numbers, dates, yes and no"),
        "list_type": ("is not a list", "write a list, [] when it is empty"),
        "model_type": ("is not a mapping", "write `key: value` lines"),
        "int_type": ("is not a whole number", "write a number without quotes"),
        "float_type": ("is not a number", "write a number without quotes"),
        "date_type": ("is not a date", "write YYYY-MM-DD without quotes"),
        "too_short": ("has too few entries", f"add at least {context.get('min_length', 1)}"),
        "too_long": ("has too many entries", f"keep at most {context.get('max_length')}"),
        "string_too_short": _too_short(context.get("min_length", 1)),
        "string_too_long": (f"is longer than {context.get('max_length')} characters", "shorten it"),
        "literal_error": ("is not one of the allowed words", f"use {context.get('expected')}"),
        "greater_than": ("is too small", f"use more than {bound.get('gt')}"),
        "greater_than_equal": ("is too small", f"use {bound.get('ge')} or more"),
        "less_than_equal": ("is too large", f"use {bound.get('le')} or less"),
        "finite_number": ("is not a finite number", "write a number"),
        "string_pattern_mismatch": _pattern_repair(context.get("pattern", "")),
    }.get(kind, ("does not have the right shape", details["msg"]))
    return parsed.locate(Problem(path, value, rule, repair))


def _too_short(least: int) -> tuple[str, str]:
    if least == 1:
        return "is empty", "write at least one character"
    return f"has fewer than {least} characters", "say more"


def _pattern_repair(pattern: str) -> tuple[str, str]:
    if ".md(#" in pattern:
        return "is not an address", "write folder/page.md, or folder/page.md#id for a section"
    if ".md" in pattern:
        return "is not a page path", "write it as folder/page.md, lower case, below docs/"
    if "https" in pattern:
        return "is not an https address", "write a whole address that begins with https://"
    if r"\d{4}" in pattern:
        return "is not a date", "write 'YYYY', 'YYYY-MM' or 'YYYY-MM-DD' in quotes"
    if "a-z0-9" in pattern:
        return "is not a well-formed id", "use lower case letters, digits and single hyphens, a letter first"
    return "is not one line of text", "remove line breaks and spaces at both ends"


def on_one_line(key: str, value: object) -> str:
    """A key and its value as YAML that fits into a message."""
    return yaml.safe_dump({key: value}, default_flow_style=True, sort_keys=False, width=10**9).strip()[1:-1]


def _fields_at(path: KeyPath, model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys that the model knows at a path, as they stand in a file."""
    # A file that is a list and no mapping has its entries below "root".
    steps = [step for step in path if isinstance(step, str)]
    for step in ["root", *steps] if "root" in model.model_fields else steps:
        field = _keys(model).get(step)
        models = [a for a in _flatten(field and field.annotation) if isinstance(a, type) and issubclass(a, BaseModel)]
        if not models:
            return {}
        model = models[0]
    return _keys(model)


def _keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys of an entry: Python refuses some words of the data, such as `from`, as names."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _flatten(annotation: Any) -> list[Any]:
    arguments = getattr(annotation, "__args__", ())
    return [annotation] if not arguments else [a for part in arguments for a in _flatten(part)]
