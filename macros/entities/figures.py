"""Figures that move: a question, a drawing, controls. Each is whole without a script, which lets the reader move it.

The code guide says what a figure is made of (docs/contribute/code-guide.md#figures). The drawing is made once, by
`make figures`, with the module that the browser runs; a build only reads it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from markupsafe import Markup, escape
from pydantic import Field, StringConstraints

from macros.data.fields import Entry, Id, Named, Text
from macros.data.handbook import Handbook
from macros.data.manuscript import Pages
from macros.data.places import read_text
from macros.data.problems import KeyPath, Problem, check_plain_text, choices
from macros.entities.diagrams import SVG, check_parts, with_arrowheads
from macros.render.phrases import say
from macros.render.template import templates
from macros.render.text import former_ids

FOLDER = "figures"
#: Where the modules are that draw.
MODULES = "assets/javascripts/figures"
#: The layouts, with the ending of their files and their width in units: a phone of 320 pixels, and the whole column.
LAYOUTS = {"narrow": (".svg", 288), "wide": (".wide.svg", 720)}
TALLEST = {"narrow": 640, "wide": 560}

Value = Annotated[
    float | bool | str, Field(description="A number, yes or no as true and false, or one of the options.")
]


class Option(Entry):
    """One of the things that a choice offers."""

    value: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=40)]
    label: Text


class Control(Entry):
    """What a reader can move. Ids and values stand in shared addresses: keep them."""

    id: Id
    label: Text
    kind: Literal["range", "choice", "switch", "steps", "again", "text"] = Field(
        description="A slider; a list; yes or no; a slider that can be played; a number that a button counts up; a line."
    )
    min: float | None = None
    max: float | None = None
    step: float = Field(default=1, gt=0)
    stops: list[float] = Field(default=[], description="The values of a slider, instead of min, max and step.")
    options: list[Option] = Field(default=[], description="What a choice offers.")
    unit: Text | None = None
    default: Value

    @property
    def has_room(self) -> bool:
        """Whether a number can be moved."""
        if self.stops:
            return len(self.stops) > 1 and self.kind != "again"
        return self.min is not None and self.max is not None and self.min < self.max

    def fault(self, value: object) -> str | None:
        """Why this value cannot be set; None when it can."""
        if self.kind == "switch":
            return None if isinstance(value, bool) else "is neither true nor false"
        if self.kind == "choice":
            return None if value in [option.value for option in self.options] else "is none of the options"
        if self.kind == "text":
            return None if isinstance(value, str) and len(value) <= 80 else "is not a text of at most 80 characters"
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "is not a number"
        if self.stops:
            return None if value in self.stops else "is none of the stops"
        if self.min is None or self.max is None or not self.min <= value <= self.max:
            return "is not between min and max"
        return None


class Move(Entry):
    """A move worth making, and what the reader sees then."""

    text: Text
    settings: dict[Id, Value] = Field(min_length=1, description="What its button sets; the rest is as at the start.")


class Figure(Named):
    """A figure that answers one question."""

    title: Text
    question: Text = Field(description="The one question that it answers.")
    finding: Text = Field(description="What it shows, in one sentence, whatever is moved.")
    moves: Annotated[list[Move], Field(min_length=2, max_length=2)]
    controls: Annotated[list[Control], Field(min_length=1, max_length=8)]
    example: Text | None = Field(default=None, description="The program in docs/examples/ with the same model.")
    data: bool = Field(default=False, description="Whether it draws docs/figures/ID.json.")

    @property
    def program(self) -> str:
        """The Python side: it captures the data and works out what the module has to get."""
        return f"{FOLDER}/{self.id.replace('-', '_')}.py"


class Figures(Entry):
    """All of docs/data/figures.yml."""

    figures: list[Figure]


def read_drawn(docs: Path) -> dict[str, str]:
    """Every drawing below docs/figures/, by its file's name. Raises DataError on one that is no text."""
    return {f.name: read_text(f, f"docs/{FOLDER}/{f.name}") for f in sorted((docs / FOLDER).glob("*.svg"))}


def check_figures(
    figures: Figures, drawn: Mapping[str, str], pages: Pages, examples: Mapping[str, str], files: Container[str]
) -> Iterator[Problem]:
    """Every figure is shown, can be moved as it says, and has its module, its drawings and its Python side.

    Otherwise a reader would find a place without a drawing, or a slider that does nothing.

    Args:
        files: what lies below docs/.
    """
    known = {figure.id for figure in figures.figures}
    shown = set()
    for page in pages.values():
        for call in page.called("figure"):
            shown.add(call.argument)
            if call.argument not in known:
                yield Problem(
                    (), call.argument, "is not a figure", choices(call.argument, known),
                    f"docs/{page.path}", call.line, call.column, "figure()",
                )  # fmt: skip
    seen: set[str] = set()
    for index, figure in enumerate(figures.figures):
        path: KeyPath = ("figures", index)
        for name in (figure.id, *figure.renamed_from):
            if name in seen:
                yield Problem((*path, "id"), name, "is already an id, or a former id, in figures", "choose another id")
            seen.add(name)
        if figure.id not in shown:
            repair = f'use {{{{ figure("{figure.id}") }}}} or delete it'
            yield Problem((*path, "id"), figure.id, "is shown on no page", repair)
        yield from check_plain_text(figure, path)
        for step, move in enumerate(figure.moves):
            yield from check_plain_text(move, (*path, "moves", step))
        for step, control in enumerate(figure.controls):
            yield from check_plain_text(control, (*path, "controls", step))
            for place, option in enumerate(control.options):
                yield from check_plain_text(option, (*path, "controls", step, "options", place))
        yield from _check_controls(figure, path)
        yield from _check_parts(figure, path, drawn, examples, files)
    endings = [ending for ending, _ in LAYOUTS.values()]
    for name in drawn:
        if name not in {figure + ending for figure in known for ending in endings}:
            yield Problem((), name, "is the drawing of no figure", "delete it", f"docs/{FOLDER}/{name}", 1, 1)


