"""Radar, history, queries and drawings with damage that their checks must find, and what these must say."""

from __future__ import annotations

import copy
import datetime
import json
from typing import Any

from macros.data.manuscript import manuscript
from macros.entities.edition import Edition
from macros.entities.figures import Figures
from macros.entities.history import History
from macros.entities.labs import Elsewhere
from macros.entities.queries import FEWEST, Queries
from macros.entities.radar import Radar
from support.small_handbook import ELSEWHERE, data, handbook, pages

DAY = datetime.date(2026, 1, 2)


def radar_entry(entry_id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": entry_id,
        "name": entry_id.upper(),
        "kind": "tool",
        "status": "active",
        "says": "It works.",
        "names": [entry_id.upper()],
        "source": "Its page",
        "url": "https://example.org/x",
        "published": "2025-12",
        "checked": DAY,
    } | more


RADAR_DATA = {
    "radar": [
        radar_entry("abc"),
        radar_entry("def", status="sunset", ends=datetime.date(2026, 6, 1), replaced_by="ABC"),
        radar_entry("ghi", kind="engine", status="maintenance", names=["GHI", "Good Host"]),
    ]
}


def damaged_radar(index: int = 0, **more: Any) -> Radar:
    data = copy.deepcopy(RADAR_DATA)
    data["radar"][index] |= more
    return Radar.model_validate(data)


#: entry, damage to it, the place of the problem, a part of the rule's sentence
BAD_RADAR_ENTRIES: list[tuple[int, dict[str, Any], tuple[Any, ...], str]] = [
    (0, {"id": "def"}, ("radar", 1, "id"), "already an id"),
    (1, {"ends": None}, ("radar", 1, "status"), "has no date"),
    (1, {"status": "replaced", "replaced_by": None}, ("radar", 1, "status"), "names no successor"),
    (0, {"ends": DAY}, ("radar", 0, "status"), "does not go with"),
    (2, {"names": ["ABC"]}, ("radar", 2, "names", 0), "a name of abc already"),
    (0, {"says": "See <b>it</b>."}, ("radar", 0, "says"), "is markup"),
    (0, {"published": "2025-13"}, ("radar", 0, "published"), "not a date"),
]


CHANGES = {
    "history": [
        {"id": "second", "date": "2026-02-02", "title": "A & B | C", "says": "Two.", "pages": ["index.md"]},
        {"id": "first", "date": "2026-01-01", "title": "One", "says": "One.", "pages": ["index.md", "skills/a.md"]},
    ]
}


def damaged_history(**more: object) -> History:
    data = json.loads(json.dumps(CHANGES))
    data["history"][1] |= more
    return History.model_validate_json(json.dumps(data))


#: damage to the older change, the place of the problem, a part of the rule's sentence
BAD_HISTORIES: list[tuple[dict, tuple, str]] = [
    ({"id": "second"}, ("history", 1, "id"), "already an id"),
    ({"renamed_from": ["second"]}, ("history", 1, "id"), "already an id"),
    ({"pages": ["gone.md"]}, ("history", 1, "pages", 0), "is not a page"),
    ({"says": "<b>x</b>"}, ("history", 1, "says"), "is markup"),
    ({"date": "2026-03-01"}, ("history", 1, "date"), "is later than 2026-02-02"),
]


def query(text: str, **more: Any) -> dict[str, Any]:
    return {"query": text, "kind": "question", "best": ["row.md"], "good": ["phase.md"]} | more


def queries(*entries: dict[str, Any], fewest: int = FEWEST) -> Queries:
    """These queries and as many others as a golden set needs."""
    more = [query(f"what is {number}") for number in range(fewest - len(entries))]
    return Queries.model_validate({"queries": [*entries, *more]})


#: what stands first in the list, how many there are, the place of the problem, a part of the rule's sentence
BAD_QUERIES: list[tuple[list[dict[str, Any]], int, tuple[Any, ...], str]] = [
    ([query("KV  cache"), query("kv cache")], FEWEST, ("queries", 1, "query"), "is a query already, as number 1 "),
    ([query("rag", good=["row.md"])], FEWEST, ("queries", 0, "good", 0), "a target of this query already"),
    ([query("rag", best=["row.md", "row.md"])], FEWEST, ("queries", 0, "best", 1), "a target of this query already"),
    ([query("rag")], FEWEST - 1, ("queries",), "fewer than the 200"),
]


