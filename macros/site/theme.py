"""What the theme brings and no page needs is taken out of a built site, so that a first view stays small.

Entry points, in the order in which finish.py calls them:
1. `without_marked_spaces` takes what colors nothing out of a page's code.
2. `linked_lean` leads the page to the sheet that will be written, and `Used` notes the names in it.
3. `lean_theme` writes the theme's style sheet without rules for anything else, and removes what no page asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from macros.site.assets import own_files

#: The theme's style sheet, and what it is called when it is cut to the site: without a hash, because what is in it then
#: depends on the pages. Browsers ask for it again as they do for the handbook's own sheets.
_SHEET = "assets/stylesheets/main.*.min.css"
_LINK = re.compile(r"assets/stylesheets/main\.\w+\.min\.css")
LEAN = "assets/stylesheets/theme.css"
#: What MkDocs copies into each site and the handbook has replaced: the theme's script and search by frame.js and search.js,
#: its colors by handbook.css.
_REPLACED = (
    "assets/javascripts/bundle.*.min.js*",
    "assets/javascripts/workers/*.js*",
    "assets/javascripts/lunr/**/*.js",
    "assets/stylesheets/palette.*.min.css*",
)

_CLASS = re.compile(r' class="([^"]*)"')
_ID = re.compile(r' id="([^"]*)"')
_TAG = re.compile(r"<([a-z][\w-]*)")
_DIRECTION = re.compile(r' dir="([^"]*)"')
_SOURCE = re.compile(r' src="([^"]*)"')
#: How code that is colored marks the spaces in it. A space has no color.
_MARKED_SPACE = re.compile(r'<span class="w">(\s*)</span>')
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_READ = re.compile(r"var\((--[\w-]+)")

#: What braces and semicolons may hide in, and these themselves.
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|url\([^\"')][^)]*\)|/\*.*?\*/|[{};]", re.DOTALL)
_IN_PARENTHESES = re.compile(r"\([^()]*\)")
_NAME = re.compile(r"([.#]?)(-?[A-Za-z_](?:[\w-]|\\.)*)")
#: At-rules whose braces hold rules.
_GROUPS = ("@media", "@supports", "@layer", "@container")


@dataclass
class Used:
    """The names that a style sheet can speak of, as far as pages and scripts use them.

    Attributes:
        named: classes with a dot before them, ids with a number sign, and the names of elements.
        directions: of text, `ltr` or `rtl`.
        sources: addresses of scripts and pictures, as pages write them.
        words: everything in a script that could be such a name, since scripts make elements too.
    """

    named: set[str] = field(default_factory=set)
    directions: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def add_page(self, html: str) -> None:
        for names in set(_CLASS.findall(html)):
            self.named.update(f".{name}" for name in names.split())
        self.named.update(f"#{name}" for name in _ID.findall(html))
        self.named.update(_TAG.findall(html))
        self.directions.update(_DIRECTION.findall(html))
        self.sources.update(_SOURCE.findall(html))

    def add_script(self, script: str) -> None:
        self.words.update(_WORD.findall(script))

    def matches(self, selector: str) -> bool:
        """Whether an element of a page could match. Where that is not plain to see, it could."""
        # What stands in parentheses may be an exception or a choice.
        while (bare := _IN_PARENTHESES.sub("", selector)) != selector:
            selector = bare
        for direction in re.findall(r"\[dir=\"?(\w+)", selector):
            if direction not in self.directions:
                return False
        bare = re.sub(r"\[[^\]]*\]|::?[\w-]+", "", selector)
        return all(kind + name in self.named or name in self.words for kind, name in _NAME.findall(bare))


def without_marked_spaces(html: str) -> str:
    """Spaces of code without an element around each: on a page with a program in four languages, they were 1,500."""
    return _MARKED_SPACE.sub(r"\1", html)


def linked_lean(html: str) -> str:
    """A page that loads the lean sheet instead of the theme's whole one."""
    return _LINK.sub(LEAN, html)


def lean_theme(site: Path, used: Used) -> None:
    """Write the theme's lean sheet into a site, and remove the files of the theme that no page asks for.

    `used` knows the pages; scripts and the handbook's own sheets are read here. A site of another engine keeps its theme.
    """
    for pattern in _REPLACED:
        for file in site.glob(pattern):
            if not any(source.endswith(file.name.removesuffix(".map")) for source in used.sources):
                file.unlink()
    whole = next(iter([*site.glob(_SHEET), *site.glob(LEAN)]), None)
    if whole is None:
        return
    for file in own_files(site):
        if file.suffix == ".js":
            used.add_script(file.read_text(encoding="utf-8"))
    read = set()
    for file in site.glob("assets/stylesheets/*.css"):
        if file != whole:
            read.update(_READ.findall(file.read_text(encoding="utf-8")))
    text = lean_sheet(whole.read_text(encoding="utf-8"), used, read)
    for file in site.glob(f"{_SHEET}*"):
        file.unlink()
    (site / LEAN).write_text(text, encoding="utf-8", newline="\n")


def lean_sheet(sheet: str, used: Used, read: Iterable[str] = ()) -> str:
    """A minified style sheet without rules that match nothing, and without custom properties that nothing reads.

    `read` are the custom properties that other sheets read.
    """
    lean = "".join(_matching(sheet, used))
    kept = {*read, *(f"--{word}" for word in used.words)}
    while (rest := "".join(_read_properties(lean, kept.union(_READ.findall(lean))))) != lean:
        lean = rest
    return lean


def _matching(sheet: str, used: Used) -> Iterator[str]:
    for prelude, body in _rules(sheet):
        if body is None:
            yield prelude
        elif prelude.startswith(_GROUPS):
            if inner := "".join(_matching(body, used)):
                yield f"{prelude}{{{inner}}}"
        elif prelude.startswith("@"):
            yield f"{prelude}{{{body}}}"
        elif selectors := [selector for selector in _split(prelude, ",") if used.matches(selector)]:
            yield f"{','.join(selectors)}{{{body}}}"


def _read_properties(sheet: str, read: set[str]) -> Iterator[str]:
    for prelude, body in _rules(sheet):
        if body is None:
            yield prelude
        elif prelude.startswith("@"):
            yield f"{prelude}{{{body}}}"
        else:
            kept = [d for d in _split(body, ";") if not d.startswith("--") or d.partition(":")[0] in read]
            if kept:
                yield f"{prelude}{{{';'.join(kept)}}}"


def _rules(sheet: str) -> Iterator[tuple[str, str | None]]:
    """What stands before each pair of braces and in it; a statement without braces has no second part."""
    depth = start = opened = 0
    for token in _TOKEN.finditer(sheet):
        if token[0] == "{":
            if depth == 0:
                opened = token.start()
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if depth == 0:
                yield sheet[start:opened].strip(), sheet[opened + 1 : token.start()]
                start = token.end()
        elif token[0] == ";" and depth == 0:
            yield sheet[start : token.end()].strip(), None
            start = token.end()


def _split(text: str, mark: str) -> list[str]:
    """The parts between commas or semicolons, but for those in parentheses, brackets and strings."""
    parts, depth, start = [], 0, 0
    for token in re.finditer(rf"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[()\[\]{mark}]", text):
        if token[0] in "([":
            depth += 1
        elif token[0] in ")]":
            depth -= 1
        elif token[0] == mark and depth == 0:
            parts.append(text[start : token.start()])
            start = token.end()
    return [part for part in [*parts, text[start:]] if part]
