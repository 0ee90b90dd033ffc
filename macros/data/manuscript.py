"""What the rules need to know of the pages under docs/: titles, headings, length, and the macros that they call."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

_NOT_A_BREAK = re.compile(r"[^\n]")


#: As MkDocs reads it.
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)


_RAW = re.compile(r"\{%\s*raw\s*%\}.*?\{%\s*endraw\s*%\}", re.DOTALL)


_FENCE = re.compile(r"^( *)(`{3,}|~{3,})[^\n]*\n.*?^\1\2`*\s*$", re.DOTALL | re.MULTILINE)


_HEADING = re.compile(r"^(#{1,6}) +(.*?)(?:\s*\{\s*#([\w-]+)[^}]*\})?\s*$", re.MULTILINE)


_CALL = re.compile(r"\{\{-?\s*(\w+)\s*\(([^)]*)\)")


_ARGUMENT = re.compile(r"""\s*["']([^"']*)["']""")


#: What the Markdown reader does not read for links and ids: code in a sentence, comments, macros.
_UNREAD = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n\n).)+?(?<!`)\1(?!`)|<!--.*?-->|\{\{.*?\}\}", re.DOTALL)


_LINK = re.compile(
    r"""(?<!\\)\]\(\s*<?([^()<>\s]+)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)|^ {0,3}\[[^\]^][^\]]*\]:\s*<?([^<>\s]+)""",
    re.MULTILINE,
)


_SNIPPET = re.compile(r'^ *--8<-- "([^"\n:]+)[^"\n]*" *$', re.MULTILINE)


_ID = re.compile(r"""\{:?[^{}\n"]*?#([\w:.-]+)[^{}\n]*\}|<[a-zA-Z][^<>]*?\sid="([^"]+)\"""")


_WORD = re.compile(r"[A-Za-z0-9][\w'’/-]*")


@dataclass(frozen=True)
class Call:
    """A macro called on a page, with its first argument and its place, counted from 1."""

    name: str
    argument: str | None
    line: int
    column: int


@dataclass(frozen=True)
class Mark:
    """A word of a page's text with its place, counted from 1: a link's target, or an id."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Manuscript:
    """One Markdown page.

    Attributes:
        path: below docs/.
        front_matter: what stands between the two lines of hyphens at the top; None when nothing does.
        title: text of the first heading of level one; None when there is none.
        title_line: its line.
        ids: explicit heading ids.
        words: words of prose, without code, macros and front matter.
        prose: the text without code blocks and front matter, line for line.
        links: where the page's own links lead, as they are written.
        anchors: every id that the page's own text makes, headings and others.
        headings: texts of the headings that have no id of their own.
        snippets: files that the page shows, by their path below docs/.
        included: those of them that are read as part of the page's text, instead of shown as code.
    """

    path: str
    front_matter: str | None = None
    title: str | None = None
    title_line: int = 1
    ids: frozenset[str] = frozenset()
    words: int = 0
    calls: tuple[Call, ...] = field(default=())
    prose: str = ""
    links: tuple[Mark, ...] = ()
    anchors: tuple[Mark, ...] = ()
    headings: tuple[str, ...] = ()
    snippets: tuple[Mark, ...] = ()
    included: tuple[Manuscript, ...] = ()

    def called(self, name: str) -> list[Call]:
        return [call for call in self.calls if call.name == name]


def read_manuscripts(docs: Path) -> dict[str, Manuscript]:
    """Every Markdown page below docs/, by its path. A page that is not UTF-8 is read with replacement characters."""

    def read(file: Path) -> Manuscript:
        return manuscript(file.relative_to(docs).as_posix(), file.read_text(encoding="utf-8-sig", errors="replace"))

    def with_included(page: Manuscript) -> Manuscript:
        files = [docs / name for name in _SNIPPET.findall(page.prose)]
        return replace(page, included=tuple(read(file) for file in files if file.is_file())) if files else page

    pages = (with_included(read(file)) for file in sorted(docs.rglob("*.md")))
    return {page.path: page for page in pages}


# A page that has not changed is not read anew at each build and at each check after an edit.
@functools.lru_cache(maxsize=8192)
def manuscript(path: str, text: str) -> Manuscript:
    """Read one page's text. Blanks take as much room as what they replace, so that places stay true."""
    front = _FRONT_MATTER.match(text)
    text = _FRONT_MATTER.sub(_blank, text)
    text = _RAW.sub(_blank, text)
    calls = tuple(
        Call(match[1], argument[1] if (argument := _ARGUMENT.match(match[2])) else None, *_place(text, match.start()))
        for match in _CALL.finditer(text)
    )
    prose = _FENCE.sub(_blank, text)
    headings = list(_HEADING.finditer(prose))
    title = next((h for h in headings if h[1] == "#"), None)
    read = _UNREAD.sub(_blank, prose)
    words = re.sub(r"\{\{.*?\}\}|\]\([^)]*\)|\{[^}]*\}", " ", prose, flags=re.DOTALL)
    return Manuscript(
        path,
        front[1] if front else None,
        title[2] or None if title else None,
        prose.count("\n", 0, title.start()) + 1 if title else 1,
        frozenset(h[3] for h in headings if h[3]),
        len(_WORD.findall(words)),
        calls,
        prose,
        _marks(_LINK, read),
        _marks(_ID, read),
        tuple(h[2] for h in headings if not h[3]),
        _marks(_SNIPPET, text),
    )


def _blank(match: re.Match[str]) -> str:
    return _NOT_A_BREAK.sub(" ", match[0])


def _place(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _marks(pattern: re.Pattern[str], text: str) -> tuple[Mark, ...]:
    return tuple(
        Mark(match[match.lastindex], *_place(text, match.start(match.lastindex)))
        for match in pattern.finditer(text)
        if match.lastindex
    )


Pages = dict[str, Manuscript]
