"""Fixtures of the labs' tests: the service as a process of its own, and model servers that answer as a test wants.

pytest loads it with `-p plugin`. LAB_FOLDER says where the service under test lies, LAB_LOG to which file it writes what
it says, LAB_SEED what the tests' inputs are drawn from, LAB_FIRST which tests come first, and LAB_TELL the number of an
open file to which each test's outcome goes, one JSON object a line (runs.py reads them).
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import languages
import pytest
from languages import language_of
from launch import COMPUTING, WAITING
from runs import Told

FOLDER = Path(os.environ["LAB_FOLDER"]).resolve()
KIT = Path(__file__).resolve().parent
#: Drawn anew for each run, so that nobody can write a service for the inputs of the tests; given, it draws them again.
SEED = os.environ.get("LAB_SEED") or str(random.SystemRandom().randrange(10_000))
LOG = Path(os.environ.get("LAB_LOG", os.devnull))
#: How it is said that a service did not even start.
NO_START = "the service does not start"


def tell(**event: object) -> None:
    """A line for whoever plays the lab."""
    if number := os.environ.get("LAB_TELL"):
        os.write(int(number), (json.dumps(event) + "\n").encode())


def pytest_configure() -> None:
    # Asked to end, the tests end their services first.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    first = os.environ.get("LAB_FIRST", "").split()
    items.sort(key=lambda item: item.originalname not in first)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed:
        tell(broken=f"the tests can't be read: {report.longreprtext.strip().splitlines()[-1]}")


#: What went wrong in the test that runs, and what it saw.
_fault: dict[str, str] = {}


def pytest_runtest_logstart(nodeid: str) -> None:
    _fault.clear()
    for service in _running:
        service.last = None
    tell(begins=name_of(nodeid))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped:
        _fault.update(fault=f"was not run: {call.excinfo and call.excinfo.value}")
    elif report.failed and not _fault and call.excinfo:
        crash = getattr(report.longrepr, "reprcrash", None)
        _fault.update(fault=crash.message if crash else report.longreprtext, saw=what_it_saw(call.excinfo.value))
    return report


def pytest_runtest_logfinish(nodeid: str) -> None:
    tell(test=name_of(nodeid), **{"fault": "", "saw": "", **_fault})


def name_of(nodeid: str) -> str:
    """A test's name, without its file and its parameters."""
    return nodeid.split("::", 1)[-1].split("[")[0]


def what_it_saw(error: BaseException) -> str:
    """The last exchange of a test with its service, or what became of the service, in one line. Empty without one."""
    if not _running:
        return ""
    service = _running[-1]
    if service.process.poll() is not None:
        return f"the service is gone: {service.why_it_ended()}"
    if isinstance(error, httpx.TimeoutException):
        at = service.stands_at()
        return f"no answer in time{f'; the service is at {at}' if at else ''}"
    if service.last is None:
        return ""
    place = place_in(service.said(), service.folder) if service.last.status_code == 500 else ""
    return exchange(service.last) + (f" (see the log: {place})" if place else "")


def exchange(answer: httpx.Response) -> str:
    """A request and its answer, as in: POST /ask {"question": "…"} gave 502 {"detail": "…"}."""
    request = answer.request
    sent = request.content.decode(errors="replace") if request.method != "GET" else ""
    try:
        got = answer.text
    except httpx.ResponseNotRead:
        got = "a stream"
    parts = [
        request.method,
        request.url.raw_path.decode(),
        shortened(sent),
        f"gave {answer.status_code}",
        shortened(got),
    ]
    return " ".join(part for part in parts if part)


def shortened(text: str, longest: int = 160) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def seeded(name: str) -> random.Random:
    """Random numbers of this run's seed, and of a name, so that what one test draws moves no other."""
    return random.Random(f"{SEED} {name}")


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Random numbers of this run's seed and this test: alone or among others, a test draws the same."""
    return seeded(request.node.nodeid)


@dataclass
class Service:
    """A service that runs for tests.

    Attributes:
        process: what was started.
        folder: where its program lies.
        begin: how much was in the log before it.
        last: its last answer.
        overdue: why it was not given more time to start.
    """

    process: subprocess.Popen[bytes]
    folder: Path
    begin: int
    last: httpx.Response | None = None
    overdue: str = ""

    def said(self) -> str:
        """What it has written to the log."""
        return LOG.read_bytes()[self.begin :].decode(errors="replace") if LOG.is_file() else ""

    def stands_at(self) -> str:
        """The line of its program that it is busy with, as service.py:12, or nothing."""
        if language_of(self.folder):
            return ""  # only Python was told to answer this signal (launch.py); others end by it
        before = self.said()
        self.process.send_signal(signal.SIGUSR1)
        end = time.monotonic() + 2
        while time.monotonic() < end and not place_in(self.said().removeprefix(before), self.folder):
            time.sleep(0.05)
        return place_in(self.said().removeprefix(before), self.folder)

    def why_it_ended(self) -> str:
        """In one line: where, and the exception or what stands for it."""
        said, code = self.said(), self.process.returncode
        language = language_of(self.folder)
        if self.overdue:
            return self.overdue
        if code == -signal.SIGPROF:
            what = RUNS_AND_RUNS
        elif code < 0:
            what = f"{signal.Signals(-code).name} has ended it"
        elif "Timeout (" in said:
            what = WAITS
        elif language and said.strip():
            what = languages.raised_in(language, said.strip())
        else:
            what = (said.strip() or f"it has ended with code {code}, and without a word").splitlines()[-1]
        return ": ".join(filter(None, [place_in(said, self.folder), what]))


