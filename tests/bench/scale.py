"""How a build and the check of the data grow with the content (grow.py)."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from grow import grow
from measure import Row, Usage, in_turn, run
from project import PYTHON, clean, environment, mkdocs


def _build(project: Path) -> Usage:
    clean(project)
    return run(mkdocs("build", "--strict", "--site-dir", "site"), project, environment(project))


def _check(project: Path) -> Usage:
    return run([PYTHON, "-m", "macros", "check"], project, environment(project))


def measured(projects: Mapping[str, Path], sizes: Sequence[int], pairs: int, scratch: Path) -> list[Row]:
    """Rows on the first of the projects, compared with the other, for each number of times the content.

    Large sizes are measured fewer times: their noise is small against the growth that is looked for.
    """
    here, *others = projects
    rows: list[Row] = []
    #: The clean build's and the check's medians of each project, by size, for the exponents.
    grown: dict[tuple[str, str], dict[int, float]] = {}
    for size in sizes:
        folders = {name: scratch / f"grown-{number}" for number, name in enumerate(projects)}
        for name, folder in folders.items():
            grow(projects[name], folder, size)
        rounds = max(1, pairs // size)
        # The check comes first: a project that is not valid fails there, with a list of what is wrong.
        checks = in_turn({name: partial(_check, folder) for name, folder in folders.items()}, rounds)
        builds = in_turn({name: partial(_build, folder) for name, folder in folders.items()}, rounds)
        pages = len(list((folders[here] / "docs").rglob("*.md")))
        for folder in folders.values():
            shutil.rmtree(folder)
        label = f"{size} times the content ({pages} pages)"
        for what, unit, used, value in (
            ("check of the data, wall", "s", checks, "wall"),
            ("build, wall", "s", builds, "wall"),
            ("build, CPU", "s", builds, "cpu"),
            ("build, peak memory", "MB", builds, "peak_mb"),
        ):
            values = {name: [getattr(usage, value) for usage in usages] for name, usages in used.items()}
            rows += _compared(f"{what}: {label}", unit, values, here, others)
            for name in projects:
                grown.setdefault((what, name), {})[size] = median(values[name])
    first, last = min(sizes), max(sizes)
    if first != last:
        for what in dict.fromkeys(what for what, _ in grown):
            by_size = {name: grown[what, name] for name in projects}
            growth = {name: [times[last] / times[first]] for name, times in by_size.items()}
            exponents = {name: [math.log(g) / math.log(last / first)] for name, (g,) in growth.items()}
            rows += _compared(f"growth of {what}, {first} → {last}", "times", growth, here, others)
            rows += _compared(f"exponent of {what}, {first} → {last}", "", exponents, here, others)
    return rows


def _compared(
    measure: str, unit: str, values: Mapping[str, Sequence[float]], here: str, others: Sequence[str]
) -> list[Row]:
    if not others:
        return [Row(measure, unit, values[here])]
    return [Row(measure, unit, values[here], other, values[other]) for other in others]
