"""Wrong repairs of a lab: what a cheat, a lazy hand or a language model would write, each refused by a named test.

docs/labs/NAME/wrong.yml lists them as changes of the solution. This reads the list and holds it to the lab's files, so
that a change of the solution or a renamed test shows in a second which entry is stale. The kit of the labs plays them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field, RootModel

from macros.data.fields import Entry, Id, Text
from macros.data.load import as_model
from macros.data.places import Parsed, parse
from macros.data.problems import DataError, KeyPath, Problem, check_plain, choices

FILE = "wrong.yml"
#: The same mistakes as changes of a solution in another language, by the end of its folder's name.
FILE_ELSEWHERE = "wrong-{}.yml"


class Replacement(Entry):
    """One place of the solution, and what a wrong repair has there.

    Lines after the first are indented as the line is in which the place begins. Line breaks at the end don't count.
    """

    file: Text = Field(description="A file of the solution.", examples=["service.py"])
    old: Annotated[str, Field(min_length=1)] = Field(
        alias="from", description="Text that occurs exactly once in the file.", examples=["if age > TTL:"]
    )
    new: str = Field(alias="to", description="What stands there instead.", examples=["if TTL == 0:"])


class WrongRepair(Replacement):
    """A repair that must not pass: the solution with one or several places changed."""

    id: Id = Field(examples=["ttl-only-when-zero"])
    why: Text = Field(
        description="What the cheat or laziness is, and whom it hurts, in one sentence.",
        examples=["The time limit counts only when it is 0, so a changed price is wrong for ever."],
    )
    refused_by: Text | None = Field(
        default=None, description="The test that is red on it, without parameters.", examples=["test_answers_expire"]
    )
    undetectable: Text | None = Field(
        default=None, description="Why no test from outside can tell it from a repair. The lab's page says so."
    )
    more: list[Replacement] = Field(default=[], description="Further places, changed after the first.")

    @property
    def replacements(self) -> list[Replacement]:
        return [self, *self.more]


class WrongRepairs(RootModel[list[WrongRepair]]):
    """All of a lab's wrong.yml."""


class Rewritten(Replacement):
    """A wrong repair of wrong.yml as a change of the solution in another language. Reason and test are those there."""

    id: Id = Field(description="The same id as in wrong.yml.", examples=["ttl-only-when-zero"])
    more: list[Replacement] = Field(default=[], description="Further places, changed after the first.")


class RewrittenRepairs(RootModel[list[Rewritten]]):
    """All of a lab's wrong-ts.yml, or of its list in another language."""


class Listed(NamedTuple):
    """A lab's wrong repairs, and the file that they were read from, which knows their places."""

    repairs: list[WrongRepair]
    written: Parsed


def read_wrong_repairs(file: Path, shown_as: str) -> Listed | None:
    """The wrong repairs of a lab, or None when it has no list. Raises DataError with every problem of shape."""
    if not file.exists():
        return None
    written = parse(file, shown_as)
    return Listed(as_model(written, WrongRepairs).root, written)


def read_wrong_repairs_elsewhere(file: Path, shown_as: str, python: Listed | None) -> Listed | None:
    """The wrong repairs of a lab in another language, or None when it has no list there. Raises DataError as above.

    Args:
        python: those of wrong.yml, which say why each is wrong and which test refuses it.
    """
    if not file.exists():
        return None
    written = parse(file, shown_as)
    known = {repair.id: repair for repair in python.repairs if repair.refused_by} if python else {}
    again, problems = [], []
    for index, entry in enumerate(as_model(written, RewrittenRepairs).root):
        if entry.id in known:
            again.append(known[entry.id].model_copy(update=dict(entry)))
        else:
            rule = f"is no wrong repair of {FILE} that a test refuses"
            problems.append(written.locate(Problem((index, "id"), entry.id, rule, choices(entry.id, known))))
    if problems:
        raise DataError(problems)
    return Listed(again, written)


def occurrences(text: str, old: str) -> list[tuple[int, int, str]]:
    """Where a place of several lines occurs in a program: begin, end and the indentation of its further lines."""
    first, *further = old.rstrip("\n").split("\n")
    found = []
    begin = text.find(first)
    while begin >= 0:
        before = text[text.rfind("\n", 0, begin) + 1 : begin]
        indent = before[: len(before) - len(before.lstrip())]
        whole = _indented(first, further, indent)
        if text.startswith(whole, begin):
            found.append((begin, begin + len(whole), indent))
        begin = text.find(first, begin + 1)
    return found


def _indented(first: str, further: list[str], indent: str) -> str:
    return "\n".join([first, *(indent + line if line else "" for line in further)])


def wrongly_repaired(solution: Mapping[str, str], repair: WrongRepair) -> dict[str, str]:
    """The files of the solution that a wrong repair changes, by name, with their new text.

    Raises:
        ValueError: with path inside the entry, value, rule and repair, when a place can't be found.
    """
    changed: dict[str, str] = {}
    for number, place in enumerate(repair.replacements):
        path: KeyPath = () if number == 0 else ("more", number - 1)
        text = changed.get(place.file, solution.get(place.file))
        if text is None:
            raise ValueError((*path, "file"), place.file, "is no file of the solution", choices(place.file, solution))
        found = occurrences(text, place.old)
        if len(found) != 1:
            rule = f"occurs {len(found)} times in solution/{place.file}, not once"
            repair_by = "write more of the place" if found else "copy it anew from the solution"
            raise ValueError((*path, "from"), place.old, rule, repair_by)
        ((begin, end, indent),) = found
        first, *further = place.new.rstrip("\n").split("\n")
        changed[place.file] = text[:begin] + _indented(first, further, indent) + text[end:]
    return changed


def check_wrong_repairs(listed: Listed, solution: Mapping[str, str], tests: Mapping[str, str]) -> Iterator[Problem]:
    """Each wrong repair can be made from the solution, is a program, and names a test that there is or says why none can.

    An entry that is stale would be played as something else, and refused for the wrong reason.
    """
    seen: set[str] = set()
    for index, repair in enumerate(listed.repairs):
        for path, value, rule, repair_by in _problems(repair, solution, tests):
            yield listed.written.locate(Problem((index, *path), value, rule, repair_by))
        if repair.id in seen:
            problem = Problem((index, "id"), repair.id, "is the id of another entry", "choose another id")
            yield listed.written.locate(problem)
        seen.add(repair.id)
        for name in ("why", "undetectable"):
            for problem in check_plain(getattr(repair, name) or "", (index, name)):
                yield listed.written.locate(problem)


def _problems(
    repair: WrongRepair, solution: Mapping[str, str], tests: Mapping[str, str]
) -> Iterator[tuple[KeyPath, object, str, str]]:
    try:
        changed = wrongly_repaired(solution, repair)
    except ValueError as error:
        yield error.args
        changed = {}
    for name, text in changed.items():
        try:
            if name.endswith(".py"):
                ast.parse(text)
        except SyntaxError as error:
            rule = f"makes a program that is no Python ({error.msg}, line {error.lineno} of {name})"
            yield ("to",), repair.new, rule, "correct it: what does not start is refused by every test"
    if (repair.refused_by is None) == (repair.undetectable is None):
        rule = "names both a test and a reason why none can refuse it" if repair.undetectable else "names no test"
        yield (), repair.id, rule, "write either `refused_by:` with a test or `undetectable:` with the reason"
    elif repair.refused_by is not None and repair.refused_by not in tests:
        yield ("refused_by",), repair.refused_by, "is no test of the lab", choices(repair.refused_by, tests)
