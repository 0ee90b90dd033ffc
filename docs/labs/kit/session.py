"""A reader's session with a lab: its tests against the reader's copy, once or at each change of a file."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from lab_files import LABS, ROOT, files_of, test_nodes, words
from languages import Language
from runs import LOOK, Begins, Outcome, Told, outcomes
from small_model import Keeper

from macros.data.handbook import Lab

#: Where readers work; Git does not see it.
MINE = ROOT / "my-labs"
#: The times of a folder's files, by which a change is seen.
Times = dict[Path, int]


@dataclass(frozen=True)
class Session:
    """What is played, and how.

    Attributes:
        keeper: that of the small model, which says when there is none.
        language: of the reader's copy; None for Python.
        only: the name of the test to run, empty for all.
        one: end each run with its first red test.
    """

    lab: Lab
    keeper: Keeper
    language: Language | None = None
    only: str = ""
    one: bool = False

    @property
    def folder(self) -> Path:
        return own_folder(self.lab.id, self.language)

    @property
    def log(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.log")

    def play(self) -> None:
        """Run the tests once."""
        found = list(self._found())
        self._show_sum(found)
        if any(outcome.fault for outcome in found):
            print(f"The tests: docs/labs/{self.lab.id}/tests. What the service said: {self.log.relative_to(ROOT)}")
            again = f"make lab NAME={self.lab.id}{f' IN={self.language.ending}' if self.language else ''}"
            print(f"Change {self.folder.relative_to(ROOT)}, then run this again. A hint: {again} HINT=1")

    def watch(self) -> None:
        """Run the tests at each change of the reader's files, those that were red first, until all are green."""
        red: list[str] = []
        while True:
            before = times(self.folder)
            found: list[Outcome] = []
            try:
                for outcome in self._found(first=red, since=before):
                    found.append(outcome)
                if times(self.folder) == before:
                    self._show_sum(found)
                    red = [outcome.test for outcome in found if outcome.fault]
                    if not red:
                        return
            except Told as told:
                print(capitalized(str(told)))
            if times(self.folder) == before:
                print(f"Waiting for a change in {self.folder.relative_to(ROOT)}; Ctrl-C ends it.")
            changed = next(changes(self.folder, before))
            print(f"\n{datetime.datetime.now():%H:%M:%S}, {changed.relative_to(self.folder)} was saved.")

    def _found(self, first: Sequence[str] = (), since: Times | None = None) -> Iterator[Outcome]:
        """Run the tests and say what came of each as soon as it is known. Ends early when the files' times change."""
        self.log.unlink(missing_ok=True)
        print(f"{self.lab.title}, {seed_line()}")
        why = files_of(self.lab.id).tests
        chosen = [test_nodes(self.lab.id)[self.only]] if self.only else []
        tests = LABS / self.lab.id / "tests"
        running = outcomes(tests, self.folder, log=self.log, chosen=chosen, first=first, until_red=self.one)
        with closing(running), closing(Waiting()) as waiting:
            for event in running:
                if since is not None and times(self.folder) != since:
                    return
                if event is None:
                    waiting.tick()
                elif isinstance(event, Begins):
                    waiting.begins(words(event.test))
                else:
                    waiting.close()
                    show_outcome(event, why[event.test])
                    yield event

    def _show_sum(self, found: list[Outcome]) -> None:
        if self.keeper.trouble:
            print(f"The small text model is missing: {self.keeper.trouble}.")
        red = sum(bool(outcome.fault) for outcome in found)
        print(f"{len(found) - red} green, {red} red. The story and the task: docs/{self.lab.page}")
        if not red and not self.only:
            print("Repaired. Paste this line on the progress page to keep it:")
            print(f"handbook-progress: {json.dumps(progress_note(self.lab.id, datetime.datetime.now(datetime.UTC)))}")


def own_folder(lab: str, language: Language | None) -> Path:
    """Where a reader works on a lab in a language: a copy for each."""
    return MINE / (f"{lab}-{language.ending}" if language else lab)


def progress_note(lab: str, now: datetime.datetime) -> dict[str, object]:
    """A lab that is done, as the progress page reads it."""
    done = {"v": True, "t": f"{now:%Y-%m-%dT%H:%M:%SZ}", "d": f"{now.astimezone():%Y-%m-%d}"}
    return {"format": "handbook-progress", "version": 1, "items": {f"done/{lab}": done}}


def show_outcome(outcome: Outcome, why: str) -> None:
    print(f"{'red  ' if outcome.fault else 'green'} {words(outcome.test)}")
    if outcome.fault:
        print(f"      why it matters: {why}\n      seen: {seen(outcome.fault)}")
    if outcome.saw:
        print(f"      last: {outcome.saw}")


def seen(fault: str) -> str:
    """The first two lines of a fault: what a test says, and what it compared."""
    lines = [line.strip() for line in fault.removeprefix("AssertionError: ").splitlines()]
    lines = [line[:150] for line in lines if line and not line.startswith("+")]
    return "\n            ".join(lines[:2])


class Waiting:
    """The test that runs at the moment, on a line of the terminal that the next one takes over; elsewhere nothing."""

    def __init__(self) -> None:
        self.begins("the service starts")

    def begins(self, what: str) -> None:
        self.what, self.since = what, time.monotonic()
        self.tick()

    def tick(self) -> None:
        if sys.stdout.isatty():
            line = f"…     {self.what}, {time.monotonic() - self.since:.0f} s"
            print(f"\r\033[K{line[: shutil.get_terminal_size().columns - 1]}", end="", flush=True)

    def close(self) -> None:
        if sys.stdout.isatty():
            print("\r\033[K", end="", flush=True)


def times(folder: Path) -> Times:
    """The time of each of a reader's files. One that vanishes meanwhile, as editors let them, is none."""
    found = {}
    for file in folder.rglob("*"):
        try:
            if file.is_file() and "__pycache__" not in file.parts:
                found[file] = file.stat().st_mtime_ns
        except OSError:
            continue
    return found


def changes(folder: Path, before: Times) -> Iterator[Path]:
    """The files that are saved, each time after the folder has been quiet for a moment."""
    while True:
        now = times(folder)
        time.sleep(LOOK / 2)
        if now != before and times(folder) == now:
            yield min(file for file, _ in before.items() ^ now.items())
            before = now


def seed_line() -> str:
    seed = os.environ["LAB_SEED"]
    return f"seed {seed}: the same inputs again with SEED={seed}"


def capitalized(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
