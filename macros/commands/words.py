"""The words of a command, NAME=value, and what can be wrong with them."""

from __future__ import annotations

import re
from typing import Any

from pydantic import TypeAdapter, ValidationError

from macros.data.fields import Id
from macros.data.handbook import Handbook
from macros.data.problems import DataError, Problem
from macros.rules.ids import find_id, id_in_use

#: The words that each command takes, written NAME=value; those in brackets may be left out.
COMMANDS = {
    "new-term": ["ID", "TERM", "TOPIC"],
    "new-topic": ["ID", "SKILL", "PHASE", "[PAGE]"],
    "new-skill": ["ID", "BACKEND", "APPLICATION", "GAP", "TOPIC", "PHASE"],
    "new-page": ["PAGE", "AFTER"],
    "new-figure": ["ID", "PAGE"],
    "new-lab": ["ID", "SKILL", "PHASE", "TOPIC"],
    "new-translation": ["PAGE", "TO"],
}


def usage(command: str) -> str:
    words = " ".join(re.sub(r"(\w+)", r"\1=…", word) for word in COMMANDS[command])
    return f"make {command} {words}"


def refuse(problems: list[Problem]) -> None:
    if problems:
        raise DataError(problems, "in the command; nothing was written")


def read_words(command: str, words: list[str]) -> tuple[dict[str, str], list[Problem]]:
    """The command's words by name, and what is wrong with them. A word without a value is as good as none."""
    names = [word.strip("[]") for word in COMMANDS[command]]
    given: dict[str, str] = {}
    problems = []
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or name not in names:
            problems.append(about(command, "", word, "is not a word of this command", f"write {usage(command)}"))
        elif name in given:
            problems.append(about(command, name, value, "is said twice", "say it once"))
        elif value:
            given[name] = value
    for name in names:
        if name in COMMANDS[command] and name not in given:
            problems.append(about(command, name, None, "is missing", f"write {usage(command)}"))
    return given, problems


def about(command: str, name: str, value: object, rule: str, repair: str) -> Problem:
    return Problem((), value, rule, repair, command, label=name)


def has_shape(shape: Any, value: str) -> bool:
    try:
        TypeAdapter(shape).validate_python(value)
    except ValidationError:
        return False
    return True


def id_problems(handbook: Handbook, command: str, list_name: str, name: str, word: str = "ID") -> list[Problem]:
    if not name:
        return []
    if not has_shape(Id, name):
        rule = "is not a well-formed id"
        repair = "use at most 60 lower case letters, digits and single hyphens, a letter first"
        return [about(command, word, name, rule, repair)]
    if first := find_id(handbook, list_name, name):
        return [about(command, word, name, *id_in_use(first))]
    return []
