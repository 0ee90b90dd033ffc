"""The acceptance kit: its contract is sound, its verdict can't be had by luck, and what goes wrong is told in a sentence.

`make test-projects` plays whole services against it; this needs no framework, and no model.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from macros.data.paths import KIT_ARCHIVE
from support.missing import is_missing
from support.sitebuild import ROOT

PROJECTS = ROOT / "docs/projects"
KIT = PROJECTS / "kit/accept.py"
FIRST_BUILDS = PROJECTS / "first-builds"
#: A project joins these tests by its project.json.
CONTRACTS = {
    file.parent.name: yaml.safe_load((file.parent / "openapi.yml").read_text(encoding="utf-8"))
    for file in sorted(PROJECTS.glob("*/project.json"))
}
each = pytest.mark.parametrize("project", CONTRACTS)


@contextmanager
def _modules_of(project: str) -> Iterator[dict[str, ModuleType]]:
    """The modules of kit and project, which import each other by name; gone again afterwards."""
    before, path = set(sys.modules), list(sys.path)
    sys.path[:0] = [str(PROJECTS / "kit"), str(PROJECTS / project)]
    try:
        names = ("accept", "model_server", "report", "service", "trial", "harness")
        yield {name: __import__(name) for name in names}
    finally:
        sys.path[:] = path
        # Only these: what a test has loaded meanwhile, such as MkDocs, others hold on to.
        for name in set(sys.modules) - before:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(PROJECTS)):
                del sys.modules[name]


@pytest.fixture(scope="module")
def kit() -> Iterator[dict[str, ModuleType]]:
    with _modules_of("first-builds") as modules:
        yield modules


def _accept(*options: str, home: Path = KIT.parent) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(home / "accept.py"), *options], capture_output=True, text=True, timeout=120, check=False
    )


@contextmanager
def _stub(status: int, body: str) -> Iterator[str]:
    """A service that says the same to everybody."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(status)
            self.send_header("content-length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = do_PUT = answer

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


# The contract.


def _contents() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each body in JSON of the contracts, with its project and where it stands."""
    for project, contract in CONTRACTS.items():
        for path, operations in contract["paths"].items():
            for method, operation in operations.items():
                bodies = {"request": operation.get("requestBody")} | operation["responses"]
                for name, body in bodies.items():
                    if body and "application/json" in body.get("content", {}):
                        yield project, f"{method} {path} {name}", body["content"]["application/json"]
        for name, body in contract["components"].get("responses", {}).items():
            yield project, name, body["content"]["application/json"]


@pytest.mark.parametrize(
    ("project", "place", "content"), list(_contents()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_examples_of_the_contract_fit_its_schemas(project: str, place: str, content: dict[str, Any]) -> None:
    """Whoever writes a service from the contract copies an example first."""
    document = Resource.from_contents(CONTRACTS[project] | {"$schema": "https://json-schema.org/draft/2020-12/schema"})
    registry = Registry().with_resource("urn:contract", document)
    schema = {"$ref": "urn:contract" + content["schema"]["$ref"]}
    examples = (
        [content["example"]] if "example" in content else [each["value"] for each in content["examples"].values()]
    )
    for example in examples:
        Draft202012Validator(schema, registry=registry).validate(example)


@each
def test_every_operation_of_the_contract_can_be_named_and_read(project: str) -> None:
    contract = CONTRACTS[project]
    operations = [operation for path in contract["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["summary"].endswith(".") for operation in operations)
    for schema in contract["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@each
def test_kit_contract_and_page_name_the_same_variables(project: str) -> None:
    with _modules_of(project) as kit:
        settings = kit["accept"].settings_for(1, 2.0, drawn=False)
        with closing(kit["harness"].Harness(settings, 0)) as harness:
            documented = {f":{port}": f":{8091 + place}" for place, port in enumerate(harness.ports)}
            given = {
                name: re.sub(r":\d+", lambda port: documented[port[0]], value)
                for name, value in harness.environment(8080).items()
            }
    assert {entry["name"]: entry["example"] for entry in CONTRACTS[project]["x-environment"]}.keys() == given.keys()
    page = (PROJECTS / f"{project}.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| .*such as `([^`]+)`", page, re.MULTILINE))
    assert {name: float(value) if value[0].isdigit() else value for name, value in table.items()} == {
        name: float(value) if value[0].isdigit() else value for name, value in given.items()
    }


# The verdict.


def test_a_lucky_run_does_not_pass(kit: dict[str, ModuleType]) -> None:
    """The values are those of Wilson's interval; 18 hits of 24 pass, as the page says."""
    wilson, least = kit["trial"].wilson, __import__("search_checks").LEAST_HITS
    assert wilson(24, 24)[0] == pytest.approx(0.862, abs=0.001)
    assert wilson(18, 24)[0] >= least > wilson(17, 24)[0]
    assert wilson(3, 3)[0] < least, "three hits of three are luck"
    Outcome, Finding = kit["trial"].Outcome, kit["trial"].Finding
    assert not Outcome([]).passed, "a check without a case has shown nothing"
    assert not Outcome([Finding("", "", "")] * 11 + [Finding("wrong", "", "")]).passed


def test_the_same_seed_gives_the_same_messages_and_another_one_does_not(kit: dict[str, ModuleType]) -> None:
    Kit, notes = kit["trial"].Kit, __import__("notes")
    one, again, other = (Kit(None, None, seed) for seed in (1, 1, 2))
    assert one.mark() == again.mark() != other.mark()
    assert notes.written(one.chance("x")) == notes.written(again.chance("x")) != notes.written(other.chance("x"))
    assert {n.id for n in notes.shipped(one.chance("y"))}.isdisjoint(n.id for n in notes.shipped(other.chance("y")))


@each
def test_a_service_that_answers_nonsense_is_red_and_its_words_are_no_markup(project: str, tmp_path: Path) -> None:
    with _stub(200, '<script>alert("x")</script>') as url:
        done = _accept(f"PROJECT={project}", f"URL={url}", "MODEL_PORT=0", f"OUT={tmp_path}", "DEADLINE=0.2")
    assert done.returncode == 1, done.stderr
    report = json.loads((tmp_path / f"{project}.json").read_text(encoding="utf-8"))
    assert not any(check["passed"] for check in report["checks"].values())
    assert report["points_proved"] == 0
    page = (tmp_path / f"{project}.html").read_text(encoding="utf-8")
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "http" not in re.sub(r"https?://127\.0\.0\.1:\d+", "", page), "the page asks nobody for anything"


def test_a_check_that_could_not_be_played_is_neither_green_nor_red(kit: dict[str, ModuleType]) -> None:
    Finding, Outcome, Run = kit["trial"].Finding, kit["trial"].Outcome, kit["report"].Run
    project = kit["accept"].project_of("first-builds")
    first, second, *others = [check["id"] for stage in project["stages"] for check in stage["checks"]]
    outcomes = dict.fromkeys([first, *others], Outcome([Finding("", "", "")]))
    outcomes[second] = Outcome([], needs='it kills your service: run it with START="…"')
    run = Run(project, "", {"version": "", "sha256": ""}, {"seed": 1, "deadline": 2, "drawn": True}, "", outcomes)
    text = kit["report"].as_text(run)
    assert f"  not shown {second}: " in text and 'run it with START="…"' in text
    assert not run.green and "Begin here" not in text, "nothing is wrong with the service"
    assert run.state(project["rubric"][0]) == "not shown"
    assert ">not shown</span>" in kit["report"].as_page(run)


@each
def test_the_report_on_the_page_is_what_the_kit_says_of_a_service_that_passes(project: str) -> None:
    with _modules_of(project) as kit:
        Finding, Outcome, Run = kit["trial"].Finding, kit["trial"].Outcome, kit["report"].Run
        data = kit["accept"].project_of(project)
        green = Outcome([Finding("", "", "")])
        outcomes = {check["id"]: green for stage in data["stages"] for check in stage["checks"]}
        run = Run(data, "", {"version": "", "sha256": ""}, {"seed": 1, "drawn": True}, "", outcomes)
        sample = (PROJECTS / project / "report.txt").read_text(encoding="utf-8")
        assert kit["report"].as_text(run).endswith(sample)


def test_contract_and_kit_of_the_library_leave_out_the_same_words() -> None:
    """With another list, a keyword search by the contract ranks passages by words that the kit takes for none."""
    with _modules_of("pattern-end-to-end"):
        corpus = __import__("corpus")
        assert frozenset(CONTRACTS["pattern-end-to-end"]["x-stop-words"].split()) == corpus.STOP


def test_a_question_shares_no_word_with_its_passage_and_its_code_stands_nowhere_else() -> None:
    """Otherwise a search by one kind of match would pass for the other."""
    with _modules_of("pattern-end-to-end"):
        corpus = __import__("corpus")
        facts = corpus.library(random.Random("words"), 384, 6).facts
        words = [set(re.findall(r"\w+", fact.text.lower())) for fact in facts]
        for fact, there in zip(facts, words, strict=True):
            assert set(re.findall(r"\w+", fact.question.lower())) & there <= corpus.STOP, fact.question
            assert [fact.code.lower() in each for each in words].count(True) == 1


# The references.


def test_the_references_in_go_are_written_as_gofmt_writes_them() -> None:
    folders = sorted(map(str, PROJECTS.glob("*/reference-go")))
    formatter = shutil.which("gofmt")
    if not formatter:
        is_missing("gofmt is not on this machine; install it with: sudo apt-get install golang-go")
    done = subprocess.run([formatter, "-l", *folders], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0), f"run: gofmt -w {done.stdout}{done.stderr}"


def test_a_machine_without_go_skips_its_reference_and_continuous_integration_does_not(
    kit: dict[str, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    matrix = __import__("matrix")
    says = "reference-go: needs go, which is not on this machine: install it with: sudo apt-get install golang-go"
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    assert matrix.compiled(FIRST_BUILDS, tmp_path) == {}
    assert capsys.readouterr().out == f"skipped: {says}\n"
    monkeypatch.setenv("CI", "true")
    with pytest.raises(kit["service"].Told, match=f"^{says}$"):
        matrix.compiled(FIRST_BUILDS, tmp_path)


# What goes wrong.


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["PROJECT=phase-9"], "PROJECT: 'phase-9': has no checks: use first-builds or phase-1"),
        (["PROJECT=phase-1", "URL=localhost:80"], "URL: 'localhost:80': is not an address: write it as http"),
        (["PROJECT=phase-1", "URL=http://127.0.0.1:9", "MODEL_PORT=0"], "nothing answers there: start your service"),
        (["PROJECT=phase-1", "URL=http://127.0.0.1:9", "START=echo no; exit 3"], "ended with 3: see what it printed"),
        (["PROJECT=phase-1", "START=true", "WATCH=1"], "WATCH: waits for a service that you restart yourself"),
        (["PROJECT=phase-1", "START=true", "OUT=/dev/null/x"], "OUT: '/dev/null/x': can't be written"),
    ],
)
def test_what_can_not_be_checked_is_told_in_a_sentence(options: list[str], says: str, tmp_path: Path) -> None:
    done = _accept(*([] if any(word.startswith("OUT=") for word in options) else [f"OUT={tmp_path}"]), *options)
    assert done.returncode == 2
    assert says in done.stderr and "Traceback" not in done.stderr


