"""A copy that another team has made its own, by data, configuration and one style sheet (tests/support/adapting.py)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from macros.book.chapters import read_book
from macros.book.cover import cover
from macros.book.epub import style
from macros.checked import load_checked
from macros.data.paths import BOOK, FEED, LIST
from macros.entities.edition import Edition
from macros.rules.every import check
from support import adapting
from support.htmlpages import BuiltPage, broken_links, built_files
from support.serving import SUBPATH
from support.sitebuild import ROOT, build, copy_sources

# One worker builds the copy for all of them.
pytestmark = [pytest.mark.xdist_group("adapting"), pytest.mark.this_handbook]


#: What the copy is called no more.
TITLE = "Backend → AI Engineer"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = copy_sources(tmp_path_factory.mktemp("adapted") / "project")
    adapting.renamed(project)
    adapting.with_a_page(project)
    adapting.without_challenges(project)
    adapting.at_half_the_pace(project)
    return project


@pytest.fixture(scope="module")
def site(project: Path) -> Path:
    build(project, project / "site", site_url=f"https://owner.example{SUBPATH}")
    return project / "site"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, BuiltPage]:
    return built_files(site)


def test_no_python_and_no_template_was_touched(project: Path) -> None:
    original = copy_sources(project.parent / "original")
    for folder in ("macros", "overrides"):
        for file in (original / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                assert file.read_bytes() == (project / file.relative_to(original)).read_bytes()


def test_every_link_of_the_copy_leads_somewhere(pages: dict[str, BuiltPage], site: Path) -> None:
    assert [f"{p.path}: {link}" for p in pages.values() for link in broken_links(p, pages, site, SUBPATH)] == []


def test_the_frame_of_every_page_says_the_copy_s_name(pages: dict[str, BuiltPage]) -> None:
    for page in pages.values():
        for part in page.tree.xpath("//head | //header | //footer"):
            assert "AI Engineer" not in (part.text_content() + "".join(part.xpath(".//@content | .//@title"))), (
                page.path
            )
    head = pages["index.html"].tree.find("head")
    assert head.findtext("title") == adapting.TITLE
    (alternative,) = head.xpath("meta[@property='og:image:alt']/@content")
    assert alternative == f"{adapting.TITLE}: {adapting.ABOUT}"


def test_browsers_color_their_bars_as_the_style_sheet_says(pages: dict[str, BuiltPage]) -> None:
    for path in ("index.html", "404.html", BOOK):
        colors = pages[path].tree.xpath("//meta[@name='theme-color']/@content")
        assert colors == [adapting.PAPER, adapting.DARK_PAPER], path


def test_the_book_has_the_copy_s_name_and_colors(project: Path, site: Path) -> None:
    book = read_book(site, load_checked(project).handbook)
    assert book.slug == "vom-backend-zur-ki"
    assert book.language == "de"
    drawn = cover(book)
    assert adapting.TITLE in drawn
    assert adapting.PAPER in drawn and adapting.ACCENT in drawn
    assert "var(" not in drawn + style(site)
    assert adapting.ACCENT in style(site)


def test_the_words_around_a_page_are_the_copy_s(pages: dict[str, BuiltPage]) -> None:
    page = pages["skills/api-design/index.html"]
    assert page.tree.get("lang") == "de"
    text = page.text()
    for words in ("Nach dieser Seite kannst du", "Minuten Lesezeit", "Du kannst API design", "Weiter "):
        assert words in text
    assert "After this page you can" not in text
    missing = pages["404.html"]
    assert missing.tree.findtext("head/title") == f"Seite nicht gefunden – {adapting.TITLE}"
    assert "Diese Seite gibt es nicht (404)" in missing.text()
    assert page.tree.xpath("//input[@name='query']/@placeholder") == ["Suche"]


def test_a_chapter_that_was_left_out_is_nowhere(pages: dict[str, BuiltPage], site: Path) -> None:
    assert "challenges/index.html" not in pages
    for page in pages.values():
        assert not [link for link in page.tree.xpath("//a/@href") if "challenges/" in link], page.path
    for name in (FEED, LIST):
        assert "challenges/" not in (site / name).read_text(encoding="utf-8")


def test_a_page_of_one_s_own_is_in_the_menu_and_has_its_card(pages: dict[str, BuiltPage]) -> None:
    for path in ("index.html", "404.html"):
        assert pages[path].tree.xpath("//a[contains(@href, 'team/')][normalize-space() = 'Das Team']"), path
    assert "Find the person" in pages["team/index.html"].article.find_class("page-card")[0].text_content()


def test_the_roadmap_follows_the_new_pace_and_the_longer_phase(
    pages: dict[str, BuiltPage], project: Path, checked: Edition
) -> None:
    before, after = checked.handbook, load_checked(project).handbook
    assert f"{after.handbook.hours_per_week} hours a week" in pages["roadmap/index.html"].text()
    assert f"–{before.total_weeks().max + 1} weeks" in pages["roadmap/index.html"].text()
    week = pages["roadmap/phase-1/index.html"].article.find_class("weeks")[0].findtext(".//dt")
    assert week.endswith(f"about {before.week_hours(before.phases[0])[0] / 2:.0f} hours")


@pytest.mark.parametrize(("pace", "most"), [(6, 9), (10, 8), (20, 9)])
def test_a_new_pace_names_each_thing_to_change_once(pace: int, most: int, checked: Edition) -> None:
    book = checked.handbook
    changed = book.model_copy(update={"handbook": book.handbook.model_copy(update={"hours_per_week": pace})})
    found = check(changed, checked.pages)
    assert 0 < len(found) <= most
    assert len({problem.path for problem in found}) == len(found)
    for problem in found:
        assert "write " in problem.repair or "spread the plan's" in problem.repair, problem


def test_a_copy_with_another_title_skips_what_is_about_this_handbook(project: Path) -> None:
    shutil.copytree(ROOT / "tests", project / "tests", ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    shutil.copy(ROOT / "pyproject.toml", project)
    command = [
        sys.executable,
        "-B",
        "-m",
        "pytest",
        "-n0",
        "-rs",
        "-p",
        "no:cacheprovider",
        "tests/repository/test_brief.py",
    ]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert f"about {TITLE}; the title in docs/data/skills.yml is another" in done.stdout
    assert "passed" not in done.stdout
