"""`make bench`: the build, the edit loop, scale, first view and peers in one table of ratios.

Figures depend on the machine, so this is a measurement and no test. What is compared is run in turn, and the table
shows the median of the pairs with their range. Everything happens in copies in a scratch folder.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import edit_loop
import first_view
import own_share
import peers
import scale
from measure import Row, table
from project import ROOT, Failed, copy_of_commit, copy_project

PARTS = ("build", "edit", "scale", "view", "peers")
HERE, BASE = "this checkout", "base"


def machine() -> str:
    """The machine, the versions and how busy it is, in one line. Ratios travel to another machine, seconds do not."""
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*"], capture_output=True, text=True
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"Commit {commit.stdout.strip() or 'unknown'}; {cores} cores ({platform.machine()}), Python "
        f"{platform.python_version()}, load average at the start {load}"
    )


def measured(arguments: argparse.Namespace, scratch: Path) -> tuple[list[Row], list[str]]:
    """All rows, and sentences on what was left out, because a tool is missing or a command failed."""
    sources = {HERE: copy_project(ROOT, scratch / "here")}
    if arguments.base:
        base = scratch / "base"
        folder = Path(arguments.base)
        sources[BASE] = copy_project(folder, base) if folder.is_dir() else copy_of_commit(arguments.base, base)
    notes: list[str] = []

    def copies(part: str) -> dict[str, Path]:
        return {name: copy_project(source, scratch / part / source.name) for name, source in sources.items()}

    def measure_peers() -> list[Row]:
        project = copies("peers")[HERE]
        rows, left_out = peers.measured(project, scratch / "peers", arguments.pairs, arguments.node_peers)
        notes.extend(left_out)
        return rows

    def measure_scale() -> list[Row]:
        return scale.measured(sources, arguments.sizes, arguments.pairs, scratch)

    parts: dict[str, Callable[[], list[Row]]] = {
        "build": lambda: own_share.measured(copies("build"), arguments.pairs),
        "edit": lambda: edit_loop.measured(copies("edit"), arguments.pairs),
        "scale": measure_scale,
        "view": lambda: first_view.measured(copies("view")),
        "peers": measure_peers,
    }
    rows = []
    for part in arguments.parts or PARTS:
        print(f"Measuring {part} …", file=sys.stderr, flush=True)
        try:
            rows += parts[part]()
        except Failed as failure:
            notes.append(f"{part} was not measured. {failure}")
        shutil.rmtree(scratch / part, ignore_errors=True)
    return rows, notes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure: {', '.join(PARTS)}; all by default")
    parser.add_argument("--pairs", type=int, default=5, help="how often the things compared are run in turn (5)")
    parser.add_argument("--sizes", default="1,5,20", help="how many times the content, for scale (1,5,20)")
    parser.add_argument("--base", help="a commit of this repository, or a folder with a checkout, to compare with")
    parser.add_argument("--node-peers", action="store_true", help="install Starlight and VitePress, and measure them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single value there")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"{' '.join(sorted(unknown))}: is not a part, choose from {', '.join(PARTS)}")
    arguments.sizes = [int(size) for size in arguments.sizes.split(",")]
    line = machine()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        try:
            rows, notes = measured(arguments, Path(scratch))
        except Failed as failure:
            print(failure, file=sys.stderr)
            return 1
    print("\n".join([line, "", table(rows), *([""] if notes else []), *notes]))
    if arguments.json:
        values = {"machine": line, "rows": [row.as_json() for row in rows], "left out": notes}
        arguments.json.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return not rows


if __name__ == "__main__":
    sys.exit(main())
