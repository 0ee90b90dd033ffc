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

from macros.entities.files import as_json
from support.sitebuild import ROOT

EXAMPLES = ROOT / "docs/examples"
WITH_OUTPUT = sorted(file.stem for file in EXAMPLES.glob("*.txt"))
SCRIPTS = sorted(file.stem for file in EXAMPLES.glob("*.py"))
#: Imported by examples, and not an example itself: the two small models.
HELPER = "local_models"
#: What requirements-examples.txt brings, under the names that examples import.
PACKAGES = {"numpy", HELPER}


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
    done = subprocess.run(
        [sys.executable, "-B", "-s", str(EXAMPLES / f"{script}.py"), *arguments],
        cwd=folder, capture_output=True, text=True, timeout=60, env=environment | {"PYTHONHASHSEED": "random"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", WITH_OUTPUT)
def test_the_output_that_a_page_shows_is_what_the_example_prints(name: str, tmp_path: Path) -> None:
    assert _run(name, folder=tmp_path) == (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_example_needs_no_unnamed_package_and_fits_its_page(name: str) -> None:
    if name == HELPER:
        return
    unknown = _imports(name) - set(sys.stdlib_module_names) - PACKAGES
    assert not unknown, "neither in the standard library nor in requirements-examples.txt"
    lines = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()
    assert max(len(line) for line in lines) <= 88
    assert len(lines) <= 90


def test_a_page_says_what_its_examples_need() -> None:
    for file in (ROOT / "docs").rglob("*.md"):
        text = file.read_text(encoding="utf-8")
        shown = re.findall(r'--8<-- "examples/([^":]+)\.py', text)
        if any(_imports(script) & PACKAGES for script in shown):
            assert "requirements-examples.txt" in text, file


def test_without_the_packages_an_example_says_what_to_install(tmp_path: Path) -> None:
    for package, use in (("wordllama", "embed(['a'])"), ("xllamacpp", "SmallModel()")):
        code = f"import sys; sys.modules['{package}'] = None; sys.path.insert(0, sys.argv[1]); import {HELPER} as m; m.{use}"
        done = subprocess.run(
            [sys.executable, "-c", code, str(EXAMPLES)], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith(f"{package} is not installed. In the handbook's folder, run: ")
        assert "Traceback" not in done.stderr


def test_every_example_and_every_output_is_shown_on_a_page() -> None:
    shown = {
        found
        for file in (ROOT / "docs").rglob("*.md")
        for found in re.findall(r'--8<-- "examples/([^":]+)', file.read_text(encoding="utf-8"))
    }
    own = {file.name for file in EXAMPLES.iterdir() if file.is_file() and file.suffix in (".py", ".txt")}
    assert own - {f"{HELPER}.py"} == shown


def test_the_data_example_adds_up_the_published_data(tmp_path: Path, checked: tuple) -> None:
    handbook = checked[0]
    (tmp_path / "skills.json").write_text(as_json(handbook), encoding="utf-8")
    printed = _run("hours_by_phase", folder=tmp_path)
    for phase in handbook.phases:
        hours = sum(t["hours"]["likely"] for t in json.loads(as_json(handbook))["topics"] if t["phase"] == phase.id)
        assert re.search(rf"^{phase.id}\b.*\b{hours:g}\b", printed, re.MULTILINE), printed
