"""Plays the references, the empty and the wrong services of each project against its checks: `make test-projects`.

Green on the references, red in each stage on the empty one, and red on each wrong service where wrong.yml says so. Each
check needs a wrong service that no other check refuses; otherwise it would be decoration.
"""

from __future__ import annotations

import contextlib
import dataclasses
import multiprocessing
import os
import runpy
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parent))

from accept import PROJECTS, checks_of, harness_of, project_of, settings_for
from service import Service, Told, started
from trial import Kit, Process

#: Services under way at a time: most of the time they wait for a deadline.
AT_A_TIME = 12
#: Seconds; more than a busy machine takes for one answer.
DEADLINE = 2.5
#: What every variant imports. Loaded once, and handed on to each process.
SLOW_IMPORTS = ["fastapi", "fastapi.responses", "httpx", "uvicorn", "uvicorn.protocols.http.h11_impl"]


@dataclasses.dataclass(frozen=True)
class Language:
    """How a reference in another language than Python is made to run.

    Attributes:
        tools: what has to be on the machine, each with Debian's package that brings it.
        build: run in the folder of its source; {} is the target.
        start: starts what was built.
    """

    tools: Mapping[str, str]
    build: list[str]
    start: str


#: By the end of the folder's name, as in reference-go.
LANGUAGES = {
    # Without the version control's stamp, which fails where the clone belongs to somebody else.
    "go": Language({"go": "golang-go"}, ["go", "build", "-buildvcs=false", "-o", "{}", "."], "{}"),
    "ts": Language({"tsc": "node-typescript", "node": "nodejs"}, ["tsc", "--outDir", "{}"], "node {}/service.js"),
}


@dataclasses.dataclass(frozen=True)
class Played:
    """What a service came to: the checks that were red, and the seconds that it took."""

    name: str
    red: list[str]
    seconds: float


def serve(folder: str, environment: Mapping[str, str]) -> None:
    """Run a service in this process."""
    os.environ.update(environment)
    os.chdir(folder)
    sys.path.insert(0, folder)
    # Wrong services raise on purpose; what they print helps nobody.
    sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    runpy.run_path(str(Path(folder) / "service.py"), run_name="__main__")


def play(name: str, program: Path | str, project: Mapping[str, Any], seed: int, alone: str | None) -> Played:
    """All checks, or one alone, against a service. Raises Told when it does not start.

    Args:
        program: a folder with a service in Python, or a command that starts one.
    """
    begun = time.monotonic()
    settings = settings_for(f"{seed}/{name}", DEADLINE, drawn=True)
    service = Service(f"http://127.0.0.1:{_free_port()}")
    with (
        contextlib.closing(harness_of(project, settings, 0)) as harness,
        tempfile.TemporaryDirectory() as scratch,
    ):
        environment = harness.environment(service.port)
        if isinstance(program, Path):
            running: contextlib.AbstractContextManager[Process] = forked(name, program, service, environment)
        else:
            running = started(program, service, environment, Path(scratch, "log"))
        with running as process:
            kit = Kit(service, harness, seed, process)
            checks = checks_of(project)
            red = [check for check in ([alone] if alone else checks) if not checks[check](kit).passed]
            return Played(name, red, time.monotonic() - begun)


@dataclasses.dataclass
class Forked:
    """A service in Python, in a process that has its imports already."""

    name: str
    folder: Path
    service: Service
    environment: Mapping[str, str]

    def start(self) -> None:
        """Start it, and wait until it answers. Raises Told when it does not."""
        self._process = multiprocessing.get_context("forkserver").Process(
            target=serve, args=(str(self.folder), self.environment), daemon=True
        )
        self._process.start()
        if not self.service.answers(self._process.is_alive):
            raise Told(f"{self.name}: does not start: run it by itself, in {self.folder}")

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


@contextlib.contextmanager
def forked(name: str, folder: Path, service: Service, environment: Mapping[str, str]) -> Iterator[Process]:
    """The service in this folder, until the block ends. Raises Told when it does not start."""
    running = Forked(name, folder, service, environment)
    try:
        running.start()
        yield running
    finally:
        running.kill()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def variant(entry: Mapping[str, Any], reference: Path, folder: Path) -> Path:
    """A wrong service in a folder of its own, beside the kit's files, which a cheat may read. Raises Told."""
    made: Path = folder / entry["id"] / "reference"
    shutil.copytree(reference, made, ignore=shutil.ignore_patterns("__pycache__"))
    for file in reference.parent.glob("*.json"):
        shutil.copy(file, made.parent)
    for change in (entry, *entry.get("more", ())):
        file = made / change["file"]
        text = file.read_text(encoding="utf-8")
        if text.count(change["from"]) != 1:
            raise Told(
                f"wrong.yml {entry['id']}: {change['from']!r}: stands {text.count(change['from'])} times in "
                f"reference/{change['file']}: write a part of it that stands there once"
            )
        file.write_text(text.replace(change["from"], change["to"]), encoding="utf-8")
    return made


