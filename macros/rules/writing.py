"""Rules on a page's text: what Markdown or the template language would read as something else, or not read at all.

Each of these builds without a word, or fails without a line; a contributor would find it on the page, if at all.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator

from macros.data.handbook import Handbook
from macros.data.manuscript import HEADING, WHOLE_CALL, Manuscript, Pages
from macros.data.problems import Problem

#: The longest page, in words; a longer one is two.
LONGEST = 3000


def _slips(**patterns: tuple[str, str, str]) -> list[tuple[str, re.Pattern[str], str, str]]:
    return [(name, re.compile(look, re.MULTILINE), rule, repair) for name, (look, rule, repair) in patterns.items()]


#: What a message calls it, how it looks in sentences (the last group, or all of it), rule and repair.
SLIPS = _slips(
    picture=(r"!\[\s*\][(\[].*?[)\]]", "shows a picture without words", "say what it shows between [ and ]: a screen reader says that"),
    html=(r'(?!<span id="[\w-]+">|</span>|<https?:|<mailto:|<[\w.+-]+@)</?[a-zA-Z][^<>\n]*>?', "is HTML; pages are written in Markdown", "write it as Markdown, or as `code` when it is to be read"),
    comment=(r"<!--.*", "is a comment that nothing closes, and hides the rest of the page", "write --> behind it"),
    heading=(r"^#{1,6}(?:[^#\s\d]|[\u00a0\u2000-\u200b\u202f]).*", "is no heading without a space behind its #", "type a space there"),
    underline=(r"^(?![-#>|\s]|\d+\. ).*\n((?:=+|-{3,})[ \t]*)$", "makes a heading of the line above", "write ## in front of the heading; leave a line empty above a rule"),
    link=(r'\]\(([^()<>"\n]*[^()<>"\s][ \t]+[^()<>"\'\s][^()<>"\n]*)\)', "is not an address, because it holds a space", "rename the file without spaces, and write its new name; a title stands in straight quotes"),
    reversed=(r"\([^()\n]+\)\[[^\]\n]+\.[^\]\n]+\]", "is a link with its brackets exchanged", "write [words](page.md)"),
    reference=(r"\[[^\]\n]+\]\[[^\]\n]*\]", "is a link without its address", "write [words](page.md)"),
    quotes=(r"\{[^{}\n]*[“”„][^{}\n]*\}", "holds typographic quotes", 'write straight ones: "'),
    footnote=(r"\[\^[^\]\n]+\]", "is a footnote, which these pages do not have", "write it into the sentence, or cite() a source"),
    box=(r"^ *[-*+] (\[[ xX]\]) ", "is a box to tick, which this Markdown does not draw", "write a list without it"),
    strike=(r"~~\S[^~\n]*~~", "is struck out, which this Markdown does not do", "delete the words"),
    emoji=(r"(?<![\w:]):[a-z][a-z_+-]+:(?![\w:])", "is a name of a picture, which this Markdown does not draw", "write it in words"),
    box_text=(r"^ *((?:!!!|\?\?\?\+?) .*)\n(?! *\n| {4,}\S)", "is a box without a text", "indent the text below it by four spaces"),
    tab=(r"^ *(\t)", "is a tab, which makes code of the line", "type spaces"),
    invisible=(r"[\u200b\u2028\u2029\ufeff]", "is a character that nobody sees", "delete it"),
    list=(r"^(?![-*+#>|\s]|\d+[.)] ).*\S\n([-*+] .*)", "goes on with the paragraph, and makes no list", "leave a line empty above the list"),
    number=(r"\S\n *(\d{3,}[.)]) ", "makes an item of a list, and is lost as a number", "break the line elsewhere"),
    nested=(r"^[-*+] .*\n(?: {2,3}[^\s*+-].*\n)*( {2,3}[-*+] .*)", "stands on the same level as the line above", "indent it by four spaces"),
)  # fmt: skip


def check_template_calls(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Braces are whole calls of macros.

    The template language would end the build in the middle, with a line that is not the file's.
    """
    shape = 'write {{ name() }} or {{ name("id") }}, with straight quotes and two braces at each end'
    for page in pages.values():
        for found in re.finditer(r"\{\{|\{%|\{#", page.text):
            if WHOLE_CALL.match(page.text, found.start()):
                continue
            written = page.text[found.start() : found.start() + 60].split("\n")[0]
            rule, repair = {
                "{{": ("is not a call of a macro", f"{shape}; braces that are to be read stand between raw and endraw"),
                "{%": ("is a statement of the template language", "remove it; only raw and endraw, in pairs, are used here"),
                "{#": ("begins a comment of the template language", "write { #id } with a space; otherwise remove it"),
            }[found[0]]  # fmt: skip
            yield _problem(page, found.start(), written, rule, repair, "macro")