def test_a_service_that_drips_does_not_hold_the_kit(kit: dict[str, ModuleType]) -> None:
    """A timeout of the socket starts anew with each byte."""
    server = kit["model_server"].ModelServer("key", 0, lambda text: [1.0])
    try:
        server.reply_to = lambda call: kit["model_server"].Reply("x", drip=0.05)
        service = kit["service"].Service(server.address.removesuffix("/v1"))
        answer = service.ask("POST", "/v1/chat/completions", {}, limit=0.3)
        assert (answer.status, answer.text) == (0, "no whole answer within 0.3 s")
    finally:
        server.close()


def test_the_model_asks_for_tools_and_waits_where_a_check_says_so(kit: dict[str, ModuleType]) -> None:
    ToolCall, Gate, Reply = (kit["model_server"].__dict__[name] for name in ("ToolCall", "Gate", "Reply"))
    server, gate = kit["model_server"].ModelServer("key", 0, lambda text: [1.0]), Gate()
    try:
        server.reply_to = lambda call: Reply(tool_calls=[ToolCall("c1", "find", '{"n": 1}')], hold=gate)
        service = kit["service"].Service(server.address.removesuffix("/v1"))
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(service.ask, "POST", "/v1/chat/completions", {})
            assert gate.arrived.wait(20) and not asked.done()
            gate.opened.set()
            choice = asked.result().body["choices"][0]
    finally:
        server.close()
    called = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"n": 1}'}}
    assert (choice["finish_reason"], choice["message"]["tool_calls"]) == ("tool_calls", [called])