def moved_handbook(golden: Queries) -> Edition:
    """The small handbook after a page, a section and an id have moved, with this golden set."""
    changed = data()
    changed["topics"][0]["renamed_from"] = ["old-alpha"]
    row = next(page for page in changed["pages"] if page["path"] == "row.md")
    row["renamed_from"] = ["gone.md", "gone.md#beta", "phase.md#moved"]
    radar, history = Radar.model_construct(radar=[]), History.model_construct(history=[])
    return Edition(handbook(changed), pages(), radar, {}, history, queries=golden)


#: a target in moved_handbook(), and the end of the repair; None where the target is right
QUERY_TARGETS: list[tuple[str, str | None]] = [
    ("row.md", None),
    ("row.md#alpha", None),
    ("row.md#row", None),
    ("row.md#why-wait", None),
    ("gone.md", "write row.md"),
    ("gone.md#beta", "write row.md#beta"),
    ("gone.md#other", "write row.md"),
    ("phase.md#moved", "write row.md"),
    ("rows.md", "(nearest: row.md)"),
    ("row.md#alfa", "(nearest: alpha)"),
    ("row.md#old-alpha", "write row.md#alpha"),
]


GOOD_DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 90" role="img"><title>A &amp; B</title>'
    '<desc>A leads to B.</desc><rect class="box" x="1" y="1" width="90" height="30"/>'
    '<text class="t b" x="9" y="20">A</text>\n\n<line class="arrow" x1="50" y1="31" x2="50" y2="60"/></svg>'
)


DRAWING_PAGE = {"x.md": manuscript("x.md", '# X\n\n{{ diagram("ab") }}\n')}


#: what is replaced in GOOD_DRAWING, by what, a part of the rule's sentence
BAD_DRAWINGS: list[tuple[str, str, str]] = [
    ("0 0 360 90", "0 0 400 90", "is not the frame"),
    ("0 0 360 90", "0 0 360 900", "is too tall"),
    ("<title>A &amp; B</title>", "", "is missing"),
    ("A leads to B.", " ", "is missing"),
    ('class="box"', 'class="red"', "is not a class"),
    ('class="box"', 'style="fill:red"', "is not an attribute"),
    ('class="box"', 'onclick="x()"', "is not an attribute"),
    ("<rect", "<image", "is not an element"),
    ("</svg>", "", "not well-formed"),
    ("<svg", "<!-- x --><svg", "is not needed"),
]


#: A figure with each kind of control.
FIGURE: dict[str, Any] = {
    "id": "ab",
    "renamed_from": ["old-ab"],
    "title": 'A & "B"',
    "question": "Does `a` & b hold?",
    "finding": "It does.",
    "moves": [
        {"text": "Double it.", "settings": {"size": 2048, "fast": True}},
        {"text": "Take *b*.", "settings": {"which": "b", "share": 0.5}},
    ],
    "controls": [
        {"id": "share", "label": "Share", "kind": "range", "min": 0, "max": 1, "step": 0.1, "default": 0.2, "unit": "of all"},
        {"id": "size", "label": "Size", "kind": "range", "stops": [1024, 2048], "default": 1024, "unit": "tokens"},
        {"id": "which", "label": "Which", "kind": "choice", "default": "a",
         "options": [{"value": "a", "label": "A"}, {"value": "b", "label": "B & C"}]},
        {"id": "fast", "label": "Fast", "kind": "switch", "default": False},
        {"id": "at", "label": "Step", "kind": "steps", "min": 1, "max": 4, "default": 1},
        {"id": "seed", "label": "Seed", "kind": "again", "min": 1, "max": 9, "default": 1},
        {"id": "asked", "label": "Question", "kind": "text", "default": 'a "b"'},
    ],
    "example": "small",
    "data": True,
}  # fmt: skip


FIGURE_PAGE = {"x.md": manuscript("x.md", '# X\n\n{{ figure("ab") }}\n')}
FIGURE_EXAMPLES = {"small.py": "print(2)\n"}
FIGURE_FILES = {"assets/javascripts/figures/ab.js", "figures/ab.py", "figures/ab.json"}


