"""A copy of the handbook that another team has made its own, as docs/contribute/host-your-own.md describes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from macros.checked import load_checked
from macros.data.handbook import PARTS
from macros.data.load import load
from macros.data.paths import DATA, HISTORY, NAVIGATION, PUBLISHED_IDS, QUERIES, QUESTIONS, SOURCES
from macros.data.problems import DataError, Problem
from macros.entities.projects import kit_data

TITLE = "Vom Backend zur KI"
TAGLINE = "Was wir können, was uns fehlt, wie lange es dauert."
ABOUT = (
    "Der Lehrplan unseres Teams: vom Backend zu Systemen mit Modellen, mit den Wochen, den Lücken und den Proben dazu."
)
PAPER, DARK_PAPER, ACCENT = "#f2f7f4", "#0d1a14", "#00604a"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" role="img" aria-label="Das Team"><circle r="9"/></svg>\n'
#: English words around a page's text, and ours.
WORDS = {
    "After this page you can": "Nach dieser Seite kannst du",
    "{minutes} minutes to read.": "{minutes} Minuten Lesezeit.",
    "Read first: {pages}.": "Vorher: {pages}.",
    "Next": "Weiter",
    "You know": "Du kannst",
    "Page not found": "Seite nicht gefunden",
    "This page does not exist (404)": "Diese Seite gibt es nicht (404)",
}
PAGE = """\
---
description: Wer wir sind, wie wir mit diesem Lehrplan arbeiten, an welchen Tagen wir lernen und wen du fragst, wenn du nicht weiterkommst.
outcomes:
  - Find the person who answers your question.
before: []
next:
  page: index.md
  why: Begin with the map.
---

# Das Team

{{ page_header() }}

Wir lernen am Dienstag und am Donnerstag, je drei Stunden.

{{ page_footer() }}
"""


def replace(file: Path, *changes: tuple[str, str]) -> None:
    """Replace texts that a file has."""
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{file}: {old}"
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def problems(project: Path) -> list[Problem]:
    """What `make check-data` finds."""
    try:
        load_checked(project)
    except DataError as error:
        return error.problems
    return []


def change(project: Path, file: str, edit: Callable[[dict[str, Any]], object]) -> None:
    """Change what a data file holds."""
    text = (project / file).read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    edit(data)
    first, _, _ = text.partition("\n")
    rest = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=10**6)
    (project / file).write_text(f"{first}\n{rest}", encoding="utf-8")


def renamed(project: Path) -> None:
    """Name, tagline, colors and logo."""
    replace(
        project / NAVIGATION,
        ("site_name: Backend → AI Engineer", f"site_name: {TITLE}"),
        ("language: en", "language: de"),
    )
    text = (project / NAVIGATION).read_text(encoding="utf-8")
    (project / NAVIGATION).write_text(
        re.sub("(?m)^site_description: .*", f"site_description: '{ABOUT}'", text), "utf-8"
    )
    change(project, DATA, lambda data: data["handbook"].update(title=TITLE, tagline=TAGLINE, words=WORDS))
    sheet = project / "docs/assets/stylesheets/handbook.css"
    replace(sheet, ("#fbfaf7", PAPER), ("#14181d", DARK_PAPER), ("#a8350f", ACCENT))
    (project / "docs/assets/logo.svg").write_text(LOGO, encoding="utf-8")


def with_a_page(project: Path) -> None:
    """A page of one's own, in the navigation and linked from the text of another."""
    (project / "docs/team.md").write_text(PAGE, encoding="utf-8")
    replace(project / NAVIGATION, ("  - Skill map:\n", "  - Das Team: team.md\n  - Skill map:\n"))
    replace(project / "docs/index.md", ("{{ page_footer() }}", "[Wer wir sind](team.md).\n\n{{ page_footer() }}"))


def without_challenges(project: Path) -> None:
    """A chapter less: the page, what the data says about it, and the links to it."""
    (project / "docs/challenges.md").unlink()
    replace(project / NAVIGATION, ("      - Challenges on the way: challenges.md\n", ""))
    change(project, DATA, lambda data: data.update(challenges=[]))

    def forget(data: dict[str, Any]) -> None:
        data["questions"] = [question for question in data["questions"] if question["page"] != "challenges.md"]

    change(project, QUESTIONS, forget)

    def without(data: dict[str, Any]) -> None:
        for entry in data["history"]:
            entry["pages"] = [page for page in entry["pages"] if page != "challenges.md"]

    change(project, HISTORY, without)

    def elsewhere(data: dict[str, Any]) -> None:
        for entry in data["queries"]:
            for field in ("best", "good"):
                entry[field] = [to for to in entry.get(field, []) if not to.startswith("challenges.md")]
        data["queries"] = [entry for entry in data["queries"] if entry["best"]]

    change(project, QUERIES, elsewhere)
    for file in (project / "docs").rglob("*.md"):
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"\[([^\]]*)\]\([./]*challenges\.md[^)]*\)", r"\1", text), encoding="utf-8")
    uncited = {problem.value for problem in problems(project) if problem.rule == "is cited on no page"}
    change(project, SOURCES, lambda data: data.update(sources=[s for s in data["sources"] if s["id"] not in uncited]))
    ended = {problem.line for problem in problems(project) if problem.file == PUBLISHED_IDS}
    ids = (project / PUBLISHED_IDS).read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for number, line in enumerate(ids, 1) if number not in ended]
    (project / PUBLISHED_IDS).write_text("".join(kept), encoding="utf-8")


def at_half_the_pace(project: Path) -> None:
    """Six hours a week for half of the work, and a last phase that may take a week longer."""

    def halve(data: dict[str, Any]) -> None:
        data["handbook"].update(hours_per_week=data["handbook"]["hours_per_week"] // 2)
        stages = [stage for project in data["projects"] for stage in project.get("stages", [])]
        for entry in (*data["topics"], *data["projects"], *stages):
            entry["hours"] = {name: value / 2 for name, value in entry["hours"].items()}
        for phase in data["phases"]:
            for week in phase["plan"]:
                week["project_hours"] = week.get("project_hours", 0) / 2
        data["phases"][-1]["weeks"]["max"] += 1

    change(project, DATA, halve)
    # As `make format` does.
    data, _ = load(project / DATA, DATA, PARTS[DATA])
    for name, text in kit_data(data.projects).items():
        (project / name).write_text(text, encoding="utf-8")