def test_the_ledger_counts_what_happened_and_not_how_often_it_was_asked_for() -> None:
    """The checks of effects believe it, and nothing else."""
    with _modules_of("showcase-project") as kit:
        tool_server = __import__("tool_server")
        tools = tool_server.ToolServer("key", 0)
        try:
            lost = tool_server.Trouble(happens=True)
            tools.things["A-10000"] = tool_server.Thing("shop-1", {"total_cents": 500}, troubles=[lost])
            service = kit["service"].Service(tools.address)

            def refund(key: str, cents: int = 100, tenant: str = "shop-1") -> int:
                headers = {"authorization": "Bearer key", "x-tenant": tenant, "idempotency-key": key}
                body = {"order": "A-10000", "amount_cents": cents}
                return int(service.ask("POST", "/tools/refund", body, headers=headers).status)

            assert [refund("1"), refund("1"), refund("1", cents=200)] == [0, 200, 409]
            assert [refund("2", tenant="shop-2"), refund("3", cents=501), refund("4")] == [404, 422, 200]
            assert [each.key for each in tools.effects_on("A-10000")] == ["1", "4"]
            assert len(tools.asked_about("A-10000")) == 6
        finally:
            tools.close()


def test_a_stream_is_heard_while_it_is_written_and_the_model_notices_who_leaves(kit: dict[str, ModuleType]) -> None:
    Gate, Reply, Stream = (kit["trial"].__dict__[name] for name in ("Gate", "Reply", "Stream"))
    server, gate = kit["model_server"].ModelServer("key", 0, lambda text: [1.0]), Gate()
    Listener = __import__("listener").Listener
    try:
        server.reply_to = lambda call: Reply(stream=Stream(["one ", "two"], hold_at=1), hold=gate)
        service = kit["service"].Service(server.address.removesuffix("/v1"))
        stays, leaves = (Listener(service, "POST", "/v1/chat/completions", {"stream": True}, {}) for _ in range(2))
        assert all(heard.wait(lambda heard: len(heard.events) == 2) and not heard.ended for heard in (stays, leaves))
        leaves.leave()
        assert gate.left.wait(20), "the server doesn't see that its client has gone"
        gate.opened.set()
        assert stays.end()
        pieces = [event.data["choices"][0]["delta"].get("content") for event in stays.events[:-1]]
        assert pieces == ["", "one ", "two", None] and stays.events[-1].data == "[DONE]"
    finally:
        server.close()


