"""The labs on the command line: `make labs`, `make lab NAME=…`, `make test-labs`.

play.py machine                       can the models run on this machine, asked before they are fetched
play.py check                         are both models there, and how fast are they
play.py lab NAME= [TEST=] [ONE=1] [WATCH=1] [SEED=] [HINT=] [SOLUTION=1] [RESET=1] [LOAD=1]
play.py test [NAME …] [SEED=]         every lab: red on the starter as declared, green on the solution; then as `wrong`
play.py wrong [NAME …] [SEED=]        every wrong repair: red in the test that refuses it
"""

from __future__ import annotations

import datetime
import difflib
import errno
import json
import os
import random
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from lab_files import LABS, ROOT, files_of, labs, named, test_nodes, words
from local_models import cannot_run
from runs import KIT, LOOK, Begins, Outcome, Told, outcomes, process_group
from small_model import Keeper

from macros.data.handbook import Lab
from macros.data.problems import choices

#: Where readers work; Git does not see it.
MINE = ROOT / "my-labs"
#: What a full or locked disk answers.
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)
#: The times of a folder's files, by which a change is seen.
Times = dict[Path, int]


def show_machine() -> None:
    """Say it before anything is fetched when the models can't run here."""
    if why := cannot_run("LAB_BASE_URL"):
        raise Told(capitalized(why))


def show_models(*, both: bool) -> None:
    """Ask the models for a word, so that no test fails because one is missing. Needs a keeper of the small one."""
    from labkit import ModelError, embed, generate

    asked: list[tuple[str, Callable[[], str]]] = [
        ("text", lambda: "{0.model} writes {0.text!r}".format(generate("1, 2, 3,", max_tokens=4, timeout=60))),
    ]
    if both:
        asked.insert(0, ("embeddings", lambda: f"{embed(['one text']).shape[1]} numbers a text"))
    for name, ask in asked:
        start = time.monotonic()
        try:
            found = ask()
        except ModelError as error:
            raise Told(capitalized(str(error))) from None
        print(f"{name}: {found.rpartition('/')[2]}, first answer after {time.monotonic() - start:.1f} s")


def show_check() -> None:
    show_machine()
    with Keeper():
        show_models(both=True)
    print(f"Both models are there. Begin with: make lab NAME={next(iter(labs()))}")


def show_lab(given: dict[str, str]) -> None:
    lab = named(given.get("NAME", ""))
    folder = MINE / lab.id
    if hint := given.get("HINT"):
        if hint not in ("1", "2", "3"):
            raise Told(f"HINT: {hint!r}: is no hint: use 1, 2 or 3")
        print(f"Hint {hint}: {lab.hints[int(hint) - 1]}")
        return
    if is_on(given, "SOLUTION"):
        show_solution(lab.id)
        return
    begin(lab.id, folder, anew=is_on(given, "RESET"))
    if is_on(given, "LOAD"):
        show_load(lab.id, folder)
        return
    only = chosen_test(lab.id, given.get("TEST", ""))
    show_machine()
    with Keeper() as keeper:
        if os.environ.get("LAB_BASE_URL"):
            show_models(both=False)
        if is_on(given, "WATCH"):
            watch(lab, folder, keeper, only=only, one=is_on(given, "ONE"))
        else:
            show_run(lab, folder, keeper, only=only, one=is_on(given, "ONE"))


def is_on(given: dict[str, str], name: str) -> bool:
    """Whether an option is wanted. RESET=0 is a way to say no."""
    value = given.get(name, "").lower()
    if value not in ("", "0", "no", "false", "1", "yes", "true"):
        raise Told(f"{name}: {value!r}: is neither yes nor no: use {name}=1, or leave it out")
    return value in ("1", "yes", "true")


def chosen_test(lab: str, name: str) -> str:
    """The test that is meant, written as in its file or as it is printed; empty for all."""
    known = test_nodes(lab)
    test = "_".join(name.split())
    test = test if test.startswith("test_") or not test else f"test_{test}"
    if test and test not in known:
        raise Told(f"TEST: {name!r}: is no test of {lab}: {choices(test, known)}")
    return test


def show_solution(lab: str) -> None:
    for file in sorted((LABS / lab / "solution").iterdir()):
        before = LABS / lab / "starter" / file.name
        old = before.read_text(encoding="utf-8").splitlines(True) if before.exists() else []
        new = file.read_text(encoding="utf-8").splitlines(True)
        sys.stdout.writelines(difflib.unified_diff(old, new, f"starter/{file.name}", f"solution/{file.name}"))


