"""The real data, damaged in thousands of ways: each run ends in a site that is safe to show, or in problems that a
person can mend. HYPOTHESIS_PROFILE=thorough runs twenty times as many."""

from __future__ import annotations

import copy
import itertools
import os
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from markdown import Markdown
from mkdocs.config import load_config

from macros.checked import load_checked
from macros.data.front_matter import read_pages
from macros.data.handbook import FILE_OF, PARTS, join
from macros.data.load import as_model, load
from macros.data.manuscript import manuscript
from macros.data.paths import DATA, FIGURES, GLOSSARY, HISTORY, QUERIES, QUESTIONS, RADAR, SOURCES
from macros.data.places import Parsed, Places, parse
from macros.data.problems import DataError, Problem
from macros.entities.edition import Edition
from macros.entities.figures import check_figures
from macros.entities.files import MODELS
from macros.entities.history import check_history
from macros.entities.queries import check_queries
from macros.entities.radar import check_radar
from macros.registry import register
from macros.rules.every import check
from macros.rules.targets import check_targets
from support.sitebuild import ROOT

pytestmark = pytest.mark.slow

MANY = settings(
    max_examples=240, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
settings.register_profile("default", MANY)
settings.register_profile("thorough", MANY, max_examples=6000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

#: The real files, read once.
REAL = {name: parse(ROOT / name, name) for name in MODELS}
PICKLED = {name: pickle.dumps(parsed.data) for name, parsed in REAL.items()}
CHECKED = load_checked(ROOT)
FILES = {file.relative_to(ROOT / "docs").as_posix() for file in (ROOT / "docs").rglob("*") if file.is_file()}
#: A page with every kind of front matter, and the places of all.
PAGE = "docs/reference/sources.md"
PAGE_PLACES = [parsed for _, parsed in read_pages([page.path for page in CHECKED.handbook.pages], CHECKED.pages)]

Path_ = tuple[Any, ...]


def _places(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from _places(child, (*path, step))


PLACES = {name: [path for path in _places(parsed.data) if path] for name, parsed in REAL.items()}
IDS = sorted(
    {
        v["id"]
        for name in PARTS
        for entries in REAL[name].data.values()
        if isinstance(entries, list)
        for v in entries
        if "id" in v
    }
)

#: What somebody could type, paste or plant where text is expected.
TEXTS = [
    "", " ", "x", "a" * 5000, "a | b", 'a "b" c', "`", "a `b", "*a* _b_", "[x](javascript:alert(1))", "![x](x)", "# a",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<!-- a", "&lt;b&gt;", "{{ 7*7 }}", "{% raw %}", "{# a",
    '--8<-- "mkdocs.yml"', "../../etc/passwd", "../x.md", "/etc/x.md", "a/../../b.md", "x.md\0", "index.md", "a\nb", "a\tb",
    "\u202eabc", "a\u200bb", "\ufeffa", "e\u0301", "日本語", "🙂", "\x07", "yes", "null", "2026-02-30", "1e999", "phase-1",
    "https://example.org/", "javascript:alert(1)", "http://example.org/", "2026-13", "::: x", "!!! note", "{ #id }", "\\",
]  # fmt: skip
OTHERS = [
    None,
    True,
    False,
    0,
    -1,
    1,
    10**400,
    -(10**30),
    0.5,
    1e308,
    float("nan"),
    float("inf"),
    [],
    {},
    [[]],
    {"a": 1},
]


@st.composite
def damages(draw: st.DrawFn, name: str) -> tuple[str, Any]:
    """One to three damages to a file; gives the names of what was done, and the damaged values."""
    data = pickle.loads(PICKLED[name])
    done = []
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(PLACES[name]))
        parent = data
        try:
            for step in path[:-1]:
                parent = parent[step]
            value = parent[path[-1]]
            assert not isinstance(parent, str)
        except (AssertionError, KeyError, IndexError, TypeError):
            continue  # an earlier damage has taken it away
        kind = draw(st.sampled_from(["drop", "text", "other", "double", "shuffle", "id", "key", "swap"]))
        if kind == "drop":
            del parent[path[-1]]
        elif kind == "double" and isinstance(parent, list):
            parent.insert(path[-1], copy.deepcopy(value))
        elif kind == "shuffle" and isinstance(parent, list):
            parent.reverse()
        elif kind == "id":
            parent[path[-1]] = draw(st.sampled_from(IDS))
        elif kind == "key" and isinstance(parent, dict):
            parent[draw(st.sampled_from(["id", "page", "topics", "x", "requires"]))] = value
        elif kind == "swap":
            other = draw(st.sampled_from(PLACES[name]))
            taken = data
            try:
                for step in other:
                    taken = taken[step]
            except (KeyError, IndexError, TypeError):
                continue
            parent[path[-1]] = copy.deepcopy(taken)
        elif kind == "other":
            parent[path[-1]] = draw(st.sampled_from(OTHERS))
        else:
            parent[path[-1]] = draw(st.one_of(st.sampled_from(TEXTS), st.text(max_size=40)))
        done.append(f"{kind} {path}")
    return "; ".join(done), data


def _checked(name: str, data: Any) -> Edition:
    """What a build would be made from. Raises DataError as load_checked does."""
    parsed = Parsed(name, data, REAL[name].values, REAL[name].keys)
    model = as_model(parsed, MODELS[name])
    places: Parsed | Places = parsed
    if name in PARTS:
        whole = {other: model if other == name else CHECKED.handbook for other in PARTS}
        edition = CHECKED._replace(handbook=join(whole, CHECKED.handbook.pages))
        places = Places({key: parsed if file == name else REAL[file] for key, file in FILE_OF.items()}, PAGE_PLACES)
        found: list[Problem] = list(check(edition.handbook, edition.pages))
    elif name == RADAR:
        edition, found = CHECKED._replace(radar=model), list(check_radar(model))
    elif name == QUERIES:
        edition = CHECKED._replace(queries=model)
        found = [*check_queries(model), *check_targets(edition)]
    elif name == FIGURES:
        edition = CHECKED._replace(figures=model)
        found = list(check_figures(model, edition.drawn, edition.pages, edition.examples, FILES))
    else:
        edition, found = CHECKED._replace(history=model), list(check_history(model, CHECKED.pages))
    if found:
        raise DataError(places.locate(problem) for problem in found)
    # A list in a list begins with two braces in Go, and two braces are what the tests look for.
    examples = {file: text for file, text in edition.examples.items() if not file.endswith(".go")}
    return edition._replace(translations={}, examples=examples)


def _assert_a_person_can_mend_it(error: DataError) -> None:
    assert error.problems
    for problem in error.problems:
        line = str(problem)
        assert problem.file, line
        assert problem.rule and problem.repair, line
        assert "\n" not in line and "\r" not in line, repr(line)
        assert problem.line >= 1 or problem.rule.startswith("the file"), line
        assert len(line) < 2000, line[:200]


def _rendered(checked: Edition) -> dict[str, str]:
    """What every macro of every page returns, by page."""
    functions: dict[str, Any] = {}
    env = SimpleNamespace(
        page=SimpleNamespace(path=""), macro=lambda function, name: functions.update({name: function})
    )
    register(env, checked)
    texts = {}
    for path, page in checked.pages.items():
        env.page.path = path
        parts = []
        for call in page.calls:
            parts.append(functions[call.name](*([] if call.argument is None else [call.argument])))
        texts[path] = "\n\n".join(map(str, parts))
    return texts


@pytest.mark.parametrize("name", MODELS)
def test_damaged_data_ends_in_a_site_or_in_problems_with_place_and_repair(name: str) -> None:
    outcomes = {"site": 0, "problems": 0}

    @given(damages(name))
    def run(damage: tuple[str, Any]) -> None:
        try:
            checked = _checked(name, damage[1])
        except DataError as error:
            outcomes["problems"] += 1
            _assert_a_person_can_mend_it(error)
            return
        outcomes["site"] += 1
        for text in _rendered(checked).values():
            assert "<script" not in text and "<img" not in text and "{{" not in text and "{%" not in text

    run()
    print(name, outcomes)
    # Damage that nothing notices, or that nothing survives, would test nothing.
    assert min(outcomes.values()) > 0.02 * sum(outcomes.values()), outcomes


@st.composite
def damaged_texts(draw: st.DrawFn, name: str) -> bytes:
    """The file itself, damaged as by an editor, a merge or a bad disk."""
    raw = (ROOT / name).read_bytes()
    lines = raw.splitlines(keepends=True)
    if name == PAGE:
        # Up to the first heading.
        lines = lines[: next(number for number, line in enumerate(lines, 1) if line.startswith(b"# "))]
        raw = b"".join(lines)
    start = draw(st.integers(0, len(lines) - 2))
    end = start + draw(st.integers(1, 3))
    kind = draw(st.sampled_from(["cut", "twice", "indent", "tab", "bytes", "end", "conflict", "anchor"]))
    if kind == "cut":
        lines[start:end] = []
    elif kind == "twice":
        lines[start:end] = lines[start:end] * 2
    elif kind == "indent":
        lines[start] = b" " * draw(st.integers(1, 9)) + lines[start]
    elif kind == "tab":
        lines[start] = b"\t" + lines[start]
    elif kind == "bytes":
        lines[start] = draw(st.binary(max_size=20)) + lines[start]
    elif kind == "end":
        return raw[: draw(st.integers(0, len(raw)))]
    elif kind == "conflict":
        lines[start:end] = [b"<<<<<<< HEAD\n", *lines[start:end], b"=======\n", *lines[start:end], b">>>>>>> other\n"]
    else:
        lines[start] = lines[start].rstrip(b"\n") + draw(
            st.sampled_from([b" &a\n", b" *a\n", b" !!python/object:x\n", b" [\n"])
        )
    return b"".join(lines)


def _read(name: str, file: Path) -> None:
    """A file as load_checked reads it."""
    if name in MODELS:
        load(file, name, MODELS[name])
    else:
        path = name.removeprefix("docs/")
        read_pages([path], {path: manuscript(path, file.read_text(encoding="utf-8-sig", errors="replace"))})


@pytest.mark.parametrize("name", [*MODELS, PAGE])
def test_a_damaged_file_ends_in_data_or_in_problems_with_place_and_repair(name: str, tmp_path: Path) -> None:
    file = tmp_path / "data.yml"

    @settings(max_examples=settings().max_examples // 8)
    @given(damaged_texts(name))
    def run(raw: bytes) -> None:
        file.write_bytes(raw)
        try:
            _read(name, file)
        except DataError as error:
            _assert_a_person_can_mend_it(error)

    run()


@pytest.fixture(scope="module")
def converter() -> Markdown:
    """The site's own Markdown, with its extensions."""
    config = load_config(str(ROOT / "mkdocs.yml"))
    known = [e for e in config.markdown_extensions if e != "toc" and "snippets" not in e]
    return Markdown(extensions=known, extension_configs=config.mdx_configs)


#: Free text that pages show (none shows a query): the lists of each file, and the fields of their entries.
FREE = {
    DATA: [("topics", "title"), ("challenges", "title")],
    GLOSSARY: [("glossary", "definition")],
    QUESTIONS: [("questions", "question"), ("questions", "answer"), ("assessment", "why")],
    SOURCES: [("sources", "title"), ("sources", "publisher")],
    RADAR: [("radar", "says"), ("radar", "source")],
    HISTORY: [("history", "title"), ("history", "says")],
}


@pytest.mark.parametrize("name", FREE)
def test_text_that_looks_like_markup_is_refused_or_shown_as_it_is(name: str, converter: Markdown) -> None:
    accepted = []
    for text in TEXTS:
        data = pickle.loads(PICKLED[name])
        entries, field = FREE[name][0]
        data[entries][0][field] = written = (
            f"Say {text} twice, and go on with words enough for what is asked to explain itself in fifteen."
        )
        try:
            _checked(name, data)
        except DataError as error:
            _assert_a_person_can_mend_it(error)
        else:
            # YAML itself refuses control characters.
            accepted += [written] if written.isprintable() or "\u202e" in written else []
    assert not [text for text in accepted if re.search(r"<\w|<!|\{\{|\{%|\]\(", text)]
    assert 10 < len(accepted) < len(TEXTS)

    # All of them at once: every entry carries another one.
    data = pickle.loads(PICKLED[name])
    planted = {}
    for entries, field in FREE[name]:
        for entry, text in zip(data[entries], itertools.cycle(accepted), strict=False):
            entry[field] = planted[entries, entry["id"], field] = text
    found = ""
    for page, markdown in _rendered(_checked(name, data)).items():
        if "twice" not in markdown:
            continue
        converter.reset()
        tree = html.fragment_fromstring(converter.convert(markdown), create_parent="div")
        assert not tree.xpath(".//script | .//img | .//iframe | .//@onerror | .//@onclick | .//@onload"), page
        assert not [a for a in tree.xpath(".//@href") if re.match(r"\s*javascript:", a)], page
        found += " ".join(tree.text_content().split())
    for place, text in planted.items():
        # Backticks mark code, and are gone from what a reader sees.
        shown = " ".join(text.split())
        assert shown in found or shown.replace("`", "") in found, f"{place}: {text!r} is on no page as it was written"