def drawing_of(width: int) -> str:
    return GOOD_DRAWING.replace("360 90", f"{width} 90").replace("<desc>A leads to B.</desc>", "")


DRAWN = {"ab.svg": drawing_of(288), "ab.wide.svg": drawing_of(720)}


def figures(**more: Any) -> Figures:
    """The figure with changes; a number stands for the place of a control, or of a move behind them."""
    data = copy.deepcopy(FIGURE)
    for name, change in more.items():
        kind, _, index = name.partition("__")
        if index:
            data[kind][int(index)] |= change
        else:
            data[kind] = change
    return Figures.model_validate({"figures": [data]})


#: damage, the place of the problem, a part of the rule's sentence
BAD_FIGURES: list[tuple[dict[str, Any], tuple[Any, ...], str]] = [
    ({"renamed_from": ["ab"]}, ("id",), "already an id"),
    ({"title": "See <b>it</b>."}, ("title",), "is markup"),
    ({"controls__1": {"id": "share"}}, ("controls", 1, "id"), "is a control of this figure already"),
    ({"controls__0": {"default": 2}}, ("controls", 0, "default"), "is not between min and max"),
    ({"controls__0": {"max": 0}}, ("controls", 0, "kind"), "has no room to move"),
    ({"controls__5": {"max": None}}, ("controls", 5, "kind"), "has no room to move"),
    ({"controls__1": {"default": 2000}}, ("controls", 1, "default"), "is none of the stops"),
    ({"controls__2": {"default": "c"}}, ("controls", 2, "default"), "is none of the options"),
    ({"controls__2": {"options": []}}, ("controls", 2, "kind"), "fewer than two options"),
    ({"controls__3": {"default": "yes"}}, ("controls", 3, "default"), "is neither true nor false"),
    ({"controls__4": {"default": True}}, ("controls", 4, "default"), "is not a number"),
    ({"controls__6": {"default": "x" * 81}}, ("controls", 6, "default"), "is not a text of at most 80"),
    ({"moves__0": {"settings": {"sizes": 1}}}, ("moves", 0, "settings", "sizes"), "is not a control of this figure"),
    ({"moves__1": {"settings": {"which": "c"}}}, ("moves", 1, "settings", "which"), "is none of the options"),
    ({"example": "smaller"}, ("example",), "is not an example"),
]
#: A file that goes missing, and a part of the rule's sentence.
MISSING_PARTS = {
    "assets/javascripts/figures/ab.js": "has no module",
    "figures/ab.py": "has no Python side",
    "figures/ab.json": "has no data",
}
#: What a lab has in other languages than Python, and a part of the rule's sentence.
BAD_ELSEWHERE: list[tuple[dict[str, Elsewhere], str]] = [
    ({"ts": ELSEWHERE._replace(solution={})}, "has a starter in TypeScript and no solution"),
    ({"java": ELSEWHERE._replace(starter={})}, "has a solution in Java and no starter"),
    ({"rust": ELSEWHERE}, "has a folder for 'rust', which is no language of the labs"),
    ({"ts": ELSEWHERE._replace(starter={"service.ts": "\n" * 301})}, "has a starter-ts of 301 lines"),
    ({"ts": ELSEWHERE._replace(wrong=None)}, "has 0 wrong repairs in TypeScript, fewer than 5"),
    ({"ts": ELSEWHERE._replace(solution={"service.ts": "none\n"})}, "occurs 0 times in solution/service.ts"),
]
#: A drawing, and a part of the rule's sentence.
BAD_DRAWN: list[tuple[dict[str, str], str]] = [
    ({"ab.svg": DRAWN["ab.svg"]}, "has no wide drawing"),
    (DRAWN | {"ab.svg": drawing_of(300)}, "is not the frame of a figure"),
    (DRAWN | {"ab.svg": DRAWN["ab.svg"].replace("288 90", "288 900")}, "is too tall"),
    (DRAWN | {"ab.svg": DRAWN["ab.svg"].replace("</svg>", "")}, "is not well-formed XML"),
    (DRAWN | {"ab.svg": DRAWN["ab.svg"].replace('class="box"', 'class="red"')}, "is not a class of our drawings"),
    (DRAWN | {"abc.svg": DRAWN["ab.svg"]}, "is the drawing of no figure"),
]