def begin(lab: str, folder: Path, *, anew: bool) -> None:
    """Copy the starter to where the reader works, all of it or nothing. What is there already is kept."""
    if folder.exists() and not anew:
        return
    draft = MINE / f".{lab}.new"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        shutil.copytree(LABS / lab / "starter", draft, ignore=shutil.ignore_patterns("__pycache__"))
        if folder.exists():
            kept = folder.with_name(f"{lab}.{datetime.datetime.now():%Y%m%d-%H%M%S}")
            folder.rename(kept)
            print(f"Your copy is kept in {kept.relative_to(ROOT)}.")
        draft.rename(folder)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        why = re.search(r"\[Errno \d+\] ([^:]+)", str(error))
        raise Told(
            f"Nothing was written to {folder.relative_to(ROOT)}: {why[1] if why else error}: "
            "free some space or correct the folder's rights, then run the command again"
        ) from None
    print(f"Your copy: {folder.relative_to(ROOT)}. Change the files there; this command never overwrites them.")


def show_load(lab: str, folder: Path) -> None:
    """Run the lab's own load generator."""
    if not (folder / "load.py").exists():
        raise Told(f"LOAD: {lab}: has no load generator: leave LOAD out")
    # The tool's own paths: a lab's files import the kit by name.
    paths = {"LAB_FOLDER": str(folder), "PYTHONPATH": os.pathsep.join([str(KIT), str(folder)])}
    with process_group([sys.executable, "load.py"], cwd=folder, env=os.environ | paths) as process:
        process.wait()


def show_run(
    lab: Lab,
    folder: Path,
    keeper: Keeper,
    *,
    only: str,
    one: bool,
    first: list[str] | None = None,
    since: Times | None = None,
) -> list[str] | None:
    """Run a lab's tests and say what came of each as soon as it is known.

    Args:
        only: the test to run, empty for all.
        one: end with the first red test.
        first: the tests to begin with, when they are known.
        since: the times of the files; when they change, the run ends.

    Returns:
        The red tests, or None when the run has ended because of a change.
    """  # fmt: skip
    log = MINE / f"{lab.id}.log"
    log.unlink(missing_ok=True)
    print(f"{lab.title}, {seed_line()}")
    found: list[Outcome] = []
    chosen = [test_nodes(lab.id)[only]] if only else []
    running = outcomes(LABS / lab.id / "tests", folder, log=log, chosen=chosen, first=first or [], until_red=one)
    with closing(running), closing(Waiting()) as waiting:
        why = files_of(lab.id).tests
        for event in running:
            if event is None:
                waiting.tick()
            elif isinstance(event, Begins):
                waiting.begins(words(event.test))
            else:
                waiting.clear()
                show_outcome(event, why[event.test])
                found.append(event)
            if since is not None and times(folder) != since:
                return None
    if keeper.trouble:
        print(f"The small text model is missing: {keeper.trouble}.")
    show_sum(lab, found, log, all_of_them=not only and len(found) == len(why))
    return [outcome.test for outcome in found if outcome.fault]


def show_outcome(outcome: Outcome, why: str) -> None:
    print(f"{'red  ' if outcome.fault else 'green'} {words(outcome.test)}")
    if outcome.fault:
        print(f"      why it matters: {why}\n      seen: {seen(outcome.fault)}")
    if outcome.saw:
        print(f"      last: {outcome.saw}")
    sys.stdout.flush()


def seen(fault: str) -> str:
    """The first two lines of a fault: what a test says, and what it compared."""
    lines = [line.strip() for line in fault.removeprefix("AssertionError: ").splitlines()]
    lines = [line[:150] for line in lines if line and not line.startswith("+")]
    return "\n            ".join(lines[:2])


def show_sum(lab: Lab, found: list[Outcome], log: Path, *, all_of_them: bool) -> None:
    red = sum(bool(outcome.fault) for outcome in found)
    print(f"{len(found) - red} green, {red} red. The story and the task: docs/{lab.page}")
    if red:
        print(f"The tests: docs/labs/{lab.id}/tests. What the service said: {log.relative_to(ROOT)}")
        print(f"Change my-labs/{lab.id}, then run this again. A hint: make lab NAME={lab.id} HINT=1")
    elif all_of_them:
        now = datetime.datetime.now(datetime.UTC)
        done = {"v": True, "t": f"{now:%Y-%m-%dT%H:%M:%SZ}", "d": f"{now.astimezone():%Y-%m-%d}"}
        note = {"format": "handbook-progress", "version": 1, "items": {f"done/{lab.id}": done}}
        print("Repaired. Paste this line on the progress page to keep it:")
        print(f"handbook-progress: {json.dumps(note)}")


