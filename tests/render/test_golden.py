"""What people read, whole: every message about a bad case, and what every renderer returns for the small handbook.

A change of wording shows as a change of tests/golden/ in the pull request, where somebody can read it. After a change
that you want, write the files anew and look at their diff:

    GOLDEN=write .venv/bin/python -m pytest -n0 tests/render/test_golden.py
"""

from __future__ import annotations

import datetime
import difflib
import itertools
import os
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from macros.commands.freshness import freshness
from macros.data.handbook import Handbook
from macros.data.manuscript import Manuscript, manuscript
from macros.data.paths import FIGURES, HISTORY, QUERIES, RADAR
from macros.data.places import Parsed
from macros.data.problems import Problem
from macros.entities.diagrams import check_diagrams
from macros.entities.edition import Edition
from macros.entities.figures import check_figures
from macros.entities.history import History, check_history
from macros.entities.labs import check_labs
from macros.entities.queries import check_queries
from macros.entities.radar import Radar, check_radar
from macros.registry import register
from macros.render.facts import FACTS
from macros.rules.targets import check_targets
from macros.site.course import course
from macros.site.feed import feed
from macros.site.policy import with_policy
from macros.site.tables import label_cells
from support.entity_cases import (
    BAD_DRAWINGS,
    BAD_DRAWN,
    BAD_ELSEWHERE,
    BAD_FIGURES,
    BAD_HISTORIES,
    BAD_QUERIES,
    BAD_RADAR_ENTRIES,
    DRAWING_PAGE,
    DRAWN,
    FIGURE_EXAMPLES,
    FIGURE_FILES,
    FIGURE_PAGE,
    GOOD_DRAWING,
    MISSING_PARTS,
    QUERY_TARGETS,
    RADAR_DATA,
    damaged_history,
    damaged_radar,
    figures,
    moved_handbook,
    queries,
    query,
    radar_entry,
)
from support.rule_cases import BAD_DATA, BAD_PAGES
from support.sitebuild import ROOT
from support.small_handbook import LAB, STAGED, data, handbook, pages, places

GOLDEN = ROOT / "tests/golden"
AGAIN = "if you want this, write it anew: GOLDEN=write .venv/bin/python -m pytest -n0 tests/render/test_golden.py"


def _compare(name: str, text: str) -> None:
    file = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    before = file.read_text(encoding="utf-8")
    changed = difflib.unified_diff(before.splitlines(), text.splitlines(), "committed", "now", lineterm="")
    assert text == before, "\n".join([f"tests/golden/{name} says something else; {AGAIN}", *changed])


# --- messages ---


def _bad_cases() -> Iterator[tuple[str, Iterable[Problem]]]:
    """Every bad case of the tests, with its problems."""
    for rule, damage, _ in BAD_DATA:
        changed = data()
        damage(changed)
        yield rule.__name__, [places(changed).locate(problem) for problem in rule(handbook(changed), pages())]
    for rule, page, text, _ in BAD_PAGES:
        yield f"{rule.__name__}, page", rule(handbook(), pages() | {page: manuscript(page, text)})
    for index, damage, *_ in BAD_RADAR_ENTRIES:
        entries = damaged_radar(index, **damage)
        parsed = Parsed(RADAR, entries.model_dump())
        yield "check_radar", [parsed.locate(problem) for problem in check_radar(entries)]
    for damage, *_ in BAD_HISTORIES:
        history = damaged_history(**damage)
        parsed = Parsed(HISTORY, history.model_dump())
        yield "check_history", [parsed.locate(p) for p in check_history(history, ["index.md", "skills/a.md"])]
    for few, count, *_ in BAD_QUERIES:
        golden = queries(*few, fewest=count)
        parsed = Parsed(QUERIES, golden.model_dump())
        yield "check_queries", [parsed.locate(problem) for problem in check_queries(golden)]
    for target, repair in QUERY_TARGETS:
        golden = queries(query("rag", best=[target]))
        parsed = Parsed(QUERIES, golden.model_dump())
        if repair:
            found = check_targets(moved_handbook(golden))
            yield "check_targets", [parsed.locate(problem) for problem in found]
    for old, new, _ in BAD_DRAWINGS:
        drawings = {"ab": GOOD_DRAWING.replace(old, new, 1)}
        yield "check_diagrams", check_diagrams(drawings, DRAWING_PAGE)
    for damage in ({"id": "other"}, {"red": ["test_it_forgets"]}, {"red": ["test_it_remembers"], "page": "row.md"}):
        changed = data()
        changed["labs"][0].update(damage)
        long = LAB._replace(starter={"service.py": "pass\n" * 301})
        yield (
            "check_labs",
            [places(changed).locate(p) for p in check_labs(handbook(changed), {"broken-queue": long})],
        )
    for others, _ in BAD_ELSEWHERE:
        labs = {"broken-queue": LAB._replace(others=others)}
        yield "check_labs", [places(data()).locate(problem) for problem in check_labs(handbook(), labs)]
    yield "check_diagrams", check_diagrams({"abc": GOOD_DRAWING}, DRAWING_PAGE)
    damages: list[tuple[dict[str, Any], dict[str, str], set[str]]] = [
        *((damage, DRAWN, FIGURE_FILES) for damage, *_ in BAD_FIGURES),
        *(({}, drawn, FIGURE_FILES) for drawn, _ in BAD_DRAWN),
        *(({}, DRAWN, FIGURE_FILES - {file}) for file in MISSING_PARTS),
    ]
    for damage, drawn, files in damages:
        shown = figures(**damage)
        parsed = Parsed(FIGURES, shown.model_dump())
        found = check_figures(shown, drawn, FIGURE_PAGE, FIGURE_EXAMPLES, files)
        yield "check_figures", [problem if problem.file else parsed.locate(problem) for problem in found]


