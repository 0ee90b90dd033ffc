"""What the rules need to know of the pages under docs/: titles, headings, length, and the macros that they call."""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from macros.data.places import read_text
from macros.data.problems import DataError, Problem

_NOT_A_BREAK = re.compile(r"[^\n]")


#: As MkDocs reads it.
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)


_RAW = re.compile(r"\{%\s*raw\s*%\}.*?\{%\s*endraw\s*%\}", re.DOTALL)


#: Closed by the same marks, as far from the margin.
_FENCE = re.compile(r"^( *)(`{3,}(?!`)|~{3,}(?!~))[^\n]*\n(?:.*?\n)??\1\2[ \t]*$", re.DOTALL | re.MULTILINE)


HEADING = re.compile(r"^(#{1,6}) +(.*?)(?:\s*\{\s*#([\w-]+)[^}]*\})?\s*$", re.MULTILINE)


_TEXT = r"""\s*(?:"[^"\n]*"|'[^'\n]*')\s*"""


#: A call of a macro, with its arguments, which are text.
WHOLE_CALL = re.compile(rf"\{{\{{-?\s*(\w+)\s*\((?:({_TEXT})((?:,{_TEXT})?)|\s*)\)\s*-?\}}\}}")


#: What the Markdown reader does not read for links and ids: code in a sentence, comments, macros.
_UNREAD = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n\n).)+?(?<!`)\1(?!`)|<!--.*?-->|\{\{.*?\}\}", re.DOTALL)


_LINK = re.compile(
    r"""(?<!\\)\]\(\s*<?([^()<>\s]+)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)|^ {0,3}\[[^\]^][^\]]*\]:\s*<?([^<>\s]+)""",
    re.MULTILINE,
)


_SNIPPET = re.compile(r"^ *--8<-- [\"']([^\"'\n:]+)[^\"'\n]*[\"'] *$", re.MULTILINE)


_ID = re.compile(r"""\{:?[^{}\n"]*?#([\w:.-]+)[^{}\n]*\}|<[a-zA-Z][^<>]*?\sid="([^"]+)\"""")


_WORD = re.compile(r"[A-Za-z0-9][\w'’/-]*")


@dataclass(frozen=True)
class Call:
    """A macro called on a page, with its first argument, its place, counted from 1, and its second argument."""

    name: str
    argument: str | None
    line: int
    column: int
    second: str | None = None


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
        text: what the template language reads: all but front matter and raw blocks, line for line.
        bare: the prose without code, comments and macros, line for line.
        digest: changes with every character below the front matter.
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
    text: str = ""
    bare: str = ""
    digest: str = ""

    def called(self, name: str) -> list[Call]:
        return [call for call in self.calls if call.name == name]


def read_manuscripts(docs: Path) -> dict[str, Manuscript]:
    """Every Markdown page below docs/, by its path. Raises DataError with every page that cannot be read."""
    problems: list[Problem] = []

    def read(file: Path) -> Manuscript:
        path = file.relative_to(docs).as_posix()
        try:
            return manuscript(path, read_text(file, f"docs/{path}"))
        except DataError as error:
            problems.extend(error.problems)
            return Manuscript(path)

    def with_included(page: Manuscript) -> Manuscript:
        files = [docs / name for name in _SNIPPET.findall(page.prose)]
        return replace(page, included=tuple(read(file) for file in files if file.is_file())) if files else page

    pages = [with_included(read(file)) for file in sorted(docs.rglob("*.md")) if not file.is_dir()]
    if problems:
        raise DataError(problems)
    return {page.path: page for page in pages}


# A page that has not changed is not read anew at each build and at each check after an edit.
@functools.lru_cache(maxsize=8192)
def manuscript(path: str, text: str) -> Manuscript:
    """Read one page's text. Blanks take as much room as what they replace, so that places stay true."""
    front = _FRONT_MATTER.match(text)
    digest = hashlib.sha256(_FRONT_MATTER.sub("", text).encode()).hexdigest()
    text = _FRONT_MATTER.sub(_blank, text)
    text = _RAW.sub(_blank, text)
    calls = tuple(
        Call(
            match[1],
            match[2] and match[2].strip()[1:-1],
            *_place(text, match.start()),
            match[3][1:].strip()[1:-1] if match[3] else None,
        )
        for match in WHOLE_CALL.finditer(text)
    )
    prose = _FENCE.sub(_blank, text)
    headings = list(HEADING.finditer(prose))
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
        text=text,
        bare=read,
        digest=digest,
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
