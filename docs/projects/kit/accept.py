"""Checks a service that you wrote, in any language, over HTTP: `make accept`, or this file with Python 3.11 or newer.

It needs nothing but Python. It plays the model itself, so it needs no key either.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import hashlib
import importlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
sys.path.insert(0, str(Path(__file__).parent))

from report import Run, as_data, as_page, as_text
from service import Service, Told, started
from trial import SLACK, Harness, Kit, Outcome, Settings

VERSION = "1.0.0"
PROJECTS = Path(__file__).resolve().parent.parent
#: Exit codes: all checks green, some red, and no run at all.
GREEN, RED, NO_RUN = 0, 1, 2


def arguments_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="accept.py", description=__doc__)
    add = parser.add_argument
    add("--project", required=True, help="the project or its phase: " + ", ".join(_names()))
    add("--url", default="http://127.0.0.1:8080", help="where your service listens (default: %(default)s)")
    add("--start", metavar="COMMAND", help="starts your service; without it, start it yourself")
    add("--watch", action="store_true", help="check again each time the service has been restarted")
    add("--seed", type=int, help="repeat the data of an earlier run")
    add("--deadline", type=float, default=2.0, help="DEADLINE_SECONDS for the service (default: %(default)s)")
    add("--model-port", type=int, default=8091, help="where the kit's model server listens (default: %(default)s)")
    add("--out", type=Path, default=Path("acceptance"), help="folder of the report (default: %(default)s)")
    return parser


def _names() -> list[str]:
    found = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(PROJECTS.glob("*/project.json"))]
    return [name for project in found for name in (project["id"], project["phase"])]


def project_of(name: str) -> dict[str, Any]:
    """A project by its id or its phase. Raises Told."""
    for file in sorted(PROJECTS.glob("*/project.json")):
        project: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if name in (project["id"], project["phase"]):
            return project
    raise Told(f"PROJECT: {name!r}: has no checks: use {' or '.join(_names())}")


def checks_of(project: Mapping[str, Any]) -> dict[str, Callable[[Kit], Outcome]]:
    """The function of each check, by its id: it stands in a file *_checks.py, under the id with underscores."""
    folder = PROJECTS / project["id"]
    sys.path.insert(0, str(folder))
    functions: dict[str, Any] = {}
    for file in sorted(folder.glob("*_checks.py")):
        functions |= vars(importlib.import_module(file.stem))
    return {
        check["id"]: functions[check["id"].replace("-", "_")]
        for stage in project["stages"]
        for check in stage["checks"]
    }


def fingerprint(project: Mapping[str, Any]) -> str:
    """SHA-256 over the names and contents of what decides about a run: two reports with the same one compare."""
    found = hashlib.sha256()
    for file in sorted([*(PROJECTS / "kit").glob("*.py"), *(PROJECTS / project["id"]).glob("*.*")]):
        if file.suffix in (".py", ".json", ".yml") and file.name != "wrong.yml":
            found.update(f"{file.parent.name}/{file.name}\0".encode() + file.read_bytes() + b"\0")
    return found.hexdigest()


def settings_for(seed: int | str, deadline: float, drawn: bool) -> Settings:
    """What the service gets. Drawn when the kit starts it; a service that runs already has the documented values."""
    key, cap, prices = "kit-key", 200, (0.5, 2.0)
    if drawn:
        chance = random.Random(f"settings/{seed}")
        key, cap = f"kit-key-{chance.getrandbits(40):010x}", chance.randint(120, 400)
        prices = (chance.randint(10, 90) / 100, chance.randint(100, 900) / 100)
    return Settings(key, "kit-chat-1", "kit-embed-1", deadline, cap, *prices, drawn)


def checked(kit: Kit, project: Mapping[str, Any], url: str) -> Run:
    """Play every check against a service that answers."""
    outcomes = {}
    checks = checks_of(project)
    for number, (name, check) in enumerate(checks.items(), 1):
        _progress(f"{number} of {len(checks)}: {name}")
        outcomes[name] = check(kit)
    _progress("")
    about = {"version": VERSION, "sha256": fingerprint(project)}
    settings = {"seed": kit.seed, "deadline": kit.settings.deadline, "slack": SLACK, "drawn": kit.settings.drawn}
    return Run(project, url, about, settings, f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}", outcomes)


def _progress(text: str) -> None:
    """Say on a terminal what is going on, in a line that the next one replaces."""
    if sys.stderr.isatty():
        print(f"\r{text:<60}\r", end="", file=sys.stderr, flush=True)


def keep(run: Run, folder: Path) -> None:
    """Write the report's JSON and its page. Raises Told."""
    name = run.project["id"]
    texts = {
        f"{name}.json": json.dumps(as_data(run), ensure_ascii=False, indent=1) + "\n",
        f"{name}.html": as_page(run),
    }
    with _written(folder):
        for file, text in texts.items():
            # Beside its place first: a full disk leaves the report of the run before.
            draft = folder / f".{file}"
            draft.write_text(text, encoding="utf-8")
            draft.replace(folder / file)


