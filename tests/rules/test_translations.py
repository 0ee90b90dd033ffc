"""Pages in another language: what is wrong with one is named at its place, and what is only old is a hint."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from macros.checked import load_checked
from macros.commands.freshness import freshness
from macros.data.paths import NAVIGATION
from macros.data.problems import DataError
from macros.entities.edition import Edition
from macros.registry import MACROS
from macros.rules.translations import hints
from support.sitebuild import copy_sources

pytestmark = pytest.mark.this_handbook

ROW = "skills/caching-strategies/index.md"
OWN = f"docs/de/{ROW}"
WORDS = "docs/de/words.yml"

Damage = Callable[[Path], object]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_sources(tmp_path / "project")


def _sub(file: str, old: str, new: str) -> Damage:
    def damage(project: Path) -> None:
        text = (project / file).read_text(encoding="utf-8")
        changed, count = re.subn(old, new, text, count=1)
        assert count, f"{file}: {old}"
        (project / file).write_text(changed, encoding="utf-8")

    return damage


def _moved(project: Path) -> None:
    """The original has another name, everywhere and with its old address."""
    new = "skills/caching/index.md"
    (project / "docs/skills/caching-strategies").rename(project / "docs/skills/caching")
    for file in [*(project / "docs").rglob("*.md"), *(project / "docs/data").glob("*.yml"), project / NAVIGATION]:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("caching-strategies/index.md", "caching/index.md"), encoding="utf-8")
    _sub(f"docs/{new}", r"\nbefore:", f"\nrenamed_from: [{ROW}]\nbefore:")(project)


def _no_original(project: Path) -> None:
    (project / "docs/de/skils.md").write_bytes((project / OWN).read_bytes())


#: name, damage, what the message says
WRONG: dict[str, tuple[Damage, str]] = {
    "renamed original": (_moved, f"{OWN}:1:1 page: '{ROW}': translates a page that has moved: git mv {OWN} docs/de/skills/caching/index.md"),
    "missing original": (_no_original, "docs/de/skils.md:1:1 page: 'skils.md': translates no page below docs/: use one of "),
    "no fingerprint": (_sub(OWN, "of_text: .*\n", ""), f"{OWN}:2:1 of_text: nothing: is missing: add `of_text:`, for example `of_text: "),
    "no date": (_sub(OWN, "translated: .*", "translated: 27.11.2026"), f"{OWN}:3:13 translated: '27.11.2026': is not a date"),
    "data of the original": (_sub(OWN, "\nwhy:", "\nbefore: []\nwhy:"), f"{OWN}:10:1 before: 'before': is not a known key"),
    "misspelled phrase": (_sub(WORDS, "\n  You know:", "\n  You knew:"), ": 'You knew': is none of the words around a page's text: use one of "),
    "blank that nothing fills": (_sub(WORDS, "Geprüft am {day}", "Geprüft am {tag}"), "has {tag}, which nothing fills: use {day} there"),
    "markup in a text": (_sub(WORDS, "API-Design", "<b>API</b>"), ": '<b>API</b>': is markup; the data holds plain text"),
    "broken link": (_sub(OWN, r"labs/leaking-cache\.md", "labs/leaking-cash.md"), f"{OWN}:133:36 link: '../../../labs/leaking-cash.md': is not a file below docs/: "),
    "anchor of nobody": (_sub(OWN, r"semantic-cache\.md\)", "semantic-cache.md#gone)"), "#gone': names no heading or entry of docs/topics/semantic-cache.md"),
    "unknown macro": (_sub(OWN, "row_topics", "row_topic"), ": 'row_topic': is not a macro: use one of "),
    "figure that is none": (_sub(OWN, "rag-pipeline", "rag-pipelines"), ": 'rag-pipelines': is shown on no other page: "),
    "fence left open": (_sub(OWN, "country=CH\n```", "country=CH"), "is a fence that nothing closes"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_with_its_place_and_repair(name: str, project: Path) -> None:
    damage, expected = WRONG[name]
    damage(project)
    with pytest.raises(DataError) as error:
        load_checked(project)
    assert expected in str(error.value)


def _header(edition: Edition) -> str:
    return MACROS["page_header"].render(edition.seen_from("de/"), f"de/{ROW}")


def test_a_translation_that_its_original_has_left_behind_says_so_and_is_listed(project: Path) -> None:
    notice = "Das Original wurde nach diesem Tag geändert."
    edition = load_checked(project)
    assert "Beispiel einer Übersetzung, Stand 2026-11-27." in _header(edition)
    assert notice not in _header(edition)
    assert list(hints(edition, (project / NAVIGATION).read_text(encoding="utf-8"))) == []
    _sub(f"docs/{ROW}", "On Tuesday", "On Monday")(project)
    edition = load_checked(project)
    assert notice in _header(edition)
    (line,) = hints(edition, (project / NAVIGATION).read_text(encoding="utf-8"))
    assert line.startswith(f"{OWN}: docs/{ROW} was changed since 2026-11-27: bring it up to date, then write ")
    assert freshness(edition, date(2000, 1, 1)) == [line]
    new = re.search(r"`(of_text: .*)`", line)
    assert new
    _sub(OWN, "of_text: .*", new[1])(project)
    assert notice not in _header(load_checked(project)), "what the hint says to write repairs it"


@pytest.mark.parametrize(
    ("changed", "by"), [("outcomes:\n  - Explain", "outcomes:\n  - Draw"), ("why: Every", "why: All")]
)
def test_what_a_translation_has_to_follow_outside_of_the_text_counts(changed: str, by: str, project: Path) -> None:
    assert not load_checked(project).translations["de"].pages[f"de/{ROW}"].is_behind
    _sub(f"docs/{ROW}", changed, by)(project)
    assert load_checked(project).translations["de"].pages[f"de/{ROW}"].is_behind


def test_tags_and_places_of_the_original_may_change_without_a_word(project: Path) -> None:
    _sub(f"docs/{ROW}", "tags: .*", "tags: [cache]")(project)
    assert not load_checked(project).translations["de"].pages[f"de/{ROW}"].is_behind


def test_phrases_and_texts_without_words_are_listed_and_stay_english(project: Path) -> None:
    _sub(WORDS, "  You know: .*\n", "")(project)
    _sub(WORDS, "\n  API design:", "\n  API designs:")(project)
    edition = load_checked(project)
    phrases, text = hints(edition, (project / NAVIGATION).read_text(encoding="utf-8"))
    assert phrases == f"{WORDS}: 1 phrases stay English: You know"
    assert re.fullmatch(rf"{WORDS}:\d+: 'API designs': stands nowhere any more: .*", text)
    shown = MACROS["skill_header"].render(edition.seen_from("de/"), f"de/{ROW}", "caching-strategies")
    assert "\ue000You know\ue001" in shown and "Du baust" in shown


def test_a_figure_is_german_as_a_whole_or_english_and_says_so(project: Path) -> None:
    edition = load_checked(project).seen_from("de/")
    assert ">einlesen</text>" in MACROS["diagram"].render(edition, f"de/{ROW}", "rag-pipeline")
    other = next(name for name in edition.diagrams if name != "rag-pipeline")
    assert MACROS["diagram"].render(edition, f"de/{ROW}", other).startswith('<div class="in-english" lang="en"')


def test_a_folder_without_words_is_no_language(project: Path) -> None:
    (project / WORDS).unlink()
    with pytest.raises(DataError, match="'of_text': is not a known key"):
        load_checked(project)
