"""Clumsy hands on the real handbook's files: each slip has a place, a rule and a repair, from `make check-data` already."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from macros.checked import load_checked
from macros.data.paths import DATA, EXAMPLES_NEED, GLOSSARY, HISTORY, NAVIGATION, QUERIES, RADAR, SOURCES, SYMPTOMS
from macros.data.problems import DataError
from support.sitebuild import ROOT

TODAY = date(2027, 3, 1)
PAGE = "docs/skills/api-design/index.md"
LAB = "docs/labs/typed-answers"
DRAWING = "docs/diagrams/hnsw-walk.svg"
EXAMPLE = "docs/examples/request_cost.py"
IN_GO = "docs/examples/bounded_retry.go"
NOT_UTF_8 = "is not UTF-8: save the file as UTF-8"
MERGE = "is a mark of a merge that is not finished: keep one of the two versions"

Damage = Callable[[Path], object]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what is checked, whose files may be damaged."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    for name in (NAVIGATION, EXAMPLES_NEED):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def _write(name: str, change: Callable[[bytes], bytes]) -> Damage:
    def damage(project: Path) -> None:
        file = project / name
        before = file.read_bytes() if file.exists() else b""
        after = change(before)
        assert after != before
        file.write_bytes(after)

    return damage


def _sub(name: str, old: str, new: str) -> Damage:
    return _write(name, lambda raw: re.sub(old.encode(), new.encode(), raw, count=1))


def _add(name: str, more: bytes) -> Damage:
    return _write(name, lambda raw: raw + more)


ALONE = b"""---
description: A page that no other page links to, with a description that is long enough to be one for a search engine.
outcomes:
  - Explain it.
before: []
next:
  page: skills/index.md
  why: Go on.
---

# Alone

{{ page_header() }}

