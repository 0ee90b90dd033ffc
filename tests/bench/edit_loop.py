"""How long it takes from saving a file to its new text in the served page."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from measure import Row, in_turn
from project import Failed, environment, first_definition, mkdocs

#: A page that has stood in one place since the first commit that can be compared with.
PAGE, PAGE_ADDRESS = "challenges.md", "challenges/"
GLOSSARY_ADDRESS = "reference/glossary/"
#: Seconds between two looks at the served page.
POLL = 0.02
#: Seconds between an edit that has arrived and the next one: a server may still be at work.
PAUSE = 1
#: Seconds after which a server counts as stuck.
PATIENCE = 600


@dataclass
class Server:
    """A development server with the files that it shows.

    Attributes:
        folder: of the project; beside it there is room for files to be.
        page: the Markdown file of the page that is edited.
        page_address: where the page is served, below the root.
        started: seconds from the command to the first page.
    """

    folder: Path
    command: Sequence[str]
    page: Path
    page_address: str = PAGE_ADDRESS
    port: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0

    def text_at(self, address: str) -> str:
        """What is served; empty while there is nothing."""
        try:
            # Without the proxy that the environment may name for other machines.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://127.0.0.1:{self.port}/{address}", timeout=PATIENCE) as answer:
                return answer.read().decode("utf-8", errors="replace")
        except (OSError, urllib.error.URLError, http.client.HTTPException):
            return ""

    def seconds_until(self, word: str, address: str) -> float:
        """Wait until a served page holds a word."""
        start = time.perf_counter()
        while word not in self.text_at(address):
            if self.process and self.process.poll() is not None:
                raise Failed(f"{' '.join(self.command)}: the server ended\n{self.log()}")
            if time.perf_counter() - start > PATIENCE:
                raise Failed(f"{' '.join(self.command)}: {word} did not arrive at {address}\n{self.log()}")
            time.sleep(POLL)
        return time.perf_counter() - start

    def log(self) -> str:
        return self._log_file.read_text(encoding="utf-8", errors="replace")[-1500:]

    @property
    def _log_file(self) -> Path:
        return self.folder.with_name(self.folder.name + ".log")

    @contextlib.contextmanager
    def running(self) -> Iterator[Server]:
        """Start the server, wait for its first page, and end it at the end."""
        with self._log_file.open("wb") as log:
            start = time.perf_counter()
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
            try:
                self.seconds_until("</html>", "")
                self.started = time.perf_counter() - start
                yield self
            finally:
                # A server that ended by itself has left no group to end.
                if self.process.poll() is None:
                    os.killpg(self.process.pid, signal.SIGTERM)
                self.process.wait()

    def save(self, file: Path, text: str) -> None:
        """Replace a file in one step, as editors do. The new one is written where no server looks."""
        new = self.folder.with_name(self.folder.name + ".unsaved")
        new.write_text(text, encoding="utf-8")
        new.replace(file)

    def edit(self, file: Path, before: str, after: str, address: str) -> float:
        """Save a file with a new word between two texts; returns the seconds until the word is served."""
        time.sleep(PAUSE)
        word = f"benchword{time.monotonic_ns()}"
        self.save(file, f"{before}{word}{after}")
        return self.seconds_until(word, address)

    def page_edit(self) -> Callable[[], float]:
        """An edit that adds a word at the end of the page, in place of the one that the last edit added."""
        text = self.page.read_text(encoding="utf-8")
        return lambda: self.edit(self.page, f"{text}\n", "\n", self.page_address)

    def data_edit(self) -> Callable[[], float]:
        """An edit that begins the first definition of the glossary with a new word."""
        file, place = first_definition(self.folder)
        text = file.read_text(encoding="utf-8")
        return lambda: self.edit(file, text[:place], f" {text[place:]}", GLOSSARY_ADDRESS)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def mkdocs_server(project: Path) -> Server:
    """`make serve` in a project that may be changed."""
    port = free_port()
    command = mkdocs("serve", "--strict", "--dev-addr", f"127.0.0.1:{port}")
    return Server(project, command, project / "docs" / PAGE, port=port, environment=environment(project))


def measured(projects: Mapping[str, Path], pairs: int) -> list[Row]:
    """Rows on the first of the projects, compared with the other. The projects are changed: give copies."""
    with contextlib.ExitStack() as stack:
        servers = {name: stack.enter_context(mkdocs_server(project).running()) for name, project in projects.items()}
        pages = in_turn({name: server.page_edit() for name, server in servers.items()}, pairs)
        data = in_turn({name: server.data_edit() for name, server in servers.items()}, pairs)
        started = {name: [server.started] for name, server in servers.items()}
    here, *others = projects
    rows = []
    for title, seconds in (("start to first page", started), ("save a page", pages), ("save data", data)):
        if not others:
            rows.append(Row(f"edit loop: {title}", "s", seconds[here]))
        rows += [Row(f"edit loop: {title}", "s", seconds[here], other, seconds[other]) for other in others]
    return rows