#: Why a service was not given more time to start.
RUNS_AND_RUNS = f"it runs and runs, and has not started after {COMPUTING} seconds of computing"
WAITS = f"it waits, and has not started after {WAITING} seconds"
#: The services that run at the moment, the newest last.
_running: list[Service] = []
#: The folders whose service has started at least once.
_started: set[Path] = set()
#: What was built of a service in another language than Python, by its folder.
_built: dict[Path, Path] = {}


def place_in(said: str, folder: Path) -> str:
    """The innermost line of a folder's programs in the last stack of a log, as service.py:12; empty without one."""
    if language := language_of(folder):
        return languages.place_in(language, said, folder)
    # An exception's stack ends with the innermost call, one that was asked for begins with it.
    dumped, raised = said.find("(most recent call first)"), said.rfind("(most recent call last)")
    found = re.findall(r'File "([^"]+)", line (\d+)', said[max(dumped, raised, 0) :])
    own = [
        f"{Path(file).resolve().relative_to(folder.resolve())}:{line}"
        for file, line in found
        if Path(file).resolve().is_relative_to(folder.resolve())
    ]
    return (own[0] if dumped > raised else own[-1]) if own else ""


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[httpx.Client]:
    """The service of a folder on a free port, until the block ends.

    When the service under test does not start at all, the run ends: each other test would say the same.
    """
    with _process(folder, environment) as (service, port):
        # A service closes the connection after an exception, which a client that reuses connections can miss.
        once = httpx.Limits(max_keepalive_connections=0)

        def note(answer: httpx.Response) -> None:
            service.last = answer

        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            timeout=60,
            limits=once,
            trust_env=False,
            event_hooks={"response": [note]},
        ) as client:
            if not _starts(client, service):
                fault = f"{NO_START}: {service.why_it_ended()}"
                if folder.resolve() == FOLDER and FOLDER not in _started:
                    tell(broken=fault)
                    pytest.exit(fault)
                pytest.fail(fault, pytrace=False)
            _started.add(folder.resolve())
            service.last = None
            yield client


@contextmanager
def _process(folder: Path, environment: dict[str, str]) -> Iterator[tuple[Service, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command, settings = _command(folder, port, environment)
    begin = LOG.stat().st_size if LOG.is_file() else 0
    with LOG.open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | settings, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    service = Service(process, folder, begin)
    _running.append(service)
    try:
        yield service, port
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _running.remove(service)


def _command(folder: Path, port: int, environment: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """What starts a service, and its environment. Ends the run when it does not compile: each test would say the same."""
    language = language_of(folder)
    if language is None:
        paths = {"PYTHONPATH": os.pathsep.join([str(KIT), str(folder)])}
        return [sys.executable, str(KIT / "launch.py"), str(port)], paths | environment
    source = folder.resolve()
    if source not in _built:
        built = Path(tempfile.mkdtemp(dir=os.environ.get("LAB_BUILT")))
        try:
            languages.build(language, source, built)
        except Told as told:
            tell(broken=str(told))
            pytest.exit(str(told))
        _built[source] = built
    return language.start(_built[source]), {"PORT": str(port)} | _small_model(environment) | environment


def _small_model(environment: dict[str, str]) -> dict[str, str]:
    """The address of the small model, for a service that can't ask the keeper of it as labkit.py does.

    Without one, the service fails as it does when a model is down, and whoever plays the lab says why.
    """
    keeper = os.environ.get("LAB_SMALL_MODEL")
    if not keeper or "LAB_BASE_URL" in {**os.environ, **environment}:
        return {}
    answer = httpx.get(keeper, timeout=90, trust_env=False)
    return {"LAB_BASE_URL": answer.text} if answer.status_code == 200 else {}


def kill_newest() -> None:
    """End the service that was started last, as kill -9 or a power cut does: it finishes nothing."""
    process = _running[-1].process
    process.kill()
    process.wait()


def _starts(client: httpx.Client, service: Service) -> bool:
    """Wait until a service answers, or has ended. One in Python ends by itself when it takes too long (launch.py)."""
    begun = time.monotonic()
    asked = begun
    other = language_of(service.folder) is not None
    while service.process.poll() is None:
        if other and time.monotonic() > asked + 1:
            asked = time.monotonic()
            if languages.computed(service.process.pid) > COMPUTING:
                service.overdue = RUNS_AND_RUNS
            elif asked > begun + WAITING:
                service.overdue = WAITS
            if service.overdue:
                service.process.kill()
        try:
            client.get("/health")
        except httpx.ConnectError:
            time.sleep(0.05)
        else:
            return True
    return False


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The service under test, with the real model and data of its own."""
    with running(FOLDER, LAB_DATA=str(tmp_path_factory.mktemp("data"))) as client:
        yield client


Reply = Callable[[dict[str, Any]], "str | tuple[int, dict[str, str], str]"]


class QuietHandler(BaseHTTPRequestHandler):
    """What the servers of tests do alike: read JSON, and print nothing."""

    def body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["content-length"])))

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class JsonHandler(QuietHandler):
    """Answers in JSON, over connections that clients may use again."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def send_json(self, status: int, value: Any) -> None:
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def listening(handler: type[BaseHTTPRequestHandler]) -> tuple[ThreadingHTTPServer, str]:
    """A server of a test's own on a free port, until the process ends, and its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


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

        class Handler(QuietHandler):
            def do_POST(self) -> None:
                body = self.body()
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

        self.server, self.address = listening(Handler)


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
