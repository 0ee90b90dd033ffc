"""One run of a lab's tests, in a process of its own, of which nothing outlives the run."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

KIT = Path(__file__).resolve().parent
#: Seconds that tests have to end their services, once they are asked to end.
GRACE = 8
#: Seconds between two looks at whether a run is still wanted.
LOOK = 0.2


class Told(Exception):
    """Something that the reader can mend, in one sentence."""


@dataclass(frozen=True)
class Begins:
    """A test has begun."""

    test: str


@dataclass(frozen=True)
class Outcome:
    """What came of a test.

    Attributes:
        test: its name, without parameters.
        fault: what went wrong, empty when it is green. A test with several cases is red when one of them is.
        saw: what passed between test and service last.
    """

    test: str
    fault: str
    saw: str = ""


#: The groups that run, some of them for other threads.
_groups: set[int] = set()


def end_all() -> None:
    """End every group at once, those of other threads too, which Ctrl-C does not reach."""
    for group in [*_groups]:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


@contextmanager
def process_group(command: Sequence[str], **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """A process with all that it starts. The end of the block is the end of them all.

    In a session of its own, so that Ctrl-C reaches only whoever waits for it, who ends it in order.
    """
    process = subprocess.Popen(command, start_new_session=True, **options)  # type: ignore[call-overload]
    _groups.add(process.pid)
    try:
        yield process
    finally:
        _groups.discard(process.pid)
        try:
            if process.poll() is None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(GRACE)
        finally:  # at once when Ctrl-C comes again
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a group, and wait until it is gone."""
    end = time.monotonic() + 2
    with suppress(ProcessLookupError, PermissionError):
        while time.monotonic() < end:
            os.killpg(process.pid, signal.SIGKILL)
            process.poll()
            time.sleep(0.01)


def outcomes(
    tests: Path,
    folder: Path,
    *,
    log: Path | None = None,
    chosen: Sequence[str] = (),
    first: Sequence[str] = (),
    until_red: bool = False,
) -> Generator[Begins | Outcome | None, None, None]:
    """Run tests against a service, and give what came of each when it is known.

    Args:
        tests: the folder of the tests.
        folder: that of the service.
        log: where what the service says goes.
        chosen: the tests to run, as file::name; empty for all.
        first: the names of those to run before the others.
        until_red: end with the first red case.

    Yields:
        None five times a second in between, so that whoever waits can look at something else.

    Raises:
        Told: when the service does not start, or the tests can't be read.
    """
    with tempfile.TemporaryDirectory() as scratch:
        heard, tell = os.pipe()
        command = [
            sys.executable, "-m", "pytest", "-p", "no:terminal", "-p", "plugin", "-p", "no:cacheprovider",
            "-c", os.devnull, "--rootdir", str(tests.parent), "--basetemp", str(Path(scratch) / "data"),
            *(["-x"] if until_red else []), *(chosen or [str(tests)]),
        ]  # fmt: skip
        environment = os.environ | {
            "LAB_FOLDER": str(folder), "LAB_LOG": str(log or Path(scratch) / "log"), "LAB_TELL": str(tell),
            "LAB_FIRST": " ".join(first), "LAB_BUILT": scratch, "PYTHONDONTWRITEBYTECODE": "1",
            # Plugins that happen to be installed take time, and none of them is a lab's.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": os.pathsep.join([str(KIT), str(tests)]),
        }  # fmt: skip
        said = Path(scratch) / "said"
        with said.open("wb") as output, os.fdopen(heard, "rb") as events:
            options = {"env": environment, "pass_fds": [tell], "stdout": output, "stderr": output, "cwd": scratch}
            with process_group(command, stdin=subprocess.DEVNULL, **options) as process:
                os.close(tell)
                yield from _merged(_lines(events.fileno()))
                process.wait()
        if process.returncode not in (0, 1):
            raise Told(f"the tests did not run:\n{said.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def _lines(heard: int) -> Iterator[Mapping[str, str] | None]:
    """The events of a run as they come, and None while none comes."""
    rest = b""
    while True:
        ready, _, _ = select.select([heard], [], [], LOOK)
        if not ready:
            yield None
            continue
        read = os.read(heard, 65536)
        if not read:
            return
        *lines, rest = (rest + read).split(b"\n")
        yield from map(json.loads, lines)


def _merged(events: Iterator[Mapping[str, str] | None]) -> Iterator[Begins | Outcome | None]:
    """The cases of one test as one outcome."""
    known: Outcome | None = None
    for event in events:
        if event is None:
            yield None
        elif "broken" in event:
            raise Told(event["broken"])
        elif "begins" in event:
            if known and known.test != event["begins"]:
                yield known
                known = None
            if not known:
                yield Begins(event["begins"])
        elif not (known and known.fault):
            known = Outcome(event["test"], event["fault"], event["saw"])
    if known:
        yield known
