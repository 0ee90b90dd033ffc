"""YAML as plain Python values that know their line and column, so that an error can name its place."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from macros.data.problems import DataError, KeyPath, Problem

# The compiled loader reads the file some ten times faster; both report the same places.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


#: The data is at most five levels deep. A limit keeps a hostile file from exhausting the stack.
DEEPEST = 20

#: Lines that Git leaves in a file until somebody has chosen between two versions.
_MERGE_MARK = re.compile(r"^(?:<{7} .*|[|]{7} .*|={7}|>{7} .*)$", re.MULTILINE)

#: Spaces that look like one and are none to YAML: in front of a key, or right behind it.
_ODD_SPACE = re.compile(r"^[ -]*(?:[\w-]+:)?([\u00a0\u2000-\u200b\u202f\u3000])")


@dataclass
class Parsed:
    """The file as plain Python values, with the place (line, column) of each value and each key."""

    file: str
    data: Any = None
    values: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    keys: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list, repr=False)

    def locate(self, problem: Problem, *, at_key: bool = False) -> Problem:
        """The same problem with file, place and readable path; the nearest enclosing place when the exact one is missing."""
        if problem.file:
            return problem
        path = problem.path
        line = column = 1
        for length in range(len(path), -1, -1):
            part = path[:length]
            place = self.keys.get(part) if at_key else self.values.get(part)
            if place := place or self.values.get(part):
                line, column = place
                break
        return dataclasses.replace(problem, file=self.file, line=line, column=column, label=path_label(path, self.data))


@dataclass(frozen=True)
class Places:
    """Where data stands that is read from several files.

    Attributes:
        by_key: the file of each key of the data.
        pages: those of the entries of `pages`: each is a page's own front matter.
    """

    by_key: Mapping[str, Parsed]
    pages: Sequence[Parsed] = ()

    def locate(self, problem: Problem) -> Problem:
        """The same problem with its file and its place there."""
        if problem.file:
            return problem
        key, *inside = problem.path
        if key == "pages":
            index, *inside = inside
            return self.pages[int(index)].locate(dataclasses.replace(problem, path=tuple(inside)))
        return self.by_key[str(key)].locate(problem)


def path_label(path: KeyPath, data: Any) -> str:
    """A path as people read it: entries of a list by their id, path or query where they have one."""
    label = ""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            data = None
        if isinstance(step, int):
            name = data.get("id", data.get("path", data.get("query"))) if isinstance(data, dict) else None
            # A name that is no name, by its length, would bury the message; the number finds the entry as well.
            label += f"[{name if isinstance(name, str) and len(name) <= 60 else step}]"
        else:
            label += ("." if label else "") + str(step)
    # Line breaks in a name must not break the line that tells of it.
    return " ".join(label.split())


def parse(file: Path, shown_as: str) -> Parsed:
    """YAML to Python values with places. Raises DataError on anything that is not plain, flat YAML."""
    return parse_text(read(file, shown_as), shown_as)


def read(file: Path, shown_as: str) -> bytes:
    """The content of a data file. Raises DataError when there is none to read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        rule, repair = "the file does not exist", "restore it: git checkout -- " + shown_as
    except OSError as error:
        rule, repair = f"the file cannot be read ({error.strerror})", "check path and permissions"
    raise DataError([Problem((), None, rule, repair, shown_as)])


def decode(raw: bytes, shown_as: str) -> str:
    """A file's content as text, with its own line ends. Raises DataError when it is no UTF-8, or a merge is unfinished."""

    def at(index: int, value: object, rule: str, repair: str) -> Problem:
        line = raw.count(b"\n", 0, index) + 1
        return Problem((), value, rule, repair, shown_as, line, index - raw.rfind(b"\n", 0, index))

    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = f"byte 0x{raw[error.start]:02x}"
        raise DataError([at(error.start, byte, "is not UTF-8", "save the file as UTF-8")]) from None
    if "\0" in text:
        repair = "save the file as UTF-8, or delete the character"
        raise DataError([at(raw.index(b"\0"), "character U+0000", "is not allowed in a text file", repair)])
    # A row of seven = alone may underline something; beside another mark it parts two versions.
    marks = [(text.count("\n", 0, mark.start()) + 1, mark[0]) for mark in _MERGE_MARK.finditer(text.replace("\r", ""))]
    if any(not mark.startswith("=") for _, mark in marks):
        rule = "is a mark of a merge that is not finished"
        repair = "keep one of the two versions, and delete the lines <<<<<<<, ======= and >>>>>>> around them"
        raise DataError(Problem((), mark, rule, repair, shown_as, line, 1) for line, mark in marks)
    return text


def read_text(file: Path, shown_as: str) -> str:
    """A text file with plain line ends. Raises DataError as read() and decode() do."""
    return decode(read(file, shown_as), shown_as).replace("\r\n", "\n").replace("\r", "\n")