def check_fences(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A block of code that nothing closes would swallow the rest of the page, or be shown with its backticks."""
    for page in pages.values():
        if left := re.search(r"^ *(`{3,}|~{3,})[^`\n]*$", page.prose, re.MULTILINE):
            repair = f"write {left[1]} on a line of its own where the code ends, as far from the margin as this line"
            yield _problem(page, left.start(1), left[0].strip(), "is a fence that nothing closes", repair, "code")


def check_slips(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Nothing stands in the sentences that builds without a word and reads wrong (SLIPS)."""
    for page in pages.values():
        for found in _found(page.bare):
            yield _problem(page, *found)


# A page that has not changed is not looked through anew at each check after an edit.
@functools.lru_cache(maxsize=8192)
def _found(bare: str) -> list[tuple[int, str, str, str, str]]:
    """Where slips stand in a page's sentences: index, value, rule, repair and label of each."""
    found = []
    for name, pattern, rule, repair in SLIPS:
        for slip in pattern.finditer(bare):
            group, label = slip.lastindex or 0, name.split("_")[0]
            found.append((slip.start(group), slip[group].strip() or label, rule, repair, label))
    return found


def check_outline(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """One title, and no level of headings left out: readers who jump from heading to heading miss nothing."""
    for page in pages.values():
        above = 0
        for heading in HEADING.finditer(page.prose):
            level = len(heading[1])
            if level == 1 and above:
                yield _problem(
                    page, heading.start(), heading[2], "is a second title", "write ## in front of it", "heading"
                )
            elif level > above + 1 and above:
                repair = f"write {'#' * (above + 1)} in front of it"
                yield _problem(page, heading.start(), heading[2], "leaves out a level of headings", repair, "heading")
            above = level


def check_tables(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """Each row of a table has as many cells as its head. A cell too many is lost without a word."""
    for page in pages.values():
        lines = page.prose.split("\n")
        blocks = itertools.groupby(enumerate(lines, 1), lambda line: line[1].lstrip().startswith("|"))
        for is_table, block in blocks:
            if not is_table:
                continue
            rows = [(number, text, _cells(text)) for number, text in block]
            first, _, head = rows[0]

            def problem(number: int, value: str, rule: str, repair: str, page: Manuscript = page) -> Problem:
                return Problem((), value, rule, repair, f"docs/{page.path}", number, 1, "table")

            if len(rows) < 3:
                yield problem(first, rows[0][1].strip(), "is a table without a row", "add one below | --- |")
            if first > 1 and lines[first - 2].strip():
                yield problem(
                    first, rows[0][1].strip(), "goes on with the text above", "leave a line empty above the table"
                )
            for number, text, cells in rows[1:]:
                if cells != head:
                    rule = f"has {cells} cells, not {head} as the head of its table"
                    yield problem(number, text.strip(), rule, "add or join cells; a | that is text is written \\|")


def _cells(row: str) -> int:
    without_code = re.sub(r"(`+).*?\1", "code", row.strip())
    return len(re.split(r"(?<!\\)\|", without_code.strip("|")))


def check_page_length(handbook: Handbook, pages: Pages) -> Iterator[Problem]:
    """A page is read in one sitting."""
    for page in pages.values():
        if page.words > LONGEST:
            yield Problem(
                (),
                f"{page.words} words",
                f"are more than {LONGEST}",
                "make two pages of it",
                f"docs/{page.path}",
                1,
                1,
                "page",
            )


def _problem(page: Manuscript, index: int, value: str, rule: str, repair: str, label: str) -> Problem:
    line, column = page.text.count("\n", 0, index) + 1, index - page.text.rfind("\n", 0, index)
    return Problem((), value, rule, repair, f"docs/{page.path}", line, column, label)
