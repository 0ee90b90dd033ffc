"""One build of the site for all tests of a worker, and a browser that is the system's own."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from playwright.sync_api import Browser, sync_playwright
from sitebuild import ROOT, build

from macros.book.pdf import find_chromium
from macros.checked import load_checked
from macros.entities.edition import Edition

#: The site is served below this path, as on a host that gives each repository a folder.
SUBPATH = "/repo/"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the built site, the real data or a browser is slow: `pytest -m "not slow"` leaves it out."""
    for item in items:
        if {"site", "checked", "chromium"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")


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


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder below SUBPATH and answers everything else with 404, as GitHub Pages does."""

    def translate_path(self, path: str) -> str:
        if not path.startswith(SUBPATH):
            return str(Path(self.directory) / "\0outside".strip("\0") / "nothing")
        return super().translate_path("/" + path[len(SUBPATH) :])

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def copyfile(self, source: Any, outputfile: Any) -> None:
        # A browser that leaves a page in the middle of a file is no failure.
        with contextlib.suppress(ConnectionError):
            super().copyfile(source, outputfile)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder below SUBPATH; gives its address, with the trailing slash."""
    handler = functools.partial(_Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}{SUBPATH}"
        server.shutdown()


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
    reason = "no Chromium on this machine; install it with: sudo apt-get install chromium (or your system's package)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()
