"""What people read, whole: every message about a bad case, and what every renderer returns for the small handbook.

A change of wording shows as a change of tests/golden/ in the pull request, where somebody can read it. After a change
that you want, write the files anew and look at their diff:

    GOLDEN=write .venv/bin/python -m pytest -n0 tests/test_golden.py
"""

from __future__ import annotations

import datetime
import difflib
import itertools
import os
from collections.abc import Iterable, Iterator
from types import SimpleNamespace

import test_diagrams
import test_finish
import test_radar
import test_rules
from fixture import data, handbook, pages
from sitebuild import ROOT

from macros import figures, glossary, lists, page_parts, plan, register, rules, tables, timeline
from macros.check import DATA, HISTORY, RADAR, Checked
from macros.diagrams import check_diagrams, diagram
from macros.finish import label_cells, with_policy
from macros.freshness import freshness
from macros.history import changes, check_history, feed
from macros.load import Parsed
from macros.manuscript import manuscript
from macros.model import Handbook, History, Radar
from macros.problems import Problem
from macros.radar import check_radar, named_on, radar

GOLDEN = ROOT / "tests/golden"
AGAIN = "if you want this, write it anew: GOLDEN=write .venv/bin/python -m pytest -n0 tests/test_golden.py"


def _compare(name: str, text: str) -> None:
    file = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    before = file.read_text(encoding="utf-8")
    changed = difflib.unified_diff(before.splitlines(), text.splitlines(), "committed", "now", lineterm="")
    assert text == before, "\n".join([f"tests/golden/{name} says something else; {AGAIN}", *changed])


# --- messages ---


def _bad_cases() -> Iterator[tuple[str, Iterable[Problem]]]:
    """Every bad case of the tests, with its problems.

    Values carry no places here, so that a line more in the fixture does not change every message.
    """
    for rule, damage, _ in test_rules.BAD_DATA:
        changed = data()
        damage(changed)
        parsed = Parsed(DATA, changed)
        yield rule.__name__, [parsed.locate(problem) for problem in rule(handbook(changed), pages())]
    for rule, page, text, _ in test_rules.BAD_PAGES:
        yield f"{rule.__name__}, page", rule(handbook(), pages() | {page: manuscript(page, text)})
    for index, damage, *_ in test_radar.BAD_ENTRIES:
        entries = test_radar._radar(index, **damage)
        parsed = Parsed(RADAR, entries.model_dump())
        yield "check_radar", [parsed.locate(problem) for problem in check_radar(entries)]
    for damage, *_ in test_finish.BAD_HISTORIES:
        history = test_finish._history(**damage)
        parsed = Parsed(HISTORY, history.model_dump())
        yield "check_history", [parsed.locate(p) for p in check_history(history, ["index.md", "skills/a.md"])]
    for old, new, _ in test_diagrams.BAD_DRAWINGS:
        drawings = {"ab": test_diagrams.GOOD.replace(old, new, 1)}
        yield "check_diagrams", check_diagrams(drawings, test_diagrams.PAGE)
    yield "check_diagrams", check_diagrams({"abc": test_diagrams.GOOD}, test_diagrams.PAGE)


