"""Files as they will be, in memory: tried on a copy of the project, then written all or not at all."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from macros.checked import load_checked
from macros.data.handbook import FILE_OF
from macros.data.paths import NAVIGATION
from macros.data.places import parse
from macros.data.problems import DataError, Problem

PLACEHOLDER = "Write here:"


@dataclass
class Draft:
    """Files as they will be, in memory.

    Attributes:
        root: the project's folder.
        texts: new contents by path below it.
        inserted: lines to insert into files that exist: path, number of lines that stay in front, lines.
    """

    root: Path
    texts: dict[str, str] = field(default_factory=dict)
    inserted: list[tuple[str, int, list[str]]] = field(default_factory=list)

    def read(self, path: str) -> str:
        """A file as it stands, with its own line ends and byte order mark."""
        return (self.root / path).read_bytes().decode("utf-8")

    def insert(self, path: str, after: int, lines: list[str]) -> None:
        self.inserted.append((path, after, lines))

    def finished(self) -> dict[str, str]:
        """Contents by path. Insertions are made from the bottom up, so that their numbers stay true."""
        texts = dict(self.texts)
        for path, after, lines in sorted(self.inserted, key=lambda edit: edit[1], reverse=True):
            text = texts.get(path) or self.read(path)
            end = "\r\n" if "\r\n" in text else "\n"
            # YAML breaks lines where Python does, Markdown at a line feed alone.
            parts = text.splitlines(keepends=True) if path.endswith(".yml") else re.findall(r"[^\n]*\n|[^\n]+", text)
            if parts[after - 1 : after] and not parts[after - 1].endswith(("\n", "\r")):
                parts[after - 1] += end
            parts[after:after] = [line + end for line in lines]
            texts[path] = "".join(parts)
        return texts

    def tried(self, steps: list[str]) -> tuple[list[Problem], str]:
        """Problems of a copy of the project with the draft in it; and the steps, with the places in it filled in."""
        texts = self.finished()
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder)
            shutil.copytree(self.root / "docs", copy / "docs")
            shutil.copy(self.root / NAVIGATION, copy / NAVIGATION)
            for path, text in texts.items():
                (copy / path).parent.mkdir(parents=True, exist_ok=True)
                (copy / path).write_bytes(text.encode("utf-8"))
            try:
                load_checked(copy)
            except DataError as error:
                return error.problems, ""
        return [], "\n".join(steps).replace("PLACES", "\n   ".join(self._places()))

    def _places(self) -> list[str]:
        """Where the draft's placeholders will stand."""
        blocks = [(path, 0, text.split("\n")) for path, text in self.texts.items()]
        above: dict[str, int] = {}
        for path, after, lines in sorted(self.inserted, key=lambda edit: edit[:2]):
            blocks.append((path, after + above.get(path, 0), lines))
            above[path] = above.get(path, 0) + len(lines)
        return [
            f"{path}:{number}"
            for path, after, lines in blocks
            for number, line in enumerate(lines, after + 1)
            if PLACEHOLDER in line
        ]

    def save(self) -> None:
        """Write every file, or leave all as they were."""
        texts = self.finished()
        before = {path: file.read_bytes() if (file := self.root / path).exists() else None for path in texts}
        try:
            for path, text in texts.items():
                (self.root / path).parent.mkdir(parents=True, exist_ok=True)
                (self.root / path).write_bytes(text.encode("utf-8"))
        except BaseException as error:
            for path, content in before.items():
                if content is None:
                    (self.root / path).unlink(missing_ok=True)
                elif (self.root / path).read_bytes() != content:
                    (self.root / path).write_bytes(content)
            if isinstance(error, OSError):
                problem = Problem(
                    (), None, f"cannot be written ({error.strerror})", "check permissions and space", path
                )
                raise DataError([problem], "on this disk; nothing was written") from None
            raise


class DataList:
    """A list of a data file as lines: where its entries begin and end. Line numbers count from 1."""

    def __init__(self, draft: Draft, name: str) -> None:
        self.draft = draft
        self.file = FILE_OF[name]
        self.lines = draft.read(self.file).splitlines()
        parsed = parse(draft.root / self.file, self.file)
        self.entries = parsed.data[name]
        self.starts = [parsed.values[name, index][0] for index in range(len(self.entries))]
        line, column = parsed.values[name, 0]
        self.indent = self.lines[line - 1].removeprefix("\ufeff")[: column - 1]
        if self.indent.strip() != "-":
            repair = "write each entry on lines of its own that begin with a hyphen, then run the command again"
            problem = Problem((name,), None, "is written in a form that cannot be extended", repair)
            raise DataError([parsed.locate(problem)], "in the data file; nothing was written")
        self.first = parsed.keys[name,][0]
        below = [place[0] for path, place in parsed.keys.items() if len(path) == 1 and place[0] > self.first]
        self.last = min(below, default=len(self.lines) + 1) - 1

    def end(self, index: int) -> int:
        """The last line of an entry: blank lines and comments that stand no deeper than its hyphen belong to the next."""
        hyphen = self.indent.index("-")
        line = self.starts[index + 1] - 1 if index + 1 < len(self.starts) else self.last
        while line > self.starts[index]:
            text = self.lines[line - 1]
            if text.strip() and not (text.lstrip().startswith("#") and len(text) - len(text.lstrip()) <= hyphen):
                break
            line -= 1
        return line

    def add(self, after: int | None, keys: dict[str, str], comment: str = "") -> None:
        """Insert an entry after another one, or as the first.

        Args:
            keys: the entry's keys with their values as YAML; a value may have further lines.
            comment: what stands above the entry.
        """
        entry = self._entry(keys, comment)
        if after is None:
            self.draft.insert(self.file, self.first, [*entry, ""])
        else:
            self.draft.insert(self.file, self.end(after), ["", *entry])

    def add_all(self, after: int, entries: list[dict[str, str]]) -> None:
        """Insert several entries after another one, in their order."""
        lines = [line for keys in entries for line in ("", *self._entry(keys, ""))]
        self.draft.insert(self.file, self.end(after), lines)

    def _entry(self, keys: dict[str, str], comment: str) -> list[str]:
        pairs = [f"{key}:{value if value.startswith(chr(10)) else ' ' + value}" for key, value in keys.items()]
        inner = [line for pair in pairs for line in pair.split("\n")]
        space = " " * self.indent.index("-")
        entry = [self.indent + inner[0], *(space + "  " + line for line in inner[1:])]
        return ([f"{space}# {comment}"] if comment else []) + entry


def scalar(text: str) -> str:
    """Text as YAML on one line, quoted when it has to be."""
    return yaml.safe_dump(text, allow_unicode=True, width=10**9).removesuffix("\n").removesuffix("\n...")


def to_write(what: str, indent: int = 2) -> str:
    """A placeholder as a block, in which a person may write colons and apostrophes, on as many lines as they like."""
    return f">-\n{' ' * indent}{PLACEHOLDER} {what}"


def placeholders(root: Path) -> list[str]:
    """Places of every placeholder that is left in pages, data, examples, labs and figures below a project's folder."""
    kinds = (".md", ".yml", ".py", ".svg")
    files = sorted(file for file in (root / "docs").rglob("*") if file.suffix in kinds and file.is_file())
    return [
        f"{file.relative_to(root).as_posix()}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if PLACEHOLDER in line
    ]
