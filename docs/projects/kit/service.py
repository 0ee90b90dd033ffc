"""The service that is checked: asked over HTTP with a deadline for each whole answer, and started if you like."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

#: Seconds after which the kit gives up on an answer.
PATIENCE = 20.0
#: Seconds that a service may take to start.
START_SECONDS = 60.0


class Told(Exception):
    """Something that the reader can repair, in one sentence."""


@dataclass(frozen=True)
class Answer:
    """What the service said. Status 0 means that there was no whole answer; `text` says why."""

    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def body(self) -> Any:
        """The JSON of the answer; None when it is none."""
        try:
            return json.loads(self.text) if self.status else None
        except ValueError:
            return None

    def get(self, *path: str) -> Any:
        """A value inside the JSON; None where there is nothing."""
        value = self.body
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value


@dataclass(frozen=True)
class Service:
    """Where the service listens."""

    url: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        try:
            fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fine = False
        if not fine:
            raise Told(f"URL: {self.url!r}: is not an address: write it as http://127.0.0.1:8080")

    @property
    def port(self) -> int:
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)

    def connection(self, limit: float) -> http.client.HTTPConnection:
        """A connection of its own, not yet open. `limit` is in seconds, for each wait of the socket."""
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return kind(parts.hostname or "", self.port, timeout=limit)

    def path(self, path: str) -> str:
        """A path of the contract below the service's address."""
        return urlsplit(self.url).path.rstrip("/") + path

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        raw: bytes | None = None,
        limit: float = PATIENCE,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request. No proxy and no redirect: the kit talks to this service and to no other.

        Args:
            body: sent as JSON.
            raw: sent as it is, instead of body.
            limit: seconds for the whole answer, however slowly its bytes come.
            headers: sent beside the usual ones.
        """
        connection = self.connection(limit)
        sent = raw if raw is not None else None if body is None else json.dumps(body).encode()
        usual = {"connection": "close"} | ({"content-type": "application/json"} if sent is not None else {})
        found: list[Answer] = []
        start = time.monotonic()

        def exchange() -> None:
            try:
                connection.request(method, self.path(path), sent, usual | dict(headers or {}))
                response = connection.getresponse()
                text = response.read().decode("utf-8", "replace")
                names = {name.lower(): value for name, value in response.getheaders()}
                found.append(Answer(response.status, text, names, time.monotonic() - start))
            except (OSError, http.client.HTTPException, ValueError) as error:
                found.append(Answer(0, f"no answer: {type(error).__name__}: {error}", {}, time.monotonic() - start))

        # A timeout of the socket starts anew with each byte, so that a dripping service would hold the kit for ever.
        thread = threading.Thread(target=exchange, daemon=True)
        thread.start()
        thread.join(limit)
        return found[0] if found else Answer(0, f"no whole answer within {limit:g} s", {}, limit)

    def instance(self) -> str | None:
        """What the service calls this start of itself; "" when it doesn't say, None when it doesn't answer."""
        answer = self.ask("GET", "/health", limit=5)
        return str(answer.get("instance") or "") if answer.status else None

    def answers(self, alive: Callable[[], bool]) -> bool:
        """Wait until it answers, as long as a service may take to start; False when its process ends before that."""
        limit = time.monotonic() + START_SECONDS
        while self.instance() is None:
            if not alive() or time.monotonic() > limit:
                return False
            time.sleep(0.05)
        return True


@dataclass
class Started:
    """The service as a process that a command of the shell has started.

    Attributes:
        log: what the service prints goes to its end.
    """

    command: str
    service: Service
    environment: dict[str, str]
    log: Path
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers. Raises Told when it doesn't, with the end of what it printed."""
        with self.log.open("a", encoding="utf-8") as output:
            self._process = subprocess.Popen(
                self.command,
                shell=True,
                env=os.environ | self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = self._process
        if self.service.answers(lambda: process.poll() is None):
            return
        printed = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        last = "\n".join(printed[-8:]) or "(nothing)"
        ended = process.poll() is not None
        what = f"ended with {process.returncode}" if ended else f"does not answer after {START_SECONDS:g} s"
        raise Told(f"START: {self.command!r}: {what}: see what it printed, in {self.log}:\n{last}")

    def kill(self) -> None:
        """End it at once, with everything that it has started."""
        self._end(signal.SIGKILL)

    def end(self) -> None:
        """Ask it to end, and end it when it doesn't."""
        self._end(signal.SIGTERM, signal.SIGKILL)

    def _end(self, *signals: signal.Signals) -> None:
        process, self._process = self._process, None
        for kind in signals if process else ():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, kind)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
                return


@contextlib.contextmanager
def started(command: str, service: Service, environment: dict[str, str], log: Path) -> Iterator[Started]:
    """The service, started by a command of the shell, and ended with everything that it has started.

    Raises:
        Told: when it doesn't answer, with the end of what it printed.
    """
    if service.instance() is not None:
        raise Told(f"URL: {service.url}: something answers there already: end it, or leave START out")
    log.write_text("", encoding="utf-8")
    running = Started(command, service, environment, log)
    try:
        running.start()
        yield running
    finally:
        running.end()
