"""Copies of a checkout of the handbook, and what the measurements have to know of its files.

A checkout that is measured may be an older one, so it is used through its commands and files alone: nothing of it is
imported here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
#: What a build may leave behind to be faster the next time. A clean build starts without.
LEFT_BY_BUILDS = ("site", ".build", ".cache")
#: Both editions of a comparison run with the Python and the packages of this process.
PYTHON = sys.executable


class Failed(Exception):
    """A measurement that could not be taken, with the sentence to print."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Reads mkdocs.yml, whose tags such as !ENV only MkDocs can resolve."""


_Loader.add_multi_constructor("!", lambda loader, tag, node: None)


def copy_project(source: Path, target: Path) -> Path:
    """Copy a project to a new folder: the files that git knows or would add, or everything where there is no git."""
    if not (source / "mkdocs.yml").is_file():
        raise Failed(f"{source}: is not a checkout of the handbook, it has no mkdocs.yml")
    if not (source / ".git").exists():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        clean(target)
        return target
    listed = subprocess.run(
        ["git", "-C", str(source), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        file = source / name
        # A deleted file is listed until it is committed; the link to an environment is no part of the project.
        if file.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target / name)
    return target


def copy_of_commit(reference: str, target: Path) -> Path:
    """Write the files of a commit of this repository into a new folder."""
    archive = subprocess.run(["git", "-C", str(ROOT), "archive", reference], capture_output=True)
    if archive.returncode:
        raise Failed(f"{reference}: {archive.stderr.decode().strip() or 'is not a commit of this repository'}")
    target.mkdir(parents=True)
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive.stdout, check=True)
    return target


def environment(project: Path, **more: str) -> dict[str, str]:
    """The environment of a command in a project. `make bench` adds what `make build` sets for a build."""
    fixed = {
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "1763856000"),
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONPATH": str(project),
    }
    return os.environ | fixed | more


def settings(project: Path) -> dict[str, Any]:
    """mkdocs.yml as plain values; what comes from the environment is None."""
    return yaml.load((project / "mkdocs.yml").read_text(encoding="utf-8"), _Loader)


def mkdocs(*arguments: str) -> list[str]:
    return [PYTHON, "-m", "mkdocs", *arguments]


def clean(project: Path) -> None:
    """Remove what earlier builds have left."""
    for name in LEFT_BY_BUILDS:
        shutil.rmtree(project / name, ignore_errors=True)


def data_files(project: Path) -> list[Path]:
    return sorted((project / "docs/data").glob("*.yml"))


def first_definition(project: Path) -> tuple[Path, int]:
    """The file with the glossary, and the place in its text at which the first term's definition begins."""
    for file in data_files(project):
        text = file.read_text(encoding="utf-8")
        glossary = re.search(r"^glossary:", text, re.MULTILINE)
        if glossary:
            # A definition stands behind its key, in quotes, or on the next line after >-.
            definition = re.compile(r"^ +definition:\s+(?:[>|]-?\s+|[\"'])?", re.MULTILINE)
            if found := definition.search(text, glossary.end()):
                return file, found.end()
    raise Failed(f"{project}: no glossary with a definition in docs/data/*.yml")
