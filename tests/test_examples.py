"""Shown code is run code: each example runs alone, and what a page shows as its output is what it printed."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sitebuild import ROOT

from macros.check import as_json

EXAMPLES = ROOT / "docs/examples"
WITH_OUTPUT = sorted(file.stem for file in EXAMPLES.glob("*.txt"))
SCRIPTS = sorted(file.stem for file in EXAMPLES.glob("*.py"))


def _run(script: str, *arguments: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-I", str(EXAMPLES / f"{script}.py"), *arguments],
        cwd=folder, capture_output=True, text=True, timeout=30, env=os.environ | {"PYTHONHASHSEED": "random"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", WITH_OUTPUT)
def test_the_output_that_a_page_shows_is_what_the_example_prints(name: str, tmp_path: Path) -> None:
    assert _run(name, folder=tmp_path) == (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_example_needs_only_the_standard_library_and_fits_its_page(name: str) -> None:
    text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        for module in modules:
            assert module.split(".")[0] in sys.stdlib_module_names, f"{module} has to be installed"
    assert max(len(line) for line in text.splitlines()) <= 88


def test_every_example_and_every_output_is_shown_on_a_page() -> None:
    shown = {
        found
        for file in (ROOT / "docs").rglob("*.md")
        for found in re.findall(r'--8<-- "examples/([^"]+)"', file.read_text(encoding="utf-8"))
    }
    assert {file.name for file in EXAMPLES.iterdir() if file.is_file()} == shown


def test_the_data_example_adds_up_the_published_data(tmp_path: Path, checked: tuple) -> None:
    handbook = checked[0]
    (tmp_path / "skills.json").write_text(as_json(handbook), encoding="utf-8")
    printed = _run("hours_by_phase", folder=tmp_path)
    for phase in handbook.phases:
        hours = sum(t["hours"]["likely"] for t in json.loads(as_json(handbook))["topics"] if t["phase"] == phase.id)
        assert re.search(rf"^{phase.id}\b.*\b{hours:g}\b", printed, re.MULTILINE), printed
