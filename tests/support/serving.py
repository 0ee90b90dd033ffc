"""A server for a built site, which behaves as GitHub Pages does."""

from __future__ import annotations

import contextlib
import functools
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: The site is served below this path, as on a host that gives each repository a folder.
SUBPATH = "/repo/"
#: Tools that have not come yet. One in a closed fold comes with the fold.
NOT_READY = "[data-tool]:not([data-ready=yes]):not(details:not([open]) *)"


FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Habits:
    """What a host does otherwise than GitHub Pages; may be changed while it serves.

    Attributes:
        headers: sent with each answer.
        moved: paths below SUBPATH that lead to others there.
        pages: paths below SUBPATH with the status and the file that they answer with.
        failing: a status that is sent instead of any file.
        silent: requests are accepted, and answered only once `released` is set.
        seen: the paths that were asked for.
    """

    headers: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    pages: dict[str, tuple[int, str]] = field(default_factory=dict)
    failing: int = 0
    silent: bool = False
    released: threading.Event = field(default_factory=threading.Event)
    seen: list[str] = field(default_factory=list)


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder below SUBPATH and answers everything else with 404, as GitHub Pages does."""

    def __init__(self, *args: Any, habits: Habits, **options: Any) -> None:
        self.habits = habits
        super().__init__(*args, **options)

    def do_GET(self) -> None:
        habits, path = self.habits, self.path.removeprefix(SUBPATH)
        habits.seen.append(path)
        # Times of files are whole seconds here, and a test deploys twice within one.
        del self.headers["If-Modified-Since"]
        if habits.silent:
            habits.released.wait()
        if habits.failing:
            self.send_error(habits.failing)
        elif path in habits.moved:
            self.send_response(308)
            self.send_header("Location", SUBPATH + habits.moved[path])
            self.end_headers()
        elif path in habits.pages:
            status, file = habits.pages[path]
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write((Path(self.directory) / file).read_bytes())
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        if not path.startswith(SUBPATH):
            return str(Path(self.directory) / "\0outside".strip("\0") / "nothing")
        return super().translate_path("/" + path[len(SUBPATH) :])

    def end_headers(self) -> None:
        for name, value in {"Cache-Control": "max-age=600", **self.habits.headers}.items():
            self.send_header(name, value)
        super().end_headers()

    def copyfile(self, source: Any, outputfile: Any) -> None:
        # A browser that leaves a page in the middle of a file is no failure.
        with contextlib.suppress(ConnectionError):
            super().copyfile(source, outputfile)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextlib.contextmanager
def serve(folder: Path, habits: Habits | None = None) -> Iterator[str]:
    """Serve a folder below SUBPATH; gives its address, with the trailing slash."""
    habits = habits or Habits()
    handler = functools.partial(_Handler, directory=str(folder), habits=habits)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}{SUBPATH}"
        habits.released.set()
        server.shutdown()
