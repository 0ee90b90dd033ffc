"""The labs on the command line: `make labs`, `make lab NAME=…`, `make test-labs`.

play.py machine                       can the models run on this machine, asked before they are fetched
play.py check                         are both models there, and how fast are they
play.py lab NAME= [HINT=] [SOLUTION=] [RESET=] [LOAD=] [SEED=]
play.py test [NAME …] [SEED=]         every lab: red on the starter as declared, green on the solution; then as `wrong`
play.py wrong [NAME …] [SEED=]        every wrong repair: red in the test that refuses it
"""

from __future__ import annotations

import ast
import datetime
import difflib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent), str(ROOT / "docs/examples")]

from local_models import cannot_run  # noqa: E402

from macros.data.handbook import PARTS, Lab  # noqa: E402
from macros.data.load import load  # noqa: E402
from macros.data.paths import DATA  # noqa: E402
from macros.data.problems import DataError, choices  # noqa: E402
from macros.entities.labs import DIFF_LINES, LabFiles, changed_lines, read_labs  # noqa: E402
from macros.entities.wrong_repairs import WrongRepair, check_wrong_repairs, wrongly_repaired  # noqa: E402

LABS = ROOT / "docs/labs"
#: Where readers work; Git does not see it.
MINE = ROOT / "my-labs"
#: How the kit says that a service did not even start, which is no reason to refuse a repair.
NO_START = "the service does not start"
#: Proxies that nothing answers for. Continuous integration plays with them: what the labs send stays on the machine.
NO_SUCH_PROXY = {
    **dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9"),
    **dict.fromkeys(("all_proxy", "ALL_PROXY"), "socks5://127.0.0.1:9"),
    **dict.fromkeys(("no_proxy", "NO_PROXY"), ""),
}


class Told(Exception):
    """Something that the reader can mend, in one sentence."""


def labs() -> dict[str, Lab]:
    try:
        data, _ = load(ROOT / DATA, DATA, PARTS[DATA])
    except DataError as error:
        raise Told(str(error)) from None
    return {lab.id: lab for lab in data.labs}


def reasons(lab: str) -> dict[str, str]:
    """Each test of a lab with the sentence that says what it is for."""
    return files_of(lab).tests


