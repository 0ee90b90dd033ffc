"""MkDocs hook: publish the data as data/skills.json beside skills.yml, made anew at each build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from macros.check import DATA, as_json
from macros.load import load


def on_files(files: Files, config: Any) -> Files:
    # The macros plugin has checked the data by now; a wrong file has already ended the build.
    handbook, _ = load(Path(config.config_file_path).parent / DATA)
    files.append(File.generated(config, "data/skills.json", content=as_json(handbook)))
    return files
