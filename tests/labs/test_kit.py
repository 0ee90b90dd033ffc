"""The kit of the labs in hostile circumstances: it says what is wrong in one sentence, and leaves nothing behind."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from support.sitebuild import ROOT

KIT = ROOT / "docs/labs/kit"
pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for leftovers in /proc")

#: A service with as little in it as a service can have: it answers every request with 200.
SERVICE = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"fine"})
"""

TESTS = """
import os
import pytest

def test_it_answers(service):
    assert service.get("/first").text == "fine"

def test_it_refuses(service):
    assert service.post("/orders", json={"number": 7}).status_code == 409

@pytest.mark.parametrize("number", [1, 2])
def test_both_are_one(number):
    assert number == 2
"""


@pytest.fixture
def kit(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """The kit's modules by name. They lie beside the labs, on no path of the tests."""
    monkeypatch.syspath_prepend(str(KIT))
    monkeypatch.syspath_prepend(str(ROOT / "docs/examples"))
    return import_module


@pytest.fixture
def runs(kit: Callable[[str], ModuleType]) -> Any:
    return kit("runs")


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A folder with a service and its tests."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_service.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "service.py").write_text(SERVICE, encoding="utf-8")
    return tmp_path


def played(runs: Any, lab: Path, **options: Any) -> list[Any]:
    found = runs.outcomes(lab / "tests", lab, log=lab / "log", **options)
    return [event for event in found if isinstance(event, runs.Outcome)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What playing a lab reads, in a folder of its own: readers' copies are written beside it."""
    for name in ("macros", "docs/data", "docs/labs", "docs/examples"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def processes(folder: Path) -> list[int]:
    """Those that were started with a folder in their environment or command."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            known = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in known and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def test_an_outcome_says_what_passed_between_test_and_service(runs: Any, lab: Path) -> None:
    answers, refuses, both = played(runs, lab)
    assert (answers.test, answers.fault) == ("test_it_answers", "")
    assert "assert 200 == 409" in refuses.fault
    assert refuses.saw == 'POST /orders {"number":7} gave 200 fine'
    assert both.test == "test_both_are_one" and "assert 1 == 2" in both.fault, "one red case is a red test"


def test_red_tests_come_first_and_the_first_red_one_can_be_the_last(runs: Any, lab: Path) -> None:
    names = [outcome.test for outcome in played(runs, lab, first=["test_it_refuses"])]
    assert names == ["test_it_refuses", "test_it_answers", "test_both_are_one"]
    assert [outcome.test for outcome in played(runs, lab, until_red=True)] == ["test_it_answers", "test_it_refuses"]
    one = f"{lab}/tests/test_service.py::test_both_are_one"
    assert [outcome.test for outcome in played(runs, lab, chosen=[one])] == ["test_both_are_one"]


def test_a_test_draws_the_same_alone_and_among_others(runs: Any, lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise SEED= could not bring a red run back, and TEST= would test something else."""
    test = "def test_{}(rng):\n    drawn = rng.randrange(10**9)\n    assert drawn < 0\n"
    (lab / "tests/test_service.py").write_text(test.format("one") + test.format("two"), encoding="utf-8")
    monkeypatch.setenv("LAB_SEED", "4711")
    together = {outcome.test: outcome.fault for outcome in played(runs, lab)}
    alone = played(runs, lab, chosen=[f"{lab}/tests/test_service.py::test_two"])
    assert alone[0].fault == together["test_two"] != together["test_one"]
    monkeypatch.setenv("LAB_SEED", "4712")
    assert {outcome.test: outcome.fault for outcome in played(runs, lab)} != together


#: What is added to the service, and what is said about it
NO_START = {
    "a slip": ("def x(:\n", "service.py:{line}: SyntaxError: invalid syntax"),
    "a missing name": ("missing\n", "service.py:{line}: NameError: name 'missing' is not defined"),
    "an endless loop": (
        "while True: pass\n",
        "service.py:{line}: it runs and runs, and has not started after 1 second",
    ),
    "a long wait": ("import time; time.sleep(99)\n", "service.py:{line}: it waits, and has not started after 8 second"),
    "an exit": ("raise SystemExit(3)\n", "it has ended with code 3, and without a word"),
    "a kill": ("import os; os.kill(os.getpid(), 9)\n", "SIGKILL has ended it"),
    "no app": ("del app\n", 'Error loading ASGI app. Attribute "app" not found in module "service".'),
}


@pytest.mark.parametrize("what", NO_START)
def test_a_service_that_does_not_start_is_told_once_with_its_line(
    what: str, runs: Any, lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirteen times "SyntaxError", or minutes of silence, is what one of these used to say."""
    added, said = NO_START[what]
    short = lab / "kit"
    shutil.copytree(KIT, short, ignore=shutil.ignore_patterns("__pycache__"))
    launch = short / "launch.py"
    launch.write_text(re.sub(r"^COMPUTING, WAITING = .*", "COMPUTING, WAITING = 1, 8" if "long" in what else "COMPUTING, WAITING = 1, 60",
        launch.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8")  # fmt: skip
    monkeypatch.setattr(runs, "KIT", short)
    (lab / "service.py").write_text(SERVICE + added, encoding="utf-8")
    line = len(SERVICE.splitlines()) + 1
    with pytest.raises(runs.Told) as told:
        played(runs, lab)
    assert str(told.value).startswith("the service does not start: ")
    assert said.format(line=line) in str(told.value)
    assert processes(lab) == []


def test_a_service_that_dies_or_stands_still_is_named_in_the_test_that_met_it(runs: Any, lab: Path) -> None:
    tests = "def test_it(service):\n    service.get('/orders', timeout=1)\n"
    (lab / "tests/test_service.py").write_text(tests, encoding="utf-8")
    (lab / "service.py").write_text(
        SERVICE.replace("    if", "    import os\n    if scope.get('path') == '/orders': os._exit(7)\n    if"), "utf-8"
    )
    assert played(runs, lab)[0].saw == "the service is gone: it has ended with code 7, and without a word"
    loop = SERVICE.replace("    if", "    if scope.get('path') == '/orders':\n        while True: pass\n    if")
    (lab / "service.py").write_text(loop, "utf-8")
    assert played(runs, lab)[0].saw == "no answer in time; the service is at service.py:4"
    assert processes(lab) == []


def test_tests_that_cannot_be_read_are_no_traceback(runs: Any, lab: Path) -> None:
    (lab / "tests/test_service.py").write_text("import nowhere\n", encoding="utf-8")
    with pytest.raises(runs.Told, match=r"the tests can't be read: .*No module named 'nowhere'$"):
        played(runs, lab)


def test_a_run_that_is_left_ends_its_tests_and_their_service(runs: Any, lab: Path) -> None:
    """In the middle of a test that would go on for an hour, as when a file is saved."""
    tests = "import time\ndef test_it(service):\n    time.sleep(3600)\n"
    (lab / "tests/test_service.py").write_text(tests, encoding="utf-8")
    running = runs.outcomes(lab / "tests", lab, log=lab / "log")
    assert next(event for event in running if event) == runs.Begins("test_it")
    assert processes(lab)
    running.close()
    assert processes(lab) == []


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_is_quiet_and_ends_everything(ending: signal.Signals, project: Path) -> None:
    tests = "import time\ndef test_it(service):\n    time.sleep(3600)\n"
    folder = project / "docs/labs/typed-answers"
    for old in (folder / "tests").glob("test_*.py"):
        old.unlink()
    (folder / "tests/test_service.py").write_text(tests, encoding="utf-8")
    (folder / "starter/service.py").write_text(SERVICE, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "docs/labs/kit/play.py", "lab", "NAME=typed-answers"],
        cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A shell that runs the tests in the background lets them ignore Ctrl-C, and all that they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as playing:  # fmt: skip
        log = project / "my-labs/typed-answers.log"
        while not log.exists() and playing.poll() is None:
            pass
        playing.send_signal(ending)
        _, said = playing.communicate(timeout=60)
    assert (playing.returncode, said.strip()) == (
        130,
        "Stopped, with the tests and the service. Your files are as you saved them.",
    )
    assert processes(project) == []


def play(project: Path, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "docs/labs/kit/play.py", *words]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=120, **options)


def test_a_full_disk_leaves_no_half_of_a_copy(project: Path) -> None:
    """An empty service.py would be repaired for an hour by somebody who takes it for the lab."""
    import resource

    def nothing_is_left() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    done = play(project, "lab", "NAME=typed-answers", preexec_fn=nothing_is_left)
    assert (done.returncode, done.stderr) == (
        1,
        "Nothing was written to my-labs/typed-answers: File too large: "
        "free some space or correct the folder's rights, then run the command again\n",
    )
    assert list((project / "my-labs").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["RESET=maybe"], "RESET: 'maybe': is neither yes nor no: use RESET=1, or leave it out"),
        (["TEST=prose is an answer"], "TEST: 'prose is an answer': is no test of typed-answers: "),
        (["HINT=4"], "HINT: '4': is no hint: use 1, 2 or 3"),
        (["SEED=x"], "SEED: 'x': is no number: "),
        (["IN=rust"], "IN: 'rust': is no language that typed-answers begins in: use one of py, ts, java"),
    ],
)
def test_a_word_that_is_not_understood_is_told(words: list[str], said: str, project: Path) -> None:
    done = play(project, "lab", "NAME=typed-answers", *words)
    assert done.returncode == 1 and done.stderr.startswith(said), done.stderr
    assert done.stderr.count("\n") == 1


def test_reset_0_keeps_the_copy(project: Path, kit: Callable[[str], ModuleType]) -> None:
    play_module: Any = kit("play")
    assert not play_module.is_on({"RESET": "0"}, "RESET")
    assert not play_module.is_on({}, "RESET")
    assert play_module.is_on({"RESET": "1"}, "RESET")


@pytest.fixture
def dripping() -> Iterator[Callable[[bytes], str]]:
    """A server that begins an answer and then sends a byte now and then, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(begin: bytes) -> str:
        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(begin)
                try:
                    while not done.wait(0.05):
                        connection.sendall(b"x")
                except OSError:
                    return

        threading.Thread(target=answer, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    done = threading.Event()
    yield serve
    done.set()
    listener.close()


@pytest.mark.parametrize(
    "begin", [b"HTTP/1.1 200 OK\r\nx-", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n"]
)
@pytest.mark.parametrize("way", ["generate", "stream"])
def test_a_server_that_drips_is_given_up_at_the_deadline(
    way: str,
    begin: bytes,
    dripping: Callable[[bytes], str],
    kit: Callable[[str], ModuleType],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A client's timeout counts each byte: this server would hold it for ever."""
    labkit: Any = kit("labkit")
    monkeypatch.setenv("LAB_BASE_URL", dripping(begin))
    with pytest.raises(labkit.TimedOut, match="no answer in time"):
        list(getattr(labkit, way)("1, 2, 3,", timeout=0.3))


def test_a_deadline_that_passes_before_the_connection_stands_cuts_it(kit: Callable[[str], ModuleType]) -> None:
    labkit: Any = kit("labkit")
    ours, theirs = socket.socketpair()

    class Stream:
        def get_extra_info(self, name: str) -> socket.socket:
            return ours

    deadline = labkit.Deadline(60)
    deadline._over()
    deadline.extensions["trace"]("connection.connect_tcp.complete", {"return_value": Stream()})
    with ours, theirs:
        assert (theirs.recv(1), ours.recv(1)) == (b"", b"")


def test_a_model_that_an_interrupted_run_has_left_in_half_is_assembled_anew(
    tmp_path: Path, kit: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    helper: Any = kit("local_models")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    class Weights:
        MODEL_NAME = "model.gguf"
        refuses: OSError | None = None

        def assemble(self, target: Path) -> Path:
            if target.exists() and target.read_bytes() != b"whole":
                raise FileExistsError(target)
            if self.refuses:
                raise self.refuses
            target.write_bytes(b"whole")
            return target

    (tmp_path / "model.gguf").write_bytes(b"wh")
    assert helper.assembled(Weights()).read_bytes() == b"whole"
    assert [file.name for file in tmp_path.iterdir()] == ["model.gguf"]
    (tmp_path / "model.gguf").unlink()
    weights = Weights()
    weights.refuses = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(SystemExit, match=r"can't be written to .*: No space left on device: free 250 MB, or name"):
        helper.assembled(weights)
    assert list(tmp_path.iterdir()) == []


def test_the_small_model_starts_when_it_is_asked_for_and_ends_with_the_command(
    tmp_path: Path, kit: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper_module, labkit = kit("small_model"), kit("labkit")
    program = tmp_path / "model.py"
    program.write_text("import sys\nprint('http://127.0.0.1:1', flush=True)\nsys.stdin.read()\n", encoding="utf-8")
    monkeypatch.setattr(keeper_module, "__file__", str(program))
    monkeypatch.delenv("LAB_BASE_URL", raising=False)
    with keeper_module.Keeper() as keeper:
        assert processes(tmp_path) == [], "no lab has asked"
        assert labkit._address() == labkit._address() == "http://127.0.0.1:1"
        assert len(processes(tmp_path)) == 1
    assert (processes(tmp_path), keeper.trouble) == ([], "")
    program.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n", encoding="utf-8")
    with (
        keeper_module.Keeper() as keeper,
        pytest.raises(labkit.Unavailable, match="does not run on this machine; it ended with SIGILL"),
    ):
        labkit._address()
    program.write_text("raise SystemExit('xllamacpp is not installed. In the folder, run: x')\n", encoding="utf-8")
    with (
        keeper_module.Keeper() as keeper,
        pytest.raises(labkit.Unavailable, match="xllamacpp is not installed: run make labs"),
    ):
        labkit._address()


def test_a_watched_lab_is_played_again_when_a_file_is_saved(project: Path) -> None:
    """The red test comes first then, a service that does not start is told in between, and the end is the last repair."""
    folder = project / "docs/labs/typed-answers"
    for old in (folder / "tests").glob("test_*.py"):
        old.unlink()
    tests = "def test_it_answers(service):\n    assert service.get('/').text == 'fine'\n"
    (folder / "tests/test_service.py").write_text(tests + tests.replace("it", "second").replace("/'", "/2'"), "utf-8")
    (folder / "starter/service.py").write_text(SERVICE.replace("fine", "wrong"), encoding="utf-8")
    service = project / "my-labs/typed-answers/service.py"
    saves = [SERVICE + "missing\n", SERVICE]
    found = []
    with subprocess.Popen(
        [sys.executable, "docs/labs/kit/play.py", "lab", "NAME=typed-answers", "WATCH=1", "ONE=1"],
        cwd=project, stdout=subprocess.PIPE, text=True,
    ) as playing:  # fmt: skip
        assert playing.stdout
        for line in playing.stdout:
            found.append(line)
            if line.startswith("Waiting"):
                service.write_text(saves.pop(0), encoding="utf-8")
    assert playing.returncode == 0
    said = [
        line.split(". ")[0][:40].strip()
        for line in found
        if line.startswith(("red", "green", "The service", "Repaired"))
    ]
    assert said == [
        "red   it answers",
        "The service does not start: service.py:6",
        "green it answers",
        "green second answers",
        "Repaired",
    ]


def test_a_change_is_seen_when_the_folder_is_quiet_again(kit: Callable[[str], ModuleType], tmp_path: Path) -> None:
    session: Any = kit("session")
    (tmp_path / "service.py").write_text("1", encoding="utf-8")
    before = session.times(tmp_path)
    os.utime(tmp_path / "service.py", ns=(1, 1))
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__/x.pyc").write_text("", encoding="utf-8")
    assert next(session.changes(tmp_path, before)) == tmp_path / "service.py"


#: A service that answers every request with "fine", as in Python above, and what a test adds to it.
IN_TYPESCRIPT = """\
declare function require(name: string): any;
declare const process: { env: Record<string, string> };
function price(order: string): number {
  throw new Error(`no price for ${order}`);
}
require("node:http").createServer((request: any, answer: any) => {
  if (request.url !== "/orders") return answer.end("fine");
  try {
    price("8814");
  } catch (error) {
    console.error(error);
    answer.writeHead(500).end("failed");
  }
}).listen(Number(process.env.PORT), "127.0.0.1");
"""
IN_JAVA = """\
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
public class Service {
  static int price(String order) {
    throw new IllegalStateException("no price for " + order);
  }
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(System.getenv("PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.createContext("/", exchange -> {
      byte[] answer = "fine".getBytes();
      int status = 200;
      try {
        if (exchange.getRequestURI().getPath().equals("/orders")) price("8814");
      } catch (IllegalStateException error) {
        error.printStackTrace();
        status = 500;
      }
      exchange.sendResponseHeaders(status, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
  }
}
"""
ELSEWHERE = {"ts": ("service.ts", IN_TYPESCRIPT), "java": ("Service.java", IN_JAVA)}

#: By language: a place in the service, what stands there instead, and what is said about it.
NO_START_ELSEWHERE = {
    "ts, a slip": ("createServer(", "createServer((", "the service does not compile: service.ts:14: ')' expected."),
    "ts, a type": ('price("8814")', "price(8814)", "the service does not compile: service.ts:9: Argument of type 'number'"),
    "ts, an error": ("require(\"", 'price("1");\nrequire("', "does not start: service.ts:4: Error: no price for 1"),
    "ts, an endless loop": ('require("', 'while (process.env.PORT);\nrequire("', "after 1 seconds of computing"),
    "java, a slip": ("server.start();", "server.start()", "the service does not compile: Service.java:23: ';' expected"),
    "java, an error": ("int port =", 'price("1");\n    int port =',
        "does not start: Service.java:5: java.lang.IllegalStateException: no price for 1"),
    "java, an endless loop": ("int port =", "while (arguments != null);\n    int port =", "after 1 seconds of computing"),
    "java, a wait": ("int port =", "Thread.sleep(99_000);\n    int port =", "it waits, and has not started after 8 seconds"),
}  # fmt: skip


def elsewhere(kit: Callable[[str], ModuleType], lab: Path, ending: str) -> Path:
    """The service of a lab in another language in place of Python. Skips without what it takes, and fails in CI."""
    languages: Any = kit("languages")
    if why := languages.missing(languages.LANGUAGES[ending]):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    name, text = ELSEWHERE[ending]
    (lab / "service.py").unlink()
    (lab / name).write_text(text, encoding="utf-8")
    shutil.copyfile(KIT / "ts/tsconfig.json", lab / "tsconfig.json")
    return lab / name


@pytest.mark.parametrize("ending", ELSEWHERE)
def test_the_same_tests_ask_a_service_in_another_language(
    ending: str, kit: Callable[[str], ModuleType], runs: Any, lab: Path
) -> None:
    file = elsewhere(kit, lab, ending)
    before = sorted(path.name for path in lab.rglob("*"))
    test = "def test_it_has_a_price(service):\n    assert service.get('/orders').status_code == 200\n"
    (lab / "tests/test_service.py").write_text(TESTS + test, encoding="utf-8")
    found = {outcome.test: outcome for outcome in played(runs, lab)}
    assert {test: bool(outcome.fault) for test, outcome in found.items()} == {
        "test_it_answers": False,
        "test_it_refuses": True,
        "test_both_are_one": True,
        "test_it_has_a_price": True,
    }
    line = next(n for n, text in enumerate(file.read_text("utf-8").splitlines(), 1) if "throw new" in text)
    assert f"(see the log: {file.name}:{line})" in found["test_it_has_a_price"].saw
    (lab / "log").unlink()
    assert sorted(path.name for path in lab.rglob("*")) == before, "what is built goes elsewhere"
    assert processes(lab) == []


@pytest.mark.parametrize("what", NO_START_ELSEWHERE)
def test_a_service_in_another_language_that_does_not_start_is_told_once_with_its_line(
    what: str, kit: Callable[[str], ModuleType], runs: Any, lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = elsewhere(kit, lab, what.split(",")[0])
    place, instead, said = NO_START_ELSEWHERE[what]
    text = file.read_text(encoding="utf-8")
    assert place in text
    file.write_text(text.replace(place, instead, 1), encoding="utf-8")
    short = lab / "kit"
    shutil.copytree(KIT, short, ignore=shutil.ignore_patterns("__pycache__"))
    launch = short / "launch.py"
    limits = "COMPUTING, WAITING = 1, 60" if "loop" in what else "COMPUTING, WAITING = 60, 8"
    launch.write_text(re.sub(r"^COMPUTING, WAITING = .*", limits, launch.read_text("utf-8"), flags=re.M), "utf-8")
    monkeypatch.setattr(runs, "KIT", short)
    with pytest.raises(runs.Told) as told:
        played(runs, lab)
    assert said in str(told.value) and "\n" not in str(told.value)
    assert processes(lab) == []


@pytest.mark.parametrize("ending", ELSEWHERE)
def test_a_language_that_is_not_there_is_told_before_anything_is_copied(ending: str, project: Path) -> None:
    done = play(
        project, "lab", "NAME=typed-answers", f"IN={ending}", env=os.environ | {"PATH": "/nowhere", "GSON": "/gone.jar"}
    )
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    assert re.match(
        r"(TypeScript: needs tsc and node|Java: needs javac and java and /gone.jar), which this machine doesn't have: "
        r"install with: sudo apt-get install (nodejs|node-typescript|default-jdk-headless)",
        done.stderr,
    ), done.stderr
    assert not (project / "my-labs").exists()
    assert play(project, "lab", "NAME=typed-answers", f"IN={ending}", "HINT=1").stdout.startswith("Hint 1"), (
        "a hint takes no compiler"
    )


def test_each_language_has_a_copy_of_its_own(
    kit: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader who has begun in Python keeps that copy and its log."""
    play_module, session, lab_files = kit("play"), kit("session"), kit("lab_files")
    for module in (play_module, session):
        monkeypatch.setattr(module, "MINE", tmp_path)
        monkeypatch.setattr(module, "ROOT", tmp_path)
    found = {}
    for ending in ("", "ts", "java"):
        language = lab_files.language_named("typed-answers", ending)
        own = session.own_folder("typed-answers", language)
        play_module.begin("typed-answers", language, own, anew=False)
        log = session.Session(lab_files.named("typed-answers"), None, language).log
        found[own.name, log.name] = sorted(file.name for file in own.iterdir())
    assert found == {
        ("typed-answers", "typed-answers.log"): ["service.py"],
        ("typed-answers-ts", "typed-answers-ts.log"): [
            "labkit.ts", "node.d.ts", "service.ts", "tsconfig.json", "web.ts",
        ],
        ("typed-answers-java", "typed-answers-java.log"): ["Json.java", "LabKit.java", "Service.java", "Web.java"],
    }  # fmt: skip


def test_a_machine_without_a_language_skips_its_labs_and_ci_fails(
    kit: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prove, runs = kit("prove"), kit("runs")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("CI", raising=False)
    assert [service.name for service in prove.services(["typed-answers"])] == ["typed-answers"]
    assert re.findall(r"^skipped: (\w+): needs", capsys.readouterr().out, re.MULTILINE) == ["TypeScript", "Java"]
    monkeypatch.setenv("CI", "true")
    with pytest.raises(runs.Told, match="Java: needs javac and java"):
        prove.services(["typed-answers"])
    installed = (ROOT / ".ci/packages").read_text(encoding="utf-8")
    for language in kit("languages").LANGUAGES.values():
        for package in {*language.tools.values()} - {"nodejs"}:
            assert f"packages+=({package})" in installed, "continuous integration installs what the message names"


def test_the_kit_and_the_pages_know_the_same_languages(kit: Callable[[str], ModuleType]) -> None:
    from macros.entities.labs import LANGUAGES

    known = kit("languages").LANGUAGES
    assert {ending: language.name for ending, language in known.items()} == LANGUAGES
    assert [*known] == [*LANGUAGES], "the order is that of the pages"
