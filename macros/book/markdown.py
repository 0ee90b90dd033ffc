"""HTML as Markdown, written straight from a parsed tree: to_markdown() is what the rest calls.

An element is a block, which stands on lines of its own, or a part of a line, or neither: then only its content counts.
_BLOCKS and _INLINE hold the function for each tag; _content() puts together what they give.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from lxml import etree, html

#: White space of HTML; str.strip() would take no-break spaces as well.
_SPACE = " \t\r\n"
_SPACES = re.compile(r"[ \t\r\n]+")
_BLANKS = re.compile(r"  +|\t[ \t]*")
_LINE_BREAK = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")

#: What Markdown would read as a mark within a line: an asterisk, a backtick, underscores at an edge of a word, and the
#: beginning of a tag, a character reference, a link or an escape. Each begins with a letter of its own: re finds these fast.
_MARK = re.compile(r"\*|`|_(?<!\w_)_*|_+(?!\w)|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\[(?=[^\[\]]*\]\()|\\(?=[!-/:-@\[-`{-~])")

#: What it would read as a list, a heading, a quotation or a fence at the beginning of a line, up to where the backslash
#: belongs.
_FIRST_MARK = re.compile(r"^ *(?:\d{1,9}(?=[.)](?:\s|$))|(?=(?:#{1,6}|\+|-+|=+)(?:\s|$)|>|~~~))", re.MULTILINE)

#: A line break in code, after which a line could begin as a list or another block does.
_BREAK_IN_CODE = re.compile(r"\n(?![A-Za-z(])")

#: A line that ends here, and not only in the file.
_BREAK = "  \n"

_ENTRIES = etree.XPath("./dt | ./dd | ./div/dt | ./div/dd")
_ROWS = etree.XPath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr")


class _Place(Enum):
    """Where an element stands, as far as it matters for how it is written."""

    PAGE = auto()
    #: In a list, where another list follows its line without a blank one between them.
    ITEM = auto()
    #: In a heading, in a cell, or between two marks: all of it has to be one line.
    LINE = auto()


_Write = Callable[[html.HtmlElement, _Place], str]


class _Block(NamedTuple):
    """A block's text, and how many line breaks it needs before and after it."""

    text: str
    before: int = 2
    after: int = 2


def to_markdown(element: html.HtmlElement) -> str:
    """What an element holds as Markdown, without white space at its ends.

    Scripts, styles and what is hidden from screen readers are left out: they say nothing in a text.
    """
    return _flow(element, _Place.PAGE)


def _content(element: html.HtmlElement, place: _Place) -> str:
    """What an element holds: between two blocks the larger of their gaps, and no white space around a block."""
    parts: list[str] = []
    gap = 0
    for text, before, after in _blocks(element, place):
        gap = max(gap, before)
        if gap:
            text = text.lstrip(_SPACE)
        if text:
            if gap and parts:
                parts[-1] = parts[-1].rstrip(_SPACE)
                parts.append(" " if place is _Place.LINE else "\n" * gap)
            parts.append(text)
            gap = 0
        gap = max(gap, after)
    return "".join(parts)


def _blocks(element: html.HtmlElement, place: _Place) -> Iterator[_Block]:
    """The content as blocks; the parts of lines between two of them are one that needs no gap."""
    line: list[str] = []
    for piece in _pieces(element, place):
        if isinstance(piece, str):
            line.append(piece)
        else:
            if line:
                yield _Block(_run(line, place), 0, 0)
                line = []
            yield piece
    if line:
        yield _Block(_run(line, place), 0, 0)


def _pieces(element: html.HtmlElement, place: _Place) -> Iterator[str | _Block]:
    """The content in its order: blocks, and strings for the parts of lines."""
    if element.text:
        yield _escaped(element.text)
    for child in element:
        tag = child.tag
        # A comment has a function instead of a name.
        if isinstance(tag, str) and child.get("aria-hidden") != "true":
            if tag in _INLINE:
                yield _INLINE[tag](child, place)
            elif tag in _BLOCKS:
                before = 1 if place is _Place.ITEM and tag in ("ol", "ul") else 2
                # A group of choices stands further from the next one than its own parts from each other.
                after = 3 if tag == "fieldset" else 2
                yield _Block(_BLOCKS[tag](child, place), before, after)
            else:
                yield from _pieces(child, place)
        if child.tail:
            yield _escaped(child.tail)


