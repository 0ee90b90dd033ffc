"""The same sources under Zensical, which reads mkdocs.yml: page by page it has to be the same handbook."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from support.htmlpages import BuiltPage, built_pages
from support.missing import is_missing
from support.serving import SUBPATH, serve
from support.sitebuild import copy_sources

# One worker builds the site for all of them.
pytestmark = [pytest.mark.xdist_group("zensical"), pytest.mark.this_handbook]

#: What differs, and why. A difference that is not here fails, and so does an entry that no page needs any more.
DIFFERENCES = {
    "ids: __skip": "Zensical puts the target of its skip link inside the article, MkDocs's theme in front of it",
    "links: language": "nothing tells Zensical, which knows no hooks, that a page has a translation beside it",
    "text: tags": "Zensical shows a page's tags at its end; under MkDocs they only help the search",
}


@pytest.fixture(scope="module")
def zensical_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not importlib.util.find_spec("zensical"):
        is_missing("zensical is not installed: make test installs it, or python -m pip install zensical==0.0.73")
    project = copy_sources(tmp_path_factory.mktemp("zensical") / "project")
    # It runs macros/ as MkDocs does, but looks for modules only where Python does.
    environment = os.environ | {"SITE_URL": f"https://owner.example{SUBPATH}", "PYTHONPATH": str(project)}
    for command in (["zensical", "build", "--strict"], ["macros", "finish", "site"]):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=project, capture_output=True, text=True, env=environment, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return project / "site"


def _words(element: object) -> str:
    return " ".join(element.text_content().split())


def _headings(page: BuiltPage) -> list[tuple[str, ...]]:
    return [(h.tag, h.get("id") or "", _words(h)) for h in page.article.iter("h1", "h2", "h3", "h4")]


def _tables(page: BuiltPage) -> list[list[str]]:
    return [[_words(cell) for cell in table.iter("td", "th")] for table in page.article.iter("table")]


def _ids(page: BuiltPage) -> list[str]:
    found = page.article.xpath(".//@id")
    return [name for name in found if "ids: __skip" not in DIFFERENCES or name != "__skip"]


def _links(page: BuiltPage) -> list[object]:
    """Where links lead; the two engines write the way there differently."""
    links = ".//a[not(@rel='alternate')]/@href" if "links: language" in DIFFERENCES else ".//a/@href"
    return [page.resolve(target, SUBPATH) or target for target in page.article.xpath(links)]


def _text(page: BuiltPage) -> str:
    article = page.article
    for tags in article.find_class("md-tags") if "text: tags" in DIFFERENCES else []:
        tags.drop_tree()
    return _words(article)


@pytest.mark.parametrize("what", [_headings, _tables, _ids, _links, _text], ids=lambda function: function.__name__[1:])
def test_each_page_is_the_same(what: Callable[[BuiltPage], object], site: Path, zensical_site: Path) -> None:
    ours, theirs = built_pages(site), built_pages(zensical_site)
    assert sorted(ours) == sorted(theirs), "not the same addresses"
    for path, page in ours.items():
        assert what(page) == what(theirs[path]), path


def test_no_listed_difference_is_a_thing_of_the_past(site: Path, zensical_site: Path) -> None:
    ours, theirs = built_pages(site), built_pages(zensical_site)
    assert any("__skip" in page.article.xpath(".//@id") for page in theirs.values())
    assert not any("__skip" in page.article.xpath(".//@id") for page in ours.values())
    assert any(page.article.find_class("md-tags") for page in theirs.values())
    assert not any(page.article.find_class("md-tags") for page in ours.values())


def test_a_site_of_another_engine_is_finished_like_ours(site: Path, zensical_site: Path) -> None:
    for name in ("data/skills.json", "data/radar.json", "data/history.json", "feed.xml"):
        assert (zensical_site / name).read_bytes() == (site / name).read_bytes(), name
    assert (zensical_site / "files.sha256").is_file()
    for page in built_pages(zensical_site).values():
        assert page.tree.xpath("//meta[@http-equiv='Content-Security-Policy']"), page.path


def test_the_search_answers_in_the_frame_of_the_other_engine(browser: Browser, zensical_site: Path) -> None:
    with serve(zensical_site) as address, browser.new_context(service_workers="block") as context:
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(address + "skills/")
        page.keyboard.press("Control+k")
        page.keyboard.type("kv cache")
        page.locator("a.md-search-result__link mark").first.wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url("**/topics/batching-and-kv-cache/*")
        assert faults == []
