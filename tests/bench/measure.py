"""Running commands against the clock, in turn, and the rows that come out of it."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from project import Failed

Result = TypeVar("Result")


@dataclass(frozen=True)
class Usage:
    """What a command took: seconds on the clock, seconds of processor time with its children, and memory.

    Attributes:
        peak_mb: of the largest single process, in MB.
    """

    wall: float
    cpu: float
    peak_mb: float


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Usage:
    """Run a command to its end. Raises Failed with the end of its output when it does not succeed."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
        # wait4 counts the processor time of this command alone; RUSAGE_CHILDREN adds up all commands before it.
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            last = output.read().decode(errors="replace")[-1500:]
            raise Failed(f"{' '.join(command)}: ended with {process.returncode} in {folder}:\n{last}")
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def run_all(commands: Sequence[Sequence[str]], folder: Path, environment: Mapping[str, str]) -> Usage:
    """Run commands one after the other, as one measurement."""
    used = [run(command, folder, environment) for command in commands]
    return Usage(sum(u.wall for u in used), sum(u.cpu for u in used), max(u.peak_mb for u in used))


def in_turn(tasks: Mapping[str, Callable[[], Result]], rounds: int) -> dict[str, list[Result]]:
    """Run every task once in each round, so that what else the machine does meets all of them alike.

    Every other round runs backwards: none of them always comes right after the same other.
    """
    results: dict[str, list[Result]] = {name: [] for name in tasks}
    for number in range(rounds):
        for name in list(tasks)[:: -1 if number % 2 else 1]:
            results[name].append(tasks[name]())
    return results


@dataclass(frozen=True)
class Row:
    """A line of the table: values of this checkout, and of what it is compared with, measured in turn."""

    measure: str
    unit: str
    ours: Sequence[float]
    other: str = ""
    theirs: Sequence[float] = ()

    @property
    def ratios(self) -> list[float]:
        """Ours by theirs, for each pair."""
        return [a / b for a, b in zip(self.ours, self.theirs, strict=True) if b] if self.theirs else []

    def cells(self) -> list[str]:
        theirs = _number(statistics.median(self.theirs)) if self.theirs else ""
        ours = _with_range(self.ours) if not self.theirs else _number(statistics.median(self.ours))
        return [self.measure, self.unit, ours, self.other, theirs, _with_range(self.ratios)]

    def as_json(self) -> dict[str, object]:
        values = {"ours": list(self.ours), "other": self.other, "theirs": list(self.theirs), "ratios": self.ratios}
        return {"measure": self.measure, "unit": self.unit} | values


def _number(value: float) -> str:
    """Three digits that count."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _with_range(values: Sequence[float]) -> str:
    """The median, with the lowest and highest of several."""
    if not values:
        return ""
    middle = _number(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} [{_number(min(values))}–{_number(max(values))}]"


HEADS = ("Measure", "Unit", "This checkout", "Compared with", "Its value", "Ratio, median of pairs [range]")


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [list(HEADS), ["---"] * len(HEADS), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