def test_files(lab: str) -> dict[str, Path]:
    """Each test of a lab with the file that it stands in."""
    return {
        node.name: file
        for file in sorted((LABS / lab / "tests").glob("test_*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }


def files_of(lab: str) -> LabFiles:
    try:
        return read_labs(ROOT / "docs")[lab]
    except DataError as error:
        raise Told(str(error)) from None


def play(lab: str, folder: Path, log: Path | None = None, only: str = "") -> dict[str, str]:
    """Run a lab's tests against a service; gives what went wrong by test, empty for a test that passes.

    What the service says goes to `log`, if there is one. `only` is the name of one test, which then ends with its first
    red case.
    """
    tests = LABS / lab / "tests"
    chosen = ["-x", f"{test_files(lab)[only]}::{only}"] if only else [str(tests)]
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "plugin", "-p", "no:cacheprovider", "-c", os.devnull,
             "--rootdir", str(LABS / lab), "--junitxml", str(report), *chosen],
            cwd=scratch, capture_output=True, text=True, check=False,
            env=os.environ | {
                "LAB_FOLDER": str(folder), "LAB_LOG": str(log or Path(scratch) / "log"), "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONPATH": os.pathsep.join([str(LABS / "kit"), str(tests)]),
            },
        )  # fmt: skip
        if not report.exists():
            raise Told(f"the tests did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        results: dict[str, str] = {}
        for case in ElementTree.parse(report).iter("testcase"):
            fault = case.find("failure")
            fault = case.find("error") if fault is None else fault
            test = case.get("name", "").split("[")[0]
            # A test with several cases is red when one of them is.
            results[test] = results.get(test) or ("" if fault is None else fault.get("message") or "failed")
        return results


def choose_seed(given: str) -> None:
    """Settle what the tests' inputs are drawn from: what was given, or a number that no service could foresee."""
    if given and not given.isdecimal():
        raise Told(f"SEED: {given!r}: is no number: write the one that a run has printed, such as SEED=4711")
    os.environ["LAB_SEED"] = given or str(random.SystemRandom().randrange(10_000))


def seed_line() -> str:
    seed = os.environ["LAB_SEED"]
    return f"seed {seed}: the same inputs again with SEED={seed}"


def words(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")


def seen(fault: str) -> str:
    """The first two lines of a fault: what a test says, and what it compared."""
    lines = [line.strip() for line in fault.removeprefix("AssertionError: ").splitlines()]
    lines = [line[:150] for line in lines if line and not line.startswith("+")]
    return "\n            ".join(lines[:2])


def show_machine() -> None:
    """Say it before anything is fetched when the models can't run here."""
    if why := cannot_run("LAB_BASE_URL"):
        raise Told(why[0].upper() + why[1:])


def show_models() -> None:
    """Ask each model for a word in a process of its own, which an instruction that the processor lacks may end."""
    show_machine()
    sys.stdout.flush()
    done = subprocess.run([sys.executable, __file__, "models"], check=False)
    if done.returncode == 1:
        raise Told("")  # it has said why
    if done.returncode:
        # A signal's name on Unix, a number on Windows.
        how = signal.Signals(-done.returncode).name if done.returncode < 0 else hex(done.returncode & 0xFFFFFFFF)
        raise Told(
            f"The text model's engine does not run on this machine; it ended with {how}: use another machine, "
            "or set LAB_BASE_URL to a server that speaks OpenAI's interface"
        )


def ask_models() -> None:
    """Ask each model for a word, so that no test fails because a model is missing."""
    from labkit import ModelError, embed, generate

    for name, ask in (
        ("embeddings", lambda: embed(["one text"])),
        ("text", lambda: generate("1, 2, 3,", max_tokens=4, timeout=60)),
    ):
        start = time.monotonic()
        try:
            found = ask()
        except ModelError as error:
            raise Told(str(error)) from None
        what = (
            f"{found.shape[1]} numbers a text"
            if name == "embeddings"
            else f"{Path(found.model).name} writes {found.text!r}"
        )
        print(f"{name}: {what}, first answer after {time.monotonic() - start:.1f} s")


def show_check() -> None:
    show_models()
    print("Both models are there. Begin with: make lab NAME=" + next(iter(labs())))


def show_lab(given: dict[str, str]) -> None:
    known = labs()
    name = given.get("NAME", "")
    if name not in known:
        raise Told(f"NAME: {name!r}: is no lab: {choices(name, list(known))}")
    lab, folder = known[name], MINE / name
    if hint := given.get("HINT"):
        if hint not in ("1", "2", "3"):
            raise Told(f"HINT: {hint!r}: is no hint: use 1, 2 or 3")
        print(f"Hint {hint}: {lab.hints[int(hint) - 1]}")
        return
    if given.get("SOLUTION"):
        for file in sorted((LABS / name / "solution").iterdir()):
            before = LABS / name / "starter" / file.name
            old = before.read_text(encoding="utf-8").splitlines(True) if before.exists() else []
            new = file.read_text(encoding="utf-8").splitlines(True)
            sys.stdout.writelines(difflib.unified_diff(old, new, f"starter/{file.name}", f"solution/{file.name}"))
        return
    if given.get("RESET") and folder.exists():
        kept = folder.with_name(f"{name}.{datetime.datetime.now():%Y%m%d-%H%M%S}")
        folder.rename(kept)
        print(f"Your copy is kept in {kept.relative_to(ROOT)}.")
    if not folder.exists():
        shutil.copytree(LABS / name / "starter", folder, ignore=shutil.ignore_patterns("__pycache__"))
        print(f"Your copy: {folder.relative_to(ROOT)}. Change the files there; this command never overwrites them.")
    if given.get("LOAD"):
        if not (folder / "load.py").exists():
            raise Told(f"LOAD: {name}: has no load generator: leave LOAD out")
        # The tool's own paths: a lab's files import the kit by name.
        paths = {"LAB_FOLDER": str(folder), "PYTHONPATH": os.pathsep.join([str(LABS / "kit"), str(folder)])}
        subprocess.run([sys.executable, "load.py"], cwd=folder, env=os.environ | paths, check=False)
        return
    show_models()
    log = MINE / f"{name}.log"
    log.unlink(missing_ok=True)
    print(f"{lab.title}: starting the service and its tests, which takes up to a minute …")
    results, why = play(name, folder, log), reasons(name)
    for test, fault in results.items():
        print(f"{'red  ' if fault else 'green'} {words(test)}")
        if fault:
            print(f"      why it matters: {why[test]}\n      seen: {seen(fault)}")
    red = sum(bool(fault) for fault in results.values())
    print(f"{len(results) - red} green, {red} red; {seed_line()}. The story and the task: docs/{lab.page}")
    if red:
        print(f"The tests: docs/labs/{name}/tests. What the service said: {log.relative_to(ROOT)}")
        print(f"Change my-labs/{name}, then run this again. A hint: make lab NAME={name} HINT=1")
    else:
        now = datetime.datetime.now(datetime.UTC)
        done = {"v": True, "t": f"{now:%Y-%m-%dT%H:%M:%SZ}", "d": f"{now.astimezone():%Y-%m-%d}"}
        note = {"format": "handbook-progress", "version": 1, "items": {f"done/{name}": done}}
        print("Repaired. Paste this line on the progress page to keep it:")
        print(f"handbook-progress: {json.dumps(note)}")


def show_test(names: list[str]) -> int:
    """Play labs as continuous integration does; gives how many are not as they should be."""
    wrong = 0
    print(seed_line(), flush=True)
    os.environ.update(NO_SUCH_PROXY)
    for name, lab in labs().items():
        if names and name not in names:
            continue
        start = time.monotonic()
        starter = play(name, LABS / name / "starter")
        half = time.monotonic()
        solution = play(name, LABS / name / "solution")
        red = [test for test, fault in starter.items() if fault]
        faults = [f"on the starter {words(t)} is not red" for t in lab.red if t not in red]
        faults += [f"on the starter {words(t)} is red, and the data does not say so" for t in red if t not in lab.red]
        faults += [
            f"on the solution {words(t)} is red: {fault.splitlines()[0]}" for t, fault in solution.items() if fault
        ]
        faults += [f"{words(t)} has no sentence that says why" for t, why in reasons(name).items() if not why]
        count = changed_lines(LABS / name)
        faults += [f"the solution changes {count} lines, more than {DIFF_LINES}"] if count > DIFF_LINES else []
        times = f"{half - start:.0f} s and {time.monotonic() - half:.0f} s"
        print(
            f"{name}: {len(red)} of {len(starter)} red, then {len(solution)} green, {count} lines changed; {times}",
            flush=True,
        )
        for fault in faults:
            print(f"  {fault}")
        wrong += bool(faults)
    print(f"{len(names or labs()) - wrong} passed, {wrong} failed")
    return wrong


def show_wrong(names: list[str]) -> int:
    """Play each wrong repair against the test that refuses it; gives how many are not refused."""
    rows: list[tuple[str, str, str | None, str, float]] = []
    print(f"wrong repairs, {seed_line()}", flush=True)
    os.environ.update(NO_SUCH_PROXY)
    for lab in names or labs():
        files = files_of(lab)
        if files.wrong is None:
            continue
        problems = list(check_wrong_repairs(files.wrong, files.solution, files.tests))
        if problems:
            raise Told(str(DataError(problems, "in the list of wrong repairs; none was played")))
        for repair in files.wrong.repairs:
            start = time.monotonic()
            said = "" if repair.refused_by is None else refusal(lab, files, repair, repair.refused_by)
            rows.append((lab, repair.id, repair.refused_by, said, time.monotonic() - start))
            print(wrong_row(*rows[-1]), flush=True)
    accepted = sum(bool(said) for *_, said, _ in rows)
    untold = sum(test is None for _, _, test, *_ in rows)
    refused = len(rows) - accepted - untold
    print(f"wrong repairs: {refused} refused, {untold} that no test can tell apart, {accepted} not refused as listed")
    return accepted


def wrong_row(lab: str, repair: str, test: str | None, said: str, seconds: float) -> str:
    """A line of the matrix."""
    verdict = f"NOT REFUSED: {said}" if said else f"refused by {words(test)}" if test else "no test can tell it apart"
    return f"{lab}  {repair}  {verdict}  {seconds:.1f} s"


def refusal(lab: str, files: LabFiles, repair: WrongRepair, test: str) -> str:
    """Why a wrong repair is not refused as it should be; empty when its test is red on it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / lab
        shutil.copytree(LABS / lab / "solution", folder, ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in wrongly_repaired(files.solution, repair).items():
            (folder / name).write_text(text, encoding="utf-8")
        fault = play(lab, folder, only=test)[test]
    if not fault:
        return f"{words(test)} is green on it"
    if NO_START in fault:
        return fault.splitlines()[0]
    return ""


def main(arguments: list[str]) -> int:
    command, *rest = arguments or [""]
    given = dict(word.split("=", 1) for word in rest if "=" in word)
    names = [word for word in rest if "=" not in word]
    try:
        if command in ("lab", "test", "wrong"):
            choose_seed(given.get("SEED", ""))
        if command == "machine":
            show_machine()
        elif command == "models":
            ask_models()
        elif command == "check":
            show_check()
        elif command == "lab":
            show_lab(given)
        elif command == "test":
            return int(bool(show_test(names) + show_wrong(names)))
        elif command == "wrong":
            return int(bool(show_wrong(names)))
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except Told as told:
        if str(told):
            print(told, file=sys.stderr)
        return 1
    except ModuleNotFoundError as missing:
        repair = cannot_run("LAB_BASE_URL") or "run make labs (make clean labs if you have)"
        print(f"{missing.name} is not installed: {repair}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
