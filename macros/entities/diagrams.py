"""Diagrams: SVG files in one visual language, set into the page with their text equivalent."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path

from macros.data.manuscript import Manuscript
from macros.data.places import read_text
from macros.data.problems import Problem, choices
from macros.render.text import attribute

FOLDER = "diagrams"


SVG = "{http://www.w3.org/2000/svg}"


#: A phone's width, so that text needs no scaling there.
WIDTH = 360


TALLEST = 600


ELEMENTS = frozenset(["svg", "title", "desc", "g", "rect", "line", "polyline", "path", "circle", "text", "tspan"])


#: The classes that handbook.css draws. Colors, fonts and arrowheads come from there, never from a drawing.
CLASSES = frozenset(
    [
        "box",
        "new",
        "ghost",
        "fill",
        "soft",
        "line",
        "arrow",
        "alarm",
        "big",
        "t",
        "s",
        "b",
        "mono",
        "mid",
        "end",
        "on-fill",
    ]
)


ATTRIBUTES = frozenset(
    ["class", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points", "d", "transform", "dx", "dy", "viewBox", "role"]
)  # fmt: skip


#: What stands between two tags.
_WRITTEN = re.compile(r">([^<>]*[^<>\s][^<>]*)<")


def read_diagrams(docs: Path) -> dict[str, str]:
    """Every drawing below docs/diagrams/, by its file's name. Raises DataError on one that is no text."""
    return {file.stem: read_text(file, f"docs/{FOLDER}/{file.name}") for file in sorted((docs / FOLDER).glob("*.svg"))}


def check_diagrams(diagrams: dict[str, str], pages: dict[str, Manuscript]) -> Iterator[Problem]:
    """Drawings keep to the visual language, carry their words, and are shown on a page.

    Otherwise a drawing would be unreadable on a phone, in dark colors or for a screen reader.
    """
    shown = set()
    for page in pages.values():
        for call in page.called("diagram"):
            shown.add(call.argument)
            if call.argument not in diagrams:
                yield Problem(
                    (), call.argument, "is not a diagram", choices(call.argument, diagrams),
                    f"docs/{page.path}", call.line, call.column, "diagram()",
                )  # fmt: skip
    for name, text in diagrams.items():
        file = f"docs/{FOLDER}/{name}.svg"

        def problem(
            value: object, rule: str, repair: str, file: str = file, place: tuple[int, int] = (0, 0)
        ) -> Problem:
            return Problem((), value, rule, repair, file, *place)

        if name not in shown:
            yield problem(name, "is shown on no page", f'use {{{{ diagram("{name}") }}}} or delete the file')
        if "<!" in text or "<?" in text:
            yield problem("<!", "is not needed in a drawing", "begin with <svg, without comments or declarations")
            continue
        try:
            root = ET.fromstring(text)
        except ET.ParseError as error:
            line, column = error.position
            repair = "close every element and quote every attribute"
            yield problem(None, f"is not well-formed XML ({error})", repair, place=(line, column + 1))
            continue
        view = (root.get("viewBox") or "").split()
        if root.tag != SVG + "svg" or view[:3] != ["0", "0", str(WIDTH)] or not view[3:4] or not view[3].isdigit():
            yield problem(root.get("viewBox"), "is not the frame of a drawing", f'use viewBox="0 0 {WIDTH} HEIGHT"')
        elif int(view[3]) > TALLEST:
            yield problem(view[3], "is too tall for a phone", f"keep the height at {TALLEST} or less")
        for tag in ("title", "desc"):
            element = root.find(SVG + tag)
            if element is None or not (element.text or "").strip():
                yield problem(tag, "is missing", f"add <{tag}> with words: it is what a screen reader says")
        yield from check_parts(root, file)


def check_parts(root: ET.Element, file: str) -> Iterator[Problem]:
    """A drawing holds only elements, attributes and classes that the style sheet knows in every scheme."""
    for element in root.iter():
        tag = element.tag.removeprefix(SVG)
        if tag not in ELEMENTS:
            repair = f"use one of {', '.join(sorted(ELEMENTS))}"
            yield Problem((), tag, "is not an element of our drawings", repair, file)
        for key, value in element.attrib.items():
            if key not in ATTRIBUTES:
                repair = "let the style sheet do it, by class"
                yield Problem((), key, "is not an attribute of our drawings", repair, file)
            for word in value.split() if key == "class" else ():
                if word not in CLASSES:
                    yield Problem((), word, "is not a class of our drawings", choices(word, sorted(CLASSES)), file)


def with_arrowheads(svg: str, name: str) -> str:
    """A drawing whose arrows end in heads: the classes say where, and an id of each kind is made from the name."""
    svg = re.sub(
        r'(<(?:path|line|polyline)\b[^>]*class="[^"]*\b(arrow|alarm)\b[^"]*")',
        rf'\1 marker-end="url(#{name}-\2)"',
        svg,
    )
    marker = (
        '<marker id="{id}" class="head {kind}-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0 8 4 0 8z"/></marker>'
    )
    markers = "".join(
        marker.format(id=f"{name}-{kind}", kind=kind) for kind in ("arrow", "alarm") if f"#{name}-{kind})" in svg
    )
    return re.sub(r"(<svg [^>]*>)", rf"\1<defs>{markers}</defs>", svg, count=1) if markers else svg


def written(svg: str) -> set[str]:
    """What is written in a drawing and about it."""
    return {" ".join(unescape(text).split()) for text in _WRITTEN.findall(svg)}


def in_words_of(svg: str, texts: Mapping[str, str]) -> str | None:
    """A drawing in another language; None when there are no words for some of it, because half of one is no help.

    Args:
        texts: in that language, under the English ones.
    """
    if not written(svg) <= texts.keys():
        return None
    return _WRITTEN.sub(lambda text: f">{_html(texts[' '.join(unescape(text[1]).split())])}<", svg)


def diagram(diagrams: Mapping[str, str], name: str, summary: str = "The figure in words") -> str:
    """A drawing in a figure, with its title below and the words of its description to open.

    Args:
        summary: what is pressed to open them.
    """
    text = diagrams[name]
    root = ET.fromstring(text)
    title, words = (" ".join((root.findtext(SVG + tag) or "").split()) for tag in ("title", "desc"))
    # The words stand in the figure, open to everybody; twice would be read twice.
    text = re.sub(r"<title>.*?</title>|<desc>.*?</desc>", "", text, flags=re.DOTALL)
    opening = f'<svg aria-label="{attribute(title)}" '
    text = with_arrowheads(text.strip().replace("<svg ", opening, 1), name)
    # One line: a blank line inside would end the block for the Markdown reader.
    text = re.sub(r">\s+<", "><", " ".join(text.split()))
    return "\n".join(
        [
            '<figure class="diagram">',
            text,
            f"<figcaption>{_html(title)}<details><summary>{summary}</summary><p>{_html(words)}</p></details></figcaption>",
            "</figure>",
        ]
    )


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
