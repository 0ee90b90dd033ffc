"""What the rules need to know of the pages under docs/: titles, headings, length, and the macros that they call."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path as File

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_RAW = re.compile(r"\{%\s*raw\s*%\}.*?\{%\s*endraw\s*%\}", re.DOTALL)
_FENCE = re.compile(r"^( *)(`{3,}|~{3,})[^\n]*\n.*?^\1\2`*\s*$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^(#{1,6}) +(.*?)(?:\s*\{\s*#([\w-]+)[^}]*\})?\s*$", re.MULTILINE)
_CALL = re.compile(r"\{\{-?\s*(\w+)\s*\(([^)]*)\)")
_ARGUMENT = re.compile(r"""\s*["']([^"']*)["']""")
_WORD = re.compile(r"[A-Za-z0-9][\w'’/-]*")


@dataclass(frozen=True)
class Call:
    """A macro called on a page, with its first argument and its place, counted from 1."""

    name: str
    argument: str | None
    line: int
    column: int


@dataclass(frozen=True)
class Manuscript:
    """One Markdown page.

    Attributes:
        path: below docs/.
        title: text of the first heading of level one; None when there is none.
        title_line: its line.
        ids: explicit heading ids.
        words: words of prose, without code, macros and front matter.
        prose: the text without code blocks and front matter, line for line.
    """

    path: str
    title: str | None = None
    title_line: int = 1
    ids: frozenset[str] = frozenset()
    words: int = 0
    calls: tuple[Call, ...] = field(default=())
    prose: str = ""

    def called(self, name: str) -> list[Call]:
        return [call for call in self.calls if call.name == name]


def read_manuscripts(docs: File) -> dict[str, Manuscript]:
    """Every Markdown page below docs/, by its path. A page that is not UTF-8 is read with replacement characters."""
    return {
        file.relative_to(docs).as_posix(): manuscript(
            file.relative_to(docs).as_posix(), file.read_text(encoding="utf-8", errors="replace")
        )
        for file in sorted(docs.rglob("*.md"))
    }


def manuscript(path: str, text: str) -> Manuscript:
    """Read one page's text. Blanks keep their line breaks, so that lines stay true."""
    text = _FRONT_MATTER.sub(_blank, text)
    text = _RAW.sub(_blank, text)
    calls = tuple(
        Call(
            match[1],
            argument[1] if (argument := _ARGUMENT.match(match[2])) else None,
            text.count("\n", 0, match.start()) + 1,
            match.start() - text.rfind("\n", 0, match.start()),
        )
        for match in _CALL.finditer(text)
    )
    prose = _FENCE.sub(_blank, text)
    headings = list(_HEADING.finditer(prose))
    title = next((h for h in headings if h[1] == "#"), None)
    words = re.sub(r"\{\{.*?\}\}|\]\([^)]*\)|\{[^}]*\}", " ", prose, flags=re.DOTALL)
    return Manuscript(
        path,
        title[2] if title else None,
        prose.count("\n", 0, title.start()) + 1 if title else 1,
        frozenset(h[3] for h in headings if h[3]),
        len(_WORD.findall(words)),
        calls,
        prose,
    )


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")