def test_messages_read_as_they_were_reviewed() -> None:
    """tests/golden/problems.txt holds them; the head of this file says how to write it anew."""
    lines = [
        "Every bad case of the tests, with the lines that are printed for it.",
        "Values carry no places here: 1:1 stands for each. tests/render/test_golden.py says how this file is written.",
    ]
    numbers: dict[str, itertools.count[int]] = {}
    for name, problems in _bad_cases():
        number = next(numbers.setdefault(name, itertools.count(1)))
        lines += ["", f"{name} {number}", *(f"  {problem}" for problem in problems)]
    _compare("problems.txt", "\n".join(lines) + "\n")


# --- renderers ---


def _fuller() -> Handbook:
    """The small handbook and what only some entries have: a second row, depth, no address, long lists, short weeks."""
    d = data()
    d["skills"].append(
        d["skills"][0] | {"id": "caches", "backend": "Caches", "application": "Prompt caches", "gap": "*Prefixes*"}
    )
    d["topics"].append(
        d["topics"][0]
        | {
            "id": "theta",
            "skill": "caches",
            "kind": "depth",
            "hours": {"min": 2.5, "likely": 2.5, "max": 2.5},
            "requires": ["alpha", "beta", "gamma"],
        }
    )
    d["topics"].append(d["topics"][2] | {"id": "epsilon", "skill": "caches", "requires": []})
    d["phases"].append(
        d["phases"][1] | {"id": "phase-3", "title": "Phase three: deep", "weeks": {"min": 1, "max": 1}, "plan": []}
    )
    d["phases"][2]["plan"] = [
        d["phases"][1]["plan"][0] | {"topics": ["gamma", "epsilon"], "project_hours": 0, "read": "It"}
    ]
    d["projects"].append(d["projects"][0] | STAGED | {"id": "build-3", "title": "Build *3*"})
    d["community"].append(d["community"][0] | {"id": "meet", "title": "Meet", "page": "row.md"})
    d["questions"].append(d["questions"][0] | {"id": "why-more", "question": "Why more?"})
    d["glossary"] += [
        d["glossary"][0] | {"id": "two-phase", "term": "2PC", "definition": "Two phases."},
        d["glossary"][0] | {"id": "tail", "term": "Tail", "definition": "The *end*."},
    ]
    d["sources"] += [
        d["sources"][0] | {"id": "talk-1", "title": "Zeal", "publisher": "a society", "url": None, "published": None},
        d["sources"][0] | {"id": "talk-2", "title": "apt", "publisher": "A society", "published": "2024"},
    ]
    return Handbook.model_validate(d)


def _history() -> History:
    """Two changes on one day."""
    newer, older = damaged_history(pages=["index.md", "row.md"]).history
    return History(history=[newer, older, older.model_copy(update={"id": "zero", "title": "Zero *0*"})])


def _radar() -> Radar:
    """Every status, two kinds, an entry without address and date."""
    entries = [
        *RADAR_DATA["radar"],
        radar_entry("jkl", status="replaced", replaced_by="*ABC*", url=None, published=None),
        radar_entry("mno", kind="api", names=["MNO"]),
    ]
    return Radar.model_validate({"radar": entries})


#: Each renderer with its arguments, by the page that calls it; macros/__init__.py hands it the rest.
CALLS: dict[str, list[tuple[str, ...]]] = {
    "index.md": [("page_header",)],
    "row.md": [
        ("page_header",), ("page_footer",), ("self_check",), ("skills_table",), ("phases_table",), ("topic_index",),
        ("sources_table",), ("skills_map",), ("skills_grid",), ("row_topics", "caches"), ("strengths",), ("challenges",), ("positioning",), ("portfolio",),
        ("community",), ("timeline",), ("glossary",), ("radar",), ("skill_header", "queues"), ("topic", "alpha"),
        ("topic", "delta"), ("project", "build-1"), ("project", "build-3"), ("project_rubric", "build-3"), ("stage", "first-step"), *(("fact", name) for name in FACTS),
        *(("diagram", name) for name in ("arrow", "both", "plain")), ("figure", "ab"),
        ("symptoms",), ("row_sheets",), ("example", "small"), ("example", "small", "sum"), ("example", "large"), ("example", "twin", "sum"), ("output", "small"), ("exchange", "asked"),
    ],
    "phase.md": [("page_header",), ("page_footer",)],
    "career/portfolio.md": [
        ("page_header",),
        ("page_footer",), ("skill_header", "caches"), ("term", "pipe"), ("term", "pipe", "a pair"), ("cite", "paper"),
        ("cite", "talk-1"), ("changes",), ("phase_weeks", "phase-1"), ("phase_weeks", "phase-3"),
        ("phase_summary", "phase-1"), ("phase_summary", "phase-3"), ("week_plan", "phase-1"), ("week_plan", "phase-3"),
        ("assessment",), ("assessment_time",), ("plan_table",), ("checklist",), ("specializations_table",), ("calculator", "call-cost"),
        ("tool", "planner"), ("labs_table",), *((f"lab_{part}", "broken-queue") for part in ("card", "hints", "tests", "solution")),
    ],
}  # fmt: skip


