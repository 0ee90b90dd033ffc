"""Fixtures of the labs' tests: the service as a process of its own, and model servers that answer as a test wants.

pytest loads it with `-p plugin`. LAB_FOLDER says where the service under test lies, LAB_LOG to which file it writes what
it says, and LAB_SEED what the tests' inputs are drawn from.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

FOLDER = Path(os.environ["LAB_FOLDER"]).resolve()
KIT = Path(__file__).resolve().parent
#: Drawn anew for each run, so that nobody can write a service for the inputs of the tests; given, it draws them again.
SEED = os.environ.get("LAB_SEED") or str(random.SystemRandom().randrange(10_000))
#: Seconds that a service may take to start; the first call of a model on a busy machine is slow.
START = 60


def seeded(name: str) -> random.Random:
    """Random numbers of this run's seed, and of a name, so that what one test draws moves no other."""
    return random.Random(f"{SEED} {name}")


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Random numbers of this run's seed and this test: alone or among others, a test draws the same."""
    return seeded(request.node.nodeid)


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[httpx.Client]:
    """The service of a folder on a free port, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    paths = [str(KIT), str(folder)]
    log = Path(os.environ.get("LAB_LOG", os.devnull))
    with log.open("a", encoding="utf-8") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "service:app", "--port", str(port), "--log-level", "warning"],
            cwd=folder, env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)} | environment,
            stdout=written, stderr=written,
        )  # fmt: skip
    try:
        # A service closes the connection after an exception, which a client that reuses connections can miss.
        once = httpx.Limits(max_keepalive_connections=0)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, limits=once, trust_env=False) as client:
            end = time.monotonic() + START
            while True:
                try:
                    client.get("/health")
                    break
                except httpx.ConnectError:
                    if process.poll() is not None or time.monotonic() > end:
                        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
                        pytest.fail(f"the service does not start: {said[-1] if said else 'no output'}", pytrace=False)
                    time.sleep(0.05)
            yield client
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The service under test, with the real model and data of its own."""
    with running(FOLDER, LAB_DATA=str(tmp_path_factory.mktemp("data"))) as client:
        yield client


Reply = Callable[[dict[str, Any]], "str | tuple[int, dict[str, str], str]"]


class FakeModel:
    """A server that speaks the interface of a model and answers with what a test wants: another model, or a bad day.

    Attributes:
        requests: the bodies that arrived.
        reply: gives the text of the answer, or status, headers and body, for the body of a request.
        left: set when a reader of a stream has gone.
        gate: while it is not set, a stream stands still after its third word.
    """

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.reply: Reply = lambda body: ""
        self.left = threading.Event()
        self.gate = threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                fake.requests.append(body)
                reply = fake.reply(body)
                if isinstance(reply, tuple):
                    status, headers, text = reply
                    self.answer(status, headers, text)
                elif body.get("stream"):
                    self.pour(reply)
                else:
                    # A body that is cut off says so, as a model server does.
                    finish = "length" if len(reply) > 4 * body["max_tokens"] else "stop"
                    text = reply[: 4 * body["max_tokens"]]
                    choice = {"text": text, "message": {"content": text}, "finish_reason": finish}
                    usage = {"prompt_tokens": len(str(body)) // 4, "completion_tokens": len(text) // 4}
                    self.answer(200, {}, json.dumps({"model": "fake", "choices": [choice], "usage": usage}))

            def answer(self, status: int, headers: dict[str, str], text: str) -> None:
                self.send_response(status)
                for name, value in {"content-type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def pour(self, text: str) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.end_headers()
                left = fake.left  # a reader of an earlier test may be noticed only now
                try:
                    for number, word in enumerate(text.split(" ")):
                        if number == 3:
                            fake.gate.wait(10)
                        event = {"choices": [{"text": word + " ", "delta": {"content": word + " "}}]}
                        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
                        self.wfile.flush()
                        time.sleep(0.01)
                    self.wfile.write(b"data: [DONE]\n\n")
                except OSError:
                    left.set()

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture(scope="session")
def _fake() -> Iterator[FakeModel]:
    fake = FakeModel()
    yield fake
    fake.server.shutdown()


@pytest.fixture(scope="session")
def _faked(_fake: FakeModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with ExitStack() as stack:
        data = str(tmp_path_factory.mktemp("data"))
        yield stack.enter_context(
            running(
                FOLDER, LAB_BASE_URL=_fake.address, LAB_DATA=data, LAB_MODEL="", LAB_TIMEOUT="1.5", LAB_COOLDOWN="0.5"
            )
        )


@pytest.fixture
def fake(_fake: FakeModel) -> FakeModel:
    """The other model, with nothing asked of it yet."""
    _fake.requests.clear()
    _fake.left = threading.Event()
    _fake.gate.set()
    _fake.reply = lambda body: ""
    return _fake


@pytest.fixture
def faked(_faked: httpx.Client, fake: FakeModel) -> httpx.Client:
    """The service under test in front of the other model."""
    return _faked
