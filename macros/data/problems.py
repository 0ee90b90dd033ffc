"""One grammar for everything that can be wrong: file:line:column path: value: rule: repair."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import BaseModel

_MARKUP = re.compile(r"<\s*[/!a-zA-Z]|&#?\w+;|\{\{|\{%|\{#|\]\(")


#: A position inside the data: keys and list indexes, for example ("topics", 3, "phase").
KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, said so that a person can repair it.

    Attributes:
        path: where in the data (or, for a page, what on the page).
        value: the value as it stands there; empty when something is missing.
        rule: which rule it breaks, as the second half of a sentence that begins with the value.
        repair: what to do about it.
        file, line, column: the place in the file, counted from 1; 0 when the file itself is the place.
        label: the path as people read it; filled in by the loader.
    """

    path: KeyPath
    value: object
    rule: str
    repair: str
    file: str = ""
    line: int = 0
    column: int = 0
    label: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        where = f" {self.label}" if self.label else ""
        return f"{place}{where}: {shown(self.value)}: {self.rule}: {self.repair}"


class DataError(Exception):
    """Everything that is wrong with the data, sorted by place.

    Attributes:
        problems: at least one, without repetitions.
        outcome: where they are and what came of it, as the rest of a sentence that begins with their number.
        unchecked: what could not be checked because of them; empty when everything was.
    """

    def __init__(
        self,
        problems: Iterable[Problem],
        outcome: str = "in the handbook's data; nothing was built",
        unchecked: str = "",
    ) -> None:
        unique = {str(problem): problem for problem in problems}
        self.problems = sorted(unique.values(), key=lambda p: (p.file, p.line, p.column, p.label, p.rule))
        self.outcome = outcome
        self.unchecked = unchecked
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.problems)
        head = f"{count} problem{'' if count == 1 else 's'} {self.outcome}."
        return "\n".join([head, *map(str, self.problems), *filter(None, [self.unchecked])])


def print_annotations(error: DataError) -> None:
    """On GitHub's runners, print each problem once more in the form that shows it beside its line in a pull request.

    Source of the form: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for problem in error.problems:
            # Flushed: a build prints its own messages elsewhere, and one must not end up inside the other.
            print(annotation(problem), flush=True)


def annotation(problem: Problem) -> str:
    """A problem as a workflow command. In a message three characters have a meaning, in a property two more."""

    def message(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    def value(text: object) -> str:
        return message(str(text)).replace(":", "%3A").replace(",", "%2C")

    place = {"file": problem.file, "line": problem.line, "col": problem.column, "title": problem.label}
    properties = ",".join(f"{name}={value(text)}" for name, text in place.items() if text)
    return f"::error {properties}::{message(f'{shown(problem.value)}: {problem.rule}: {problem.repair}')}"


def shown(value: object) -> str:
    """A value on one line, in quotes when it is text, cut after 60 characters."""
    if value is None:
        return "nothing"
    text = f"'{value}'" if isinstance(value, str) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "…" + ("'" if isinstance(value, str) else "")


def choices(value: object, known: Iterable[str]) -> str:
    """The repair for a name that is not known: what there is, and the nearest of it."""
    names = list(dict.fromkeys(known))
    if not names:
        return "add it first; there is none yet"
    # A long list helps nobody on one line: name a few, and let the nearest one do the rest.
    listed = ", ".join(names) if len(names) <= 8 else ", ".join([*names[:3], "…", names[-1]])
    near = get_close_matches(str(value), names, n=1, cutoff=0.4)
    return f"use one of {listed}" + (f" (nearest: {near[0]})" if near else "")


def check_plain_text(entry: BaseModel, path: KeyPath) -> Iterator[Problem]:
    """Problems of an entry's texts: a tag, an entity, a macro or a link in one would be carried out on a page."""
    for name in type(entry).model_fields:
        value = getattr(entry, name)
        texts: list[tuple[KeyPath, str]] = [((name,), value)] if isinstance(value, str) else []
        if isinstance(value, list):
            texts = [((name, i), item) for i, item in enumerate(value) if isinstance(item, str)]
        for step, text in texts:
            yield from check_plain(text, (*path, *step))


def check_plain(text: str, path: KeyPath) -> Iterator[Problem]:
    """Problems of one text."""
    if found := _MARKUP.search(text):
        yield Problem(
            path, text[found.start() : found.start() + 20],
            "is markup; the data holds plain text", "write it in words, or as `code` without tags and braces",
        )  # fmt: skip
    if text.count("`") % 2:
        yield Problem(path, text, "has a backtick without its pair", "close the `code` or remove the backtick")