def test_messages_read_as_they_were_reviewed() -> None:
    """tests/golden/problems.txt holds them; the head of this file says how to write it anew."""
    lines = [
        "Every bad case of the tests, with the lines that are printed for it.",
        "Values carry no places here: 1:1 stands for each. tests/test_golden.py says how this file is written.",
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
            "id": "delta",
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
    d["projects"].append(d["projects"][0] | {"id": "build-3", "title": "Build *3*"})
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
    changed = test_finish._history()
    return History(history=[*changed.history, changed.history[1].model_copy(update={"id": "zero", "title": "Zero"})])


def _radar() -> Radar:
    """Every status, two kinds, an entry without address and date."""
    entries = [
        *test_radar.DATA["radar"],
        test_radar._entry("jkl", status="replaced", replaced_by="*ABC*", url=None, published=None),
        test_radar._entry("abd", kind="api", names=["ABD"]),
    ]
    return Radar.model_validate({"radar": entries})


def _rendered() -> Iterator[tuple[str, str]]:
    """What each renderer returns, by the call as a page would write it, and the page that it stands on."""
    h = _fuller()
    for function in (
        tables.skills_table, tables.phases_table, tables.topic_index, tables.sources_table, lists.skills_map,
        lists.challenges, lists.positioning, lists.portfolio, lists.community, timeline.timeline, glossary.glossary,
    ):  # fmt: skip
        yield f"{function.__name__}() on row.md", function(h, "row.md")
    yield "strengths()", lists.strengths(h)
    for name in rules.FACTS:
        yield f"fact({name})", figures.fact(h, name)
    for phase in ("phase-1", "phase-3"):
        yield f"phase_weeks({phase})", figures.phase_weeks(h, phase)
        yield f"phase_summary({phase}) on career/x.md", page_parts.phase_summary(h, "career/x.md", phase)
        yield f"week_plan({phase}) on career/x.md", plan.week_plan(h, "career/x.md", phase)
    yield "project(build-3)", plan.project(h, "build-3")
    for skill in h.skills:
        yield f"skill_header({skill.id}) on row.md", page_parts.skill_header(h, "row.md", skill.id)
    for topic in ("alpha", "delta"):
        yield f"topic({topic}) on row.md", page_parts.topic(h, "row.md", topic)
    yield "term(pipe) on career/x.md", glossary.term(h, "career/x.md", "pipe")
    yield "term(pipe, a pair) on career/x.md", glossary.term(h, "career/x.md", "pipe", "a pair")
    for source in h.sources:
        yield f"cite({source.id}) on career/x.md", page_parts.cite(h, "career/x.md", source.id)
    # Row: 194 words, and 12 of its questions. Stages: one word more than a minute holds.
    written = {
        "index.md": "# Home",
        "row.md": "# Row" + " word" * 193,
        "phase.md": "# DEF, GHI and JKL" + " word" * 197,
    }
    for path, text in written.items():
        page = manuscript(path, text)
        yield f"page_header() on {path}", page_parts.page_header(h, page, named_on(_radar(), page))
    for path in ("row.md", "career/portfolio.md"):
        yield f"page_footer() on {path}", page_parts.page_footer(h, path)
    yield "self_check() on row.md", page_parts.self_check(h, "row.md")
    yield "radar()", radar(_radar())
    titles = {"index.md": "Home", "skills/a.md": "A [b]"}
    yield "changes() on reference/changes.md", changes(_history(), titles, "reference/changes.md")
    yield "diagram(ab)", diagram({"ab": test_diagrams.GOOD}, "ab")
    two = test_diagrams.GOOD.replace("</svg>", '<path d="M0 0" class="alarm new"/><path class="line" d="M1 1"/></svg>')
    yield "diagram(two)", diagram({"two": two.replace("leads to", "&lt; 5 &amp; 6 &gt;")}, "two")
    plain = test_diagrams.GOOD.replace('class="arrow"', 'class="line"')
    yield "diagram(plain)", diagram({"plain": plain}, "plain")
    yield "the feed", feed(_history(), h.handbook, "https://h.example/")
    checked = Checked(h, pages(), _radar(), {}, _history())
    yield "freshness, 2026-07-01", "\n".join(freshness(checked, datetime.date(2026, 7, 1)))
    yield (
        "a wide table, finished",
        label_cells(
            '<table><tr><th>A</th><th><b>B</b></th><th>C "c"</th>\n<th>D</th></tr>\n'
            "<tr><td>1</td><td>2</td><td>3</td><td>4</td></tr></table>"
        ),
    )
    yield "a policy", with_policy(test_finish.PAGE.format("<script>two()</script>"))


def test_renderers_return_what_was_reviewed() -> None:
    """tests/golden/renderers.md holds it; the head of this file says how to write it anew."""
    lines = [
        "# What every renderer returns",
        "",
        "For the small handbook of tests/fixture.py with the additions of tests/test_golden.py, which also says how this",
        "file is written.",
    ]
    for call, text in _rendered():
        lines += ["", f"## {call}", "", "~~~~text", text, "~~~~"]
    _compare("renderers.md", "\n".join(lines) + "\n")


def test_every_renderer_has_a_section() -> None:
    """A renderer that nobody reviews would change unseen."""
    calls = {call.split("(")[0] for call, _ in _rendered()}
    registered: set[str] = set()
    environment = SimpleNamespace(macro=lambda function, name: registered.add(name))
    register(environment, Checked(handbook(), pages(), _radar(), {}, _history()))
    assert registered
    assert registered - calls == set()
