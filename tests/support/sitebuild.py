"""Builds the handbook inside the test process, the way `make build` does."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: What a build reads; a copy of these is a whole project.
SOURCES = ("docs", "macros", "overrides", "hooks.py", "mkdocs.yml", "requirements-examples.txt")


def build(root: Path, folder: Path, site_url: str = "http://127.0.0.1:8000/") -> None:
    """Build strictly. Raises mkdocs.exceptions.Abort or PluginError as the command would."""
    # MkDocs checks anchors only when its logger is at INFO: at any other level a broken one passes.
    logging.getLogger("mkdocs").setLevel(logging.INFO)
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1763856000")
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    from mkdocs.commands.build import build as mkdocs_build
    from mkdocs.config import load_config

    before = os.environ.get("SITE_URL")
    os.environ["SITE_URL"] = site_url
    try:
        config = load_config(str(root / "mkdocs.yml"), site_dir=str(folder), strict=True)
        config.plugins.on_startup(command="build", dirty=False)
        mkdocs_build(config)
    finally:
        if before is None:
            del os.environ["SITE_URL"]
        else:
            os.environ["SITE_URL"] = before


def copy_sources(target: Path) -> Path:
    """A copy of the project that a test may damage."""
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target / name)
    return target
