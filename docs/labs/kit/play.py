"""The labs on the command line: `make labs`, `make lab NAME=…`, `make test-labs`.

play.py machine                       can the models run on this machine, asked before they are fetched
play.py check                         are both models there, and how fast are they
play.py lab NAME= [IN=] [TEST=] [ONE=1] [WATCH=1] [SEED=] [HINT=] [SOLUTION=1] [RESET=1] [LOAD=1]
play.py test [NAME …] [SEED=]         every lab: red on the starter as declared, green on the solution; then as `wrong`
play.py wrong [NAME …] [SEED=]        every wrong repair: red in the test that refuses it
"""

from __future__ import annotations

import datetime
import difflib
import errno
import os
import random
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lab_files import ROOT, copy_part, labs, language_named, named, part_of, test_nodes
from languages import Language, missing
from local_models import cannot_run
from runs import KIT, Told, process_group
from session import MINE, Session, capitalized, own_folder, seed_line
from small_model import Keeper

from macros.data.problems import choices

#: What a full or locked disk answers.
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)


def show_machine() -> None:
    """Say it before anything is fetched when the models can't run here."""
    if why := cannot_run("LAB_BASE_URL"):
        raise Told(capitalized(why))


def show_text_model() -> None:
    """Ask the text model for a word, so that no test fails because there is none. Needs a keeper of the small one."""
    from labkit import generate

    def ask() -> str:
        written = generate("1, 2, 3,", max_tokens=4, timeout=60)
        return f"{Path(written.model).name} writes {written.text!r}"

    show_answer("text", ask)


def show_embeddings() -> None:
    from labkit import embed

    show_answer("embeddings", lambda: f"{embed(['one text']).shape[1]} numbers a text")


def show_answer(model: str, ask: Callable[[], str]) -> None:
    from labkit import ModelError

    start = time.monotonic()
    try:
        print(f"{model}: {ask()}, first answer after {time.monotonic() - start:.1f} s")
    except ModelError as error:
        raise Told(capitalized(str(error))) from None


def show_check() -> None:
    show_machine()
    show_embeddings()
    with Keeper():
        show_text_model()
    print(f"Both models are there. Begin with: make lab NAME={next(iter(labs()))}")


def show_lab(given: dict[str, str]) -> None:
    lab = named(given.get("NAME", ""))
    language = language_named(lab.id, given.get("IN", ""))
    folder = own_folder(lab.id, language)
    if hint := given.get("HINT"):
        if hint not in ("1", "2", "3"):
            raise Told(f"HINT: {hint!r}: is no hint: use 1, 2 or 3")
        print(f"Hint {hint}: {lab.hints[int(hint) - 1]}")
        return
    if is_on(given, "SOLUTION"):
        show_solution(lab.id, language)
        return
    only, one, watched = chosen_test(lab.id, given.get("TEST", "")), is_on(given, "ONE"), is_on(given, "WATCH")
    if language and (what := missing(language)):
        raise Told(what)
    begin(lab.id, language, folder, anew=is_on(given, "RESET"))
    if is_on(given, "LOAD"):
        show_load(lab.id, folder)
        return
    show_machine()
    with Keeper() as keeper:
        if os.environ.get("LAB_BASE_URL"):
            show_text_model()
        session = Session(lab, keeper, language, only, one)
        if watched:
            session.watch()
        else:
            session.play()


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


def show_solution(lab: str, language: Language | None) -> None:
    starter, solution = (part_of(lab, part, language) for part in ("starter", "solution"))
    for file in sorted(solution.iterdir()):
        before = starter / file.name
        old = before.read_text(encoding="utf-8").splitlines(True) if before.exists() else []
        new = file.read_text(encoding="utf-8").splitlines(True)
        names = (f"{folder.name}/{file.name}" for folder in (starter, solution))
        sys.stdout.writelines(difflib.unified_diff(old, new, *names))


def begin(lab: str, language: Language | None, folder: Path, *, anew: bool) -> None:
    """Copy the starter to where the reader works, all of it or nothing. What is there already is kept."""
    if folder.exists() and not anew:
        return
    draft = MINE / f".{folder.name}.new"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        copy_part(lab, "starter", language, draft)
        if folder.exists():
            kept = folder.with_name(f"{folder.name}.{datetime.datetime.now():%Y%m%d-%H%M%S}")
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


def choose_seed(given: str) -> None:
    """Settle what the tests' inputs are drawn from: what was given, or a number that no service could foresee."""
    if given and not given.isdecimal():
        raise Told(f"SEED: {given!r}: is no number: write the one that a run has printed, such as SEED=4711")
    os.environ["LAB_SEED"] = given or str(random.SystemRandom().randrange(10_000))


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
        from prove import services, show_labs, show_wrong_repairs

        print(seed_line())
        chosen = services(names)
        with Keeper():
            failed = show_labs(chosen) if command == "test" else 0
            return int(bool(failed + show_wrong_repairs(chosen)))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


def main(arguments: list[str]) -> int:
    # A pipe gets each line when it is there, as a terminal does.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
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
