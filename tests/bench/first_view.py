"""What a browser asks for when somebody opens a page for the first time, in bytes on the wire."""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

from measure import Row, run
from playwright.sync_api import Browser, sync_playwright
from project import Failed, clean, environment, mkdocs

#: The home page, the longest page of a row, another row, the long list, a tool, and a lab.
PAGES = (
    "",
    "skills/api-design/",
    "skills/load-balancing/",
    "reference/glossary/",
    "roadmap/planner/",
    "labs/leaking-cache/",
)
#: What hosts compress. Pictures and fonts are compressed already.
COMPRESSED = {".html", ".css", ".js", ".mjs", ".json", ".svg", ".xml", ".txt", ".webmanifest"}
KINDS = {
    ".html": "document",
    ".css": "styles",
    ".js": "scripts",
    ".mjs": "scripts",
    ".woff2": "fonts",
    ".woff": "fonts",
    ".json": "data",
}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PHONE = {"viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75, "is_mobile": True, "has_touch": True}


class _Counted(http.server.BaseHTTPRequestHandler):
    """Serves a folder, and notes the size of each answer. The server sees what the browser's own tools leave out,
    such as the icon and what a worker asks for."""

    def __init__(self, *arguments: object, folder: Path, answered: list[tuple[str, int]]) -> None:
        self.folder = folder
        self.answered = answered
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path).lstrip("/")
        file = next(
            (f for f in (self.folder / path, self.folder / path / "index.html", self._page(path)) if f.is_file()), None
        )
        body = file.read_bytes() if file else b""
        if file and file.suffix in COMPRESSED:
            body = gzip.compress(body, 6, mtime=0)
        self.send_response(HTTPStatus.OK if file else HTTPStatus.NOT_FOUND)
        if file:
            self.send_header("Content-Type", self._type(file))
            if file.suffix in COMPRESSED:
                self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.answered.append((KINDS.get(file.suffix, "other") if file else "missing", len(body)))
        # A browser that has gone on to the next page is no failure.
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    def _page(self, path: str) -> Path:
        """Some generators write page.html where others write page/index.html."""
        return self.folder / f"{path.rstrip('/')}.html"

    def _type(self, file: Path) -> str:
        return http.server.SimpleHTTPRequestHandler.extensions_map.get(file.suffix) or {
            ".css": "text/css",
            ".html": "text/html",
            ".js": "text/javascript",
            ".mjs": "text/javascript",
            ".json": "application/json",
            ".svg": "image/svg+xml",
            ".xml": "application/xml",
            ".woff2": "font/woff2",
        }.get(file.suffix, "application/octet-stream")

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """The system's own Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        raise Failed("first view: no Chromium on this machine; install it with: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


def loaded(chromium: Browser, site: Path, pages: Sequence[str] = PAGES) -> dict[str, Counter[str]]:
    """Bytes by kind that each page of a built site makes the browser load, with nothing in its cache."""
    answered: list[tuple[str, int]] = []
    handler = functools.partial(_Counted, folder=site, answered=answered)
    sizes: dict[str, Counter[str]] = {}
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for page in pages:
            answered.clear()
            # A context of its own has an empty cache. The offline copy would load every page.
            with chromium.new_context(service_workers="block", **PHONE) as context:
                address = f"http://127.0.0.1:{server.server_address[1]}/{page}"
                answer = context.new_page().goto(address, wait_until="networkidle")
                if not answer or not answer.ok:
                    raise Failed(f"first view: {site} has no page {page}")
            counted: Counter[str] = Counter()
            for kind, size in answered:
                counted[kind] += size
            sizes[page] = counted
        server.shutdown()
    return sizes


def built(project: Path) -> Path:
    """Build a project; returns its site."""
    clean(project)
    run(mkdocs("build", "--strict", "--site-dir", "site"), project, environment(project))
    return project / "site"


def measured(projects: Mapping[str, Path]) -> list[Row]:
    """Rows on the first of the projects, compared with the other; then what its pages are made of."""
    with browser() as chromium:
        sizes = {name: loaded(chromium, built(project)) for name, project in projects.items()}
    here, *others = projects
    rows = compared(sizes, here, others)
    kinds = sorted({kind for page in sizes[here].values() for kind in page})
    for kind in kinds:
        # The median with its range over the pages.
        ours = [page[kind] / 1000 for page in sizes[here].values()]
        rows.append(Row(f"first view, of which {kind}, all pages", "kB gzip", ours))
    return rows


def compared(sizes: Mapping[str, Mapping[str, Counter[str]]], here: str, others: Sequence[str]) -> list[Row]:
    """A row for each page and each site that it is compared with."""
    rows = []
    for page, ours in sizes[here].items():
        title = f"first view, {page or 'home'}"
        if not others:
            rows.append(Row(title, "kB gzip", [ours.total() / 1000]))
        for other in others:
            rows.append(Row(title, "kB gzip", [ours.total() / 1000], other, [sizes[other][page].total() / 1000]))
    return rows
