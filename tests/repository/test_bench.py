"""What `make bench` measures has to be a handbook: the grown one is valid, and as large as it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from macros.checked import load_checked
from macros.entities.edition import Edition
from support.sitebuild import ROOT

GROWING = ("pages", "topics", "glossary", "questions", "sources")


def _counts(edition: Edition) -> dict[str, int]:
    lists = {name: len(value) for name, value in edition.handbook if isinstance(value, list)}
    return lists | {"radar": len(edition.radar.radar), "files": len(edition.pages)}


def test_a_handbook_with_twice_the_content_is_valid_and_has_twice_the_content(tmp_path: Path) -> None:
    grown = tmp_path / "grown"
    subprocess.run([sys.executable, ROOT / "tests/bench/grow.py", grown, "2"], check=True, timeout=120)
    before, after = _counts(load_checked(ROOT)), _counts(load_checked(grown))
    doubled = {*GROWING, "radar", "files"}
    assert after == {name: 2 * count if name in doubled else count for name, count in before.items()}