def _run(pieces: Iterable[str], place: _Place) -> str:
    """The parts of lines between two blocks, with one space where two of them bring one."""
    text = ""
    for piece in pieces:
        if piece == _BREAK:
            text = text.rstrip(" ")
        elif text.endswith(_BREAK):
            piece = piece.lstrip(_SPACE)
        elif text.endswith((" ", "\n")):
            piece = piece.lstrip(text[-1])
        text += piece
    return text if place is _Place.LINE else _FIRST_MARK.sub(lambda found: found[0] + "\\", text)


def _escaped(text: str) -> str:
    """Text without marks. Its line breaks stay, for those who read the file as it is."""
    return _MARK.sub(lambda found: "".join(f"\\{mark}" for mark in found[0]), _spaced(text))


def _spaced(text: str) -> str:
    """Text with one space or one line break for white space of any length."""
    return _BLANKS.sub(" ", _LINE_BREAK.sub("\n", text) if "\n" in text else text)


# --- blocks ---


def _flow(element: html.HtmlElement, place: _Place) -> str:
    return _content(element, place).strip(_SPACE)


def _line(element: html.HtmlElement) -> str:
    """All that an element holds on one line."""
    return _SPACES.sub(" ", _flow(element, _Place.LINE))


def _heading(element: html.HtmlElement, place: _Place) -> str:
    text = _line(element)
    return f"{'#' * int(element.tag[1])} {text}" if text and place is not _Place.LINE else text


def _rule(element: html.HtmlElement, place: _Place) -> str:
    return "" if place is _Place.LINE else "---"


def _quotation(element: html.HtmlElement, place: _Place) -> str:
    text = _flow(element, place)
    return text if place is _Place.LINE or not text else _hanging("> ", text, ">")


def _hanging(mark: str, text: str, blank: str = "") -> str:
    """Text behind a mark, with its other lines below its first letter.

    Args:
        blank: what takes the place of a blank line. A quotation marks each of its lines.
    """
    first, *others = text.split("\n")
    indent = mark if blank else " " * len(mark)
    return "\n".join([mark + first, *(indent + line if line else blank for line in others)])


def _list(element: html.HtmlElement, place: _Place) -> str:
    if place is _Place.LINE:
        return "; ".join(filter(None, map(_line, element.iterchildren("*"))))
    start = element.get("start", "")
    items = []
    for number, item in enumerate(element.iterchildren("*"), int(start) if start.isdecimal() else 1):
        if text := _flow(item, _Place.ITEM):
            items.append(_hanging(f"{number}. " if element.tag == "ol" else "- ", text))
    return "\n".join(items)


def _definitions(element: html.HtmlElement, place: _Place) -> str:
    """Terms and definitions in the notation of Pandoc and PHP Markdown Extra."""
    if place is _Place.LINE:
        return _flow(element, place)
    lines: list[str] = []
    last = ""
    for entry in _ENTRIES(element):
        if entry.tag == "dt":
            # Terms that share a definition stand on lines in a row.
            lines += ["", _line(entry)] if last == "dd" else [_line(entry)]
        elif text := _flow(entry, place):
            lines.append(_hanging(":   ", text))
        last = entry.tag
    return "\n".join(lines)


def _table(element: html.HtmlElement, place: _Place) -> str:
    """A table with pipes below its caption. Markdown has no table without a head: where there is none, it stays empty."""
    rows = _ROWS(element)
    texts = [[text for cell in row.iterchildren("th", "td") for text in _cells(cell)] for row in rows]
    caption = "".join(map(_line, element.iterchildren("caption")))
    if place is _Place.LINE or not texts:
        return " ".join(filter(None, [caption, *(text for row in texts for text in row)]))
    if rows[0].getparent().tag != "thead" and rows[0].find("td") is not None:
        texts.insert(0, [])
    # A reader drops what stands in no column of the head.
    width = max(map(len, texts))
    head, *others = texts
    lines = [[*head, *[""] * (width - len(head))], ["---"] * width, *others]
    return (f"{caption}\n\n" if caption else "") + "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(cell: html.HtmlElement) -> list[str]:
    """A cell's text, and an empty cell for each further column that it spans."""
    span = cell.get("colspan", "")
    return [_line(cell).replace("|", "\\|"), *[""] * (int(span) - 1 if span.isdecimal() else 0)]


