"""What continuous integration asks of the labs: red on the starter, green on the solution, red on each wrong repair."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lab_files import LABS, copy_part, files_of, labs, languages_of, named, part_of, test_nodes, words
from languages import Language, missing
from runs import Outcome, Told, end_all, outcomes

from macros.data.handbook import Lab
from macros.data.problems import DataError
from macros.entities.labs import DIFF_LINES, changed_lines
from macros.entities.wrong_repairs import WrongRepair, check_wrong_repairs, wrongly_repaired

#: Proxies that nothing answers for: what the labs send stays on the machine.
NO_SUCH_PROXY = {
    **dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9"),
    **dict.fromkeys(("all_proxy", "ALL_PROXY"), "socks5://127.0.0.1:9"),
    **dict.fromkeys(("no_proxy", "NO_PROXY"), ""),
}

#: What comes of a wrong repair, when it is not refused.
UNTOLD, ACCEPTED = "no test can tell it apart", "NOT REFUSED"

Job = TypeVar("Job")
Verdict = TypeVar("Verdict")


@dataclass(frozen=True)
class Service:
    """A lab in one of its languages; None for Python."""

    lab: Lab
    language: Language | None = None

    @property
    def name(self) -> str:
        return part_of(self.lab.id, self.lab.id, self.language).name


@dataclass(frozen=True)
class Trial:
    """A wrong repair that is to be played, and the texts of the solution that it changes."""

    service: Service
    repair: WrongRepair
    solution: Mapping[str, str]


def services(names: Sequence[str]) -> list[Service]:
    """Labs in each language that this machine has, Python first. Says which it lacks; raises Told for it in CI."""
    chosen = [named(name) for name in names] or list(labs().values())
    others = [Service(lab, language) for lab in chosen for language in languages_of(lab.id)]
    lacking = {}
    for service in others:
        if service.language and (why := missing(service.language)):
            lacking[service.language.ending] = why
    if lacking and os.environ.get("CI"):
        raise Told("; ".join(lacking.values()))
    for why in lacking.values():
        print(f"skipped: {why}")
    here = [service for service in others if service.language and service.language.ending not in lacking]
    return [*map(Service, chosen), *here]


def faults_of(lab: str, folder: Path, only: str = "") -> dict[str, str]:
    """What went wrong by test, empty for a test that is green. With the name of one test, this one until it is red."""
    chosen = [test_nodes(lab)[only]] if only else []
    found = outcomes(LABS / lab / "tests", folder, chosen=chosen, until_red=bool(only))
    return {outcome.test: outcome.fault for outcome in found if isinstance(outcome, Outcome)}


def show_labs(chosen: Sequence[Service]) -> int:
    """Play labs, broken and repaired; gives how many are not as the data says."""
    os.environ.update(NO_SUCH_PROXY)
    found = []
    for line, faults in at_once(show_lab, chosen):
        print(line, flush=True)
        found.append(faults)
    # Tests that compare times may be red on a machine that is busy with another lab, so ask those once more, alone.
    for number, service in enumerate(chosen):
        if found[number]:
            line, found[number] = show_lab(service)
            print(f"alone: {line}", *(f"  {fault}" for fault in found[number]), sep="\n", flush=True)
    wrong = sum(map(bool, found))
    print(f"{len(chosen) - wrong} passed, {wrong} failed")
    return wrong


def show_lab(service: Service) -> tuple[str, list[str]]:
    """Play a lab, broken and repaired. Gives a line that sums it up, and what is not as the data says."""
    lab = service.lab
    start = time.monotonic()
    starter = faults_of_part(service, "starter")
    half = time.monotonic()
    solution = faults_of_part(service, "solution")
    end = time.monotonic()
    red = [test for test, fault in starter.items() if fault]
    lines = changed_lines(LABS / lab.id, service.language.ending if service.language else "")
    line = (
        f"{service.name}: {len(red)} of {len(starter)} red, then {len(solution)} green, {lines} lines changed; "
        f"{half - start:.0f} s and {end - half:.0f} s"
    )
    return line, [
        *(f"on the starter {words(test)} is not red" for test in lab.red if test not in red),
        *(f"on the starter {words(test)} is red, and the data does not say so" for test in red if test not in lab.red),
        *(f"on the solution {words(test)} is red: {fault.splitlines()[0]}" for test, fault in solution.items() if fault),
        *(f"{words(test)} has no sentence that says why" for test, why in files_of(lab.id).tests.items() if not why),
        *([f"the solution changes {lines} lines, more than {DIFF_LINES}"] if lines > DIFF_LINES else []),
    ]  # fmt: skip


def faults_of_part(service: Service, part: str) -> dict[str, str]:
    """What went wrong by test on a lab's starter or solution."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / service.lab.id
        copy_part(service.lab.id, part, service.language, folder)
        return faults_of(service.lab.id, folder)


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


def show_wrong_repairs(chosen: Sequence[Service]) -> int:
    """Play each wrong repair against the test that refuses it; gives how many it does not refuse."""
    os.environ.update(NO_SUCH_PROXY)
    trials = trials_of(chosen)
    verdicts = []
    for trial, (verdict, seconds) in zip(trials, at_once(judged, trials), strict=True):
        print(f"{trial.service.name}  {trial.repair.id}  {verdict}  {seconds:.1f} s")
        verdicts.append(verdict)
    # Some tests tell who is faster. On a machine that is busy with another repair they may not, so ask once more, alone.
    for number, trial in enumerate(trials):
        if verdicts[number].startswith(ACCEPTED):
            verdicts[number], seconds = judged(trial)
            print(f"{trial.service.name}  {trial.repair.id}  alone: {verdicts[number]}  {seconds:.1f} s")
    untold, accepted = verdicts.count(UNTOLD), sum(verdict.startswith(ACCEPTED) for verdict in verdicts)
    refused = len(verdicts) - untold - accepted
    print(f"wrong repairs: {refused} refused, {untold} that no test can tell apart, {accepted} not refused")
    return accepted


def trials_of(chosen: Sequence[Service]) -> list[Trial]:
    """The wrong repairs of labs. Raises Told when one is stale."""
    trials = []
    for service in chosen:
        files = files_of(service.lab.id)
        own = files.others[service.language.ending] if service.language else files
        if own.wrong is None:
            continue
        if problems := list(check_wrong_repairs(own.wrong, own.solution, files.tests)):
            raise Told(str(DataError(problems, "in a list of wrong repairs; none of them was played")))
        trials += [Trial(service, repair, own.solution) for repair in own.wrong.repairs]
    return trials


def judged(trial: Trial) -> tuple[str, float]:
    """What came of a wrong repair, and after how many seconds."""
    start = time.monotonic()
    test = trial.repair.refused_by
    if test is None:
        return UNTOLD, 0
    why_not = accepted_because(trial, test)
    verdict = f"{ACCEPTED}: {why_not}" if why_not else f"refused by {words(test)}"
    return verdict, time.monotonic() - start


def accepted_because(trial: Trial, test: str) -> str:
    """Why a wrong repair does not count as refused; empty when its test is red on it."""
    lab, language = trial.service.lab.id, trial.service.language
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / lab
        copy_part(lab, "solution", language, folder)
        for name, text in wrongly_repaired(trial.solution, trial.repair).items():
            (folder / name).write_text(text, encoding="utf-8")
        try:
            fault = faults_of(lab, folder, only=test)[test]
        except Told as told:
            # What does not start is refused by every test, so this one proves nothing.
            return str(told)
    if not fault:
        return f"{words(test)} is green on it"
    return fault if fault.startswith("was not run") else ""