def _fuller_pages() -> dict[str, Manuscript]:
    """Row has 194 words, and 12 in its questions. Stages has one word more than a minute holds."""
    texts = {"row.md": "# Row" + " word" * 193, "phase.md": "# DEF, GHI and JKL" + " word" * 197}
    return pages() | {path: manuscript(path, text) for path, text in texts.items()}


def _drawings() -> dict[str, str]:
    arrow = GOOD_DRAWING
    more = '<path d="M0 0" class="alarm new"/><path class="line" d="M1 1"/></svg>'
    return {
        "arrow": arrow,
        "both": arrow.replace("</svg>", more).replace("leads to", "&lt; 5 &amp;\n6 &gt;"),
        "plain": arrow.replace('class="arrow"', 'class="line"'),
    }


EXAMPLES = {
    "small.py": "# --8<-- [start:sum]\nprint(1 + 1)\n# --8<-- [end:sum]\nprint(3)\n",
    "small.txt": "2\n3\n",
    "asked.txt": "ana > Where?\nana < 200 OK\nana < cache: miss\nana < Here.\nana = right\nben > And *mine*?\nben < Here.\nben = wrong\n",
    "large.py": "import numpy\n",
    "twin.py": "import numpy\n# --8<-- [start:sum]\nprint(2)\n# --8<-- [end:sum]\n",
    "twin.ts": "// --8<-- [start:sum]\nconsole.log(2);\n// --8<-- [end:sum]\n",
    "twin.go": "package main\n\n// --8<-- [start:sum]\n\nfunc main() {\n\tprintln(2)\n}\n\n// --8<-- [end:sum]\n",
    "twin.java": "import com.google.gson.Gson;\n\nclass Twin {\n  // --8<-- [start:sum]\n  static int sum() {\n    return 2;\n  }\n  // --8<-- [end:sum]\n}\n",
}


def _fuller_checked() -> Edition:
    return Edition(
        _fuller(),
        _fuller_pages(),
        _radar(),
        _drawings(),
        _history(),
        {"broken-queue": LAB},
        EXAMPLES,
        figures=figures(),
        drawn=DRAWN,
    )


def _macros(page: str) -> dict[str, Any]:
    """The renderers as a page calls them."""
    registered: dict[str, Any] = {}

    def macro(function: Any, name: str) -> None:
        registered[name] = function

    # Zensical knows a page by its path.
    register(SimpleNamespace(macro=macro, page=SimpleNamespace(path=page)), _fuller_checked())
    return registered


def _rendered() -> Iterator[tuple[str, str]]:
    """What each renderer returns, by the call and the page on which it stands; and what is no macro."""
    for page, calls in CALLS.items():
        for name, *arguments in calls:
            call = f"{name}({', '.join(map(repr, arguments))})"
            yield f"{call} on {page}", _macros(page)[name](*arguments)
    yield "The feed", feed(_history(), handbook().handbook, "https://h.example/")
    yield "The browser's data", course(_fuller()).replace(',"', ',\n"')
    yield "Freshness on 2026-07-01", "\n".join(freshness(_fuller_checked(), datetime.date(2026, 7, 1)))
    wide = '<table><tr><th>A</th><th><b>B</b></th><th>C "c"</th>\n<th>D</th></tr>\n<tr>'
    yield "A wide table, finished", label_cells(wide + "".join(f"<td>{n}</td>" for n in range(4)) + "</tr></table>")
    yield (
        "A page's policy",
        with_policy(
            '<!doctype html><html><head><meta charset="utf-8"><script>one()</script></head><body><script>two()</script></body></html>'
        ),
    )


def test_renderers_return_what_was_reviewed() -> None:
    """tests/golden/renderers.md holds it; the head of this file says how to write it anew."""
    lines = [
        "# What every renderer returns",
        "",
        "For the small handbook of tests/support/small_handbook.py with the additions of tests/render/test_golden.py, which also says how this",
        "file is written.",
    ]
    for call, text in _rendered():
        lines += ["", f"## {call}", "", "~~~~text", text, "~~~~"]
    _compare("renderers.md", "\n".join(lines) + "\n")


def test_every_renderer_is_called_there() -> None:
    """A renderer that nobody reviews would change unseen."""
    assert {name for calls in CALLS.values() for name, *_ in calls} == set(_macros("row.md"))