def test_the_collector_keeps_spans_and_says_what_it_can_not_read() -> None:
    with _modules_of("first-builds") as modules, closing(__import__("collector").Collector(0)) as collector:
        ask = modules["service"].Service(collector.address).ask
        span = {
            "traceId": "AB",
            "spanId": "1",
            "name": "chat",
            "attributes": [{"key": "n", "value": {"intValue": "7"}}],
        }
        sent = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
        assert ask("POST", "/v1/traces", sent).status == 200
        assert [(s.parent, s.attributes) for s in collector.spans("ab", 1, 0)] == [("", {"n": 7})]
        wrong = [
            ask("POST", path, body).get("message") for path, body in (("/traces", sent), ("/v1/traces", {"spans": []}))
        ]
        assert wrong[0] == "POST /traces: use /v1/traces" and wrong[1].startswith("is no ExportTraceServiceRequest")


def test_the_archive_of_the_kit_runs_outside_of_the_handbook(site: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(site / KIT_ARCHIVE) as archive:
        archive.extractall(tmp_path)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}, "differs at each build"
    home = tmp_path / Path(KIT_ARCHIVE).stem / "kit"
    with _stub(404, "{}") as url:
        done = _accept(
            "--project", "phase-1", "--url", url, "--model-port", "0", "--out", str(tmp_path), "--deadline", "0.2", home=home
        )  # fmt: skip
    assert done.returncode == 1 and "1 The first typed answer: 0 of 4 green" in done.stdout, done.stderr