def _check_controls(figure: Figure, path: KeyPath) -> Iterator[Problem]:
    """Controls have ids of their own, and every value that is set can be."""
    controls: dict[str, Control] = {}
    for index, control in enumerate(figure.controls):
        place: KeyPath = (*path, "controls", index)
        if control.id in controls:
            yield Problem((*place, "id"), control.id, "is a control of this figure already", "choose another id")
        controls[control.id] = control
        if control.kind == "choice" and len(control.options) < 2:
            yield Problem((*place, "kind"), "choice", "has fewer than two options", "add `options:`")
        elif control.kind in ("range", "steps", "again") and not control.has_room:
            repair = "add `min:` and a larger `max:`, or two `stops:` or more"
            yield Problem((*place, "kind"), control.kind, "has no room to move", repair)
        elif rule := control.fault(control.default):
            yield Problem((*place, "default"), control.default, rule, "write one that the control offers")
    for index, move in enumerate(figure.moves):
        for name, value in move.settings.items():
            place = (*path, "moves", index, "settings", name)
            if name not in controls:
                yield Problem(place, name, "is not a control of this figure", choices(name, controls))
            elif rule := controls[name].fault(value):
                yield Problem(place, value, rule, "write one that the control offers")


def _check_parts(
    figure: Figure, path: KeyPath, drawn: Mapping[str, str], examples: Mapping[str, str], files: Container[str]
) -> Iterator[Problem]:
    """The files of a figure are there, and its drawings keep to the visual language."""
    at = (*path, "id")
    if f"{MODULES}/{figure.id}.js" not in files:
        yield Problem(at, figure.id, "has no module", f"write docs/{MODULES}/{figure.id}.js")
    for layout, (ending, width) in LAYOUTS.items():
        name = figure.id + ending
        if name not in drawn:
            yield Problem(at, figure.id, f"has no {layout} drawing", "run: make figures")
            continue
        file = f"docs/{FOLDER}/{name}"
        try:
            root = ET.fromstring(drawn[name])
        except ET.ParseError as error:
            yield Problem(
                (), None, f"is not well-formed XML ({error})", "run: make figures", file, error.position[0], 1
            )
            continue
        view = (root.get("viewBox") or "").split()
        if view[:3] != ["0", "0", str(width)] or not view[3:4] or not view[3].isdigit():
            yield Problem((), root.get("viewBox"), "is not the frame of a figure", "run: make figures", file, 1, 1)
        elif int(view[3]) > TALLEST[layout]:
            repair = f"keep the height at {TALLEST[layout]} or less, then run: make figures"
            yield Problem((), view[3], "is too tall: controls have to stay in sight", repair, file, 1, 1)
        yield from check_parts(root, file)
    if figure.example and f"{figure.example}.py" not in examples:
        known = [name.removesuffix(".py") for name in examples if name.endswith(".py")]
        yield Problem((*path, "example"), figure.example, "is not an example", choices(figure.example, known))
    if figure.data and f"{FOLDER}/{figure.id}.json" not in files:
        yield Problem(
            (*path, "data"), True, "has no data", f"let docs/{figure.program} print it, and run: make figures"
        )
    if (figure.data or figure.example) and figure.program not in files:
        yield Problem(at, figure.id, "has no Python side", f"write docs/{figure.program}")


_TEMPLATES = templates(Path(__file__).parent)


def figure(handbook: Handbook, figures: Figures, drawn: Mapping[str, str], name: str) -> str:
    """A figure as it is before its script runs: question, drawing in both layouts, what it says, finding and moves.

    The controls are there and hidden, so that nothing moves on the page when the script shows them.
    """
    found = next(figure for figure in figures.figures if figure.id == name)
    layouts = {layout: _one_line(drawn[name + ending]) for layout, (ending, _) in LAYOUTS.items()}
    html = _TEMPLATES.get_template("figure.html").render(
        figure=found,
        layouts={layout: Markup(_named(svg, found.title, f"{name}-{layout}")) for layout, svg in layouts.items()},
        says=" ".join((ET.fromstring(layouts["wide"]).findtext(SVG + "title") or "").split()),
        former=Markup(former_ids(found, "figure-")),
        say=lambda phrase: say(handbook, phrase),
        code=_with_code,
        number=number,
        plain=lambda value: number(value).replace(",", ""),
        written=written,
    )
    # One line: a blank line inside would end the block for the Markdown reader.
    return _one_line(html)


def _one_line(html: str) -> str:
    return re.sub(r">\s+<", "><", " ".join(html.split()))


def _named(svg: str, title: str, prefix: str) -> str:
    """A drawing under the figure's title. What it says stands below it as text, and would be read twice."""
    svg = re.sub(r"<title>.*?</title>", "", svg, flags=re.DOTALL)
    return with_arrowheads(svg.replace("<svg ", f'<svg aria-label="{escape(title)}" ', 1), prefix)


def _with_code(text: str) -> Markup:
    """Text of the data as HTML; `code` becomes code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))


def number(value: object) -> str:
    """A number as the script writes it: 8192 becomes 8,192, 0.50 becomes 0.5."""
    return f"{value:,.10g}" if isinstance(value, int | float) and abs(value) < 1e9 else str(value)


def written(settings: Mapping[str, object]) -> str:
    """Settings as they stand in an address: users:5,context:8192."""

    def text(value: object) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        return f"{value:.15g}" if isinstance(value, int | float) else str(value)

    return ",".join(f"{name}:{text(value)}" for name, value in settings.items())
