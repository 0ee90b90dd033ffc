"""One build of the site for all tests of a worker, and a browser that is the system's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from macros.book.pdf import find_chromium
from macros.checked import load_checked
from macros.data.paths import DATA
from macros.entities.edition import Edition
from support.missing import is_missing
from support.serving import FLAGS, SUBPATH, serve
from support.sitebuild import ROOT, build

#: Whose pages and figures the tests marked `this_handbook` name.
TITLE = "Backend → AI Engineer"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the built site, the real data or a browser is slow: `pytest -m "not slow"` leaves it out.

    What is about this handbook only must not stop the deployment of a copy that tells something else.
    """
    other = f"\n  title: {TITLE}\n" not in (ROOT / DATA).read_text(encoding="utf-8")
    for item in items:
        if {"site", "checked", "chromium"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")
        if other and item.get_closest_marker("this_handbook"):
            item.add_marker(pytest.mark.skip(reason=f"about {TITLE}; the title in {DATA} is another"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real site, built strictly, with addresses below SUBPATH."""
    folder = tmp_path_factory.mktemp("built") / "site"
    build(ROOT, folder, site_url=f"https://owner.example{SUBPATH}")
    return folder


@pytest.fixture(scope="session")
def checked() -> Edition:
    """The real data and pages."""
    return load_checked(ROOT)


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    """Address of the served site."""
    with serve(site) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium; without one, its tests are skipped here and fail in CI."""
    if found := find_chromium():
        return found
    is_missing("no Chromium on this machine; install it with: sudo apt-get install chromium (or your system's package)")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()