@contextlib.contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Makes a folder; what can't be written there is told. Raises Told."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise Told(f"OUT: {str(folder)!r}: can't be written ({error.strerror}): name another folder") from None


def wait_for(service: Service, last: str | None, how_to_start: str) -> str:
    """Wait until the service answers, after a restart if it has answered before; gives what it calls this start."""
    said = False
    gone = last is None
    while True:
        now = service.instance()
        if now is not None and (gone or now != last):
            return now
        gone = gone or now is None
        if now is None and not said:
            print(how_to_start, flush=True)
            said = True
        time.sleep(0.5)


def run(arguments: argparse.Namespace) -> int:
    project = project_of(arguments.project)
    service = Service(arguments.url.rstrip("/"))
    if arguments.start and arguments.watch:
        raise Told("WATCH: waits for a service that you restart yourself: leave START out")
    seed = _seed(arguments)
    settings = settings_for(seed, arguments.deadline, drawn=bool(arguments.start))
    harness = harness_of(project, settings, 0 if arguments.start else arguments.model_port)
    environment = harness.environment(service.port)
    process = None
    with contextlib.closing(harness), contextlib.ExitStack() as running:
        if arguments.start:
            with _written(arguments.out):
                log = arguments.out / f"{project['id']}.log"
                log.touch()
            process = running.enter_context(started(arguments.start, service, environment, log))
        last = None
        while True:
            if arguments.watch:
                last = wait_for(service, last, how_to_start(service, environment))
            elif service.instance() is None:
                raise Told(how_to_start(service, environment))
            done = checked(Kit(service, harness, seed, process), project, service.url)
            print(as_text(done))
            keep(done, arguments.out)
            print(f"The report: {arguments.out}/{project['id']}.html and .json{_note(done)}")
            if not arguments.watch:
                return GREEN if done.green else RED
            print("Watching: it runs again when the service has been restarted. Ctrl+C ends it.", flush=True)
            seed = _seed(arguments)


def _seed(arguments: argparse.Namespace) -> int:
    return arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10**6)


def harness_of(project: Mapping[str, Any], settings: Settings, port: int) -> Harness:
    """What stands around the service, from the project's harness.py. Raises Told when a port is taken."""
    checks_of(project)
    try:
        harness: Harness = importlib.import_module("harness").Harness(settings, port)
        return harness
    except OSError:
        raise Told(f"MODEL_PORT: {port}: is taken: end what listens there, or name another port") from None


def how_to_start(service: Service, environment: Mapping[str, str]) -> str:
    lines = [
        f"URL: {service.url}: nothing answers there: start your service with these variables, then run this again:",
        "",
    ]
    return "\n".join([*lines, *(f"export {name}={value}" for name, value in environment.items())]) + "\n"


def _note(run: Run) -> str:
    """Lines with the green stages for the handbook's progress page; nothing when none is green."""
    green = [stage["id"] for stage in run.project["stages"] if all(run.passed(check) for check in stage["checks"])]
    if not green:
        return ""
    now = datetime.datetime.now(datetime.UTC)
    done = {"v": True, "t": f"{now:%Y-%m-%dT%H:%M:%SZ}", "d": f"{now.astimezone():%Y-%m-%d}"}
    note = {"format": "handbook-progress", "version": 1, "items": {f"done/{stage}": done for stage in green}}
    return f"\nPaste this line on the progress page to keep the green stages:\nhandbook-progress: {json.dumps(note)}"


def as_options(words: list[str]) -> list[str]:
    """What make passes on, NAME=value, as options of this program. A switch that is 0 or empty is off."""
    options = []
    for word in words:
        name, is_one, value = word.partition("=")
        if not (is_one and name.isupper()):
            options.append(word)
        elif name == "WATCH":
            options += ["--watch"] if value not in ("", "0") else []
        else:
            options.append(f"--{name.lower().replace('_', '-')}={value}")
    return options


def _end(number: int, frame: FrameType | None) -> None:
    """A request to end is quiet, and ends what was started."""
    raise KeyboardInterrupt


def main(words: list[str]) -> int:
    arguments = arguments_parser().parse_args(as_options(words))
    signal.signal(signal.SIGTERM, _end)
    try:
        return run(arguments)
    except Told as told:
        print(told, file=sys.stderr)
        return NO_RUN
    except BrokenPipeError:
        # Whoever read the output has gone. Python would complain once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_RUN
    except KeyboardInterrupt:
        print("\nEnded.", file=sys.stderr)
        return NO_RUN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
