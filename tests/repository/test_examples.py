"""Shown code is run code: each example runs alone, and what a page shows as its output is what it printed."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from macros.entities.examples import HELPER
from macros.entities.files import as_json
from support.sitebuild import ROOT

EXAMPLES = ROOT / "docs/examples"
WITH_OUTPUT = sorted(file.stem for file in EXAMPLES.glob("*.txt"))
#: Seconds after which an example hangs. The slowest takes half a minute on a machine that does nothing else.
LONGEST = 600


def _imports(script: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse((EXAMPLES / f"{script}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def _run(script: str, *arguments: str, folder: Path) -> str:
    if HELPER in _imports(script) and not importlib.util.find_spec("wordllama"):
        reason = "the example packages have no build for this Python yet; use 3.11 to 3.13"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LLM_"))}
    command = [sys.executable, "-B", "-s", str(EXAMPLES / f"{script}.py"), *arguments]
    environment["PYTHONHASHSEED"] = "random"
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=LONGEST, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.fail(
            f"docs/examples/{script}.py: is not done after {LONGEST} seconds: let it do less, or end its loop", False
        )
    assert done.returncode == 0, f"docs/examples/{script}.py: ends with an error: {done.stderr}"
    return done.stdout


@pytest.mark.parametrize("name", WITH_OUTPUT)
def test_the_output_that_a_page_shows_is_what_the_example_prints(name: str, tmp_path: Path) -> None:
    repair = f"put what it prints now into docs/examples/{name}.txt: python docs/examples/{name}.py > docs/examples/{name}.txt"
    assert _run(name, folder=tmp_path) == (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8"), repair


def test_without_the_packages_an_example_says_what_to_install(tmp_path: Path) -> None:
    for package, use in (("wordllama", "embed(['a'])"), ("xllamacpp", "SmallModel()")):
        code = f"import sys; sys.modules['{package}'] = None; sys.path.insert(0, sys.argv[1]); import {HELPER} as m; m.{use}"
        done = subprocess.run(
            [sys.executable, "-c", code, str(EXAMPLES)], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith(f"{package} is not installed. In the handbook's folder, run: ")
        assert "Traceback" not in done.stderr


def test_the_data_example_adds_up_the_published_data(tmp_path: Path, checked: tuple) -> None:
    handbook = checked[0]
    (tmp_path / "skills.json").write_text(as_json(handbook), encoding="utf-8")
    printed = _run("hours_by_phase", folder=tmp_path)
    for phase in handbook.phases:
        hours = sum(t["hours"]["likely"] for t in json.loads(as_json(handbook))["topics"] if t["phase"] == phase.id)
        assert re.search(rf"^{phase.id}\b.*\b{hours:g}\b", printed, re.MULTILINE), printed