def _listing(element: html.HtmlElement, place: _Place) -> str:
    """Code between fences that are longer than any fence in it."""
    if place is _Place.LINE:
        return _code(element, place)
    # Highlighted code stands in a box that names its language.
    named = [element.getparent(), element, *element.iterchildren("code")]
    language = re.search(r"\blanguage-(\w+)", " ".join(e.get("class", "") for e in named if e is not None))
    code = element.text_content().strip("\n")
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}{language[1] if language else ''}\n{code}\n{fence}"


# --- parts of lines ---


def _marked(mark: str, *tags: str) -> _Write:
    """What writes a text between two marks. Inside of the same marks, these would end there."""

    def write(element: html.HtmlElement, place: _Place) -> str:
        text = _content(element, _Place.LINE)
        if next(element.iterancestors(*tags), None) is not None:
            return text
        return _around(text, lambda core: f"{mark}{core}{mark}")

    return write


def _around(text: str, write: Callable[[str], str]) -> str:
    """Write a text without the white space at its ends, and keep that outside. An empty text is not written."""
    core = text.strip()
    if not core:
        return text
    return text[: len(text) - len(text.lstrip())] + write(core) + text[len(text.rstrip()) :]


def _code(element: html.HtmlElement, place: _Place) -> str:
    """Code between more backticks than stand together in it."""
    text = element.text_content()
    longest = max(map(len, re.findall("`+", text)), default=0)
    ticks, pad = "`" * (longest + 1), " " if longest else ""
    code = _SPACES.sub(" ", text) if place is _Place.LINE else _BREAK_IN_CODE.sub(" ", _spaced(text))
    return _around(code, lambda core: f"{ticks}{pad}{core}{pad}{ticks}")


def _link(element: html.HtmlElement, place: _Place) -> str:
    address, title = element.get("href"), element.get("title")
    if not address:
        return _content(element, place)
    if address == element.text_content() and not title and re.match(r"[A-Za-z][A-Za-z0-9+.-]+:[^\s<>]*$", address):
        return f"<{address}>"
    return _around(_content(element, _Place.LINE), lambda text: f"[{text}]({_target(address, title)})")


def _image(element: html.HtmlElement, place: _Place) -> str:
    """An image by its description; one without is decoration."""
    alternative, source = element.get("alt"), element.get("src")
    if not alternative or not source:
        return _escaped(alternative or "")
    return f"![{_escaped(alternative)}]({_target(source, element.get('title'))})"


def _target(address: str, title: str | None) -> str:
    """Where a link leads, as it stands between parentheses."""
    if re.search(r"\s", address) or address.count("(") != address.count(")"):
        address = f"<{address}>"
    if not title:
        return address
    return f'{address} "{_SPACES.sub(" ", title).replace(chr(34), chr(92) + chr(34))}"'


def _line_break(element: html.HtmlElement, place: _Place) -> str:
    return " " if place is _Place.LINE else _BREAK


def _quote(element: html.HtmlElement, place: _Place) -> str:
    return f'"{_content(element, place)}"'


def _drawing(element: html.HtmlElement, place: _Place) -> str:
    """A drawing by its name: the words in it are scattered."""
    return _escaped(element.get("aria-label", ""))


def _nothing(element: html.HtmlElement, place: _Place) -> str:
    return ""


_BLOCKS: dict[str, _Write] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    **dict.fromkeys(("p", "div", "article", "section", "figure", "figcaption", "details", "summary"), _flow),
    **dict.fromkeys(("header", "footer", "main", "nav", "aside", "address", "li", "dt", "dd"), _flow),
    **dict.fromkeys(("form", "fieldset", "legend"), _flow),
    "ul": _list,
    "ol": _list,
    "dl": _definitions,
    "table": _table,
    "pre": _listing,
    "blockquote": _quotation,
    "hr": _rule,
}

_INLINE: dict[str, _Write] = {
    "a": _link,
    **dict.fromkeys(("strong", "b"), _marked("**", "strong", "b")),
    **dict.fromkeys(("em", "i"), _marked("*", "em", "i")),
    **dict.fromkeys(("del", "s"), _marked("~~", "del", "s")),
    **dict.fromkeys(("code", "kbd", "samp"), _code),
    "q": _quote,
    "img": _image,
    "svg": _drawing,
    "br": _line_break,
    **dict.fromkeys(("script", "style", "template"), _nothing),
}