def compiled(home: Path, folder: Path) -> dict[str, str]:
    """The references in other languages, by the names of their folders: what starts them. Nothing where a tool is missing.

    Raises:
        Told: when one doesn't compile, or when a tool is missing in continuous integration, which skips nothing.
    """
    found = {}
    for source in sorted(home.glob("reference-*")):
        language = LANGUAGES[source.name.removeprefix("reference-")]
        if missing := {tool: package for tool, package in language.tools.items() if not shutil.which(tool)}:
            reason = (
                f"{source.name}: needs {' and '.join(missing)}, which is not on this machine: "
                f"install it with: sudo apt-get install {' '.join(missing.values())}"
            )
            if os.environ.get("CI"):
                raise Told(reason)
            print(f"skipped: {reason}")
            continue
        target = folder / source.name
        done = subprocess.run(
            [word.format(target) for word in language.build], cwd=source, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Told(f"{source.name}: does not compile:\n{(done.stdout + done.stderr).strip()}")
        found[source.name] = language.start.format(shlex.quote(str(target)))
    return found


def fault(played: Played, stages: list[dict[str, Any]], entry: Mapping[str, Any]) -> str:
    """What is not as declared; "" when all is.

    Args:
        entry: of wrong.yml; empty for the references and the empty service.
    """
    red = played.red
    if played.name == "empty":
        green = [stage["id"] for stage in stages if not {check["id"] for check in stage["checks"]} & set(red)]
        return f"no check of {', '.join(green)} is red" if green else ""
    if not entry or "undetectable" in entry:
        return f"{', '.join(red)} should be green" if red else ""
    if entry["refused_by"] not in red:
        return f"{entry['refused_by']} should be red"
    if entry.get("only") and len(red) > 1:
        return f"only {entry['refused_by']} should be red"
    return ""


def main(words: list[str]) -> int:
    """Play one project, or each in a process of its own: their modules have the same names."""
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    if not words:
        names = [file.parent.name for file in sorted(PROJECTS.glob("*/project.json"))]
        # Not any() over them: each is played.
        return max([subprocess.run([sys.executable, __file__, name], check=False).returncode for name in names])
    multiprocessing.get_context("forkserver").set_forkserver_preload(SLOW_IMPORTS)
    begun, seed = time.monotonic(), int(os.environ.get("SEED") or time.time())
    try:
        project = project_of(words[0])
        checks_of(project)
        home = PROJECTS / project["id"]
        wrong = yaml.safe_load((home / "wrong.yml").read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(AT_A_TIME) as pool:
            programs: dict[str, Path | str] = {"reference": home / "reference", "empty": home / "empty"}
            programs |= compiled(home, Path(scratch))
            programs |= {entry["id"]: variant(entry, home / "reference", Path(scratch)) for entry in wrong}
            checks = sum(len(stage["checks"]) for stage in project["stages"])
            print(f"{project['id']}, seed {seed}: {len(programs)} services, {checks} checks", flush=True)
            entries = {entry["id"]: entry for entry in wrong}

            def judged(item: tuple[str, Path | str]) -> tuple[Played, str]:
                entry = entries.get(item[0], {})
                # Where other checks may be red as well, only the named one matters.
                played = play(*item, project, seed, None if entry.get("only") else entry.get("refused_by"))
                return played, fault(played, project["stages"], entry)

            again = {}
            for played, wrong_with_it in pool.map(judged, programs.items()):
                show(played, wrong_with_it)
                if wrong_with_it:
                    again[played.name] = programs[played.name]
            if again:
                print("Once more, one at a time: a busy machine misses deadlines")
            left = 0
            for item in again.items():
                played, wrong_with_it = judged(item)
                show(played, wrong_with_it)
                left += bool(wrong_with_it)
    except Told as told:
        print(told, file=sys.stderr)
        return 1
    print(f"{left or 'None'} of {len(programs)} not as declared, in {time.monotonic() - begun:.0f} s", flush=True)
    return int(bool(left))


def show(played: Played, wrong_with_it: str) -> None:
    red = f"{len(played.red)} red" if len(played.red) > 4 else ", ".join(played.red) or "green"
    print(f"  {played.name:<30} {played.seconds:4.0f} s  {red}{wrong_with_it and ': ' + wrong_with_it}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