def yaml_problem(error: yaml.MarkedYAMLError, text: str, shown_as: str) -> Problem:
    """What the YAML reader says, with the line that it stumbled on, and what to do."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.splitlines()
    value = lines[line - 1].strip() if line <= len(lines) else None
    repair = "check the indentation and quotes here and in the line above"
    if (error.problem or "").startswith("mapping values are not allowed"):
        repair = 'put text that holds ": " in quotes, or begin it after >- on the next line, indented; else ' + repair
    if "cannot start any token" in (error.problem or ""):
        repair = "put the whole text in quotes"
    if "',' or" in (error.problem or ""):
        repair = "put a comma between the parts of a line in brackets, and close the bracket"
    # A key without a space behind its colon is read as text, and missed only a line later.
    above = next((number for number in range(min(line, len(lines) + 1) - 1, 0, -1) if lines[number - 1].strip()), 0)
    before = lines[above - 1].strip() if above else ""
    misread = "expected ':'" in (error.problem or "") or "mapping values" in (error.problem or "")
    if misread and re.fullmatch(r"(?:- )?[\w-]+:(?!//)\S.*", before):
        value, line, repair = before, above, "put a space behind the colon"
        column = len(lines[above - 1]) - len(lines[above - 1].lstrip()) + 1
    return Problem((), value, f"is not valid YAML ({error.problem or error.context})", repair, shown_as, line, column)


def parse_text(raw: bytes, shown_as: str) -> Parsed:
    """As parse(), from the content of a file."""
    text = decode(raw, shown_as)
    parsed = Parsed(shown_as, lines=text.splitlines())

    def at(line: int, column: int, value: object, rule: str, repair: str) -> Problem:
        return Problem((), value, rule, repair, shown_as, line, column)

    odd = [
        at(
            number,
            len(line) - len(line.lstrip(" ")) + 1,
            "tab",
            "YAML indents with spaces",
            "replace the tab by spaces",
        )
        for number, line in enumerate(parsed.lines, 1)
        if "\t" in line[: len(line) - len(line.lstrip())]
    ]
    odd += [
        at(
            number,
            space.start(1) + 1,
            f"character U+{ord(space[1]):04X}",
            "is no space to YAML",
            "type a space instead",
        )
        for number, line in enumerate(parsed.lines, 1)
        if (space := _ODD_SPACE.match(line))
    ]
    if odd:
        raise DataError(odd)
    try:
        _refuse_aliases_and_depth(text, at)
        node = yaml.compose(text, LOADER)
    except yaml.MarkedYAMLError as error:
        raise DataError([yaml_problem(error, text, shown_as)]) from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = (before.count("\n") + 1, error.position - before.rfind("\n"))
        # The compiled reader gives the code point, the other one the character.
        code = error.character if isinstance(error.character, int) else ord(error.character)
        character = f"character U+{code:04X}"
        raise DataError([at(*place, character, "is not allowed in YAML", "delete it")]) from None
    if node is None:
        raise DataError([at(1, 1, None, "the file is empty", "restore it: git checkout -- " + shown_as)])
    problems: list[Problem] = []
    parsed.data = _to_python(node, (), parsed, problems)
    if problems:
        raise DataError(parsed.locate(p) for p in problems)
    return parsed


def _refuse_aliases_and_depth(text: str, at: Any) -> None:
    """Aliases could make a small file enormous; nothing here needs them."""
    depth = 0
    aliases: list[Problem] = []
    for event in yaml.parse(text, LOADER):
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.AliasEvent):
            aliases.append(at(*place, "*" + event.anchor, "aliases are not used in this file", "write the value out"))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise DataError([at(*place, None, f"is nested deeper than {DEEPEST} levels", "flatten it")])
    if aliases:
        raise DataError(aliases[:1] if len(aliases) > 20 else aliases)


def _to_python(node: yaml.Node, path: KeyPath, parsed: Parsed, problems: list[Problem]) -> Any:
    """Plain values from YAML nodes, noting places, duplicate keys and values that YAML cannot make."""
    parsed.values[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_to_python(item, (*path, i), parsed, problems) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if key in result:
                problems.append(
                    Problem(
                        (*path, key), key, f"the key stands twice, first in line {parsed.keys[(*path, key)][0]}",
                        "keep one of the two", parsed.file, *place, path_label((*path, key), None),
                    )
                )  # fmt: skip
                continue
            parsed.keys[(*path, key)] = place
            result[key] = _to_python(value_node, (*path, key), parsed, problems)
        return result
    try:
        value = _scalar(node)
        if isinstance(value, str) and node.style in (None, ""):
            problems += _plain_problems(node, value, path, parsed)
        return value
    except (ValueError, OverflowError, yaml.YAMLError):
        kind = node.tag.rsplit(":", 1)[-1]
        rule = "is not a date of the calendar" if kind == "timestamp" else f"is not a value that YAML knows ({kind})"
        problems.append(Problem(path, node.value, rule, "correct it, or put it in quotes if it is text"))
        return None


def _plain_problems(node: yaml.Node, value: str, path: KeyPath, parsed: Parsed) -> list[Problem]:
    """What is lost or added when text stands without quotes of YAML's own."""
    behind = parsed.lines[node.end_mark.line : node.end_mark.line + 1]
    comment = behind[0][node.end_mark.column :].strip() if behind else ""
    problems = []
    if comment.startswith("#"):
        repair = "put the whole text in quotes; a comment has a line of its own"
        problems.append(Problem(path, comment, "is read as a comment, so the text ends in front of it", repair))
    if len(value) > 1 and value[0] in "“”„‘’«" and value[-1] in "“”’‘»":
        problems.append(Problem(path, value, "is in quotes that YAML does not know", "write straight quotes, or none"))
    return problems


def _scalar(node: yaml.Node) -> Any:
    constructor = yaml.constructor.SafeConstructor()
    return constructor.construct_object(node, deep=True)