{{ page_footer() }}
"""


def _alone(project: Path) -> None:
    (project / "docs/skills/alone.md").write_bytes(ALONE)
    _sub(NAVIGATION, "(      - skills/index.md\n)", r"\1      - Alone: skills/alone.md\n")(project)


def _renamed(project: Path) -> None:
    """In the data and on each page, as a careful hand does, but without renamed_from."""
    for file in [project / GLOSSARY, *(project / "docs").rglob("*.md")]:
        file.write_bytes(re.sub(rb'(- id: |term\("|#)token-budget\b', rb"\1budget-of-tokens", file.read_bytes()))


SHOWS = "docs/topics/retries-and-fallbacks.md"

#: name, damage, beginning and end of the first line that is printed
SLIPS: dict[str, tuple[Damage, str, str]] = {
    "page in Latin-1": (_add(PAGE, b"caf\xe9\n"), f"{PAGE}:", f": 'byte 0xe9': {NOT_UTF_8}"),
    "page in UTF-16": (_write(PAGE, lambda raw: raw.decode().encode("utf-16")), f"{PAGE}:1:1: ", NOT_UTF_8),
    "navigation in Latin-1": (_add(NAVIGATION, b"# caf\xe9\n"), f"{NAVIGATION}:", f": 'byte 0xe9': {NOT_UTF_8}"),
    "drawing in Latin-1": (_write(DRAWING, lambda raw: raw.replace(b"<title>", b"<title>\xe9")), f"{DRAWING}:", NOT_UTF_8),
    "lab in Latin-1": (_add(f"{LAB}/starter/service.py", b"# caf\xe9\n"), f"{LAB}/starter/service.py:", NOT_UTF_8),
    "example in Latin-1": (_add(EXAMPLE, b"# caf\xe9\n"), f"{EXAMPLE}:", NOT_UTF_8),
    "merge on a page": (_sub(PAGE, "\n## ", "\n<<<<<<< HEAD\n\n## "), f"{PAGE}:", ">>>>>>> around them"),
    "merge in front matter": (_sub(PAGE, "outcomes:", "<<<<<<< HEAD\noutcomes:"), f"{PAGE}:5:1: '<<<<<<< HEAD': {MERGE}", "them"),
    "merge in the navigation": (_sub(NAVIGATION, "\nnav:", "\n>>>>>>> other\nnav:"), f"{NAVIGATION}:", "around them"),
    "merge in a lab": (_add(f"{LAB}/solution/service.py", b">>>>>>> other\n"), f"{LAB}/solution/service.py:", "around them"),
    "merge in an example": (_sub(EXAMPLE, "\n", "\n<<<<<<< HEAD\n"), f"{EXAMPLE}:2:1: '<<<<<<< HEAD': {MERGE}", "around them"),
    "lab that is no Python": (_add(f"{LAB}/starter/service.py", b"def x(:\n"), f"{LAB}/starter/service.py:",
        ": 'def x(:': is not Python (invalid syntax): correct it"),
    "lab without a solution": (lambda p: shutil.rmtree(p / LAB / "solution"), f"{DATA}:",
        f"labs[typed-answers].id: 'typed-answers': is a lab without solution: write it in {LAB}/solution"),
    "lab without tests": (lambda p: shutil.rmtree(p / LAB / "tests"), f"{DATA}:",
        f"labs[typed-answers].id: 'typed-answers': is a lab without tests: write it in {LAB}/tests"),
    "drawing that is no XML": (_sub(DRAWING, "</title>", ""), f"{DRAWING}:",
        "close every element and quote every attribute"),
    "Notes.MD": (_add("docs/skills/Notes.MD", b"# Notes\n"), "docs/skills/Notes.MD file: ", "is not read as a page: rename it to skills/notes.md"),
    "notes.markdown": (_add("docs/skills/notes.markdown", b"# Notes\n"), "docs/skills/notes.markdown file: ", "rename it to skills/notes.md"),
    "file name with a space": (_add("docs/assets/my screen.png", b"x"), "docs/assets/my screen.png file: ",
        "is not a name that works in every address: rename it: letters from a to z, digits, hyphens, underscores and dots"),
    "page name with an accent": (_add("docs/skills/\u00e9val.md", ALONE), "docs/skills/\u00e9val.md: ", "lower case letters, digits and single hyphens"),
    "picture of 4 MB": (_add("docs/assets/screen.png", b"x" * 4_000_000), "docs/assets/screen.png file: '3906 KB': are more than the 60 KB", "draw it in docs/diagrams/"),
    "wide example": (_add(EXAMPLE, b"# " + b"x" * 87 + b"\n"), f"{EXAMPLE}:", "has 89 columns, more than 88: break the line"),
    "long example": (_add(EXAMPLE, b"#\n" * 90), f"{EXAMPLE}:91:1 example: ", "are more than 90: shorten it, or make two of it"),
    "example with a package": (_sub(EXAMPLE, "\nfrom ", "\nimport pandas\nfrom "), f"{EXAMPLE}:", "'pandas': is no package that examples may use: use the standard library, or one of local_models, local_postgres, numpy"),
    "example that builds on one with packages": (_sub(EXAMPLE, "\nfrom ", "\nimport one_client\nfrom "), f"{EXAMPLE}:", "'one_client': is no package that examples may use: use the standard library, or one of local_models, local_postgres, numpy"),
    "example that is no Python": (_add(EXAMPLE, b"def x(:\n"), f"{EXAMPLE}:", "is not Python (invalid syntax): correct it"),
    "Go without Python": (_add("docs/examples/bounded_retri.go", b"package main\n"), 
        "docs/examples/bounded_retri.go:1:1 example: 'bounded_retri.go': is another language of no program: rename it; ", "(nearest: bounded_retry)"),
    "Go beside a program without output": (_add("docs/examples/hours_by_phase.go", b"package main\n"), "docs/examples/hours_by_phase.go:1:1 example: ",
        "has no output to agree with: put what it prints in each language into docs/examples/hours_by_phase.txt"),
    "wide Go": (_add(IN_GO, b"\t// " + b"x" * 82 + b"\n"), f"{IN_GO}:", "has 89 columns, more than 88: break the line"),
    "long Go": (_add(IN_GO, b"//\n" * 220), f"{IN_GO}:221:1 example: ", "are more than 220: shorten it, or make two of it"),
    "part that one language lacks": (_sub(IN_GO, "start:policy", "start:police"), f"{SHOWS}:",
        "'policy': is no part of docs/examples/bounded_retry.go: put it there between the lines // --8<-- [start:policy] and // --8<-- [end:policy]"),
    "example on no page": (_add("docs/examples/alone.py", b"print(1)\n"), "docs/examples/alone.py:1:1 example: 'alone.py': is shown on no page: ", "or delete it"),
    "misspelled example": (_sub(SHOWS, "## Check yourself", '{{ example("bounded_retri") }}\n\n## Check yourself'), f"{SHOWS}:",
        "(nearest: bounded_retry), or write docs/examples/bounded_retri.py"),
    "example without a name": (_sub(SHOWS, "## Check yourself", "{{ example() }}\n\n## Check yourself"), f"{SHOWS}:", "or write docs/examples/name.py"),
    "part of an example that is not there": (_sub(SHOWS, 'example\\("bounded_retry"[^)]*', 'example("bounded_retry", "other"'), f"{SHOWS}:",
        "# --8<-- [start:other] and # --8<-- [end:other]"),
    "symptom that leads nowhere": (_sub(SYMPTOMS, "#guarantees", "#guarantee"), f"{SYMPTOMS}:", "(nearest: guarantees)"),
    "symptom on a page that has moved": (_sub(SYMPTOMS, "topics/structured-output.md#guarantees", "skills/evaluation.md#judges"),
        f"{SYMPTOMS}:", "has moved: write topics/llm-judges.md"),
    "part of an output that is not there": (_sub(SHOWS, 'output\\("bounded_retry"', 'output("bounded_retry", "fast"'), f"{SHOWS}:",
        "'fast': is no part of docs/examples/bounded_retry.txt: put it there below a line == fast == that the program prints"),
    "output of no program": (lambda p: (p / EXAMPLE).rename(p / "docs/examples/other.py"), "docs/examples/other.py:", "or delete it"),
    "page that nobody links to": (_alone, "docs/skills/alone.md:1:1 page: ", "is linked from no other page: link to it where a reader would want it next"),
    "id renamed without a trace": (_renamed, "docs/data/ids.txt:", ": 'token-budget': was published, and nothing has this id now: write "
        "renamed_from: [token-budget] at budget-of-tokens, or delete this line if it has ended for good"),
    "source checked in the future": (_sub(SOURCES, "checked: 2026-", "checked: 2036-"), f"{SOURCES}:", "lies in the future: write the day on which it happened; today is 2027-03-01"),
    "radar checked in the future": (_sub(RADAR, "checked: 2026-", "checked: 2036-"), f"{RADAR}:", "today is 2027-03-01"),
    "query to a page of another name": (_sub(QUERIES, r"topics/streaming\.md", "topics/stream.md"), f"{QUERIES}:", "(nearest: topics/streaming.md)"),
    "query that stands there already": (_sub(QUERIES, '"redis cache"', '"WebSocket"'), f"{QUERIES}:", "but for case and spaces: keep one of the two"),
    "news from the future": (_sub(HISTORY, "date: 2026-", "date: 2036-"), f"{HISTORY}:", "today is 2027-03-01"),
    "review in the future": (_sub(DATA, "reviewed: 2026-", "reviewed: 2036-"), f"{DATA}:", "today is 2027-03-01"),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_a_file_has_a_place_a_rule_and_a_repair(name: str, project: Path) -> None:
    damage, begins, ends = SLIPS[name]
    damage(project)
    with pytest.raises(DataError) as error:
        load_checked(project, TODAY)
    line = str(error.value.problems[0])
    assert line.startswith(begins) and line.endswith(ends), line


FORMS = {
    "Windows line ends": lambda raw: raw.replace(b"\n", b"\r\n"),
    "byte order mark": lambda raw: b"\xef\xbb\xbf" + raw,
}


@pytest.mark.parametrize("form", FORMS)
def test_line_ends_and_byte_order_marks_change_nothing(form: str, project: Path) -> None:
    for name in (PAGE, DATA, GLOSSARY, NAVIGATION, EXAMPLE, f"{LAB}/starter/service.py"):
        _write(name, FORMS[form])(project)
    assert load_checked(project) == load_checked(ROOT)