class Waiting:
    """The test that runs at the moment, on a line of the terminal that the next one takes over; elsewhere nothing."""

    def __init__(self) -> None:
        self.what = "the service starts"
        self.since = time.monotonic()

    def begins(self, what: str) -> None:
        self.what, self.since = what, time.monotonic()
        self.tick()

    def tick(self) -> None:
        if sys.stdout.isatty():
            line = f"…     {self.what}, {time.monotonic() - self.since:.0f} s"
            print(f"\r\033[K{line[: shutil.get_terminal_size().columns - 1]}", end="", flush=True)

    def clear(self) -> None:
        if sys.stdout.isatty():
            print("\r\033[K", end="", flush=True)

    close = clear


def watch(lab: Lab, folder: Path, keeper: Keeper, *, only: str, one: bool) -> None:
    """Run the tests at each change of the reader's files, those that were red first, until all are green."""
    red: list[str] = []
    while True:
        now = times(folder)
        try:
            found = show_run(lab, folder, keeper, only=only, one=one, first=red, since=now)
        except Told as told:
            print(capitalized(str(told)))
            found = red
        if found == []:
            return
        red = red if found is None else found
        print(f"Waiting for a change in {folder.relative_to(ROOT)}; Ctrl-C ends it.", flush=True)
        changed = next(changes(folder, now))
        print(f"\n{datetime.datetime.now():%H:%M:%S}, {changed.relative_to(folder)} was saved.")


def changes(folder: Path, before: Times) -> Iterator[Path]:
    """The files that are saved, each time after the folder has been quiet for a moment."""
    while True:
        now = times(folder)
        if now != before:
            time.sleep(LOOK / 2)
            if times(folder) == now:
                yield min(file for file, _ in before.items() ^ now.items())
                before = now
        else:
            time.sleep(LOOK / 2)


def times(folder: Path) -> Times:
    return {
        file: file.stat().st_mtime_ns
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def choose_seed(given: str) -> None:
    """Settle what the tests' inputs are drawn from: what was given, or a number that no service could foresee."""
    if given and not given.isdecimal():
        raise Told(f"SEED: {given!r}: is no number: write the one that a run has printed, such as SEED=4711")
    os.environ["LAB_SEED"] = given or str(random.SystemRandom().randrange(10_000))


def seed_line() -> str:
    seed = os.environ["LAB_SEED"]
    return f"seed {seed}: the same inputs again with SEED={seed}"


def capitalized(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def run(command: str, given: dict[str, str], names: list[str]) -> int:
    """Carry out a command; gives its exit code."""
    choose_seed(given.get("SEED", ""))
    if command == "machine":
        show_machine()
    elif command == "check":
        show_check()
    elif command == "lab":
        show_lab(given)
    elif command in ("test", "wrong"):
        # Needs what is not there before the labs are installed.
        from prove import show_labs, show_wrong_repairs

        print(seed_line(), flush=True)
        with Keeper():
            failed = show_labs(names) if command == "test" else 0
            return int(bool(failed + show_wrong_repairs(names)))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


def main(arguments: list[str]) -> int:
    # Whoever ends this, ends what it has started.
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.default_int_handler)
    command, *rest = arguments or [""]
    given = dict(word.split("=", 1) for word in rest if "=" in word)
    try:
        return run(command, given, [word for word in rest if "=" not in word])
    except KeyboardInterrupt:
        print("\nStopped, with the tests and the service. Your files are as you saved them.", file=sys.stderr)
        return 130
    except Told as told:
        print(capitalized(str(told)), file=sys.stderr)
    except ModuleNotFoundError as missing:
        repair = cannot_run("LAB_BASE_URL") or "run make labs (make clean labs if you have)"
        print(f"{missing.name} is not installed: {repair}", file=sys.stderr)
    except OSError as error:
        if error.errno not in DISK and "temporary directory" not in str(error):
            raise
        what = error.filename or "a file"
        print(f"{what} can't be written ({error.strerror}): free some space, or correct its rights", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
