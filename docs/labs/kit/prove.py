"""What continuous integration asks of the labs: red on the starter, green on the solution, red on each wrong repair."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from lab_files import LABS, files_of, labs, named, test_nodes, words
from runs import Outcome, Told, end_all, outcomes

from macros.data.handbook import Lab
from macros.data.problems import DataError
from macros.entities.labs import DIFF_LINES, LabFiles, changed_lines
from macros.entities.wrong_repairs import WrongRepair, check_wrong_repairs, wrongly_repaired

Job = TypeVar("Job")
Verdict = TypeVar("Verdict")

#: Proxies that nothing answers for: what the labs send stays on the machine.
NO_SUCH_PROXY = {
    **dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9"),
    **dict.fromkeys(("all_proxy", "ALL_PROXY"), "socks5://127.0.0.1:9"),
    **dict.fromkeys(("no_proxy", "NO_PROXY"), ""),
}

#: What comes of a wrong repair, when it is not refused.
UNTOLD, ACCEPTED = "no test can tell it apart", "NOT REFUSED"


def faults_of(lab: str, folder: Path, only: str = "") -> dict[str, str]:
    """What went wrong by test, empty for a test that is green. With the name of one test, this one until it is red."""
    chosen = [test_nodes(lab)[only]] if only else []
    found = outcomes(LABS / lab / "tests", folder, chosen=chosen, until_red=bool(only))
    return {outcome.test: outcome.fault for outcome in found if isinstance(outcome, Outcome)}


def show_labs(names: list[str]) -> int:
    """Play labs, broken and repaired; gives how many are not as the data says."""
    os.environ.update(NO_SUCH_PROXY)
    chosen = [named(name) for name in names] or list(labs().values())
    found = []
    for line, faults in at_once(show_lab, chosen):
        print(line, flush=True)
        found.append(faults)
    # Tests that compare times may be red on a machine that is busy with another lab, so ask those once more, alone.
    for number, lab in enumerate(chosen):
        if found[number]:
            line, found[number] = show_lab(lab)
            print(f"alone: {line}", *(f"  {fault}" for fault in found[number]), sep="\n", flush=True)
    wrong = sum(map(bool, found))
    print(f"{len(chosen) - wrong} passed, {wrong} failed")
    return wrong


def show_lab(lab: Lab) -> tuple[str, list[str]]:
    """Play a lab, broken and repaired. Gives a line that sums it up, and what is not as the data says."""
    files = files_of(lab.id)
    start = time.monotonic()
    starter = faults_of(lab.id, LABS / lab.id / "starter")
    half = time.monotonic()
    solution = faults_of(lab.id, LABS / lab.id / "solution")
    end = time.monotonic()
    red = [test for test, fault in starter.items() if fault]
    lines = changed_lines(LABS / lab.id)
    line = (
        f"{lab.id}: {len(red)} of {len(starter)} red, then {len(solution)} green, {lines} lines changed; "
        f"{half - start:.0f} s and {end - half:.0f} s"
    )
    return line, [
        *(f"on the starter {words(test)} is not red" for test in lab.red if test not in red),
        *(f"on the starter {words(test)} is red, and the data does not say so" for test in red if test not in lab.red),
        *(f"on the solution {words(test)} is red: {fault.splitlines()[0]}" for test, fault in solution.items() if fault),
        *(f"{words(test)} has no sentence that says why" for test, why in files.tests.items() if not why),
        *([f"the solution changes {lines} lines, more than {DIFF_LINES}"] if lines > DIFF_LINES else []),
    ]  # fmt: skip


def at_once(play: Callable[[Job], Verdict], jobs: Sequence[Job]) -> Iterator[Verdict]:
    """Play jobs and give what came of each in their order. The first error ends what runs.

    One at a time for each core: a test that a busy machine turns red says nothing of the service.
    """
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        yield from pool.map(play, jobs)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        end_all()
        raise


def show_wrong_repairs(names: list[str]) -> int:
    """Play each wrong repair against the test that refuses it; gives how many it does not refuse."""
    os.environ.update(NO_SUCH_PROXY)
    jobs = []
    for lab in [named(name) for name in names] or list(labs().values()):
        files = files_of(lab.id)
        if files.wrong is None:
            continue
        if problems := list(check_wrong_repairs(files.wrong, files.solution, files.tests)):
            raise Told(str(DataError(problems, "in a list of wrong repairs; none of them was played")))
        jobs += [(lab.id, files, repair) for repair in files.wrong.repairs]
    verdicts = []
    for (lab_id, _, repair), (verdict, seconds) in zip(jobs, at_once(lambda job: judged(*job), jobs), strict=True):
        print(f"{lab_id}  {repair.id}  {verdict}  {seconds:.1f} s")
        verdicts.append(verdict)
    # Some tests tell who is faster. On a machine that is busy with another repair they may not, so ask once more, alone.
    for number, (lab_id, files, repair) in enumerate(jobs):
        if verdicts[number].startswith(ACCEPTED):
            verdicts[number], seconds = judged(lab_id, files, repair)
            print(f"{lab_id}  {repair.id}  alone: {verdicts[number]}  {seconds:.1f} s")
    untold, accepted = verdicts.count(UNTOLD), sum(verdict.startswith(ACCEPTED) for verdict in verdicts)
    refused = len(verdicts) - untold - accepted
    print(f"wrong repairs: {refused} refused, {untold} that no test can tell apart, {accepted} not refused")
    return accepted


def judged(lab: str, files: LabFiles, repair: WrongRepair) -> tuple[str, float]:
    """What came of a wrong repair, and after how many seconds."""
    start = time.monotonic()
    if repair.refused_by is None:
        return UNTOLD, 0
    why_not = accepted_because(lab, files, repair, repair.refused_by)
    verdict = f"{ACCEPTED}: {why_not}" if why_not else f"refused by {words(repair.refused_by)}"
    return verdict, time.monotonic() - start


def accepted_because(lab: str, files: LabFiles, repair: WrongRepair, test: str) -> str:
    """Why a wrong repair does not count as refused; empty when its test is red on it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / lab
        shutil.copytree(LABS / lab / "solution", folder, ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in wrongly_repaired(files.solution, repair).items():
            (folder / name).write_text(text, encoding="utf-8")
        try:
            fault = faults_of(lab, folder, only=test)[test]
        except Told as told:
            # What does not start is refused by every test, so this one proves nothing.
            return str(told)
    if not fault:
        return f"{words(test)} is green on it"
    return fault if fault.startswith("was not run") else ""
